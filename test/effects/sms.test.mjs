// The SMS adapter against a real Kannel with an SMSC behind it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as kannel from '../peers/kannel.mjs';
import { listen, portsFree } from '../peers/process.mjs';
import { deliver } from './tool.mjs';

let gateway,
  settings,
  last = 0;
const number = () => `+8525000${String(++last).padStart(4, '0')}`;
before(async () => {
  gateway = await kannel.start();
  const { url, username, password } = gateway;
  settings = { url, username, password, from: '#HarbourTel', key: 'effect-17' };
});
after(() => gateway?.stop());

async function arrives(text) {
  const to = number();
  const result = await deliver('sms', { ...settings, to, text });
  assert.equal(result.outcome, 'delivered', result.cause);
  assert.ok(!result.evidence.includes(to.slice(1)));
  const message = await gateway.wait((each) => each.to === to.slice(1));
  assert.equal(message.text, text);
  assert.equal(message.from, '#HarbourTel');
  assert.equal(message.fromType, 5, 'alphanumeric sender');
  assert.equal(message.toType, 1, 'international number');
  return message;
}

test('Latin text arrives in seven bits', async () => {
  const message = await arrives(
    'Closed on 24 Nov 2026. Code: 1234 5678 & 100% = "done"? ' +
      '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà',
  );
  assert.equal(message.coding, 0);
  assert.equal(message.parts, 1);
});

test('Chinese arrives as UCS-2, also beyond the basic plane', async () => {
  const message = await arrives('你的號碼服務將於2026年11月24日取消登記。编号：𠮷𠝹 😀');
  assert.equal(message.coding, 8);
});

test('what seven bits lack goes as UCS-2 and loses nothing', async () => {
  assert.equal((await arrives('[€] {a}^~|\\ `b` “c” – ç Á')).coding, 8);
});

test('160 characters are one message, 161 are two', async () => {
  assert.equal((await arrives('a'.repeat(160))).parts, 1);
  assert.equal((await arrives('b'.repeat(161))).parts, 2);
});

test('long messages arrive whole', async () => {
  assert.equal((await arrives('ringing off '.repeat(127) + 'ended.')).parts, 10);
  assert.equal((await arrives('取消登記'.repeat(167) + '完成')).parts, 10);
});

test('several lines arrive as they are', async () => {
  await arrives('One\nTwo\nThree');
  await arrives('一\n二\n三');
});

test('what is too long, empty or not UTF-8, and what is no number is refused', async () => {
  const before = gateway.messages().length;
  for (const text of ['a'.repeat(1531), '取'.repeat(671), '😀'.repeat(336), '']) {
    assert.equal((await deliver('sms', { ...settings, to: number(), text })).outcome, 'failed');
  }
  for (const to of [
    '',
    '+',
    '12345',
    '+85261234567 ',
    '85261234567\n',
    '+852x1234567',
    '1234567890123456',
  ]) {
    assert.equal((await deliver('sms', { ...settings, to, text: 'a' })).outcome, 'failed', to);
  }
  assert.equal(
    (await deliver('sms', { ...settings, to: number(), text: 'a', key: 'a\r\nb' })).outcome,
    'failed',
  );
  await arrives('after all that');
  assert.equal(gateway.messages().length, before + 1);
});

test('a wrong password is tried again, and is in no answer', async () => {
  const result = await deliver('sms', {
    ...settings,
    password: 'wrong-secret',
    to: number(),
    text: 'a',
  });
  assert.equal(result.outcome, 'retry');
  assert.match(result.cause, /credentials/);
  assert.ok(!JSON.stringify(result).includes('wrong-secret'));
});

test('the password is in none of the gateway’s logs', async () => {
  const names = (await readdir(gateway.directory)).filter((name) => name.endsWith('.log'));
  const logs = await Promise.all(
    names.map((name) => readFile(path.join(gateway.directory, name), 'utf8')),
  );
  assert.ok(
    logs.some((log) => log.includes('effect-17')),
    'the key is in the log of what was sent',
  );
  // At its start Kannel shows its own settings on the terminal; that line is not ours.
  const terminal = gateway.log().replace(/^.*<password> = <.*$/gm, '');
  assert.match(terminal, /sendsms used by/);
  for (const log of [...logs, terminal]) assert.ok(!log.includes(kannel.password));
});

test('a gateway that is down is tried again', async () => {
  const [port] = await portsFree(1);
  const result = await deliver('sms', {
    ...settings,
    url: `http://127.0.0.1:${port}/cgi-bin/sendsms`,
    to: number(),
    text: 'a',
  });
  assert.equal(result.outcome, 'retry');
});

test('what is not http is refused for good', async () => {
  for (const url of ['file:///etc/hostname', 'ftp://127.0.0.1/', 'http://']) {
    assert.equal(
      (await deliver('sms', { ...settings, url, to: number(), text: 'a' })).outcome,
      'failed',
      url,
    );
  }
});

async function hostile(answer, given = {}) {
  let asked = 0,
    target = '';
  const server = await listen(
    http.createServer((request, response) => {
      asked++;
      target = request.url;
      answer(request, response);
    }),
  );
  const url = `http://127.0.0.1:${server.address().port}/cgi-bin/sendsms`;
  const result = await deliver('sms', {
    ...settings,
    url,
    to: number(),
    text: 'a',
    ...given,
  }).finally(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  assert.equal(asked, 1);
  assert.equal(target, '/cgi-bin/sendsms', 'nothing in the query');
  return result;
}

test('answers of the gateway decide what happens next', async () => {
  const wanted = {
    202: 'delivered',
    200: 'retry',
    204: 'retry',
    302: 'retry',
    400: 'failed',
    401: 'retry',
    403: 'retry',
    404: 'failed',
    408: 'retry',
    415: 'failed',
    429: 'retry',
    500: 'retry',
    503: 'retry',
  };
  for (const [status, outcome] of Object.entries(wanted)) {
    const result = await hostile((request, response) => {
      response.writeHead(Number(status), { location: 'http://127.0.0.1:1/' });
      response.end(Number(status) === 204 ? undefined : 'sent to 85250001234');
    });
    assert.equal(result.outcome, outcome, status);
    assert.ok(!JSON.stringify(result).includes('85250001234'));
  }
});

test('a connection is kept for the next message, which has nothing of the one before', async () => {
  for (const closes of [false, true]) {
    const asked = [];
    let connections = 0;
    const server = await listen(
      http.createServer((request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
          asked.push({ ...request.headers, text: Buffer.concat(parts).toString('utf8') });
          response.writeHead(202, closes ? { connection: 'close' } : {}).end('0: Accepted');
        });
      }),
    );
    server.on('connection', () => connections++);
    const to = number();
    const result = await deliver('sms', {
      ...settings,
      url: `http://127.0.0.1:${server.address().port}/cgi-bin/sendsms`,
      first: '+85251112222',
      to,
      text: 'a',
      key: 'effect-2',
    });
    await new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
    assert.equal(result.outcome, 'delivered');
    assert.equal(connections, closes ? 2 : 1);
    assert.equal(asked.length, 2);
    assert.equal(asked[0]['x-kannel-to'], '+85251112222');
    assert.deepEqual(
      ['to', 'coding', 'account'].map((name) => asked[1][`x-kannel-${name}`]),
      [to, '0', 'effect-2'],
    );
    assert.equal(asked[1].text, 'a');
  }
});

test('silence, a torn connection and an endless answer are tried again', async () => {
  assert.equal((await hostile(() => {}, { total: 300 })).outcome, 'retry');
  assert.equal((await hostile((request) => request.socket.destroy())).outcome, 'retry');
  assert.equal(
    (
      await hostile((request, response) => {
        response.writeHead(202);
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(8192)));
        };
        response.on('drain', more);
        more();
      })
    ).outcome,
    'retry',
  );
});
