// Runs the built effects_tool; where it is says RINGOFF_BUILD (default: build beside test).
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const test = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const build = path.resolve(test, process.env.RINGOFF_BUILD ?? '../build');
const program = path.join(build, 'test', 'effects', 'effects_tool');
if (!existsSync(program)) throw new Error(`not built: ${program} (set RINGOFF_BUILD)`);

/** Runs effects_tool; answers { status, stdout, stderr }. */
export const run = (what, given) => new Promise((done) => {
  const args = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  // The environment must not decide: a proxy that nobody answers at stands in it.
  const env = { ...process.env, http_proxy: 'http://127.0.0.1:1', ALL_PROXY: 'http://127.0.0.1:1' };
  execFile(program, [what, ...args], { env, timeout: 60000 }, (error, stdout, stderr) =>
    done({ status: error ? error.code ?? error.signal : 0, stdout, stderr }));
});

/** The same for what prints a result: answers { outcome, cause, evidence, … }. */
export async function deliver(what, given) {
  const { status, stdout, stderr } = await run(what, given);
  if (status !== 0) throw new Error(`effects_tool ${what}: ${status}\n${stderr}`);
  return JSON.parse(stdout);
}
