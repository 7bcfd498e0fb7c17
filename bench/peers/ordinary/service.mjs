// The ordinary team's service for one endpoint: POST /api/v1/closures. Fastify validates, pg pools
// and prepares, one transaction a request. ORDINARY_DATABASE is a connection string's parts as
// JSON, ORDINARY_WORKERS how many processes share the port, ORDINARY_SECRET keys the hashes.
import cluster from 'node:cluster';
import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import process from 'node:process';
import Fastify from 'fastify';
import pg from 'pg';

const HOUR = 3600 * 1000;
const LIMITS = { sms: 10, submit: 5 };
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

const body = {
  type: 'object',
  required: ['line', 'document_type', 'document'],
  additionalProperties: false,
  properties: {
    line: { type: 'string', pattern: '^[1-9][0-9]{0,18}$' },
    document_type: { type: 'string', minLength: 1, maxLength: 39 },
    document: { type: 'string', minLength: 1, maxLength: 39 },
    reason: { type: 'string', maxLength: 300 },
    language: { type: 'string', enum: ['en', 'zh-Hant-HK', 'zh-Hans-CN'] },
  },
};
const headers = {
  type: 'object',
  required: ['idempotency-key', 'authorization'],
  properties: {
    'idempotency-key': { type: 'string', minLength: 8, maxLength: 70 },
    authorization: { type: 'string', pattern: '^Bearer ' },
  },
};
const text = { type: 'string' };
const answerSchema = {
  type: 'object',
  properties: {
    id: text,
    reference: text,
    state: text,
    waits_for: text,
    basis: text,
    line: text,
    number: text,
    language: text,
    submitted_at: text,
    identity_at: text,
    due_at: text,
    confirm_expires_at: text,
    timeline: {
      type: 'array',
      items: { type: 'object', properties: { code: text, at: text, state: text } },
    },
  },
};

// Named, so that each connection prepares them once.
const statements = {
  key: 'SELECT id, operator, scopes FROM api_key WHERE hash = $1 AND revoked_at IS NULL',
  remember:
    'INSERT INTO idempotency (api_key, key, body_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
  remembered: 'SELECT body_hash, status, answer FROM idempotency WHERE api_key = $1 AND key = $2',
  line:
    'SELECT l.id, l.number, l.state, l.closure, s.document_type, s.document_hash FROM line l ' +
    'JOIN subscriber s ON s.id = l.subscriber WHERE l.id = $1 AND l.operator = $2 ' +
    'FOR UPDATE OF l',
  attempts:
    "INSERT INTO attempt (line, kind, since, count) VALUES ($1, 'sms', $2, 1), " +
    "($1, 'submit', $2, 1) ON CONFLICT (line, kind) DO UPDATE SET count = CASE WHEN " +
    "attempt.since < excluded.since - interval '1 hour' THEN 1 ELSE attempt.count + 1 END, " +
    "since = CASE WHEN attempt.since < excluded.since - interval '1 hour' THEN excluded.since " +
    'ELSE attempt.since END RETURNING kind, count',
  closure:
    'INSERT INTO closure (operator, line, api_key, reference, state, nonce, language, reason, ' +
    "submitted_at, identity_at, due_at, confirm_expires_at) VALUES ($1, $2, $3, $4, 'submitted', " +
    '$5, $6, $7, $8, $8, $9, $10) RETURNING id',
  close: "UPDATE line SET state = 'closing', closure = $2, updated_at = $3 WHERE id = $1",
  effects:
    "INSERT INTO effect (closure, kind, door, state, next_at) VALUES ($1, 'receipt', 'sms', " +
    "'waiting', $2), ($1, 'confirm', 'sms', 'waiting', $2)",
  audit:
    'INSERT INTO audit (operator, api_key, action, line, closure, at) VALUES ' +
    "($1, $2, 'closure.submit', $3, $4, $5)",
  answer: 'UPDATE idempotency SET status = 201, answer = $3 WHERE api_key = $1 AND key = $2',
};

class Refusal extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
  }
}

function sql(name, values) {
  return { name, text: statements[name], values };
}

function reference() {
  const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `RO-${letters.slice(0, 4)}-${letters.slice(4)}`;
}

function shown(id, made, line, at) {
  const times = {
    submitted: at.submitted,
    identity: at.submitted,
    confirmation: at.expires,
    undo_window: at.due,
    network_cut: at.due,
    deregistered: at.due,
  };
  return {
    id,
    reference: made.reference,
    state: 'submitted',
    waits_for: 'person_confirmation',
    basis: 'person',
    line: line.id,
    number: line.number,
    language: made.language,
    submitted_at: at.submitted.toISOString(),
    identity_at: at.submitted.toISOString(),
    due_at: at.due.toISOString(),
    confirm_expires_at: at.expires.toISOString(),
    timeline: Object.entries(times).map(([code, time], i) => ({
      code,
      at: time.toISOString(),
      state: i < 2 ? 'done' : i === 2 ? 'now' : 'later',
    })),
  };
}

async function submit(client, key, given, idempotency, hashes) {
  const fresh = await client.query(sql('remember', [key.id, idempotency, hashes.body]));
  if (fresh.rowCount === 0) {
    const before = (await client.query(sql('remembered', [key.id, idempotency]))).rows[0];
    if (!before.body_hash.equals(hashes.body)) throw new Refusal(422, 'key_reused');
    return before.answer;
  }
  const line = (await client.query(sql('line', [given.line, key.operator]))).rows[0];
  if (!line) throw new Refusal(404, 'not_found');
  if (line.state === 'closed') throw new Refusal(409, 'line_closed');
  if (line.closure) throw new Refusal(409, 'line_closing');
  const submitted = new Date();
  const spent = await client.query(sql('attempts', [line.id, submitted]));
  if (spent.rows.some((row) => row.count > LIMITS[row.kind])) throw new Refusal(429, 'too_many');
  if (line.document_type !== given.document_type || !line.document_hash.equals(hashes.document))
    throw new Refusal(403, 'identity');
  const made = { reference: reference(), language: given.language ?? 'en' };
  const at = {
    submitted,
    due: new Date(submitted.getTime() + 24 * HOUR),
    expires: new Date(submitted.getTime() + 20 * HOUR),
  };
  const { id } = (
    await client.query(
      sql('closure', [
        key.operator,
        line.id,
        key.id,
        made.reference,
        randomBytes(16),
        made.language,
        given.reason ?? null,
        submitted,
        at.due,
        at.expires,
      ]),
    )
  ).rows[0];
  const answer = shown(id, made, line, at);
  await client.query(sql('close', [line.id, id, submitted]));
  await client.query(sql('effects', [id, submitted]));
  await client.query(sql('audit', [key.operator, key.id, line.id, id, submitted]));
  await client.query(sql('answer', [key.id, idempotency, answer]));
  return answer;
}

async function transaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

export function build(database, secret) {
  const app = Fastify({ logger: false });
  const pool = new pg.Pool({ ...database, max: 10 });
  app.addHook('onClose', () => pool.end());
  app.setErrorHandler((error, request, reply) => {
    const status = error.status ?? error.statusCode ?? 500;
    reply.code(status).send({ status, code: status < 500 ? error.message : 'broken' });
  });
  const schema = { body, headers, response: { 201: answerSchema } };
  app.post('/api/v1/closures', { schema }, async (request, reply) => {
    const token = request.headers.authorization.slice('Bearer '.length);
    const hash = createHash('sha256').update(token).digest();
    const key = (await pool.query(sql('key', [hash]))).rows[0];
    if (!key) throw new Refusal(401, 'not_signed_in');
    if (!key.scopes.includes('closures:write')) throw new Refusal(403, 'not_allowed');
    const given = request.body;
    const hashes = {
      body: createHash('sha256').update(JSON.stringify(given)).digest(),
      document: createHmac('sha256', secret).update(given.document).digest(),
    };
    const idempotency = request.headers['idempotency-key'];
    const answer = await transaction(pool, (client) =>
      submit(client, key, given, idempotency, hashes),
    );
    reply.code(201).header('Location', `/api/v1/closures/${answer.id}`);
    return answer;
  });
  return app;
}

async function worker() {
  const app = build(JSON.parse(process.env.ORDINARY_DATABASE), process.env.ORDINARY_SECRET);
  await app.listen({ host: '127.0.0.1', port: Number(process.env.ORDINARY_PORT ?? 0) });
  process.send?.({ port: app.server.address().port });
  process.once('SIGTERM', () => app.close().then(() => process.exit(0)));
}

function primary() {
  const workers = Number(process.env.ORDINARY_WORKERS ?? 2);
  let ready = 0;
  for (let i = 0; i < workers; i++)
    cluster.fork().on('message', ({ port }) => {
      if (++ready === workers) console.log(JSON.stringify({ event: 'ready', port }));
    });
  process.once('SIGTERM', () => {
    for (const each of Object.values(cluster.workers)) each.process.kill('SIGTERM');
    cluster.disconnect(() => process.exit(0));
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  if (cluster.isPrimary) primary();
  else await worker();
}
