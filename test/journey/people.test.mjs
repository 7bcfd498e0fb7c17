// A child's line, closed by the adult who registered it, and a company's, closed by its responsible
// person: three languages, both operators, with and without a script. Wrong documents first; and
// no page tells whose line it is before the right one was given.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { MINUTE, start } from './installation.mjs';
import { newcomer } from './newcomer.mjs';
import * as rows from './rows.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';

const limit = { timeout: 120000 };
const password = 'a kettle on the ferry';
const roles = {
  child: {
    code: 'endorsing_adult',
    en: 'The adult who registered the line for someone under 16',
    'zh-Hant-HK': '為未滿 16 歲人士辦理登記的成年人',
    'zh-Hans-CN': '为未满 16 岁人士办理登记的成年人',
  },
  company: {
    code: 'responsible_person',
    en: 'The responsible person of the company',
    'zh-Hant-HK': '公司負責人',
    'zh-Hans-CN': '公司负责人',
  },
};
const second = [
  'second_role',
  'second_name_latin',
  'second_name_chinese',
  'second_birth_date',
  'second_document_type',
  'second_document_number',
];
let house, browser, network;
const brought = {};
const cases = [];

/** Someone whom the operator brings in later, with who stands beside: a row of the import. */
function someone(kind, operator) {
  const child = kind === 'child';
  const row = rows.row({
    operator,
    ...(child
      ? { birth_date: `${new Date().getUTCFullYear() - 12}-01-01` }
      : {
          subscriber_kind: 'company',
          name_latin: 'Hing Lung Trading Limited',
          birth_date: '',
          document_type: 'business_registration',
          document_number: '71234567',
        }),
  });
  const beside = [roles[kind].code, 'KWOK Mei Fong', '郭美芳', '1979-03-04', 'hkid'];
  const number = rows.hkid(child ? 700001 : 700002);
  return {
    ...row,
    csv: [row.csv, ...beside, number].join(','),
    id_type: row.document_type,
    id_number: row.document_number,
    second_id_type: 'hkid',
    second_id_number: number,
  };
}

before(async () => {
  network = await hlr.start();
  [house, browser] = await Promise.all([
    start({ seed: 13, settings: { network: { adapter: 'osmo-hlr', host: network.address } } }),
    chromium.start(),
  ]);
  brought.child = someone('child', 'harbour');
  brought.company = someone('company', 'kite');
  const file = path.join(house.directory, 'beside.csv');
  const lines = Object.values(brought).map((each) => each.csv);
  await writeFile(file, `${rows.head},${second}\n${lines.join('\n')}\n`);
  const answer = await house.imported(file);
  assert.equal(answer.code, 0, `${answer.stdout}${answer.stderr}`);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
});

const main = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
const has = (text, part) => assert.ok(text.includes(part), `"${part}" is not in: ${text}`);
const story = { child: /child of twelve/, company: /^A company's line/ };
const somebody = (kind, operator) =>
  house.person((each) => each.operator === operator && story[kind].test(each.story));

async function begin(language, operator, script, person) {
  const visit = await browser.visit(house.origin, { language, script });
  const { page } = visit;
  const base = house.base(operator);
  await network.ask('SET', 'subscriber.create', person.imsi);
  await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
  await walk.register(page, base, person, {
    password,
    code: (kind, to) => walk.inboxCode(base, to),
  });
  await walk.signIn(page, base, person);
  await page.waitForURL(/\/account$/);
  return { ...visit, base };
}

/** Submits with a document that does not count: back to the question, and nothing was opened. */
async function refused(page, line, person, type, document, see = async () => {}) {
  await walk.answer(page, line, person, { type, document });
  await page.click('main form button');
  await page.locator('#document-why').waitFor();
  await see();
  return main(page);
}

for (const [language, operator, script, kind, whence] of [
  ['en', 'harbour', true, 'child', 'demo'],
  ['en', 'kite', false, 'company', 'demo'],
  ['zh-Hant-HK', 'kite', true, 'child', 'demo'],
  ['zh-Hant-HK', 'harbour', false, 'company', 'demo'],
  ['zh-Hans-CN', 'harbour', false, 'child', 'import'],
  ['zh-Hans-CN', 'kite', true, 'company', 'import'],
]) {
  const how = `${script ? 'with' : 'without'} JavaScript`;
  test(`${language}, ${operator}, ${how}: a line of a ${kind}`, limit, async () => {
    const person = {
      ...(whence === 'demo' ? somebody(kind, operator) : brought[kind]),
      password,
    };
    const asker = { ...person, id_type: person.second_id_type, id_number: person.second_id_number };
    const one = await begin(language, operator, script, person);
    const { page, base } = one;
    const see = (name) => look(page, `people-${kind}-${language}-${name}`);
    const line = await walk.openLine(page, base, person.number);
    await see('line');
    const stranger = brought[whence === 'demo' ? kind : kind === 'child' ? 'company' : 'child'];
    const wrong = [['hkid', stranger.second_id_number]]; // who may ask for another such line
    wrong.push(kind === 'child' ? ['hkid', person.id_number] : ['other', person.id_number]);
    for (const [type, document] of wrong)
      await refused(page, line, person, type, document, () => see('refused'));
    assert.equal((await house.ask('line', 'show', '--operator', operator, '--number',
      person.number)).closure, undefined);
    const closing = await walk.startClosing(page, base, asker, {
      look: async (on, what) => {
        await see(what);
        const text = await main(on);
        assert.ok(!text.includes(person.id_number), what);
        if (what === 'receipt') has(text, roles[kind][language]);
      },
    });
    await walk.prove(page, house, operator, closing, { look: (on, what) => see(what) });
    const { link, code } = await walk.confirmation(base, closing.reference);
    if (script) await walk.confirmByLink(page, link);
    else await walk.confirmByCode(page, base, closing.reference, code);
    await page.waitForURL(/\/closures\/\d+$/);
    await see('status');
    has(await main(page), roles[kind][language]);
    cases.push({ ...one, person, operator, language, kind, closing, see });
  });
}

test('whose line it is cannot be read from the question nor from its refusal', limit, async () => {
  const asked = [];
  for (const kind of ['adult', 'child', 'company']) {
    const operator = 'harbour';
    const base = house.base(operator);
    const visit = await browser.visit(house.origin, { language: 'en' });
    const { page } = visit;
    let person;
    if (kind === 'adult') {
      person = await newcomer(house, page, operator, password);
      await walk.signIn(page, base, person);
      await page.waitForURL(/\/account$/);
    } else {
      const row = someone(kind, operator);
      const file = path.join(house.directory, `${kind}.csv`);
      await writeFile(file, `${rows.head},${second}\n${row.csv}\n`);
      assert.equal((await house.imported(file)).code, 0);
      person = { ...row, password };
      await walk.register(page, base, person, {
        password,
        code: (way, to) => walk.inboxCode(base, to),
      });
      await walk.signIn(page, base, person);
      await page.waitForURL(/\/account$/);
    }
    const line = await walk.openLine(page, base, person.number);
    await page.goto(`${line}/close/identity`);
    await walk.stepUp(page, person);
    const plain = (text) => text.replace(/\d{4} \d{4}|[\w*.•]+@[\w*.•]+/g, '…');
    const question = plain(await main(page));
    const chosen = await page.locator('#document_type').inputValue();
    const why = plain(await refused(page, line, person, 'hkid', 'L555555(0)'));
    asked.push({ question, chosen, why });
    await visit.close();
  }
  assert.deepEqual(asked[1], asked[0]);
  assert.deepEqual(asked[2], asked[0]);
  has(asked[0].question, 'under 16');
  has(asked[0].question, 'responsible person');
});

test("a child's account: the adult's document sets the password anew", limit, async () => {
  const { base, page, person, language } = cases.find((each) => each.kind === 'child');
  const { page: other, close } = await browser.visit(house.origin, { language });
  const code8 = (letter) => letter?.text.match(/(?<!\d)\d{4} ?\d{4}(?!\d)/)?.[0].replace(' ', '');
  const before = (await walk.inbox(base)).find((each) => each.to.includes(person.email));
  await other.goto(`${base}/forgotten`);
  await other.fill('#email', person.email);
  await other.click('main form button');
  await other.waitForURL(/\/forgotten\/code$/);
  await look(other, 'people-forgotten-code');
  const code = await walk.inboxCode(base, person.email, code8(before));
  const prove = async (document) => {
    await other.fill('#code', code);
    await other.selectOption('#document_type', 'hkid');
    await other.fill('#document', document);
    await other.click('main form button');
  };
  await prove(person.id_number);
  await other.locator('#document-why').waitFor();
  await prove(person.second_id_number);
  await other.waitForURL(/\/forgotten\/password$/);
  await other.fill('#password', `${password} again`);
  await other.click('main form button');
  await other.waitForURL(/\/sign-in\?password=new$/);
  await page.goto(`${base}/account`);
  assert.match(page.url(), /\/sign-in/); // who was signed in no longer is
  await close();
});

test('each is cut, and the status says who asked', limit, async () => {
  assert.equal(cases.length, 6);
  await house.later(61 * MINUTE);
  for (const { page, base, operator, language, kind, closing, see, close } of cases) {
    const closure = await house.state(operator, closing.reference, 'closed');
    assert.equal(closure.matched_role, roles[kind].code);
    await walk.status(page, base, closing.reference, closing.secret);
    await page.waitForURL(/\/closures\/\d+$/);
    await see('status-closed');
    has(await main(page), roles[kind][language]);
    await close();
  }
});
