// The status of a request for somebody who has lost the status secret: by the reference and a code
// to an address of the line, without an account, before the line is closed and after.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as hlr from '../peers/hlr.mjs';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { MINUTE, start } from './installation.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 120000 };
const password = 'one umbrella two rivers';
let house, browser, network;
before(async () => {
  network = await hlr.start();
  [house, browser] = await Promise.all([
    start({ seed: 12, settings: { network: { adapter: 'osmo-hlr', host: network.address } } }),
    chromium.start(),
  ]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
});

async function ask(page, base, reference, email, see = async () => {}) {
  await page.goto(`${base}/status`);
  await page.click('main a[href$="/status/ask"]');
  await see('status-ask');
  await page.fill('#reference', reference);
  await page.fill('#email', email);
  await page.click('main form button');
  await page.waitForURL(/\/status\/code$/);
}
async function answer(page, code) {
  await page.fill('#code', code);
  await page.click('main form button');
}

/** In another browser the receipt has no secret; another one is made, and the old one is void. */
async function anotherSecret(base, language, person, { reference, closure, secret }) {
  const { page, close } = await browser.visit(house.origin, { language });
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  await page.goto(`${closure}/receipt`);
  assert.equal(await page.locator('#secret').count(), 0);
  assert.ok(!(await page.content()).includes(secret));
  await look(page, `receipt-again-${language}`);
  await page.click('#renew button');
  await page.waitForURL(/step-up|receipt/);
  if (page.url().includes('/step-up')) {
    await walk.stepUp(page, person);
    await page.waitForURL(/\/receipt$/);
    await page.click('#renew button');
  }
  await page.locator('#secret').waitFor();
  const fresh = (await page.locator('#secret').textContent()).trim();
  assert.notEqual(fresh, secret);
  const guest = await browser.visit(house.origin, { language });
  await walk.status(guest.page, base, reference, secret);
  assert.ok(await guest.page.locator('#errors').isVisible(), 'the old one is void');
  await walk.status(guest.page, base, reference, fresh);
  await guest.page.waitForURL(closure);
  await guest.close();
  await close();
}

const cases = [];
for (const [language, operator, script] of [
  ['en', 'harbour', true],
  ['zh-Hant-HK', 'kite', false],
  ['zh-Hans-CN', 'harbour', true],
]) {
  test(`${language}: by a code, while the request waits`, limit, async () => {
    const base = house.base(operator);
    const own = await browser.visit(house.origin, { language });
    const person = await newcomer(house, own.page, operator, password);
    await walk.signIn(own.page, base, person);
    await own.page.waitForURL(/\/account$/);
    const { reference, closure, secret } = await walk.startClosing(own.page, base, person);
    await own.page.reload();
    assert.equal((await own.page.locator('#secret').textContent()).trim(), secret);
    await anotherSecret(base, language, person, { reference, closure, secret });
    const { page, close } = await browser.visit(house.origin, { language, script });
    const see = (name) => look(page, `${name}-${language}`);
    const before = await walk.inboxCode(base, person.email);
    await ask(page, base, reference.toLowerCase(), person.email, see);
    const code = await walk.inboxCode(base, person.email, before);
    await answer(page, '1');
    assert.ok(await page.locator('#code-why').isVisible());
    await see('status-code-faulty');
    await answer(page, code.replace(/^./, (digit) => (Number(digit) + 1) % 10));
    assert.ok(await page.locator('#code-why').isVisible());
    await answer(page, code);
    await page.waitForURL(closure);
    assert.ok((await page.locator('main').innerText()).includes(reference));
    // It shows: what was typed there calls nothing off, and the receipt's secret is not shown.
    await page.goto(`${closure}/withdraw`);
    assert.ok(await page.locator('#code').isVisible(), 'calling off wants the code of the message');
    await page.goto(`${closure}/receipt`);
    assert.match(page.url(), /\/sign-in/);
    await walk.prove(own.page, house, operator, { reference, closure });
    const { link } = await walk.confirmation(base, reference);
    await walk.confirmByLink(own.page, link);
    await own.page.waitForURL(closure);
    cases.push({ language, operator, person, reference, closure });
    await close();
    await own.close();
  });
}

test('and when the line is closed', limit, async () => {
  assert.equal(cases.length, 3);
  await house.later(61 * MINUTE);
  for (const { language, operator, person, reference, closure } of cases) {
    const base = house.base(operator);
    const { page, close } = await browser.visit(house.origin, { language });
    await house.state(operator, reference, 'closed');
    const before = await walk.inboxCode(base, person.email);
    await ask(page, base, reference, person.email);
    await answer(page, await walk.inboxCode(base, person.email, before));
    await page.waitForURL(closure);
    await page.click('main a.button[href$="/after"]');
    await page.waitForURL(/\/after$/);
    assert.ok((await page.locator('main').innerText()).includes(reference));
    await close();
  }
});

test('nobody learns which references and addresses there are', limit, async () => {
  const { reference, person } = cases[0];
  const base = house.base('harbour');
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  const pages = [];
  for (const [typed, email] of [
    [reference, person.email],
    [reference, 'nobody.at.all@example.com'],
    ['RO-7K3F-92QX', person.email],
  ]) {
    await ask(page, base, typed, email);
    await answer(page, '00000000');
    const text = await page.locator('main').innerText();
    pages.push(text.replace(email, '-').replace(/\d\d:\d\d/g, '-'));
  }
  assert.equal(pages[0], pages[1]);
  assert.equal(pages[0], pages[2]);
  await page.goto(`${base}/status/ask`);
  await page.click('main form button');
  assert.equal(await page.locator('#errors li').count(), 2);
  await close();
});
