// The certificate in a real browser: whoever closed a line takes the file along; somebody else, who
// is shown it, scans the picture or types the code, with and without a script, in each language.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as hlr from '../peers/hlr.mjs';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { MINUTE, program, start } from './installation.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 240000 };
const folder = mkdtempSync(path.join(os.tmpdir(), 'ringoff-papers-'));
const place = (name) => path.join(folder, name);
let house, browser, network;
before(async () => {
  network = await hlr.start();
  [house, browser] = await Promise.all([
    start({ seed: 21, settings: { network: { adapter: 'osmo-hlr', host: network.address } } }),
    chromium.start(),
  ]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
  rmSync(folder, { recursive: true });
});

/** The page on a phone and a desktop, light and dark. */
async function seen(page, name) {
  for (const [width, colorScheme] of [
    [360, 'light'],
    [360, 'dark'],
    [1280, 'light'],
  ]) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    await look(page, `${name}-${width}-${colorScheme}`);
  }
}

/** The file behind the link on the status page. */
async function taken(page, one) {
  await page.goto(one.closure);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('main a[href$="/certificate"]'),
  ]);
  assert.equal(download.suggestedFilename(), `${one.operator}-${one.reference}.pdf`);
  const file = place(`${one.reference}.pdf`);
  await download.saveAs(file);
  if (process.env.RINGOFF_SHOTS)
    await download.saveAs(`${process.env.RINGOFF_SHOTS}/certificate-${one.language}.pdf`);
  return file;
}

/** One where it fits: with more to say of the credit, in two languages, it goes on to a second. */
const pages = (file) =>
  Number(/Pages: +([12])\n/.exec(execFileSync('pdfinfo', [file], { encoding: 'utf8' }))[1]);

/** What is in the picture: { page, code }, the address without its host. */
function scanned(file) {
  execFileSync('pdftoppm', ['-r', '200', '-png', file, place('scan')]);
  const last = place(`scan-${pages(file)}.png`); // the code stands at the end
  const link = execFileSync('zbarimg', ['--raw', '-q', last], { encoding: 'utf8' });
  const [, where, code] = link.trim().match(/(\/v\/[^#]+)#(\S+)$/);
  return { where, code };
}

async function checked(one, file) {
  const { where, code } = scanned(file);
  const { page, close } = await browser.visit(house.origin, { language: one.language });
  await page.goto(`${one.base}${where}`);
  await seen(page, `verify-${one.language}`);
  await page.click('main form button');
  await page.locator('#errors').waitFor();
  await seen(page, `verify-faulty-${one.language}`);
  await page.goto('about:blank');
  await page.goto(`${one.base}${where}#${code}`);
  await page.locator('[data-with-fragment]').waitFor();
  assert.ok(!page.url().includes(code), 'out of the address and the history');
  await seen(page, `verify-scanned-${one.language}`);
  await page.click('main form button');
  await page.locator('main .notice.ok').waitFor();
  await seen(page, `verified-${one.language}`);
  const text = await page.locator('main').innerText();
  assert.ok(text.includes(one.reference));
  assert.ok(!text.includes(one.person.number.slice(-8)), 'the number is masked');
  await close();
  const plain = await browser.visit(house.origin, { language: one.language, script: false });
  await plain.page.goto(`${one.base}${where}`);
  await plain.page.fill('#code', code.toLowerCase().replaceAll('-', ' '));
  await plain.page.click('main form button');
  await plain.page.locator('main .notice.ok').waitFor();
  await plain.close();
}

const cases = [];
const operator = 'harbour'; // whose policy takes the ID number: kite's asks for a document
for (const language of ['en', 'zh-Hant-HK', 'zh-Hans-CN']) {
  test(`${language}: closed`, limit, async () => {
    const visit = await browser.visit(house.origin, { language });
    const base = house.base(operator);
    const person = await newcomer(house, visit.page, operator, 'a lantern over the pier');
    await walk.signIn(visit.page, base, person);
    await visit.page.waitForURL(/\/account$/);
    const one = await walk.startClosing(visit.page, base, person);
    const { link } = await walk.confirmation(base, one.reference);
    await walk.confirmByLink(visit.page, link);
    cases.push({ ...visit, ...one, base, operator, language, person });
  });
}

test('read back from the network, taken along, and checked by a stranger', limit, async () => {
  assert.equal(cases.length, 3);
  await house.later(61 * MINUTE);
  const keys = await (await fetch(`${house.base(operator)}/.well-known/ringoff-keys.json`)).text();
  writeFileSync(place('keys.json'), keys);
  for (const one of cases) {
    await house.state(one.operator, one.reference, 'closed');
    await walk.status(one.page, one.base, one.reference, one.secret);
    const file = await taken(one.page, one);
    const text = execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' }).replace(/\s+/g, ' ');
    assert.ok(text.includes(one.reference));
    assert.match(text, /read back from the network, which no longer knows the line/);
    assert.ok(pages(file) <= 2);
    await checked(one, file);
    const words = ['certificate', 'verify', file, '--keys', place('keys.json')];
    assert.match(execFileSync(program, words, { encoding: 'utf8' }), /^valid: /);
  }
});
