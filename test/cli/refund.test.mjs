// A refund at the terminal: unclaimed credit is asked for with a key, approved and paid by the
// named member of staff; then one that comes back, is named anew, waits, and is paid.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { until } from '../peers/process.mjs';
import { folder, operators, ringoff, ringoffJson, serve } from './tool.mjs';

const HOUR = 3600;

/** A closed line of the demo's, whose paid credit nobody asked for. */
async function closed(t) {
  const { data, demo } = await operators(t);
  const person = demo.people.find(({ operator }) => operator === 'harbour');
  const key = path.join(await folder(t), 'key');
  writeFileSync(key, demo.api_key, { mode: 0o600 });
  const at = ['--data', data, '--operator', 'harbour'];
  const server = await serve(t, data);
  const submitted = await ringoffJson(['closure', 'submit', ...at, '--number', person.number,
    '--document-type', person.id_type, '--document', person.id_number, '--language', 'en',
    '--api-key-file', key]);
  assert.equal(submitted.code, 0, submitted.err);
  const { reference } = submitted.json.shown;
  const code = await until(async () => {
    const { json } = await ringoffJson(['inbox', 'list', ...at]);
    const sent = json.items.find(({ text }) => text.includes(`/c/${reference}#`));
    return sent && /\b(\d{4}) ?(\d{4})\b/.exec(sent.text.replace(/\+852[ •\d]+/g, ''));
  }, 'a code in the inbox');
  const confirmed = await ringoffJson(['closure', 'confirm', ...at, '--reference', reference,
    '--code', code[1] + code[2]]);
  assert.equal(confirmed.code, 0, confirmed.err);
  await server.stop();
  const shift = (hours) => serve(t, data, ['--clock-shift', String(hours * HOUR)]);
  const later = await shift(4);
  const works = async () => (await ringoffJson(['work', 'list', ...at])).json.items;
  await until(async () => (await works()).length > 0, 'work');
  const done = await ringoffJson(['network', 'done', ...at, '--reference', reference,
    '--evidence', 'seen in the HLR']);
  assert.equal(done.code, 0, done.err);
  return { data, at, key, person, reference, shift, server: later };
}

test('a refund is asked for, approved, paid, comes back, is named anew, and paid', async (t) => {
  const { data, at, key, person, reference, shift, server } = await closed(t);
  const who = ['--document-type', person.id_type, '--document', person.id_number];
  const as = ['--api-key-file', key];
  const claimed = await ringoffJson(['credit', 'claim', ...at, '--reference', reference, ...who,
    '--choice', 'refund', '--way', 'hkid_proxy', '--language', 'en', ...as]);
  assert.equal(claimed.code, 0, claimed.err);
  const list = async () => (await ringoffJson(['refund', 'list', ...at])).json.items;
  const [asked] = await list();
  assert.equal(asked.state, 'requested');
  const it = ['--reference', asked.reference];
  const give = async (verb, ...more) => {
    const answer = await ringoffJson(['refund', verb, ...at, ...it, ...more]);
    return answer.code ? answer.json.code : answer.json.shown;
  };
  const payee = async () => (await give('payee')).payee;
  const first = await payee();

  // What is refused: not looked at, not approved yet, without evidence, an unknown reason.
  assert.equal(await give('approve', '--payee', '1'), 'refund_state');
  assert.equal(await give('pay', '--evidence', 'item 3'), 'refund_state');
  assert.equal(await give('reject', '--reason', 'nonsense'), 'refund_reason');
  assert.equal((await give('approve', '--payee', first)).state, 'approved');
  assert.equal(await give('pay'), 'evidence_missing');
  assert.equal(await give('reject', '--reason', 'fraud'), 'refund_state');
  const paying = ['--evidence', 'payout of the day, item 3', '--key', 'one and the same'];
  assert.equal((await give('pay', ...paying)).state, 'paid');
  assert.equal((await give('pay', ...paying)).state, 'paid'); // a lost answer
  assert.equal(await give('pay', '--evidence', 'item 4'), 'refund_state');
  assert.deepEqual(await list(), []);

  // It comes back; another payee, who waits.
  const back = await give('return', '--reason', 'not_registered');
  assert.equal(back.state, 'returned');
  assert.equal(back.reason, 'not_registered');
  const wrong = await give('correct', ...who, '--way', 'bank', '--name', 'Somebody Else',
    '--number', '012-345-678901', ...as);
  assert.equal(wrong, 'payee_name');
  const corrected = await give('correct', ...who, '--way', 'cash', ...as);
  assert.equal(corrected.state, 'requested');
  assert.ok(corrected.wait_until);
  const second = await payee();
  assert.notEqual(second, first);
  assert.equal(await give('approve', '--payee', first), 'refund_state');
  assert.equal(await give('approve', '--payee', second), 'refund_waiting');
  await server.stop();
  await shift(60);
  assert.equal((await give('approve', '--payee', second)).state, 'approved');
  assert.equal(await give('pay', '--evidence', 'at the counter'), 'original_unseen');
  const paid = await give('pay', '--evidence', 'at the counter', '--original', 'yes');
  assert.equal(paid.state, 'paid');
  const shown = await ringoffJson(['refund', 'show', ...at, ...it]);
  assert.equal(shown.json.returns, 1);
  assert.equal((await ringoff(['refund', 'show', ...at, '--reference', 'RF-2222-2222'])).code, 1);
  assert.equal((await ringoffJson(['ledger', 'verify', '--data', data])).json.good, true);
  assert.equal((await ringoffJson(['journal', 'verify', '--data', data])).json.good, true);
});
