// Every public page: in three languages, at both operators, whole, small, nothing inline.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser, register, start } from './portal.mjs';

const pages = ['/', '/begin', '/help', '/privacy', '/register', '/sign-in', '/inbox', '/nowhere'];
const languages = ['en', 'zh-Hant-HK', 'zh-Hans-CN'];
const LIMIT = 60 * 1024;
let server;
before(async () => { server = await start(); });
after(() => server.stop());

test('under 60 KB with style and script; nothing is inline or from elsewhere', async () => {
  for (const language of languages) {
    const browser = new Browser(server, 'harbour', language);
    for (const page of pages) {
      const { html, headers, status } = await browser.get(page);
      assert.equal(status, page === '/nowhere' ? 404 : 200, page);
      assert.match(headers.get('content-security-policy'), /default-src 'none'/);
      assert.doesNotMatch(html, /<style|<script(?![^>]*src=)| style=| on\w+=|javascript:/i, page);
      let bytes = Buffer.byteLength(html);
      for (const [, source] of html.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]*)"/g)) {
        assert.match(source, /^\/assets\/[\w.]+\?v=[0-9a-f]{16}$/);
        const asset = await fetch(`http://127.0.0.1:${server.port}${source}`);
        assert.match(asset.headers.get('cache-control'), /immutable/);
        bytes += (await asset.arrayBuffer()).byteLength;
      }
      assert.ok(bytes < LIMIT, `${page} has ${bytes} bytes`);
    }
  }
});

test('each page is whole in its language, and links to itself in the others', async () => {
  for (const language of languages) {
    const browser = new Browser(server, 'kite', language);
    for (const page of pages) {
      const { html } = await browser.get(page);
      assert.ok(html.includes(`<html lang="${language}">`), page);
      assert.match(html, /<title>[^<]+ · [^<]+<\/title>/);
      assert.doesNotMatch(html, /\[\[|\]\]|\{\{|\}\}/);
      assert.equal([...html.matchAll(/<h1/g)].length, 1);
      const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, `${page}: an id stands twice`);
      for (const other of languages.filter((one) => one !== language)) {
        const to = page === '/nowhere' ? '/' : page; /* what is not there cannot be kept */
        assert.ok(html.includes(`href="/kite${to}?lang=${other}"`), `${page} in ${other}`);
      }
      if (language !== 'en') {
        const text = html.replace(/<head>[^]*<\/head>|<[^>]*>|\S+@\S+/g, ' ');
        assert.doesNotMatch(text, /\b(?:the|your|and|sign|close|what)\b/i, page);
      }
    }
  }
});

test('every link of the public pages leads somewhere', async () => {
  const browser = new Browser(server);
  const seen = new Set(['/nowhere']);
  for (const page of pages) {
    const { html } = await browser.get(page);
    for (const [, to] of html.matchAll(/<a [^>]*href="\/harbour([^"#?]*)/g)) {
      if (seen.has(to)) continue;
      seen.add(to);
      const { status } = await browser.get(to || '/');
      assert.ok(status === 200 || status === 303, `${page} -> ${to}: ${status}`);
    }
  }
  assert.ok(seen.size > 7);
});

test('the figures are those of the operator', async () => {
  const read = async (operator) => (await new Browser(server, operator).get('/')).html;
  const harbour = await read('harbour');
  const kite = await read('kite');
  for (const figure of ['within 24 hours', '30 minutes', '90 days', '12 months', '7 years',
    '180 days', 'Suspending costs nothing', 'stands still', '+852 2123 0000', '#HarbourTel',
    'Harbour Street']) {
    assert.ok(harbour.includes(figure), figure);
  }
  for (const figure of ['within 24 hours', '60 minutes', '180 days', '2 years', '3 years',
    '90 days', 'HK$20.00', 'runs on', '+852 2123 9000', '#Kite', 'Kite Road']) {
    assert.ok(kite.includes(figure), figure);
  }
});

test('the inbox belongs to its operator, and its links can be followed', async () => {
  const browser = new Browser(server);
  await register(browser, server.lines[0], 'chan@example.com');
  await server.deliver();
  const { html } = await browser.get('/inbox');
  assert.match(html, /chan@example\.com/);
  const site = `http://127\\.0\\.0\\.1:${server.port}/harbour`;
  assert.match(html, new RegExp(`<a href="(${site}[^"]*)">\\1</a>`));
  const { html: other } = await new Browser(server, 'kite').get('/inbox');
  assert.match(other, /Nothing has been sent yet/);
  assert.equal((await browser.get('/inbox?after=x')).status, 404);
});

test('a GET of a form address that only takes POST, and an unknown operator', async () => {
  const browser = new Browser(server);
  for (const address of ['/sign-out', '/sign-out-everywhere', '/register/resend']) {
    assert.equal((await browser.get(address)).status, 405, address);
  }
  assert.equal((await new Browser(server, 'nobody').get('/')).status, 404);
});
