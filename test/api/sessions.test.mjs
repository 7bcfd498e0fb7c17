// An app signs in, refreshes and signs out over REST; what is stolen, old, another's or no token.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, everything, house, MINUTE } from './house.mjs';

const email = 'anna@example.com',
  password = 'a quiet harbour 7';
let h, key, line;
before(async () => {
  h = await house();
  ({ key } = await h.key());
  line = await h.line();
  await h.account(line, email, password);
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

const ask = (method, path, given = {}) => h.harbour.call(method, path, given);
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.code, code, answer.text);
  return answer;
};
const accepted = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const open = (more = {}) =>
  ask('POST', '/api/v1/sessions', { body: { email, password, device: 'Phone', ...more } });
const app = async () => accepted(await open());
const refresh = (refresh_token, more = {}) =>
  ask('POST', '/api/v1/sessions/refresh', { body: { refresh_token }, ...more });
const account = (token) => ask('GET', '/api/v1/account', { key: token });
const gone = async (token) => refused(await account(token), 401, 'not_signed_in');
const reused = async () =>
  (await h.tell({ dispatch: true })) &&
  (await h.inbox()).filter(
    (each) => each.to === email && /signed out of your account/.test(each.subject),
  ).length;

/** All routes that somebody must be known for: [method, path, for a subscriber?]. */
const routes = () =>
  Object.entries(h.harbour.document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { security }]) => security.every((each) => Object.keys(each).length > 0))
      .map(([method, { security }]) => [
        method.toUpperCase(),
        path.replace(/\{\w+\}/g, '1'),
        security.flatMap((each) => Object.keys(each)),
      ]),
  );

test('signing in, refreshing, signing out', async () => {
  const made = await open();
  const first = accepted(made);
  assert.match(first.access_token, /^ringoff_access_[\w-]{43}$/);
  assert.match(first.refresh_token, /^ringoff_refresh_[\w-]{65}$/);
  assert.equal(Date.parse(first.access_ends_at), (await h.now()) + 15 * MINUTE);
  assert.equal(Date.parse(first.ends_at), (await h.now()) + 30 * DAY);
  const shown = accepted(await account(first.access_token));
  assert.equal(shown.email, email);
  assert.equal(shown.lines[0].number, line.number);
  const one = `/api/v1/sessions/${first.session}`;
  const session = accepted(await ask('GET', one, { key: first.access_token }));
  assert.deepEqual(
    [session.kind, session.device, session.current, session.closed_at],
    ['app', 'Phone', true, undefined],
  );
  await h.tick(14 * MINUTE);
  accepted(await account(first.access_token));
  await h.tick(MINUTE);
  await gone(first.access_token);
  const next = accepted(await refresh(first.refresh_token));
  assert.equal(next.session, first.session);
  accepted(await account(next.access_token));
  await gone(first.access_token);
  const ended = await ask('POST', '/api/v1/sessions/current/end', {
    key: next.access_token,
    body: {},
  });
  assert.equal(accepted(ended).id, first.session);
  assert.ok(ended.body.closed_at);
  await gone(next.access_token);
  refused(await refresh(next.refresh_token), 401, 'not_signed_in');
  assert.equal(await reused(), 0, 'it was ended, not stolen');
});

test('a kite app lives as its operator says', async () => {
  const theirs = await h.line({}, 'kite');
  await h.account(theirs, 'kite@example.com', password, 'kite');
  const made = await h.kite.call('POST', '/api/v1/sessions', {
    body: { email: 'kite@example.com', password },
  });
  const { access_ends_at: access, ends_at: ends } = accepted(made);
  assert.equal(Date.parse(access), (await h.now()) + 10 * MINUTE);
  assert.equal(Date.parse(ends), (await h.now()) + 14 * DAY);
  const operator = accepted(await h.kite.call('GET', '/api/v1/operator', {
    key: made.body.access_token,
  }));
  assert.deepEqual([operator.access_token_minutes, operator.app_session_days], [10, 14]);
});

test('a refresh token that was used is a stolen one: the session ends', async () => {
  const before = await reused();
  const [mine, other] = [await app(), await app()];
  const thief = accepted(await refresh(mine.refresh_token));
  const twice = refused(await refresh(mine.refresh_token), 401, 'not_signed_in');
  const unknown = refused(
    await refresh(`ringoff_refresh_${'x'.repeat(65)}`),
    401,
    'not_signed_in',
  );
  const garbled = refused(await refresh('x'), 401, 'not_signed_in');
  for (const answer of [unknown, garbled]) {
    const known = ({ date, ...rest }) => rest;
    assert.deepEqual([answer.body, known(answer.headers)], [twice.body, known(twice.headers)]);
  }
  await gone(thief.access_token);
  refused(await refresh(thief.refresh_token), 401, 'not_signed_in');
  assert.equal(await reused(), before + 1);
  accepted(await account(other.access_token));
});

test('of many refreshes at once exactly one gets tokens', async () => {
  const before = await reused();
  const mine = await app();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => refresh(mine.refresh_token)),
  );
  assert.deepEqual(
    answers.map((each) => each.status).sort(),
    [200, ...Array(7).fill(401)],
  );
  await gone(answers.find((each) => each.status === 200).body.access_token);
  assert.equal(await reused(), before + 1);
});

test('the same Idempotency-Key hands out nothing twice', async () => {
  const mine = await app();
  const idempotency = 'the key of this refresh';
  const next = accepted(await refresh(mine.refresh_token, { idempotency }));
  refused(await refresh(mine.refresh_token, { idempotency }), 401, 'not_signed_in');
  await gone(next.access_token);
  refused(await refresh('x', { idempotency: null }), 400, 'key_missing');
});

test('what is no access token: long, garbled, of another kind, another operator’s', async () => {
  const mine = await app();
  const wrong = [
    undefined,
    'Bearer',
    'Bearer ',
    `Bearer ${mine.refresh_token}`,
    `Bearer ${mine.access_token}x`,
    `Bearer ${mine.access_token.slice(0, -1)}`,
    `Bearer  ${mine.access_token}`,
    `Bearer ${mine.access_token.toUpperCase()}`,
    `Bearer ${mine.access_token} ${mine.access_token}`,
    `Basic ${mine.access_token}`,
    mine.access_token,
    `Bearer ringoff_access_${'é'.repeat(20)}`,
    `Bearer ringoff_access_${'x'.repeat(43)}`,
    `Bearer ringoff_access_${'x'.repeat(8000)}`,
    `Bearer ${'x'.repeat(8000)}`,
  ];
  const answers = [];
  for (const authorization of wrong) {
    const headers = authorization
      ? { authorization: Buffer.from(authorization, 'utf8').toString('latin1') }
      : {};
    answers.push(refused(await ask('GET', '/api/v1/account', { headers }), 401, 'not_signed_in'));
  }
  for (const answer of answers) {
    const known = ({ date, ...rest }) => rest;
    assert.deepEqual(
      [answer.body, known(answer.headers)],
      [answers[0].body, known(answers[0].headers)],
    );
    assert.match(answer.headers['www-authenticate'], /^Bearer/);
  }
  refused(
    await h.kite.call('GET', '/api/v1/account', { key: mine.access_token }),
    401,
    'not_signed_in',
  );
  refused(
    await h.kite.call('POST', '/api/v1/sessions/refresh', {
      body: { refresh_token: mine.refresh_token },
    }),
    401,
    'not_signed_in',
  );
  accepted(await account(mine.access_token)); // none of that ended it
  assert.equal(
    (await ask('GET', '/api/v1/account', { headers: { cookie: `session=${mine.access_token}` } }))
      .status,
    401,
    'cookies are not looked at',
  );
});

test('keys are for integrators, tokens for subscribers, as the document says', async () => {
  const { access_token: token } = await app();
  const both = { integrator: 0, subscriber: 0 };
  for (const [method, path, schemes] of routes()) {
    const given = method === 'POST' ? { body: {} } : {};
    refused(await ask(method, path, given), 401, 'not_signed_in');
    for (const [bearer, scheme, whose] of [
      [key, 'key', 'integrator'],
      [token, 'session', 'subscriber'],
    ]) {
      if (path.endsWith('/end') || path.endsWith('/end-all')) continue;
      const answer = await ask(method, path, { ...given, key: bearer });
      if (schemes.includes(scheme)) {
        assert.ok(![401, 403].includes(answer.status), `${whose} ${method} ${path}`);
        both[whose]++;
      } else refused(answer, 403, 'not_allowed');
    }
  }
  assert.ok(both.integrator >= 13 && both.subscriber >= 13, JSON.stringify(both));
});

test('the list of sessions; ending one of them, and all', async () => {
  const [phone, tablet] = [await app(), accepted(await open({ device: '平板 🐚' }))];
  const list = accepted(await ask('GET', '/api/v1/sessions', { key: phone.access_token }));
  const found = list.items.find((each) => each.id === tablet.session);
  assert.deepEqual([found.kind, found.device, found.current], ['app', '平板 🐚', false]);
  assert.equal(list.items.find((each) => each.current).id, phone.session);
  const end = (id) =>
    ask('POST', `/api/v1/sessions/${id}/end`, { key: phone.access_token, body: {} });
  assert.ok(accepted(await end(tablet.session)).closed_at);
  await gone(tablet.access_token);
  refused(await refresh(tablet.refresh_token), 401, 'not_signed_in');
  refused(await end(tablet.session), 409, 'unchanged');
  refused(await end('77'), 404, 'not_found');
  const stranger = await h.line();
  await h.account(stranger, 'ben@example.com', password);
  const ben = accepted(await open({ email: 'ben@example.com' }));
  refused(await end(ben.session), 404, 'not_found');
  refused(
    await ask('GET', `/api/v1/sessions/${ben.session}`, { key: phone.access_token }),
    404,
    'not_found',
  );
  const all = accepted(
    await ask('POST', '/api/v1/sessions/end-all', { key: phone.access_token, body: {} }),
  );
  assert.deepEqual(all.items, []);
  await gone(phone.access_token);
  accepted(await account(ben.access_token));
});

test('the password again, as in the portal; a wrong one spends attempts', async () => {
  const mine = await app();
  const up = (given, token = mine.access_token) =>
    ask('POST', '/api/v1/sessions/current/step-up', { key: token, body: { password: given } });
  refused(await up('not the password'), 401, 'sign_in_failed');
  const done = accepted(await up(password));
  assert.equal(Date.parse(done.stepped_up_at), await h.now());
  for (let i = 0; i < 10; i++) refused(await up('not the password'), 401, 'sign_in_failed');
  refused(await up(password), 429, 'too_many_attempts');
  await h.tick(61 * MINUTE);
});

test('known and unknown: the same answer, the same attempts, and a lock that is one', async () => {
  const answers = [];
  for (const each of [email, 'nobody@example.com']) {
    const of = [];
    for (let i = 0; i < 11; i++)
      of.push(await open({ email: each, password: 'not the password' }));
    of.push(await open({ email: each }));
    answers.push(of.map(({ status, body }) => [status, body]));
    await h.tick(61 * MINUTE);
  }
  assert.deepEqual(answers[0], answers[1]);
  assert.deepEqual(answers[0].map(([status]) => status), [...Array(10).fill(401), 429, 429]);
  accepted(await open());
});

test('existing keys go on, and a key that looks like a token is none', async () => {
  const { key: mine } = await h.key(everything);
  accepted(await ask('GET', '/api/v1/lines', { key: mine }));
  refused(
    await ask('GET', '/api/v1/lines', { key: mine.replace('ringoff_', 'ringoff_access_') }),
    401,
    'not_signed_in',
  );
});
