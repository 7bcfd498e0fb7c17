// The bench's own tests: it starts, its programs do what they say, its yardstick is a sound
// service. How fast anything is, is no test's business.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  '../..');
const build = process.env.RINGOFF_BUILD ?? path.join(root, 'build');
const cluster = process.env.RINGOFF_TEST_POSTGRES;
const run = promisify(execFile);
const program = (name) => path.join(build, 'bench', `bench_${name}`);

function folder(t) {
  const made = mkdtempSync(path.join(os.tmpdir(), 'ringoff-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

/** A filled installation: { data, made, people: [[line, number, document, imsi]] }. */
async function filled(t, lines) {
  const data = path.join(folder(t), 'data');
  await run(path.join(build, 'ringoff'), ['init', '--data', data]);
  const list = path.join(data, 'lines');
  const { stdout } = await run(program('fill'), [data, '--policy',
    path.join(root, 'bench/policy.json'), '--lines', String(lines), '--list', list]);
  const rows = readFileSync(`${list}.0`, 'utf8').trim().split('\n');
  return {
    data, list: `${list}.0`, made: JSON.parse(stdout), people: rows.map((row) => row.split('\t')),
  };
}

test('script/bench says what it measures and refuses what it does not know', async () => {
  const { stdout } = await run(path.join(root, 'script/bench'), ['--help']);
  const parts = ['limits', 'commands', 'reads', 'closures', 'money', 'osmo-hlr', 'ordinary',
    'growth'];
  for (const part of parts) {
    assert.match(stdout, new RegExp(`^ {2}${part} `, 'm'));
  }
  for (const wrong of [['--lines', '12'], ['--only', 'weather'], ['--repeat', '0']]) {
    await assert.rejects(run(path.join(root, 'script/bench'), wrong), { code: 2 });
  }
});

test('what it fills is like what was imported: the journal and the books hold', async (t) => {
  const { data, made, people } = await filled(t, 3000);
  assert.equal(made.lines, 3000);
  assert.equal(new Set(people.map((person) => person[1])).size, 3000);
  const { stdout } = await run(path.join(build, 'ringoff'), ['journal', 'verify', '--data', data]);
  assert.match(stdout, /good: 300[3-9] entries/);
});

test('the ceiling is what the committer asks of the engine, and is kept', async (t) => {
  const { data, list, made } = await filled(t, 1000);
  const { stdout } = await run(program('ceiling'), [data, '--list', list, '--commands', '600',
    '--operator', String(made.operator), '--api-key', String(made.api_key_id)]);
  const said = JSON.parse(stdout);
  assert.equal(said.commands, 600);
  assert.ok(said.transactions >= 3 && said.transactions <= 5);
  assert.ok(said.wants > 600 && said.changes > 600);
  const { stdout: verified } = await run(path.join(build, 'ringoff'),
    ['journal', 'verify', '--data', data]);
  assert.match(verified, /good: 16\d\d entries/);
});

test('transfers and postings by the million are what the ledger asks for', async (t) => {
  const { data, list, made } = await filled(t, 1000);
  const { stdout } = await run(program('ceiling'), [data, '--list', list, '--commands', '400',
    '--operator', String(made.operator), '--api-key', String(made.api_key_id), '--transfers', '1']);
  assert.equal(JSON.parse(stdout).commands, 400);
  const added = await run(program('postings'), [data, '--postings', '20000']);
  assert.equal(JSON.parse(added.stdout).postings, 20000);
  const verified = await run(path.join(build, 'ringoff'),
    ['ledger', 'verify', '--data', data, '--json']);
  const { good, postings } = JSON.parse(verified.stdout);
  assert.equal(good, true);
  assert.ok(postings >= 20000 + 4 * 400);
  const scanned = await run(program('scan'), [data]);
  assert.equal(JSON.parse(scanned.stdout).rows, postings);
});

test('the load generator sends each request once and counts every answer', async (t) => {
  const place = folder(t);
  const server = spawn(program('echo'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => server.once('exit', done));
  t.after(() => (server.stdin.end(), ended));
  const port = JSON.parse(await new Promise((done) => server.stdout.once('data', done))).port;
  const bodies = Array.from({ length: 50 }, (_, i) => JSON.stringify({ number: i }));
  bodies.push('no JSON');
  writeFileSync(path.join(place, 'requests'), bodies.map((body) => {
    const whole = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    return `${whole.length}\n${whole}`;
  }).join(''));
  const { stdout } = await run(program('load'), ['--port', String(port), '--connections', '4',
    '--file', path.join(place, 'requests'), '--answers', path.join(place, 'answers')]);
  assert.deepEqual(JSON.parse(stdout).statuses, { 200: 50, 400: 1 });
  const answers = readFileSync(path.join(place, 'answers'), 'utf8').trim().split('\n')
    .map((row) => row.split('\t')).sort((a, b) => a[0] - b[0]);
  assert.deepEqual(answers.slice(0, 50).map((row) => row[2]), bodies.slice(0, 50));
});

test('the ordinary service closes a line once, and refuses as it should', {
  skip: cluster ? false : 'RINGOFF_TEST_POSTGRES is not set',
}, async (t) => {
  const peer = path.join(root, 'bench/peers/ordinary');
  const { build: make } = await import(path.join(peer, 'service.mjs'));
  const { default: pg } = await import(path.join(peer, 'node_modules/pg/lib/index.js'));
  const parts = Object.fromEntries(cluster.split(' ').map((part) => part.split('=')));
  const database = { host: parts.host, user: parts.user, database: `ordinary_${process.pid}` };
  const outer = new pg.Client({ ...database, database: parts.dbname });
  await outer.connect();
  await outer.query(`CREATE DATABASE ${database.database}`);
  const client = new pg.Client(database);
  await client.connect();
  await client.query(readFileSync(path.join(peer, 'schema.sql'), 'utf8'));
  const hash = createHash('sha256').update('a key').digest();
  const document = createHmac('sha256', 's').update('A123456(3)').digest();
  await client.query("INSERT INTO api_key VALUES (1, 7, $1, '{closures:write}', NULL)", [hash]);
  await client.query("INSERT INTO subscriber VALUES (1, 7, 'CHAN', 'hkid', $1)", [document]);
  await client.query("INSERT INTO line VALUES (5, 7, 1, '+85250000000', '1', 'active', NULL, 0)");
  const app = make(database, 's');
  t.after(async () => {
    await app.close();
    await client.end();
    await outer.query(`DROP DATABASE ${database.database}`);
    await outer.end();
  });
  const ask = (key, given, token = 'a key') => app.inject({
    method: 'POST',
    url: '/api/v1/closures',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': key },
    payload: { line: '5', document_type: 'hkid', document: 'A123456(3)', ...given },
  });
  assert.equal((await ask('first-key', {}, 'another')).statusCode, 401);
  assert.equal((await ask('first-key', { line: 'x' })).statusCode, 400);
  assert.equal((await ask('first-key', { line: '6' })).statusCode, 404);
  assert.equal((await ask('first-key', { document: 'B' })).statusCode, 403);
  const first = await ask('first-key', {});
  assert.equal(first.statusCode, 201);
  assert.equal((await ask('first-key', {})).json().reference, first.json().reference);
  assert.equal((await ask('first-key', { language: 'en' })).statusCode, 422);
  assert.equal((await ask('second-key', {})).statusCode, 409);
  const { rows } = await client.query('SELECT (SELECT count(*)::int FROM closure) AS closures, ' +
    '(SELECT count(*)::int FROM effect) AS effects, (SELECT count(*)::int FROM audit) AS audits, ' +
    '(SELECT count(*)::int FROM idempotency) AS keys, (SELECT state FROM line) AS line');
  assert.deepEqual(rows[0], { closures: 1, effects: 2, audits: 1, keys: 1, line: 'closing' });
});
