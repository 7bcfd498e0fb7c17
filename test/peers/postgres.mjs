// Databases in the cluster that RINGOFF_TEST_POSTGRES names (script/cluster run sets it), and
// clusters of one's own that can be stopped. Without it there is no PostgreSQL to test with.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { directoryMake } from './process.mjs';

export const cluster = process.env.RINGOFF_TEST_POSTGRES ?? '';
/** For a test's options: skips it where there is no cluster. */
export const needed = { skip: !cluster && 'RINGOFF_TEST_POSTGRES names no cluster' };

const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../script/cluster');
const run = (program, args) =>
  new Promise((done, failed) => {
    execFile(program, args, { maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      error ? failed(new Error(`${program} ${args.join(' ')}: ${stderr}`)) : done(stdout.trim()),
    );
  });
const ask = (where, text) => run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', text, where]);
let made = 0;

/** A database that is there: { where, sql(text) }. */
export const databaseAt = (where) => ({ where, sql: (text) => ask(where, text) });

/** A new database: { where, sql(text), drop() }. at: the cluster's connection string. */
export async function databaseMake(at = cluster) {
  const name = `ringoff_${process.pid}_${made++}`;
  await ask(at, `CREATE DATABASE ${name}`);
  const where = at.replace(/dbname=\w+/, `dbname=${name}`);
  return {
    ...databaseAt(where),
    drop: () => ask(at, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** The same for a test, which drops it at its end. */
export async function database(t) {
  const one = await databaseMake();
  t.after(() => one.drop());
  return one;
}

/** A cluster of the test's own: { where, start(...settings), stop(how) }. */
export async function clusterStart(t, ...settings) {
  const folder = await directoryMake('cluster');
  await run('rm', ['-r', folder]);
  const own = {
    start: (...more) => run(script, ['start', folder, ...more]),
    stop: (how = 'fast') => run(script, ['stop', folder, how]),
  };
  t.after(() => run(script, ['remove', folder, 'immediate']));
  own.where = await own.start(...settings);
  return own;
}
