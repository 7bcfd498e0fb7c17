// Registering through the portal's forms, as a browser without scripts: the way through, and each
// way of going wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser, MINUTE, hidden, password, plain, register, start } from './portal.mjs';

let server;
let browser;
/* A server each: attempts are counted by address, and all tests come from one. */
const each = (name, run) => test(name, async () => {
  server = await start();
  browser = new Browser(server);
  try {
    await run();
  } finally {
    await server.stop();
  }
});

const wider = (letter) => String.fromCodePoint(letter.codePointAt(0) + 0xfee0);
const wide = (text) => text.replace(/[!-~]/g, wider);
const begin = (who, { number, iccid }) => who.send('/register', { number, iccid: iccid.slice(-6) });
const messages = async () => {
  await server.deliver();
  const { html } = await new Browser(server).get('/inbox');
  return [...html.matchAll(/<article/g)].length;
};
/* What differs between two visits whatever is known: tokens, keys, the number itself. */
const bare = (html) => html.replace(/value="[^"]*"/g, '').replace(/\+852 \d{4} \d{4}/g, 'NUMBER');
const other = (code) => String((Number(code) + 1) % 1e8).padStart(8, '0');

each('from a number to the list of lines', async () => {
  const done = await register(browser, server.lines[0], 'chan@example.com');
  assert.deepEqual([done.status, done.location], [303, '/register/done']);
  const { html } = await browser.get('/register/done');
  assert.match(html, /\+852 6123 0010<\/b> belongs to your account/);
  assert.equal((await browser.get('/account')).location, '/sign-in?next=%2Faccount');
  const fields = { email: 'chan@example.com', password, next: '/account' };
  const signed = await browser.send('/sign-in', fields);
  assert.deepEqual([signed.status, signed.location], [303, '/account']);
  assert.match((await browser.get('/account')).html, /\+852 6123 0010/);
});

each('digits from a Chinese keyboard, the whole ICCID, blanks and dashes', async () => {
  const line = server.lines[1];
  const fields = { number: wide('6123 0011'), iccid: wide(line.iccid) };
  const started = await browser.send('/register', fields);
  assert.equal(started.location, '/register/code');
  const code = await browser.code();
  const typed = wide(`${code.slice(0, 4)}-${code.slice(4)}`);
  const proved = await browser.send('/register/code', { code: typed });
  assert.equal(proved.location, '/register/contact');
});

each('wrongly filled in: a summary that leads to the fields, what was typed is kept', async () => {
  const { status, html } = await browser.send('/register', { number: 'twelve <b>', iccid: '12' });
  assert.equal(status, 422);
  assert.match(html, /<title>Error: Which line is it\?/);
  assert.match(html, /<a href="#number">Enter the telephone number/);
  assert.match(html, /<a href="#iccid">Enter the last 4 to 8 digits/);
  assert.match(html, /id="number"[^>]*value="twelve &lt;b&gt;"[^>]*aria-invalid="true"/);
  assert.equal(await messages(), 0);
});

each('a form that is not ours changes nothing', async () => {
  const line = server.lines[0];
  const { html } = await browser.get('/register');
  const fields = { ...hidden(html, '/register'), number: line.number, iccid: line.iccid.slice(-6) };
  const { form, ...without } = fields;
  const stranger = new Browser(server);
  await stranger.get('/register');
  const refused = async (who, given, headers) => {
    assert.equal((await who.post('/register', given, headers)).status, 403);
  };
  await refused(browser, without);
  await refused(browser, { ...fields, form: `${form}x` });
  await refused(browser, fields, { Origin: 'https://elsewhere.example' });
  await refused(browser, fields, { 'Sec-Fetch-Site': 'cross-site' });
  await refused(stranger, fields);
  assert.equal(await messages(), 0);
  assert.equal((await browser.post('/register', fields)).status, 303);
  assert.equal(await messages(), 1);
});

each('an unknown number, wrong digits and a known line are answered the same', async () => {
  const [line] = server.lines;
  const seen = [];
  for (const asked of [line, { ...line, number: '61239999' }, { ...line, iccid: '1234567' }]) {
    const who = new Browser(server);
    const started = await begin(who, asked);
    const page = await who.get('/register/code');
    const wrong = await who.send('/register/code', { code: '00000000' });
    seen.push([started.status, started.location, page.status, bare(page.html), wrong.status,
      bare(wrong.html)]);
  }
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
  assert.match(seen[0][5], /The code is not right|not the code/);
  assert.equal(await messages(), 1, 'only the line that is known and whose digits fit gets a code');
});

each('five wrong codes lock the code, a new one opens it', async () => {
  await begin(browser, server.lines[0]);
  const code = await browser.code();
  for (let i = 0; i < 5; i++) {
    assert.equal((await browser.send('/register/code', { code: other(code) })).status, 422);
  }
  const locked = await browser.send('/register/code', { code });
  assert.equal(locked.status, 429);
  assert.match(locked.html, /counter/);
  const again = await browser.send('/register/resend', {}, '/register/code');
  assert.equal(again.location, '/register/code?again=1');
  assert.match((await browser.get('/register/code?again=1')).html, /The old one is no longer good/);
  const old = await browser.send('/register/code', { code });
  assert.equal(old.status, 422, 'the old code is void');
  assert.equal((await browser.send('/register/code', { code: await browser.code() })).status, 303);
});

each('something that is no code costs no attempt', async () => {
  await begin(browser, server.lines[0]);
  const arabic = '\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668';
  for (const code of ['', '1234', '123456789', 'abcdefgh', arabic]) {
    const { status, html } = await browser.send('/register/code', { code });
    assert.equal(status, 422);
    assert.match(html, /Enter the eight digits/);
  }
  assert.equal((await browser.send('/register/code', { code: await browser.code() })).status, 303);
});

each('the same form sent twice is one command', async () => {
  await begin(browser, server.lines[0]);
  const code = await browser.code();
  const page = hidden((await browser.get('/register/code')).html, '/register/code');
  /* Corrected, the same form is another command. */
  assert.equal((await browser.post('/register/code', { ...page, code: other(code) })).status, 422);
  const cookies = new Map(browser.cookies);
  const first = await browser.post('/register/code', { ...page, code });
  browser.cookies = cookies; /* as if the second was sent before the first was answered */
  const second = await browser.post('/register/code', { ...page, code });
  assert.deepEqual([first.location, second.location], ['/register/contact', '/register/contact']);
});

each('a code that is too old, and a registration that is', async () => {
  await begin(browser, server.lines[0]);
  const code = await browser.code();
  await server.later(10 * MINUTE);
  const late = await browser.send('/register/code', { code });
  assert.equal(late.status, 410);
  assert.match(late.html, /<a href="#code">/);
  await browser.send('/register/resend', {}, '/register/code');
  assert.equal((await browser.send('/register/code', { code: await browser.code() })).status, 303);
  await server.later(61 * MINUTE);
  assert.equal((await browser.get('/register/contact')).location, '/register');
});

each('a weak password: why, and nothing of it is shown again', async () => {
  await begin(browser, server.lines[0]);
  await browser.send('/register/code', { code: await browser.code() });
  const send = (fields) => browser.send('/register/contact', fields);
  for (const weak of ['', 'short7', 'password1234', 'chan@example.com', 'x'.repeat(500)]) {
    const { status, html } = await send({ email: 'chan@example.com', password: weak });
    assert.equal(status, 422, weak);
    assert.match(html, /at least 10 characters/);
    assert.match(html, /id="email"[^>]*value="chan@example.com"/);
    if (weak && weak !== 'chan@example.com') assert.ok(!html.includes(weak));
    assert.doesNotMatch(html, /type="password"[^>]*value=/);
  }
  assert.match((await send({ email: 'chan at example', password })).html, /<a href="#email">/);
  assert.equal((await send({ email: 'chan@example.com', password })).location, '/register/verify');
});

each('steps are taken in order, with one browser, at one operator', async () => {
  for (const step of ['code', 'contact', 'verify', 'done']) {
    assert.equal((await browser.get(`/register/${step}`)).location, '/register', step);
  }
  await begin(browser, server.lines[0]);
  assert.equal((await browser.get('/register/verify')).location, '/register/code');
  const kite = new Browser(server, 'kite');
  kite.cookies = new Map(browser.cookies);
  assert.equal((await kite.get('/register/code')).location, '/register');
  const sealed = browser.cookies.get('registration');
  const end = sealed.endsWith('AA') ? 'BB' : 'AA';
  browser.cookies.set('registration', `${sealed.slice(0, -2)}${end}`);
  assert.equal((await browser.get('/register/code')).location, '/register');
});

each('an address that has an account keeps its password, and the page says nothing', async () => {
  await register(browser, server.lines[0], 'chan@example.com');
  const second = new Browser(server);
  await begin(second, server.lines[1]);
  await second.send('/register/code', { code: await second.code() });
  const given = { email: 'Chan@Example.com', password: 'another harbour 9' };
  const known = await second.send('/register/contact', given);
  assert.equal(known.location, '/register/verify');
  await second.send('/register/verify', { code: await second.code() });
  assert.equal((await second.send('/sign-in', given)).status, 401);
  assert.equal((await second.send('/sign-in', { ...given, password })).status, 303);
  const { html } = await second.get('/account');
  assert.match(plain(html), /\+852 6123 0010[^]*\+852 6123 0011/);
});
