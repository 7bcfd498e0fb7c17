// Credit on its way out through the whole program: back to the payment it was topped up with, by
// signed calls to a payment provider that checks them, which also ends the auto-recharge; and to
// another line of the operator when the line closes.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look, money } from './browser.mjs';
import { MINUTE, start } from './installation.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';
import * as provider from '../peers/payment.mjs';
import { directoryMake, directoryRemove, until } from '../peers/process.mjs';

const password = 'seven gulls on a rail';
const TOP_UP = 4500;
let browser, directory, house, network, payments;
before(async () => {
  directory = await directoryMake('credit-back');
  payments = await provider.start({ now: () => house.now() / 1000 });
  const secret = path.join(directory, 'payment.secret');
  await writeFile(secret, payments.secret, { mode: 0o600 });
  network = await hlr.start();
  const settings = {
    network: { adapter: 'osmo-hlr', host: network.address },
    payment: { url: payments.url, secret_file: secret },
  };
  [browser, house] = await Promise.all([chromium.start(), start({ settings, seed: 9 })]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
  await payments?.stop();
  await directoryRemove(directory);
});

const ask = (...args) => house.ask(...args.slice(0, 2), '--operator', 'harbour', ...args.slice(2));
const next = (page) => page.click('main form:not(.unprinted) button.button');
const main = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');

async function told(line, what, body) {
  const answer = await fetch(`${house.base('harbour')}/api/v1/lines/${line.id}/${what}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${house.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': `${what}-${line.id}`,
    },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, await answer.text());
}

/** Somebody with an account whose line has credit and is in the network. */
async function somebody(page, language) {
  const base = house.base('harbour');
  let person, line;
  do {
    person = await newcomer(house, page, 'harbour', password);
    line = await ask('line', 'show', '--number', person.number);
  } while (!line.paid_minor);
  await network.ask('SET', 'subscriber.create', person.imsi);
  await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
  await page.goto(`${base}/`);
  await page.click(`nav.tongues a[lang="${language}"]`);
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  return { base, person, line, language };
}

/** Asks for the closing and comes to where the choice is made. */
async function closing(page, one, choice) {
  one.closing = await walk.startClosing(page, one.base, one.person, { contact: '0' });
  await page.goto(one.closing.closure);
  await page.click('main a[href$="/credit"]');
  await walk.stepUp(page, one.person);
  await page.check(`input[name=choice][value=${choice}]`);
  await next(page);
}

async function confirmed(page, one) {
  await page.waitForURL(/\/credit\/done$/);
  const message = await walk.confirmation(one.base, one.closing.reference);
  await walk.confirmByCode(page, one.base, one.closing.reference, message.code);
  await page.waitForURL(/\/closures\/\d+$/);
}

const settlement = (one) => ask('settlement', 'show', one.closing.closure.split('/').pop());

test('back to the payment, and to another line', { timeout: 240000 }, async () => {
  const { page, close } = await browser.visit(house.origin, { language: 'en', script: true });
  const back = await somebody(page, 'zh-Hant-HK');
  await told(back.line, 'top-ups', {
    transaction: 't-1',
    amount_minor: TOP_UP,
    currency: 'HKD',
    at: new Date(house.now() - MINUTE).toISOString().replace(/\.\d+/, ''),
    channel: 'online',
    payment: 'pay-1',
  });
  await told(back.line, 'mandates', { reference: 'mandate-1', method: 'Visa •••• 4321' });
  await closing(page, back, 'refund');
  await page.check('input[name=way][value=original]');
  await next(page);
  await page.waitForURL(/\/credit\/payee$/);
  await look(page, 'credit-back-payment');
  assert.ok((await main(page)).includes(money(TOP_UP)));
  await page.check('input[name=charge]');
  await next(page);
  await page.waitForURL(/\/credit\/check$/);
  await look(page, 'credit-back-check');
  await next(page);
  await confirmed(page, back);
  await close();

  const other = await browser.visit(house.origin, { language: 'zh-Hans-CN', script: false });
  const from = await somebody(other.page, 'en');
  const to = house.stranger('harbour');
  await closing(other.page, from, 'transfer');
  await other.page.waitForURL(/\/credit\/line$/);
  await other.page.fill('#number', to.number);
  await other.page.fill('#again', '+85261000000');
  await next(other.page);
  assert.ok((await other.page.locator('.why').count()) > 0, 'typed twice, and not the same');
  await other.page.fill('#number', to.number);
  await other.page.fill('#again', to.number);
  await next(other.page);
  await other.page.waitForURL(/\/credit\/check$/);
  await look(other.page, 'credit-back-line');
  await next(other.page);
  await confirmed(other.page, from);
  const before = await ask('line', 'show', '--number', to.number);
  await other.close();

  await house.later(61 * MINUTE);
  await house.state('harbour', back.closing.reference, 'closed');
  await house.state('harbour', from.closing.reference, 'closed');
  assert.equal((await settlement(from)).transfer_minor, from.line.paid_minor);
  const after = await ask('line', 'show', '--number', to.number);
  assert.equal(after.paid_minor - before.paid_minor, from.line.paid_minor);

  const shown = await settlement(back);
  const [{ reference }] = shown.refunds;
  assert.equal(shown.refund_minor, TOP_UP, 'no more than was paid in');
  assert.equal(shown.unclaimed_minor, back.line.paid_minor, 'what was there before is to claim');
  const refund = await ask('refund', 'show', '--reference', reference);
  payments.answers.push({ state: 'accepted' }); // whichever is asked first is asked again
  await ask('refund', 'approve', '--reference', reference, '--payee', refund.payee);
  await until(() => payments.done.size === 2, 'the mandate ended and the refund paid');
  const orders = [...payments.done.values()].map((each) => each.order);
  const paid = orders.find((each) => each.type === 'refund');
  assert.deepEqual(
    [paid.payment, paid.amount_minor, paid.currency, paid.reference],
    ['pay-1', TOP_UP, 'HKD', reference],
  );
  assert.equal(orders.find((each) => each.type !== 'refund').mandate, 'mandate-1');
  assert.ok([...payments.done.values()].every((each) => each.times === 1));
  assert.ok(payments.asked().every((each) => each.mistrust === null));
  for (let state; state !== 'paid'; )
    ({ state } = await ask('refund', 'show', '--reference', reference));
  await house.end();
  const books = await house.ask('ledger', 'verify');
  await house.serve();
  assert.equal(books.good, true);
});
