// What is written from the tables: doc/permissions.md and doc/proof.md, and the document at the
// terminal.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from './house.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const tables = (what) =>
  execFileSync(path.join(build, 'test', 'api', 'tables'), [what], { encoding: 'utf8' });

for (const page of ['permissions', 'proof'])
  test(`doc/${page}.md says what the tables say`, () => {
    const file = readFileSync(path.join(root, 'doc', `${page}.md`), 'utf8');
    const anew = `write it anew: build/test/api/tables ${page} > doc/${page}.md`;
    assert.equal(file, tables(page), anew);
  });

test('every row of their tables has as many cells as the heading', () => {
  const rows = (tables('permissions') + tables('proof'))
    .split('\n\n')
    .flatMap((part) => {
      const lines = part.split('\n').filter((line) => line.startsWith('|'));
      return lines.map((line) => [line.split('|').length, lines[0].split('|').length, line]);
    });
  assert.ok(rows.length > 100);
  for (const [cells, heading, line] of rows) assert.equal(cells, heading, line);
});

test('ringoff openapi prints the document that is served', () => {
  const printed = execFileSync(path.join(build, 'ringoff'), ['openapi'], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(printed), JSON.parse(tables('openapi')));
});

test('what a person can do in the portal, the app can do over REST', () => {
  const rows = tables('permissions')
    .split('## Views')[0]
    .split('\n')
    .filter((line) => /^\| `\w+\.\w+`/.test(line))
    .map((line) => line.split('|').map((each) => each.trim()));
  const missing = rows
    .filter(([, , , who, , portal, rest]) => /anybody|subscriber/.test(who) && portal && !rest)
    .map(([, verb]) => verb.replaceAll('`', ''));
  // A browser's session begins with a cookie, an app's with tokens (session.open_app).
  assert.deepEqual(missing, ['session.open']);
  assert.ok(rows.length > 40);
});
