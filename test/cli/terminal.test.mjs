import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { until } from '../peers/process.mjs';
import { folder, operators, ringoff, ringoffJson, root, serve } from './tool.mjs';

const commands = async () => (await ringoff(['--help'])).out.split('\n')
  .map((line) => /^ {2}([a-z][a-z-]*(?: [a-z-]+)?) {2,}/.exec(line)?.[1]).filter(Boolean);

test('every subcommand explains itself', async () => {
  const names = await commands();
  assert.ok(names.length > 20, names.join());
  for (const name of names) {
    const help = await ringoff([...name.split(' '), '--help']);
    assert.equal(help.code, 0, name);
    assert.match(help.out, new RegExp(`^Usage: ringoff ${name} `), name);
    assert.match(help.out, /Exit codes: 0 done/, name);
    const wrong = await ringoff([...name.split(' '), '--no-such-option']);
    assert.equal(wrong.code, 2, name);
  }
  assert.equal((await ringoff(['nonsense'])).code, 2);
  assert.equal((await ringoff([])).code, 2);
  assert.match((await ringoff(['--version'])).out, /^ringoff \d/);
});

test('without a server: 3', async (t) => {
  const { data } = await operators(t);
  const answer = await ringoff(['effect', 'list', '--data', data]);
  assert.equal(answer.code, 3);
  assert.match(answer.err, /is ringoff serve running/);
});

test('what is no telephone number is refused, in a command and in a question', async (t) => {
  const { data } = await operators(t);
  await serve(t, data);
  const at = ['--data', data, '--operator', 'kite', '--number', '12'];
  for (const command of [['closure', 'show'], ['closure', 'withdraw']]) {
    const answer = await ringoffJson([...command, ...at]);
    assert.equal(answer.code, 1, command.join(' '));
    assert.equal(answer.json.code, 'number_form', answer.out);
  }
});

test('every subcommand of the tables is known to the server', async (t) => {
  const { data } = await operators(t);
  await serve(t, data);
  const help = (await ringoff(['--help'])).out;
  const remote = help.slice(help.indexOf('By the running server'));
  for (const name of (await commands()).filter((one) => remote.includes(`  ${one} `))) {
    const to = name.endsWith(' content') ? ['--to', '-'] : [];
    const answer = await ringoff([...name.split(' '), '--data', data, '--operator', 'kite', ...to]);
    assert.ok([0, 1].includes(answer.code), `${name}: ${answer.code} ${answer.err}`);
    assert.doesNotMatch(answer.err, /answered 404|broken/, name);
  }
});

test('a closure from submit to the end, by an integrator and named staff', async (t) => {
  const { data, demo } = await operators(t);
  const [person] = demo.people;
  const key = path.join(await folder(t), 'key');
  writeFileSync(key, `${demo.api_key}\n`);
  let server = await serve(t, data);
  const at = ['--data', data, '--operator', person.operator];
  const submit = ['closure', 'submit', ...at, '--number', person.number, '--document-type',
    person.id_type, '--language', 'en', '--key', 'one'];
  const unsigned = await ringoff([...submit, '--document', person.id_number]);
  assert.equal(unsigned.code, 1);
  assert.match(unsigned.err, /--api-key-file/);
  const wrong = await ringoff([...submit, '--api-key-file', key, '--document', 'A123456(3)']);
  assert.equal(wrong.code, 1);
  const submitting = [...submit.slice(0, -1), 'two', '--api-key-file', key,
    '--document', person.id_number];
  const submitted = await ringoffJson(submitting);
  assert.equal(submitted.code, 0, submitted.err);
  const { reference } = submitted.json.shown;
  const replay = await ringoffJson(submitting);
  assert.equal(replay.json.result, submitted.json.result);
  assert.equal(replay.json.replayed, true);
  const other = await ringoff([...submitting, '--reason', 'another body']);
  assert.equal(other.code, 1);
  assert.match(other.err, /key/);
  const code = await until(async () => {
    const { json } = await ringoffJson(['inbox', 'list', ...at]);
    const sent = json.items.find(({ text }) => text.includes(`/c/${reference}#`));
    return sent && /\b(\d{4}) ?(\d{4})\b/.exec(sent.text.replace(/\+852[ •\d]+/g, ''));
  }, 'a code in the inbox');
  const confirmed = await ringoffJson(['closure', 'confirm', ...at, '--reference',
    reference.toLowerCase(), '--code', code[1] + code[2]]);
  assert.equal(confirmed.code, 0, confirmed.err);
  await server.stop();
  server = await serve(t, data, ['--clock-shift', String(4 * 3600)]);
  const works = async () => (await ringoffJson(['work', 'list', ...at])).json.items;
  await until(async () => (await works()).length > 0, 'work');
  const done = await ringoffJson(['network', 'done', ...at, '--reference', reference,
    '--evidence', 'seen in the HLR']);
  assert.equal(done.code, 0, done.err);
  assert.equal(done.json.shown.state, 'closed');
  assert.equal((await ringoffJson(['ledger', 'verify', '--data', data])).json.good, true);
  assert.equal((await ringoffJson(['journal', 'verify', '--data', data])).json.good, true);
});

test('root administers policies, staff and keys; some acts need a name', async (t) => {
  const { data } = await operators(t);
  await serve(t, data);
  const text = readFileSync(path.join(root, 'packaging/demo/kite.json'), 'utf8')
    .replace('"kite"', '"third"').replace('kite.localhost', 'third.localhost')
    .replace(/\+8526(\d{7})"/g, '+8525$1"');
  const file = path.join(await folder(t), 'third.json');
  writeFileSync(file, text);
  const loaded = await ringoff(['policy', 'load', file, '--data', data]);
  assert.equal(loaded.code, 0, loaded.err);
  const at = ['--data', data, '--operator', 'third'];
  const shown = await ringoffJson(['operator', 'show', ...at]);
  assert.equal(shown.json.code, 'third');
  const unnamed = await ringoff(['network', 'done', ...at, '--work', '1', '--evidence', 'x']);
  assert.equal(unnamed.code, 1);
  assert.match(unnamed.err, /named person/);
  const added = await ringoffJson(['api-key', 'add', ...at, '--name', 'shop',
    '--scopes', 'lines:read']);
  assert.match(added.json.secret, /^ringoff_/);
  const keys = await ringoff(['api-key', 'list', ...at]);
  assert.match(keys.out, /shop/);
  assert.ok(!keys.out.includes(added.json.secret));
  writeFileSync(file, text.replace('"undo_window_minutes": 60', '"undo_window_minutes": 9000'));
  const refused = await ringoff(['policy', 'load', file, '--data', data]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /undo_window_minutes/);
  const checked = await ringoffJson(['policy', 'check', file]);
  assert.equal(checked.code, 1);
  assert.equal(checked.json.faults[0].field, 'closure.undo_window_minutes');
  const strange = await ringoff(['line', 'list', '--data', data, '--operator', 'nobody']);
  assert.equal(strange.code, 1);
});

test('openapi prints the document', async () => {
  const answer = await ringoff(['openapi']);
  assert.match(JSON.parse(answer.out).openapi, /^3\.1/);
});
