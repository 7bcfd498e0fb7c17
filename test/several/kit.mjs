// Several servers of one installation on PostgreSQL, clients that go on whatever happens to them,
// and what must be true afterwards: each answer that was given is in the database, once.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { until } from '../peers/process.mjs';
import { folder, ringoff, ringoffJson, serve } from '../cli/tool.mjs';

export { until };
const SOON = 60_000; // what waits longer than this for what must come has failed

/** SQL: the sessions that write, by the chain of the journal that each owns. */
export const WRITERS = `SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND
  classid = 'installation'::regclass AND objsubid = 2 AND objid < 64 AND
  database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

const ini = (where, { patience = 10 } = {}) =>
  `[database]\nwhere = ${where}\ncommitters = 2\npatience = ${patience}\n[server]\nlog = no\n`;

/** A demo installation in this database and its servers. each: per server { patience, shift };
 *  where: what the servers' settings say, when it is not the database's own string. */
export async function house(t, base, { lines = 120, each = [{}, {}], where = base.where } = {}) {
  const data = path.join(await folder(t), 'data');
  const { json: demo } = await ringoffJson(['demo', '--data', data, '--lines', `${lines}`,
    '--database', base.where]);
  const ids = new Map((await base.sql("SELECT number, id FROM line WHERE state <> 4")).split('\n')
    .map((row) => row.split('|')));
  const self = {
    base, data, servers: [],
    jobs: [], // all that was ever asked for
    key: demo.api_key,
    accounts: demo.people.filter((one) => one.operator === demo.operators[0] && one.password),
    people: demo.people.filter((one) => one.operator === demo.operators[0] && !one.story)
      .map((one) => ({ ...one, line: ids.get(one.number) })),
    /** Serves from a folder of its own; answers the server. */
    async serve(i) {
      const { shift = 0 } = each[i];
      const server = await serve(t, self.folders[i], ['--clock-shift', `${shift}`]);
      server.index = i;
      self.servers[i] = server;
      return server;
    },
    folders: [],
  };
  for (let i = 0; i < each.length; i++) {
    const own = path.join(await folder(t), 'data');
    mkdirSync(own, { mode: 0o700 });
    copyFileSync(path.join(data, 'ringoff.key'), path.join(own, 'ringoff.key'));
    writeFileSync(path.join(own, 'ringoff.ini'), ini(where, each[i]));
    self.folders.push(own);
    await self.serve(i);
  }
  return self;
}

/** Which server delivers, once one does. */
export const holder = (servers) => until(
  () => servers.find((one) => one.events().findLast(({ event }) => event === 'lease')?.held),
  'a lease');

/** A request; a command when there is a job to it. */
export async function call(house, server, method, where, { body, key, language } = {}) {
  const answer = await fetch(`http://127.0.0.1:${server.port}/harbour${where}`, {
    method,
    headers: {
      Authorization: `Bearer ${house.key}`,
      ...(language && { 'Accept-Language': language }),
      ...(key && { 'Content-Type': 'application/json', 'Idempotency-Key': key }),
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(2 * SOON),
  });
  const text = await answer.text();
  if (answer.status === 503) assert.equal(answer.headers.get('retry-after'), '5');
  const json = /json/.test(answer.headers.get('content-type'));
  return {
    status: answer.status,
    replayed: answer.headers.get('idempotency-replayed') === 'true',
    body: json ? JSON.parse(text) : text,
  };
}

export const submit = (person) => ({
  verb: 'closure.submit',
  where: '/api/v1/closures',
  body: {
    line: person.line,
    document_type: person.second_id_type ?? person.id_type, // a company's responsible person asks
    document: person.second_id_number ?? person.id_number,
  },
});
export const withdraw = (closure) => ({
  verb: 'closure.withdraw', where: `/api/v1/closures/${closure}/withdraw`, body: {},
});

const done = (answer) => answer.status === 200 || answer.status === 201;

/** Gives a command to a server once. Answers what it said; null when it is 503 or nobody answered,
 *  which leaves it open whether it was done. */
export async function give(house, server, job) {
  if (!job.key) {
    Object.assign(job, { key: `the command ${house.jobs.length}`, answers: [], downs: 0, lost: 0 });
    house.jobs.push(job);
  }
  let answer;
  try {
    answer = await call(house, server, 'POST', job.where, job);
  } catch (error) {
    if (server.child.ended === null && error.name === 'AssertionError') throw error;
    if (error.name === 'TimeoutError') throw new Error(`no answer: ${job.where}`);
    job.lost++;
    return null;
  }
  if (answer.status === 503) {
    job.downs++;
    return null;
  }
  const refused = answer.status > 400 && answer.status < 500 &&
    answer.body.code !== 'input_invalid'; // then the test is wrong
  assert.ok(done(answer) || refused,
    `${job.where}: ${answer.status} ${JSON.stringify(answer.body)}`);
  job.answers.push(answer);
  return answer;
}

/** Clients that work on until they are stopped. script(i): a generator of the i-th client's
 *  commands; each is given to one server after the other until it is answered, and the answer is
 *  handed to the generator. Answers { answered(), downs(), more(), end(), stop() }. */
export function load(house, count, script) {
  let stopping = false, answered = 0, downs = 0;
  const failed = [];
  const client = async (i) => {
    const commands = script(i);
    let turn = i, next = commands.next();
    while (!next.done && !stopping && !failed.length) {
      let answer = null;
      for (const late = Date.now() + 2 * SOON; !answer; ) {
        assert.ok(Date.now() < late, `never answered: ${next.value.where}`);
        const living = house.servers.filter((one) => one.child.ended === null);
        assert.ok(living.length, 'no server is left');
        const before = next.value.downs ?? 0;
        answer = await give(house, living[turn++ % living.length], next.value);
        downs += next.value.downs - before;
        if (!answer) await setTimeout(20); // it was asked to come again later
      }
      answered++;
      next = commands.next(answer);
    }
  };
  const clients = Array.from({ length: count }, (_, i) => client(i).catch((error) => {
    failed.push(error);
  }));
  const check = () => {
    if (failed.length) throw failed[0];
  };
  return {
    answered: () => answered,
    downs: () => downs, // times that it was 503
    /** So many answers more. */
    async more(many) {
      const wanted = answered + many;
      await until(() => check() ?? answered >= wanted, `${many} answers more`,
        [], SOON);
    },
    async end() {
      await Promise.all(clients);
      check();
    },
    async stop() {
      stopping = true;
      await this.end();
    },
  };
}

/** Closes its people's lines and calls that off again, as often as a day allows. */
export function* closing(people) {
  for (;;)
    for (const person of people) {
      const answer = yield submit(person);
      if (answer.status === 201) yield withdraw(answer.body.id);
    }
}

/** The i-th of so many shares. */
export const share = (all, i, count) => all.filter((_, k) => k % count === i);

const same = (answer, first) => {
  assert.equal(answer.status, first.status, JSON.stringify([answer.body, first.body]));
  assert.equal(answer.body.id, first.body.id);
  assert.equal(answer.body.reference, first.body.reference);
  assert.equal(answer.body.code, first.body.code);
};

/** Each command that was answered is answered so again, by either server, and nothing is done. */
async function repeated(house) {
  const jobs = house.jobs.filter((job) => job.answers.length);
  assert.ok(jobs.length, 'nothing was ever answered');
  await load(house, 16, function* (i) {
    for (const job of share(jobs, i, 16)) {
      const answer = yield job;
      assert.ok(answer.replayed, `done anew: ${JSON.stringify(job)}`);
      same(answer, job.answers[0]);
    }
  }).end();
}

export async function verified(house) {
  for (const what of ['journal', 'ledger']) {
    const answer = await ringoffJson([what, 'verify', '--data', house.folders[0]]);
    assert.equal(answer.json.good, true, `${what}: ${answer.out}`);
  }
}

/** All servers end when told to; nobody ever waited in a circle. */
export async function stopped(house) {
  for (const server of house.servers) {
    await server.stop();
    if (!server.killed) assert.equal(server.child.ended, 'ended with 0', server.child.output);
  }
  await until(async () => await house.base.sql('SELECT count(*) FROM pg_stat_activity WHERE ' +
    "datname = current_database() AND application_name = 'ringoff'") === '0', 'sessions ended');
  assert.equal(await house.base.sql('SELECT deadlocks FROM pg_stat_database WHERE datname = ' +
    'current_database()'), '0');
}

/** What was ever answered is in the database, once; keys and money agree; every message is sent,
 *  once; and the servers end. */
export async function settled(house) {
  const { sql } = house.base;
  await repeated(house);
  const told = { accepted: {}, refused: 0 };
  for (const job of house.jobs) {
    for (const answer of job.answers) same(answer, job.answers[0]);
    if (!job.answers.length) continue;
    if (!done(job.answers[0])) told.refused++;
    else (told.accepted[job.verb] ??= []).push(job.answers[0].body.id);
  }
  const closures = (told.accepted['closure.submit'] ?? []).sort();
  assert.equal(new Set(closures).size, closures.length, 'two keys, one closure');
  const open = house.jobs.filter((job) => !job.answers.length);
  assert.deepEqual(open, [], 'a command that was never answered');
  const there = await sql('SELECT id FROM closure');
  assert.deepEqual(there.split('\n').sort(), closures);
  const count = async (condition) =>
    Number(await sql(`SELECT count(*) FROM journal WHERE ${condition}`));
  const verbs = [...new Set(house.jobs.map((job) => job.verb))];
  for (const verb of verbs)
    assert.equal(await count(`verb = '${verb}' AND refusal = ''`),
      told.accepted[verb]?.length ?? 0, verb);
  const asked = verbs.map((verb) => `'${verb}'`).join();
  assert.equal(await count(`verb IN (${asked}) AND refusal <> ''`), told.refused);
  assert.equal(await count("refusal IN ('broken', 'busy')"), 0);
  assert.equal(await sql('SELECT count(*) FROM (SELECT line FROM closure WHERE withdrawn_at = 0 ' +
    'AND expired_at = 0 AND rejected_at = 0 GROUP BY line HAVING count(*) > 1) twice'), '0');
  await delivered(house);
  await verified(house);
  await stopped(house);
  await verified(house);
}

/** All messages that are due were sent, none twice. */
export async function delivered(house) {
  const { sql } = house.base;
  await until(async () => await sql('SELECT count(*) FROM effect WHERE state = 1 AND next_at <= ' +
    'extract(epoch FROM now()) * 1000') === '0', 'all delivered', [], SOON);
  assert.ok(Number(await sql('SELECT count(*) FROM inbox')) > 0);
  assert.equal(await sql("SELECT count(*) - (SELECT count(*) FROM inbox) FROM journal WHERE " +
    "verb = 'inbox.add' AND refusal = ''"), '0');
}

/** A server that must not start: what it says. */
export async function refusedToServe(data) {
  const answer = await ringoff(['serve', '--data', data, '--listen', '127.0.0.1:0']);
  assert.equal(answer.code, 4, answer.err);
  assert.equal(answer.out, '');
  return answer.err;
}

/** All sessions that write are ended. */
export const writersEnd = (base) =>
  base.sql(`SELECT count(pg_terminate_backend(pid, 5000)) FROM (${WRITERS}) AS writers`);
