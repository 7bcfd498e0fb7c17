// Every page of the portal in three languages, on a phone and a desktop, light and dark: axe finds
// nothing, nothing scrolls sideways, each is below 60 KB with its style, title and language set.
// With RINGOFF_SHOTS=DIRECTORY a picture of each is kept there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { HOUR, MINUTE, start } from './installation.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';

const password = 'a marble saddle of willow';
const ceiling = 60 * 1024;
let house, browser, network;
before(async () => {
  network = await hlr.start();
  [house, browser] = await Promise.all([
    start({ seed: 3, settings: { network: { adapter: 'osmo-hlr', host: network.address } } }),
    chromium.start(),
  ]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
});

const nothing = { type: 'rule', values: ['document-title'] };
const structure = {
  type: 'rule',
  values: ['target-size', 'scrollable-region-focusable', 'landmark-one-main', 'bypass'],
};
const colours = { type: 'rule', values: ['color-contrast'] };
/* Colours do not depend on the width, nor the structure on the colours. */
const screens = [
  [390, 'light', undefined],
  [390, 'dark', colours],
  [1280, 'light', structure],
  [1280, 'dark', nothing],
];

/** Looks at a page in all its forms; each name once a language. */
function looker(language) {
  const seen = new Set();
  const at = async (page, name) => {
    if (seen.has(name)) return;
    seen.add(name);
    assert.equal(await page.locator('html').getAttribute('lang'), language, name);
    await small(page, name);
    for (const [width, colorScheme, rules] of screens) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      await look(page, `look-${name}-${language}-${width}-${colorScheme}`, { rules });
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'light' });
  };
  return { at, seen };
}

const sizes = new Map();
/** The page with everything it loads, as it goes over the wire without compression. */
async function small(page, name) {
  const loaded = await page.$$eval('link[href], script[src], img[src]', (all) =>
    all.map((each) => each.href ?? each.src),
  );
  let bytes = Buffer.byteLength(await page.content());
  for (const address of new Set(loaded)) {
    if (!sizes.has(address))
      sizes.set(address, (await (await fetch(address)).arrayBuffer()).byteLength);
    bytes += sizes.get(address);
  }
  assert.ok(bytes < ceiling, `${name}: ${bytes} bytes`);
}

/** The pages anybody may open, and those of making an account. */
async function outside(page, base, person, at) {
  for (const name of [
    'start',
    'help',
    'privacy',
    'lost',
    'begin',
    'inbox',
    'sign-in',
    'forgotten',
    'status',
    'register',
  ]) {
    await page.goto(`${base}/${name === 'start' ? '' : name}`);
    await at(page, name === 'status' ? 'status-find' : name);
  }
  for (const name of ['register', 'sign-in', 'status']) {
    await page.goto(`${base}/${name}`);
    await page.click('main form button');
    await page.locator('#errors').waitFor();
    await at(page, `${name}-faulty`);
  }
  await page.goto(`${base}/no/such/page`);
  await at(page, 'refusal');
  await walk.register(page, base, person, {
    password,
    code: (kind, to) => walk.inboxCode(base, to),
    look: at,
  });
}

/** A forgotten password, as far as one can go and leave it as it is. */
async function forgotten(page, base, person, at) {
  const before = await walk.inboxCode(base, person.email);
  await page.goto(`${base}/forgotten`);
  await page.fill('#email', person.email);
  await page.click('main form button');
  await page.waitForURL(/\/forgotten\/code$/);
  await at(page, 'forgotten-code');
  await page.fill('#code', await walk.inboxCode(base, person.email, before));
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', person.id_number);
  await page.click('main form button');
  await page.waitForURL(/\/forgotten\/password$/);
  await at(page, 'forgotten-password');
}

/** Adding a contact as far as its code, and removing one as far as the question. */
async function contacts(page, base, person, line, at) {
  await page.goto(`${line}/contacts`);
  await at(page, 'contacts');
  await page.goto(`${line}/contacts/add`);
  await page.click('main form button'); // without the password
  await page.locator('#errors').waitFor();
  await at(page, 'step-up-faulty');
  await page.goto(`${line}/contacts/add`);
  await walk.stepUp(page, person, { look: at });
  await at(page, 'contact-add');
  await page.fill('#email', `look.${person.email}`);
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', person.id_number);
  await page.click('main form button');
  await page.waitForURL(/\/contacts\/code$/);
  await at(page, 'contact-code');
  await page.goto(`${line}/contacts`);
  await page.click('main .tasks a[href$="/remove"]');
  await at(page, 'contact-remove');
}

/** The line and the way to the receipt, with what can go wrong on it. */
async function inside(page, base, person, at) {
  const app = await fetch(`${base}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({
      email: person.email,
      password: person.password,
      device: '阿明的平板電腦，名字長得佔滿一行也不可超出版面，共六十個字元的最多',
    }),
  });
  assert.equal(app.status, 200);
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  await at(page, 'account');
  await page.goto(`${base}/account/password`);
  await at(page, 'password');
  const line = await walk.openLine(page, base, person.number, { look: at });
  await contacts(page, base, person, line, at);
  await page.goto(`${line}/close`);
  await page.click('main form button');
  await at(page, 'choice-faulty');
  await page.check('input[name=choice][value=suspend]');
  await page.click('main form button');
  await page.waitForURL(/\/suspend$/);
  await at(page, 'suspend');
  await page.goto(`${line}/close/identity`);
  await page.fill('#document', 'A123456(1)');
  await page.click('main form button');
  await page.locator('#errors').waitFor();
  await at(page, 'identity-faulty');
  return walk.startClosing(page, base, person, { look: at, reason: 'x'.repeat(100) });
}

/** All that becomes of a closure. */
async function afterwards(page, base, operator, person, first, at) {
  await page.goto(first.closure);
  await at(page, 'status-waiting');
  await page.goto(`${first.line}/close`);
  await at(page, 'stopped');
  await page.goto(first.line);
  await at(page, 'line-closing');
  const used = await walk.confirmation(base, first.reference);
  await walk.confirmByCode(page, base, first.reference, '00000000', { look: at });
  await at(page, 'confirm-wrong');
  await walk.confirmByLink(page, used.link, { look: at });
  await page.waitForURL(first.closure);
  await at(page, 'status-confirmed');
  await walk.withdraw(page, first.closure, { look: at });
  await page.waitForURL(first.closure);
  await at(page, 'status-withdrawn');
  const second = await walk.startClosing(page, base, person, { look: at });
  await walk.prove(page, house, operator, second, { look: at });
  const { link } = await walk.confirmation(base, second.reference);
  await walk.confirmByLink(page, link);
  await page.waitForURL(second.closure);
  return { ...second, link };
}

const cases = [];
for (const [language, operator] of [
  ['en', 'harbour'],
  ['zh-Hant-HK', 'kite'],
  ['zh-Hans-CN', 'harbour'],
]) {
  test(`${language}: every page before the cut`, { timeout: 240000 }, async () => {
    const visit = await browser.visit(house.origin, { language });
    const base = house.base(operator),
      { page } = visit,
      { at, seen } = looker(language);
    let person, line;
    do {
      person = {
        ...house.person(
          (each) =>
            each.operator === operator && !each.password && each.id_type === 'hkid' && !each.story,
        ),
        password,
      };
      line = await house.ask('line', 'show', '--operator', operator, '--number', person.number);
    } while (line.state !== 'active' || !line.line_may_confirm || line.contacts.length === 0);
    await outside(page, base, person, at);
    await forgotten(page, base, person, at);
    const first = await inside(page, base, person, at);
    const last = await afterwards(page, base, operator, person, first, at);
    cases.push({ ...visit, person, base, operator, language, at, seen, last });
  });
}

test(
  'while it is cut, when it is closed, and the number that nobody confirmed',
  { timeout: 240000 },
  async () => {
    assert.equal(cases.length, 3);
    await network.halt();
    await house.later(61 * MINUTE);
    for (const { operator, page, base, at, last } of cases) {
      await house.state(operator, last.reference, 'executing');
      await walk.status(page, base, last.reference, last.secret);
      await page.waitForURL(last.closure);
      await at(page, 'status-executing');
      await page.goto(`${last.closure}?refresh=off`);
      await at(page, 'status-executing-still');
      await page.goto(`${last.closure}/after`);
      await page.waitForURL(last.closure); // nothing is over yet
    }
    await network.restart();
    for (const { operator, language, page, base, at, last, person, seen } of cases) {
      await house.state(operator, last.reference, 'closed');
      await walk.status(page, base, last.reference, last.secret);
      await page.waitForURL(last.closure);
      await at(page, 'status-closed');
      await page.click('main a.button[href$="/after"]');
      await page.waitForURL(/\/after$/);
      await at(page, 'after');
      assert.ok((await page.locator('input[type=checkbox]').count()) > 5);
      if (process.env.RINGOFF_SHOTS)
        await page.pdf({ path: `${process.env.RINGOFF_SHOTS}/after-${language}.pdf` });
      await walk.signIn(page, base, person);
      await page.waitForURL(/\/account$/);
      await at(page, 'account-closed');
      await walk.openLine(page, base, person.number, { look: async (on) => at(on, 'line-closed') });
      await page.goto(`${last.closure}/receipt`);
      await at(page, 'receipt-closed');
      assert.ok(seen.size >= 40, `${seen.size} pages: ${[...seen].join(' ')}`);
    }
  },
);

test('a new SIM, a new address, an ended request', { timeout: 240000 }, async () => {
  const stories = [
    [/SIM was changed/, 'harbour', 'en', 'identity-new-sim'],
    [/two days old/, 'kite', 'zh-Hans-CN', 'identity-new-mail'],
  ];
  for (const [story, operator, language, name] of stories) {
    const person = house.people.find(
      (each) => each.operator === operator && story.test(each.story),
    );
    const { page, close } = await browser.visit(house.origin, { language });
    const base = house.base(operator),
      { at } = looker(language);
    await walk.signIn(page, base, person);
    await page.waitForURL(/\/account$/);
    const line = await walk.openLine(page, base, person.number);
    await page.goto(`${line}/close/identity`);
    await walk.stepUp(page, person);
    await at(page, name);
    assert.equal(await page.locator('input[name=contact]:disabled').count(), 1);
    await close();
  }
  const person = house.people.find((each) => /^Has two lines: this is the first/.test(each.story));
  const { page, close } = await browser.visit(house.origin, { language: 'zh-Hant-HK' });
  const base = house.base('kite'),
    { at } = looker('zh-Hant-HK');
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  await at(page, 'account-two-lines');
  const { reference, secret, closure } = await walk.startClosing(page, base, person);
  await house.later(19 * HOUR);
  await house.state('kite', reference, 'expired');
  await walk.status(page, base, reference, secret);
  await page.waitForURL(closure);
  await at(page, 'status-expired');
  await close();
});
