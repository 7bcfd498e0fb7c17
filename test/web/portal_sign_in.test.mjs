// Signing in and out, the password again, the account's page; each way of going wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser, MINUTE, password, register, start } from './portal.mjs';

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
