// The operator's app as one would write it, for the journeys that use nothing but REST.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import * as walk from '../journey/walk.mjs';

export const password = 'two kettles on the roof';
export const accepted = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.body;
};
export const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.code, code, answer.text);
};

/** An app as one would write it: two tokens, and a new access token when the old one has ended. */
export class App {
  constructor(door) {
    Object.assign(this, { door, tokens: {}, secrets: [], refreshed: 0 });
  }

  keep(tokens) {
    this.tokens = tokens;
    this.secrets.push(tokens.access_token, tokens.refresh_token);
  }

  async signIn(email, device) {
    const answer = await this.anonymous('/sessions', { email, password, device });
    this.keep(accepted(answer));
  }

  anonymous(where, body) {
    return this.door.call('POST', `/api/v1${where}`, { body });
  }

  async ask(method, where, given = {}) {
    const once = () =>
      this.door.call(method, `/api/v1${where}`, { key: this.tokens.access_token, ...given });
    const answer = await once();
    if (answer.status !== 401 || answer.body.code !== 'not_signed_in') return answer;
    const { refresh_token: token } = this.tokens;
    this.keep(accepted(await this.anonymous('/sessions/refresh', { refresh_token: token })));
    this.refreshed += 1;
    return once();
  }

  get = async (where) => accepted(await this.ask('GET', where));
  post = (where, body = {}, more = {}) => this.ask('POST', where, { body, ...more });
}

/** Somebody new whose line confirms itself, whom the network knows. */
export async function person(house, network, operator) {
  for (;;) {
    const who = house.stranger(operator);
    const line = await house.ask('line', 'show', '--operator', operator, '--number', who.number);
    if (!line.line_may_confirm || line.state !== 'active') continue;
    await network.ask('SET', 'subscriber.create', who.imsi);
    await network.ask('SET', `subscriber.by-imsi-${who.imsi}.msisdn`, who.number.slice(1));
    return who;
  }
}

/** From the number to the account, by REST alone. base: the operator's pages, for the inbox. */
export async function register(base, app, who, email) {
  const { id, holder } = accepted(
    await app.anonymous('/registrations', {
      number: who.number,
      iccid_tail: who.iccid.slice(-6),
      language: 'en',
    }),
  );
  const step = async (name, body) =>
    accepted(await app.anonymous(`/registrations/${id}/${name}`, { holder, ...body }));
  await step('prove', { code: await walk.inboxCode(base, who.number) });
  await step('contact', { email, password });
  await step('verify', { code: await walk.inboxCode(base, email) });
  app.secrets.push(holder, password);
}

/** No file of the installation and no line of the log holds any of it. */
export async function nothingKept(house, app) {
  const texts = [house.log()];
  for (const name of await readdir(house.data, { recursive: true }))
    texts.push(await readFile(path.join(house.data, name), 'latin1').catch(() => ''));
  assert.ok(texts.length > 3);
  for (const secret of app.secrets.filter((each) => each.length > 8))
    for (const text of texts) assert.ok(!text.includes(secret), secret);
}
