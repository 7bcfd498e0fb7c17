// Slow, many and leaving clients, and the end of the server. Every wait is for an event.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, ask, connect, eventually, host, parse, start } from './echo.mjs';

const fine = { code: 0, signal: null, log: '' };

/** Sends a byte every few milliseconds until the server closes the connection. */
async function trickle(connection, byte) {
  const timer = setInterval(() => connection.socket.writable && connection.send(byte), 5);
  const text = await connection.closed;
  clearInterval(timer);
  return text;
}

test('a trickle of headers, of body, and of nothing is cut at its deadline', async () => {
  const server = await start({ headers_within: 100, body_within: 100, idle_within: 100 });
  const headers = connect(server);
  headers.send(`GET /echo HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
  assert.equal(await trickle(headers, 'x'), '');
  const line = connect(server);
  assert.equal(await trickle(line, 'G'), '');
  const body = connect(server);
  body.send(`POST /form HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4000\r\n\r\n`);
  assert.equal(await trickle(body, 'x'), '');
  const idle = connect(server);
  idle.send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal(parse(await idle.closed).status, 200);
  assert.equal((await ask(server, 'GET', '/healthz')).status, 200);
  assert.deepEqual(await server.stop(), fine);
});

test('a client that does not take its answer is cut', async () => {
  const server = await start({ answer_within: 100 });
  const connection = connect(server);
  connection.socket.pause();
  for (let i = 0; i < 8; i++) connection.send(`GET /big HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  // While it is paused nothing of it is heard here: that the server let go is seen by its ending.
  await ask(server, 'GET', '/healthz');
  assert.deepEqual(await server.stop(), fine);
  connection.socket.destroy();
});

test('too many connections wait or are closed; the ones that are there are served', async () => {
  const server = await start({ connections: 8 });
  const all = [...Array(40)].map(() => connect(server));
  const ok = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  all.forEach((connection) => connection.send(ok));
  const texts = await Promise.all(all.map((c) => c.closed));
  const served = texts.filter((text) => /^HTTP\/1.1 200/.test(text));
  assert.ok(served.length >= 2, String(served.length));
  assert.equal((await ask(server, 'GET', '/healthz')).status, 200);
  assert.deepEqual(await server.stop(), fine);
});

test('of one address no more than its share', async () => {
  const server = await start({ connections_ip: 2 });
  const held = [connect(server), connect(server)];
  held.forEach((c) => c.send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
  await Promise.all(held.map((c) => c.until(/ok\n$/)));
  const third = connect(server);
  third.send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal(await third.closed, '');
  held.forEach((c) => c.socket.destroy());
  assert.deepEqual(await server.stop(), fine);
});

const slow = (subject) => {
  const body = JSON.stringify({ subject, limit: 5 });
  return `POST /api/slow HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer toy\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};
const waiting = (server, count) => eventually(
  async () => JSON.parse((await ask(server, 'GET', '/api/waiting', { headers: api })).body).waiting,
  (number) => number === count);

test('the queue for prepare is bounded: 503 with Retry-After, others are served', async () => {
  const server = await start({ preparers: 1, prepare_queue: 1 });
  const first = connect(server);
  first.send(slow(1));
  await waiting(server, 1);
  const more = [connect(server), connect(server), connect(server)];
  more.forEach((connection, i) => connection.send(slow(i + 2)));
  const refused = parse(await Promise.any(more.map((c) => c.until(/503[^]*\}\n$/))));
  assert.equal(refused.status, 503);
  assert.equal(refused.headers['retry-after'], '5');
  assert.equal(JSON.parse(refused.body).code, 'busy');
  server.open();
  assert.match(await first.until(/"count":1\}\n$/), /^HTTP\/1.1 200/);
  const texts = await Promise.all(more.map((c) => c.until(/\}\n$/)));
  assert.equal(texts.filter((text) => /^HTTP\/1.1 200/.test(text)).length, 1);
  [first, ...more].forEach((c) => c.socket.destroy());
  assert.deepEqual(await server.stop(), fine);
});

test('a client leaves while its command waits: it is done, nothing breaks', async () => {
  const server = await start();
  const gone = connect(server);
  gone.send(slow(9));
  await waiting(server, 1);
  gone.socket.resetAndDestroy();
  server.open();
  const body = '{"subject":9,"limit":9}';
  const answer = await eventually(() => ask(server, 'POST', '/api/count', { headers: api, body }),
    (found) => JSON.parse(found.body).count >= 2);
  assert.equal(answer.status, 200);
  assert.deepEqual(await server.stop(), fine);
});

test('SIGTERM with a command in flight: its answer is delivered, then the end', async () => {
  const server = await start();
  const flying = connect(server);
  const kept = connect(server);
  kept.send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await kept.until(/ok\n$/);
  flying.send(slow(5));
  await waiting(server, 1);
  server.terminate();
  // Nobody listens any more, while the command still waits.
  await eventually(() => new Promise((done) => {
    const late = connect(server);
    late.socket.on('connect', () => { late.socket.destroy(); done(false); });
    late.socket.on('error', () => done(true));
  }), (refused) => refused);
  kept.text = '';
  kept.send(`GET /echo HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const turned = parse(await kept.closed);
  assert.ok(turned.status === 503 || turned.text === '', turned.text);
  server.open();
  const answer = parse(await flying.closed);
  assert.equal(answer.status, 200);
  assert.equal(answer.body, '{"count":1}\n');
  assert.equal(answer.headers.connection.toLowerCase(), 'close');
  assert.deepEqual(await server.ended, fine);
});
