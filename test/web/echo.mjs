// Starts the built echo_server and speaks to it over raw sockets, byte by byte.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const test = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const build = path.resolve(test, process.env.RINGOFF_BUILD ?? '../build');
const program = path.join(build, 'test', 'web', 'echo_server');
const policy = path.resolve(test, '../packaging/demo/harbour.json');
if (!existsSync(program)) throw new Error(`not built: ${program} (set RINGOFF_BUILD)`);

export const host = 'harbour.localhost';

/** Starts a server; settings as in struct server_settings. */
export async function start(settings = {}) {
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const child = spawn(program, [policy, ...given], { stdio: ['pipe', 'pipe', 'pipe'] });
  const server = { child, log: '' };
  child.stderr.on('data', (bytes) => { server.log += bytes; });
  server.ended = new Promise((done) => {
    child.on('close', (code, signal) => done({ code, signal, log: server.log }));
  });
  const line = await Promise.race([
    new Promise((done) => createInterface(child.stdout).once('line', done)),
    server.ended.then((how) => { throw new Error(`did not start: ${JSON.stringify(how)}`); }),
  ]);
  Object.assign(server, JSON.parse(line));
  server.open = () => child.stdin.write('open\n');
  server.terminate = () => child.kill('SIGTERM');
  server.stop = async () => { server.terminate(); return server.ended; };
  return server;
}

/** A connection: what came so far, and when it was closed. */
export function connect(server) {
  const at = typeof server === 'string'
    ? { path: server } : { port: server.port, host: '127.0.0.1' };
  const socket = net.connect(at);
  const connection = { socket, text: '' };
  const waiters = [];
  const look = () => waiters.forEach((waiter) => waiter());
  socket.setEncoding('utf8');
  socket.on('data', (text) => { connection.text += text; look(); });
  socket.on('error', () => {});
  connection.closed = new Promise((done) => {
    socket.on('close', () => { look(); done(connection.text); });
  });
  connection.send = (bytes) => socket.write(bytes);
  /** Resolves when what came fits the pattern; rejects when the server closes before. */
  connection.until = (pattern) => new Promise((done, fail) => {
    const check = () => {
      if (pattern.test(connection.text)) done(connection.text);
      else if (socket.destroyed) fail(new Error(`closed after: ${connection.text}`));
    };
    waiters.push(check);
    check();
  });
  return connection;
}

/** One raw exchange to the end of the connection; answers { status, headers, body, text }. */
export async function raw(server, bytes) {
  const connection = connect(server);
  connection.send(bytes);
  return parse(await connection.closed);
}

export function parse(text) {
  const end = text.indexOf('\r\n\r\n');
  const [first, ...lines] = text.slice(0, end).split('\r\n');
  const headers = {};
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    const value = line.slice(line.indexOf(':') + 1).trim();
    (headers[name] ??= []).push(value);
  }
  const one = {};
  for (const [name, values] of Object.entries(headers)) one[name] = values[0];
  const status = Number(first.split(' ')[1]);
  return { status, headers: one, all: headers, body: text.slice(end + 4), text };
}

/** A request built from its parts; the connection is closed after it. */
export function ask(server, method, target, { headers = {}, body } = {}) {
  const all = { Host: host, Connection: 'close', ...headers };
  if (body !== undefined) all['Content-Length'] = Buffer.byteLength(body);
  const lines = Object.entries(all).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return raw(server, `${method} ${target} HTTP/1.1\r\n${lines}\r\n${body ?? ''}`);
}

export const api = { Authorization: 'Bearer toy', 'Content-Type': 'application/json' };

/** Asks until an answer fits: for what another thread of the server is about to do. */
export async function eventually(question, fits) {
  for (;;) {
    const answer = await question();
    if (fits(answer)) return answer;
  }
}
