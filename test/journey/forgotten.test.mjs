// A forgotten password, in three languages, with and without a script; and what a thief can do who
// has only the mailbox, only the ID number, or only the SIM.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { start } from './installation.mjs';
import { until } from '../peers/process.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 120000 };
const password = 'one umbrella two rivers',
  fresh = 'three lanterns over water';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 11 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

const at = (page) => new URL(page.url()).pathname.replace(/^\/[a-z]+/, '');
const somebody = (page, operator) => newcomer(house, page, operator, password);
async function ask(page, base, email, see = async () => {}) {
  await page.goto(`${base}/sign-in`);
  await page.click('main a[href$="/forgotten"]');
  await see('forgotten');
  await page.fill('#email', email);
  await page.click('main form button');
  await page.waitForURL(/\/forgotten\/code$/);
}
async function prove(page, code, person, document = person.id_number) {
  await page.fill('#code', code);
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', document);
  await page.click('main form button');
}
const newest = async (base, to) =>
  (await walk.inbox(base)).filter((each) => each.to.replace(/\s/g, '').includes(to));

for (const [language, operator, script] of [
  ['en', 'harbour', true],
  ['zh-Hant-HK', 'kite', false],
  ['zh-Hans-CN', 'harbour', true],
]) {
  test(`${language}: from "forgotten" to signed in, and the closing after it`, limit, async () => {
    const base = house.base(operator);
    const { page, close } = await browser.visit(house.origin, { language, script });
    const other = await browser.visit(house.origin, { language });
    const see = (name) => look(page, `${name}-${language}`);
    const person = await somebody(page, operator);
    await walk.signIn(other.page, base, person);
    await other.page.waitForURL(/\/account$/);
    const before = await walk.inboxCode(base, person.email);
    await ask(page, base, person.email.toUpperCase(), see);
    const code = await walk.inboxCode(base, person.email, before);
    await prove(page, '1234', person);
    assert.ok(await page.locator('#code-why').isVisible());
    await see('forgotten-code-faulty');
    await prove(page, code.replace(/^./, (d) => (Number(d) + 1) % 10), person);
    assert.ok(await page.locator('#code-why').isVisible());
    await prove(page, code, person);
    await page.waitForURL(/\/forgotten\/password$/);
    await page.fill('#password', 'password123');
    await page.click('main form button');
    assert.ok(await page.locator('#password-why').isVisible());
    await see('forgotten-password-faulty');
    await page.fill('#password', fresh);
    await page.click('main form button');
    await page.waitForURL(/\/sign-in\?password=new$/);
    assert.ok(await page.locator('main .notice.ok').isVisible());
    await see('sign-in-anew');
    await page.fill('#email', person.email);
    await page.fill('#password', fresh);
    await page.click('main form button');
    await page.waitForURL(/\/account$/);
    await other.page.goto(`${base}/account`);
    assert.equal(at(other.page), '/sign-in'); // who was signed in before is no longer
    const line = await walk.openLine(page, base, person.number);
    await page.goto(`${line}/close/identity`);
    await walk.stepUp(page, { ...person, password: fresh });
    const ways = page.locator('input[name=contact]:not([disabled]):not(#contact-nowhere)');
    assert.equal(await ways.count(), 1);
    await see('identity-after-reset');
    const { reference } = await walk.startClosing(page, base, { ...person, password: fresh });
    const { contact } = await house.closure(operator, reference);
    assert.equal(contact, undefined); // the confirmation went to the line
    await page.goto(`${base}/account/password`);
    await page.fill('#old_password', 'not this one');
    await page.fill('#password', password);
    await page.click('main form button');
    assert.ok(await page.locator('#old_password-why').isVisible());
    await see('password-faulty');
    await page.fill('#old_password', fresh);
    await page.fill('#password', password);
    await page.click('main form button');
    await page.waitForURL(/\/account\?password=new$/);
    await other.close();
    await close();
  });
}

test('nobody learns which addresses have an account', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await somebody(page, 'harbour');
  const pages = [];
  for (const email of [person.email, 'nobody.at.all@example.com']) {
    await ask(page, base, email);
    await prove(page, '00000000', person);
    pages.push(
      (await page.locator('main').innerText()).replace(email, '-').replace(/\d\d:\d\d/g, '-'),
    );
  }
  assert.equal(pages[0], pages[1]);
  await page.goto(`${base}/forgotten`);
  await page.click('main form button');
  await page.locator('#errors').waitFor();
  await close();
});

test('the thief with the mailbox has the code and comes nowhere', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await somebody(page, 'harbour');
  const before = await walk.inboxCode(base, person.email);
  await ask(page, base, person.email);
  const code = await walk.inboxCode(base, person.email, before);
  for (let tries = 0; ; tries++) {
    assert.ok(tries < 30, 'guessing has an end');
    await prove(page, code, { id_type: 'hkid' }, 'G123456(A)');
    assert.equal(at(page), '/forgotten/code');
    const others = page.locator('#errors li:not(:has(a[href="#document"]))');
    if (await others.count()) break; // "too many attempts" is no fault of a field
  }
  await page.goto(`${base}/forgotten/password`);
  assert.equal(at(page), '/forgotten/code');
  await page.goto(`${base}/sign-in`);
  await page.fill('#email', person.email);
  await page.fill('#password', password);
  await page.click('main form button');
  await page.waitForURL(/\/account$/); // the owner's password is as it was
  await close();
});

test('with the mailbox and the ID number: no mailbox confirms, the line hears', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await somebody(page, 'harbour');
  const before = await walk.inboxCode(base, person.email);
  await ask(page, base, person.email);
  await prove(page, await walk.inboxCode(base, person.email, before), person);
  await page.waitForURL(/\/forgotten\/password$/);
  const heard = (await newest(base, person.number.slice(-8))).length;
  await page.fill('#password', fresh);
  await page.click('main form button');
  await page.waitForURL(/\/sign-in/);
  const messages = async () => (await newest(base, person.number.slice(-8))).length;
  await until(async () => (await messages()) > heard, 'the line hears of it');
  await walk.signIn(page, base, { ...person, password: fresh });
  await page.waitForURL(/\/account$/);
  const line = await walk.openLine(page, base, person.number);
  await page.goto(`${line}/close/identity`);
  await walk.stepUp(page, { ...person, password: fresh });
  // The page offers the SMS only; a forged form with the address is refused as well.
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', person.id_number);
  await page.evaluate(() => {
    const mail = document.querySelector('input[name=contact][disabled]');
    mail.disabled = false;
    mail.checked = true;
  });
  await page.click('main form button');
  assert.match(page.url(), /\/close\/identity$/);
  assert.ok(await page.locator('#contact-why').isVisible());
  const { items } = await house.ask('closure', 'list', '--operator', 'harbour', '--limit', '100');
  const shown = await house.ask('line', 'show', '--operator', 'harbour', '--number', person.number);
  assert.ok(items.every((each) => each.line !== shown.id));
  await close();
});
