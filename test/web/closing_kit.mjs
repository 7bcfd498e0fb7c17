// A demo installation served by the real program, and browsers without a screen: cookies kept,
// forms filled from the page that was got, redirects not followed unless asked.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const test = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const program = path.join(path.resolve(test, process.env.RINGOFF_BUILD ?? '../build'), 'ringoff');
if (!existsSync(program)) throw new Error(`not built: ${program} (set RINGOFF_BUILD)`);

/** Makes the demo once; start() serves it, with the clock ahead by so many seconds. */
export function installation(lines = 24) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ringoff-closing-'));
  const data = path.join(folder, 'demo');
  const made = execFileSync(program, ['demo', '--data', data, '--json', '--lines', `${lines}`], {
    encoding: 'utf8',
  });
  const house = { people: JSON.parse(made).people, port: 0, data };
  house.start = async (shift = 0) => {
    const child = spawn(
      program,
      ['serve', '--data', data, '--listen', '127.0.0.1:0', '--clock-shift', `${shift}`],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const ended = new Promise((done) => child.on('close', done));
    const line = await Promise.race([
      new Promise((done) => createInterface(child.stdout).once('line', done)),
      ended.then((code) => {
        throw new Error(`did not start: ${code}`);
      }),
    ]);
    house.port = JSON.parse(line).port;
    house.stop = async () => {
      child.kill('SIGTERM');
      return ended;
    };
  };
  const terminal = (...words) =>
    JSON.parse(execFileSync(program, [...words, '--data', data, '--json'], { encoding: 'utf8' }));
  /** What the staff do by hand: cuts the line whose work item is the first to come. */
  house.cut = async (operator) => {
    for (let tries = 0; tries < 400; tries++) {
      const [work] = terminal('work', 'list', '--operator', operator).items;
      if (work) {
        return terminal(
          'network',
          'done',
          '--operator',
          operator,
          '--work',
          work.id,
          '--evidence',
          'Deleted, and read back by hand',
        );
      }
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error('no work item');
  };
  house.remove = () => rmSync(folder, { recursive: true });
  house.base = (operator) => `http://127.0.0.1:${house.port}/${operator}`;
  return house;
}

const names = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
export const plain = (html) =>
  html.replace(/<[^>]+>/g, '').replace(/&#?\w+;/g, (name) => names[name] ?? name);

/** A browser at one operator. Paths are below the operator's base. */
export class Browser {
  constructor(house, operator) {
    Object.assign(this, { house, operator, cookies: new Map(), hidden: {} });
  }

  get base() {
    return this.house.base(this.operator);
  }

  async ask(method, target, body, headers = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${this.base}${target}`, {
      method,
      body,
      redirect: 'manual',
      headers: {
        'Accept-Language': 'en',
        ...(cookie && { Cookie: cookie }),
        ...(body !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/Max-Age=0/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await answer.text();
    const location = answer.headers.get('location')?.replace(`/${this.operator}`, '');
    const got = { status: answer.status, text, location, headers: answer.headers };
    got.errors = [...text.matchAll(/<li><a href="#([^"]+)">(.*?)<\/a><\/li>/g)].map(
      ([, field, sentence]) => ({ field, sentence: plain(sentence) }),
    );
    const form = text.match(/<main[^]*<\/main>/)?.[0] ?? '';
    for (const name of ['form', 'key', 'answers', 'next']) {
      const value = form.match(
        new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`),
      )?.[1];
      if (value) this.hidden[name] = plain(value);
      else if (method === 'GET') delete this.hidden[name];
    }
    return got;
  }

  get(target, headers) {
    return this.ask('GET', target, undefined, headers);
  }

  /** Posts with the hidden fields of the page got before. */
  post(target, fields = {}, headers = {}) {
    const { form, key, ...other } = this.hidden;
    const hidden = target.endsWith('/check') || target === '/step-up' ? other : {};
    return this.ask(
      'POST',
      target,
      new URLSearchParams({ form, key, ...hidden, ...fields }).toString(),
      headers,
    );
  }

  async signIn(person) {
    await this.get('/sign-in');
    const answer = await this.ask(
      'POST',
      '/sign-in',
      new URLSearchParams({
        ...this.hidden,
        email: person.email,
        password: person.password,
      }).toString(),
    );
    if (answer.status !== 303) throw new Error(`sign-in: ${answer.status}`);
    const { text } = await this.get('/account');
    this.lines = [...text.matchAll(/href="[^"]*\/lines\/(\d+)"[^>]*><b[^>]*>([^<]*)/g)].map(
      ([, id, number]) => ({ id, number: number.replace(/ /g, '') }),
    );
    return this.lines.find((line) => line.number === person.number)?.id;
  }

  async stepUp(person, next) {
    await this.get(`/step-up?next=${next}`);
    return this.post('/step-up', { password: person.password });
  }

  /** To the answers' end: the answer of the identity form. */
  async identity(line, person, more = {}) {
    await this.stepUp(person, `/lines/${line}/close/identity`);
    await this.get(`/lines/${line}/close/identity`);
    return this.post(`/lines/${line}/close/identity`, {
      document_type: person.id_type,
      document: person.id_number,
      contact: '0',
      reason: '',
      ...more,
    });
  }

  /** Submits; answers { closure, reference, secret }. */
  async submit(line, person, more) {
    const check = await this.identity(line, person, more);
    if (check.status !== 303)
      throw new Error(`identity: ${check.status} ${JSON.stringify(check.errors)}`);
    await this.get(check.location);
    const done = await this.post(check.location);
    if (done.status !== 303)
      throw new Error(`check: ${done.status} ${JSON.stringify(done.errors)}`);
    const { text } = await this.get(done.location);
    const of = (id) => plain(text.match(new RegExp(`id="${id}"[^>]*>([^<]*)<`))[1]);
    return {
      closure: done.location.match(/closures\/(\d+)/)[1],
      reference: of('reference'),
      secret: of('secret'),
    };
  }

  /** The newest { link secret, code } that was sent for the reference, other than `before`. */
  async message(reference, before) {
    for (let tries = 0; tries < 400; tries++) {
      const { text } = await new Browser(this.house, this.operator).get('/inbox');
      const link = text.match(new RegExp(`/c/${reference}#([\\w-]+)`))?.[1];
      const letter = link && text.split('<article').find((part) => part.includes(`#${link}`));
      const code =
        letter &&
        plain(letter)
          .replace(/https?:\S+/g, '')
          .match(/(?<!\d)\d{4} ?\d{4}(?!\d)/)?.[0];
      if (code && link !== before?.link) return { link, code: code.replace(' ', '') };
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(`no message for ${reference}`);
  }

  /** Gets the page until it fits: for what a timer of the server is about to do. */
  async until(target, fits) {
    for (let tries = 0; tries < 400; tries++) {
      const page = await this.get(target);
      if (fits(page)) return page;
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(`${target} did not come to fit`);
  }

  /** Confirms as whoever opens the address: GET, then POST. */
  async confirm(reference, fields) {
    await this.get(`/c/${reference}`);
    return this.post(`/c/${reference}`, fields);
  }
}
