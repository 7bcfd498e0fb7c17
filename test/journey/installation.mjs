// A demo installation of its own for a test: made by the real program in a temp directory, served
// on a free port, its clock moved on by starting it again, stopped by its own handle.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { childStart, childStop, directoryMake, directoryRemove, until } from '../peers/process.mjs';

const test = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const build = path.resolve(test, process.env.RINGOFF_BUILD ?? '../build');
export const program = path.join(build, 'ringoff');
if (!existsSync(program)) throw new Error(`not built: ${program} (set RINGOFF_BUILD)`);

export const MINUTE = 60_000,
  HOUR = 60 * MINUTE,
  DAY = 24 * HOUR;
export const here = (name) => path.join(path.dirname(test), name);

/** Runs the program to its end; answers { code, stdout, stderr } and never throws. */
export const run = (...args) =>
  new Promise((done) => {
    execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });

/** A settings file's text of { section: { name: value } }. */
const ini = (sections) =>
  Object.entries(sections)
    .map(([section, values]) =>
      [`[${section}]`, ...Object.entries(values).map(([name, value]) => `${name} = ${value}`)].join(
        '\n',
      ),
    )
    .join('\n\n');

/** Makes one and serves it. settings: sections of ringoff.ini beside the defaults. database: one
 *  of peers/postgres.mjs instead of the file. Answers what drives it; stop() asserts that SIGTERM
 *  ended it with 0. */
export async function start({ lines = 60, seed = 7, settings = {}, database } = {}) {
  const directory = await directoryMake('journey');
  const data = path.join(directory, 'data');
  const made = await run(
    'demo',
    '--data',
    data,
    '--lines',
    String(lines),
    '--seed',
    String(seed),
    '--json',
    ...(database ? ['--database', database.where] : []),
  );
  assert.equal(made.code, 0, made.stderr);
  const { people, api_key: apiKey } = JSON.parse(made.stdout);
  const used = new Set();
  let server,
    shift = 0,
    port = 0;
  const self = {
    data,
    people,
    apiKey,
    directory,
    settings: database ? { ...settings, database: { where: database.where } } : settings,
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    base: (operator) => `http://127.0.0.1:${port}/${operator}`,
    /** What the clock of the installation says. */
    now: () => Date.now() + shift,
    log: () => server.output,
    async serve() {
      await writeFile(path.join(data, 'ringoff.ini'), ini(self.settings));
      server = childStart(program, [
        'serve',
        '--data',
        data,
        '--listen',
        `127.0.0.1:${port}`,
        '--clock-shift',
        String(Math.floor(shift / 1000)),
      ]);
      const ready = await until(
        () => /^\{"event":"ready","port":(\d+)\}$/m.exec(server.output),
        'ringoff serve',
        [server],
      );
      port = Number(ready[1]);
    },
    async end() {
      await childStop(server);
      assert.equal(server.ended, 'ended with 0', server.output);
    },
    /** Everything again, so much later. */
    async later(milliseconds) {
      await self.end();
      shift += milliseconds;
      await self.serve();
    },
    /** Imports a CSV file meanwhile, by the same clock; answers as run(). */
    async imported(file, what = 'lines') {
      await self.end();
      const answer = await run(
        'import',
        what,
        file,
        '--data',
        data,
        '--json',
        '--clock-shift',
        String(Math.floor(shift / 1000)),
      );
      await self.serve();
      return answer;
    },
    /** A subcommand on this installation that must be done; answers its JSON. */
    async ask(...args) {
      const answer = await run(...args, '--data', data, '--json');
      assert.equal(answer.code, 0, `${args.join(' ')}: ${answer.stderr}${answer.stdout}`);
      return JSON.parse(answer.stdout);
    },
    /** The next demo person nobody took yet who fits. */
    person(fits) {
      const found = people.find((each) => !used.has(each.number) && fits(each));
      assert.ok(found, 'the demo has nobody like that: more lines');
      used.add(found.number);
      return found;
    },
    /** A private person of this operator who has no account. */
    stranger: (operator) =>
      self.person(
        (each) =>
          each.operator === operator &&
          !each.password &&
          !each.story &&
          each.id_type !== 'business_registration',
      ),
    async closure(operator, reference) {
      return self.ask('closure', 'show', '--operator', operator, '--reference', reference);
    },
    /** The closure as soon as it is in this state. */
    state: (operator, reference, state) =>
      until(
        async () => {
          const closure = await self.closure(operator, reference);
          return closure.state === state && closure;
        },
        `${reference} ${state}`,
        [server],
      ),
    async stop() {
      try {
        await self.end();
        for (const what of ['journal', 'ledger']) {
          const verified = await run(what, 'verify', '--data', data);
          assert.equal(verified.code, 0, `${what} verify: ${verified.stdout}${verified.stderr}`);
        }
      } finally {
        await directoryRemove(directory);
        await database?.drop();
      }
    },
  };
  await self.serve().catch(async (error) => {
    await directoryRemove(directory);
    throw error;
  });
  return self;
}
