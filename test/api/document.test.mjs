// The OpenAPI document itself: valid, typed to the last object, and the same for everybody.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { house } from './house.mjs';
import { exchange, schemasOf } from './openapi.mjs';

let h;
before(async () => {
  h = await house();
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const redocly = path.join(root, 'node_modules', '.bin', 'redocly');

function lint(file) {
  const env = {
    ...process.env,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    NO_COLOR: '1',
  };
  const args = ['lint', '--config', path.join(root, 'redocly.yaml'), '--format', 'json', file];
  return new Promise((done) =>
    execFile(redocly, args, { env, timeout: 120000 }, (error, stdout, stderr) => {
      try {
        done(JSON.parse(stdout));
      } catch {
        done({ totals: null, stdout, stderr });
      }
    }),
  );
}

test('redocly finds nothing wrong with it, and something with a broken one', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ringoff-openapi-'));
  try {
    const good = path.join(folder, 'good.json'),
      bad = path.join(folder, 'bad.json');
    await writeFile(good, JSON.stringify(h.harbour.document));
    const broken = structuredClone(h.harbour.document);
    delete broken.paths['/api/v1/lines'].get.responses;
    await writeFile(bad, JSON.stringify(broken));
    const [fine, wrong] = await Promise.all([lint(good), lint(bad)]);
    assert.deepEqual(
      fine.totals,
      { errors: 0, warnings: 0, ignored: 0 },
      JSON.stringify(fine).slice(0, 4000),
    );
    assert.ok(wrong.totals?.errors > 0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

function untyped(document) {
  return schemasOf(document)
    .filter(([, schema]) => {
      if (schema.$ref) return false;
      if (!schema.type) return true;
      if (schema.type === 'array') return !schema.items;
      return (
        schema.type === 'object' && (schema.additionalProperties !== false || !schema.properties)
      );
    })
    .map(([place]) => place);
}

test('no object in it is untyped', () => {
  const { document } = h.harbour;
  assert.ok(schemasOf(document).length > 150);
  assert.deepEqual(untyped(document), []);
  for (const damage of [
    (d) => {
      delete d.components.schemas.line.additionalProperties;
    },
    (d) => {
      delete d.components.schemas.line.properties.contacts.items;
    },
    (d) => {
      delete d.components.schemas.closure.properties.can.properties;
    },
    (d) => {
      delete d.paths['/api/v1/lines'].get.parameters[1].schema.type;
    },
  ]) {
    const damaged = structuredClone(document);
    damage(damaged);
    assert.equal(untyped(damaged).length, 1);
  }
});

test('every operation says who may and what is refused; every reference leads somewhere', () => {
  const { document } = h.harbour;
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const listed = readFileSync(path.join(root, '../doc/permissions.md'), 'utf8')
    .split('## REST')[1]
    .split('\n## ')[0];
  const asked = Object.entries(document.paths).flatMap(([place, item]) =>
    Object.entries(item).map(([method, { security }]) => {
      const who = security.map((each) => Object.keys(each)[0] ?? 'anybody');
      return `${method.toUpperCase()} ${place} ${who.sort().join(' ')}`;
    }),
  );
  const words = { anybody: 'anybody', integrator: 'key', subscriber: 'session' };
  const rows = [...listed.matchAll(/^\| `(\w+ \S+)` \| ([a-z, ]+) \|/gm)].map(
    ([, place, who]) => `${place} ${who.split(', ').map((each) => words[each]).sort().join(' ')}`,
  );
  assert.ok(rows.length >= 26);
  assert.deepEqual(asked.sort(), rows.sort());
  assert.equal(new Set(operations.map((each) => each.operationId)).size, operations.length);
  for (const operation of operations) {
    assert.match(operation.description, /\.( |$)/);
    for (const status of ['400', '401', '403', '404', '413', '422', '500', '503'])
      assert.ok(operation.responses[status], `${operation.operationId} ${status}`);
    for (const [status, response] of Object.entries(operation.responses).filter(
      ([each]) => each >= '400',
    )) {
      const { examples, schema } = response.content['application/problem+json'];
      assert.deepEqual(schema, { $ref: '#/components/schemas/problem' });
      assert.ok(Object.keys(examples).length > 0);
      for (const [code, { $ref }] of Object.entries(examples)) {
        const example = document.components.examples[$ref.split('/').at(-1)].value;
        assert.equal(example.code, code);
        assert.equal(example.status, Number(status));
        assert.ok(response.description.includes(code));
      }
    }
  }
  const text = JSON.stringify(document);
  for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g))
    assert.ok(
      pointer.split('/').reduce((at, name) => at?.[name], document),
      pointer,
    );
  for (const { scheme } of Object.values(document.components.securitySchemes))
    assert.equal(scheme, 'bearer');
});

test('it is given without a key, to any host, with an ETag, and names no operator', async () => {
  const at = { port: h.harbour.at.port, host: 'nobody.localhost' };
  const answer = await exchange(at, 'GET', '/api/openapi.json');
  assert.equal(answer.status, 200);
  assert.deepEqual(JSON.parse(answer.text), h.kite.document);
  const again = await exchange(at, 'GET', '/api/openapi.json', {
    'if-none-match': answer.headers.etag,
  });
  assert.equal(again.status, 304);
  assert.equal(again.text, '');
  assert.doesNotMatch(answer.text, /harbour|kite/i);
  assert.equal((await exchange(at, 'GET', '/api/openapi.json?x=1')).status, 422);
  assert.equal((await exchange(at, 'POST', '/api/openapi.json')).status, 405);
});
