// The database's disk is full, and then has room again. A real one where a small file system may be
// mounted; everywhere, a table's file that may not grow.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { clusterStart, databaseAt, databaseMake, needed } from '../peers/postgres.mjs';
import { directoryMake } from '../peers/process.mjs';
import { call, closing, house, load, settled, share, until, writersEnd } from './kit.mjs';

const CLIENTS = 8, MEGABYTE = 1 << 20, SMALL = 64;
/** Root's servers run as the user postgres, whose processes are his own. */
const as = process.getuid() === 0
  ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : ['env'];
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' }).trim();

const folderOf = (where) => /\/\S+(?=\/socket)/.exec(where)[0];

/** A folder on a small file system of its own, which the database's user may write; null where
 *  nobody may mount. */
async function small(t, megabytes) {
  const where = await directoryMake('disk');
  let mounted = false;
  t.after(() => {
    if (mounted) run('umount', '-l', where); // lazily: the cluster is removed only after this
    rmdirSync(where);
  });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', where],
      { stdio: 'ignore' });
    mounted = true;
  } catch {
    return null;
  }
  chmodSync(where, 0o700);
  chownSync(where, Number(run('id', '-u', 'postgres')), Number(run('id', '-g', 'postgres')));
  return where;
}

/** Under load it is full, then it is not. */
async function survives(t, base, { fill, free, said }) {
  const all = await house(t, base, { lines: 400, each: [{ patience: 1 }, { patience: 1 }] });
  await fill.prepare?.();
  const clients = load(all, CLIENTS, (i) => closing(share(all.people, i, CLIENTS)));
  await clients.more(40);
  await fill();
  await until(() => clients.downs() > 2 * CLIENTS, 'answers that it is full');
  const [server] = all.servers;
  const { status, body } = await call(all, server, 'GET', '/api/v1/lines');
  assert.equal(status, 200, 'what is there can be read'); // while nothing can be written
  assert.ok(body.items.length);
  assert.match(readFileSync(path.join(folderOf(base.where), 'log'), 'utf8'), said);
  await free();
  await clients.more(40);
  await clients.stop();
  await settled(all);
}

describe('the disk is full', needed, () => {
  test('a file system', { timeout: 120_000 }, async (t) => {
    const where = await small(t, SMALL);
    if (!where) return t.skip('this user may not mount a file system');
    const cluster = await clusterStart(t);
    const base = await databaseMake(cluster.where);
    await base.sql(`CREATE TABLESPACE small LOCATION '${where}'`);
    const [, name] = /dbname=(\w+)/.exec(base.where);
    await databaseAt(cluster.where).sql(`ALTER DATABASE ${name} SET TABLESPACE small`);
    const ballast = path.join(where, 'ballast');
    const fill = () => {
      try {
        writeFileSync(ballast, Buffer.alloc(SMALL * MEGABYTE));
      } catch (error) {
        assert.equal(error.code, 'ENOSPC');
      }
    };
    return survives(t, base, { fill, free: () => rmSync(ballast),
      said: /No space left on device/ });
  });

  test('a file that may not grow', { timeout: 120_000 }, async (t) => {
    const cluster = await clusterStart(t, 'autovacuum=off');
    const base = await databaseMake(cluster.where);
    const [postmaster] = readFileSync(path.join(folderOf(cluster.where), 'data/postmaster.pid'),
      'utf8').split('\n');
    // What it starts from now on may write no file beyond this; the log of the database, whose
    // files are of 16 MB, may.
    const limit = (most) =>
      run(...as, 'prlimit', '--pid', postmaster, `--fsize=${most}:`);
    const fill = async () => {
      limit(16 * MEGABYTE);
      await writersEnd(base);
    };
    fill.prepare = () => base.sql("INSERT INTO effect SELECT i, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, " +
      "repeat('x', 1000), '', 0 FROM generate_series(-20000, -1) AS i");
    const free = async () => {
      limit('unlimited');
      await writersEnd(base);
    };
    return survives(t, base, { fill, free, said: /File too large/ });
  });
});
