// Forms and sessions: only our own page's form is taken, once signed in only that session's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, ask, host, start } from './echo.mjs';

let server;
before(async () => { server = await start(); });
after(async () => assert.deepEqual(await server.stop(), { code: 0, signal: null, log: '' }));

const cookies = (answer) =>
  (answer.all['set-cookie'] ?? []).map((text) => text.split(';')[0]).join('; ');

/** Opens the page with the form; answers its token and the browser's cookies. */
async function page(headers = {}) {
  const answer = await ask(server, 'GET', '/form', { headers });
  return { ...JSON.parse(answer.body), cookie: headers.Cookie ?? cookies(answer), answer };
}

const post = (body, headers) => ask(server, 'POST', '/form', {
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers }, body });

test('our own form is taken', async () => {
  const { form, key, cookie, answer } = await page();
  assert.match(answer.headers['set-cookie'],
    /^browser=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.match(key, /^[\w-]{22}$/);
  const body = `form=${form}&key=${key}&name=%E9%99%B3+A`;
  for (const headers of [{}, { Origin: `http://${host}` }, { Referer: `http://${host}/form` },
    { Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' }]) {
    const taken = await post(body, { Cookie: cookie, ...headers });
    assert.equal(taken.status, 200, JSON.stringify(headers));
    assert.equal(JSON.parse(taken.body).name, '陳 A');
  }
});

test('403 form_invalid for a form that is not ours', async () => {
  const { form, cookie } = await page();
  const other = await page();
  const [hour, mac] = form.split('.');
  for (const [what, body, headers] of [
    ['no token', 'name=a', {}],
    ['an empty token', 'form=&name=a', {}],
    ['a wrong token', `form=${hour}.${mac.slice(1)}x&name=a`, {}],
    ['another hour', `form=${Number(hour) - 1}.${mac}&name=a`, {}],
    ['an hour to come', `form=${Number(hour) + 1}.${mac}&name=a`, {}],
    ['another browser\'s token', `form=${other.form}&name=a`, {}],
    ['no cookie', `form=${form}&name=a`, { Cookie: null }],
    ['the cookie twice', `form=${form}&name=a`, { Cookie: `${cookie}; ${other.cookie}` }],
    ['another origin', `form=${form}&name=a`, { Origin: 'http://elsewhere.example' }],
    ['an origin that ends like ours', `form=${form}&name=a`, { Origin: `http://x${host}` }],
    ['an opaque origin', `form=${form}&name=a`, { Origin: 'null' }],
    ['another referer', `form=${form}&name=a`, { Referer: 'http://elsewhere.example/form' }],
    ['a cross-site post', `form=${form}&name=a`, { 'Sec-Fetch-Site': 'cross-site' }],
    ['a same-site post', `form=${form}&name=a`, { 'Sec-Fetch-Site': 'same-site' }],
  ]) {
    const answer = await post(body, { Cookie: cookie, 'Accept-Language': 'en', ...headers });
    assert.equal(answer.status, 403, what);
    assert.match(answer.body, /<h1>This form can no longer be used<\/h1>/, what);
  }
});

test('a form that is not well-formed', async () => {
  const { form, cookie } = await page();
  const sent = async (body, headers = {}) =>
    (await post(body, { Cookie: cookie, ...headers })).status;
  assert.equal(await sent(`form=${form}&name=a&name=b`), 400);
  assert.equal(await sent(`form=${form}&name=%ff`), 400);
  assert.equal(await sent(`form=${form}&name=%0`), 400);
  assert.equal(await sent(`form=${form}&name=a%00`), 400);
  assert.equal(await sent(`form=${form}&other=1`), 422);
  assert.equal(await sent(`form=${form}&name=a`, { 'Content-Type': 'text/plain' }), 400);
});

test('a session: begun, known, bound to its forms, ended', async () => {
  const away = await ask(server, 'GET', '/me?x=1');
  assert.equal(away.status, 303);
  assert.equal(away.headers.location, '/sign-in?next=%2Fme');
  const anonymous = await page();
  const begun = await ask(server, 'POST', '/api/sign-in', { headers: api, body: '' });
  assert.match(begun.headers['set-cookie'], /^session=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  const session = cookies(begun);
  const me = await ask(server, 'GET', '/me', { headers: { Cookie: session } });
  assert.equal(me.body, '{"account":5000}\n');
  for (const forged of [session.replace('a-token', 'b-token'), session.slice(0, -2) + '__',
    session.replace(/\.(\d+)\./, (_, seen) => `.${Number(seen) + 9}.`),
    'session=a-token-of-the-test',
    `${session}; ${session}`, 'session=..', 'session=']) {
    const turned = await ask(server, 'GET', '/me', { headers: { Cookie: forged } });
    assert.equal(turned.status, 303, forged);
  }
  const both = `${session}; ${anonymous.cookie}`;
  assert.equal((await post(`form=${anonymous.form}&name=a`, { Cookie: both })).status, 403);
  const { form } = await page({ Cookie: both });
  assert.equal((await post(`form=${form}&name=a`, { Cookie: both })).status, 200);
  assert.equal((await post(`form=${form}&name=a`, { Cookie: anonymous.cookie })).status, 403);
  const out = await ask(server, 'GET', '/sign-out', { headers: { Cookie: session } });
  assert.match(out.headers['set-cookie'], /^session=; .*Max-Age=0$/);
  assert.equal(out.headers.location, '/', 'never to another site');
});

test('over https: Secure, __Host- and HSTS', async () => {
  const secure = await start({ https: 1 });
  try {
    const answer = await ask(secure, 'GET', '/form');
    assert.match(answer.headers['set-cookie'],
      /^__Host-browser=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    assert.match(answer.headers['strict-transport-security'], /max-age=\d{8}/);
    const type = 'application/x-www-form-urlencoded';
    const headers = { Cookie: cookies(answer), 'Content-Type': type };
    const body = `form=${JSON.parse(answer.body).form}&name=a`;
    const sent = (Origin) =>
      ask(secure, 'POST', '/form', { headers: { ...headers, Origin }, body });
    assert.equal((await sent(`https://${host}`)).status, 200);
    assert.equal((await sent(`http://${host}`)).status, 403);
  } finally {
    assert.equal((await secure.stop()).code, 0);
  }
});
