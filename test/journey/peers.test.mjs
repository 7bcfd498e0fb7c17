// One closing against what stands outside in operation: SMTP with STARTTLS and AUTH, Kannel with an
// SMSC behind it, osmo-hlr. The HLR is away for a while; and once a person cuts by hand.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { MINUTE, run, start } from './installation.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';
import * as kannel from '../peers/kannel.mjs';
import * as smtp from '../peers/smtp.mjs';
import { until } from '../peers/process.mjs';

const password = 'three lanterns and rain';
const limit = { timeout: 120000 };
let house, browser, network, phone, mail;
before(async () => {
  [network, phone, mail, browser, house] = await Promise.all([
    hlr.start(),
    kannel.start(),
    smtp.start(),
    chromium.start(),
    start({ seed: 11 }),
  ]);
  await writeFile(path.join(house.data, 'sms.password'), `${phone.password}\n`, { mode: 0o600 });
  await writeFile(path.join(house.data, 'mail.password'), `${mail.password}\n`, { mode: 0o600 });
  house.settings = outside('osmo-hlr');
  await house.later(0);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await Promise.all([network?.stop(), phone?.stop(), mail?.stop()]);
});

const outside = (adapter) => ({
  network: { adapter, host: network.address, port: network.port },
  sms: { url: phone.url, user: phone.username, password_file: 'sms.password' },
  mail: {
    host: mail.host,
    port: mail.port,
    user: mail.username,
    password_file: 'mail.password',
    ca_file: mail.ca,
    from: 'close@harbour.example',
  },
});

const digits = (text) =>
  text
    .replace(/https?:\S+/g, '')
    .match(/(?<!\d)\d{4} ?\d{4}(?!\d)/)?.[0]
    .replace(' ', '');
/** The code in the first message there or mail that carries one and that was not looked at yet. */
const taken = new Set();
async function code(kind, to) {
  const box = kind === 'sms' ? phone : mail;
  const message = await box.wait(
    (each) =>
      !taken.has(each) && [each.to].flat().includes(to.replace('+', '')) && digits(each.text),
  );
  taken.add(message);
  return digits(message.text);
}
const info = async (by, value) =>
  (await network.ask('GET', `subscriber.by-${by}-${value}.info`)).value;

/** Somebody whose line has an e-mail address that may confirm. */
async function somebody(operator) {
  for (;;) {
    const person = house.stranger(operator);
    const line = await house.ask('line', 'show', '--operator', operator, '--number', person.number);
    if (line.contacts.some((each) => each.may_confirm)) return { ...person, password };
  }
}

async function registered(operator, script) {
  const visit = await browser.visit(house.origin, { script });
  const person = await somebody(operator);
  await network.ask('SET', 'subscriber.create', person.imsi);
  await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
  await walk.register(visit.page, house.base(operator), person, { password, code });
  await walk.signIn(visit.page, house.base(operator), person);
  await visit.page.waitForURL(/\/account$/);
  return { ...visit, person, base: house.base(operator), operator };
}

/** The link and code of the confirmation as they came by SMS. */
async function bySms(person, reference) {
  const message = await phone.wait(
    (each) => each.to === person.number.slice(1) && each.text.includes(`/c/${reference}#`),
  );
  return { link: message.text.match(/https?:\S+#[\w-]+/)[0], code: digits(message.text), message };
}

test(
  'codes, link and receipt come by real SMS and mail; the HLR is away, then forgets the line',
  limit,
  async () => {
    const one = await registered('harbour', true);
    const { page, person, base } = one;
    assert.ok(
      mail.logins().length > 0 &&
        mail.logins().every((each) => each.secure && each.username === mail.username),
    );
    const closing = await walk.startClosing(page, base, person);
    const { link, message } = await bySms(person, closing.reference);
    assert.equal(message.from, '#HarbourTel');
    assert.ok(link.startsWith(base), link);
    await walk.confirmByLink(page, link);
    await page.waitForURL(/\/closures\/\d+$/);
    await phone.wait(
      (each) =>
        each.to === person.number.slice(1) &&
        each.text.includes(closing.reference) &&
        !each.text.includes('#' + link.split('#')[1]),
    );
    await network.halt();
    await house.later(31 * MINUTE);
    const closure = await house.state('harbour', closing.reference, 'executing');
    const tried = await until(async () => {
      const { items } = await house.ask(
        'effect',
        'list',
        '--operator',
        'harbour',
        '--search',
        closure.id,
      );
      const cut = items.find((each) => each.kind === 'network_cut' || /network/.test(each.kind));
      return cut?.attempts > 0 && cut;
    }, 'an attempt at the network');
    assert.equal(tried.state, 'waiting');
    await walk.status(page, base, closing.reference, closing.secret);
    await page.waitForURL(/\/closures\/\d+$/);
    await look(page, 'peers-executing');
    assert.match(await page.locator('h1').innerText(), /being cut/);
    assert.equal(await page.locator('.steps li.done').count(), 4);
    await network.restart();
    assert.match(
      await info('imsi', person.imsi),
      /msisdn/,
      'it is still there until the program comes again',
    );
    const done = await house.state('harbour', closing.reference, 'closed');
    assert.equal(done.cut_how, 'read_back');
    for (const [by, value] of [
      ['imsi', person.imsi],
      ['msisdn', person.number.slice(1)],
    ]) {
      assert.equal(await info(by, value), 'No such subscriber.');
    }
    await page.reload();
    assert.match(await page.locator('h1').innerText(), /is closed/);
    const last = await mail.wait(
      (each) => each.text.includes(closing.reference) && /^Closed/.test(each.subject),
    );
    assert.ok(
      last.secure && !last.raw.includes(person.id_number) && !last.raw.includes(closing.secret),
    );
    assert.ok(
      !phone
        .messages()
        .some((each) => each.to === person.number.slice(1) && /closed on/.test(each.text)),
      'nothing goes to a number that is cut',
    );
    assert.ok(
      !mail.messages().some((each) => each.text.includes(link.split('#')[1])),
      'the link went to the line only',
    );
    await one.close();
  },
);

test('by hand: a named person attests with evidence, and the status says so', limit, async () => {
  house.settings = outside('manual');
  await house.later(0);
  const one = await registered('kite', false);
  const { page, person, base } = one;
  const closing = await walk.startClosing(page, base, person);
  await walk.prove(page, house, 'kite', closing);
  await walk.confirmByCode(
    page,
    base,
    closing.reference,
    (await bySms(person, closing.reference)).code,
  );
  await page.waitForURL(/\/closures\/\d+$/);
  await house.later(61 * MINUTE);
  const closure = await house.state('kite', closing.reference, 'executing');
  const work = await until(
    async () =>
      (await house.ask('work', 'list', '--operator', 'kite')).items.find(
        (each) => each.closure === closure.id,
      ),
    'a work item',
  );
  assert.equal(work.due_at, closure.due_at);
  const answer = (...args) =>
    run('network', 'done', '--operator', 'kite', '--data', house.data, '--work', work.id, ...args);
  assert.notEqual((await answer()).code, 0, 'no evidence');
  assert.equal((await house.closure('kite', closing.reference)).state, 'executing');
  const done = await answer('--evidence', 'HLR console: subscriber not found, 21:40');
  assert.equal(done.code, 0, done.stderr);
  const closed = await house.closure('kite', closing.reference);
  assert.deepEqual([closed.state, closed.cut_how], ['closed', 'attested']);
  assert.deepEqual((await house.ask('work', 'list', '--operator', 'kite')).items, []);
  await walk.status(page, base, closing.reference, closing.secret);
  await page.waitForURL(/\/closures\/\d+$/);
  await look(page, 'peers-attested');
  assert.match(await page.locator('.steps').innerText(), /attested by our staff/);
  const { items } = await house.ask('staff', 'list', '--operator', 'kite');
  assert.ok(
    items.some((each) => each.system_user === os.userInfo().username),
    'the attestation bears a name',
  );
  await mail.wait((each) => each.text.includes(closing.reference) && /attested/i.test(each.text));
  await one.close();
});
