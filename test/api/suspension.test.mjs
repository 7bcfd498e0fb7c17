// A line is suspended and reactivated over REST, at two operators whose rules differ; every answer
// fits the document, and what was shown before is what happens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, house, time } from './house.mjs';

let h, keys;
before(async () => {
  h = await house();
  keys = {
    harbour: (await h.key()).key,
    kite: (await h.key(undefined, 'kite')).key,
  };
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

let last = 0;
const call = (operator, method, path, given = {}) =>
  h[operator].call(method, path, { key: keys[operator], ...given });
async function show(operator, line) {
  const answer = await call(operator, 'GET', `/api/v1/lines/${line.id}/suspension`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}
const ask = (operator, line, verb, body, more = {}) =>
  call(operator, 'POST', `/api/v1/lines/${line.id}/${verb}`, {
    body,
    headers: { 'idempotency-key': `suspension-${++last}` },
    ...more,
  });
const suspend = (operator, line, fee) => ask(operator, line, 'suspend', { fee_minor: fee });
const reactivate = (operator, line, document = line.document) =>
  ask(operator, line, 'reactivate', { document_type: line.document_type, document });
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.code, code, answer.text);
};
const accepted = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
/** The staff do what the network is to do. */
async function byHand(operator, line, kind) {
  await h.dispatch();
  await h.attest((each) => each.line === line.id && each.kind === kind, operator);
}
const credit = async (operator, line) =>
  (await call(operator, 'GET', `/api/v1/lines/${line.id}`)).body.paid_minor;

test("each operator's rules are what is shown and what happens", async () => {
  const until = {};
  for (const [operator, days, fee, atEnd, runs] of [
    ['harbour', 180, 0, 'reactivate', false],
    ['kite', 90, 2000, 'stay', true],
  ]) {
    const now = await h.now();
    const line = await h.line({ expires_at: time(now + 400 * DAY) }, operator);
    const before = await show(operator, line);
    assert.equal(before.state, 'none');
    assert.equal(before.can_suspend, true);
    assert.equal(before.can_reactivate, false);
    assert.equal(before.fee_minor, fee);
    assert.equal(before.at_end, atEnd);
    assert.equal(before.validity_runs, runs);
    assert.equal(Date.parse(before.until), now + days * DAY);
    assert.ok(!JSON.stringify(before).includes(line.number));
    const asked = accepted(await suspend(operator, line, fee));
    assert.equal(asked.state, 'asked');
    assert.equal(asked.by_staff, false);
    await h.dispatch();
    assert.equal((await show(operator, line)).by_staff, true);
    assert.equal(await credit(operator, line), 12345);
    await byHand(operator, line, 'network_bar');
    const done = await show(operator, line);
    assert.equal(done.state, 'suspended');
    assert.equal(done.how, 'attested');
    assert.equal(done.until, before.until);
    assert.equal(done.expires_at, before.expires_at);
    assert.equal(done.fee_taken_minor, fee);
    assert.equal(await credit(operator, line), 12345 - fee);
    const shown = (await call(operator, 'GET', `/api/v1/lines/${line.id}`)).body;
    assert.equal(shown.state, 'suspended');
    assert.equal(shown.line_may_confirm, false);
    until[operator] = { line, valid: Date.parse(shown.expires_at) };
  }
  await h.tick(91 * DAY);
  await h.dispatch();
  const kite = await show('kite', until.kite.line);
  assert.equal(kite.state, 'over');
  await h.tick(90 * DAY);
  await h.dispatch();
  const { line, valid } = until.harbour;
  const harbour = await show('harbour', line);
  assert.equal(harbour.state, 'returning');
  await byHand('harbour', line, 'network_unbar');
  assert.equal((await show('harbour', line)).state, 'none');
  const back = (await call('harbour', 'GET', `/api/v1/lines/${line.id}`)).body;
  assert.equal(back.state, 'active');
  assert.ok(Date.parse(back.expires_at) >= valid + 180 * DAY, back.expires_at);
});

test('what is refused', async () => {
  const line = await h.line({}, 'kite');
  refused(await reactivate('kite', line), 409, 'not_suspended');
  refused(await suspend('kite', line, 1999), 409, 'fee_changed');
  refused(await suspend('kite', line, -1), 422, 'input_invalid');
  refused(await ask('harbour', line, 'suspend', { fee_minor: 2000 }), 404, 'not_found');
  refused(await call('harbour', 'GET', `/api/v1/lines/${line.id}/suspension`), 404, 'not_found');
  const { key } = await h.key('lines:read', 'kite');
  refused(await ask('kite', line, 'suspend', { fee_minor: 2000 }, { key }), 403, 'not_allowed');
  accepted(await suspend('kite', line, 2000));
  refused(await suspend('kite', line, 2000), 409, 'line_suspended');
  await byHand('kite', line, 'network_bar');
  refused(await suspend('kite', line, 2000), 409, 'line_suspended');
  refused(await reactivate('kite', line, 'P000099(0)'), 422, 'document_check_digit');
  assert.equal((await show('kite', line)).state, 'suspended');
  const past = await h.line({ expires_at: time((await h.now()) - DAY) });
  refused(await suspend('harbour', past, 0), 409, 'line_expired');
});

test('a code does not go to a line that it cannot reach', async () => {
  const line = await h.line();
  accepted(await suspend('harbour', line, 0));
  const close = (more) =>
    call('harbour', 'POST', '/api/v1/closures', {
      body: { line: line.id, document_type: 'hkid', document: line.document, ...more },
    });
  refused(await close({}), 409, 'route_suspended');
  const { contacts } = (await call('harbour', 'GET', `/api/v1/lines/${line.id}`)).body;
  const made = await close({ contact: contacts[0].id });
  assert.equal(made.status, 201, made.text);
  refused(await suspend('harbour', line, 0), 409, 'line_closing');
});

test('sent twice it is one', async () => {
  const line = await h.line({}, 'kite');
  const headers = { 'idempotency-key': 'one and the same' };
  const first = await ask('kite', line, 'suspend', { fee_minor: 2000 }, { headers });
  const again = await ask('kite', line, 'suspend', { fee_minor: 2000 }, { headers });
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.deepEqual(accepted(again), accepted(first));
  await byHand('kite', line, 'network_bar');
  assert.equal(await credit('kite', line), 12345 - 2000);
});
