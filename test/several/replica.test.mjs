// A cluster of two: what writes finds the primary, leaves it when it is no more, and waits while
// nothing may be written.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clusterStart, databaseAt, databaseMake, needed } from '../peers/postgres.mjs';
import { directoryMake } from '../peers/process.mjs';
import {
  call, closing, give, house, load, refusedToServe, settled, share, submit, until, WRITERS,
} from './kit.mjs';

const CLIENTS = 8;
const programs = process.env.RINGOFF_POSTGRES_PROGRAMS ?? '/usr/lib/postgresql/15/bin';
const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../script/cluster');
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' }).trim();

/** A replica that the primary waits for with every commit; its connection string. */
async function replicate(t, primary) {
  const folder = await directoryMake('replica');
  const data = path.join(folder, 'data'), socket = path.join(folder, 'socket');
  t.after(() => run(script, 'remove', folder, 'immediate'));
  chmodSync(folder, 0o700);
  mkdirSync(socket, { mode: 0o700 });
  run(path.join(programs, 'pg_basebackup'), '--pgdata', data, '--checkpoint=fast', '--no-sync',
    '--write-recovery-conf', '--dbname', primary.where);
  if (process.getuid() === 0) run('chown', '-R', 'postgres:', folder);
  const where = run(script, 'start', folder, `unix_socket_directories=${socket}`);
  const base = databaseAt(primary.where);
  await base.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
  await base.sql('SELECT pg_reload_conf()');
  await until(async () => await base.sql('SELECT count(*) FROM pg_stat_replication WHERE ' +
    "sync_state = 'sync'") === '1', 'a replica in step');
  return where;
}

describe('a primary and its replica', needed, () => {
  test('the replica takes over, under load; then it is read-only for a while',
    { timeout: 120_000 }, async (t) => {
      const primary = await clusterStart(t), replica = await replicate(t, primary);
      const base = await databaseMake(primary.where);
      const [, name] = /dbname=(\w+)/.exec(base.where);
      const hosts = [replica, primary.where].map((one) => /host=(\S+)/.exec(one)[1]);
      const both = `host=${hosts} user=ringoff dbname=${name}`;
      const all = await house(t, base,
        { lines: 400, where: both, each: [{ patience: 1 }, { patience: 50 }] });
      const [short] = all.servers;
      const there = databaseAt(replica.replace(/dbname=\w+/, `dbname=${name}`));

      writeFileSync(path.join(all.data, 'ringoff.ini'), `[database]\nwhere = ${there.where}\n`);
      assert.match(await refusedToServe(all.data), /read-only|hot standby/);

      const spare = all.people.splice(0, 80).values();
      const clients = load(all, CLIENTS, (i) => closing(share(all.people, i, CLIENTS)));
      const away = () => until(
        async () => await give(all, short, submit(spare.next().value)) === null, 'that it is away');
      await clients.more(50);
      // Commits that the replica never sees: sent and not answered when the primary dies.
      await there.sql("ALTER SYSTEM SET primary_conninfo = ''");
      await there.sql('SELECT pg_reload_conf()');
      await until(async () => await base.sql(`SELECT count(*) FROM (${WRITERS}) AS writers JOIN ` +
        "pg_stat_activity USING (pid) WHERE wait_event = 'SyncRep' AND objid IN (2, 3)") !== '0',
      'a commit of the patient server that hangs');
      await primary.stop('immediate');
      await away();
      await there.sql('SELECT pg_promote()');
      all.base = there;
      await clients.more(50);

      await there.sql('ALTER SYSTEM SET default_transaction_read_only = on');
      await there.sql('SELECT pg_reload_conf()');
      await away();
      // What is open for reading reads on.
      assert.equal((await call(all, short, 'GET', '/api/v1/lines')).status, 200);
      const writing = databaseAt(`${there.where} options='-c default_transaction_read_only=off'`);
      await writing.sql('ALTER SYSTEM RESET default_transaction_read_only');
      await writing.sql('SELECT pg_reload_conf()');
      await clients.more(50);
      await clients.stop();
      for (const job of all.jobs.filter((one) => !one.answers.length)) await give(all, short, job);
      await settled(all);
    });
});
