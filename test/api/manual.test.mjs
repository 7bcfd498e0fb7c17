// doc/api.md is run as it stands, against the real program with a demo installation.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { childStart, childStop, until } from '../peers/process.mjs';
import { build } from './house.mjs';
import { open } from './openapi.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const ringoff = path.join(build, 'ringoff');
let folder, server, port;

function run(program, args, options = {}) {
  return new Promise((done) =>
    execFile(program, args, { cwd: folder, timeout: 120000, ...options }, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    ),
  );
}

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ringoff-manual-'));
  const demo = await run(ringoff, ['demo', '--data', 'demo', '--lines', '12', '--json']);
  assert.equal(demo.code, 0, demo.stderr);
  await writeFile(path.join(folder, 'demo', 'people.json'), demo.stdout);
  const args = ['serve', '--data', 'demo', '--listen', '127.0.0.1:0'];
  server = childStart(ringoff, args, { cwd: folder });
  const ready = () => /"port": ?(\d+)/.exec(server.output);
  [, port] = await until(ready, 'ringoff serve', [server]);
});
after(async () => {
  if (server) await childStop(server);
  await rm(folder, { recursive: true, force: true });
});

/** The code of the newest confirmation: asked for until the dispatcher has delivered it. */
const codeRead = `
code_read() {
  "$RINGOFF" inbox list --data demo --operator harbour --json | jq -er '[.items[].text |
    select(contains("/c/")) | capture("(?<a>[0-9]{4}) ?(?<b>[0-9]{4})\\\\b") | .a + .b][0]'
}
until CODE=$(code_read); do :; done
`;

test('the examples of doc/api.md work, one after the other', async () => {
  const page = await readFile(path.join(root, 'doc', 'api.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block);
  assert.ok(blocks.length >= 8);
  const at = blocks.findIndex((block) => block.includes('$CODE'));
  assert.ok(at > 0);
  blocks.splice(at, 0, codeRead);
  const script = blocks.map((block, i) => `echo "== ${i}"\n${block}\necho\n`).join('');
  const here = script.replace('http://127.0.0.1:8080', `http://127.0.0.1:${port}`);
  const env = { ...process.env, RINGOFF: ringoff };
  const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', here], { env });
  assert.equal(code, 0, `${stdout}\n${stderr}\n${server.output}`);
  const parts = stdout.split(/^== \d+\n/m).slice(1);
  const part = (text) => parts[blocks.findIndex((block) => block.includes(text))].trim();
  assert.equal(JSON.parse(part('/preview')).currency, 'HKD');
  assert.match(part('CLOSURE=$('), /"waits_for":"person_confirmation"/);
  assert.match(part('"$CODE'), /"waits_for":"undo_window"/);
  assert.match(part('/withdraw'), /"state":"withdrawn"/);
  assert.equal(part('jq -r .state'), 'withdrawn');
  assert.match(part('/effects?limit'), /^confirm done$/m);
  assert.equal(part('If-None-Match'), '304');
});

test('the example of README.md closes a line as the app', async () => {
  const page = await readFile(path.join(root, 'README.md'), 'utf8');
  const [, block, ...more] = /^```sh\n([^]*?)^```$/m.exec(page);
  assert.deepEqual(more, []);
  const here = block
    .replace('http://127.0.0.1:8080', `http://127.0.0.1:${port}`)
    .replaceAll('build/ringoff', ringoff);
  const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', here]);
  assert.equal(code, 0, `${stdout}\n${stderr}\n${server.output}`);
  assert.match(stdout, /"paid_to_unclaimed"/);
  assert.match(stdout, /"status_secret": "(\w{4}-){3}\w{4}"/);
  assert.match(stdout, /"waits_for": "person_confirmation"[^]*"waits_for": "undo_window"/);
});

test('the real program answers by the document too, below its prefix', async () => {
  const { api_key: key, people } = JSON.parse(
    await readFile(path.join(folder, 'demo', 'people.json'), 'utf8'),
  );
  const door = await open({ port, host: '127.0.0.1', base: '/harbour' });
  assert.deepEqual(door.document.servers, [{ url: '/harbour' }]);
  const mine = people.filter((each) => each.operator === 'harbour');
  for (const { number, iccid } of mine) {
    for (const search of [number, iccid]) {
      const path = `/api/v1/lines?search=${encodeURIComponent(search)}`;
      const { body } = await door.call('GET', path, { key });
      assert.equal(body.items.length, 1);
      const line = await door.call('GET', `/api/v1/lines/${body.items[0].id}`, { key });
      assert.equal(line.status, 200);
    }
  }
  for (const list of ['lines', 'closures', 'effects'])
    assert.equal((await door.call('GET', `/api/v1/${list}?limit=100`, { key })).status, 200);
  const other = await open({ port, host: '127.0.0.1', base: '/kite' });
  assert.equal((await other.call('GET', '/api/v1/lines', { key })).status, 401);
});
