// Take-over attempts at the portal: each thief has something of the owner's and lacks the rest.
// None closes the line, everybody is told, and who holds the SIM calls it off.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { HOUR, start } from './installation.mjs';
import { until } from '../peers/process.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 120000 };
const password = 'nine lamps along the quay';
const wrong = 'G123456(A)';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 29 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

const at = (page) => new URL(page.url()).pathname.replace(/^\/[a-z]+/, '');
const code = (base) => (kind, to) => walk.inboxCode(base, to);
const heard = async (base, to) =>
  (await walk.inbox(base)).filter((each) => each.to.replace(/\s/g, '').includes(to)).length;
const lineOf = (number) =>
  house.ask('line', 'show', '--operator', 'harbour', '--number', number);

test('the thief with the SIM knows no ID number', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const owner = house.stranger('harbour');
  const thief = { ...owner, email: 'thief.sim@example.com', password };
  const { contacts } = await lineOf(owner.number);
  await walk.register(page, base, thief, { password, code: code(base) });
  await walk.signIn(page, base, thief);
  await page.waitForURL(/\/account$/);
  const line = await walk.openLine(page, base, owner.number);
  await walk.answer(page, line, thief, { document: wrong, type: 'hkid' });
  await page.click('main form button');
  assert.match(at(page), /\/close\/(check|identity)$/);
  /* An address of their own cannot be added either, nor the owner's removed. */
  await page.goto(`${line}/contacts/add`);
  await page.fill('#email', 'thief.too@example.com');
  await page.selectOption('#document_type', 'hkid');
  await page.fill('#document', wrong);
  await page.click('main form button');
  assert.equal(at(page).endsWith('/contacts/add'), true);
  const now = await lineOf(owner.number);
  assert.equal(now.contacts.length, contacts.length);
  assert.equal(now.closure, undefined);
  await close();
});

test('SIM and mailbox for a day, without the ID number', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const owner = await newcomer(house, page, 'harbour', password);
  await page.context().clearCookies();
  /* The password: a code to the mailbox is not enough. */
  const before = await walk.inboxCode(base, owner.email);
  await page.goto(`${base}/forgotten`);
  await page.fill('#email', owner.email);
  await page.click('main form button');
  await page.waitForURL(/\/forgotten\/code$/);
  await page.fill('#code', await walk.inboxCode(base, owner.email, before));
  await page.selectOption('#document_type', 'hkid');
  await page.fill('#document', wrong);
  await page.click('main form button');
  assert.equal(at(page), '/forgotten/code');
  /* An account of their own by the SIM. */
  await page.context().clearCookies();
  const thief = { ...owner, email: 'thief.both@example.com' };
  const sent = await walk.inboxCode(base, owner.number);
  await walk.register(page, base, thief, {
    password,
    code: (kind, to) => walk.inboxCode(base, to, kind === 'sms' ? sent : ''),
  });
  await walk.signIn(page, base, thief);
  await page.waitForURL(/\/account$/);
  const line = await walk.openLine(page, base, owner.number);
  await walk.answer(page, line, { ...thief, id_number: wrong, id_type: 'hkid' });
  await page.click('main form button');
  assert.equal((await lineOf(owner.number)).closure, undefined);
  await close();
});

test('mailbox and ID number: asked for without the SIM, called off with it', limit, async () => {
  const base = house.base('harbour');
  const owner = await browser.visit(house.origin, { language: 'en' });
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await newcomer(house, owner.page, 'harbour', password);
  const told = await heard(base, person.number.slice(-8));
  /* The address is the account's and a contact of age: its reader gets a code, and no more. */
  const before = await walk.inboxCode(base, person.email);
  await walk.claim(page, base, person, {
    password: 'another one altogether',
    code: (kind, to) => walk.inboxCode(base, to, before),
  });
  await walk.signIn(page, base, { ...person, password: 'another one altogether' });
  assert.equal(at(page), '/sign-in'); // the password that there was is kept
  const thief = { ...person, email: 'thief.claims@example.com' };
  await page.context().clearCookies();
  await walk.claim(page, base, thief, { password, code: code(base) });
  await until(
    async () => (await heard(base, person.number.slice(-8))) > told,
    'the SIM hears that somebody asked without it',
  );
  await walk.signIn(page, base, thief);
  await page.waitForURL(/\/account$/);
  await page.click('main .ways a[href*="/lines/"]');
  const { id } = await lineOf(person.number);
  await page.goto(`${base}/lines/${id}/close/identity`);
  await walk.stepUp(page, thief);
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', person.id_number);
  await page.click('main form button');
  await page.click('main form button');
  await page.waitForURL(/\/receipt$/);
  const reference = (await page.locator('#reference').textContent()).trim();
  await house.later(20 * HOUR); // nothing happens by itself
  const asked = await house.closure('harbour', reference);
  assert.equal(asked.state, 'submitted');
  assert.equal(asked.unreachable, true);
  const again = house.base('harbour');
  await walk.signIn(owner.page, again, person);
  await owner.page.waitForURL(/\/account$/);
  await walk.openLine(owner.page, again, person.number);
  await owner.page.click('main a[href*="/closures/"]');
  await walk.withdraw(owner.page, owner.page.url());
  await owner.page.waitForURL(/\/closures\/\d+$/);
  assert.equal((await house.closure('harbour', reference)).state, 'withdrawn');
  await close();
  await owner.close();
});

test("the agent's acquaintance has number and ICCID only", limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const owner = house.stranger('harbour');
  /* With the ICCID a code goes to the SIM, which they do not have. */
  await page.goto(`${base}/register`);
  await page.fill('#number', owner.number.slice(4));
  await page.fill('#iccid', owner.iccid.slice(-6));
  await page.click('main form button');
  await page.waitForURL(/\/register\/code$/);
  await page.fill('#code', '00000000');
  await page.click('main form[action$="/code"] button');
  assert.equal(at(page), '/register/code');
  /* Without it the ID number is asked for, and guessed wrong: as for a number that nobody has. */
  const pages = [];
  for (const number of [owner.number, '+85261009999']) {
    await page.context().clearCookies();
    await page.goto(`${base}/claim`);
    await page.fill('#number', number.slice(4));
    await page.selectOption('#document_type', 'hkid');
    await page.fill('#document', wrong);
    await page.click('main form button');
    await page.waitForURL(/\/register\/contact$/);
    const email = `acquaintance${pages.length}@example.com`;
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.click('main form button');
    await page.waitForURL(/\/register\/verify$/);
    await page.fill('#code', await walk.inboxCode(base, email));
    await page.click('main form[action$="/verify"] button');
    assert.equal(at(page), '/register/verify');
    pages.push((await page.locator('main').innerText()).replaceAll(email, '-'));
  }
  assert.equal(pages[0], pages[1]);
  assert.equal((await lineOf(owner.number)).closure, undefined);
  await close();
});
