// What doc/proof.md says must be proved, tried cell by cell: each verb, each situation of the line,
// each kind of caller, at the door of the app and, where it is open, at that of a key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { everything, HOUR, house } from './house.mjs';

const password = 'a quiet harbour 7';
const doc = (name) =>
  readFileSync(fileURLToPath(new URL(`../../doc/${name}.md`, import.meta.url)), 'utf8');
const situations = ['usually', 'SIM changed lately', 'contact changed lately'];
/** verb -> { app: [cell of each situation], integrator: [...] } */
const demands = new Map();
for (const [, verb, door, ...cells] of doc('proof').matchAll(
  /^\| `(\S+)` \| (app|integrator) \(REST\) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|/gm,
))
  demands.set(verb, { ...demands.get(verb), [door]: cells });
/** endpoint by verb */
const endpoints = new Map(
  [...doc('permissions').split('## REST')[1].matchAll(
    /^\| `POST (\S+)` \| [a-z, ]+ \| `(\S+)` \|/gm,
  )].map(([, path, verb]) => [verb, path]),
);

let h, key, mine, stranger, last = 0;

before(async () => {
  h = await house();
  ({ key } = await h.key());
  await h.account(await h.line(), 'stranger@example.com', password);
  stranger = await session('stranger@example.com');
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

const post = (path, body, more = {}) => h.harbour.call('POST', `/api/v1${path}`, { body, ...more });

async function session(email) {
  const { status, body } = await post('/sessions', { email, password });
  assert.equal(status, 200, JSON.stringify(body));
  return body.access_token;
}
const stepUp = async (token) =>
  assert.equal(
    (await post('/sessions/current/step-up', { password }, { key: token })).status,
    200,
  );

/** One try: a line and its owner, signed in twice, with the password given again in one of them. */
async function owner(verb, state) {
  const line = await h.line(),
    email = `owner${++last}@example.com`;
  await h.account(line, email, password);
  mine = { line, plain: await session(email), fresh: await session(email) };
  const shown = await h.harbour.call('GET', `/api/v1/lines/${line.id}`, { key: mine.plain });
  mine.contact = shown.body.contacts[0].id;
  await stepUp(mine.fresh);
  if (['closure.withdraw', 'closure.renew_secret'].includes(verb)) {
    const body = { line: line.id, document_type: 'hkid', document: line.document };
    const made = await post('/closures', body, { key: mine.fresh });
    assert.equal(made.status, 201, made.text);
    mine.closure = made.body.id;
  }
  if (verb === 'line.reactivate')
    assert.equal(
      (await post(`/lines/${line.id}/suspend`, { language: 'en' }, { key: mine.fresh })).status,
      200,
    );
  const lately = (await h.now()) - HOUR;
  const column = { [situations[1]]: 'sim_since', [situations[2]]: 'contact_changed_at' }[state];
  if (column) await h.tell({ sql: `UPDATE line SET ${column} = ${lately} WHERE id = ${line.id}` });
}

/** What each verb wants beside its proofs, with an ID number that is well-formed and wrong. */
const bodies = {
  'closure.submit': () => ({ line: mine.line.id }),
  'closure.withdraw': () => ({}),
  'closure.renew_secret': () => ({}),
  'line.suspend': () => ({ language: 'en' }),
  'line.reactivate': () => ({}),
  'credit.transfer': () => ({
    number: '+85260009999', number_again: '+85260009999', amount_minor: 100, language: 'en',
  }),
  'contact.ask': () => ({ email: `new${last}@example.com`, language: 'en' }),
  'contact.ask_removal': () => ({ contact: mine.contact, language: 'en' }),
};
const wrong = { document_type: 'hkid', document: 'A123456(3)' };
const given = (verb, cell) => ({
  ...bodies[verb](),
  ...(cell.includes('ID number') ? wrong : {}),
});
const at = (path) =>
  path
    .replace('/api/v1', '')
    .replace('{line}', mine.line.id)
    .replace('{closure}', mine.closure);
const answered = (answer, status, code, what) =>
  assert.deepEqual([answer.status, answer.body.code], [status, code], `${what}: ${answer.text}`);

async function tried(verb, state, cell) {
  const path = endpoints.get(verb);
  const ask = (bearer) => post(at(path), given(verb, cell), { key: bearer });
  const what = `${verb} ${state}`;
  answered(await ask(undefined), 401, 'not_signed_in', what);
  answered(await ask(stranger), 404, 'not_found', `${what} by another account`);
  const [first] = cell.split('; or ');
  const plain = await ask(mine.plain);
  if (first.includes('fresh password')) answered(plain, 403, 'step_up_required', what);
  else assert.equal(plain.status, 200, `${what}: ${plain.text}`);
  const full = await ask(mine.fresh);
  if (first.includes('second channel')) answered(full, 403, 'proof_required', what);
  else if (first.includes('ID number')) answered(full, 403, 'identity_mismatch', what);
  else assert.ok([200, 409].includes(full.status), `${what}: ${full.text}`);
}

/* A key is session, line and password at once, for its scopes; the ID number is the person's. */
async function triedByKey(verb, state, cell) {
  const path = endpoints.get(verb);
  const none = await h.key(everything.split(' ').filter((each) => /effects/.test(each)).join(' '));
  const body = given(verb, cell);
  const what = `${verb} ${state} by a key`;
  answered(await post(at(path), body, { key: none.key }), 403, 'not_allowed', what);
  const { key: theirs } = await h.key(everything, 'kite');
  const there = await h.kite.call('POST', `/api/v1${at(path)}`, { key: theirs, body });
  assert.ok([403, 404].includes(there.status), `${what}, another operator's: ${there.text}`);
  const answer = await post(at(path), body, { key });
  if (cell.includes('ID number'))
    answered(
      answer,
      403,
      cell.includes('second channel') ? 'proof_required' : 'identity_mismatch',
      what,
    );
  else assert.ok(![401, 403].includes(answer.status), `${what}: ${answer.text}`);
}

test('every verb of the page is tried, here or where its code is', () => {
  // Codes, and what is asked without a session: people.test.mjs, app.test.mjs, closing.test.mjs.
  // Of a closure's credit and a refund: test_credit_choice.c, test_credit_claim.c,
  // test_refund_correct.c.
  const elsewhere = ['closure.confirm', 'closure.resend', 'contact.add', 'contact.remove',
    'status.ask', 'status.open', 'password.prove', 'password.reset', 'closure.document',
    'registration.claim', 'registration.verify', 'refund.correct', 'credit.choose', 'credit.claim'];
  const left = [...demands.keys()].filter((verb) => !bodies[verb] && !elsewhere.includes(verb));
  assert.deepEqual(left, []);
  for (const verb of Object.keys(bodies)) assert.ok(demands.get(verb).app, verb);
});

for (const [verb, { app, integrator }] of demands)
  for (const [i, state] of situations.entries()) {
    if (!bodies[verb]) continue;
    test(`${verb}, ${state}: ${app[i]}`, async () => {
      await owner(verb, state);
      await tried(verb, state, app[i]);
      if (!integrator) return;
      await owner(verb, state);
      await triedByKey(verb, state, integrator[i]);
    });
  }
