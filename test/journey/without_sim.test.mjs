// A line is closed by somebody who has its SIM no more: abroad with e-mail only, or with nothing
// that a message reaches; in three languages, with and without a script, under both policies.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { start } from './installation.mjs';
import { until } from '../peers/process.mjs';
import * as rows from './rows.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 120000 };
const password = 'seven stones in a pocket';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 23 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

/** Somebody without an account whose line has a registered address of age. */
async function somebody(operator) {
  for (;;) {
    const person = { ...house.stranger(operator), password };
    const line = await house.ask('line', 'show', '--operator', operator, '--number', person.number);
    if (line.contacts.some((each) => each.may_confirm)) return { ...person, line: line.id };
  }
}
const heard = async (base, to) =>
  (await walk.inbox(base)).filter((each) => each.to.replace(/\s/g, '').includes(to)).length;
const code = (base) => (kind, to) => walk.inboxCode(base, to);

/** From "I do not have the SIM any more" to the account. */
const claim = (page, base, person, email, see) =>
  walk.claim(page, base, person, { password, email, code: code(base), look: see });

for (const [language, operator, script] of [
  ['en', 'harbour', true],
  ['zh-Hant-HK', 'kite', false],
  ['zh-Hans-CN', 'harbour', true],
]) {
  test(`${language}: abroad, with e-mail only`, limit, async () => {
    const base = house.base(operator);
    const { page, close } = await browser.visit(house.origin, { language, script });
    const see = (on, name) => look(on, `without-sim-${name}-${language}`);
    const person = await somebody(operator);
    const before = await heard(base, person.number.slice(-8));
    await claim(page, base, person, person.email, see);
    await until(
      async () => (await heard(base, person.number.slice(-8))) > before,
      'the line hears of it',
    );
    await walk.signIn(page, base, person);
    await page.waitForURL(/\/account$/);
    await see(page, 'account');
    await page.click('main .ways a[href*="/lines/"]');
    await page.waitForURL(/\/lines\/\d+$/);
    await see(page, 'line');
    const text = await page.locator('main').innerText();
    assert.ok(!text.includes('$') && !text.includes('@'), 'neither credit nor contacts');
    await page.click('main a.button[href$="/close/identity"]');
    await walk.stepUp(page, person);
    await page.waitForURL(/\/close\/identity$/);
    await see(page, 'identity');
    assert.equal(await page.locator('input[name=contact]').count(), 0); // there is no choice
    await page.selectOption('#document_type', person.id_type);
    await page.fill('#document', person.id_number);
    await page.click('main form button');
    await page.waitForURL(/\/close\/check$/);
    await see(page, 'check');
    await page.click('main form button');
    await page.waitForURL(/\/receipt$/);
    await see(page, 'receipt');
    const reference = (await page.locator('#reference').textContent()).trim();
    const closure = await house.closure(operator, reference);
    assert.equal(closure.unreachable, operator === 'kite'); // kite's policy: a counter only
    assert.equal(closure.identity_asked, 'document');
    await page.click(`main a[href$="/closures/${closure.id}"]`);
    await page.waitForURL(/\/closures\/\d+$/);
    await see(page, 'status');
    if (operator === 'harbour') {
      const { link } = await walk.confirmation(base, reference);
      await walk.confirmByLink(page, link);
      const confirmed = await house.closure(operator, reference);
      assert.ok(confirmed.confirmed_at);
      assert.equal(confirmed.waits_for, 'person_identity'); // the document, whatever the policy
    }
    await page.goto(`${base}/lines/${person.line}/contacts`);
    assert.ok(!(await page.locator('main').innerText()).includes('@'));
    await page.goto(`${base}/lines/${person.line}/close/preview`);
    assert.ok(!(await page.locator('main').innerText()).includes('$'));
    await close();
  });
}

for (const language of ['en', 'zh-Hant-HK', 'zh-Hans-CN']) {
  test(`${language}: the line has expired, its SIM is thrown away`, limit, async () => {
    const base = house.base('harbour');
    const row = rows.row({ expires_on: '2026-01-31' });
    const file = path.join(house.directory, `expired-${language}.csv`);
    await writeFile(file, `${rows.head}\n${row.csv}\n`);
    assert.equal((await house.imported(file)).code, 0);
    const person = { ...row, id_type: row.document_type, id_number: row.document_number, password };
    const shown = await house.ask('line', 'show', '--operator', 'harbour', '--number', row.number);
    assert.equal(shown.state, 'expired');
    const { page, close } = await browser.visit(house.origin, { language });
    await claim(page, base, person, person.email);
    await walk.signIn(page, base, person);
    await page.click('main .ways a[href*="/lines/"]');
    await look(page, `without-sim-expired-${language}`);
    await page.click('main a.button[href$="/close/identity"]');
    await walk.stepUp(page, person);
    await page.selectOption('#document_type', person.id_type);
    await page.fill('#document', person.id_number);
    await page.click('main form button');
    await page.click('main form button');
    await page.waitForURL(/\/receipt$/);
    const reference = (await page.locator('#reference').textContent()).trim();
    const closure = page.url().replace(/\/receipt$/, '');
    await walk.prove(page, house, 'harbour', { reference, closure });
    const { link } = await walk.confirmation(base, reference);
    await walk.confirmByLink(page, link);
    await page.waitForURL(/\/closures\/\d+$/);
    await look(page, `without-sim-expired-status-${language}`);
    const confirmed = await house.closure('harbour', reference);
    assert.equal(confirmed.waits_for, 'undo_window');
    assert.equal(confirmed.identity_by, 'document');
    await close();
  });
}

test('no registered address: the case is kept, and called off by its owner', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await somebody('harbour');
  const email = 'somewhere.else@example.com';
  await claim(page, base, person, email);
  await walk.signIn(page, base, { ...person, email });
  await page.waitForURL(/\/account$/);
  await page.click('main .ways a[href*="/lines/"]');
  await page.click('main a.button[href$="/close/identity"]');
  await walk.stepUp(page, { ...person, email });
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', person.id_number);
  await page.click('main form button');
  await page.click('main form button');
  await page.waitForURL(/\/receipt$/);
  const reference = (await page.locator('#reference').textContent()).trim();
  const closure = await house.closure('harbour', reference);
  assert.equal(closure.unreachable, true);
  const counters = await page.locator('main .notice').first().innerText();
  assert.match(counters, /Harbour Street/); // where to, in the policy's own words
  await walk.withdraw(page, `${base}/closures/${closure.id}`);
  await page.waitForURL(/\/closures\/\d+$/);
  assert.equal((await house.closure('harbour', reference)).state, 'withdrawn');
  await close();
});

test('with an account, and nothing that reaches the person any more', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await somebody('harbour');
  await walk.register(page, base, person, { password, code: code(base) });
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  const line = await walk.openLine(page, base, person.number);
  await walk.answer(page, line, person, { contact: '1' });
  await page.click('main form button');
  await page.waitForURL(/\/receipt$/);
  const reference = (await page.locator('#reference').textContent()).trim();
  const closure = await house.closure('harbour', reference);
  assert.equal(closure.unreachable, true);
  assert.equal(closure.identity_asked, 'document');
  await close();
});
