// The payment adapter against a provider that checks the signatures itself.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { test } from 'node:test';
import { certificateMake } from '../peers/certificate.mjs';
import * as provider from '../peers/payment.mjs';
import { listen, portsFree } from '../peers/process.mjs';
import { run } from './tool.mjs';

const refund = { type: 'refund', name: 'pay_8Zq', amount: 12345, effect: 73728 };
const mandate = { type: 'mandate_end', name: 'mandate-7', effect: 73729 };
const KEY = 'ringoff-73728';

/** Runs the tool; answers what it printed, a line an attempt. */
async function send(given) {
  const { status, stdout, stderr } = await run('payment', given);
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n').map((line) => JSON.parse(line));
  for (const { outcome, cause, evidence } of lines) {
    assert.equal(cause === '', outcome === 'delivered', cause);
    assert.equal(evidence === '', outcome !== 'delivered', evidence);
  }
  assert.ok(!stdout.includes(given.secret) && !stdout.includes(given.secret.slice(6)));
  if (given.name.length > 1) {
    assert.ok(!stdout.includes(given.name), 'the provider’s name for it stands in no cause');
  }
  return lines;
}

/** A provider for one test, and a send to it. */
async function withProvider(t, options) {
  const peer = await provider.start(options);
  t.after(() => peer.stop());
  const settings = { url: peer.url, secret: peer.secret, ...(peer.ca ? { ca: peer.ca } : {}) };
  return { peer, one: async (given) => (await send({ ...settings, ...given }))[0], settings };
}

test('what does not fit, and where it must not go, is refused before a byte is sent', async (t) => {
  const { peer, one } = await withProvider(t);
  for (const wrong of [
    { amount: 0 }, { amount: -1 }, { name: '' }, { name: 'a\nb' }, { name: 'é' },
    { name: 'a'.repeat(68) }, { effect: 0 }, { effect: -5 },
  ]) {
    assert.equal((await one({ ...refund, ...wrong })).outcome, 'failed', JSON.stringify(wrong));
  }
  for (const url of [
    peer.url.replace('127.0.0.1', 'pay.invalid'), 'http://192.0.2.1/', 'file:///etc/hostname',
    peer.url.replace('127.0.0.1', 'user@127.0.0.1'), 'ftp://127.0.0.1/', 'http://', '',
  ]) {
    assert.equal((await one({ ...refund, url })).outcome, 'failed', url);
  }
  for (const secret of [
    'secret', `whsec_${randomBytes(23).toString('base64')}`, 'whsec_****',
    `whsec_${randomBytes(65).toString('base64')}`, randomBytes(32).toString('base64'),
  ]) {
    assert.equal((await run('payment', { ...refund, url: peer.url, secret })).status, 2, secret);
  }
  assert.equal(peer.asked().length, 0);
  assert.equal((await one(refund)).outcome, 'delivered');
  assert.equal(peer.asked().length, 1, 'and what fits is');
});

test('another secret is not believed, and it is tried again', async (t) => {
  const { peer, one } = await withProvider(t);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const answer = await one({ ...refund, secret });
  assert.equal(answer.outcome, 'retry');
  assert.match(answer.cause, /signature/);
  assert.equal(peer.asked()[0].mistrust, 'the signature is another');
  assert.equal((await one({ ...refund, at: Date.now() - 360000 })).outcome, 'retry');
  assert.equal(peer.asked()[1].mistrust, 'it is old');
  assert.equal(peer.done.size, 0);
});

test('a body that was changed on its way is not believed', async (t) => {
  const { peer, one } = await withProvider(t);
  const change = [
    (body) => body.replace('12345', '92345'),
    (body) => body.replace('pay_8Zq', 'pay_9Zq'),
    (body) => `${body} `,
    (body) => body,
  ];
  let passed = 0;
  const between = await listen(http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const headers = { ...request.headers };
      delete headers['content-length'];
      const body = change[passed++](Buffer.concat(parts).toString());
      const answer = await fetch(peer.url, { method: 'POST', headers, body });
      response.writeHead(answer.status).end(await answer.text());
    });
  }));
  t.after(() => new Promise((done) => {
    between.close(done);
    between.closeAllConnections();
  }));
  const url = `http://127.0.0.1:${between.address().port}/`;
  for (let i = 0; i < change.length - 1; i++) {
    assert.equal((await one({ ...refund, url })).outcome, 'retry');
    assert.equal(peer.asked()[i].mistrust, 'the signature is another');
  }
  assert.equal(peer.done.size, 0);
  assert.equal((await one({ ...refund, url })).outcome, 'delivered', 'unchanged it is');
});

test('every status has its meaning, and none but a readable answer claims anything', async (t) => {
  const { peer, one } = await withProvider(t);
  const elsewhere = await provider.start();
  t.after(() => elsewhere.stop());
  const wanted = {
    200: 'delivered', 201: 'delivered', 202: 'delivered', 409: 'delivered',
    203: 'retry', 204: 'retry', 206: 'retry', 301: 'retry', 302: 'retry', 303: 'retry',
    307: 'retry', 308: 'retry', 400: 'failed', 401: 'retry', 403: 'retry', 404: 'failed',
    408: 'retry', 410: 'failed', 422: 'failed', 425: 'retry', 429: 'retry', 500: 'retry',
    502: 'retry', 503: 'retry', 504: 'retry',
  };
  for (const [status, outcome] of Object.entries(wanted)) {
    peer.answers.push((response, order) => {
      response.writeHead(Number(status), { location: elsewhere.url });
      const body = JSON.stringify({ id: order.id, state: 'paid' });
      response.end(status === '204' ? undefined : body);
    });
    const answer = await one(refund);
    assert.equal(answer.outcome, outcome, status);
    assert.equal(answer.returned, 0);
    if (outcome === 'failed') assert.match(answer.cause, new RegExp(`${KEY}$`));
  }
  assert.equal(peer.asked().length, Object.keys(wanted).length);
  assert.equal(elsewhere.asked().length, 0, 'no redirect is followed');
});

test('an answer that is not understood claims nothing', async (t) => {
  const { peer, one } = await withProvider(t);
  const paid = `{"id":"${KEY}","state":"paid"}`;
  const garbage = [
    '', ' ', 'paid', 'OK', '"paid"', 'null', '[]', '{}', '{"state":"paid"}',
    '<html>{"state":"paid"}</html>', `{"id":"${KEY}"}`, `{"id":"${KEY}","state":1}`,
    `{"id":"${KEY}","state":"PAID"}`, `{"id":"${KEY}","state":"paid "}`,
    `{"id":"${KEY}","state":"ended"}`, `{"id":"${KEY}","state":"unknown"}`,
    `{"id":"${KEY}","state":["paid"]}`, `{"id":"${KEY}","state":"paid","state":"refused"}`,
    `{"id":"${KEY}","state":"paid"`, `${paid}${paid}`, `[${paid}]`, paid.replace('72', '27'),
    `{"id":73728,"state":"paid"}`, `{"id":"${KEY}\\u0000","state":"paid"}`, `\ufeff${paid}`,
    '['.repeat(10000), Buffer.from(paid, 'utf16le'), Buffer.from([0xff, 0xfe, 0x7b]),
  ];
  for (const body of garbage) {
    peer.answers.push((response) => response.writeHead(200).end(body));
    const answer = await one(refund);
    assert.equal(answer.outcome, 'retry', String(body).slice(0, 80));
    assert.equal(answer.returned, 0);
  }
  assert.equal(peer.asked().length, garbage.length);
  peer.answers.push((response) => response.writeHead(200).end(`${paid}\n`));
  assert.equal((await one(refund)).outcome, 'delivered');
});

test('silence, a slow drip, a torn and an endless answer are tried again', async (t) => {
  const { peer, one } = await withProvider(t);
  const bad = [
    () => {},
    (response) => {
      response.writeHead(200);
      const drip = setInterval(() => (response.destroyed ? clearInterval(drip)
        : response.write(' ')), 20);
    },
    (response) => response.destroy(),
    (response, order) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write(JSON.stringify({ id: order.id, state: 'paid' }), () => response.destroy());
    },
    (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(8192)));
      };
      response.on('drain', more);
      more();
    },
  ];
  for (const [i, answer] of bad.entries()) {
    peer.answers.push(answer);
    const { outcome } = await one({ ...refund, total: i < 2 ? 400 : 20000 });
    assert.equal(outcome, 'retry', String(i));
  }
  assert.equal(peer.asked().length, bad.length);
});

test('a provider that died after it paid is asked under the same key, and pays once', async (t) => {
  const { peer, one } = await withProvider(t);
  peer.answers.push((response, order, { carryOut }) => {
    carryOut(order);
    response.destroy();
  });
  assert.equal((await one(refund)).outcome, 'retry');
  const answer = await one(refund);
  assert.equal(answer.outcome, 'delivered');
  assert.match(answer.evidence, new RegExp(KEY));
  const [first, second] = peer.asked();
  assert.equal(first.headers['webhook-id'], KEY);
  assert.equal(second.headers['webhook-id'], KEY);
  assert.deepEqual(first.body, second.body);
  assert.equal(peer.done.get(KEY).times, 1);
});

test('accepted is not paid', async (t) => {
  const { peer, one } = await withProvider(t);
  peer.answers.push('accepted', 'accepted');
  for (let i = 0; i < 2; i++) {
    const answer = await one(refund);
    assert.equal(answer.outcome, 'retry');
    assert.match(answer.cause, /not settled/);
  }
  assert.equal((await one(refund)).outcome, 'delivered');
  assert.equal(peer.asked().length, 3);
});

test('what the provider will not pay comes back with a reason', async (t) => {
  const { peer, one } = await withProvider(t);
  const [UNPAID_ACCOUNT, UNPAID_PROVIDER] = [3, 4];
  const wanted = [['account', UNPAID_ACCOUNT], ['provider', UNPAID_PROVIDER],
    ['something 4111111111111111', UNPAID_PROVIDER], [undefined, UNPAID_PROVIDER],
    [7, UNPAID_PROVIDER]];
  for (const [reason, returned] of wanted) {
    peer.answers.push({ state: 'refused', reason });
    const answer = await one(refund);
    assert.equal(answer.outcome, 'failed');
    assert.equal(answer.returned, returned);
    assert.ok(!JSON.stringify(answer).includes('4111'), 'nothing of the provider’s words');
  }
  assert.equal(peer.asked().length, wanted.length);
});

test('a mandate is ended, was gone already, or is left to the staff', async (t) => {
  const { peer, one } = await withProvider(t);
  const wanted = [['paid', 'retry'], ['accepted', 'retry'], ['refused', 'failed'],
    ['unknown', 'delivered'], [undefined, 'delivered']];
  const said = [];
  for (const [state, outcome] of wanted) {
    if (state) peer.answers.push(state);
    else peer.answers.push(undefined);
    const answer = await one(mandate);
    assert.equal(answer.outcome, outcome, state);
    assert.equal(answer.returned, 0);
    said.push(answer.evidence);
  }
  assert.match(said[3], /no such mandate/);
  assert.match(said[4], /ended/);
  assert.deepEqual(peer.asked()[0].order,
    { id: 'ringoff-73729', type: 'mandate_end', operator: 'harbour', mandate: 'mandate-7' });
});

test('what is sent is what was to be paid, by one connection, signed anew each time', async (t) => {
  const { peer, settings } = await withProvider(t);
  const name = 'pay/"\\ <&>{}';
  peer.answers.push('accepted', 'accepted');
  const lines = await send({ ...settings, ...refund, name, times: 3 });
  assert.deepEqual(lines.map((line) => line.outcome), ['retry', 'retry', 'delivered']);
  assert.equal(peer.connections(), 1);
  for (const each of peer.asked()) {
    assert.equal(each.mistrust, null);
    assert.deepEqual(each.order, {
      id: KEY, type: 'refund', operator: 'harbour', payment: name,
      amount_minor: 12345, currency: 'HKD', reference: 'RF-7K3F-92QX',
    });
    assert.equal(each.headers['content-type'], 'application/json');
    assert.equal(each.target, '/ringoff', 'nothing in the query');
  }
});

test('the greatest amount goes as a whole number', async (t) => {
  const { peer, one } = await withProvider(t);
  assert.equal((await one({ ...refund, amount: '9223372036854775807' })).outcome, 'delivered');
  assert.match(peer.asked()[0].body.toString(), /"amount_minor":9223372036854775807,/);
});

test('secrets from 24 to 64 bytes sign', async (t) => {
  for (const bytes of [24, 64]) {
    const { peer, one } = await withProvider(t, { key: randomBytes(bytes) });
    assert.equal((await one(refund)).outcome, 'delivered');
    assert.equal(peer.asked()[0].mistrust, null);
  }
});

test('over https only a certificate that is trusted is told anything', async (t) => {
  const { peer, one } = await withProvider(t, { tls: true });
  const other = await certificateMake(peer.directory, 'other-');
  const before = peer.connections();
  for (const wrong of [
    { ca: other.ca }, { ca: '/nonexistent.pem' },
    { url: peer.url.replace('127.0.0.1', '127.0.0.2') }, { url: peer.url.replace('https', 'http') },
  ]) {
    assert.equal((await one({ ...refund, ...wrong })).outcome, 'retry', JSON.stringify(wrong));
  }
  assert.ok(peer.connections() > before, 'it was there');
  assert.equal(peer.asked().length, 0);
  assert.equal((await one(refund)).outcome, 'delivered');
  assert.equal((await one({ ...refund, url: peer.url.replace('127.0.0.1', 'localhost') })).outcome,
    'delivered');
});

test('a provider that is down is tried again', async (t) => {
  const { one } = await withProvider(t);
  const [port] = await portsFree(1);
  const answer = await one({ ...refund, url: `http://127.0.0.1:${port}/` });
  assert.equal(answer.outcome, 'retry');
});

test('the provider of these tests knows a published example of Standard Webhooks', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const body = '{"test": 2432232314}';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  assert.equal(provider.mistrust(headers, body, key, 1614265331), null);
  assert.ok(provider.mistrust(headers, `${body} `, key, 1614265331));
  assert.ok(provider.mistrust({ ...headers, 'webhook-id': 'msg_p' }, body, key, 1614265331));
  assert.ok(provider.mistrust(headers, body, key, 1614265331 + 301));
});
