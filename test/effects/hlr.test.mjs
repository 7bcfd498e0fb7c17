// The network adapter against a real osmo-hlr, and against peers that break off or talk nonsense.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import * as hlr from '../peers/hlr.mjs';
import { listen, portsFree } from '../peers/process.mjs';
import { deliver } from './tool.mjs';

let network,
  last = 0;
before(async () => {
  network = await hlr.start();
});
after(() => network?.stop());

const line = () => {
  last++;
  return {
    imsi: `45406${String(last).padStart(10, '0')}`,
    msisdn: `+8526${String(last).padStart(7, '0')}`,
  };
};
const call = (what, given, other = {}) =>
  deliver(`hlr-${what}`, { address: network.address, ...given, ...other });
const read = async ({ imsi }) => (await call('read', { imsi })).subscriber;
async function done(what, given) {
  const result = await call(what, given);
  assert.equal(result.outcome, 'delivered', result.cause);
  assert.equal(result.cause, '');
  return result.evidence;
}
/** What the HLR itself says, past the adapter. */
const info = async (by, digits) =>
  (await network.ask('GET', `subscriber.by-${by}-${digits}.info`)).value;
async function gone({ imsi, msisdn }) {
  assert.equal(await info('imsi', imsi), 'No such subscriber.');
  assert.equal(await info('msisdn', msisdn.slice(1)), 'No such subscriber.');
}
const noPersonal = (result, { imsi, msisdn }) => {
  for (const text of [imsi, msisdn.slice(1)]) assert.ok(!JSON.stringify(result).includes(text));
};

test('create, cut, and both are gone', async () => {
  const one = line(),
    other = line();
  await done('create', one);
  await done('create', other);
  assert.deepEqual(await read(one), {
    known: true,
    cs: true,
    ps: true,
    imsi: one.imsi,
    msisdn: one.msisdn.slice(1),
  });
  const evidence = await done('cut', one);
  assert.match(evidence, /barred.*deleted; read back by IMSI and by MSISDN: no such subscriber$/);
  noPersonal(evidence, one);
  await gone(one);
  assert.equal((await read(other)).known, true, 'the neighbour stays');
});

test('cut twice, and cut what was never there: gone, and the evidence says which', async () => {
  const one = line();
  await done('create', one);
  assert.match(await done('cut', one), /barred/);
  assert.match(await done('cut', one), /already gone; read back/);
  assert.match(await done('cut', line()), /already gone; read back/);
  await gone(one);
});

test('the number may be with or without plus', async () => {
  const one = line();
  await done('create', { ...one, msisdn: one.msisdn.slice(1) });
  await done('cut', one);
  await gone(one);
});

test('suspend, twice, and reactivate, twice; the number stays', async () => {
  const one = line();
  await done('create', one);
  for (const [what, enabled] of [
    ['bar', false],
    ['bar', false],
    ['unbar', true],
    ['unbar', true],
  ]) {
    await done(what, { imsi: one.imsi });
    assert.deepEqual(await read(one), {
      known: true,
      cs: enabled,
      ps: enabled,
      imsi: one.imsi,
      msisdn: one.msisdn.slice(1),
    });
  }
  for (const what of ['bar', 'unbar'])
    assert.equal((await call(what, { imsi: line().imsi })).outcome, 'failed');
});

test('creating again changes nothing and lifts no bar', async () => {
  const one = line();
  await done('create', one);
  await done('bar', { imsi: one.imsi });
  await done('create', one);
  assert.equal((await read(one)).cs, false);
});

test('when books and network disagree nothing is touched and a person is asked', async () => {
  const one = line(),
    two = line();
  await done('create', one);
  await done('create', two);
  const before = [await info('imsi', one.imsi), await info('imsi', two.imsi)];
  for (const what of ['cut', 'create']) {
    for (const pair of [
      { imsi: one.imsi, msisdn: two.msisdn },
      { imsi: line().imsi, msisdn: two.msisdn },
      { imsi: one.imsi, msisdn: line().msisdn },
    ]) {
      const result = await call(what, pair);
      assert.equal(result.outcome, 'failed', what);
      assert.equal(result.evidence, '');
      noPersonal(result, pair);
    }
  }
  assert.deepEqual([await info('imsi', one.imsi), await info('imsi', two.imsi)], before);
});

test('what is no IMSI or number goes nowhere', async () => {
  const good = line();
  for (const imsi of [
    '',
    '12345',
    '4540600000000011',
    '45406000000000a',
    '454060000000 1',
    '454060000000011\n',
  ]) {
    assert.equal((await call('cut', { ...good, imsi })).outcome, 'failed', imsi);
  }
  for (const msisdn of ['', '+', '1', '8526000001x', '+8526 000001', '1234567890123456']) {
    assert.equal((await call('cut', { ...good, msisdn })).outcome, 'failed', msisdn);
  }
  assert.equal((await call('cut', good, { address: 'localhost' })).outcome, 'retry');
});

/** Passes frames on to the real HLR; once `most` questions have passed, does what broken says. */
async function between(most, broken) {
  const sockets = new Set();
  let asked = 0,
    last = '';
  const server = await listen(
    net.createServer((client) => {
      const real = net.connect(network.port, network.address);
      for (const socket of [client, real]) sockets.add(socket.on('error', () => {}));
      client.on('data', (bytes) => {
        last = bytes.subarray(4).toString();
        if (asked++ < most) real.write(bytes);
        else broken(client);
      });
      real.on('data', (bytes) => client.write(bytes));
      client.on('close', () => real.destroy());
      real.on('close', () => client.destroy());
    }),
  );
  return {
    given: { address: '127.0.0.1', port: server.address().port },
    asked: () => asked,
    last: () => last,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

test('broken off after every step: nothing is claimed, and the next attempt ends it', async () => {
  const steps = [];
  for (let most = 0; ; most++) {
    const one = line();
    await done('create', one);
    const wire = await between(most, (client) => client.destroy());
    const result = await call('cut', { ...one, ...wire.given }).finally(wire.stop);
    if (result.outcome === 'delivered') {
      assert.equal(most, wire.asked());
      break;
    }
    assert.equal(result.outcome, 'retry');
    assert.equal(result.evidence, '');
    noPersonal(result, one);
    steps.push(
      wire
        .last()
        .replace(/\d{6,}/g, 'N')
        .replace(/ \d+ /, ' '),
    );
    await done('cut', one);
    await gone(one);
  }
  assert.deepEqual(steps, [
    'GET subscriber.by-msisdn-N.info',
    'GET subscriber.by-imsi-N.info',
    'SET subscriber.by-imsi-N.cs-enabled 0',
    'SET subscriber.by-imsi-N.ps-enabled 0',
    'GET subscriber.by-imsi-N.info',
    'SET subscriber.by-imsi-N.msisdn none',
    'SET subscriber.delete N',
    'GET subscriber.by-imsi-N.info',
    'GET subscriber.by-msisdn-N.info',
  ]);
});

test('the HLR stops in the middle: retry, and after its restart it is done', async () => {
  const one = line();
  await done('create', one);
  const wire = await between(4, (client) => {
    network.halt().then(() => client.destroy());
  });
  const result = await call('cut', { ...one, ...wire.given }).finally(wire.stop);
  assert.equal(result.outcome, 'retry');
  assert.equal((await call('cut', one)).outcome, 'retry', 'it is down');
  await network.restart();
  assert.match(await info('imsi', one.imsi), /nam_cs\t0\nnam_ps\t0/, 'barred, not yet gone');
  await done('cut', one);
  await gone(one);
});

test('nobody at home, and a peer that is silent: retry in time', async () => {
  const one = line();
  const [port] = await portsFree(1);
  assert.match((await call('cut', one, { address: '127.0.0.1', port })).cause, /refused/);
  const wire = await between(0, () => {});
  const result = await call('cut', { ...one, ...wire.given, limit: 200 }).finally(wire.stop);
  assert.equal(result.outcome, 'retry');
  assert.match(result.cause, /in time/);
});

/** A peer that answers each question with the bytes that speak(question, socket) gives. */
async function hostile(speak, what = 'cut', limit = 2000) {
  const one = line(),
    sockets = [];
  const server = await listen(
    net.createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      socket.on('data', (bytes) => {
        const [, verb, id, variable] = /^(\w+) (\d+) (\S+)/.exec(bytes.subarray(4).toString());
        const answer = speak({ verb, id, variable, ...one }, socket);
        if (answer !== undefined) socket.write(answer);
      });
    }),
  );
  try {
    const result = await call(what, one, {
      address: '127.0.0.1',
      port: server.address().port,
      limit,
    });
    assert.equal(sockets.length, 1, 'the peer was asked');
    noPersonal({ ...result, subscriber: null }, one);
    return result;
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  }
}
const raw = (length, proto, extension, text) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([length >> 8, length & 255, proto, extension]), bytes]);
};
const none = ({ id }) => hlr.frame(`ERROR ${id} No such subscriber.`);
const whole = ({ verb, id, variable, imsi, msisdn }) =>
  hlr.frame(
    verb === 'SET'
      ? `SET_REPLY ${id} ${variable} OK`
      : `GET_REPLY ${id} ${variable} \nid\t1\nimsi\t${imsi}\n` +
        `msisdn\t${msisdn.slice(1)}\nnam_cs\t0\nnam_ps\t0`,
  );

test('the smallest honest peer passes, so the hostile ones fail for what they do', async () => {
  assert.equal((await hostile(none)).outcome, 'delivered');
});

test('an HLR that says OK and changes nothing gets no certificate', async () => {
  assert.match((await hostile(whole)).cause, /still there/);
  const open = (question) =>
    Buffer.from(whole(question).toString('latin1').replace('nam_cs\t0', 'nam_cs\t1'), 'latin1');
  assert.match((await hostile(open)).cause, /unchanged/);
});

test('nonsense is never taken for an answer', async () => {
  const bad = {
    'wrong id': ({ id }) => hlr.frame(`ERROR ${Number(id) + 1} No such subscriber.`),
    'no id': () => hlr.frame('ERROR err No such subscriber.'),
    'another variable': ({ id, imsi }) =>
      hlr.frame(`GET_REPLY ${id} subscriber.by-imsi-9${imsi}.info x`),
    'another kind': ({ id }) => hlr.frame(`SET_REPLY ${id} subscriber.delete OK`),
    'no words': () => hlr.frame('x'),
    'empty text': () => raw(1, 0xee, 0, ''),
    'length 0': () => raw(0, 0xee, 0, 'xxxx'),
    'length 4097': () => raw(4097, 0xee, 0, 'x'.repeat(4096)),
    'length 65535': () => raw(65535, 0xee, 0, 'x'.repeat(65534)),
    'another protocol': () => raw(2, 0xfe, 0, 'x'),
    'another extension': ({ id }) => raw(2 + 27, 0xee, 3, `ERROR ${id} No such subscriber.`),
    'a NUL in it': ({ id }) => hlr.frame(`ERROR ${id} No such subscriber.\0`),
    'a neighbour’s row': (question) =>
      whole({ ...question, imsi: '454069999999999', msisdn: '+85299999999' }),
    'a row without bars': ({ id, variable, imsi }) =>
      hlr.frame(`GET_REPLY ${id} ${variable} \nimsi\t${imsi}`),
    'a row with a long number': (question) => whole({ ...question, msisdn: `+${'1'.repeat(40)}` }),
    'another refusal': ({ id }) => hlr.frame(`ERROR ${id} No such subscriber`),
    'nothing but traps': () => Buffer.concat(Array(70).fill(hlr.frame('TRAP 0 alarm x'))),
  };
  for (const [name, speak] of Object.entries(bad)) {
    const result = await hostile(speak);
    assert.equal(result.outcome, 'retry', `${name}: ${JSON.stringify(result)}`);
    assert.doesNotMatch(result.cause, /in time/, name);
    assert.equal(result.evidence, '');
  }
});

test('a row that lacks what was asked for is not read as barred', async () => {
  assert.equal((await hostile(whole, 'read')).outcome, 'delivered');
  for (const name of ['imsi', 'nam_cs', 'nam_ps']) {
    const rest = (question) =>
      hlr.frame(whole(question).subarray(4).toString().replace(`\n${name}\t`, '\nother\t'));
    assert.equal((await hostile(rest, 'read')).outcome, 'retry', name);
  }
  const other = (question) => whole({ ...question, variable: 'subscriber.by-id-1.info' });
  assert.equal(
    (await hostile(other, 'read')).outcome,
    'retry',
    'the right row to another question',
  );
});

test('half a frame, then silence or the end', async () => {
  const half = (question) => none(question).subarray(0, 9);
  assert.match((await hostile(half, 'cut', 200)).cause, /in time/);
  assert.match(
    (
      await hostile((question, socket) => {
        socket.end(half(question));
      })
    ).cause,
    /lost/,
  );
});

test('a peer that drips forever ends at the total deadline', async () => {
  const timers = [];
  const result = await hostile(
    (question, socket) => {
      timers.push(setInterval(() => socket.write(hlr.frame('TRAP 0 alarm x').subarray(0, 1)), 20));
      return raw(4096, 0xee, 0, '');
    },
    'cut',
    300,
  ).finally(() => timers.forEach(clearInterval));
  assert.match(result.cause, /in time/);
});

test('traps in between and answers in single bytes are read right', async () => {
  const result = await hostile((question, socket) => {
    const bytes = Buffer.concat([
      hlr.frame('TRAP 0 alarm raised'),
      hlr.frame('TRAP 0 x y'),
      none(question),
    ]);
    socket.setNoDelay(true);
    for (const byte of bytes) socket.write(Buffer.from([byte]));
  });
  assert.equal(result.outcome, 'delivered', result.cause);
});

test('a refusal’s own words are shown only when they hold no digits', async () => {
  const refuse = (text) =>
    hostile(({ id, ...rest }) =>
      hlr.frame(`ERROR ${id} ${typeof text === 'string' ? text : text(rest)}`),
    );
  assert.match((await refuse('Database is locked')).cause, /Database is locked/);
  assert.equal(
    (await refuse(({ imsi }) => `Cannot touch ${imsi}`)).cause,
    'osmo-hlr: info: refused',
  );
  assert.equal((await refuse('a\x1b[31m')).cause, 'osmo-hlr: info: refused');
  assert.equal((await refuse('Command not found')).outcome, 'failed');
});
