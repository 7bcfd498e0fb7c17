// Signing in and out, the password again, the account's page; each way of going wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser, hidden, MINUTE, password, register, start } from './portal.mjs';

const email = 'chan@example.com';
let server;
let browser;
const each = (name, run) => test(name, async () => {
  server = await start();
  browser = new Browser(server);
  try {
    await register(browser, server.lines[0], email);
    await run();
  } finally {
    await server.stop();
  }
});
const sign = (who, fields = {}) => who.send('/sign-in', { email, password, ...fields });
const bare = (html) => html.replace(/value="[^"]*"/g, '');

each('an unknown address and a wrong password are answered the same', async () => {
  const wrong = await sign(browser, { password: 'not the password' });
  const unknown = await sign(browser, { email: 'nobody@example.com' });
  assert.deepEqual([unknown.status, bare(unknown.html)], [wrong.status, bare(wrong.html)]);
  assert.equal(wrong.status, 401);
  assert.match(wrong.html, /<a href="#email">E-mail and password do not fit together/);
  assert.match(wrong.html, new RegExp(`value="${email}"`));
  assert.ok(!wrong.html.includes('not the password'));
});

each('the account is locked for a while after its attempts, known or not', async () => {
  for (const one of [email, 'nobody@example.com']) {
    for (let i = 0; i < 10; i++) {
      assert.equal((await sign(browser, { email: one, password: 'not the password' })).status, 401);
    }
    const locked = await sign(browser, { email: one });
    assert.equal(locked.status, 429);
    assert.match(locked.html, /counter/);
  }
  await server.later(61 * MINUTE);
  assert.equal((await sign(browser)).status, 303);
});

each('nothing typed: what is missing, beside each field', async () => {
  const { status, html } = await sign(browser, { email: ' ', password: '' });
  assert.equal(status, 422);
  assert.match(html, /<a href="#email">Enter your e-mail address/);
  assert.match(html, /<a href="#password">Enter your password/);
});

each('where one goes on is a page of ours', async () => {
  for (const next of ['//elsewhere.example', 'https://elsewhere.example', '/\\elsewhere.example',
    '/a\nb', '/%2f/elsewhere', 'account', '/account?x=1#y', `/${'a'.repeat(300)}`]) {
    const who = new Browser(server);
    assert.equal((await sign(who, { next })).location, '/account', next);
  }
  assert.equal((await sign(browser, { next: '/step-up' })).location, '/step-up');
  assert.equal((await browser.get('/sign-in?next=/help')).location, '/help', 'signed in already');
});

each('a session ends: idle, signed out, signed out everywhere', async () => {
  const second = new Browser(server);
  await sign(browser);
  await sign(second);
  assert.equal((await browser.get('/account')).status, 200);
  const { html } = await browser.get('/account');
  assert.equal([...html.matchAll(/Since 2\d November/g)].length, 2, html);
  assert.equal([...html.matchAll(/This browser/g)].length, 1);
  const out = await browser.send('/sign-out', {}, '/account');
  assert.deepEqual([out.status, out.location], [303, '/']);
  assert.equal((await browser.get('/account')).status, 303);
  assert.equal((await second.get('/account')).status, 200, 'the other one goes on');
  await sign(browser);
  const kept = new Map(browser.cookies);
  await second.send('/sign-out-everywhere', {}, '/account');
  assert.equal((await browser.get('/account')).status, 303);
  browser.cookies = kept;
  assert.equal((await browser.get('/account')).status, 303, 'not by its old cookie either');
  await sign(browser);
  await server.later(21 * MINUTE);
  assert.equal((await browser.get('/account')).location, '/sign-in?next=%2Faccount');
});

each('the password again before what matters', async () => {
  assert.equal((await browser.get('/step-up')).location, '/sign-in?next=%2Fstep-up');
  await sign(browser);
  const at = '/step-up?next=/lines/1/close';
  const page = await browser.get(at);
  assert.match(page.html, /name="next" value="\/lines\/1\/close"/);
  const wrong = await browser.send('/step-up', { password: 'not the password' }, at);
  assert.equal(wrong.status, 401);
  assert.match(wrong.html, /<a href="#password">This is not your password/);
  assert.match(wrong.html, /name="next" value="\/lines\/1\/close"/, 'kept');
  const right = await browser.send('/step-up', { password }, at);
  assert.equal(right.location, '/lines/1/close');
});

each('a form of another session or another operator is refused', async () => {
  const other = new Browser(server);
  await sign(browser);
  await sign(other);
  const { html } = await other.get('/account');
  const [, form] = /name="form" value="([^"]*)"/.exec(html);
  assert.equal((await browser.post('/sign-out', { form })).status, 403);
  assert.equal((await browser.get('/account')).status, 200);
  const kite = new Browser(server, 'kite');
  kite.cookies = new Map(browser.cookies);
  assert.equal((await kite.get('/account')).status, 303, 'a session counts at its operator only');
  assert.equal((await sign(new Browser(server, 'kite'))).status, 401);
});

/** As the operator's app asks: JSON, no cookie. */
const rest = async (target, body, token) => {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
  if (token) headers.Authorization = `Bearer ${token}`;
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const address = `http://127.0.0.1:${server.port}/harbour/api/v1${target}`;
  const answer = await fetch(address, { headers, ...init });
  return { status: answer.status, json: await answer.json() };
};

each('the account page names browsers and apps, and ends each of them', async () => {
  const device = '<b>Phone</b> & 平板';
  const app = await rest('/sessions', { email, password, device });
  assert.equal(app.status, 200);
  const { access_token: token, session } = app.json;
  assert.equal((await rest('/account', null, token)).status, 200);
  const other = new Browser(server);
  await sign(other);
  await sign(browser);
  const { html } = await browser.get('/account');
  assert.ok(html.includes('<b>&lt;b&gt;Phone&lt;/b&gt; &amp; 平板</b>'), html);
  assert.equal([...html.matchAll(/<b>A browser<\/b>/g)].length, 2);
  assert.equal([...html.matchAll(/action="[^"]*\/account\/sessions\/end"/g)].length, 2);
  assert.match(html, /A browser is signed out after 8 hours, an app after 30 days/);
  const ids = [...html.matchAll(/name="session" value="(\d+)"/g)].map(([, id]) => id);
  assert.ok(ids.includes(session));
  for (const bad of ['', '0', 'x', '-1', `${session}0`]) {
    const no = await browser.send('/account/sessions/end', { session: bad }, '/account');
    assert.ok([404, 422].includes(no.status), `${bad}: ${no.status}`);
  }
  assert.equal((await rest('/account', null, token)).status, 200);
  for (const id of ids) {
    const done = await browser.send('/account/sessions/end', { session: id }, '/account');
    assert.deepEqual([done.status, done.location], [303, '/account?ended=1']);
  }
  assert.match((await browser.get('/account?ended=1')).html, /It is signed out/);
  assert.equal((await rest('/account', null, token)).status, 401);
  assert.equal((await other.get('/account')).status, 303);
  const left = (await browser.get('/account')).html;
  assert.equal([...left.matchAll(/<b>A browser<\/b>/g)].length, 1);
  const again = { ...hidden(left, '/sign-out'), session };
  assert.equal((await browser.post('/account/sessions/end', again)).location, '/account?ended=1');
});

each('a stranger, or another account, ends no session', async () => {
  const ben = new Browser(server);
  await register(ben, server.lines[1], 'ben@example.com');
  await sign(ben, { email: 'ben@example.com' });
  const app = await rest('/sessions', { email, password });
  const { session, access_token: token } = app.json;
  await sign(new Browser(server));
  const his = hidden((await ben.get('/account')).html, '/sign-out');
  assert.equal((await ben.post('/account/sessions/end', { ...his, session })).status, 404);
  const nobody = new Browser(server);
  assert.equal((await nobody.post('/account/sessions/end', { ...his, session })).status, 403);
  assert.equal((await rest('/account', null, token)).status, 200);
});

each('attempts at both doors at once are one budget', async () => {
  for (const one of [email, 'nobody@example.com']) {
    const tries = Array.from({ length: 16 }, (_, i) => (i % 2
      ? rest('/sessions', { email: one, password: 'not the password' })
      : sign(new Browser(server), { email: one, password: 'not the password' })));
    const answers = (await Promise.all(tries)).map(({ status }) => status).sort();
    assert.deepEqual(answers, [...Array(10).fill(401), ...Array(6).fill(429)], one);
    assert.equal((await rest('/sessions', { email: one, password })).status, 429);
    assert.equal((await sign(new Browser(server), { email: one })).status, 429);
    await server.later(61 * MINUTE);
  }
  assert.equal((await rest('/sessions', { email, password })).status, 200);
});

each('the password again at both doors is one budget too', async () => {
  await sign(browser);
  const { json: app } = await rest('/sessions', { email, password });
  const up = (given) => rest('/sessions/current/step-up', { password: given }, app.access_token);
  for (let i = 0; i < 5; i++) {
    assert.equal((await up('not the password')).status, 401);
    assert.equal((await browser.send('/step-up', { password: `wrong ${i}` })).status, 401);
  }
  assert.equal((await up(password)).status, 429);
  assert.equal((await browser.send('/step-up', { password })).status, 429);
  await server.later(61 * MINUTE);
});
