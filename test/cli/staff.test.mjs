// Who is somebody at one operator is nobody at another; what a door refuses is in the journal.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { until } from '../peers/process.mjs';
import { folder, operators, ringoff, ringoffJson, root, serve } from './tool.mjs';

const NOBODY = 65534;

/** A policy of the demo's with other values, as a file that anybody can read. */
async function policy(t, code, changes) {
  const made = await folder(t);
  const file = path.join(made, 'policy.json');
  const text = readFileSync(path.join(root, `packaging/demo/${code}.json`), 'utf8');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(text), ...changes }), { mode: 0o644 });
  await chmod(made, 0o755);
  return file;
}

const entries = async (data) =>
  (await ringoffJson(['journal', 'verify', '--data', data])).json.entries;

test(
  'a member of staff of one operator changes no other and makes none',
  { skip: process.getuid() !== 0 && 'another system user is needed' },
  async (t) => {
    const { data } = await operators(t);
    await chmod(path.dirname(data), 0o755);
    await chmod(data, 0o755);
    await serve(t, data);
    const added = await ringoff(['staff', 'add', '--data', data, '--operator', 'harbour',
      '--name', 'Ada', '--system-user', 'nobody', '--roles', 'root']);
    assert.equal(added.code, 0, added.err);
    const load = (file, as = '', options = {}) =>
      ringoffJson(['policy', 'load', file, '--data', data, ...as.split(' ').filter(Boolean)],
        options);
    const ada = { uid: NOBODY };
    const hers = '--operator harbour';
    const next = { version: 9, effective_from: '2099-01-01T00:00:00Z' };
    const harbour = await policy(t, 'harbour', next);
    const kite = await policy(t, 'kite', next);
    const third = await policy(t, 'kite', {
      operator: 'third',
      hosts: ['third.localhost'],
      number_blocks: [{ from: '+85251000000', to: '+85251000099' }],
    });
    for (const as of [hers, '', '--operator kite']) {
      for (const file of [kite, third]) {
        const answer = await load(file, as, ada);
        assert.equal(answer.code, 1, `${as}: ${answer.out}`);
      }
    }
    assert.equal((await load(harbour, hers, ada)).code, 0, 'her own');
    assert.equal((await load(kite)).code, 0, 'root may');
    const taken = await policy(t, 'kite', { operator: 'third' });
    const conflict = await load(taken);
    assert.equal(conflict.code, 1);
    assert.match(JSON.stringify(conflict.json) + conflict.err, /policy_conflict|Another operator/);
    assert.equal((await load(third)).code, 0, 'root may make one');
  },
);

test('what is refused at the door after authentication is in the journal', async (t) => {
  const { data, demo } = await operators(t);
  const { port } = await serve(t, data);
  const [person] = demo.people;
  const post = (headers, body, key = demo.api_key) =>
    fetch(`http://127.0.0.1:${port}/${person.operator}/api/v1/closures`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(body),
    });
  /* The dispatcher writes too, as long as it has something to deliver. */
  await until(async () => {
    const lists = demo.people.map(({ operator }) =>
      ringoffJson(['effect', 'list', '--data', data, '--operator', operator]));
    const items = (await Promise.all(lists)).flatMap(({ json }) => json.items);
    return items.every((effect) => effect.state !== 'waiting');
  }, 'all effects');
  let before = await entries(data);
  const grows = async (by, what) => {
    const now = await entries(data);
    assert.equal(now - before, by, what);
    before = now;
  };
  const keyless = await post({}, {});
  assert.equal((await keyless.json()).code, 'key_missing');
  await grows(1, 'no key');
  const bad = await post({ 'Idempotency-Key': 'a key of mine, 1' }, { line: '0', wrong: 1 });
  assert.equal(bad.status, 422);
  assert.ok((await bad.json()).field);
  await grows(1, 'bad input');
  const stranger = await post({ 'Idempotency-Key': 'a key of mine, 2' }, {}, 'ringoff_no');
  assert.equal(stranger.status, 401);
  await grows(0, 'nobody');
  const at = ['--data', data, '--operator', person.operator];
  const long = await ringoff(['network', 'done', ...at, '--work', '1',
    '--evidence', 'x'.repeat(161)]);
  assert.equal(long.code, 1, long.err);
  await grows(1, 'bad input at the terminal');
  const unsigned = await ringoff(['closure', 'submit', ...at, '--number', person.number,
    '--document-type', person.id_type, '--document', person.id_number, '--key', 'one']);
  assert.match(unsigned.err, /--api-key-file/);
  await grows(1, 'for integrators');
  const { json } = await ringoffJson(['journal', 'verify', '--data', data]);
  assert.equal(json.good, true);
});
