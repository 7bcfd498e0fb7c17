import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { folder, luhn, ringoff, ringoffJson } from './tool.mjs';

test('the same seed makes the same people, another seed others', async (t) => {
  const at = await folder(t);
  const make = (name, ...more) =>
    ringoff(['demo', '--data', path.join(at, name), '--json', ...more]);
  const [one, two, three] = await Promise.all([make('a'), make('b'), make('c', '--seed', '2')]);
  assert.equal(one.code, 0, one.err);
  assert.equal(one.out, two.out);
  assert.notEqual(one.out, three.out);
  renameSync(path.join(at, 'a'), path.join(at, 'moved'));
  const again = await make('moved');
  assert.equal(again.out, one.out, 'and prints them again where it is');
  const { people, operators } = JSON.parse(one.out);
  assert.equal(people.length, 200);
  assert.deepEqual(operators, ['harbour', 'kite', 'heron']);
  assert.equal(new Set(people.map((person) => person.number)).size, 200);
  assert.ok(people.every((person) => luhn(person.iccid.slice(0, -1)) === person.iccid));
  assert.ok(people[0].password && people[0].story);
  assert.ok(people.some((person) => !person.password));
  const other = await make('moved', '--seed', '3');
  assert.equal(other.code, 1);
  assert.match(other.err, /--seed 1 --lines 200/);
});

test('a demo adds up, and is never made in an installation', async (t) => {
  const data = path.join(await folder(t), 'data');
  assert.equal((await ringoff(['demo', '--data', data, '--lines', '30'])).code, 0);
  assert.equal((await ringoffJson(['ledger', 'verify', '--data', data])).json.good, true);
  assert.equal((await ringoffJson(['journal', 'verify', '--data', data])).json.good, true);
  const real = path.join(await folder(t), 'real');
  await ringoff(['init', '--data', real]);
  const answer = await ringoff(['demo', '--data', real]);
  assert.equal(answer.code, 1);
  assert.match(answer.err, /not a whole demo/);
});
