// Runs the built program (RINGOFF_BUILD, default: build beside test) in folders of its own.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { childStart, childStop, directoryMake, directoryRemove, until } from '../peers/process.mjs';

const test = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const root = path.dirname(test);
const build = path.resolve(test, process.env.RINGOFF_BUILD ?? '../build');
export const program = path.join(build, 'ringoff');
if (!existsSync(program)) throw new Error(`not built: ${program} (set RINGOFF_BUILD)`);

const environment = () => {
  // A sanitizer keeps what was freed for a while, which would look like growth.
  const ASAN_OPTIONS = `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=1`;
  const proxy = 'http://127.0.0.1:1'; // nobody answers there
  const env = { ...process.env, ASAN_OPTIONS, http_proxy: proxy, ALL_PROXY: proxy };
  delete env.RINGOFF_DATA;
  return env;
};

/** Runs ringoff (uid: as another user); answers { code, out, err, peak }: peak is VmHWM in KiB as
 * last seen. */
export function ringoff(args, { input, watch = false, limit = 240000, uid } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { env: environment(), uid, gid: uid });
    const answer = { code: null, out: '', err: '', peak: 0 };
    const look = () => {
      try {
        const found = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'));
        answer.peak = Math.max(answer.peak, Number(found?.[1] ?? 0));
      } catch { /* it has ended */ }
    };
    const timer = watch ? setInterval(look, 5) : null;
    const late = setTimeout(() => child.kill('SIGKILL'), limit);
    child.stdout.on('data', (bytes) => { answer.out += bytes; });
    child.stderr.on('data', (bytes) => { answer.err += bytes; });
    child.once('error', failed);
    child.once('close', (code, signal) => {
      clearInterval(timer);
      clearTimeout(late);
      done({ ...answer, code: code ?? signal });
    });
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input ?? '');
  });
}

/** The same, and its stdout as JSON. */
export async function ringoffJson(args, options) {
  const answer = await ringoff([...args, '--json'], options);
  try {
    return { ...answer, json: JSON.parse(answer.out) };
  } catch {
    throw new Error(`ringoff ${args.join(' ')}: ${answer.code}\n${answer.out}\n${answer.err}`);
  }
}

/** A folder that the test removes with `after`. */
export async function folder(t) {
  const made = await directoryMake('cli');
  t.after(() => directoryRemove(made));
  return made;
}

/** Starts ringoff serve; answers { child, port, stop }. */
export async function serve(t, data, more = []) {
  const child = childStart(program, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...more],
    { env: environment() });
  let out = '';
  child.child.stdout.on('data', (bytes) => { out += bytes; });
  t.after(() => childStop(child));
  const events = () => out.split('\n').slice(0, -1).map((line) => JSON.parse(line));
  const ready = () => events().find(({ event }) => event === 'ready');
  const { port } = await until(ready, 'serve', [child]);
  return { child, port, out: () => out, events, stop: (signal) => childStop(child, signal) };
}

/** An installation with the two demo policies and no lines: a demo of which nothing is used.
 * where: the connection string of an empty database instead of a file. */
export async function operators(t, where, lines = 1) {
  const data = path.join(await folder(t), 'data');
  const database = where ? ['--database', where] : [];
  const { json } = await ringoffJson(['demo', '--data', data, '--lines', String(lines),
    ...database]);
  return { data, demo: json };
}

export const luhn = (digits) => {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const twice = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return digits + ((10 - (sum % 10)) % 10);
};

/** A valid HKID of the letter and number. */
export const hkid = (letter, number) => {
  const body = ` ${letter}${String(number).padStart(6, '0')}`;
  const value = (c) => (c === ' ' ? 36 : /\d/.test(c) ? Number(c) : c.charCodeAt(0) - 55);
  const sum = [...body].reduce((total, c, i) => total + value(c) * (9 - i), 0);
  const check = (11 - (sum % 11)) % 11;
  return `${body.trim()}(${check === 10 ? 'A' : check})`;
};

export const columns = ['operator', 'number', 'iccid', 'imsi', 'sim_since', 'plan', 'activated_on',
  'expires_on', 'paid_credit', 'promotional_credit', 'subscriber_kind', 'name_latin',
  'name_chinese', 'birth_date', 'document_type', 'document_number', 'email', 'email_since',
  'language'];

/** The i-th good row as an object; more replaces members. */
export const row = (i, more = {}) => ({
  operator: 'harbour',
  number: `+8526${2000000 + i}`,
  iccid: luhn(`8985299${String(i).padStart(11, '0')}`),
  imsi: `45409${String(i).padStart(10, '0')}`,
  sim_since: '2024-02-01',
  plan: 'Prepaid 30',
  activated_on: '2024-01-15',
  expires_on: '2099-12-31',
  paid_credit: '120.50',
  promotional_credit: '10',
  subscriber_kind: 'person',
  name_latin: 'CHAN Tai Man',
  name_chinese: '陳大文',
  birth_date: '1980-12-31',
  document_type: 'hkid',
  document_number: hkid('ABCDEFGHKR'[Math.floor(i / 1000000) % 10], i % 1000000),
  email: `person.${i}@example.com`,
  email_since: '2024-01-15',
  language: 'zh-Hant-HK',
  ...more,
});

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
export const csv = (rows, { names = columns, end = '\n', bom = false } = {}) =>
  (bom ? '\ufeff' : '') + [names.join(','), ...rows.map((one) =>
    names.map((name) => quoted(String(one[name]))).join(','))].join(end) + end;

/** Writes text to a file in a folder of its own and answers its path. */
export async function file(t, text, name = 'lines.csv') {
  const to = path.join(await folder(t), name);
  await writeFile(to, text);
  return to;
}
export const remove = (what) => rm(what, { recursive: true, force: true });
