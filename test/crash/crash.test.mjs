// The server killed in the middle of its work: 64 clients close distinct lines over the API, each
// under a key of its own; after every kill the same keys are given again. Each closure that was
// acknowledged is there exactly once, under its key, with the same answer.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { program, run } from '../journey/installation.mjs';
import { childStart, directoryMake, directoryRemove, until } from '../peers/process.mjs';

const LINES = 1600;
const CLIENTS = 64;
const ROUNDS = 4; // kills; then all that remains is done in peace
const seed = Number(process.env.RINGOFF_SEED ?? 1);

/** Numbers that follow from the seed (mulberry32). */
function dice(state) {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

async function serve(data) {
  const server = childStart(program, ['serve', '--data', data, '--listen', '127.0.0.1:0']);
  const ready = await until(
    () => /^\{"event":"ready","port":(\d+)\}$/m.exec(server.output),
    'ringoff serve',
    [server],
  );
  return { server, base: `http://127.0.0.1:${ready[1]}/harbour/api/v1` };
}

async function call(base, key, method, where, body, idempotency) {
  const answer = await fetch(`${base}${where}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body && { 'Content-Type': 'application/json', 'Idempotency-Key': idempotency }),
    },
    body: body && JSON.stringify(body),
  });
  const replayed = answer.headers.get('idempotency-replayed') === 'true';
  return { status: answer.status, replayed, body: await answer.json() };
}

/** Gives every open job to 64 clients; a job that the server no longer answers stays open. */
async function clients(base, key, jobs, answered) {
  const waiting = [...jobs];
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        const answer = await call(base, key, 'POST', '/closures', job.body, job.key).catch(
          () => null, // the server was killed; was it done? its key tells
        );
        if (answer) {
          job.answers.push(answer);
          answered(job);
        } else {
          job.lost = true;
        }
      }
    }),
  );
}

test('nothing acknowledged is lost when the server is killed', { timeout: 240_000 }, async () => {
  const directory = await directoryMake('crash');
  const data = path.join(directory, 'data');
  let running;
  try {
    const made = await run('demo', '--data', data, '--lines', `${LINES}`, '--seed', '7', '--json');
    assert.equal(made.code, 0, made.stderr);
    const { people, api_key: key } = JSON.parse(made.stdout);
    await writeFile(path.join(data, 'ringoff.ini'), '');
    running = await serve(data);
    const jobs = [];
    for (const person of people.filter((each) => each.operator === 'harbour' && !each.story)) {
      const search = `/lines?search=${encodeURIComponent(person.number)}`;
      const found = await call(running.base, key, 'GET', search);
      assert.equal(found.status, 200, JSON.stringify(found.body));
      assert.equal(found.body.items.length, 1);
      jobs.push({
        key: `the line ${person.number}`,
        body: {
          line: found.body.items[0].id,
          document_type: person.second_id_type ?? person.id_type,
          document: person.second_id_number ?? person.id_number,
        },
        answers: [],
      });
    }
    assert.ok(jobs.length > 2 * ROUNDS * CLIENTS, `${jobs.length} lines`);

    const next = dice(seed);
    const open = () => jobs.filter((job) => job.answers.length === 0);
    for (let round = 0; round < ROUNDS; round++) {
      const enough = 1 + next(Math.floor(jobs.length / (2 * ROUNDS)));
      let count = 0;
      await clients(running.base, key, open(), () => {
        if (++count === enough) running.server.child.kill('SIGKILL');
      });
      assert.ok(count >= enough, `${count} of ${enough} answers\n${running.server.output}`);
      await running.server.end;
      assert.equal(running.server.ended, 'ended with SIGKILL', running.server.output);
      running = await serve(data);
      const told = jobs.filter((job) => job.answers.length > 0);
      await clients(running.base, key, told, (job) => {
        assert.ok(job.answers.at(-1).replayed, `${job.key} was done anew`);
      });
    }
    assert.ok(jobs.some((job) => job.lost), 'no client was ever cut off');
    await clients(running.base, key, open(), () => {});
    await clients(running.base, key, jobs, (job) => assert.ok(job.answers.at(-1).replayed));

    const ids = new Set();
    for (const job of jobs) {
      const [first] = job.answers;
      if (first.status !== 201) { // a SIM that is too new; the same refusal each time
        assert.equal(first.status, 403, JSON.stringify(first.body));
        for (const answer of job.answers) assert.equal(answer.body.code, first.body.code);
        continue;
      }
      for (const answer of job.answers) {
        assert.equal(answer.status, 201, JSON.stringify(answer.body));
        assert.equal(answer.body.line, job.body.line);
        assert.equal(answer.body.id, first.body.id);
        assert.equal(answer.body.reference, first.body.reference);
      }
      ids.add(first.body.id);
    }
    assert.ok(ids.size > jobs.length / 2);
    assert.equal(ids.size, jobs.filter((job) => job.answers[0].status === 201).length);
    const there = [];
    for (let at = ''; at !== null; ) {
      const page = await call(running.base, key, 'GET', `/closures${at && `?after=${at}`}`);
      assert.equal(page.status, 200, JSON.stringify(page.body));
      there.push(...page.body.items);
      at = page.body.next ?? null;
    }
    assert.equal(new Set(there.map((closure) => closure.id)).size, there.length);
    for (const job of jobs.filter((each) => each.answers[0].status === 201)) {
      const found = there.filter((closure) => closure.line === job.body.line);
      assert.deepEqual(
        found.map((closure) => closure.id),
        [job.answers[0].body.id],
      );
    }

    running.server.child.kill('SIGTERM');
    await running.server.end;
    assert.equal(running.server.ended, 'ended with 0', running.server.output);
    running = null;
    for (const what of ['journal', 'ledger']) {
      const verified = await run(what, 'verify', '--data', data);
      assert.equal(verified.code, 0, `${what}: ${verified.stdout}${verified.stderr}`);
    }
  } finally {
    if (running) {
      running.server.child.kill('SIGKILL');
      await running.server.end;
    }
    await directoryRemove(directory);
  }
});
