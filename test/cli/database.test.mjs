// Where the database is: what init and the settings take, and what they refuse before anything is
// written. No database server is needed here.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { folder, ringoff, ringoffJson, serve } from './tool.mjs';

const nowhere = 'host=/nonexistent dbname=ringoff';
const fresh = async (t) => path.join(await folder(t), 'data');

test('a password, and what is no connection string, is refused and nothing is made', async (t) => {
  const data = await fresh(t);
  for (const [where, what] of [
    [`${nowhere} password=pear`, /no password may stand.*passfile/],
    [`${nowhere} password = 'pe\\'ar'`, /no password may stand/],
    [`${nowhere} sslpassword=pear`, /no sslpassword may stand/],
    ['postgresql://ringoff:pear@db/ringoff', /no password may stand/],
    ['postgres://db/ringoff?password=pear', /no password may stand/],
    ['postgresql://db/ringoff?passw%6Frd=pear', /no password may stand/],
    [`${nowhere} colour=red`, /no connection string/],
    ['host=db port', /no connection string/],
    ['/var/lib/ringoff.db', /no connection string/],
    ['', /no connection string/],
    [`host=${'x'.repeat(1024)}`, /too long/],
  ]) {
    for (const command of ['init', 'demo']) {
      const answer = await ringoff([command, '--data', data, '--database', where]);
      assert.match(answer.err, what, where);
      assert.equal(answer.code, 4, where);
      assert.ok(!answer.err.includes('pear'), 'the password is not repeated');
      assert.equal(existsSync(data), false, where);
    }
  }
});

test('a server that cannot be reached leaves no settings behind', async (t) => {
  const data = await fresh(t);
  const answer = await ringoff(['init', '--data', data, '--database', nowhere]);
  assert.equal(answer.code, 4);
  assert.match(answer.err, /nonexistent/);
  assert.equal(existsSync(path.join(data, 'ringoff.ini')), false);
  assert.equal((await ringoff(['init', '--data', data])).code, 0, 'and another place may be taken');
});

test('an installation is never moved to another database by the way', async (t) => {
  const data = await fresh(t);
  assert.equal((await ringoff(['init', '--data', data])).code, 0);
  const before = readFileSync(path.join(data, 'ringoff.ini'), 'utf8');
  const file = await ringoff(['init', '--data', data, '--database', nowhere]);
  assert.equal(file.code, 4);
  assert.match(file.err, /database in a file: take another folder/);
  assert.equal(readFileSync(path.join(data, 'ringoff.ini'), 'utf8'), before);
  const other = await fresh(t);
  assert.equal((await ringoff(['init', '--data', other])).code, 0);
  writeFileSync(path.join(other, 'ringoff.ini'), `[database]\nwhere = ${nowhere}\n`);
  const moved = await ringoff(['init', '--data', other, '--database', 'host=db']);
  assert.equal(moved.code, 4);
  assert.match(moved.err, /ringoff\.ini names another database/);
});

test('the settings of the database are checked', async (t) => {
  const data = await fresh(t);
  await ringoff(['init', '--data', data]);
  for (const [text, what] of [
    ['where = host=db password=pear', /ringoff\.ini: no password may stand/],
    ['where = nowhere', /ringoff\.ini: that is no connection string/],
    ['where = host=db\nwhere = host=db', /line 3: where stands twice/],
    ['where = host=db\n password=pear', /no password may stand/],
    [`where = host=db\n${` application_name=${'x'.repeat(150)}\n`.repeat(7)}`, /where is too long/],
    ['committers = 2', /committers: this database takes 1 at most/],
    ['committers = many', /line 2: committers must be a whole number from 0 to 16/],
    ['patience = 51', /line 2: patience must be a whole number from 0 to 50/],
  ]) {
    writeFileSync(path.join(data, 'ringoff.ini'), `[database]\n${text}\n`);
    const answer = await ringoff(['serve', '--data', data, '--listen', '127.0.0.1:0']);
    assert.match(answer.err, what, text);
    assert.equal(answer.code, 4, text);
    assert.ok(!answer.err.includes('pear'));
  }
});

test('a balancer is told whether the database answers', async (t) => {
  const data = await fresh(t);
  assert.equal((await ringoffJson(['demo', '--data', data, '--lines', '1'])).code, 0);
  const server = await serve(t, data);
  for (const [name, text] of [['healthz', 'ok\n'], ['readyz', 'ready\n']]) {
    const answer = await fetch(`http://127.0.0.1:${server.port}/${name}`);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), text);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('set-cookie'), null);
  }
});
