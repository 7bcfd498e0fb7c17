// Identity by document, from the person's side and from the staff's: refused once with a reason in
// the person's own language, sent again, accepted; rejected for good; the original at a counter;
// and what the policy says of how long a document is kept is what the page says and what happens.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { DAY, MINUTE, here, run, start } from './installation.mjs';
import * as walk from './walk.mjs';
import { newcomer } from './newcomer.mjs';
import { until } from '../peers/process.mjs';
import { jpeg } from '../web/files.mjs';

const limit = { timeout: 180000 };
const password = 'an otter under the pier';
const operator = 'kite';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 11 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

const policy = JSON.parse(readFileSync(here(`packaging/demo/${operator}.json`), 'utf8'));
const main = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
/** What a reader of the language is told for an English sentence, from the catalogue. */
const said = (language, english) => {
  if (language === 'en') return english;
  const folder = language.replaceAll('-', '_');
  const text = readFileSync(here(`po/${folder}/identity.po`), 'utf8');
  const at = text.indexOf(`msgid ${JSON.stringify(english)}\nmsgstr "`);
  assert.notEqual(at, -1, english);
  return JSON.parse(text.slice(at).match(/\nmsgstr (".*")/)[1]);
};
const cut =
  'A part of the document is missing on the photo. ' +
  'Take it again so that all four corners can be seen.';
const staff = (verb, reference, ...more) =>
  run('identity', verb, '--operator', operator, '--reference', reference, '--data', house.data,
    '--json', ...more);
const done = async (...args) => {
  const answer = await staff(...args);
  assert.equal(answer.code, 0, answer.stderr + answer.stdout);
  return JSON.parse(answer.stdout);
};

/** Somebody new with an account, signed in. */
async function arrives(page) {
  const person = await newcomer(house, page, operator, password);
  await walk.signIn(page, house.base(operator), person);
  await page.waitForURL(/\/account$/);
  return person;
}

/** Somebody new whose closing is confirmed. */
async function confirmed(language) {
  const visit = await browser.visit(house.origin, { language });
  const { page } = visit;
  const base = house.base(operator);
  const person = await arrives(page);
  const closing = await walk.startClosing(page, base, person);
  const { code } = await walk.confirmation(base, closing.reference);
  await walk.confirmByCode(page, base, closing.reference, code);
  await page.waitForURL(closing.closure);
  return { ...visit, base, person, closing };
}

for (const language of ['zh-Hant-HK', 'zh-Hans-CN', 'en']) {
  test(`${language}: refused with a reason, sent again, accepted`, limit, async () => {
    const { page, base, person, closing, close } = await confirmed(language);
    const { reference, closure } = closing;
    const see = (name) => look(page, `identity-${name}-${language}`);
    await see('wanted');
    const queue = async () =>
      (await house.ask('identity', 'list', '--operator', operator)).items.filter(
        (each) => each.reference === reference,
      );
    assert.deepEqual(await queue(), []);
    await walk.sendDocument(page, closure, { file: jpeg(3000) });
    await see('looked-at');
    assert.equal(await page.locator('#document').count(), 0, 'nothing more is asked for');
    const [waiting] = await queue();
    assert.deepEqual([waiting.awaits, waiting.documents], ['document', 1]);

    const { shown } = await done('show', reference);
    assert.equal(shown.document, person.id_number);
    assert.equal(shown.documents[0].checked, 'not checked against the original');
    const bare = await house.ask('identity-case', 'show', '--operator', operator, '--id',
      waiting.closure);
    assert.equal(bare.name, undefined, 'the name is shown to who is written down only');
    const which = ['--document', waiting.document];
    assert.notEqual((await staff('reject', reference, ...which, '--reason', 'ugly')).code, 0);
    assert.notEqual((await staff('accept', reference)).code, 0, 'which document?');
    await done('reject', reference, ...which, '--reason', 'cut_off');
    assert.deepEqual(await queue(), []);

    await page.goto(closure);
    await see('refused');
    assert.ok((await main(page)).includes(said(language, cut)), await main(page));
    const link = await until(async () => {
      const letters = await walk.inbox(base);
      const letter = letters.find((each) => each.text.includes(said(language, cut)));
      return letter?.links.find((each) => each.endsWith(`${new URL(closure).pathname}/document`));
    }, 'the mail that says why');
    await page.goto(link);
    await see('again');
    assert.ok((await main(page)).includes(said(language, cut)));
    await walk.prove(page, house, operator, closing);
    assert.equal((await house.closure(operator, reference)).identity_by, 'document');
    const unchecked = said(language, 'By the photo; not checked against the original');
    assert.ok((await main(page)).includes(unchecked));
    await see('accepted');
    const seen = await house.ask('journal', 'list', '--operator', operator, '--number',
      person.number);
    const verbs = seen.items.filter((each) => each.verb.startsWith('identity.'));
    assert.deepEqual(
      verbs.map((each) => each.verb.slice(9)).sort(),
      ['accept', 'accept', 'reject', 'reject', 'show', 'show'],
    );
    assert.ok(verbs.every((each) => each.actor_kind === 'staff' && each.actor));
    await close();
  });
}

test('whoever is somebody else: it ends, and the person may ask anew', limit, async () => {
  const { page, base, closing, close } = await confirmed('en');
  const { reference, closure } = closing;
  await walk.sendDocument(page, closure);
  const [{ id }] = (await done('show', reference)).shown.documents;
  await done('reject', reference, '--document', id, '--reason', 'somebody_elses', '--end', 'yes');
  await page.goto(closure);
  await look(page, 'identity-rejected');
  assert.equal((await house.closure(operator, reference)).state, 'rejected');
  await page.goto(`${closure}/document`);
  assert.equal(page.url(), closure, 'no further document is taken');
  await until(
    async () =>
      (await walk.inbox(base)).some((each) => each.text.includes('could not accept the identity')),
    'the mail that says so',
  );
  await page.goto(`${closing.line}/close`);
  assert.ok(await page.locator('input[name=choice][value=close]').isVisible());
  await close();
});

test('the original at a counter needs nothing else', limit, async () => {
  const visit = await browser.visit(house.origin, { language: 'en' });
  const person = await arrives(visit.page);
  const closing = await walk.startClosing(visit.page, house.base(operator), person);
  await done('accept', closing.reference, '--original', 'yes');
  const closure = await house.closure(operator, closing.reference);
  assert.deepEqual([closure.identity_by, closure.waits_for], ['original', 'undo_window']);
  await visit.close();
});

test('how long a document is kept: one row of the policy says it everywhere', limit, async () => {
  const days = policy.proof.document_days;
  const { page, base, person, closing, close } = await confirmed('en');
  const kept = new RegExp(`erased ${days} days after the decision`);
  await page.goto(`${base}/privacy`);
  assert.match(await main(page), kept);
  await walk.prove(page, house, operator, closing);
  const { documents } = (await done('show', closing.reference)).shown;
  const [{ kept_until: last, decided_at: decided }] = documents;
  assert.equal(Date.parse(last) - Date.parse(decided), days * DAY);

  const now = `${new Date(house.now()).toISOString().slice(0, 19)}Z`;
  const other = { ...policy, version: policy.version + 1, effective_from: now };
  other.proof = { ...policy.proof, document_days: 3 };
  const file = path.join(house.directory, 'other.json');
  await writeFile(file, JSON.stringify(other));
  const loaded = await run('policy', 'load', file, '--data', house.data);
  assert.equal(loaded.code, 0, loaded.stderr);
  await page.goto(`${base}/privacy`);
  assert.match(await main(page), /erased 3 days after the decision/);
  const second = await confirmed('en');
  await second.page.goto(`${second.closing.closure}/document`);
  assert.match(await main(second.page), /3 days after the decision/);
  await walk.prove(second.page, house, operator, second.closing);
  const after = (await done('show', second.closing.reference)).shown.documents[0];
  assert.equal(Date.parse(after.kept_until) - Date.parse(after.decided_at), 3 * DAY);

  await house.later(3 * DAY + MINUTE); /* the first one was promised more, and keeps it */
  await until(
    async () => (await done('show', second.closing.reference)).shown.documents[0].erased_at,
    'it is erased',
  );
  assert.equal((await done('show', closing.reference)).shown.documents[0].erased_at, undefined);
  assert.ok(person.number);
  await second.close();
  await close();
});
