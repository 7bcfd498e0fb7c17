// Whoever asks wrongly gets a documented refusal, and nothing is changed.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { everything, house } from './house.mjs';
import { exchange } from './openapi.mjs';

let h, key, line, closure;
before(async () => {
  h = await house();
  ({ key } = await h.key());
  line = await h.line();
  const made = await ask('POST', '/api/v1/closures', {
    body: { line: line.id, document_type: 'hkid', document: line.document },
  });
  assert.equal(made.status, 201, made.text);
  closure = made.body;
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

const ask = (method, path, given = {}) => h.harbour.call(method, path, { key, ...given });
const refused = (answer, status, code, field) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.code, code, answer.text);
  assert.equal(answer.body.field, field, answer.text);
  return answer;
};
const paths = () => [
  ['GET', '/api/v1/operator'],
  ['GET', '/api/v1/lines'],
  ['GET', `/api/v1/lines/${line.id}`],
  ['GET', `/api/v1/lines/${line.id}/preview`],
  ['GET', `/api/v1/lines/${line.id}/suspension`],
  ['GET', `/api/v1/lines/${line.id}/transfers`],
  ['POST', `/api/v1/lines/${line.id}/transfers`],
  ['POST', `/api/v1/lines/${line.id}/suspend`],
  ['POST', `/api/v1/lines/${line.id}/reactivate`],
  ['GET', '/api/v1/closures'],
  ['GET', `/api/v1/closures/${closure.id}`],
  ['GET', `/api/v1/closures/${closure.id}/certificate`],
  ['GET', '/api/v1/effects'],
  ['GET', '/api/v1/effects/1'],
  ['POST', '/api/v1/closures'],
  ['POST', `/api/v1/closures/${closure.id}/confirm`],
  ['POST', `/api/v1/closures/${closure.id}/resend`],
  ['POST', `/api/v1/closures/${closure.id}/withdraw`],
  ['POST', '/api/v1/effects/1/retry'],
];
/** What tells nobody anything: the same answer, to the byte. */
const same = (answers) => {
  for (const answer of answers.slice(1)) {
    assert.deepEqual([answer.status, answer.body], [answers[0].status, answers[0].body]);
    const known = ({ date, ...rest }) => rest;
    assert.deepEqual(known(answer.headers), known(answers[0].headers));
  }
};

/* The server remembers keys; what it remembers is never the answer. */
test('a key that was used before is not signed in any more once it is revoked', async () => {
  const wrong = { key: undefined, headers: { authorization: 'Bearer wrong' } };
  for (const [method, path] of paths())
    for (const query of ['', '?limit=0']) {
      const gone = await h.key();
      for (let i = 0; i < 2; i += 1)
        assert.equal((await ask('GET', '/api/v1/lines', { key: gone.key })).status, 200);
      assert.equal((await h.revoke(gone.id)).refusal, 'accepted');
      const answers = [];
      for (const given of [{ key: gone.key }, { key: gone.key }, wrong])
        answers.push(refused(await ask(method, path + query, given), 401, 'not_signed_in'));
      same(answers);
      assert.match(answers[0].headers['www-authenticate'], /^Bearer/);
    }
});

test("no key, a wrong, revoked or another operator's one: not signed in, all alike", async () => {
  const gone = await h.key();
  assert.equal((await h.revoke(gone.id)).refusal, 'accepted');
  const { key: theirs } = await h.key(everything, 'kite');
  assert.equal((await h.kite.call('GET', '/api/v1/lines', { key: theirs })).status, 200);
  for (const [method, path] of paths()) {
    const answers = [];
    /* What the operator says to everybody is for nobody in particular, but not for a wrong key. */
    const open = path === '/api/v1/operator';
    if (open) assert.equal((await ask(method, path, { key: undefined })).status, 200);
    for (const authorization of [
      ...(open ? [] : [undefined]),
      'Bearer',
      'Bearer ',
      'Bearer wrong',
      `Bearer ${gone.key}`,
      `Bearer ${theirs}`,
      `Basic ${key}`,
      key,
      `Bearer ${key}x`,
      `Bearer ${key.toUpperCase()}`,
    ])
      answers.push(
        refused(
          await ask(method, path, {
            key: undefined,
            headers: authorization ? { authorization } : {},
          }),
          401,
          'not_signed_in',
        ),
      );
    same(answers);
    assert.match(answers[0].headers['www-authenticate'], /^Bearer/);
  }
  assert.equal(
    (await h.harbour.call('GET', '/api/v1/lines', { headers: { authorization: `bearer ${key}` } }))
      .status,
    200,
  );
  const nowhere = await exchange(
    { ...h.harbour.at, host: 'nobody.localhost' },
    'GET',
    '/api/v1/lines',
    { authorization: `Bearer ${key}` },
  );
  assert.equal(nowhere.status, 404);
});

test('each endpoint needs exactly its scopes', async () => {
  const scopes = everything.split(' ');
  const { document } = h.harbour;
  for (const [method, path] of paths()) {
    const template = Object.keys(document.paths).find(
      (each) =>
        document.paths[each][method.toLowerCase()] &&
        new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    const needed = document.paths[template][method.toLowerCase()].security[0].key;
    for (const scope of needed) {
      const { key: less } = await h.key(scopes.filter((each) => each !== scope).join(' '));
      refused(
        await ask(method, path, { key: less, body: method === 'POST' ? {} : undefined }),
        403,
        'not_allowed',
      );
    }
    const { key: enough } = await h.key(needed.join(' ') || 'effects:write');
    const answer = await ask(method, path, {
      key: enough,
      body: method === 'POST' ? { nothing: 1 } : undefined,
    });
    assert.ok(![401, 403].includes(answer.status), `${method} ${path}: ${answer.text}`);
  }
});

test("what is unknown, malformed or another operator's is not found, all alike", async () => {
  const foreign = await h.line({}, 'kite');
  const { key: theirs } = await h.key(everything, 'kite');
  const made = await h.kite.call('POST', '/api/v1/closures', {
    key: theirs,
    body: { line: foreign.id, document_type: 'hkid', document: foreign.document },
  });
  assert.equal(made.status, 201, made.text);
  const effect = (await h.kite.call('GET', '/api/v1/effects', { key: theirs })).body.items[0];
  const wrong = [
    '1',
    '999999999999999999',
    '9223372036854775807',
    '9223372036854775808',
    '99999999999999999999',
    '0',
    '-1',
    '01',
    '+1',
    '1.0',
    '1e3',
    'abc',
    '%31%20',
    '１',
    `${line.id}x`,
  ];
  for (const [before, own, after] of [
    ['/api/v1/lines/', foreign.id, ''],
    ['/api/v1/lines/', foreign.id, '/preview'],
    ['/api/v1/closures/', made.body.id, ''],
    ['/api/v1/effects/', effect.id, ''],
  ]) {
    const answers = [];
    for (const id of [own, ...wrong])
      answers.push(refused(await ask('GET', before + encodeURI(id) + after), 404, 'not_found'));
    same(answers);
  }
  for (const [before, own, after] of [
    ['closures', made.body.id, 'confirm'],
    ['closures', made.body.id, 'withdraw'],
    ['closures', made.body.id, 'resend'],
    ['effects', effect.id, 'retry'],
  ]) {
    const body = after === 'confirm' ? { code: '12345678' } : {};
    const answers = [];
    for (const id of [own, '1', '0', '9223372036854775808', 'abc'])
      answers.push(
        refused(await ask('POST', `/api/v1/${before}/${id}/${after}`, { body }), 404, 'not_found'),
      );
    same(answers);
  }
  const submits = [];
  for (const id of [foreign.id, '1', '9223372036854775807'])
    submits.push(
      refused(
        await ask('POST', '/api/v1/closures', {
          body: { line: id, document_type: 'hkid', document: foreign.document },
        }),
        404,
        'not_found',
      ),
    );
  same(submits);
  for (const list of ['lines', 'closures', 'effects']) {
    const mine = await ask('GET', `/api/v1/${list}?limit=100`);
    assert.ok(!JSON.stringify(mine.body).includes(foreign.id), list);
  }
  for (const search of [foreign.number, foreign.iccid])
    assert.deepEqual(
      (await ask('GET', `/api/v1/lines?search=${encodeURIComponent(search)}`)).body,
      { items: [] },
    );
  assert.deepEqual((await ask('GET', `/api/v1/closures?search=${made.body.reference}`)).body, {
    items: [],
  });
  assert.deepEqual((await ask('GET', `/api/v1/effects?search=${made.body.id}`)).body, {
    items: [],
  });
  assert.equal(
    (await h.kite.call('GET', `/api/v1/closures/${made.body.id}`, { key: theirs })).body.state,
    'submitted',
  );
});

test('fields: unknown, missing, of the wrong type, too long, named by the answer', async () => {
  const good = { line: line.id, document_type: 'hkid', document: line.document };
  const post = (body) => ask('POST', '/api/v1/closures', { body });
  for (const [change, field] of [
    [{ nonsense: 1 }, 'nonsense'],
    [{ __proto__x: 1 }, '__proto__x'],
    [{ contact: 0 }, 'contact'],
    [{ line: Number(line.id) }, 'line'],
    [{ line: null }, 'line'],
    [{ line: '' }, 'line'],
    [{ line: '0' }, 'line'],
    [{ line: '-5' }, 'line'],
    [{ line: ['1'] }, 'line'],
    [{ line: '9223372036854775808' }, 'line'],
    [{ document: 123456 }, 'document'],
    [{ document: '' }, 'document'],
    [{ document: '  ' }, 'document'],
    [{ document: 'A'.repeat(40) }, 'document'],
    [{ document: {} }, 'document'],
    [{ reason: 'x'.repeat(301) }, 'reason'],
    [{ reason: '\u0000' }, undefined],
    [{ reason: 'a\u0007b' }, 'reason'],
    [{ reason: 'a\u202Eb' }, 'reason'],
    [{ reason: false }, 'reason'],
    [{ language: 'x'.repeat(16) }, 'language'],
    [{ document_type: undefined }, 'document_type'],
  ]) {
    const answer = await post({ ...good, ...change });
    if (field) refused(answer, 422, 'input_invalid', field);
    else assert.ok([400, 422].includes(answer.status), answer.text); // NUL in JSON
  }
  refused(await post({}), 422, 'input_invalid', 'line');
  refused(await ask('POST', '/api/v1/closures'), 422, 'input_invalid', 'line');
  refused(
    await ask('POST', `/api/v1/closures/${closure.id}/confirm`, {
      body: { closure: closure.id, code: '1' },
    }),
    422,
    'input_invalid',
    'closure',
  );
  refused(
    await ask('POST', `/api/v1/closures/${closure.id}/resend`, { body: { to_line: 'yes' } }),
    422,
    'input_invalid',
    'to_line',
  );
  refused(
    await ask('POST', `/api/v1/closures/${closure.id}/resend`, { body: { line: line.id } }),
    422,
    'input_invalid',
    'line',
  );
});

test('lists: limit, cursor, search and anything else in the query', async () => {
  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=x', 'limit'],
    ['limit=', 'limit'],
    ['limit=1.5', 'limit'],
    ['after=0', 'after'],
    ['after=x', 'after'],
    ['after=9223372036854775808', 'after'],
    [`search=${'x'.repeat(128)}`, 'search'],
    ['page=2', undefined],
    ['limit=5&x=', undefined],
  ])
    refused(await ask('GET', `/api/v1/lines?${query}`), 422, 'input_invalid', field);
  for (const query of ['limit=1&limit=2', 'limit=%zz', 'search=%ff', '=1', 'search=%00'])
    refused(await ask('GET', `/api/v1/lines?${query}`), 400, 'input_invalid');
  refused(await ask('GET', `/api/v1/lines/${line.id}?limit=1`), 422, 'input_invalid');
  refused(
    await ask('POST', `/api/v1/closures/${closure.id}/resend?to_line=true`),
    422,
    'input_invalid',
  );
  for (const search of ['%27%20OR%201=1--', '%25', '_', '%2B852', 'RO-AAAA-AAAA'])
    assert.deepEqual((await ask('GET', `/api/v1/lines?search=${search}`)).body, { items: [] });
});

test('bodies that are no JSON object, or not said to be one', async () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const text = (body, more = {}) =>
    ask('POST', `/api/v1/closures/${closure.id}/resend`, { body, ...more });
  for (const body of [
    '{',
    '{"a":1',
    '[]',
    'null',
    '"x"',
    '1',
    ' ',
    '{"to_line":true}}',
    '{"to_line":true}{}',
    '{"to_line":true,"to_line":false}',
    '{"contact":9223372036854775808}',
    '{"contact":1e999}',
    '{"contact":NaN}',
    "{'to_line':true}",
    '{"a":"\\ud800"}',
    `{"contact":${deep}}`,
    deep,
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from('{"status_secret":"\xed\xa0\x80"}', 'latin1'),
    Buffer.from('\ufeff{}', 'utf8'),
    Buffer.from('{"a":\u0000}'),
  ])
    refused(await text(body), 400, 'input_invalid');
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'multipart/form-data',
    '',
  ])
    refused(await text('{}', { headers: { 'content-type': type } }), 400, 'input_invalid');
  assert.equal(
    (await text('{}', { headers: { 'content-type': 'application/json; charset=utf-8' } })).status,
    200,
  );
  refused(await text(`{"status_secret":"${'x'.repeat(1024 * 1024)}"}`), 413, 'too_large');
  refused(await text(`{}${' '.repeat(70 * 1024)}`), 413, 'too_large');
});

test('the idempotency key: none, too short, too long', async () => {
  const post = (idempotency) =>
    ask('POST', `/api/v1/closures/${closure.id}/confirm`, {
      body: { code: '00000000' },
      idempotency,
    });
  for (const idempotency of [null, 'short', '"short"', 'x'.repeat(71), '""'])
    refused(await post(idempotency), 400, 'key_missing');
  for (const idempotency of ['12345678', 'x'.repeat(70), '鍵鍵鍵'])
    refused(await post(Buffer.from(idempotency, 'utf8').toString('latin1')), 422, 'code_wrong');
});

test('unknown paths and methods are problems too, with Allow', async () => {
  for (const path of [
    '/api',
    '/api/',
    '/api/v1',
    '/api/v2/lines',
    '/api/v1/Lines',
    `/api/v1/lines/${line.id}/close`,
    '/api/v1/closures/1/confirm/x',
    '/api/v1/work',
    '/api/v1/journal',
  ].filter((each) => each !== '/api'))
    assert.equal((await ask('GET', path)).status, 404, path);
  for (const [method, path, allow] of [
    ['DELETE', `/api/v1/lines/${line.id}`, 'GET, HEAD'],
    ['PUT', '/api/v1/closures', 'GET, HEAD, POST'],
    ['GET', `/api/v1/closures/${closure.id}/confirm`, 'POST'],
    ['POST', '/api/v1/lines', 'GET, HEAD'],
    ['PATCH', '/api/openapi.json', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/lines', 'GET, HEAD'],
  ]) {
    const answer = await exchange(h.harbour.at, method, path, { authorization: `Bearer ${key}` });
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.equal(answer.headers.allow, allow);
    assert.equal(JSON.parse(answer.text).code, 'method_not_allowed');
  }
  const confirm = await ask('HEAD', `/api/v1/closures/${closure.id}/confirm`);
  assert.equal(confirm.status, 405);
});

test('a path or headers past the limits', async () => {
  refused(await ask('GET', `/api/v1/lines?search=${'x'.repeat(3000)}`), 414, 'too_large');
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-header-${i}`, '1']));
  refused(await ask('GET', '/api/v1/lines', { headers: many }), 431, 'too_large');
});

test('two hosts or two keys in one request are refused before anything else', async () => {
  const raw = (lines) =>
    new Promise((done) => {
      const socket = connect(h.harbour.at.port, '127.0.0.1');
      let text = '';
      socket.on('data', (piece) => {
        text += piece;
      });
      socket.on('close', () => done(text));
      socket.write(
        `GET /api/v1/lines HTTP/1.1\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`,
      );
    });
  const host = 'Host: harbour.localhost',
    mine = `Authorization: Bearer ${key}`;
  assert.match(await raw([host, mine]), /^HTTP\/1\.1 200 /);
  for (const lines of [
    [host, 'Host: kite.localhost', mine],
    [host, mine, 'Authorization: Bearer x'],
  ])
    assert.match(await raw(lines), /^HTTP\/1\.1 400 /);
});

test("sentences come in the reader's language, codes do not change", async () => {
  const titles = new Set();
  for (const language of ['en', 'zh-Hant-HK', 'zh-Hans-CN']) {
    const answer = refused(
      await ask('GET', '/api/v1/lines/1', { headers: { 'accept-language': language } }),
      404,
      'not_found',
    );
    assert.equal(answer.headers['content-language'], language);
    titles.add(answer.body.title);
  }
  assert.equal(titles.size, 3);
  const answer = await ask('GET', '/api/v1/lines/1?lang=zh-Hant-HK'); // which sets no cookie here
  assert.equal(answer.headers['content-language'], 'zh-Hant-HK');
});

test('nothing of all this has changed the closure or its line', async () => {
  const now = await ask('GET', `/api/v1/closures/${closure.id}`);
  assert.equal(now.body.state, 'submitted');
  assert.equal(now.body.waits_for, 'person_confirmation');
  assert.equal((await ask('GET', `/api/v1/lines/${line.id}`)).body.closure, closure.id);
  assert.equal((await ask('GET', '/api/v1/closures')).body.items.length, 1);
});
