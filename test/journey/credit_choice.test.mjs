// What becomes of the credit, chosen in a real browser in three languages: each way of a refund,
// left by consent, nothing chosen and claimed a year later with the status secret; the same form
// twice, two tabs, full-width digits. What the pages say is compared with what the books say.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { day, look, money } from './browser.mjs';
import { DAY, MINUTE, start } from './installation.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';

const languages = ['en', 'zh-Hant-HK', 'zh-Hans-CN'];
const password = 'two ferries at noon';
const cases = [];
let browser, network, house;
before(async () => {
  network = await hlr.start();
  const settings = { network: { adapter: 'osmo-hlr', host: network.address } };
  [browser, house] = await Promise.all([chromium.start(), start({ settings, lines: 240 })]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
});

const main = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
const has = (text, part) => assert.ok(text.includes(part), `"${part}" is not in: ${text}`);
const next = (page) => page.click('main form:not(.unprinted) button.button');
const settlement = (one) =>
  house.ask('settlement', 'show', '--operator', 'harbour', one.closing.closure.split('/').pop());

/** Somebody whose line has paid credit, signed in, with a closure that waits for confirmation. */
async function begin(language, script = true, least = 1) {
  const visit = await browser.visit(house.origin, {
    language: language === 'en' ? 'zh-Hant-HK' : 'en',
    script,
  });
  const { page } = visit;
  const base = house.base('harbour');
  let person, line;
  do {
    person = await newcomer(house, page, 'harbour', password);
    line = await house.ask('line', 'show', '--operator', 'harbour', '--number', person.number);
  } while (line.paid_minor < least || person.id_type !== 'hkid');
  await network.ask('SET', 'subscriber.create', person.imsi);
  await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
  await page.goto(`${base}/`);
  await page.click(`nav.tongues a[lang="${language}"]`);
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  const closing = await walk.startClosing(page, base, person, { contact: '0' });
  await walk.prove(page, house, 'harbour', closing);
  const one = { ...visit, base, person, line, closing, language, paid: line.paid_minor };
  cases.push(one);
  return one;
}

const at = (one, what) => look(one.page, `credit-${one.language}-${what}`);

/** From the receipt or the status to the page where a choice is made. */
async function choices(one, choice) {
  const { page, closing } = one;
  await page.goto(closing.closure);
  await page.click(`main a[href$="/credit"]`);
  await walk.stepUp(page, one.person);
  const text = await main(page);
  has(text, money(one.paid));
  has(text.replace(/\s/g, ''), one.person.number);
  await at(one, 'choice');
  await page.check(`input[name=choice][value=${choice}]`);
  await next(page);
}

async function done(one, what) {
  await one.page.waitForURL(/\/credit\/done$/);
  await at(one, `${what}-done`);
  return main(one.page);
}

/** Confirms, and later the line is cut. */
async function confirm(one) {
  const message = await walk.confirmation(one.base, one.closing.reference);
  await walk.confirmByCode(one.page, one.base, one.closing.reference, message.code);
  await one.page.waitForURL(/\/closures\/\d+$/);
}

const payees = {
  hkid_proxy: {},
  fps_id: { number: '１２３４５６７' },
  bank: { bank: '０１２', branch: '345', number: '６７８-901234' },
  abroad: { country: 'GB', number: 'GB29 NWBK 6016 1331 9268 19', bic: 'NWBKGB2L' },
  cash: {},
};

async function refund(one, way) {
  const { page, person } = one;
  await choices(one, 'refund');
  await page.waitForURL(/\/credit\/way$/);
  await at(one, 'way');
  await page.check(`input[name=way][value=${way}]`);
  await next(page);
  const fields = payees[way];
  if (Object.keys(fields).length) {
    await page.waitForURL(/\/credit\/payee$/);
    await next(page); // with nothing in it: each page says what is missing
    assert.ok((await page.locator('.why').count()) > 0);
    for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value);
    await page.fill('#name', person.name);
    await at(one, `payee-${way}`);
    await next(page);
  }
  await page.waitForURL(/\/credit\/check$/);
  await at(one, `check-${way}`);
}

const wayOf = {
  en: ['bank', 'hkid_proxy'],
  'zh-Hant-HK': ['fps_id', 'cash'],
  'zh-Hans-CN': ['abroad', 'bank'],
};

for (const language of languages)
  for (const [i, way] of wayOf[language].entries())
    test(`${language}: a refund by ${way}`, { timeout: 120000 }, async () => {
      const one = await begin(language, i === 0, way === 'abroad' ? 20000 : 1); // above its fee
      await refund(one, way);
      await next(one.page);
      const text = await done(one, way);
      const shown = await settlement(one);
      assert.equal(shown.choice, 'refund');
      assert.equal(shown.way, way);
      assert.equal(shown.refund_minor + shown.fee_minor, one.paid);
      has(text, money(shown.refund_minor));
      one.expected = shown;
      await confirm(one);
    });

for (const language of languages)
  test(`${language}: left to the operator, by consent`, { timeout: 120000 }, async () => {
    const one = await begin(language);
    const { page } = one;
    await choices(one, 'leave');
    await page.waitForURL(/\/credit\/leave$/);
    await at(one, 'leave');
    has(await page.locator('.reference strong').innerText(), money(one.paid).trim());
    assert.equal(await page.isChecked('#agreed'), false, 'nobody ticked it before');
    await page.click('main form button.button');
    assert.ok((await page.locator('#agreed-why').count()) === 1, 'not without the tick');
    assert.equal((await settlement(one)).choice, 'none');
    await page.check('#agreed');
    await page.click('main form button.button');
    has(await done(one, 'leave'), money(one.paid));
    one.expected = await settlement(one);
    assert.equal(one.expected.leave_minor, one.paid);
    await confirm(one);
  });

for (const language of languages)
  test(`${language}: nothing is chosen`, { timeout: 120000 }, async () => {
    const one = await begin(language, language !== 'en');
    one.expected = await settlement(one);
    assert.equal(one.expected.unclaimed_minor, one.paid);
    await confirm(one);
    one.nothing = true;
  });

test('two tabs, the form twice, another name', { timeout: 120000 }, async () => {
  const one = await begin('en');
  const { page } = one;
  await refund(one, 'bank');
  const other = await page.context().newPage();
  await other.goto(`${one.closing.closure}/credit/payee`);
  await other.fill('#number', '1');
  await next(other);
  assert.ok((await other.locator('#number-why').count()) === 1, 'too short');
  await other.fill('#number', '678901239');
  await next(other);
  await other.waitForURL(/\/credit\/check$/);
  await next(page); // the first tab shows what is no longer answered
  assert.match(page.url(), /\/credit\/check$/);
  assert.ok((await page.locator('.errors, [role=alert]').count()) > 0);
  has(await main(page), '678901239');
  await next(page);
  await done(one, 'twice');
  await next(other).catch(() => {}); // the answers are gone: it shows what came of them
  await other.waitForURL(/\/credit(\/done)?$/);
  assert.equal((await settlement(one)).changes, 1);
  await page.goto(`${one.closing.closure}/credit/way`);
  await page.check('input[name=way][value=bank]');
  await next(page);
  for (const [name, value] of Object.entries(payees.bank)) await page.fill(`#${name}`, value);
  await page.fill('#name', 'SOMEBODY Else');
  await next(page);
  await next(page);
  assert.ok((await page.locator('#name-why').count()) === 1, 'not to somebody else');
  await at(one, 'name-differs');
  await page.fill('#name', one.person.name);
  await next(page);
  await next(page);
  await done(one, 'changed');
  const shown = await settlement(one);
  assert.equal(shown.changes, 2);
  assert.ok(shown.wait_until, 'a changed account waits');
  one.expected = shown;
  await confirm(one);
  await other.close();
});

test('the lines are cut: what was chosen came about', { timeout: 180000 }, async () => {
  await house.later(61 * MINUTE);
  for (const one of cases.filter((each) => each.expected)) {
    const { page, closing, expected } = one;
    await house.state('harbour', closing.reference, 'closed');
    const shown = await settlement(one);
    for (const part of ['refund_minor', 'fee_minor', 'left_minor', 'transfer_minor'])
      assert.equal(shown[part], expected[part], `${one.language}: ${part}`);
    assert.equal(shown.unclaimed_minor, expected.unclaimed_minor);
    const next = new URL(closing.closure).pathname.replace('/harbour', '');
    await walk.signIn(page, one.base, one.person, { next });
    await page.waitForURL(/\/closures\/\d+$/);
    const text = await main(page);
    for (const refunded of shown.refunds) {
      assert.match(refunded.reference, /^RF-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      for (const part of [
        refunded.reference,
        money(refunded.amount_minor),
        day(one.language, Date.parse(refunded.due_at)),
      ])
        has(text, part);
    }
    if (shown.left_minor) has(text, money(shown.left_minor));
    if (one.nothing) has(text, money(one.paid));
    await at(one, `closed-${shown.choice}`);
  }
});

test('a year later what nobody chose for is claimed', { timeout: 180000 }, async () => {
  await house.later(365 * DAY);
  for (const one of cases.filter((each) => each.nothing)) {
    const { page, base, closing, person } = one;
    await page.context().clearCookies();
    await page.goto(`${base}/`);
    await page.click(`nav.tongues a[lang="${one.language}"]`);
    await walk.status(page, base, closing.reference, closing.secret);
    await page.waitForURL(/\/closures\/\d+$/);
    await page.click('main a[href$="/credit"]');
    await at(one, 'claim');
    has(await main(page), money(one.paid));
    assert.equal(await page.locator('input[value=transfer]').count(), 0, 'not by a paper');
    await page.check('input[name=choice][value=refund]');
    await next(page);
    await page.check('input[name=way][value=bank]');
    await next(page);
    for (const [name, value] of Object.entries(payees.bank)) await page.fill(`#${name}`, value);
    await page.fill('#name', person.name);
    await next(page);
    await at(one, 'claim-check');
    await page.selectOption('#document_type', person.id_type);
    await page.fill('#document', 'A000000(0)');
    await next(page);
    assert.ok((await page.locator('#document-why').count()) === 1, 'a wrong ID number');
    await page.selectOption('#document_type', person.id_type);
    await page.fill('#document', person.id_number);
    await next(page);
    const text = await done(one, 'claim');
    const shown = await settlement(one);
    assert.equal(shown.unclaimed_minor, 0);
    has(text, shown.refunds[0].reference);
    assert.equal(shown.refunds[0].amount_minor, one.paid);
    await page.goto(`${closing.closure}/credit`);
    assert.match(page.url(), /\/closures\/\d+$/, 'there is nothing to claim any more');
  }
  for (const one of cases) await one.close();
});
