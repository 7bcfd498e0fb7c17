import assert from 'node:assert/strict';
import {
  copyFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync,
} from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { execFileSync } from 'node:child_process';
import { folder, operators, ringoff, ringoffJson, serve } from './tool.mjs';

const outside = '\n[sms]\nurl = http://127.0.0.1:9/\nuser = u\npassword_file = sms.password\n' +
  '[mail]\nhost = 127.0.0.1\nfrom = close@example.com\n';

const payment = `${outside}[payment]\nurl = https://pay.example.com/\n`;

async function installation(t, settings = '') {
  const data = path.join(await folder(t), 'data');
  const made = await ringoffJson(['init', '--data', data]);
  assert.equal(made.code, 0);
  assert.equal(made.json.event, 'made');
  writeFileSync(path.join(data, 'ringoff.ini'), settings);
  writeFileSync(path.join(data, 'sms.password'), 'secret\n');
  writeFileSync(path.join(data, 'payment.secret'), `whsec_${'a'.repeat(32)}\n`);
  return data;
}

const refused = async (data, what, code = 4, more = []) => {
  const answer = await ringoff(['serve', '--data', data, '--listen', '127.0.0.1:0', ...more]);
  assert.match(answer.err, what);
  assert.equal(answer.code, code);
  assert.equal(answer.out, '');
};

test('init makes what nobody else may read, once', async (t) => {
  const data = path.join(await folder(t), 'data');
  assert.equal((await ringoff(['init', '--data', data])).code, 0);
  assert.equal(statSync(data).mode & 0o777, 0o700);
  for (const name of ['ringoff.key', 'ringoff.db', 'ringoff.ini']) {
    assert.equal(statSync(path.join(data, name)).mode & 0o777, 0o600, name);
  }
  const key = readFileSync(path.join(data, 'ringoff.key'));
  const again = await ringoffJson(['init', '--data', data]);
  assert.equal(again.json.event, 'unchanged');
  assert.deepEqual(readFileSync(path.join(data, 'ringoff.key')), key);
  renameSync(path.join(data, 'ringoff.key'), path.join(data, 'elsewhere'));
  const without = await ringoff(['init', '--data', data]);
  assert.match(without.err, /put it back/);
  assert.equal(without.code, 4);
});

test('the settings that init writes are the defaults, and are read', async (t) => {
  const data = path.join(await folder(t), 'data');
  await ringoff(['init', '--data', data]);
  await refused(data, /SMS gateway and a mail server/);
  writeFileSync(path.join(data, 'sms.password'), 'secret\n');
  writeFileSync(path.join(data, 'ringoff.ini'), outside, { flag: 'a' });
  await (await serve(t, data)).stop();
});

test('a settings file that is wrong is refused by its line', async (t) => {
  const data = await installation(t);
  for (const [text, what] of [
    ['[server]\nport = 8080\ncolour = red\n', /line 3: there is no setting colour/],
    ['[server]\nport = many\n', /line 2: port must be a whole number from 0 to 65535/],
    ['[server]\n\nport = 1\nport = 2\n', /line 4: port stands twice/],
    ['[server]\nhttps = perhaps\n', /line 2: https must be yes or no/],
    ['[network]\nadapter = magic\n', /line 2: adapter is none/],
    ['[server]\nbase_url = ftp:\/\/x\n', /line 2: base_url must begin/],
    ['port = 1\n', /line 1: there is no setting port/],
    ['[server\n', /line 1/],
    [`[mail]\nfrom = ${'x'.repeat(5000)}\n`, /line 2: the line is too long/],
    [outside.replace('sms.password', 'nothing'), /nothing: No such file/],
    ['[payment]\nurl = pay.example.com\n', /line 2: url must begin/],
    [payment, /the payment provider needs a secret_file/],
    [`${payment}secret_file = nothing\n`, /nothing: No such file/],
    [`${payment}secret_file = sms.password\n`, /sms.password must hold whsec_ and base64 of 24/],
    [`${payment.replace('https', 'http')}secret_file = payment.secret\n`, /by https, or be/],
  ]) {
    writeFileSync(path.join(data, 'ringoff.ini'), text);
    await refused(data, what);
  }
});

test('a payment provider is over https or here, and its secret in a file', async (t) => {
  const data = await installation(t, `${payment}secret_file = payment.secret\n`);
  await (await serve(t, data)).stop();
});

test('serve says in one line that it is ready, and ends when told to with 0', async (t) => {
  const data = await installation(t, outside);
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const server = await serve(t, data);
    assert.deepEqual(Object.keys(JSON.parse(server.out())), ['event', 'port']);
    const answer = await fetch(`http://127.0.0.1:${server.port}/healthz`);
    assert.equal(answer.status, 200);
    await server.stop(signal);
    assert.equal(server.child.ended, 'ended with 0', server.child.output);
    assert.equal(server.out().trim().split('\n').length, 1);
  }
});

test('serve refuses another key, a newer schema, a second server, other addresses', async (t) => {
  const data = await installation(t, outside);
  const other = await installation(t, outside);
  const copy = path.join(await folder(t), 'copy');
  mkdirSync(copy, { mode: 0o700 });
  for (const name of ['ringoff.db', 'ringoff.ini', 'sms.password']) {
    copyFileSync(path.join(data, name), path.join(copy, name));
  }
  copyFileSync(path.join(other, 'ringoff.key'), path.join(copy, 'ringoff.key'));
  execFileSync('chmod', ['600', path.join(copy, 'ringoff.key')]);
  await refused(copy, /key file/);
  execFileSync('sqlite3', [path.join(other, 'ringoff.db'), 'PRAGMA user_version = 9999']);
  await refused(other, /newer/);
  await refused(path.join(copy, 'nothing'), /no installation/);
  await refused(data, /demo installations only/, 4, ['--clock-shift', '60']);
  await serve(t, data);
  await refused(data, /another ringoff/, 3);
  for (const listen of ['0.0.0.0:0', '127.0.0.1', '127.0.0.1:99999', ':80', '[::1]:80']) {
    const answer = await ringoff(['serve', '--data', data, '--listen', listen]);
    assert.equal(answer.code, 2);
    assert.match(answer.err, /only 127\.0\.0\.1/);
  }
});

test('a demo runs its clock ahead when told to', async (t) => {
  const { data } = await operators(t);
  const server = await serve(t, data, ['--clock-shift', '864000']);
  const answer = await ringoffJson(['preview', 'show', '--data', data, '--operator', 'harbour',
    '--number', (await ringoffJson(['demo', '--data', data])).json.people[0].number]);
  assert.ok(Date.parse(answer.json.due_at) > Date.now() + 10 * 864e5);
  await server.stop();
});
