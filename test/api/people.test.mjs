// What a person does before there is a session, over REST: registering, a forgotten password, a
// status without an account. Known and unknown are answered alike.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, HOUR, house, MINUTE } from './house.mjs';

const password = 'a quiet harbour 7';
let h;
before(async () => {
  h = await house();
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

const post = (path, body, more = {}) => h.harbour.call('POST', `/api/v1${path}`, { body, ...more });
const refused = (answer, status, code, field) => {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual([answer.body.code, answer.body.field], [code, field], answer.text);
};
const accepted = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const begin = (line, more = {}) =>
  post('/registrations', {
    number: line.number,
    iccid_tail: line.iccid.slice(-6),
    language: 'en',
    ...more,
  });
const signIn = async (email, word = password) =>
  (await post('/sessions', { email, password: word })).body;
const account = (token) => h.harbour.call('GET', '/api/v1/account', { key: token });
/** What differs between two answers of the same kind anyway. */
const shape = ({ status, body, headers }) => [
  status,
  Object.entries(body).map(([name, value]) => [name, typeof value, value.length]),
  Object.keys(headers).sort(),
];

async function register(line, email, more = {}) {
  const { id, holder } = accepted(await begin(line));
  const at = `/registrations/${id}`;
  accepted(await post(`${at}/prove`, { holder, code: await h.anyCode(line.number) }));
  accepted(await post(`${at}/contact`, { holder, email, password, ...more }));
  return accepted(await post(`${at}/verify`, { holder, code: await h.anyCode(email) }));
}

test('from a number in the hand to an account that shows the line', async () => {
  const line = await h.line(),
    email = 'mei@example.com';
  const { id, holder, ends_at: ends } = accepted(await begin(line));
  assert.equal(Date.parse(ends), (await h.now()) + 10 * MINUTE);
  const at = `/registrations/${id}`;
  const first = await h.anyCode(line.number);
  const wrong = String((Number(first) + 1) % 1e8).padStart(8, '0');
  const code = first;
  refused(await post(`${at}/prove`, { holder, code: wrong }), 422, 'code_wrong');
  refused(await post(`${at}/prove`, { holder: 'x', code }), 404, 'not_found');
  refused(await post('/registrations/77/prove', { holder, code }), 404, 'not_found');
  refused(await post(`${at}/contact`, { holder, email, password }), 403, 'proof_required');
  refused(await post(`/passwords/${id}/prove`, {
    holder, code, document_type: 'hkid', document: line.document,
  }), 404, 'not_found');
  const again = accepted(await post(`${at}/resend`, { holder }));
  assert.deepEqual([again.id, again.holder], [id, undefined]);
  refused(await post(`${at}/prove`, { holder, code: first }), 422, 'code_wrong');
  accepted(await post(`${at}/prove`, { holder, code: await h.anyCode(line.number) }));
  refused(await post(`${at}/contact`, { holder, email: 'no address', password }), 422,
    'email_form');
  refused(await post(`${at}/contact`, { holder, email, password: 'seven77' }), 422,
    'password_weak');
  accepted(await post(`${at}/contact`, { holder, email, password }));
  assert.equal(await signIn(email).then((each) => each.code), 'sign_in_failed');
  const { account: made } = accepted(
    await post(`${at}/verify`, { holder, code: await h.anyCode(email) }),
  );
  const tokens = await signIn(email);
  const shown = accepted(await account(tokens.access_token));
  assert.deepEqual([shown.id, shown.lines.map((each) => each.number)], [made, [line.number]]);
  refused(await post(`${at}/verify`, { holder, code: '12345678' }), 409, 'code_used');
  // Another line of the same person comes to the same account, whose password stays.
  const second = await h.line();
  await register(second, email, { password: 'another password 1' });
  assert.equal(accepted(await account(tokens.access_token)).lines.length, 2);
  assert.equal((await signIn(email, 'another password 1')).code, 'sign_in_failed');
});

test('a number is taken in its one form; known and unknown are answered alike', async () => {
  const line = await h.line();
  const { number } = line;
  for (const bad of [number.slice(4), number.slice(1), number.replace('+', '00'),
    `${number}1`, '+8526000']) {
    refused(await begin({ ...line, number: bad }), 422, 'input_invalid');
  }
  refused(await begin(line, { iccid_tail: '12a4' }), 422, 'input_invalid');
  refused(await begin(line, { language: 'xx' }), 422, 'input_invalid');
  const known = await begin(line);
  const wrongSim = await begin(line, { iccid_tail: '0000' });
  const unknown = await begin({ ...line, number: '+85269990000' });
  assert.deepEqual(shape(known), shape(unknown));
  assert.deepEqual(shape(known), shape(wrongSim));
  for (const { body } of [wrongSim, unknown])
    refused(
      await post(`/registrations/${body.id}/prove`, { holder: body.holder, code: '12345678' }),
      422,
      'code_wrong',
    );
});

test('nothing that is sent along as Authorization matters where nobody need be known', async () => {
  const line = await h.line();
  const { key } = await h.key();
  for (const authorization of [`Bearer ${key}`, 'Bearer wrong', 'x', `Bearer ${'y'.repeat(9000)}`])
    assert.equal((await begin(await h.line(), {}, { headers: { authorization } })).status, 200);
  const more = { headers: { authorization: 'Bearer wrong', cookie: 'session=x; lang=en' } };
  const answer = await post('/registrations', { number: 'x' }, more);
  refused(answer, 422, 'input_invalid', 'number');
  assert.equal(answer.headers['content-language'], 'zh-Hant-HK', 'nor a cookie');
  refused(await begin(line, { line: line.id }), 422, 'input_invalid', 'line');
});

test('a forgotten password: code and ID number; all sessions end', async () => {
  const line = await h.line(),
    email = 'forgetful@example.com',
    fresh = 'a marble saddle 3';
  await register(line, email);
  const before = await signIn(email);
  const known = await post('/passwords', { email, language: 'en' });
  const unknown = await post('/passwords', { email: 'nobody2@example.com', language: 'en' });
  assert.deepEqual(shape(known), shape(unknown));
  const { id, holder } = accepted(known);
  const at = `/passwords/${id}`;
  const proof = { holder, code: await h.anyCode(email), document_type: 'hkid' };
  refused(await post(`${at}/reset`, { holder, password: fresh }), 403, 'proof_required');
  refused(await post(`${at}/prove`, { ...proof, document: 'A123456(3)' }), 403,
    'identity_mismatch');
  refused(
    await post(`/passwords/${unknown.body.id}/prove`, {
      ...proof, holder: unknown.body.holder, document: line.document,
    }),
    422,
    'code_wrong',
  );
  accepted(await post(`${at}/prove`, { ...proof, document: line.document }));
  refused(await post(`${at}/reset`, { holder, password: 'password123' }), 422, 'password_weak');
  accepted(await post(`${at}/reset`, { holder, password: fresh }));
  refused(await account(before.access_token), 401, 'not_signed_in');
  refused(await post('/sessions/refresh', { refresh_token: before.refresh_token }), 401,
    'not_signed_in');
  assert.equal((await signIn(email)).code, 'sign_in_failed');
  const now = await signIn(email, fresh);
  // Known, it is changed by who is signed in; other sessions end.
  const change = (old_password, word) =>
    post('/account/password', { old_password, password: word }, { key: now.access_token });
  const other = await signIn(email, fresh);
  refused(await change('not it', 'one more saddle 5'), 401, 'sign_in_failed');
  refused(await change(fresh, 'short'), 422, 'password_weak');
  assert.equal(accepted(await change(fresh, 'one more saddle 5')).email, email);
  refused(await account(other.access_token), 401, 'not_signed_in');
  accepted(await account(now.access_token));
});

test('a status by reference and secret, or by a code to a registered address', async () => {
  const line = await h.line();
  const { key } = await h.key();
  const made = await h.harbour.call('POST', '/api/v1/closures', {
    key,
    body: { line: line.id, document_type: 'hkid', document: line.document },
  });
  const { id, reference, status_secret: secret } = made.body;
  const look = (ref, given) =>
    h.harbour.call('GET', `/api/v1/statuses/${ref}`, {
      headers: given === undefined ? {} : { 'status-secret': given },
    });
  for (const [ref, given] of [[reference, secret], [reference.toLowerCase(), ` ${secret}`]]) {
    const seen = accepted(await look(ref, given.trim()));
    const masked = `+852 6••• ••${line.number.slice(-2)}`;
    assert.deepEqual([seen.id, seen.state, seen.number], [id, 'submitted', masked]);
  }
  const wrong = [
    await look(reference, secret.replaceAll(/\w/g, (each) => (each === 'A' ? 'B' : 'A'))),
    await look('RO-7K3F-92QX', secret),
  ];
  for (const answer of wrong) refused(answer, 404, 'not_found');
  assert.deepEqual(wrong[0].body, wrong[1].body);
  refused(await look(reference), 422, 'input_invalid', 'Status-Secret');
  refused(await look(reference, 'x'), 422, 'input_invalid', 'Status-Secret');
  refused(await look('77', secret), 422, 'input_invalid', 'reference');
  refused(
    await h.kite.call('GET', `/api/v1/statuses/${reference}`, {
      headers: { 'status-secret': secret },
    }),
    404,
    'not_found',
  );
  const ask = (more) =>
    post('/statuses', { reference, email: line.email, language: 'en', ...more });
  const known = await ask({});
  const strangers = [
    await ask({ email: 'nobody3@example.com' }),
    await ask({ reference: 'RO-7K3F-92QX' }),
  ];
  for (const each of strangers) assert.deepEqual(shape(each), shape(known));
  const { id: challenge, holder } = accepted(known);
  const code = await h.anyCode(line.email);
  for (const { body } of strangers)
    refused(await post(`/statuses/${body.id}/open`, { holder: body.holder, code }), 422,
      'code_wrong');
  const idempotency = 'the key of this look';
  const open = () => post(`/statuses/${challenge}/open`, { holder, code }, { idempotency });
  assert.equal(accepted(await open()).id, id);
  refused(await open(), 409, 'code_used');
  refused(await h.harbour.call('GET', `/api/v1/closures/${id}`), 401, 'not_signed_in');
});

test('contacts: added by a code to the new address, removed by a code to the line', async () => {
  const line = await h.line(),
    email = 'contacts@example.com',
    address = 'second@example.com';
  await register(line, email);
  const { access_token: key } = await signIn(email);
  const proof = { document_type: 'hkid', document: line.document, language: 'en' };
  const give = (path, body) => post(path, body, { key });
  const shown = async () =>
    accepted(await h.harbour.call('GET', `/api/v1/lines/${line.id}`, { key })).contacts;
  const [old] = await shown();
  const ask = () => give(`/lines/${line.id}/contacts`, { ...proof, email: address });
  refused(await ask(), 403, 'step_up_required');
  accepted(await give('/sessions/current/step-up', { password }));
  const { id, holder } = accepted(await ask());
  const code = await h.anyCode(address);
  refused(await give(`/contacts/${id}/add`, { holder: 'x', code }), 404, 'not_found');
  refused(await give(`/contacts/${id}/remove`, { holder, code }), 404, 'not_found');
  const added = accepted(await give(`/contacts/${id}/add`, { holder, code })).contact;
  const fresh = (await shown()).find((each) => each.id === added);
  assert.deepEqual([fresh.may_confirm, (await shown()).length], [false, 2]);
  const removal = accepted(
    await give(`/lines/${line.id}/contacts/remove`, { ...proof, contact: added, via: old.id }),
  );
  const back = { holder: removal.holder, code: await h.anyCode(line.email) };
  assert.equal(
    accepted(await give(`/contacts/${removal.id}/remove`, back)).contact,
    added,
  );
  assert.deepEqual((await shown()).map((each) => each.id), [old.id]);
});

test('attempts are limited as in the portal', async () => {
  const line = await h.line();
  const statuses = [];
  for (let i = 0; i < 11; i++) statuses.push((await begin(line)).status);
  assert.ok(statuses.includes(200) && statuses.at(-1) === 429, statuses.join());
  const unknown = [];
  for (let i = 0; i < 11; i++)
    unknown.push((await begin({ ...line, number: '+85269990001' })).status);
  assert.deepEqual(unknown, statuses);
  await h.tick(DAY + HOUR);
});
