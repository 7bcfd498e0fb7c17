// Credit goes to another line in the browser: a number typed twice or an own line, in three
// languages, at both demo operators, with and without JavaScript; and what goes wrong on the way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look, money } from './browser.mjs';
import { HOUR, start } from './installation.mjs';
import * as walk from './walk.mjs';
import { until } from '../peers/process.mjs';

const limit = { timeout: 240000 };
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ lines: 120, seed: 11 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

const password = 'nine copper ladders';
const shown = (operator, number) =>
  house.ask('line', 'show', '--operator', operator, '--number', number);
const paid = async (operator, { number }) => (await shown(operator, number)).paid_minor;
const text = (page) => page.locator('main').innerText();

/** Nobody's line yet: it takes credit, and has at least so much itself. */
async function someone(operator, least = 0) {
  for (;;) {
    const person = { ...house.stranger(operator), password };
    const line = await shown(operator, person.number);
    if (line.state === 'active' && !line.closure && line.paid_minor >= least)
      return { ...person, line: line.id };
  }
}
/** Somebody with an account, on a page of their own; the SIM and the contacts are old. */
async function owner(operator, { least = 6000, ...visit } = {}) {
  const opened = await browser.visit(house.origin, visit);
  const person = await someone(operator, least);
  const base = house.base(operator);
  await walk.register(opened.page, base, person, {
    password,
    code: (kind, to) => walk.inboxCode(base, to),
  });
  await walk.signIn(opened.page, base, person);
  await opened.page.waitForURL(/\/account$/);
  return { ...opened, person, base, operator, line: `${base}/lines/${person.line}` };
}
/** To the form; the password again where it is asked for. */
async function open({ page, line, person }) {
  await page.goto(`${line}/transfer`);
  await walk.stepUp(page, person);
  await page.waitForURL(/\/transfer$/);
}
async function fill(page, { number = '', again = number, amount }) {
  if (await page.locator('input[type=radio][name=to][value=other]').count())
    await page.check('input[name=to][value=other]');
  await page.fill('#number', number);
  await page.fill('#number_again', again);
  if (amount === undefined) {
    await page.check('input[name=how][value=all]');
  } else {
    await page.check('input[name=how][value=some]');
    await page.fill('#amount', amount);
  }
  await page.click('main form button');
}
const wide = (digits) =>
  digits.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
const message = (base, { number }, words) =>
  until(
    async () =>
      (await walk.inbox(base)).find(
        (each) => each.to.replace(/\s/g, '').includes(number) && words.test(each.text),
      ),
    `a message to ${number}`,
  );

for (const [language, operator, fee, went] of [
  ['en', 'harbour', 0, /cannot be called back/],
  ['zh-Hant-HK', 'kite', 200, /不能追回/],
  ['zh-Hans-CN', 'harbour', 0, /不能追回/],
]) {
  test(`${language}: to a number that is typed twice`, limit, async () => {
    const one = await owner(operator, {
      language,
      script: language !== 'zh-Hans-CN',
      ...(language === 'zh-Hant-HK' ? { width: 1200, dark: true } : {}),
    });
    const { page, person, base, line } = one;
    const other = await someone(operator);
    const local = other.number.slice(4);
    const [had, theirs] = [await paid(operator, person), await paid(operator, other)];
    const at = (name) => look(page, `transfer-${name}-${language}`);
    await page.goto(line);
    await page.click('main a[href$="/transfer"]');
    await walk.stepUp(page, person);
    await page.waitForURL(/\/transfer$/);
    await at('form');
    assert.ok((await text(page)).includes(money(had)));
    // The bad ones first; each is said beside its field, and what was typed stays.
    const own = person.number.slice(4);
    const mistyped = local.replace(/.$/, (d) => (d === '1' ? '2' : '1'));
    for (const [given, field] of [
      [{ number: local, again: mistyped }, 'number_again'],
      [{ number: '123' }, 'number'],
      [{ number: own }, 'number'],
      [{ number: local, amount: '' }, 'amount'],
      [{ number: local, amount: '12.345' }, 'amount'],
      [{ number: local, amount: '-20' }, 'amount'],
      [{ number: local, amount: '0' }, 'amount'],
      [{ number: local, amount: 'US$ 20' }, 'amount'],
      [{ number: local, amount: '0.50' }, 'amount'],
      [{ number: local, amount: String((had - fee + 1) / 100) }, 'amount'],
    ]) {
      await fill(page, given);
      await page.locator('#errors').waitFor();
      assert.equal(await page.locator(`#errors a[href="#${field}"]`).count(), 1, field);
      assert.equal(await page.inputValue('#number'), given.number);
    }
    await at('faulty');
    await fill(page, { number: wide(local), again: ` ${local} `, amount: wide('HK$ 12.50') });
    await page.waitForURL(/\/transfer\/check$/);
    const check = await text(page);
    assert.ok(check.includes(money(1250)) && check.replace(/\s/g, '').includes(other.number));
    assert.ok(check.includes(money(had - 1250 - fee)), check);
    if (fee) assert.ok(check.includes(money(fee)), check);
    assert.ok(!check.includes(other.name), 'whose it is is nowhere');
    await at('check');
    assert.equal(await paid(operator, person), had);
    await page.click('main form button');
    await page.waitForURL(/\/transfers\/\d+$/);
    await at('done');
    const done = await text(page);
    assert.ok(done.includes(money(1250)) && !done.replace(/\s/g, '').includes(other.number), done);
    assert.equal(await paid(operator, person), had - 1250 - fee);
    assert.equal(await paid(operator, other), theirs + 1250);
    const sent = await message(base, person, went);
    assert.ok(sent.text.includes(money(1250)));
    const got = await message(base, other, /12\.50/);
    assert.ok(!got.text.replace(/\s/g, '').includes(person.number), got.text);
    await page.goto(`${line}/transfer`);
    assert.equal(await page.locator('main form').count(), 0, 'there is a waiting time');
    await at('stopped');
    await one.close();
  });
}

test('to an own line, all that can go', limit, async () => {
  const [first, second] = house.people.filter((each) => /two lines/.test(each.story ?? ''));
  assert.equal(first.email, second.email);
  const operator = 'kite';
  const base = house.base(operator);
  const { page, close } = await browser.visit(house.origin, { width: 1200 });
  await walk.signIn(page, base, first);
  await page.waitForURL(/\/account$/);
  const [from, to] = (await paid(operator, first)) > (await paid(operator, second))
    ? [first, second]
    : [second, first];
  const [had, theirs] = [await paid(operator, from), await paid(operator, to)];
  const { id } = await shown(operator, from.number);
  const target = (await shown(operator, to.number)).id;
  await page.goto(`${base}/lines/${id}/transfer`);
  await walk.stepUp(page, first);
  await page.waitForURL(/\/transfer$/);
  await page.click('main form button'); // nothing is chosen
  await page.locator('#errors').waitFor();
  assert.equal(await page.locator('#errors a[href="#to"]').count(), 1);
  await page.check(`input[name=to][value="${target}"]`);
  await page.check('input[name=how][value=all]');
  await look(page, 'transfer-own');
  await page.click('main form button');
  await page.waitForURL(/\/transfer\/check$/);
  await look(page, 'transfer-own-check');
  const goes = Math.min(50000, had - 200);
  assert.ok((await text(page)).includes(money(goes)));
  assert.ok((await text(page)).replace(/\s/g, '').includes(to.number));
  await page.click('main form button');
  await page.waitForURL(/\/transfers\/\d+$/);
  assert.equal(await paid(operator, from), had - goes - 200);
  assert.equal(await paid(operator, to), theirs + goes);
  await close();
});

test('two tabs, and the form sent twice', limit, async () => {
  const one = await owner('harbour');
  const { page, base, person, context } = one;
  const [other, wrong] = [await someone('harbour'), await someone('harbour')];
  const had = await paid('harbour', person);
  await open(one);
  await fill(page, { number: other.number, amount: '10' });
  await page.waitForURL(/\/check$/);
  const tab = await one.tab();
  await tab.goto(`${one.line}/transfer`);
  await fill(tab, { number: wrong.number, amount: '20' });
  await tab.waitForURL(/\/check$/);
  await page.click('main form button'); // shows other answers than it was made for
  await page.locator('#errors').waitFor();
  assert.ok((await text(page)).replace(/\s/g, '').includes(wrong.number));
  await look(page, 'transfer-tabs');
  assert.equal(await paid('harbour', person), had);
  const form = {};
  for (const input of await page.locator('main form input').all())
    form[await input.getAttribute('name')] = await input.getAttribute('value');
  const send = () =>
    context.request.post(`${one.line}/transfer/check`, {
      form,
      headers: { origin: house.origin },
      maxRedirects: 0,
    });
  const answers = await Promise.all([send(), send()]);
  for (const answer of answers) assert.equal(answer.status(), 303, await answer.text());
  const [first, second] = answers.map((each) => each.headers().location);
  assert.equal(first, second);
  assert.match(first, /\/transfers\/\d+$/);
  assert.equal(await paid('harbour', person), had - 2000);
  await page.goto(`${base}${first.replace(/^\/harbour/, '')}`);
  assert.ok((await text(page)).includes(money(2000)));
  // Somebody else's transfer is not found, as one that there is not.
  const stranger = await owner('harbour', { least: 0 });
  for (const id of [first.split('/').at(-1), '4711'])
    assert.equal((await stranger.page.goto(`${base}/transfers/${id}`)).status(), 404);
  await stranger.close();
  await one.close();
});

test('the other line closes meanwhile; then the password is old', limit, async () => {
  const one = await owner('harbour');
  const { page, base, person } = one;
  const other = await owner('harbour', { least: 0 });
  const had = await paid('harbour', person);
  await open(one);
  await fill(page, { number: other.person.number, amount: '10' });
  await page.waitForURL(/\/check$/);
  await walk.startClosing(other.page, base, other.person);
  await page.click('main form button');
  await page.locator('#errors').waitFor();
  assert.equal(await page.locator('#errors a[href="#number"]').count(), 1);
  await look(page, 'transfer-target');
  assert.equal(await paid('harbour', person), had);
  // The line that closes sends nothing, and says where its credit is chosen.
  await other.page.goto(`${other.line}/transfer`);
  assert.equal(await other.page.locator('main form').count(), 0);
  assert.equal(await other.page.locator('main a[href*="/closures/"]').count(), 1);
  await look(other.page, 'transfer-closing');
  // A number that is nobody's is answered in the same words.
  const words = await text(page);
  await fill(page, { number: '64999999', amount: '10' });
  await page.waitForURL(/\/check$/);
  await page.click('main form button');
  await page.locator('#errors').waitFor();
  const same = (of) => of.replace(/[\d\s+]/g, '');
  assert.equal(same(await text(page)), same(words));
  const next = await someone('harbour');
  await fill(page, { number: next.number, amount: '10' });
  await page.waitForURL(/\/check$/);
  await house.later(HOUR); // the session's password is an hour old by then
  await page.goto(`${one.line}/transfer`);
  assert.match(page.url(), /\/(step-up|sign-in)/);
  assert.equal(await paid('harbour', person), had);
  await other.close();
  await one.close();
});
