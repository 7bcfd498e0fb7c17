// A payment provider as doc/payment.md wants it, over HTTP or HTTPS. It checks every signature with
// node's own crypto, does a thing once under one key, and keeps what it was asked and what it did.
// What it answers is what the test sets: a state, or a function that answers as badly as it likes.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { certificateMake } from './certificate.mjs';
import { directoryMake, directoryRemove, inbox, listen } from './process.mjs';

const host = '127.0.0.1';
const TOLERANCE = 5 * 60; // seconds, as Standard Webhooks advise

const bodyOf = (request) =>
  new Promise((done, failed) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => done(Buffer.concat(parts)));
    request.on('error', failed);
  });

/** Why this request is not to be believed, or null. */
export function mistrust(headers, body, key, now = Date.now() / 1000) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = headers;
  if (!id || !at || !given) return 'a header is missing';
  if (!/^[1-9]\d*$/.test(at) || Math.abs(now - Number(at)) > TOLERANCE) return 'it is old';
  const right = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest();
  const good = given.split(' ').some((each) => {
    const [version, text] = each.split(',');
    const mac = Buffer.from(text ?? '', 'base64');
    return version === 'v1' && mac.length === right.length && timingSafeEqual(mac, right);
  });
  return good ? null : 'the signature is another';
}

/** Starts it. Options: tls, key (bytes of the secret), port (to come back where one was), now (its
 *  clock, seconds).
 *  Answers { url, port, secret, ca, asked, done, connections, answers, wait, stop }:
 *  asked() is all that came, each with headers, body, order (the JSON) and mistrust; done is a Map
 *  of what was carried out, by key; answers is a list, taken from the front, of states
 *  ('accepted', { state, reason }) and functions (response, order, answer); empty: it is done. */
export async function start({
  tls = false,
  key = randomBytes(32),
  port = 0,
  now = () => Date.now() / 1000,
} = {}) {
  const directory = await directoryMake('payment');
  const made = tls ? await certificateMake(directory) : {};
  const box = inbox();
  const done = new Map();
  const answers = [];
  const connections = { count: 0 };
  const reply = (response, status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const carryOut = (order) => {
    const state = order.type === 'refund' ? 'paid' : 'ended';
    done.set(order.id, { order, state, times: (done.get(order.id)?.times ?? 0) + 1 });
  };
  const answer = (response, order, next) => {
    if (done.has(order.id)) {
      return reply(response, 409, { id: order.id, state: done.get(order.id).state });
    }
    if (next) {
      return reply(response, next.state === 'accepted' ? 202 : 200, { id: order.id, ...next });
    }
    carryOut(order);
    return reply(response, 200, { id: order.id, state: done.get(order.id).state });
  };
  const take = async (request, response) => {
    const body = await bodyOf(request);
    const why = mistrust(request.headers, body, key, now());
    let order = null;
    try {
      order = JSON.parse(body);
    } catch {
      // what is no JSON is kept as it came
    }
    box.add({ headers: request.headers, target: request.url, body, order, mistrust: why });
    if (why) return reply(response, 401, { error: why });
    if (!order || order.id !== request.headers['webhook-id']) return reply(response, 400, {});
    const next = answers.shift();
    if (typeof next === 'function') return next(response, order, { answer, carryOut });
    return answer(response, order, typeof next === 'string' ? { state: next } : next);
  };
  const handle = (request, response) => {
    take(request, response).catch(() => response.destroy());
  };
  const server = await listen(
    tls
      ? https.createServer({ key: made.key, cert: made.cert }, handle)
      : http.createServer(handle),
    host,
    port,
  );
  server.on('connection', () => connections.count++);
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${server.address().port}/ringoff`,
    port: server.address().port,
    secret: `whsec_${key.toString('base64')}`,
    ca: made.ca,
    directory,
    asked: box.messages,
    wait: box.wait,
    done,
    answers,
    connections: () => connections.count,
    async stop() {
      const closed = new Promise((end) => server.close(end));
      server.closeAllConnections();
      await closed;
      await directoryRemove(directory);
    },
  };
}
