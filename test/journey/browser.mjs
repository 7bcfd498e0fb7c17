// A real browser (Debian's chromium) that is watched: no request to another host, no violation of
// the content security policy, no error in a script, and axe finds nothing on any page looked at.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.RINGOFF_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const locales = { en: 'en-GB', 'zh-Hant-HK': 'zh-HK', 'zh-Hans-CN': 'zh-CN' };
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const mute = new WeakSet(); /* contexts without JavaScript */

/** Without JavaScript no timer of a page fires, and axe takes its steps by timers: short ones are
 * taken at once, long ones are its own time limits. */
const timersNow = () => {
  globalThis.setTimeout = (step, delay, ...args) => {
    if (!(delay > 100)) Promise.resolve().then(() => step(...args));
    return 0;
  };
};

/** axe's violations as lines of text: rule, where, why. */
async function violations(page, rules) {
  if (mute.has(page.context())) await page.evaluate(timersNow);
  await page.evaluate(axe);
  const found = await page.evaluate(
    (only) =>
      globalThis.axe
        .run(document, {
          preload: false,
          resultTypes: ['violations'],
          ...(only ? { runOnly: only } : {}),
        })
        .then((all) =>
          all.violations.map(({ id, nodes }) =>
            [id, ...nodes.map((node) => `${node.target} ${node.failureSummary}`)].join('; '),
          ),
        ),
    rules,
  );
  return found;
}

/** What must hold on every page, as it is on the screen now. */
export async function look(page, name, { rules } = {}) {
  await page.locator('main').first().waitFor(); // not in the moment between two documents
  const where = `${name} (${page.url()})`;
  const seen = await page.evaluate(() => ({
    title: document.title,
    lang: document.documentElement.lang,
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  assert.ok(
    seen.title.trim().length > 4 && !/[{[]{2}/.test(seen.title),
    `${where}: title "${seen.title}"`,
  );
  assert.match(seen.lang, /^(en|zh-Hant-HK|zh-Hans-CN)$/, where);
  assert.ok(seen.wide <= seen.room, `${where}: ${seen.wide} px wide in ${seen.room}`);
  assert.deepEqual(await violations(page, rules), [], where);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

/** Starts the browser; answers { visit, stop }. */
export async function start() {
  const root = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...root, ...quiet],
  });
  const faults = [];
  const watch = (page, origin) => {
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) faults.push(`asked ${request.url()}`);
    });
    page.on('console', (message) => {
      if (/Content.Security.Policy|Refused to/i.test(message.text()))
        faults.push(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error}`));
    page.setDefaultTimeout(20000);
  };
  return {
    /** Somebody with a browser of their own: { page, context, tab() }. */
    async visit(origin, { language = 'en', script = true, width = 390, dark = false } = {}) {
      const context = await browser.newContext({
        javaScriptEnabled: script,
        locale: locales[language],
        viewport: { width, height: 844 },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
      });
      if (!script) mute.add(context);
      const tab = async () => {
        const page = await context.newPage();
        watch(page, origin);
        return page;
      };
      return { context, tab, page: await tab(), close: () => context.close() };
    },
    async stop() {
      await browser.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** How the reader of a language is told an amount or a day: by ICU, not by the program. */
export const money = (minor) =>
  new Intl.NumberFormat('en-HK', { style: 'currency', currency: 'HKD' }).format(minor / 100);
export const day = (language, time) =>
  new Intl.DateTimeFormat(locales[language], {
    timeZone: 'Asia/Hong_Kong',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(new Date(time));
