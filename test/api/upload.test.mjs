// Pictures of documents over REST by an integrator's key: the bad ones first, each refused in the
// words of its problem with nothing kept; then one that is taken, once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { jpeg, pdf, png } from '../web/files.mjs';
import { everything, house } from './house.mjs';

let h, key, theirs, closure;
before(async () => {
  h = await house();
  ({ key } = await h.key(everything, 'kite')); // whose policy asks for a document
  ({ key: theirs } = await h.key());
  const line = await h.line({}, 'kite');
  closure = await submitted(h.kite, key, line);
});
after(async () => h?.stop());

async function submitted(door, by, line) {
  const made = await door.call('POST', '/api/v1/closures', {
    key: by,
    body: { line: line.id, document_type: 'hkid', document: line.document, language: 'en' },
  });
  assert.equal(made.status, 201, made.text);
  return made.body.id;
}

/** One picture as the body itself. */
const send = (bytes, { type = 'image/jpeg', by = key, door = h.kite, to = closure, once } = {}) =>
  door.call('POST', `/api/v1/closures/${to}/document`, {
    key: by,
    body: bytes,
    idempotency: once,
    headers: { 'content-type': type },
  });
const now = async () => (await h.kite.call('GET', `/api/v1/closures/${closure}`, { key })).body;

test('what is no whole picture of the kind it says is refused, and nothing came', async () => {
  for (const [what, bytes, type, status, code] of [
    ['empty', Buffer.alloc(0), 'image/jpeg', 422, 'input_invalid'],
    ['a page', Buffer.from('<html><script>'), 'image/jpeg', 422, 'input_invalid'],
    ['cut off', png(5000).subarray(0, 3000), 'image/png', 422, 'input_invalid'],
    ['mislabelled', png(5000), 'image/jpeg', 422, 'input_invalid'],
    ['of no type', pdf(), 'application/octet-stream', 422, 'input_invalid'],
    ['too large', jpeg(10 * 1024 * 1024 + 1), 'image/jpeg', 413, 'too_large'],
    ['far too large', jpeg(12 * 1024 * 1024 + 1), 'image/jpeg', 413, 'too_large'],
  ]) {
    const answer = await send(bytes, { type });
    assert.equal(answer.status, status, `${what}: ${answer.text}`);
    assert.equal(answer.body.code, code, what);
    if (!what.startsWith('far')) assert.equal(answer.body.field, 'body', what);
  }
  assert.equal((await now()).document_at, undefined);
});

test('who may not, and where none is asked for', async () => {
  const bytes = jpeg();
  assert.equal((await send(bytes, { by: 'ringoff_nobody' })).status, 401);
  assert.equal((await send(bytes, { by: theirs })).status, 401, "another operator's key");
  const { key: reads } = await h.key('closures:read', 'kite');
  assert.equal((await send(bytes, { by: reads })).status, 403);
  assert.equal((await send(bytes, { to: '999999' })).status, 404);
  assert.equal((await send(bytes, { once: 'short' })).body.code, 'key_missing');
  const matched = await submitted(h.harbour, theirs, await h.line());
  const unasked = await send(bytes, { by: theirs, door: h.harbour, to: matched });
  assert.equal(unasked.body.code, 'document_not_asked');
});

test('one is taken once; while it is looked at no other is', async () => {
  const bytes = jpeg(200_000);
  const taken = await send(bytes, { once: 'the-same-key' });
  assert.equal(taken.status, 200, taken.text);
  assert.equal(taken.body.document, 'waiting');
  const again = await send(bytes, { once: 'the-same-key' });
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.equal((await send(jpeg(200_001), { once: 'the-same-key' })).body.code, 'key_reused');
  assert.equal((await send(bytes)).body.code, 'document_waiting');
});
