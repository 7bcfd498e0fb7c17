// The operator's app where identity is proved by a document: a lost telephone's line is suspended
// and reactivated, then closed with a picture that staff refuse once and accept. REST alone, with
// the real program and a real osmo-hlr.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { here, MINUTE, start } from '../journey/installation.mjs';
import * as walk from '../journey/walk.mjs';
import * as hlr from '../peers/hlr.mjs';
import { until } from '../peers/process.mjs';
import { jpeg, png } from '../web/files.mjs';
import { App, accepted, nothingKept, password, person, refused, register } from './app_kit.mjs';
import { open } from './openapi.mjs';

const operator = 'kite';
let house, network;
before(async () => {
  network = await hlr.start();
  const settings = { network: { adapter: 'osmo-hlr', host: network.address } };
  house = await start({ settings, seed: 31 });
  // The operator's own rules, but that identity is proved by a document.
  const rules = JSON.parse(readFileSync(here(`packaging/demo/${operator}.json`), 'utf8'));
  const file = path.join(house.directory, 'rules.json');
  rules.identity = 'document';
  rules.version += 1;
  rules.effective_from = new Date(house.now()).toISOString().replace(/\.\d+Z/, 'Z');
  writeFileSync(file, JSON.stringify(rules));
  await house.ask('policy', 'load', file);
  const user = os.userInfo().username;
  const { items } = await house.ask('staff', 'list', '--operator', operator);
  for (const { id } of items)
    await house.ask('staff', 'remove', '--operator', operator, '--staff', id);
  await house.ask('staff', 'add', '--operator', operator, '--name', 'Ada', '--system-user', user,
    '--roles', 'lines:read closures:read identity:read identity:write');
});
after(async () => {
  await house?.stop();
  await network?.stop();
});

const info = async (who) =>
  (await network.ask('GET', `subscriber.by-imsi-${who.imsi}.info`)).value;

async function suspended(app, who, line) {
  const state = (name) =>
    until(
      async () => (await app.get(`/lines/${line}/suspension`)).state === name,
      `the line is ${name}`,
    );
  const { can_suspend: can, fee_minor: fee } = await app.get(`/lines/${line}/suspension`);
  assert.equal(can, true);
  // In a hurry: without the password, for the fee that was shown.
  const suspend = (most) =>
    app.post(`/lines/${line}/suspend`, { language: 'en', fee_minor: most });
  if (fee) refused(await suspend(fee - 1), 409, 'fee_changed');
  accepted(await suspend(fee));
  await state('suspended');
  assert.match(await info(who), /nam_cs\t0\nnam_ps\t0/);
  const back = { document_type: who.id_type, document: who.id_number };
  refused(await app.post(`/lines/${line}/reactivate`, back), 403, 'step_up_required');
  accepted(await app.post('/sessions/current/step-up', { password }));
  accepted(await app.post(`/lines/${line}/reactivate`, back));
  await until(
    async () => (await app.get(`/lines/${line}`)).state === 'active',
    'the line is active again',
  );
}

/** A picture of the document; the first is no picture, the second is refused by staff. */
async function documented(app, closure) {
  const send = (body, type = 'image/jpeg') =>
    app.ask('POST', `/closures/${closure}/document`, {
      body,
      headers: { 'content-type': type },
    });
  refused(await send(Buffer.from('no picture')), 422, 'input_invalid');
  refused(await send(png(), 'image/jpeg'), 422, 'input_invalid');
  const staff = (verb, ...more) =>
    house.ask('identity', verb, '--operator', operator, '--closure', closure, ...more);
  const sent = accepted(await send(jpeg(4000, 'a marked piece of the picture')));
  assert.equal(sent.waits_for, 'operator_identity');
  refused(await send(jpeg(4000)), 409, 'document_waiting');
  const waiting = async () =>
    (await staff('show')).shown.documents.find((each) => !each.decided_at).id;
  await staff('reject', '--document', await waiting(), '--reason', 'unreadable');
  assert.equal((await app.get(`/closures/${closure}`)).waits_for, 'person_identity');
  accepted(await send(png(4000), 'image/png'));
  await staff('accept', '--document', await waiting());
}

test('lost, found again, and closed with a document', { timeout: 180000 }, async () => {
  const { port } = new URL(house.origin);
  const door = await open({ port: Number(port), host: '127.0.0.1', base: `/${operator}` });
  const app = new App(door);
  const who = await person(house, network, operator);
  app.email = 'lost@example.com';
  await register(house.base(operator), app, who, app.email);
  await app.signIn(app.email, 'Phone');
  const { id: line } = (await app.get('/account')).lines[0];
  await suspended(app, who, line);
  accepted(await app.post('/sessions/current/step-up', { password }));
  const made = accepted(
    await app.post('/closures', {
      line,
      document_type: who.id_type,
      document: who.id_number,
      language: 'en',
    }),
    201,
  );
  app.secrets.push(made.status_secret, 'a marked piece of the picture');
  const { code } = await walk.confirmation(house.base(operator), made.reference);
  const confirmed = accepted(await app.post(`/closures/${made.id}/confirm`, { code }));
  assert.equal(confirmed.waits_for, 'person_identity');
  await documented(app, made.id);
  assert.equal((await app.get(`/closures/${made.id}`)).waits_for, 'undo_window');
  const { undo_window_minutes: undo } = accepted(await door.call('GET', '/api/v1/operator'));
  await house.later((undo + 1) * MINUTE);
  await house.state(operator, made.reference, 'closed');
  const closed = await app.get(`/closures/${made.id}`);
  assert.deepEqual([closed.state, closed.cut_how], ['closed', 'read_back']);
  assert.equal(await info(who), 'No such subscriber.');
  await nothingKept(house, app);
});
