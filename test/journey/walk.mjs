// The way through the portal as a person goes it, in a real browser with or without JavaScript.
// Everything is found by address, field name or id, never by words: so it serves every language.
// Each function ends on the page it leads to; `look` (page, name) is called where one may look.

import { jpeg } from '../web/files.mjs';

const nothing = async () => {};

/** Signs in and ends on the account's page, or on the page at `next`. */
export async function signIn(page, base, person, { next, look = nothing } = {}) {
  await page.goto(`${base}/sign-in${next ? `?next=${next}` : ''}`);
  await look(page, 'sign-in');
  await page.fill('#email', person.email);
  await page.fill('#password', person.password);
  await page.click('main form button');
}

/** From the account's page to the line with this number (E.164); answers the line's address. */
export async function openLine(page, base, number, { look = nothing } = {}) {
  await page.goto(`${base}/account`);
  const digits = number.replace(/\D/g, '');
  for (const link of await page.locator('main a[href*="/lines/"]').all()) {
    if ((await link.textContent()).replace(/\D/g, '').includes(digits)) {
      await link.click();
      await look(page, 'line');
      return page.url().split('?')[0];
    }
  }
  throw new Error(`no line ${number} on ${page.url()}`);
}

/** Gives the password again where it is asked for. */
export async function stepUp(page, person, { look = nothing } = {}) {
  if (!page.url().includes('/step-up')) return;
  await look(page, 'step-up');
  await page.fill('#password', person.password);
  await page.click('main form button');
}

/** From the line's address to "check your answers". contact: "0" the line, "mail" the first e-mail
 * address that may be used; document and type: the person's unless given. */
export async function answer(page, line, person, options = {}) {
  const {
    contact = '0',
    document = person.id_number,
    type = person.id_type,
    reason = '',
    look = nothing,
  } = options;
  await page.goto(`${line}/close`);
  await look(page, 'choice');
  await page.check('input[name=choice][value=close]');
  await page.click('main form button');
  await look(page, 'preview');
  await page.click('main a.button[href$="/close/identity"]');
  await stepUp(page, person, options);
  await look(page, 'identity');
  await page.selectOption('#document_type', type);
  await page.fill('#document', document);
  const route =
    contact === 'mail'
      ? 'input[name=contact]:not([value="0"]):not([disabled])'
      : `input[name=contact][value="${contact}"]`;
  await page.locator(route).first().check();
  await page.fill('#reason', reason);
  await page.click('main form button');
}

/** The whole way to the receipt; answers what stands on it. */
export async function startClosing(page, base, person, options = {}) {
  const { look = nothing } = options;
  const line = await openLine(page, base, person.number, options);
  await answer(page, line, person, options);
  await look(page, 'check');
  await page.click('main form button');
  await page.waitForURL(/\/receipt$/);
  await look(page, 'receipt');
  const text = async (id) => (await page.locator(id).textContent()).trim();
  return {
    line,
    reference: await text('#reference'),
    secret: await text('#secret'),
    closure: page.url().replace(/\/receipt$/, ''),
  };
}

/** The document page: picks a file and sends it. Ends on the status page. */
export async function sendDocument(page, closure, { file = jpeg(20_000), look = nothing } = {}) {
  await page.goto(`${closure}/document`);
  await look(page, 'document');
  await page.setInputFiles('#file', { name: 'card.jpg', mimeType: 'image/jpeg', buffer: file });
  await page.click('main form[enctype] button');
  await page.waitForURL(closure);
}

/** Where the operator asks for a document (closing: as startClosing answers): sends a picture of
 * one and has it accepted. Ends on the closure's status; where none is asked for, where it began.
 */
export async function prove(page, house, operator, closing, { look = nothing } = {}) {
  const { identity_asked: asked } = await house.closure(operator, closing.reference);
  if (asked !== 'document') return;
  await sendDocument(page, closing.closure, { look });
  await look(page, 'document-sent');
  const at = ['--operator', operator, '--reference', closing.reference];
  const { shown } = await house.ask('identity', 'show', ...at);
  await house.ask('identity', 'accept', ...at, '--document', shown.documents.at(-1).id);
  await page.reload();
}

/** What the demo's inbox holds, newest first: { to, text, links }. */
export async function inbox(base) {
  const html = await (await fetch(`${base}/inbox`)).text();
  const plain = (part) =>
    part.replace(/<[^>]+>/g, '').replace(
      /&#?\w+;/g,
      (name) =>
        ({
          '&amp;': '&',
          '&lt;': '<',
          '&gt;': '>',
          '&quot;': '"',
          '&#39;': "'",
        })[name] ?? name,
    );
  return [
    ...html.matchAll(/<article class="letter"><header>(.*?)<\/header>\s*<p>(.*?)<\/p>/gs),
  ].map(([, head, body]) => ({
    to: plain(head),
    text: plain(body),
    links: [...body.matchAll(/href="([^"]+)"/g)].map(([, link]) => plain(link)),
  }));
}

const handed = new Set(); // the links that confirmation() answered

/** A message with the link of the closing: { link, code }; asks until it is there. after: a link
 * that was answered before; then one that was not. Of several committers' messages the order is
 * not that of time, so it is not gone by. */
export async function confirmation(base, reference, after = '') {
  for (let tries = 0; tries < 600; tries++) {
    for (const { text, links } of await inbox(base)) {
      const link = links.find((one) => one.includes(`/c/${reference}#`));
      const code = text.replace(/https?:\S+/g, '').match(/(?<!\d)\d{4} ?\d{4}(?!\d)/)?.[0];
      if (!link || !code || (after && (link === after || handed.has(link)))) continue;
      handed.add(link);
      return { link, code };
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no message for ${reference}`);
}

/** Opens the message's link and presses the button; needs JavaScript. Ends on the status page. */
export async function confirmByLink(page, link, { look = nothing } = {}) {
  await page.goto(link);
  await page.locator('[data-with-fragment]').waitFor({ state: 'visible' });
  await look(page, 'confirm-link');
  await page.click('main form button.grave');
}

/** Types the code on the page that the link opens. Ends on the status page. */
export async function confirmByCode(page, base, reference, code, { look = nothing } = {}) {
  await page.goto(`${base}/c/${reference}`);
  await look(page, 'confirm-code');
  await page.fill('#code', code);
  await page.click('main form button.grave');
}

/** From a closure's address: calls it off. code: only for who came with the status secret. */
export async function withdraw(page, closure, { code, look = nothing } = {}) {
  await page.goto(`${closure}/withdraw`);
  await look(page, 'withdraw');
  if (code) await page.fill('#code', code);
  await page.click('main form button');
}

/** Finds the status without an account; ends on the status page. */
export async function status(page, base, reference, secret, { look = nothing } = {}) {
  await page.goto(`${base}/status`);
  await look(page, 'status-find');
  await page.fill('#reference', reference);
  await page.fill('#status_secret', secret);
  await page.click('main form button');
}

/** From the start page to an account: number and SIM, code by SMS, address and password, code by
 * e-mail. code(kind, to): the newest code that went there. Ends on the page that says so. */
export async function register(
  page,
  base,
  person,
  { password, email = person.email, code, look = nothing },
) {
  await page.goto(`${base}/`);
  await look(page, 'start');
  await page.locator('main a.button[href$="/begin"]').first().click();
  await look(page, 'begin');
  await page.click('main .ways a[href$="/register"]');
  await look(page, 'register');
  await page.fill('#number', person.number.slice(4));
  await page.fill('#iccid', person.iccid.slice(-6));
  await page.click('main form button');
  await page.waitForURL(/\/register\/code$/);
  await look(page, 'register-code');
  await page.fill('#code', await code('sms', person.number));
  await page.click('main form[action$="/code"] button');
  await page.waitForURL(/\/register\/contact$/);
  await look(page, 'register-contact');
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('main form button');
  await page.waitForURL(/\/register\/verify$/);
  await look(page, 'register-verify');
  await page.fill('#code', await code('mail', email));
  await page.click('main form[action$="/verify"] button');
  await page.waitForURL(/\/register\/done$/);
  await look(page, 'register-done');
}

/** Without the SIM: number and ID number, address and password, code by e-mail. */
export async function claim(
  page,
  base,
  person,
  { password, email = person.email, code, look = nothing },
) {
  await page.goto(`${base}/begin`);
  await page.click('main .ways a[href$="/claim"]');
  await look(page, 'claim');
  await page.fill('#number', person.number.slice(4));
  await page.selectOption('#document_type', person.id_type);
  await page.fill('#document', person.id_number);
  await page.click('main form button');
  await page.waitForURL(/\/register\/contact$/);
  await look(page, 'claim-contact');
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('main form button');
  await page.waitForURL(/\/register\/verify$/);
  await look(page, 'claim-verify');
  await page.fill('#code', await code('mail', email));
  await page.click('main form[action$="/verify"] button');
  await page.waitForURL(/\/register\/done$/);
  await look(page, 'claim-done');
}

/** The newest code in the demo's inbox that went to this number or address; "" when none did. */
export async function newestCode(base, to) {
  for (const message of await inbox(base)) {
    if (!message.to.replace(/\s/g, '').includes(to)) continue;
    const code = message.text
      .replace(/https?:\S+/g, '')
      .match(/(?<!\d)\d{4} ?\d{4}(?!\d)/)?.[0]
      .replace(' ', '');
    if (code) return code;
  }
  return '';
}

/** The same as soon as it is another one than `after`. */
export async function inboxCode(base, to, after = '') {
  for (let tries = 0; tries < 600; tries++) {
    const code = await newestCode(base, to);
    if (code && code !== after) return code;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no code for ${to}`);
}
