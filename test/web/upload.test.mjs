// Files on their way in: whole, mislabelled, cut, empty, too large, slow, many at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, connect, eventually, host, parse, start } from './echo.mjs';
import { jpeg, multipart, pdf, png } from './files.mjs';

const FINE = 0, EMPTY = 1, OTHER = 2, CUT = 3, LARGE = 4;
const MOST = 10 * 1024 * 1024;
const fine = { code: 0, signal: null, log: '' };
const key = 'Authorization: Bearer toy\r\n';

let server;
before(async () => { server = await start(); });
after(async () => assert.deepEqual(await server.stop(), fine));

const head = (path, headers, length, more = 'Connection: close\r\n') =>
  `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}${headers}Content-Length: ${length}\r\n\r\n`;

/** Sends bytes as one body and answers the parsed response. */
async function send(to, path, headers, body) {
  const connection = connect(to);
  connection.send(head(path, headers, body.length));
  connection.send(body);
  return parse(await connection.closed);
}
const file = async (body, to = server) => {
  const answer = await send(to, '/api/file', key, body);
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  return JSON.parse(answer.body);
};

/** The form's hidden token, and the browser's cookie. */
async function page() {
  const answer = await ask(server, 'GET', '/form');
  const cookie = answer.all['set-cookie'].map((text) => text.split(';')[0]).join('; ');
  return { ...JSON.parse(answer.body), cookie };
}
async function form(parts, { cookie, change = (body) => body } = {}) {
  const made = multipart(parts);
  return send(server, '/file', `Cookie: ${cookie}\r\nContent-Type: ${made.type}\r\n`,
    change(made.body));
}

test('each kind of file is taken, and kept sealed in whole pieces', async () => {
  for (const [bytes, type] of [[jpeg(), 1], [png(), 2], [pdf(), 3]]) {
    const { digest, ...kept } = await file(bytes);
    assert.deepEqual(kept,
      { fault: FINE, type, size: bytes.length, pieces: 1, kept: 24576, form: {} });
    assert.equal((await file(bytes)).digest, digest);
  }
});

test('ten megabytes are taken, one byte more is refused, and the rest of it is read', async () => {
  assert.equal((await file(jpeg(MOST))).fault, FINE);
  const large = await file(jpeg(MOST + 1));
  assert.equal(large.fault, LARGE);
  assert.equal(large.kept, 0);
  const far = await send(server, '/api/file', key, jpeg(12 * 1024 * 1024 + 1));
  assert.equal(far.status, 413);
});

test('empty, something else and cut off are told apart, and nothing of them is kept', async () => {
  for (const [bytes, fault] of [['', EMPTY], ['GIF89a and more', OTHER], ['<svg onload=x>', OTHER],
    [jpeg().subarray(0, 200), CUT], [png().subarray(0, 100), CUT], [pdf().subarray(0, 200), CUT],
    [Buffer.concat([png().subarray(0, 60), jpeg()]), CUT]]) {
    const answer = await file(Buffer.from(bytes));
    assert.equal(answer.fault, fault, String(bytes).slice(0, 20));
    assert.equal(answer.kept, 0);
  }
});

test('a form brings the file and its fields, in whatever runs', async () => {
  const { form: token, cookie } = await page();
  const bytes = jpeg(100000);
  const whole = await form([['form', token], ['key', 'k'], ['file', bytes]], { cookie });
  assert.equal(whole.status, 200, whole.text);
  const { digest, ...kept } = JSON.parse(whole.body);
  assert.deepEqual(kept, { fault: FINE, type: 1, size: 100000, pieces: 5, kept: 5 * 24576,
    form: { form: token, key: 'k' } });
  const made = multipart([['form', token], ['key', 'k'], ['file', bytes]]);
  const connection = connect(server);
  connection.send(head('/file', `Cookie: ${cookie}\r\nContent-Type: ${made.type}\r\n`,
    made.body.length));
  for (let at = 0; at < made.body.length; at += 997)
    connection.send(made.body.subarray(at, at + 997));
  assert.equal(JSON.parse(parse(await connection.closed).body).digest, digest);
  const none = await form([['form', token], ['key', 'k'], ['file', Buffer.alloc(0)]], { cookie });
  assert.equal(JSON.parse(none.body).fault, EMPTY);
  const absent = await form([['form', token], ['key', 'k']], { cookie });
  assert.equal(JSON.parse(absent.body).fault, EMPTY);
});

test('a form that is not ours, broken or ambiguous is refused', async () => {
  const { form: token, cookie } = await page();
  const parts = [['form', token], ['key', 'k'], ['file', jpeg()]];
  assert.equal((await form([['form', 'x'], ['file', jpeg()]], { cookie })).status, 403);
  assert.equal((await form(parts, { cookie: 'browser=another' })).status, 403);
  for (const [what, status, given, options] of [
    ['two files', 400, [...parts, ['file', jpeg()]], {}],
    ['a field twice', 400, [['form', token], ['form', token], ['file', jpeg()]], {}],
    ['many fields', 400, [...parts, ...[...Array(9)].map((_, i) => [`f${i}`, 'x'])], {}],
    ['a long field', 400, [['form', token], ['long', 'x'.repeat(600)], ['file', jpeg()]], {}],
    ['bad UTF-8', 400, [['form', token], ['bad\xff', 'x'], ['file', jpeg()]],
      { change: (b) => Buffer.from(b.toString('latin1').replace('\xc3\xbf', '\xff'), 'latin1') }],
    ['no end', 400, parts, { change: (body) => body.subarray(0, body.length - 8) }],
  ]) {
    const answer = await form(given, { cookie, ...options });
    assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 200)}`);
  }
  const plain = await send(server, '/file',
    `Cookie: ${cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n`,
    Buffer.from(`form=${token}&key=k&file=x`));
  assert.equal(plain.status, 400);
});

test('who may not send is refused before a byte is taken', async () => {
  const stranger = await send(server, '/api/file', '', jpeg());
  assert.equal(stranger.status, 403);
  const { cookie } = await page();
  const made = multipart([['file', jpeg()]]);
  const nobody = await send(server, '/me/file',
    `Cookie: ${cookie}\r\nContent-Type: ${made.type}\r\n`, made.body);
  assert.equal(nobody.status, 401);
});

test('only so many are taken at once; the others are told to come again, and places come free',
  async () => {
    const two = await start({ uploads: 2 });
    const bytes = jpeg(50000);
    const open = [connect(two), connect(two)];
    for (const connection of open) {
      connection.send(head('/api/file', `${key}Expect: 100-continue\r\n`, bytes.length));
      await connection.until(/100 Continue/);
      connection.send(bytes.subarray(0, 30000));
    }
    const third = await send(two, '/api/file', key, bytes);
    assert.equal(third.status, 503);
    assert.ok(Number(third.headers['retry-after']) > 0);
    assert.equal((await ask(two, 'GET', '/healthz')).status, 200);
    open[0].socket.destroy(); // one breaks off: its place is free, nothing of it is left
    await eventually(() => send(two, '/api/file', key, bytes), (answer) => answer.status === 200);
    open[1].send(bytes.subarray(30000));
    const last = parse((await open[1].closed).replace(/^HTTP\/1.1 100 Continue\r\n\r\n/, ''));
    assert.equal(JSON.parse(last.body).fault, FINE);
    assert.deepEqual(await two.stop(), fine);
  });

test('one that hardly comes is cut; one that keeps coming has as long as it needs', async () => {
  const slow = await start({ body_within: 150, upload_step: 1000, uploads: 1 });
  const connection = connect(slow);
  connection.send(head('/api/file', key, 100000));
  const timer = setInterval(() => connection.socket.writable && connection.send('x'), 5);
  assert.equal(await connection.closed, '');
  clearInterval(timer);
  const bytes = jpeg(60000);
  const steady = connect(slow);
  steady.send(head('/api/file', key, bytes.length));
  let at = 0;
  const pump = setInterval(() => {
    if (at < bytes.length) steady.send(bytes.subarray(at, at += 1500));
  }, 20); // 40 runs of 20 ms: far more than one deadline in all
  const answer = parse(await steady.closed);
  clearInterval(pump);
  assert.equal(JSON.parse(answer.body).fault, FINE);
  assert.deepEqual(await slow.stop(), fine);
});
