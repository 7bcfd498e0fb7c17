// What a client may send: everything malformed is refused, with the headers of every response.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, ask, connect, host, parse, raw, start } from './echo.mjs';

let server;
before(async () => { server = await start({ prefixes: 1, trust_proxy: 1 }); });
after(async () => assert.deepEqual(await server.stop(), { code: 0, signal: null, log: '' }));

const get = (target, headers) => ask(server, 'GET', target, { headers });
const echo = async (target, headers) => JSON.parse((await get(target, headers)).body);

test('path, query and capture arrive decoded', async () => {
  const answer = await echo('/item/a%20b/show?q=%E6%B8%AF&plus=a+b&empty=');
  assert.equal(answer.item, 'a b');
  assert.deepEqual(answer.query, { q: '港', plus: 'a b', empty: '' });
});

for (const [what, target] of [
  ['a bad escape in the path', '/item/%zz/show'],
  ['a cut escape in the path', '/echo%2'],
  ['invalid UTF-8 in the path', '/item/%ff/show'],
  ['an overlong form', '/item/%c0%af/show'],
  ['NUL in the path', '/item/a%00b/show'],
  ['an encoded slash', '/item/a%2fb/show'],
  ['a backslash', '/item/a%5cb/show'],
  ['a line end', '/item/a%0d%0ab/show'],
  ['dots that walk up', '/assets/../echo'],
  ['encoded dots that walk up', '/assets/%2e%2e/%2e%2e/etc/passwd'],
  ['an empty segment', '//echo'],
  ['a bad escape in the query', '/echo?a=%g1'],
  ['invalid UTF-8 in the query', '/echo?a=%ed%a0%80'],
  ['NUL in the query', '/echo?a=%00'],
  ['a name that stands twice', '/echo?a=1&a=2'],
  ['an empty name', '/echo?=1'],
  ['a fragment', '/echo#part'],
  ['an absolute address', 'http://harbour.localhost/echo'],
]) {
  test(`400 for ${what}`, async () => {
    const answer = await ask(server, 'GET', target);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.headers['content-security-policy'], /default-src 'none'/);
  });
}

test('400 for headers that two readers would read differently', async () => {
  for (const lines of [`Host: ${host}\r\nHost: other\r\n`,
    `Host: ${host}\r\nCookie: a=1\r\nCookie: a=2\r\n`,
    `Host: ${host}\r\nX-Text: \xff\xfe\r\n`, 'Host: a/b\r\n']) {
    const bytes = Buffer.from(`GET /echo HTTP/1.1\r\nConnection: close\r\n${lines}\r\n`, 'latin1');
    assert.equal((await raw(server, bytes)).status, 400, lines);
  }
});

test('too long an address, too many headers, too large headers', async () => {
  assert.equal((await ask(server, 'GET', `/echo?a=${'x'.repeat(2050)}`)).status, 414);
  const many = Object.fromEntries([...Array(80).keys()].map((i) => [`X-Number-${i}`, 'x']));
  assert.equal((await ask(server, 'GET', '/echo', { headers: many })).status, 431);
  assert.equal((await get('/echo', { 'X-Large': 'x'.repeat(17000) })).status, 431);
  // Past the library's own memory it answers itself, or closes; in no case is the request served.
  const huge = await ask(server, 'GET', '/echo', { headers: { 'X-Huge': 'x'.repeat(300000) } })
    .catch(() => ({ status: 0 }));
  assert.ok(!(huge.status >= 200 && huge.status < 400), huge.text);
});

test('a body that is too large is refused, one far too large at once', async () => {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const body = 'name=' + 'x'.repeat(5000);
  const large = await ask(server, 'POST', '/form', { headers: form, body });
  assert.equal(large.status, 413);
  const whole = `1388\r\n${'x'.repeat(5000)}\r\n0\r\n\r\n`;
  const piece = await raw(server, `POST /form HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n` +
    `Transfer-Encoding: chunked\r\nContent-Type: ${form['Content-Type']}\r\n\r\n${whole}`);
  assert.equal(piece.status, 413);
  const connection = connect(server);
  connection.send(`POST /form HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 999999999\r\n\r\n`);
  assert.equal(parse(await connection.closed).status, 413);
});

test('HEAD is GET without the body; an unknown method is 405 with Allow', async () => {
  const got = await get('/echo');
  const head = await ask(server, 'HEAD', '/echo');
  assert.equal(head.status, 200);
  assert.equal(head.body, '');
  assert.equal(head.headers['content-length'], got.headers['content-length']);
  for (const method of ['POST', 'DELETE', 'BREW']) {
    const answer = await ask(server, method, '/echo', { body: '' });
    assert.equal(answer.status, 405, method);
    assert.equal(answer.headers.allow, 'GET, HEAD');
  }
  assert.equal((await ask(server, 'BREW', '/form', { body: '' })).headers.allow, 'GET, HEAD, POST');
  assert.equal((await ask(server, 'GET', '/unknown')).status, 404);
});

test('JSON: unknown field, wrong type, bounds, duplicate, not an object', async () => {
  const post = (body, headers = api) => ask(server, 'POST', '/api/count', { headers, body });
  for (const [body, status, field] of [
    ['{"subject":1,"limit":5,"extra":1}', 422, 'extra'],
    ['{"subject":"1","limit":5}', 422, 'subject'],
    ['{"limit":5}', 422, 'subject'], ['{"subject":1,"limit":5000}', 422, 'limit'],
    ['{"subject":1,"note":"a\\u0007b"}', 422, 'note'],
    [`{"subject":1,"note":"${'x'.repeat(40)}"}`, 422, 'note'],
    ['{"subject":1,"subject":2}', 400], ['[1]', 400], ['{"subject":1', 400],
    ['{"subject":"\\u0000"}', 400],
    ['{"subject":9223372036854775808}', 400]]) {
    const answer = await post(body);
    assert.equal(answer.status, status, body + answer.text);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    const problem = JSON.parse(answer.body);
    assert.equal(problem.status, status);
    assert.equal(problem.code, 'input_invalid');
    assert.equal(problem.field, field);
  }
  assert.equal((await post('{"subject":1}', { ...api, 'Content-Type': 'text/plain' })).status, 400);
  const stranger = { ...api, Authorization: 'Bearer other' };
  assert.equal((await post('{"subject":1}', stranger)).status, 403);
});

test('a command is recorded once under its key', async () => {
  const post = (body) => ask(server, 'POST', '/api/count', {
    headers: { ...api, 'Idempotency-Key': 'key-1' }, body });
  assert.equal((await post('{"subject":41,"limit":5}')).body, '{"count":1}\n');
  assert.equal((await post('{"subject":41,"limit":5}')).body, '{"count":1}\n');
  assert.equal((await post('{"subject":41,"limit":6}')).status, 422);
  const long = { ...api, 'Idempotency-Key': 'k'.repeat(90) };
  const body = '{"subject":1,"limit":1}';
  assert.equal((await ask(server, 'POST', '/api/count', { headers: long, body })).status, 422);
});

test('the operator comes from the host or the prefix; elsewhere all is unknown', async () => {
  assert.equal((await echo('/echo')).operator, 'harbour');
  const prefixed = await echo('/harbour/echo', { Host: '127.0.0.1' });
  assert.deepEqual([prefixed.operator, prefixed.base, prefixed.path],
    ['harbour', '/harbour', '/echo']);
  assert.equal((await echo('/harbour', { Host: '127.0.0.1' })).path, '/');
  assert.equal((await get('/echo', { Host: 'elsewhere.example' })).status, 404);
  assert.equal((await get('/kestrel/echo', { Host: '127.0.0.1' })).status, 404);
  assert.equal((await get('/healthz', { Host: '127.0.0.1' })).body, 'ok\n');
  assert.equal((await ask(server, 'GET', '/assets/none.css')).status, 404);
});

test('the language: asked for, kept, accepted, the default', async () => {
  assert.equal((await echo('/echo')).language, 'zh-Hant-HK');
  assert.equal((await echo('/echo', { 'Accept-Language': 'de,en;q=0.5' })).language, 'en');
  assert.equal((await echo('/echo', { Cookie: 'lang=zh-Hans-CN' })).language, 'zh-Hans-CN');
  const asked = await get('/echo?lang=en', { Cookie: 'lang=zh-Hans-CN' });
  assert.equal(JSON.parse(asked.body).language, 'en');
  assert.match(asked.headers['set-cookie'],
    /^lang=en; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
});

test('the address: the proxy\'s last entry, IPv6 by its /64', async () => {
  const address = async (value) => (await echo('/echo', { 'X-Forwarded-For': value })).address;
  assert.equal(await address('6.6.6.6, 203.0.113.9'), '203.0.113.9');
  assert.equal(await address('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(await address('::ffff:203.0.113.9'), '203.0.113.9');
  assert.equal(await address('nonsense'), '127.0.0.1');
});

test('pipelined requests are answered in order', async () => {
  const connection = connect(server);
  const one = (i, end) => `GET /item/${i}/show HTTP/1.1\r\nHost: ${host}\r\n${end}\r\n`;
  const body = '{"subject":77,"limit":9}';
  connection.send(one(1, '') + `POST /api/count HTTP/1.1\r\nHost: ${host}\r\n` +
    'Authorization: Bearer toy\r\nContent-Type: application/json\r\n' +
    `Content-Length: ${body.length}\r\n\r\n${body}` +
    one(3, 'Connection: close\r\n'));
  const text = await connection.closed;
  assert.deepEqual([...text.matchAll(/"item":"(\d)"|"count":(\d)/g)].map((m) => m[1] ?? `c${m[2]}`),
    ['1', 'c1', '3']);
});

test('the terminal: its user is known, and its routes exist nowhere else', async () => {
  const who = await ask(server.socket, 'GET', '/who', { headers: { Host: 'terminal' } });
  assert.deepEqual(JSON.parse(who.body), { uid: process.getuid() });
  assert.equal((await ask(server, 'GET', '/who')).status, 404);
  const named = (name) =>
    ask(server.socket, 'GET', '/echo', { headers: { 'Ringoff-Operator': name } });
  const wrong = await named('none');
  assert.equal(wrong.status, 404);
  const right = await named('harbour');
  assert.equal(JSON.parse(right.body).operator, 'harbour');
});

test('a handler that says nothing is our fault, said plainly', async () => {
  assert.equal((await ask(server, 'GET', '/nothing')).status, 500);
});
