// A line is closed over REST, from its number to the last date; every answer fits the document.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, HOUR, house, MINUTE, time } from './house.mjs';

let h, key, call;
before(async () => {
  h = await house();
  ({ key } = await h.key());
  call = (method, path, given = {}) => h.harbour.call(method, path, { key, ...given });
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

const submit = (line, more = {}) =>
  call('POST', '/api/v1/closures', {
    body: { line: line.id, document_type: line.document_type, document: line.document, ...more },
  });
const post = (closure, verb, body = {}, more = {}) =>
  call('POST', `/api/v1/closures/${closure.id ?? closure}/${verb}`, { body, ...more });
const get = async (path) => {
  const answer = await call('GET', path);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.code, code, answer.text);
  return answer;
};

test('from the number to the closed line', async () => {
  const line = await h.line();
  for (const search of [line.number, line.iccid]) {
    const found = await get(`/api/v1/lines?search=${encodeURIComponent(search)}`);
    assert.deepEqual(
      found.items.map((each) => each.id),
      [line.id],
    );
    assert.ok(!JSON.stringify(found).includes(line.number));
  }
  const before = await get(`/api/v1/lines/${line.id}`);
  assert.equal(before.state, 'active');
  assert.equal(before.paid_minor, 12345);
  for (const personal of [
    line.number,
    line.name,
    line.name_zh,
    line.document,
    line.email,
    line.iccid,
  ])
    assert.ok(!JSON.stringify(before).includes(personal), personal);
  const preview = await get(`/api/v1/lines/${line.id}/preview`);
  assert.equal(preview.paid_to_unclaimed, 12345);
  assert.equal(preview.promotional_ended, 500);
  assert.equal(Date.parse(preview.due_at), (await h.now()) + 24 * HOUR);

  const made = await submit(line, { reason: 'Going home 回家', language: 'zh-Hant-HK' });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.location, `/api/v1/closures/${made.body.id}`);
  assert.equal(made.body.state, 'submitted');
  assert.equal(made.body.waits_for, 'person_confirmation');
  assert.match(made.body.reference, /^RO-/);
  assert.ok(!made.text.includes('回家'));
  const { id } = made.body;
  const { status_secret: secret, ...shown } = made.body;
  assert.match(secret, /^(\w{4}-){3}\w{4}$/);
  assert.deepEqual(await get(made.headers.location), shown); // the secret is shown once
  const again = await post(id, 'renew-secret', {});
  assert.equal(again.status, 200, again.text);
  assert.match(again.body.status_secret, /^(\w{4}-){3}\w{4}$/);
  assert.notEqual(again.body.status_secret, secret);
  assert.equal((await get(made.headers.location)).status_secret, undefined);
  const found = await get(`/api/v1/closures?search=${made.body.reference}`);
  assert.deepEqual(
    found.items.map((each) => each.id),
    [id],
  );
  assert.equal((await get(`/api/v1/lines/${line.id}`)).closure, id);

  const code = await h.code(line.number);
  const confirmed = await post(id, 'confirm', { code: `${code.slice(0, 4)} ${code.slice(4)}` });
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal(confirmed.body.waits_for, 'undo_window');
  refused(await post(id, 'confirm', { code }), 409, 'code_used');

  await h.tick(30 * MINUTE);
  await h.dispatch();
  assert.equal((await get(`/api/v1/closures/${id}`)).state, 'executing');
  refused(await post(id, 'withdraw'), 409, 'too_late');
  await h.cut(id);

  const closed = await get(`/api/v1/closures/${id}`);
  assert.equal(closed.state, 'closed');
  assert.equal(closed.cut_how, 'attested');
  assert.equal(closed.paid_minor, preview.paid_to_unclaimed);
  const after = await get(`/api/v1/lines/${line.id}`);
  assert.equal(after.state, 'closed');
  assert.equal(after.unclaimed_minor, 12345);
  assert.equal(after.paid_minor, 0);
  refused(await call('GET', `/api/v1/lines/${line.id}/preview`), 404, 'not_found');
  refused(await submit(line), 409, 'line_closed');
});

test('a key is done once: the same again, another body, another time, after erasure', async () => {
  const line = await h.line({ document: 'C668668(9)' });
  const body = { line: line.id, document_type: 'hkid', document: 'C668668(9)' };
  const idempotency = 'the key of this test';
  const ask = (more = {}) =>
    call('POST', '/api/v1/closures', { body: { ...body, ...more }, idempotency });
  const first = await ask();
  assert.equal(first.status, 201);
  assert.equal(first.headers['idempotency-replayed'], undefined);
  const [again, quoted] = [
    await ask(),
    await call('POST', '/api/v1/closures', { body, idempotency: `"${idempotency}"` }),
  ];
  for (const answer of [again, quoted]) {
    assert.equal(answer.status, 201);
    assert.equal(answer.body.id, first.body.id);
    assert.equal(answer.headers['idempotency-replayed'], 'true');
    assert.equal(answer.headers.location, first.headers.location);
  }
  const other = refused(await ask({ reason: 'another' }), 422, 'key_reused');
  assert.equal(other.headers['idempotency-replayed'], undefined);
  // The key is the integrator's own: another one's is another key.
  const { key: neighbour } = await h.key();
  refused(
    await h.harbour.call('POST', '/api/v1/closures', { key: neighbour, body, idempotency }),
    409,
    'line_closing',
  );
  // A refusal is remembered like any other answer.
  const wrong = { body: { code: '00000000' }, idempotency: 'a key for a wrong code' };
  const once = refused(
    await call('POST', `/api/v1/closures/${first.body.id}/confirm`, wrong),
    422,
    'code_wrong',
  );
  const twice = refused(
    await call('POST', `/api/v1/closures/${first.body.id}/confirm`, wrong),
    422,
    'code_wrong',
  );
  assert.deepEqual(
    [once, twice].map((each) => each.headers['idempotency-replayed']),
    [undefined, 'true'],
  );
  // The same key for another closure, whose id stands in the path, is another body.
  const second = await submit(await h.line());
  refused(
    await call('POST', `/api/v1/closures/${second.body.id}/confirm`, wrong),
    422,
    'key_reused',
  );
  await h.tick(5 * MINUTE);
  assert.equal((await ask()).body.id, first.body.id);
  await h.tell({ sql: `PRAGMA foreign_keys=OFF; DELETE FROM closure WHERE id = ${first.body.id}` });
  const erased = refused(await ask(), 410, 'erased');
  assert.equal(erased.headers['idempotency-replayed'], 'true');
});

test('sent again, the newest code and link count; withdrawn, the line is free', async () => {
  const line = await h.line();
  const { contacts } = await get(`/api/v1/lines/${line.id}`);
  assert.deepEqual(
    contacts.map((each) => [each.kind, each.may_confirm]),
    [['email', true]],
  );
  const { body: closure } = await submit(line, { contact: contacts[0].id });
  assert.equal(closure.to_line, false);
  const first = await h.link(line.email);
  await h.tick(2 * MINUTE);
  const resent = await post(closure, 'resend');
  assert.equal(resent.status, 200, resent.text);
  const second = await h.link(line.email);
  assert.notEqual(first, second);
  refused(await post(closure, 'confirm', { secret: first }), 410, 'code_expired');
  const withdrawn = await post(closure, 'withdraw');
  assert.equal(withdrawn.status, 200, withdrawn.text);
  assert.equal(withdrawn.body.state, 'withdrawn');
  assert.equal(withdrawn.body.paid_minor, 0);
  refused(await post(closure, 'withdraw'), 409, 'unchanged');
  refused(await post(closure, 'confirm', { secret: second }), 409, 'closure_state');
  refused(await post(closure, 'resend'), 409, 'closure_state');
  const next = await submit(line, { contact: contacts[0].id });
  assert.equal(next.status, 201, next.text);
  assert.equal(
    (await post(next.body, 'confirm', { secret: await h.link(line.email) })).status,
    200,
  );
});

test('it is confirmed too late: the code after minutes, the link after hours', async () => {
  const line = await h.line();
  const { body: closure } = await submit(line);
  const code = await h.code(line.number);
  await h.tick(11 * MINUTE);
  refused(await post(closure, 'confirm', { code }), 410, 'code_expired');
  await h.tick(21 * HOUR);
  await h.dispatch();
  assert.equal((await get(`/api/v1/closures/${closure.id}`)).state, 'expired');
  refused(await post(closure, 'resend'), 409, 'closure_state');
});

test('identity: form, check digit, kind, another person; attempts come to an end', async () => {
  const line = await h.line({ document: 'L555555(0)' });
  for (const [document_type, document, status, code] of [
    ['hkid', 'L5555', 422, 'document_form'],
    ['hkid', 'L555555(1)', 422, 'document_check_digit'],
    ['bno_passport', '123456789', 422, 'document_type'],
    ['hkid', 'A123456(3)', 403, 'identity_mismatch'],
    ['no such kind', 'L555555(0)', 422, 'document_type'],
  ])
    refused(await submit(line, { document_type, document }), status, code);
  for (let i = 0; i < 9; i++)
    refused(await submit(line, { document: 'A123456(3)' }), 403, 'identity_mismatch');
  const stop = refused(await submit(line, {}), 429, 'too_many_attempts');
  assert.ok(Number(stop.headers['retry-after']) > 0);
  await h.tick(61 * MINUTE);
  // As people type it: full-width letters, digits and brackets.
  const typed = await submit(line, { document: ' ｌ５５５５５５（０） ' });
  assert.equal(typed.status, 201, typed.text);
  refused(await submit(line, { document: 'L555555(0)' }), 409, 'line_closing');
  const wide = (digit) => '０１２３４５６７８９'[digit];
  const code = (await h.code(line.number)).replace(/\d/g, wide);
  assert.equal((await post(typed.body, 'confirm', { code })).status, 200);
});

test('a new contact and a new SIM do not confirm', async () => {
  const now = await h.now();
  const young = await h.line({ email_since: time(now - 2 * DAY) });
  const { contacts } = await get(`/api/v1/lines/${young.id}`);
  refused(await submit(young, { contact: contacts[0].id }), 409, 'contact_too_new');
  const swapped = await h.line({ sim_since: time(now - 2 * DAY) });
  assert.equal((await get(`/api/v1/lines/${swapped.id}`)).line_may_confirm, false);
  refused(await submit(swapped), 403, 'proof_required');
  const other = await submit(swapped, { contact: contacts[0].id }); // another line's
  assert.ok([403, 404, 409].includes(other.status), other.text);
});

test('pages: a cursor leads through all lines once, also while one is added', async () => {
  for (let i = 0; i < 3; i++) await h.line();
  const seen = [];
  let after = '';
  do {
    const page = await get(`/api/v1/lines?limit=2${after}`);
    assert.ok(page.items.length <= 2);
    seen.push(...page.items.map((each) => each.id));
    if (seen.length === 2) await h.line();
    after = page.next ? `&after=${page.next}` : null;
  } while (after !== null);
  assert.equal(new Set(seen).size, seen.length);
  const whole = await get('/api/v1/lines?limit=100');
  assert.deepEqual(
    whole.items.map((each) => each.id),
    seen,
  );
  assert.equal(whole.next, undefined);
  const closures = await get('/api/v1/closures?limit=1');
  const next = await get(`/api/v1/closures?limit=1&after=${closures.next}`);
  assert.notEqual(next.items[0].id, closures.items[0].id);
  assert.deepEqual((await get('/api/v1/lines?search=%2B85299999999')).items, []);
});

test('effects are listed, and one that failed is tried again', async () => {
  const line = await h.line();
  const { body: closure } = await submit(line);
  const { items } = await get(`/api/v1/effects?search=${closure.id}`);
  assert.deepEqual(new Set(items.map((each) => each.kind)), new Set(['receipt', 'confirm']));
  const failed = items.find((each) => each.kind === 'receipt');
  refused(await call('POST', `/api/v1/effects/${failed.id}/retry`), 409, 'unchanged');
  await h.tell({
    verb: 'effect.report',
    operator: 'harbour',
    input: { effect: failed.id, outcome: 3, cause: 'gateway: 500' },
  });
  assert.equal((await get(`/api/v1/effects/${failed.id}`)).state, 'failed');
  const retried = await call('POST', `/api/v1/effects/${failed.id}/retry`, { body: {} });
  assert.equal(retried.status, 200, retried.text);
  assert.equal(retried.body.state, 'waiting');
  await h.dispatch();
  assert.equal((await get(`/api/v1/effects/${failed.id}`)).state, 'done');
  refused(await call('POST', `/api/v1/effects/${failed.id}/retry`), 409, 'effect_state');
  assert.ok((await get('/api/v1/effects?limit=3')).next);
});

test('what is unchanged is not sent again; HEAD is GET without the body', async () => {
  const line = await h.line();
  for (const path of [`/api/v1/lines/${line.id}`, '/api/v1/operator', '/api/v1/lines?limit=1']) {
    const first = await call('GET', path);
    const etag = first.headers.etag;
    assert.match(etag, /^"[\w-]{20,}"$/);
    for (const known of [etag, `W/${etag}`, `"else", ${etag}`, '*'])
      assert.equal(
        (await call('GET', path, { headers: { 'if-none-match': known } })).status,
        304,
        known,
      );
    for (const known of ['"else"', etag.slice(1, -1)])
      assert.equal(
        (await call('GET', path, { headers: { 'if-none-match': known } })).status,
        200,
        known,
      );
    const head = await call('HEAD', path);
    assert.equal(head.status, 200);
    assert.equal(head.headers.etag, etag);
    assert.equal(Number(head.headers['content-length']), Buffer.byteLength(first.text));
  }
  const {
    headers: { etag },
  } = await call('GET', `/api/v1/lines/${line.id}`);
  await submit(line);
  const changed = await call('GET', `/api/v1/lines/${line.id}`, {
    headers: { 'if-none-match': etag },
  });
  assert.equal(changed.status, 200);
});

test('what sending again, confirming and withdrawing refuse besides', async () => {
  const young = time((await h.now()) - 2 * DAY);
  const line = await h.line({ email_since: young });
  const { contacts } = await get(`/api/v1/lines/${line.id}`);
  const { body: closure } = await submit(line);
  const code = await h.code(line.number);
  const contact = contacts[0].id;
  refused(await post(closure, 'resend', { contact }), 409, 'contact_too_new');
  const wrong = code === '12345678' ? '12345679' : '12345678';
  refused(await post(closure, 'withdraw', { code: wrong }), 422, 'code_wrong');
  refused(await post(closure, 'withdraw', { secret: 'x'.repeat(32) }), 404, 'not_found');
  refused(await post(closure, 'confirm', { secret: 'x'.repeat(32) }), 404, 'not_found');
  let sent = 1;
  for (; sent < 20; sent++) {
    const answer = await post(closure, 'resend');
    if (answer.status !== 200) {
      refused(answer, 429, 'resend_limit');
      break;
    }
  }
  assert.equal(sent, 5); // the policy's code_sends
  const guesses = [];
  for (let i = 0; i < 6; i++)
    guesses.push((await post(closure, 'confirm', { code: wrong })).body.code);
  assert.deepEqual(new Set(guesses), new Set(['code_wrong', 'too_many_attempts']));
  refused(await post(closure, 'confirm', { code: wrong }), 429, 'too_many_attempts');
  // The last way out stays open: the link that was sent.
  const secret = await h.link(line.number);
  assert.equal((await post(closure, 'confirm', { secret })).body.waits_for, 'undo_window');
  refused(await post(closure, 'resend'), 409, 'code_used');
  await h.tick(30 * MINUTE);
  await h.dispatch();
  await h.cut(closure.id);
  refused(await post(closure, 'withdraw'), 409, 'too_late');
  const late = await submit(await h.line());
  await h.dispatch(); // delivered: what the person does not answer expires
  await h.tick(21 * HOUR);
  refused(await post(late.body, 'resend'), 410, 'code_expired');
  await h.dispatch();
  refused(await post(late.body, 'withdraw'), 409, 'closure_state');
});
