// Wrong ID numbers are counted once, wherever they are given: by the app over REST, on the pages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import * as chromium from '../journey/browser.mjs';
import { here, start } from '../journey/installation.mjs';
import * as walk from '../journey/walk.mjs';
import { App, accepted, password, refused, register } from './app_kit.mjs';
import { open } from './openapi.mjs';

const operator = 'harbour';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 37 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

test('what is spent over REST is spent on the pages, and the other way', async () => {
  const { attempts } = JSON.parse(readFileSync(here(`packaging/demo/${operator}.json`), 'utf8'));
  const base = house.base(operator);
  const port = Number(new URL(house.origin).port);
  const app = new App(await open({ port, host: '127.0.0.1', base: `/${operator}` }));
  let who, shown;
  do {
    who = house.stranger(operator);
    shown = await house.ask('line', 'show', '--operator', operator, '--number', who.number);
  } while (!shown.line_may_confirm || shown.state !== 'active');
  const email = 'two.doors@example.com';
  await register(base, app, who, email);
  await app.signIn(email, 'the app');
  accepted(await app.post('/sessions/current/step-up', { password }));
  const wrong = { document_type: 'hkid', document: 'A123456(3)' };
  const over = () => app.post('/closures', { line: shown.id, language: 'en', ...wrong });
  const { page, close } = await browser.visit(house.origin, { language: 'en' });
  await walk.signIn(page, base, { email, password });
  await page.waitForURL(/\/account$/);
  const line = await walk.openLine(page, base, who.number);
  const onPage = async () => {
    const typed = { document: wrong.document, type: 'hkid' };
    await walk.answer(page, line, { ...who, password }, typed);
    if (page.url().endsWith('/check')) await page.click('main form button');
    return (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  };
  const count = Math.min(attempts.line.count, attempts.account.count);
  for (let i = 0; i < count; i++) {
    if (i % 2) refused(await over(), 403, 'identity_mismatch');
    else assert.match(await onPage(), /is not the one that counts for this line/);
  }
  refused(await over(), 429, 'too_many_attempts');
  assert.match(await onPage(), /this way is shut for a while/);
  refused(await app.post('/closures', { line: shown.id, language: 'en',
    document_type: who.id_type, document: who.id_number }), 429, 'too_many_attempts');
  await close();
});
