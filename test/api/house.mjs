// A house to ask: two operators, a few registered lines, API keys, a clock that the test moves.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { open } from './openapi.mjs';

const test = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const build = path.resolve(test, process.env.RINGOFF_BUILD ?? '../build');
const program = path.join(build, 'test', 'api', 'api_server');
if (!existsSync(program)) throw new Error(`not built: ${program} (set RINGOFF_BUILD)`);

export const everything =
  'lines:read lines:write closures:read closures:write certificates:read ' +
  'effects:read effects:write credit:write refunds:read';
export const MINUTE = 60 * 1000,
  HOUR = 60 * MINUTE,
  DAY = 24 * HOUR;

/** Starts the server with the operators harbour and kite, empty. */
async function start() {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = [];
  let log = '';
  child.stderr.on('data', (bytes) => {
    log = (log + bytes).slice(-65536);
  });
  const ended = new Promise((done) =>
    child.on('close', (code, signal) => {
      while (waiting.length)
        waiting.shift().failed(new Error(`ended with ${signal ?? code}\n${log}`));
      done({ code, signal, log });
    }),
  );
  createInterface(child.stdout).on('line', (line) => waiting.shift().done(JSON.parse(line)));
  const next = () => new Promise((done, failed) => waiting.push({ done, failed }));
  const tell = (what) => {
    const answer = next();
    child.stdin.write(`${JSON.stringify(what)}\n`);
    return answer;
  };
  const { port } = await next();
  return {
    port,
    tell,
    async stop() {
      child.stdin.end();
      return ended;
    },
  };
}

/** RFC 3339 in whole seconds. */
export const time = (milliseconds) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

const policy = (code) =>
  JSON.stringify(
    JSON.parse(readFileSync(path.join(test, '../packaging/demo', `${code}.json`), 'utf8')),
  );

/** Digits with their Luhn digit. */
function luhn(digits) {
  const sum = [...digits].reverse().reduce((all, digit, i) => {
    const value = Number(digit) * (i % 2 ? 1 : 2);
    return all + (value > 9 ? value - 9 : value);
  }, 0);
  return digits + String((10 - (sum % 10)) % 10);
}

/** A Hong Kong identity card number with its check digit. */
export function hkid(number) {
  const digits = String(number).padStart(6, '0');
  const values = [36, 'P'.charCodeAt(0) - 55, ...digits].map(Number);
  const sum = values.reduce((all, value, i) => all + value * (9 - i), 0);
  return `P${digits}(${(11 - (sum % 11)) % 11 === 10 ? 'A' : (11 - (sum % 11)) % 11})`;
}

/** The house, its doors (one an operator), and what a test needs to drive it. */
export async function house() {
  const server = await start();
  const { tell } = server;
  for (const code of ['harbour', 'kite']) {
    const loaded = await tell({
      verb: 'policy.load',
      input: { operator_code: code, text: policy(code) },
    });
    assert.equal(loaded.refusal, 'accepted', JSON.stringify(loaded));
  }
  let last = 0;
  const self = {
    tell,
    stop: server.stop,
    harbour: await open({ port: server.port, host: 'harbour.localhost' }),
    kite: await open({ port: server.port, host: 'kite.localhost' }),
    tick: (milliseconds) => tell({ tick: milliseconds }),
    /** Delivers all that is due; messages go to the inbox. */
    dispatch: () => tell({ dispatch: true }),
    async now() {
      return Date.parse((await tell({ now: true })).now);
    },
    async key(scopes = everything, operator = 'harbour') {
      const made = await tell({ verb: 'api_key.add', operator, input: { name: 'test', scopes } });
      assert.equal(made.refusal, 'accepted');
      return { id: made.result, key: made.secret };
    },
    async revoke(id, operator = 'harbour') {
      return tell({ verb: 'api_key.revoke', operator, input: { api_key: id } });
    },
    /** A registered line, imported a year after its SIM was issued; answers its id and data. */
    async line(given = {}, operator = 'harbour') {
      last += 1;
      const since = time((await self.now()) - 365 * DAY);
      const input = {
        number:
          operator === 'kite'
            ? `+8526300${String(last).padStart(4, '0')}`
            : `+8526000${String(last).padStart(4, '0')}`,
        iccid: luhn(`898520000000${String(last).padStart(6, '0')}`),
        imsi: `45400${String(last).padStart(10, '0')}`,
        plan: 'Tourist 30',
        sim_since: since,
        activated_at: since,
        expires_at: null,
        paid_minor: 12345,
        promotional_minor: 500,
        kind: 1,
        name: 'CHAN Tai Man',
        name_zh: '陳大文',
        birth: '1980-02-29',
        document_type: 'hkid',
        document: hkid(last),
        email: `person${last}@example.com`,
        email_since: since,
        language: 'en',
        ...given,
      };
      const made = await tell({ verb: 'line.import', operator, input });
      assert.equal(made.refusal, 'accepted', JSON.stringify(made));
      return { id: made.result, ...input };
    },
    /** The network's work on a closure is done by hand, by a named member of staff. */
    cut: (closure, operator) =>
      self.attest((each) => each.closure === closure, operator, 'HLR: no such subscriber'),
    /** The work item that fits is done by hand. */
    async attest(fits, operator = 'harbour', evidence = 'done in the HLR, read back') {
      const staff = await tell({
        verb: 'staff.add',
        operator,
        input: { name: 'Ada', system_user: `ada${++last}`, roles: 'network:write' },
      });
      const work = (await tell({ view: 'work', operator })).items.find(fits);
      const done = await tell({
        verb: 'network.done',
        operator,
        staff: staff.result,
        input: { work: work.id, evidence },
      });
      assert.equal(done.refusal, 'accepted', JSON.stringify(done));
    },
    /** The messages so far, the newest first. */
    async inbox(operator = 'harbour') {
      return (await tell({ view: 'inbox', operator })).items;
    },
    /** The newest code of eight digits in any message to this address or number. */
    async anyCode(to, operator = 'harbour') {
      await self.dispatch();
      const message = (await self.inbox(operator)).find(
        (each) => each.to === to && /\b\d{4} \d{4}\b/.test(each.text),
      );
      assert.ok(message, `no code went to ${to}`);
      return message.text
        .match(/\b(\d{4}) (\d{4})\b/)
        .slice(1)
        .join('');
    },
    /** An account that has the line; made by the verbs, without a door. */
    async account(line, email, password, operator = 'harbour') {
      const give = async (verb, input) => {
        const done = await tell({ verb: `registration.${verb}`, operator, input });
        assert.equal(done.refusal, 'accepted', JSON.stringify(done));
        return done;
      };
      const { result: challenge, secret: holder } = await give('start', {
        number: line.number,
        iccid_tail: line.iccid.slice(-6),
        language: 'en',
      });
      const code = async (to) => self.anyCode(to, operator);
      await give('prove', { challenge, holder, code: await code(line.number) });
      await give('contact', { challenge, holder, email, password });
      return (await give('verify', { challenge, holder, code: await code(email) })).result;
    },
    /** The newest code that went to this address or number. */
    async code(to, operator = 'harbour') {
      await self.dispatch();
      const message = (await self.inbox(operator)).find(
        (each) => each.to === to && /\/c\/[^]*\b\d{4} ?\d{4}\b/.test(each.text),
      );
      assert.ok(message, `no code went to ${to}`);
      return message.text
        .match(/\b(\d{4}) ?(\d{4})\b/)
        .slice(1)
        .join('');
    },
    /** The newest link's secret that went to it. */
    async link(to, operator = 'harbour') {
      await self.dispatch();
      const message = (await self.inbox(operator)).find(
        (each) => each.to === to && /\/c\/\S+#\S+/.test(each.text),
      );
      assert.ok(message, `no link went to ${to}`);
      return message.text.match(/\/c\/\S+#([A-Za-z0-9_-]+)/)[1];
    },
  };
  return self;
}
