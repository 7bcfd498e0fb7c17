// `ringoff ledger verify`: what somebody changed in the database by hand is named, on both engines
// and beside a server that writes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { cluster, database } from '../peers/postgres.mjs';
import { operators, ringoff, ringoffJson, serve } from './tool.mjs';

const run = promisify(execFile);
const engines = cluster ? ['sqlite', 'postgres'] : ['sqlite'];

/** An installation with a few lines, and a way to its rows behind its back, and behind the triggers
 * that keep history as it is. */
async function house(t, engine) {
  const base = engine === 'postgres' ? await database(t) : null;
  const { data, demo } = await operators(t, base?.where, 3);
  const sql = base
    ? (text) => base.sql(text)
    : async (text) => (await run('sqlite3', ['-cmd', '.timeout 5000',
      path.join(data, 'ringoff.db'), text])).stdout.trim();
  const damage = (text) => sql(base
    ? `SET session_replication_role = replica; ${text}; SET session_replication_role = origin`
    : `DROP TRIGGER IF EXISTS posting_changed; DROP TRIGGER IF EXISTS posting_removed; ${text}`);
  return { data, demo, sql, damage };
}

const verified = async (data) => {
  const { code, json } = await ringoffJson(['ledger', 'verify', '--data', data]);
  assert.equal(code, json.good ? 0 : 1);
  return json;
};

for (const engine of engines) describe(engine, () => {
  test('history is refused to be changed', async (t) => {
    const { data, sql } = await house(t, engine);
    for (const text of ['UPDATE posting SET amount = amount + 1', 'DELETE FROM posting']) {
      await assert.rejects(sql(text), /never/);
    }
    assert.equal((await verified(data)).good, true);
  });

  test('the first difference is named, with its entry and verb', async (t) => {
    const { data, sql, damage } = await house(t, engine);
    const good = await verified(data);
    assert.deepEqual(Object.keys(good), ['good', 'accounts', 'postings']);
    assert.equal(String(good.postings), await sql('SELECT count(*) FROM posting'));
    const entry = await sql('SELECT min(entry) FROM posting');
    const account = await sql(`SELECT min(account) FROM posting WHERE entry = ${entry} AND
      amount = (SELECT max(amount) FROM posting WHERE entry = ${entry})`);
    const balance = Number(await sql(`SELECT balance FROM ledger_account WHERE id = ${account}`));
    await sql(`UPDATE ledger_account SET balance = balance + 1 WHERE id = ${account}`);
    const stored = await verified(data);
    assert.equal(stored.difference, 'balance');
    assert.deepEqual([stored.account, stored.expected, stored.found],
      [account, balance, balance + 1]);
    assert.equal(stored.verb, 'line.import');
    await damage(`UPDATE posting SET amount = amount + 3 WHERE account = ${account} AND
      entry = ${entry}`);
    const { what, ...more } = await verified(data); // an entry goes before a balance
    assert.equal(more.good, false);
    assert.deepEqual([more.difference, more.entry, more.verb, more.expected, more.found],
      ['entry_sum', entry, 'line.import', 0, 3]);
    assert.match(what, new RegExp(`^entry ${entry} \\(line\\.import\\): account \\d+: its ` +
      'postings do not sum to 0: expected 0, found 3$'));
    const said = await ringoff(['ledger', 'verify', '--data', data]);
    assert.equal(said.code, 1);
    assert.equal(said.out, `broken: ${what}\n`);
    await damage(`DELETE FROM posting WHERE entry = ${entry}`);
    const missing = await verified(data);
    assert.equal(missing.difference, 'balance');
    assert.equal(missing.entry, '0');
  });

  test('beside a server that writes it stays good', async (t) => {
    const { data, demo, sql } = await house(t, engine);
    const server = await serve(t, data);
    const operator = 'harbour';
    const line = await sql(`SELECT min(line.id) FROM line JOIN operator ON operator.id =
      line.operator WHERE state = 1 AND code = '${operator}'`);
    const tell = async (what, i, more) => {
      const answer = await fetch(
        `http://127.0.0.1:${server.port}/${operator}/api/v1/lines/${line}/${what}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${demo.api_key}`,
            'content-type': 'application/json',
            'idempotency-key': `${what}-${i}`,
          },
          body: JSON.stringify({ transaction: `${what}-${i}`, amount_minor: 5, currency: 'HKD',
            at: '2026-01-01T00:00:00Z', ...more }),
        });
      assert.equal(answer.status, 200, await answer.text());
    };
    let writing = true, done = 0;
    const writer = (async () => {
      for (; writing; done += 1) {
        await Promise.all([tell('top-ups', done, { channel: 'online' }),
          tell('debits', done, { credit: 'paid' })].slice(0, done % 2 ? 2 : 1));
      }
    })();
    let last = 0;
    for (let i = 0; i < 8 || done < 20; i += 1) {
      const seen = await verified(data);
      assert.equal(seen.good, true, JSON.stringify(seen));
      assert.ok(seen.postings >= last);
      last = seen.postings;
    }
    writing = false;
    await writer;
    const after = await verified(data);
    assert.equal(after.good, true);
    assert.equal(String(after.postings), await sql('SELECT count(*) FROM posting'));
    assert.ok(done >= 20);
  });
});
