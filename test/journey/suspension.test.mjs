// A line is suspended, reminded of, reactivated, and closed while it is suspended: in the browser,
// in three languages, at both demo operators, against a real osmo-hlr that is away for a while.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { day, look, money } from './browser.mjs';
import { DAY, here, MINUTE, start } from './installation.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';
import { until } from '../peers/process.mjs';

const limit = { timeout: 240000 };
let house, browser, network;
before(async () => {
  network = await hlr.start();
  [house, browser] = await Promise.all([
    start({
      lines: 60,
      seed: 5,
      settings: { network: { adapter: 'osmo-hlr', host: network.address } },
    }),
    chromium.start(),
  ]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
});

const password = 'seven green kettles';
/** Somebody with one line, in the HLR too, and an account; signed out, on a page of their own. */
async function somebody(operator, { language = 'en', script = true, credited = 0 } = {}) {
  const visit = await browser.visit(house.origin, { language, script });
  let person, line;
  do {
    person = { ...house.stranger(operator), password };
    line = await house.ask('line', 'show', '--operator', operator, '--number', person.number);
  } while (line.state !== 'active' || line.paid_minor < credited);
  const base = house.base(operator);
  await network.ask('SET', 'subscriber.create', person.imsi);
  await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
  await walk.register(visit.page, base, person, {
    password,
    code: (kind, to) => walk.inboxCode(base, to),
  });
  return { ...visit, person, base, operator };
}
const shown = (one) =>
  house.ask('suspension', 'show', '--operator', one.operator, '--number', one.person.number);
const becomes = (one, state) =>
  until(async () => {
    const view = await shown(one);
    return view.state === state && view;
  }, `${one.person.number} ${state}`);
/** What the HLR lets the SIM do, past the adapter. */
async function allowed({ person }) {
  const { value } = await network.ask('GET', `subscriber.by-imsi-${person.imsi}.info`);
  const [cs, ps] = ['cs', 'ps'].map((each) => value.match(`nam_${each}\t(\\d)`)?.[1]);
  assert.equal(cs, ps, value);
  return cs === undefined ? 'gone' : cs === '1';
}
const credit = async (one) =>
  (await house.ask('line', 'show', '--operator', one.operator, '--number', one.person.number))
    .paid_minor;
const text = (page) => page.locator('main').innerText();
const told = (one, to, words) =>
  until(
    async () =>
      (await walk.inbox(one.base)).find(
        (each) => each.to.replace(/\s/g, '').includes(to) && words.test(each.text),
      ),
    `a message to ${to}`,
  );
/** From the front page with a lost telephone to the page with the button. */
async function lost({ page, base, person }, at = async () => {}) {
  await page.goto(`${base}/`);
  await page.click('main a[href$="/lost"] >> nth=0');
  await at(page, 'lost');
  await page.click('main .ways a[href*="/sign-in"]');
  await page.fill('#email', person.email);
  await page.fill('#password', person.password);
  await page.click('main form button');
  await page.waitForURL(/\/lines\/\d+\/suspend$/);
  return page.url().replace(/\/suspend$/, '');
}
/** The button; whoever's SIM or contact is new gives the password again first. */
async function press({ page, person }) {
  await page.click('main form button');
  await page.waitForURL(/\/(suspension|step-up.*)$/);
  if (!page.url().includes('/step-up')) return;
  await walk.stepUp(page, person);
  await page.waitForURL(/\/suspend$/);
  await page.click('main form button');
  await page.waitForURL(/\/suspension$/);
}
async function reactivate(one, line, document, at = async () => {}) {
  const { page, person } = one;
  await page.goto(`${line}/reactivate`);
  await walk.stepUp(page, person);
  await at(page, 'reactivate');
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', document);
  await page.click('main form button');
}

const kept = [];
for (const [language, operator, days, fee] of [
  ['en', 'harbour', 180, 0],
  ['zh-Hant-HK', 'kite', 90, 2000],
  ['zh-Hans-CN', 'harbour', 180, 0],
]) {
  test(`${language}: a lost telephone, suspended from another device`, limit, async () => {
    const one = await somebody(operator, { language, script: language !== 'zh-Hans-CN' });
    const { page, person } = one;
    const at = (on, name) => look(on, `suspension-${name}-${language}`);
    const had = await credit(one);
    const line = await lost(one, at);
    await at(page, 'suspend');
    const last = day(language, house.now() + days * DAY);
    const costs = Math.min(fee, had);
    const before = await text(page);
    assert.ok(before.includes(last), before);
    if (costs) assert.ok(before.includes(money(costs)), before);
    assert.equal(await allowed(one), true);
    await press(one);
    await becomes(one, 'suspended');
    await page.reload();
    await at(page, 'suspended');
    assert.ok((await text(page)).includes(last));
    assert.equal(await allowed(one), false);
    assert.equal(await credit(one), had - costs);
    await told(one, person.email, /./);
    await page.goto(`${one.base}/account`);
    await at(page, 'account');
    assert.equal(await page.locator('main .also a[href$="/suspension"]').count(), 1);
    await page.goto(line);
    await at(page, 'line');
    kept.push({ ...one, line, language, at, until: house.now() + days * DAY });
  });
}

test('what is reminded, and what comes of the last day', limit, async () => {
  assert.equal(kept.length, 3);
  const [first, second] = kept;
  await house.later(84 * DAY); // a week before the last day of the one
  await told(second, second.person.email, /重新|恢復|最後日期/);
  await house.later(7 * DAY);
  const over = await becomes(second, 'over');
  assert.ok(Date.parse(over.until) <= house.now());
  assert.equal(await allowed(second), false);
  await walk.signIn(second.page, second.base, second.person, { next: '/account' });
  await second.page.goto(`${second.line}/suspension`);
  await second.at(second.page, 'over');
  await house.later(90 * DAY);
  await becomes(first, 'none');
  assert.equal(await allowed(first), true);
  await told(first, first.person.email, /last day of its suspension/);
});

test('reactivating takes the password again and the registered number', limit, async () => {
  const one = kept[1];
  await walk.signIn(one.page, one.base, one.person);
  await one.page.waitForURL(/\/account$/);
  await reactivate(one, one.line, 'A123456(1)', one.at);
  await one.page.locator('#errors').waitFor();
  await one.at(one.page, 'reactivate-faulty');
  await reactivate(one, one.line, 'A000000(9)');
  await one.page.locator('#errors').waitFor();
  assert.equal(await allowed(one), false);
  await reactivate(one, one.line, one.person.id_number);
  await one.page.waitForURL(/\/(suspension|lines\/\d+)$/);
  await becomes(one, 'none');
  assert.equal(await allowed(one), true);
  await one.page.goto(`${one.line}/suspension`);
  await one.page.waitForURL(one.line);
  await told(one, one.person.number.slice(4), /恢復服務/);
});

test('a suspended line is closed: by e-mail, and the network forgets it', limit, async () => {
  for (const operator of ['harbour', 'kite']) {
    let one, line;
    do {
      one = await somebody(operator);
      line = await lost(one);
      await one.page.goto(`${line}/contacts`);
    } while (
      !(
        await house.ask('line', 'show', '--operator', operator, '--number', one.person.number)
      ).contacts.some((each) => each.may_confirm)
    );
    const { page, base, person } = one;
    await page.goto(`${line}/close`); // the closing's first page offers it too
    await page.check('input[name=choice][value=suspend]');
    await page.click('main form button');
    await page.waitForURL(/\/suspend$/);
    await press(one);
    await becomes(one, 'suspended');
    const left = await credit(one);
    await page.goto(`${line}/close`);
    await look(page, `suspension-choice-${operator}`);
    await page.check('input[name=choice][value=close]');
    await page.goto(`${line}/close/identity`);
    await walk.stepUp(page, person);
    assert.equal(await page.locator('#contact').isDisabled(), true);
    await look(page, `suspension-identity-${operator}`);
    const closing = await walk.startClosing(page, base, person, { contact: 'mail' });
    await walk.prove(page, house, operator, closing);
    const { link } = await walk.confirmation(base, closing.reference);
    await walk.confirmByLink(page, link);
    await page.waitForURL(/\/closures\/\d+$/);
    await house.later(61 * MINUTE);
    const closed = await house.state(operator, closing.reference, 'closed');
    assert.equal(closed.cut_how, 'read_back');
    assert.equal(closed.paid_minor, left);
    assert.equal(await allowed(one), 'gone');
  }
});

test('the network is away: called off meanwhile, nothing is barred then', limit, async () => {
  const one = await somebody('kite');
  const { page } = one;
  const had = await credit(one);
  const line = await lost(one);
  const other = await one.tab();
  await other.goto(page.url());
  await network.halt();
  await press(one);
  await look(page, 'suspension-asked');
  await other.click('main form button'); // the other tab comes too late, and sees where it stands
  await other.waitForURL(/\/suspension$/);
  await until(async () => {
    const { items } = await house.ask(
      'effect',
      'list',
      '--operator',
      'kite',
      '--search',
      (await shown(one)).suspension,
    );
    return items.find((each) => each.kind === 'network_bar')?.attempts > 0;
  }, 'an attempt at the network');
  await house.later(61 * MINUTE);
  const late = await until(async () => {
    const view = await shown(one);
    return view.by_staff && view;
  }, 'the staff');
  assert.equal(late.state, 'asked');
  await told(one, one.person.email, /by hand/);
  await walk.signIn(page, one.base, one.person);
  await page.waitForURL(/\/account$/);
  await page.goto(`${line}/suspension?refresh=off`);
  await look(page, 'suspension-by-staff');
  await reactivate(one, line, one.person.id_number);
  await page.waitForURL(/\/suspension$/);
  await look(page, 'suspension-returning');
  await network.restart();
  await house.later(20 * MINUTE);
  await becomes(one, 'none');
  assert.equal(await allowed(one), true);
  assert.equal(await credit(one), had);
});

test("somebody else's line answers like none", limit, async () => {
  const one = await somebody('harbour');
  const theirs = new URL(kept[0].line).pathname.split('/').at(-1);
  await walk.signIn(one.page, one.base, one.person);
  await one.page.waitForURL(/\/account$/);
  for (const id of [theirs, '4711'])
    for (const name of ['suspend', 'suspension', 'reactivate']) {
      const answer = await one.page.goto(`${one.base}/lines/${id}/${name}`);
      if (name === 'reactivate') await walk.stepUp(one.page, one.person);
      assert.match(await text(one.page), /not found|There is nothing here|no such/i, name);
      assert.ok(answer.status() === 404 || name === 'reactivate', name);
    }
});

test('each figure of the policy is on the page, and in what is done', limit, async () => {
  const one = await somebody('harbour', { credited: 1501 });
  const { page } = one;
  const line = await lost(one);
  const policy = JSON.parse(readFileSync(here('packaging/demo/harbour.json'), 'utf8'));
  const had = await credit(one);
  let before = await text(page);
  const date = (days) => day('en', house.now() + days * DAY);
  for (const [field, value, says, view] of [
    ['maximum_days', 60, () => date(60), ({ until }) => day('en', Date.parse(until))],
    ['fee_minor', 1500, () => money(Math.min(1500, had)), (it) => money(it.fee_minor)],
    ['reminder_days', 3, () => date(57), (it) => day('en', Date.parse(it.remind_at))],
    ['escalate_minutes', 45, () => '45 minutes'],
    ['validity_runs', true, () => 'Runs on', (it) => it.validity_runs && 'Runs on'],
    ['at_end', 'stay', () => 'stays suspended', (it) => it.at_end === 'stay' && 'stays suspended'],
  ]) {
    policy.version += 1;
    policy.suspension[field] = value;
    policy.effective_from = new Date(house.now() - DAY).toISOString().replace(/\.\d+Z$/, 'Z');
    const file = path.join(house.directory, 'policy.json');
    await writeFile(file, JSON.stringify(policy));
    await house.ask('policy', 'load', file);
    await page.goto(`${line}/suspend`);
    const now = await text(page);
    assert.notEqual(now, before, field);
    assert.ok(now.includes(says()) && !before.includes(says()), `${field}: ${says()} in ${now}`);
    if (view) assert.equal(view(await shown(one)), says(), field);
    before = now;
  }
  // What was shown binds: it became dearer between the page and the button.
  policy.version += 1;
  policy.suspension.fee_minor = 99000;
  await writeFile(path.join(house.directory, 'policy.json'), JSON.stringify(policy));
  await house.ask('policy', 'load', path.join(house.directory, 'policy.json'));
  await page.click('main form button');
  await page.locator('#errors').waitFor();
  await look(page, 'suspension-dearer');
  assert.ok((await text(page)).includes(money(had)));
  assert.equal((await shown(one)).state, 'none');
  assert.equal(await credit(one), had);
});
