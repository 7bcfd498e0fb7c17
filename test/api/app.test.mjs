// The operator's own app: what a person does with it from the first SMS to the closed line, over
// REST alone, against the real program, a real osmo-hlr and, where there is one, PostgreSQL too.
// Every answer fits the document; at the end nothing that was handed out stands in a file or a log.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE, start } from '../journey/installation.mjs';
import * as walk from '../journey/walk.mjs';
import * as hlr from '../peers/hlr.mjs';
import { cluster, databaseMake } from '../peers/postgres.mjs';
import { App, accepted, nothingKept, password, person, refused, register } from './app_kit.mjs';
import { open } from './openapi.mjs';

const limit = { timeout: 180000 };
const houses = {};
let network;
before(async () => {
  network = await hlr.start();
  const settings = { network: { adapter: 'osmo-hlr', host: network.address } };
  [houses.sqlite, houses.postgres] = await Promise.all([
    start({ settings, seed: 21 }),
    cluster && start({ settings, seed: 22, database: await databaseMake() }),
  ]);
});
after(async () => {
  for (const house of Object.values(houses)) if (house) await house.stop();
  await network?.stop();
});

/** What must be proved before a line is closed is what the portal wants, one after the other. */
async function submitted(app, line, who) {
  const body = {
    line,
    document_type: who.id_type,
    document: who.id_number,
    language: 'en',
    reason: 'Going home 回家',
  };
  const ask = (more = {}, idempotency = undefined) =>
    app.post('/closures', { ...body, ...more }, { idempotency });
  refused(await ask(), 403, 'step_up_required');
  refused(await app.post('/sessions/current/step-up', { password: 'x' }), 401, 'sign_in_failed');
  accepted(await app.post('/sessions/current/step-up', { password }));
  const other = who.id_type === 'hkid' ? 'A123456(3)' : 'X0000000';
  refused(await ask({ document: other }), 403, 'identity_mismatch');
  refused(await ask({ line: '77' }), 404, 'not_found');
  const key = 'the one key of this closing';
  const made = accepted(await ask({}, key), 201);
  const again = await ask({}, key);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.deepEqual([again.body.id, again.body.status_secret], [made.id, made.status_secret]);
  refused(await ask({ reason: '' }, key), 422, 'key_reused');
  app.secrets.push(made.status_secret);
  return { made, ask, key };
}

async function closing(house, app, who) {
  const base = house.base('harbour');
  const { lines } = await app.get('/account');
  const { id: line, number } = lines.at(-1);
  assert.equal(number, who.number);
  const preview = await app.get(`/lines/${line}/preview`);
  assert.equal(preview.number, who.number);
  const { made, ask, key } = await submitted(app, line, who);

  // Another session of the same account has not proved the same.
  const tablet = new App(app.door);
  await tablet.signIn(app.email, 'Tablet');
  const body = { line, document_type: who.id_type, document: who.id_number, language: 'en' };
  refused(
    await tablet.post('/closures', { ...body, reason: 'Going home 回家' }, { idempotency: key }),
    403,
    'step_up_required',
  );
  assert.equal((await tablet.get(`/closures/${made.id}`)).status_secret, undefined);
  refused(await tablet.post(`/closures/${made.id}/renew-secret`), 403, 'step_up_required');
  accepted(await app.post(`/sessions/${tablet.tokens.session}/end`));
  refused(await ask(), 409, 'line_closing');

  // A new message, the old code is void; called off; and asked for again.
  const first = await walk.confirmation(base, made.reference);
  accepted(await app.post(`/closures/${made.id}/resend`));
  const next = await walk.confirmation(base, made.reference, first.link);
  refused(await app.post(`/closures/${made.id}/confirm`, { code: first.code }), 422, 'code_wrong');
  assert.equal(accepted(await app.post(`/closures/${made.id}/withdraw`)).state, 'withdrawn');
  refused(await app.post(`/closures/${made.id}/confirm`, { code: next.code }), 409,
    'closure_state');
  const last = accepted(await ask(), 201);
  app.secrets.push(last.status_secret);
  const { code } = await walk.confirmation(base, last.reference);
  app.secrets.push(code.replace(' ', ''));
  const confirmed = accepted(await app.post(`/closures/${last.id}/confirm`, { code }));
  assert.equal(confirmed.waits_for, 'undo_window');
  return { ...last, preview, line };
}

const ways = ['sqlite', ...(cluster ? ['postgres'] : [])];
for (const engine of ways)
  test(`from the first SMS to the closed line by app alone, on ${engine}`, limit, async () => {
    const house = houses[engine];
    const { port } = new URL(house.origin);
    const door = await open({ port: Number(port), host: '127.0.0.1', base: '/harbour' });
    const app = new App(door);
    const operator = accepted(await door.call('GET', '/api/v1/operator'));
    assert.ok(password.length >= operator.password_minimum);
    const who = await person(house, network, 'harbour');
    app.email = `app-${engine}@example.com`;
    await register(house.base('harbour'), app, who, app.email);
    await app.signIn(app.email, 'Phone');
    const done = await closing(house, app, who);

    await house.later((operator.undo_window_minutes + 1) * MINUTE);
    await house.state('harbour', done.reference, 'closed');
    const closed = await app.get(`/closures/${done.id}`);
    assert.equal(app.refreshed, 1, 'the access token had ended meanwhile');
    assert.deepEqual([closed.state, closed.cut_how], ['closed', 'read_back']);
    assert.equal(closed.paid_minor, done.preview.paid_to_unclaimed);
    for (const by of [`imsi-${who.imsi}`, `msisdn-${who.number.slice(1)}`])
      assert.equal(
        (await network.ask('GET', `subscriber.by-${by}.info`)).value,
        'No such subscriber.',
      );
    assert.equal((await app.get(`/lines/${done.line}`)).state, 'closed');

    // Another status secret, and the status without the app.
    const renew = () => app.post(`/closures/${done.id}/renew-secret`);
    refused(await renew(), 403, 'step_up_required');
    accepted(await app.post('/sessions/current/step-up', { password }));
    const { status_secret: secret } = accepted(await renew());
    assert.notEqual(secret, done.status_secret);
    app.secrets.push(secret);
    const look = (given) =>
      door.call('GET', `/api/v1/statuses/${done.reference}`, {
        headers: { 'status-secret': given },
      });
    assert.equal(accepted(await look(secret)).state, 'closed');
    refused(await look(done.status_secret), 404, 'not_found');

    const { items } = await app.get('/sessions');
    assert.deepEqual(items.map((each) => [each.kind, each.device, each.current]), [
      ['app', 'Phone', true],
    ]);
    accepted(await app.post('/sessions/current/end'));
    for (const where of ['/account', `/closures/${done.id}`, `/lines/${done.line}`, '/sessions'])
      refused(
        await door.call('GET', `/api/v1${where}`, { key: app.tokens.access_token }),
        401,
        'not_signed_in',
      );
    await nothingKept(house, app);
  });
