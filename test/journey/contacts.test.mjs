// The contacts of a line: added, used once they are of age, removed; in three languages, with and
// without a script, in two windows at once; and who hears of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { DAY, start } from './installation.mjs';
import { until } from '../peers/process.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 120000 };
const password = 'four kettles and a drum';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 17 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

const heard = async (base, to) =>
  (await walk.inbox(base)).filter((each) => each.to.replace(/\s/g, '').includes(to)).length;

/** Signed in, the password given again; ends on the list of the line's contacts. */
async function contacts(page, base, person, see) {
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  const line = await walk.openLine(page, base, person.number);
  await page.click('main a[href$="/contacts"]');
  await page.waitForURL(/\/contacts$/);
  await see?.('contacts');
  return line;
}
async function fill(page, person, fields = {}) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value);
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', person.id_number);
  await page.click('main form button');
}
/** To the page of the code. */
async function askFor(page, line, person, email) {
  await page.goto(`${line}/contacts/add`);
  await walk.stepUp(page, person);
  await fill(page, person, { email });
}
const addresses = async (page) => (await page.locator('main .tasks b').allTextContents()).length;
const removals = (page) => page.locator('main .tasks a[href$="/remove"]');

for (const [language, operator, script] of [
  ['en', 'harbour', true],
  ['zh-Hant-HK', 'kite', false],
  ['zh-Hans-CN', 'harbour', true],
]) {
  test(`${language}: the address is changed, and the old one hears of it`, limit, async () => {
    const base = house.base(operator);
    const { page, close } = await browser.visit(house.origin, { language, script });
    const see = (name) => look(page, `${name}-${language}`);
    const person = await newcomer(house, page, operator, password);
    const fresh = `fresh.${language.toLowerCase()}@example.com`;
    const line = await contacts(page, base, person, see);
    assert.equal(await addresses(page), 1);
    await page.click('main a.button[href$="/contacts/add"]');
    await walk.stepUp(page, person);
    await page.waitForURL(/\/contacts\/add$/);
    await see('contact-add');
    await fill(page, person, { email: 'nobody' });
    assert.ok(await page.locator('#email-why').isVisible());
    await see('contact-add-faulty');
    await fill(page, person, { email: person.email.toUpperCase() });
    assert.ok(await page.locator('#email-why').isVisible()); // it is one already
    const [byLine, byMail] = [
      await heard(base, person.number.slice(-8)),
      await heard(base, person.email),
    ];
    await fill(page, person, { email: fresh });
    await page.waitForURL(/\/contacts\/code$/);
    await see('contact-code');
    const code = await walk.inboxCode(base, fresh);
    await page.fill('#code', code.replace(/^./, (d) => (Number(d) + 1) % 10));
    await page.click('main form button');
    assert.ok(await page.locator('#code-why').isVisible());
    await page.fill('#code', code);
    await page.click('main form button');
    await page.waitForURL(/\/contacts\?done=added$/);
    await see('contacts-added');
    assert.equal(await addresses(page), 2);
    await until(
      async () =>
        (await heard(base, person.number.slice(-8))) > byLine &&
        (await heard(base, person.email)) > byMail,
      'the line and the older contact hear of it',
    );
    /* A young one confirms no closing and no removal. */
    await page.goto(`${line}/close/identity`);
    assert.equal(await page.locator('input[name=contact][disabled]').count(), 1);
    await page.goto(`${line}/contacts`);
    await removals(page).first().click();
    await page.waitForURL(/\/remove$/);
    assert.equal(await page.locator('input[name=via]').count(), 2);
    await see('contact-remove');
    const before = await walk.inboxCode(base, person.number);
    await fill(page, person);
    await page.waitForURL(/\/contacts\/code$/);
    await see('contact-remove-code');
    await page.fill('#code', await walk.inboxCode(base, person.number, before));
    await page.click('main form button');
    await page.waitForURL(/\/contacts\?done=removed$/);
    await see('contacts-removed');
    assert.equal(await addresses(page), 1);
    /* The old address still hears when somebody wants to close the line. */
    const old = await heard(base, person.email);
    await walk.startClosing(page, base, person);
    await until(async () => (await heard(base, person.email)) > old, 'the removed one hears');
    await close();
  });
}

test('two windows: the older form spends nothing, one address is added once', limit, async () => {
  const base = house.base('harbour');
  const { page, tab, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await newcomer(house, page, 'harbour', password);
  const line = await contacts(page, base, person);
  const other = await tab();
  await askFor(page, line, person, 'one.window@example.com');
  await page.waitForURL(/\/contacts\/code$/);
  await askFor(other, line, person, 'two.windows@example.com');
  await other.waitForURL(/\/contacts\/code$/);
  await page.fill('#code', await walk.inboxCode(base, 'one.window@example.com'));
  await page.click('main form button');
  assert.ok(await page.locator('#code-why').isVisible());
  await other.fill('#code', await walk.inboxCode(base, 'two.windows@example.com'));
  await other.click('main form button');
  await other.waitForURL(/\/contacts\?done=added$/);
  assert.equal(await addresses(other), 2);
  await page.goto(`${line}/contacts/code`); // nothing waits for a code any more
  await page.waitForURL(`${line}/contacts`);
  await page.goto(`${line}/contacts/99999/remove`);
  assert.ok(await page.locator('main').isVisible());
  await close();
});

test("another account's line has no contacts to see", limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const thief = await newcomer(house, page, 'harbour', password);
  const victim = house.stranger('harbour');
  const of = ['--operator', 'harbour', '--number', victim.number];
  const { id } = await house.ask('line', 'show', ...of);
  await walk.signIn(page, base, thief);
  await page.waitForURL(/\/account$/);
  for (const where of ['', '/add', '/1/remove']) {
    const answer = await page.goto(`${base}/lines/${id}/contacts${where}`);
    assert.equal(answer.status(), 404, where);
  }
  await page.goto(`${base}/lines/${id}/contacts/code`);
  assert.equal(await page.locator('#code').count(), 0);
  await close();
});

test('of age, it confirms a closing', limit, async () => {
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const person = await newcomer(house, page, 'harbour', password);
  const line = await contacts(page, base, person);
  await askFor(page, line, person, 'of.age@example.com');
  await page.waitForURL(/\/contacts\/code$/);
  await page.fill('#code', await walk.inboxCode(base, 'of.age@example.com'));
  await page.click('main form button');
  await page.waitForURL(/\/contacts\?done=added$/);
  await house.later(15 * DAY);
  await walk.signIn(page, house.base('harbour'), person);
  await page.waitForURL(/\/account$/);
  const again = await walk.openLine(page, house.base('harbour'), person.number);
  await page.goto(`${again}/close/identity`);
  await walk.stepUp(page, person);
  const ways = page.locator('input[name=contact]:not([disabled]):not(#contact-nowhere)');
  assert.equal(await ways.count(), 3);
  await close();
});
