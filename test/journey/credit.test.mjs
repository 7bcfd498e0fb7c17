// A line's credit: topped up and used as the charging system tells, seen on its page with what
// becomes of it, then the line is closed and a late top-up is claimable; in three languages, at
// operators whose rules differ.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look, money } from './browser.mjs';
import { MINUTE, run, start } from './installation.mjs';
import { until } from '../peers/process.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 180000 };
const password = 'three kettles and a kite';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 23 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

let last = 0;
const moment = () => new Date(house.now() - MINUTE).toISOString().replace(/\.\d+Z$/, 'Z');
const asked = (operator, line, verb, amount, more = []) => [
  'credit',
  verb,
  '--operator',
  operator,
  '--line',
  line,
  '--transaction',
  `J-${++last}`,
  '--amount-minor',
  String(amount),
  '--currency',
  'HKD',
  '--at',
  moment(),
  ...more,
];
const tell = (...args) => house.ask(...asked(...args));
const shown = (operator, line) => house.ask('credit', 'show', '--operator', operator, '--id', line);
const texts = (page, selector) => page.locator(selector).allTextContents();
const holds = (list, text) => list.some((each) => each.includes(text));
const idOf = (address) => address.split('/').pop();

/** A newcomer signed in, on the page of their line; its address and id. */
async function somebody(operator, language, script) {
  const visit = await browser.visit(house.origin, { language, script });
  const person = await newcomer(house, visit.page, operator, password);
  await walk.signIn(visit.page, house.base(operator), person);
  await visit.page.waitForURL(/\/account$/);
  const line = await walk.openLine(visit.page, house.base(operator), person.number);
  return { ...visit, person, line, id: idOf(line), operator };
}

test('what is not theirs, and what is no page, is not there', limit, async () => {
  const one = await somebody('harbour', 'en', true);
  const other = await house.ask('line', 'list', '--operator', 'harbour', '--limit', '5');
  const foreign = other.items.find((each) => each.id !== one.id);
  const base = house.base('harbour');
  for (const path of [
    `/lines/${foreign.id}/credit`,
    '/lines/4711/credit',
    `/lines/${one.id}/credit?after=x`,
    `/lines/${one.id}/credit?after=0`,
    `/lines/${one.id}/credit?amount=5`,
  ]) {
    const answer = await one.page.goto(`${base}${path}`);
    assert.equal(answer.status(), 404, path);
  }
  const beyond = await one.page.goto(`${base}/lines/${one.id}/credit?after=1`);
  assert.equal(beyond.status(), 200);
  assert.equal(await one.page.locator('main .tasks li').count(), 0);
  await one.close();
  const nobody = await browser.visit(house.origin, { language: 'en' });
  await nobody.page.goto(`${base}/lines/${one.id}/credit`);
  assert.match(nobody.page.url(), /\/sign-in/);
  await nobody.close();
});

for (const [language, operator, script] of [
  ['en', 'harbour', true],
  ['zh-Hant-HK', 'kite', false],
  ['zh-Hans-CN', 'harbour', true],
]) {
  test(`${language}: what is there, what becomes of it, what moved it`, limit, async () => {
    const one = await somebody(operator, language, script);
    const { page, id } = one;
    const see = (name) => look(page, `${name}-${language}`);
    const before = await shown(operator, id);
    await tell(operator, id, 'top-up', 10000, ['--channel', 'online']);
    await tell(operator, id, 'spend', 1234, ['--credit', 'paid']);
    await tell(operator, id, 'grant', 700);
    const mandate = [
      'mandate',
      'add',
      '--operator',
      operator,
      '--line',
      id,
      '--reference',
      `M-${language}`,
    ];
    await house.ask(...mandate, '--method', 'Visa •••• 4321', '--amount-minor', '5000');
    await page.click('main a[href$="/credit"]');
    await page.waitForURL(/\/credit$/);
    await see('credit');
    const paid = before.paid_minor + 10000 - 1234;
    const facts = await texts(page, 'main .card .facts dd');
    assert.ok(facts[0].includes(money(paid)), facts[0]);
    assert.ok(facts[0].includes(money(10000 - 1234)), 'what was topped up online');
    assert.ok(facts[1].includes(money(before.promotional_minor + 700)));
    const lists = await texts(page, 'main .tasks li');
    assert.ok(holds(lists, 'Visa •••• 4321'));
    for (const amount of [money(10000), `−${money(1234)}`, money(700)])
      assert.ok(holds(lists, amount), `${amount}: ${lists}`);
    for (const rule of ['refund.offered', 'transfer.offered', 'credit.leave', 'credit.paid'])
      assert.ok(holds(lists, rule), rule);
    assert.ok(holds(lists, 'credit.promotional'));
    assert.equal(holds(lists, 'refund.online'), operator === 'kite'); // it keeps what came online
    const view = await shown(operator, id);
    assert.equal(view.refundable_minor, operator === 'kite' ? before.paid_minor : paid);
    await one.close();
    const wide = await browser.visit(house.origin, { language, width: 1280, dark: true });
    await walk.signIn(wide.page, house.base(operator), one.person);
    await wide.page.waitForURL(/\/account$/);
    await look(wide.page, `account-credit-${language}`);
    await wide.page.click(`main a[href$="/lines/${id}/credit"]`);
    await wide.page.waitForURL(/\/credit$/);
    await look(wide.page, `credit-wide-${language}`);
    await wide.close();
  });
}

test('many movements go on to further pages, each once', limit, async () => {
  const one = await somebody('harbour', 'en', true);
  for (let i = 0; i < 25; i++) await tell('harbour', one.id, 'spend', i + 1, ['--credit', 'paid']);
  await one.page.goto(`${one.line}/credit`);
  const first = await texts(one.page, 'main ul.tasks:last-of-type li > .num');
  await one.page.click('main a.button[href*="after="]');
  await one.page.waitForURL(/after=/);
  const second = await texts(one.page, 'main ul.tasks li > .num');
  const all = [...first, ...second];
  assert.equal(first.length, 20);
  for (let i = 0; i < 25; i++)
    assert.equal(all.filter((each) => each.slice(1) === money(i + 1)).length, 1, `${i}: ${all}`);
  await one.page.click('main .buttons a[href$="/credit"]');
  await one.page.waitForURL(/\/credit$/);
  await one.close();
});

test('a top-up that comes after the closing is told and can be claimed', limit, async () => {
  const one = await somebody('harbour', 'en', true);
  const { page, id, person, operator } = one;
  const base = house.base(operator);
  await tell(operator, id, 'top-up', 2500, ['--channel', 'voucher']);
  const before = await shown(operator, id);
  const closing = await walk.startClosing(page, base, person);
  const { link } = await walk.confirmation(base, closing.reference);
  await walk.confirmByLink(page, link);
  await house.later(61 * MINUTE);
  const { id: closure } = await house.state(operator, closing.reference, 'executing');
  const work = await until(
    async () =>
      (await house.ask('work', 'list', '--operator', operator)).items.find(
        (each) => each.closure === closure,
      ),
    'a work item',
  );
  const done = ['network', 'done', '--operator', operator, '--work', work.id];
  await house.ask(...done, '--evidence', 'HLR console: subscriber not found');
  const late = asked(operator, id, 'top-up', 500, ['--channel', 'online']);
  await house.ask(...late);
  await house.ask(...late); // told again
  const answer = await run(...asked(operator, id, 'grant', 5), '--data', house.data, '--json');
  assert.equal(answer.code, 1, answer.stdout + answer.stderr);
  const view = await shown(operator, id);
  assert.equal(view.unclaimed_minor, before.paid_minor + 500);
  assert.equal(view.paid_minor, 0);
  const left = money(view.unclaimed_minor);
  await until(
    async () => (await walk.inbox(base)).some((each) => each.text.includes(left)),
    'the contact hears of it',
  );
  /* While the number rests it is still this line's, for the charging system's file too. */
  const at = moment();
  const file = path.join(house.directory, 'charges.csv');
  await writeFile(
    file,
    'operator,transaction,kind,number,amount,currency,at,channel\n' +
      `${operator},F-1,top_up,${person.number},1.00,HKD,${at},counter\n` +
      `${operator},F-2,grant,${person.number},1.00,HKD,${at},\n`,
  );
  const said = await house.imported(file, 'charges');
  const brought = JSON.parse(said.stdout);
  assert.deepEqual(brought, { rows: 2, imported: 1, unchanged: 0, rejected: 1 });
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  await page.goto(`${base}/lines/${id}/credit`);
  await look(page, 'credit-closed');
  const claimable = money(view.unclaimed_minor + 100);
  assert.ok((await texts(page, 'main .card .facts dd'))[0].includes(claimable));
  await one.close();
});
