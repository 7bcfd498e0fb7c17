// The mail adapter against a real SMTP server with STARTTLS and AUTH.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { listen, portsFree } from '../peers/process.mjs';
import * as smtp from '../peers/smtp.mjs';
import { deliver, run } from './tool.mjs';

let server,
  settings,
  last = 0;
before(async () => {
  server = await smtp.start();
  const { host, port, ca, username, password } = server;
  settings = {
    host,
    port,
    ca,
    username,
    password,
    tls: 'required',
    from: 'service@harbourtel.example',
    name: '海港電訊 HarbourTel',
    subject: 'Your line is closed',
    text: 'Good bye.\n',
    at: 1795334580000,
    key: 'effect-18',
  };
});
after(() => server?.stop());
const address = () => `subscriber.${++last}@example.com`;

async function arrives(given) {
  const to = given.to ?? address();
  const result = await deliver('mail', { ...settings, ...given, to });
  assert.equal(result.outcome, 'delivered', result.cause);
  assert.ok(!JSON.stringify(result).includes(to));
  return server.wait((each) => each.to.includes(to));
}

/** Read by another MIME library than the one that is tested and the one of the peer. */
function independent(raw) {
  const script =
    'import email,email.policy,json,sys\n' +
    'm=email.message_from_bytes(sys.stdin.buffer.read(),policy=email.policy.SMTP)\n' +
    'json.dump({"subject":m["subject"],"name":m["from"].addresses[0].display_name,' +
    '"from":m["from"].addresses[0].addr_spec,"text":m.get_content(),' +
    '"defects":[str(d) for d in m.defects],' +
    '"date":m["date"].datetime.isoformat()},sys.stdout)';
  return JSON.parse(execFileSync('python3', ['-c', script], { input: raw }));
}

test('a Chinese subject and body arrive over STARTTLS with AUTH', async () => {
  const subject =
    '你的號碼服務將於2026年11月24日取消登記：請在二十四小時內確認，否則申請會失效。𠮷😀';
  const text = '親愛的用戶：\n\n請按以下連結。\n.\n..點\n完\n';
  const message = await arrives({ subject, text, language: 'zh-Hant-HK' });
  assert.equal(message.secure, true);
  assert.equal(message.user, smtp.username);
  assert.equal(message.from, 'service@harbourtel.example');
  assert.equal(message.subject, subject);
  assert.equal(message.text, text);
  assert.equal(message.headers['content-language'], 'zh-Hant-HK');
  assert.equal(message.headers['message-id'], '<effect-18@harbourtel.example>');
  const read = independent(message.raw);
  assert.deepEqual(read.defects, []);
  assert.equal(read.subject, subject);
  assert.equal(read.name, '海港電訊 HarbourTel');
  assert.equal(read.from, 'service@harbourtel.example');
  assert.equal(read.text.replace(/\r\n/g, '\n'), text);
  assert.equal(read.date, '2026-11-22T08:03:00+00:00');
});

test('only ASCII, short lines and CRLF go over the wire', async () => {
  const { raw } = await arrives({ subject: '取'.repeat(66), text: '消'.repeat(5000) });
  for (const line of raw.split('\r\n')) {
    assert.ok(line.length <= 78, line);
    assert.match(line, /^[\x20-\x7e]*$/);
  }
});

test('the same mail is the same byte for byte', async () => {
  const given = { ...settings, to: 'same@example.com', subject: '取消' };
  const [first, second] = [await run('compose', given), await run('compose', given)];
  assert.equal(first.status, 0);
  assert.equal(first.stdout, second.stdout);
  const other = await run('compose', { ...given, key: 'effect-19' });
  assert.notEqual(first.stdout, other.stdout);
});

test('plain subjects stay readable; a false encoded word does not pass as one', async () => {
  assert.match((await arrives({ subject: 'Closed: 24 Nov' })).raw, /^Subject: Closed: 24 Nov\r$/m);
  for (const subject of [
    '=?UTF-8?B?QQ==?=',
    ' leading',
    'a'.repeat(200),
    'tab and "quotes" <x@y.z>',
  ]) {
    assert.equal(independent((await arrives({ subject })).raw).subject, subject);
  }
});

test('a line break or control character in a header field is refused', async () => {
  const count = server.messages().length;
  for (const bad of [
    'a\r\nBcc: x@example.com',
    'a\nb',
    'a\rb',
    'a\x7f',
    'a\u2028b',
    '\x01',
    'a\u202eb',
  ]) {
    for (const field of ['subject', 'name', 'language', 'key']) {
      const result = await deliver('mail', { ...settings, to: address(), [field]: bad });
      assert.equal(result.outcome, 'failed', `${field} ${JSON.stringify(bad)}`);
    }
    for (const field of ['to', 'from']) {
      const result = await deliver('mail', {
        ...settings,
        to: address(),
        [field]: `x${bad}@example.com`,
      });
      assert.equal(result.outcome, 'failed', `${field} ${JSON.stringify(bad)}`);
    }
  }
  assert.equal(server.messages().length, count);
});

test('what is no address is refused', async () => {
  for (const to of [
    '',
    'a',
    '@b',
    'a@',
    'a@b@c',
    'a b@c',
    'a@b,c@d',
    '<a@b>',
    'a@b>',
    'é@b.c',
    'a..b@c',
    'a@-b',
    '-a@b',
    `${'a'.repeat(65)}@b.c`,
    `a@${'b'.repeat(253)}`,
  ]) {
    assert.equal((await deliver('mail', { ...settings, to })).outcome, 'failed', to);
  }
});

test('a wrong password is tried again, and stands in no answer', async () => {
  const count = server.messages().length;
  const result = await deliver('mail', { ...settings, to: address(), password: 'wrong-secret' });
  assert.equal(result.outcome, 'retry');
  assert.match(result.cause, /credentials/);
  assert.ok(!JSON.stringify(result).includes('wrong-secret'));
  assert.equal(server.messages().length, count);
});

test('the server’s answer decides: put off, refused, refused after the data', async () => {
  const outcome = async (to) => (await deliver('mail', { ...settings, to })).outcome;
  assert.equal(await outcome('full@example.com'), 'retry');
  assert.equal(await outcome('nobody@example.com'), 'failed');
  assert.equal(await outcome('spam@example.com'), 'failed');
});

test('a certificate that is not trusted stops it before the password is said', async () => {
  const logins = server.logins().length;
  const { ca, ...untrusted } = settings;
  assert.equal((await deliver('mail', { ...untrusted, to: address() })).outcome, 'retry');
  assert.equal(server.logins().length, logins);
});

test('required STARTTLS is required; without it only on this machine', async () => {
  const plain = await smtp.start({ starttls: false });
  try {
    const given = { ...settings, port: plain.port };
    assert.equal((await deliver('mail', { ...given, to: address() })).outcome, 'retry');
    assert.equal(plain.logins().length, 0);
    for (const tls of ['optional', 'off']) {
      assert.equal((await deliver('mail', { ...given, tls, to: address() })).outcome, 'delivered');
    }
    assert.deepEqual(
      plain.messages().map((each) => each.secure),
      [false, false],
    );
    const away = await deliver('mail', {
      ...given,
      tls: 'optional',
      host: 'mail.example.com',
      to: address(),
    });
    assert.equal(away.outcome, 'failed');
  } finally {
    await plain.stop();
  }
  assert.equal((await arrives({ tls: 'optional' })).secure, true);
});

test('a server that is down is tried again, and the mail arrives when it is back', async () => {
  const [port] = await portsFree(1);
  const given = { ...settings, port, to: address() };
  assert.equal((await deliver('mail', given)).outcome, 'retry');
  const back = await smtp.start({ port });
  try {
    assert.equal((await deliver('mail', { ...given, ca: back.ca })).outcome, 'delivered');
    await back.wait((each) => each.to.includes(given.to));
  } finally {
    await back.stop();
  }
});

test('silence, garbage and a torn connection are tried again', async () => {
  for (const speak of [
    () => {},
    (socket) => socket.end('\x00\xffgarbage\r\n'),
    (socket) => socket.destroy(),
    (socket) => socket.write('220 hello\r\n'),
    (socket) => socket.end('421 closing\r\n'),
  ]) {
    const peers = [];
    const peer = await listen(
      net.createServer((socket) => {
        peers.push(socket.on('error', () => {}));
        speak(socket);
      }),
    );
    const given = { ...settings, port: peer.address().port, to: address(), total: 400 };
    const result = await deliver('mail', given).finally(() => {
      for (const socket of peers) socket.destroy();
      return new Promise((done) => peer.close(done));
    });
    assert.equal(result.outcome, 'retry', result.cause);
    assert.equal(peers.length, 1);
  }
});
