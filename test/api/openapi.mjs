// A client of the API that believes nothing: every answer is held against the OpenAPI document that
// the same server gives out. For these tests and for the journeys.
import assert from 'node:assert/strict';
import http from 'node:http';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** One exchange; answers { status, headers, text }. Body: bytes or text as they are. */
export function exchange({ port, host }, method, path, headers = {}, body = undefined) {
  return new Promise((done, failed) => {
    const all = { host, connection: 'close', ...headers };
    if (body !== undefined) all['content-length'] = Buffer.byteLength(body);
    const request = http.request(
      { host: '127.0.0.1', port, method, path, headers: all },
      (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.on('error', failed);
        answer.on('end', () =>
          done({
            status: answer.statusCode,
            headers: answer.headers,
            text: Buffer.concat(pieces).toString('utf8'),
          }),
        );
      },
    );
    request.on('error', failed);
    request.end(body);
  });
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([template, item]) =>
    methods
      .filter((method) => item[method])
      .map((method) => ({
        template,
        method: method.toUpperCase(),
        operation: item[method],
        fits: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
      })),
  );
}

/** All schemas of the document with their places: [place, schema]. */
export function schemasOf(document) {
  const found = [];
  const walk = (value, place) => {
    if (value === null || typeof value !== 'object') return;
    for (const [name, inner] of Object.entries(value)) {
      const at = `${place}/${name}`;
      if (name === 'schema' || /\/(schemas|properties)$/.test(place) || name === 'items') {
        if (!Array.isArray(inner) && !/\/examples\//.test(at)) found.push([at, inner]);
      }
      walk(inner, at);
    }
  };
  walk(document, '');
  return found;
}

/**
 * The door of a server: { port, host, base } where base is "" or an operator's prefix.
 * Answers { document, call, counted }; counted has "operationId status" of what was seen.
 */
export async function open({ port, host = 'localhost', base = '' }) {
  const at = { port, host };
  const given = await exchange(at, 'GET', `${base}/api/openapi.json`);
  assert.equal(given.status, 200, given.text);
  assert.equal(given.headers['content-type'], 'application/json');
  const document = JSON.parse(given.text);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'ringoff');
  const operations = operationsOf(document);
  const counted = new Set();

  function validate(pointer, value, what) {
    const check = ajv.getSchema(`ringoff#${pointer}`);
    assert.ok(check, `the document has no ${pointer}`);
    assert.ok(check(value), `${what}: ${ajv.errorsText(check.errors)}\n${JSON.stringify(value)}`);
  }
  const escaped = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');

  function checkProblem(answer, what, known) {
    assert.equal(answer.headers['content-type'], 'application/problem+json', what);
    validate('/components/schemas/problem', answer.body, what);
    assert.equal(answer.body.status, answer.status, what);
    assert.equal(answer.body.type, `urn:ringoff:refusal:${answer.body.code}`);
    assert.ok(
      !known || known.examples[answer.body.code],
      `${what}: the code ${answer.body.code} is not documented at ${answer.status}`,
    );
  }

  function checkAnswer(found, answer, what) {
    const { operation, template, method } = found;
    const response = operation.responses[answer.status];
    assert.ok(response, `${what}: the status ${answer.status} is not documented: ${answer.text}`);
    counted.add(`${operation.operationId} ${answer.status} ${answer.body?.code ?? ''}`.trim());
    for (const name of [
      'etag',
      'location',
      'www-authenticate',
      'retry-after',
      'idempotency-replayed',
    ]) {
      const documented = Object.keys(response.headers ?? {}).some(
        (each) => each.toLowerCase() === name,
      );
      assert.ok(
        documented || answer.headers[name] === undefined,
        `${what}: ${name} is not documented`,
      );
      const always = documented && name !== 'idempotency-replayed';
      assert.ok(!always || answer.headers[name] !== undefined, `${what}: ${name} is missing`);
    }
    if (answer.status === 304) return;
    if (answer.status >= 400) {
      checkProblem(answer, what, response.content['application/problem+json']);
      return;
    }
    assert.equal(answer.headers['content-type'], 'application/json', what);
    validate(
      `/paths/${escaped(template)}/${method.toLowerCase()}/responses/${answer.status}` +
        '/content/application~1json/schema',
      answer.body,
      what,
    );
  }

  /** What was accepted must have been documented as acceptable. */
  function checkRequest(found, body, what) {
    if (!found.operation.requestBody) return;
    validate(
      `/paths/${escaped(found.template)}/${found.method.toLowerCase()}` +
        '/requestBody/content/application~1json/schema',
      body ?? {},
      `${what}, its body`,
    );
  }

  /**
   * Asks and validates; answers { status, headers, text, body }.
   * key: the API key; body: sent as JSON (a string or bytes as they are); idempotency: the key of a
   * command, a new one for each POST unless given (null: none).
   */
  async function call(method, path, { key, body, idempotency, headers = {} } = {}) {
    const what = `${method} ${path}`;
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const all = {};
    if (key) all.authorization = `Bearer ${key}`;
    if (body !== undefined) all['content-type'] = 'application/json';
    if (method === 'POST' && idempotency === undefined)
      all['idempotency-key'] = crypto.randomUUID();
    else if (idempotency) all['idempotency-key'] = idempotency;
    Object.assign(all, headers);
    const answer = await exchange(
      at,
      method,
      base + path,
      all,
      raw || body === undefined ? body : JSON.stringify(body),
    );
    const plain = path.split('?')[0];
    const asked = method === 'HEAD' ? 'GET' : method;
    const found = operations.find((each) => each.method === asked && each.fits.test(plain));
    assert.equal(answer.headers['cache-control'], 'no-store', what);
    assert.equal(answer.headers['set-cookie'], undefined, what);
    if (method === 'HEAD' || answer.status === 304) {
      assert.equal(answer.text, '', what);
      return answer;
    }
    answer.body = answer.text ? JSON.parse(answer.text) : undefined;
    if (!found) checkProblem(answer, what);
    else checkAnswer(found, answer, what);
    const [type] = (all['content-type'] ?? 'application/json').split(/[; ]/);
    if (found && answer.status < 300 && type !== 'application/json')
      assert.ok(found.operation.requestBody.content[type], `${what}: ${type} is not documented`);
    else if (found && answer.status < 300)
      checkRequest(found, raw ? JSON.parse(body) : body, what);
    return answer;
  }
  return { document, call, counted, at };
}
