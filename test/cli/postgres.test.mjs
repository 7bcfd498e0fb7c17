// An installation on PostgreSQL, with the built program: made once, imported into beside a server,
// served by several servers of which one delivers, none the worse for a database that goes away.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { until } from '../peers/process.mjs';
import { clusterStart, database, databaseMake, needed } from '../peers/postgres.mjs';
import {
  csv, file, folder, operators, ringoff, ringoffJson, root, row, serve,
} from './tool.mjs';

/** The folder of a second server of the same installation. */
async function beside(t, data) {
  const other = path.join(await folder(t), 'data');
  mkdirSync(other, { mode: 0o700 });
  for (const name of ['ringoff.key', 'ringoff.ini']) {
    copyFileSync(path.join(data, name), path.join(other, name));
  }
  return other;
}

/** Two servers on one new database: { base, demo, servers: [{ data, server }], key }. */
async function two(t) {
  const base = await database(t);
  const { data, demo } = await operators(t, base.where, 8);
  demo.people = demo.people.filter((one) => one.operator === demo.operators[0]);
  const key = path.join(await folder(t), 'key');
  writeFileSync(key, `${demo.api_key}\n`);
  const servers = [];
  for (const at of [data, await beside(t, data)]) {
    servers.push({ data: at, server: await serve(t, at) });
  }
  return { base, demo, servers, key };
}

const holds = ({ server }) =>
  server.events().filter(({ event }) => event === 'lease').at(-1)?.held ?? false;
const verified = async (data) => {
  for (const what of ['journal', 'ledger']) {
    const answer = await ringoffJson([what, 'verify', '--data', data]);
    assert.equal(answer.json.good, true, `${what}: ${answer.out}`);
  }
};

/** A closure of the house's i-th person, submitted at this server. */
async function submit({ demo, key }, data, i) {
  const person = demo.people[i];
  const answer = await ringoff(['closure', 'submit', '--data', data, '--operator', person.operator,
    '--number', person.number, '--document-type', person.id_type, '--document', person.id_number,
    '--language', 'en', '--api-key-file', key]);
  assert.equal(answer.code, 0, answer.err);
}

describe('on PostgreSQL', { ...needed, concurrency: 2 }, () => {
  test('init makes it once, and writes where it is', async (t) => {
    const base = await database(t);
    const data = path.join(await folder(t), 'data');
    const made = await ringoffJson(['init', '--data', data, '--database', base.where]);
    assert.equal(made.code, 0, made.err);
    assert.equal(made.json.event, 'made');
    assert.equal(existsSync(path.join(data, 'ringoff.db')), false);
    const settings = readFileSync(path.join(data, 'ringoff.ini'), 'utf8');
    assert.match(settings, /^\[database\]\n(#.*\n)+where = host=/m);
    for (const more of [[], ['--database', base.where]]) {
      const again = await ringoffJson(['init', '--data', data, ...more]);
      assert.equal(again.json.event, 'unchanged', again.err);
    }
    assert.equal(readFileSync(path.join(data, 'ringoff.ini'), 'utf8'), settings);
    const moved = await ringoff(['init', '--data', data, '--database', 'host=db dbname=other']);
    assert.equal(moved.code, 4);
    assert.match(moved.err, /names another database/);
    const stranger = path.join(await folder(t), 'data');
    const other = await ringoff(['init', '--data', stranger, '--database', base.where]);
    assert.equal(other.code, 4);
    assert.match(other.err, /key file/);
    assert.equal(existsSync(path.join(stranger, 'ringoff.ini')), false);
    const demo = await ringoff(['demo', '--data', stranger, '--database', base.where]);
    assert.notEqual(demo.code, 0, 'no demo in an installation');
    await verified(data);
  });

  test('a key that was lost is not made anew', async (t) => {
    const base = await database(t);
    const { data } = await operators(t, base.where);
    const other = await beside(t, data);
    rmSync(path.join(other, 'ringoff.key'));
    for (const command of [['init'], ['journal', 'verify']]) {
      const answer = await ringoff([...command, '--data', other]);
      assert.equal(answer.code, 4);
      assert.match(answer.err, /put it back|No such file/);
      assert.equal(existsSync(path.join(other, 'ringoff.key')), false);
    }
    await verified(data);
  });

  test('an import runs beside a server, whose pages show the lines', async (t) => {
    const base = await database(t);
    const { data } = await operators(t, base.where);
    const server = await serve(t, data);
    const name = await file(t, csv([row(1), row(2), row(3)]));
    const answer = await ringoffJson(['import', 'lines', name, '--data', data]);
    assert.deepEqual(answer.json, { rows: 3, imported: 3, unchanged: 0, rejected: 0 });
    const again = await ringoffJson(['import', 'lines', name, '--data', data]);
    assert.deepEqual(again.json, { rows: 3, imported: 0, unchanged: 3, rejected: 0 });
    const shown = await ringoffJson(['line', 'list', '--operator', 'harbour', '--data', data,
      '--search', '+85262000002']);
    assert.equal(shown.json.items.length, 1);
    await verified(data);
    await server.stop();
    await verified(data);
  });

  test('what one server was told, the other one knows', async (t) => {
    const { servers: [first, second] } = await two(t);
    const text = readFileSync(path.join(root, 'packaging/demo/kite.json'), 'utf8')
      .replace('"kite"', '"third"').replace('kite.localhost', 'third.localhost')
      .replace(/\+8526(\d{7})"/g, '+8525$1"');
    const loaded = await ringoff(['policy', 'load', await file(t, text, 'third.json'), '--data',
      first.data]);
    assert.equal(loaded.code, 0, loaded.err);
    const url = `http://127.0.0.1:${second.server.port}/third/`;
    await until(async () => (await fetch(url)).status === 200, 'a page by the new rules');
    const shown = await ringoffJson(['operator', 'show', '--data', second.data, '--operator',
      'third']);
    assert.equal(shown.json.code, 'third');
    await verified(first.data);
  });

  test('one delivers, each effect once; when it is killed the other goes on', async (t) => {
    const house = await two(t);
    const { base, servers } = house;
    await until(() => servers.some(holds), 'a lease');
    assert.equal(servers.filter(holds).length, 1);
    const deliverer = servers.find(holds), idle = servers.find((one) => !holds(one));
    const all = () => until(async () =>
      await base.sql('SELECT count(*) FROM effect WHERE state = 1') === '0', 'all delivered');
    const twice = () => base.sql("SELECT count(*) - (SELECT count(*) FROM inbox) FROM journal " +
      "WHERE verb = 'inbox.add'");
    await submit(house, idle.data, 0);
    await all();
    const before = Number(await base.sql('SELECT count(*) FROM inbox'));
    assert.ok(before > 0);
    assert.equal(await twice(), '0');
    deliverer.server.child.child.kill('SIGKILL');
    await until(() => holds(idle), 'the lease, taken over');
    await submit(house, idle.data, 1);
    await all();
    assert.ok(Number(await base.sql('SELECT count(*) FROM inbox')) > before);
    assert.equal(await twice(), '0');
    await verified(idle.data);
  });

  test('a server that hangs loses the lease, and learns it when it wakes', async (t) => {
    const { servers } = await two(t);
    await until(() => servers.some(holds), 'a lease');
    const hung = servers.find(holds), other = servers.find((one) => !holds(one));
    const signal = (name) => hung.server.child.child.kill(name);
    signal('SIGSTOP');
    t.after(() => signal('SIGCONT'));
    await until(() => holds(other), 'the lease of the one that hangs', [], 40000);
    signal('SIGCONT');
    await until(() => !holds(hung), 'it knows', [], 40000);
    assert.equal(holds(other), true);
  });

  test('a request that cannot be read waits for the database', async (t) => {
    const cluster = await clusterStart(t);
    const base = await databaseMake(cluster.where); // removed with its cluster
    const { data, demo } = await operators(t, base.where);
    const ini = path.join(data, 'ringoff.ini');
    writeFileSync(ini, readFileSync(ini, 'utf8').replace(/^patience.*$/m, 'patience = 50'));
    const server = await serve(t, data);
    const at = (where, options) => fetch(`http://127.0.0.1:${server.port}${where}`, options);
    const headers = { authorization: `Bearer ${demo.api_key}` };
    await cluster.stop('immediate');
    const waiting = ['/harbour/inbox', '/harbour/api/v1/lines', '/harbour/api/v1/effects']
      .map((where) => at(where, { headers }));
    let early = 0;
    for (const one of waiting) one.then(() => (early += 1));
    await until(async () => (await at('/readyz')).status === 503, 'it is known to be away');
    assert.equal((await at('/harbour/')).status, 200); // what needs no database goes on
    assert.equal(early, 0);
    await cluster.start();
    const answers = await Promise.all(waiting);
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
    assert.match(await answers[0].text(), /<html/);
    assert.ok((await answers[1].json()).items.length > 0);
    // It ends at once while some still wait.
    await cluster.stop('immediate');
    const last = at('/harbour/api/v1/lines', { headers });
    await until(async () => (await at('/readyz')).status === 503, 'it is away again');
    const ended = server.stop();
    assert.equal((await last).status, 503);
    await ended;
  });

  test('a database that goes away: 503 that says when, then everything as before', async (t) => {
    const cluster = await clusterStart(t);
    const base = await databaseMake(cluster.where); // removed with its cluster
    const { data, demo } = await operators(t, base.where);
    const ini = path.join(data, 'ringoff.ini');
    writeFileSync(ini, readFileSync(ini, 'utf8').replace(/^patience.*$/m, 'patience = 1'));
    const server = await serve(t, data);
    const at = (where, options) => fetch(`http://127.0.0.1:${server.port}${where}`, options);
    const known = async (where, options) => {
      const answer = await at(where, options);
      return [answer.status, answer.headers.get('retry-after')];
    };
    const headers = { authorization: `Bearer ${demo.api_key}` };
    assert.deepEqual(await known('/readyz'), [200, null]);
    await cluster.stop('immediate');
    assert.deepEqual(await known('/healthz'), [200, null]);
    assert.deepEqual(await known('/readyz'), [503, '5']);
    assert.deepEqual(await known('/harbour/api/v1/lines', { headers }), [503, '5']);
    const page = await at('/harbour/inbox', { headers: { 'accept-language': 'zh-HK' } });
    assert.equal(page.status, 503);
    assert.equal(page.headers.get('retry-after'), '5');
    assert.match(await page.text(), /<html lang="zh-Hant-HK"/);
    assert.deepEqual(await known('/harbour/'), [200, null]); // what needs no database goes on
    const [person] = demo.people;
    const asked = await ringoffJson(['closure', 'withdraw', '--data', data, '--operator',
      person.operator, '--number', person.number]);
    assert.equal(asked.code, 3, asked.out);
    await cluster.start();
    await until(async () => (await at('/readyz')).status === 200, 'ready again', [], 20000);
    assert.deepEqual(await known('/harbour/api/v1/lines', { headers }), [200, null]);
    await until(() => server.events().filter(({ event, held }) => event === 'lease' && held)
      .length === 2, 'the lease again');
    await verified(data);
  });
});
