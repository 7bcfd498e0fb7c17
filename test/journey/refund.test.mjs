// A refund in the browser, in three languages: found by its reference and secret, it comes back,
// the person says where it is to be paid, and it is paid; by its owner too; and what goes wrong.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as chromium from './browser.mjs';
import { look, money } from './browser.mjs';
import * as walk from './walk.mjs';

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const build = path.resolve(here, process.env.RINGOFF_BUILD ?? '../build');
const HOUR = 3_600_000;
const limit = { timeout: 120000 };

let browser;
before(async () => {
  browser = await chromium.start();
});
after(() => browser?.stop());

/** The pages with a line of its own, and the staff's part by order. */
async function start() {
  const child = spawn(path.join(build, 'test', 'web', 'refund_server'), [], {
    env: { ...process.env, RINGOFF_ROOT: path.dirname(here) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => child.on('close', done));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const line = await next();
  const origin = `http://127.0.0.1:${line.port}`;
  return {
    line,
    origin,
    base: `${origin}/harbour`,
    async order(text) {
      child.stdin.write(`${text}\n`);
      const answer = await next();
      assert.equal(answer.refusal, '', text);
      return answer;
    },
    async stop() {
      child.kill('SIGTERM');
      assert.equal(await ended, 0);
    },
  };
}
const text = (page) => page.locator('main').innerText();
const told = async (house, words) => {
  await house.order('deliver');
  const message = (await walk.inbox(house.base)).find((each) => words.test(each.text));
  assert.ok(message, `a message with ${words}`);
  return message.text;
};
async function find(page, house, reference, secret) {
  await page.goto(`${house.base}/status`);
  await page.fill('#reference', reference);
  await page.fill('#status_secret', secret);
  await page.click('main form button');
}
const bad = async (page, field) => {
  await page.locator('#errors').waitFor();
  assert.equal(await page.locator(`#errors a[href="#${field}"]`).count(), 1, field);
};

for (const [language, options] of [
  ['en', {}],
  ['zh-Hant-HK', { width: 1200, dark: true }],
  ['zh-Hans-CN', { script: false }],
])
  test(`${language}: it comes back, and is paid otherwise`, limit, async () => {
    const house = await start();
    await house.order('close');
    const asked = await house.order('ask hkid_proxy');
    const { page, close } = await browser.visit(house.origin, { language, ...options });
    const at = (name) => look(page, `refund-${name}-${language}`);
    const address = `${house.base}/refunds/${asked.refund}`;
    // Without the secret there is nothing; a wrong one and an unknown reference are one answer.
    await page.goto(address);
    assert.match(page.url(), /\/sign-in\?next=/);
    await find(page, house, asked.reference, '7K3F-92QX-HM4D-8VBW');
    await bad(page, 'reference');
    const wrong = await text(page);
    await find(page, house, 'RF-2222-2222', asked.secret);
    await bad(page, 'reference');
    assert.equal(await text(page), wrong);
    await find(page, house, asked.reference.toLowerCase(), asked.secret);
    await page.waitForURL(address);
    assert.ok((await text(page)).includes(money(5000)));
    assert.ok((await text(page)).includes(asked.reference));
    await at('requested');
    await house.order('approve');
    await page.reload();
    await at('approved');
    assert.equal(await page.locator('main a[href$="/correct"]').count(), 0);
    await page.goto(`${address}/correct`); // too late: where it stands is shown
    await page.waitForURL(address);
    await house.order('return not_registered');
    await told(house, new RegExp(asked.reference));
    await page.reload();
    await at('returned');
    await page.click('main a[href$="/correct"]');
    await at('way');
    assert.equal(await page.locator('input[name=way][value=original]').count(), 0);
    await page.check('input[name=way][value=bank]');
    await page.click('main form button');
    await page.waitForURL(/\/correct\?way=bank$/);
    await at('payee');
    const fill = async (given) => {
      for (const [name, value] of Object.entries(given))
        if (name === 'document_type') await page.selectOption('#document_type', value);
        else await page.fill(`#${name}`, value);
      await page.click('main form button');
    };
    const good = {
      bank: '０１２',
      branch: '345',
      number: '678 901',
      name: 'Chan Tai Man',
      document_type: 'hkid',
      document: house.line.document,
    };
    for (const [name, value] of [
      ['bank', '12'],
      ['number', 'abc'],
      ['name', ''],
      ['name', 'Wong Siu Ming'],
      ['document', 'A123456(1)'],
      ['document', 'A123456(3)'],
    ]) {
      await fill({ ...good, [name]: value });
      await bad(page, name);
    }
    await at('faulty');
    await fill(good);
    await page.waitForURL(address);
    const after = await text(page);
    assert.ok(after.includes('012-345') && !after.includes('678901'), after);
    assert.ok(!after.includes('Chan Tai Man'), 'the holder is shown in part only');
    await at('corrected');
    await told(house, /012-345/);
    await house.order(`later ${48 * HOUR}`);
    await house.order('approve');
    await house.order('pay');
    await find(page, house, asked.reference, asked.secret);
    await page.waitForURL(address);
    await at('paid');
    await close();
    await house.stop();
  });

test('its owner: the password again, two tabs, and a rejection', limit, async () => {
  const house = await start();
  const { page, tab, close } = await browser.visit(house.origin);
  const person = {
    number: house.line.number,
    iccid: house.line.iccid,
    email: 'chan@example.com',
    password: 'seven quiet lanterns',
  };
  await walk.register(page, house.base, person, {
    password: person.password,
    code: async (kind, to) => {
      await house.order('deliver');
      return walk.inboxCode(house.base, to);
    },
  });
  await house.order('close');
  const asked = await house.order('ask bank');
  await house.order('approve');
  await house.order('return account');
  const address = `${house.base}/refunds/${asked.refund}`;
  await walk.signIn(page, house.base, person, { next: `/refunds/${asked.refund}` });
  await page.waitForURL(address);
  await page.click('main a.crumb'); // to the closing, and back by its link
  await page.click(`main a[href$="/refunds/${asked.refund}"]`);
  await page.waitForURL(address);
  await page.click('main a[href$="/correct"]');
  await walk.stepUp(page, person);
  await page.waitForURL(/\/correct$/);
  const other = await tab();
  for (const each of [page, other]) {
    await each.goto(`${address}/correct?way=cash`);
    await each.selectOption('#document_type', 'hkid');
    await each.fill('#document', house.line.document);
  }
  await look(page, 'refund-cash');
  await page.goto(`${address}/correct?way=abroad`);
  await look(page, 'refund-abroad');
  await page.goto(`${address}/correct?way=fps_id`);
  await look(page, 'refund-fps');
  await page.goto(`${address}/correct?way=pigeon`);
  await bad(page, 'way');
  await other.click('main form button');
  await other.waitForURL(address);
  await house.order('reject fraud');
  await page.goto(address);
  await look(page, 'refund-rejected');
  assert.ok((await text(page)).includes(money(5000)));
  assert.ok(!(await text(page)).includes('arrives'), 'it does not arrive');
  assert.equal(await page.locator('main a[href$="/correct"]').count(), 0);
  // A form from before comes too late, and says where it stands.
  await other.goto(`${address}/correct?way=cash`);
  await other.waitForURL(address);
  await close();
  await house.stop();
});
