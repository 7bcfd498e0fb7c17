// The whole closing in a real browser: three languages, both operators, with and without
// JavaScript, and one of these ways on PostgreSQL too, where there is a cluster. What was promised
// before is compared with the policy and with what happened.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { day, look, money } from './browser.mjs';
import { DAY, HOUR, MINUTE, here, start } from './installation.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';
import { cluster, databaseMake } from '../peers/postgres.mjs';

const houses = {};
let browser, network;
before(async () => {
  network = await hlr.start();
  const settings = { network: { adapter: 'osmo-hlr', host: network.address } };
  [browser, houses.sqlite, houses.postgres] = await Promise.all([
    chromium.start(),
    start({ settings }),
    cluster && start({ settings, database: await databaseMake(), seed: 8 }),
  ]);
});
after(async () => {
  await browser?.stop();
  for (const house of Object.values(houses)) if (house) await house.stop();
  await network?.stop();
});

const policies = Object.fromEntries(
  ['harbour', 'kite'].map((code) => [
    code,
    JSON.parse(readFileSync(here(`packaging/demo/${code}.json`), 'utf8')),
  ]),
);
const password = 'two ferries at noon';
const ways = ['zh-Hant-HK', 'zh-Hans-CN', 'en'].flatMap((language) =>
  ['harbour', 'kite'].flatMap((operator) =>
    [true, false].map((script) => [language, operator, script, 'sqlite']),
  ),
);
if (cluster) ways.push(['zh-Hant-HK', 'harbour', true, 'postgres']);
const cases = [];
const main = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
const has = (text, part) => assert.ok(text.includes(part), `"${part}" is not in: ${text}`);
const months = (time, count) => {
  const at = new Date(Date.parse(time) + 8 * HOUR);
  at.setUTCMonth(at.getUTCMonth() + count);
  return at.getTime() - 8 * HOUR;
};

/** Is there a last day to claim credit: where it is kept for people no page names one. */
const lapses = (policy) => policy.credit.after_claim === 'breakage';

/** What closing at this time does by the policy's own figures, and by nothing else. */
const promised = (policy, closed) => ({
  claim_until: months(closed, policy.credit.unclaimed_claim_months),
  number_until: Date.parse(closed) + policy.numbers.quarantine_days * DAY,
  reclaim_until: Date.parse(closed) + policy.numbers.reclaim_days * DAY,
  erase_after: months(closed, policy.records.retention_months),
});

async function previewed({ page, policy, language }, line, preview) {
  const text = await main(page);
  const dates = promised(policy, preview.closed_at);
  assert.equal(preview.paid_to_unclaimed, line.paid_minor);
  assert.equal(preview.promotional_ended, line.promotional_minor);
  assert.equal(preview.undo_window_minutes, policy.closure.undo_window_minutes);
  if (line.paid_minor) {
    has(text, money(line.paid_minor));
    if (lapses(policy)) has(text, day(language, dates.claim_until));
  }
  if (line.promotional_minor) has(text, money(line.promotional_minor));
  for (const date of [dates.number_until, dates.reclaim_until, dates.erase_after])
    has(text, day(language, date));
  assert.match(text, new RegExp(`\\b${policy.closure.undo_window_minutes}\\s*(minutes|分鐘|分钟)`));
}

async function begin(language, operator, script, engine) {
  const house = houses[engine];
  const visit = await browser.visit(house.origin, {
    language: language === 'en' ? 'zh-Hant-HK' : 'en',
    script,
  });
  const { page } = visit;
  const base = house.base(operator);
  const person = { ...house.stranger(operator), password };
  const seen = [];
  const name = (what) => `closing-${engine}-${language}-${operator}-${what}`;
  const at = async (on, what) => {
    seen.push(what);
    await look(on, name(what));
  };
  const one = {
    ...visit,
    house,
    base,
    person,
    language,
    operator,
    script,
    policy: policies[operator],
    look: at,
    seen,
  };
  await network.ask('SET', 'subscriber.create', person.imsi);
  await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
  await page.goto(`${base}/`);
  await page.click(`nav.tongues a[lang="${language}"]`);
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  await walk.register(page, base, person, {
    password,
    look: at,
    code: (kind, to) => walk.inboxCode(base, to),
  });
  await page.click('main a.button[href$="/sign-in"]');
  await at(page, 'sign-in');
  await page.fill('#email', person.email);
  await page.fill('#password', password);
  await page.click('main form button');
  await page.waitForURL(/\/account$/);
  await at(page, 'account');
  return one;
}

async function submit(one) {
  const { house, page, base, person, operator } = one;
  const line = await house.ask('line', 'show', '--operator', operator, '--number', person.number);
  const preview = await house.ask(
    'preview',
    'show',
    '--operator',
    operator,
    '--number',
    person.number,
  );
  const mail = line.contacts.find((each) => each.may_confirm) && cases.length % 2 === 0;
  const closing = await walk.startClosing(page, base, person, {
    contact: mail ? 'mail' : '0',
    reason: 'Leaving <Hong Kong> & 再見',
    look: async (on, what) => {
      await one.look(on, what);
      const text = await main(on);
      if (what === 'line') {
        has(text, money(line.paid_minor));
        has(text, money(line.promotional_minor));
        assert.ok(!text.includes(person.id_number) && !text.includes(person.name), 'masked');
      }
      if (what === 'preview') await previewed(one, line, preview);
      if (what === 'check') has(text, 'Leaving <Hong Kong> & 再見');
    },
  });
  assert.match(closing.reference, /^RO-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.match(closing.secret, /^\w{4}(-\w{4}){3}$/);
  await walk.prove(page, house, operator, closing, { look: one.look });
  return Object.assign(one, { line, preview, closing });
}

async function confirm(one) {
  const { house, page, base, closing, operator, policy, look: at } = one;
  const message = await walk.confirmation(base, closing.reference);
  if (one.script) await walk.confirmByLink(page, message.link, { look: at });
  else await walk.confirmByCode(page, base, closing.reference, message.code, { look: at });
  await page.waitForURL(/\/closures\/\d+$/);
  assert.ok(!page.url().includes('#'));
  await at(page, 'status-confirmed');
  const closure = await house.closure(operator, closing.reference);
  assert.equal(closure.waits_for, 'undo_window');
  assert.equal(Date.parse(closure.due_at) - Date.parse(closure.submitted_at), 24 * HOUR);
  assert.equal(
    Date.parse(closure.undo_until) - Date.parse(closure.confirmed_at),
    policy.closure.undo_window_minutes * MINUTE,
  );
  assert.match(
    (await network.ask('GET', `subscriber.by-imsi-${one.person.imsi}.info`)).value,
    /nam_cs\s+1\s/,
    'not cut before its time',
  );
}

for (const [language, operator, script, engine] of ways) {
  const how = `${script ? 'with' : 'without'} JavaScript, ${engine}`;
  test(
    `${language}, ${operator}, ${how}: to the confirmation`,
    { timeout: 120000 },
    async () => {
      const one = await begin(language, operator, script, engine);
      await submit(one);
      await confirm(one);
      cases.push(one);
      for (const page of [
        'start',
        'register-done',
        'preview',
        'identity',
        'check',
        'receipt',
        'status-confirmed',
      ]) {
        assert.ok(one.seen.includes(page), page);
      }
    },
  );
}

test(
  'the time to call it off passes: every line is cut, and what happened is what was promised',
  { timeout: 120000 },
  async () => {
    assert.equal(cases.length, ways.length);
    for (const house of Object.values(houses)) if (house) await house.later(61 * MINUTE);
    for (const one of cases) {
      const { house, page, base, person, policy, language, operator, line, closing } = one;
      const closure = await house.state(operator, closing.reference, 'closed');
      assert.equal(closure.cut_how, 'read_back');
      for (const by of [`imsi-${person.imsi}`, `msisdn-${person.number.slice(1)}`]) {
        assert.equal(
          (await network.ask('GET', `subscriber.by-${by}.info`)).value,
          'No such subscriber.',
        );
      }
      const dates = promised(policy, closure.closed_at);
      assert.equal(closure.paid_minor, one.preview.paid_to_unclaimed);
      assert.equal(closure.promotional_minor, one.preview.promotional_ended);
      assert.equal(Date.parse(closure.quarantine_until), dates.number_until);
      assert.equal(Date.parse(closure.reclaim_until), dates.reclaim_until);
      assert.equal(Date.parse(closure.erase_after), dates.erase_after);
      /* Signed out by now: with the account, or with reference and status secret. */
      if (one.script) {
        await page.goto(closing.closure);
        await page.waitForURL(/\/sign-in/);
        await page.fill('#email', person.email);
        await page.fill('#password', password);
        await page.click('main form button');
      } else {
        await walk.status(
          page,
          base,
          closing.reference,
          closing.secret.toLowerCase().replaceAll('-', ' '),
          { look: one.look },
        );
      }
      await page.waitForURL(/\/closures\/\d+$/);
      await one.look(page, 'status-closed');
      const text = await main(page);
      assert.equal(await page.locator('.steps li.done').count(), 6);
      assert.equal(await page.locator('.steps li.now').count(), 1);
      if (line.paid_minor) has(text, money(line.paid_minor));
      if (line.paid_minor && lapses(policy)) has(text, day(language, dates.claim_until));
      if (line.promotional_minor) has(text, money(line.promotional_minor));
      for (const date of [dates.number_until, dates.reclaim_until, dates.erase_after])
        has(text, day(language, date));
      await one.close();
    }
  },
);
