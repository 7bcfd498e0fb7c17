// Starts the built portal_server and uses it as a browser without scripts would.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const test = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const build = path.resolve(test, process.env.RINGOFF_BUILD ?? '../build');
const program = path.join(build, 'test', 'web', 'portal_server');
if (!existsSync(program)) throw new Error(`not built: ${program} (set RINGOFF_BUILD)`);

export const MINUTE = 60_000;

/** Starts a server with its own database and clock; stop() ends it. */
export async function start() {
  const env = { ...process.env, RINGOFF_ROOT: path.dirname(test) };
  const child = spawn(program, [], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const server = await next();
  const order = async (text) => { child.stdin.write(`${text}\n`); return next(); };
  server.later = (milliseconds) => order(`later ${milliseconds}`);
  server.deliver = () => order('deliver');
  server.stop = async () => { child.kill('SIGTERM'); return ended; };
  return server;
}

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
export const plain = (html) => html.replace(/&(?:amp|lt|gt|quot|#39);/g, (sign) => entities[sign]);

/** The hidden fields of the first form of a page whose action ends so. */
export function hidden(html, action) {
  const forms = [...html.matchAll(/<form [^>]*action="([^"]*)"[^>]*>([^]*?)<\/form>/g)];
  const form = forms.find(([, to]) => to.endsWith(action));
  if (!form) throw new Error(`no form for ${action}`);
  const fields = form[2].matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries([...fields].map(([, name, value]) => [name, plain(value)]));
}

/** A browser without scripts: keeps cookies, follows nothing by itself. */
export class Browser {
  constructor(server, operator = 'harbour', language = 'en') {
    Object.assign(this, { server, operator, language, cookies: new Map() });
  }

  async ask(target, { method = 'GET', headers = {}, body } = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const address = `http://127.0.0.1:${this.server.port}/${this.operator}${target}`;
    const all = { 'Accept-Language': this.language, Cookie: cookie, ...headers };
    const answer = await fetch(address, { method, headers: all, body, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const location = answer.headers.get('location')?.replace(`/${this.operator}`, '');
    return { status: answer.status, headers: answer.headers, location, html: await answer.text() };
  }

  get(target) { return this.ask(target); }

  post(target, fields, headers = {}) {
    return this.ask(target, { method: 'POST', headers, body: new URLSearchParams(fields) });
  }

  /** Opens a page, fills its form and sends it. */
  async send(target, fields = {}, at = target) {
    const { html } = await this.get(at);
    return this.post(target, { ...hidden(html, target), ...fields });
  }

  /** The newest code in the demo's inbox, digits only. */
  async code() {
    await this.server.deliver();
    const { html } = await this.get('/inbox');
    const newest = html.slice(html.indexOf('<article'));
    const [, code] = /(?<!\d)(\d{4}[ -]?\d{4})(?!\d)/.exec(newest) ?? [];
    return code?.replace(/\D/g, '');
  }
}

export const password = 'a quiet harbour 7';

/** Goes through all of registering; answers the last page's answer. */
export async function register(browser, line, email) {
  await browser.send('/register', { number: line.number, iccid: line.iccid.slice(-6) });
  await browser.send('/register/code', { code: await browser.code() });
  await browser.send('/register/contact', { email, password });
  return browser.send('/register/verify', { code: await browser.code() });
}
