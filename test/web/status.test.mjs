// What the status says when the message could not be delivered, and when it is late: no promise.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Browser, installation, plain } from './closing_kit.mjs';

let house, own, one, preview;
beforeEach(async () => {
  house = installation(12);
  await house.start();
  const person = house.people.find(
    ({ password, story }) =>
      password && !/SIM was changed|two days old|[Nn]o(body has an)? account/.test(story),
  );
  own = new Browser(house, person.operator);
  const line = await own.signIn(person);
  preview = await own.get(`/lines/${line}/close/preview`);
  one = await own.submit(line, person);
  await own.message(one.reference);
});
afterEach(async () => {
  assert.equal(await house.stop(), 0);
  house.remove();
});

/** The status with these facts in the row: the demo's inbox never fails, so they are set. */
async function status(facts) {
  await house.stop();
  execFileSync('sqlite3', [
    path.join(house.data, 'ringoff.db'),
    `UPDATE closure SET ${facts} WHERE id = ${one.closure}`,
  ]);
  await house.start();
  const { text } = await own.get(`/closures/${one.closure}`);
  return { text, heading: plain(text.match(/<h1>(.*?)<\/h1>/)[1]), words: plain(text) };
}

test('what could not be delivered: staff called, a way on, nothing said to be sent', async () => {
  // the operator's own text on credit that is not asked for stands beside the credit
  const credit = plain(preview.text.match(/<dt>Your credit<\/dt><dd>(.*?)<\/dd>/s)[1]);
  assert.match(credit, /claim/);
  assert.match(credit, /Keep the reference|paid credit stays yours/);
  const sent = await status('reminded_at = 0');
  assert.equal(sent.heading, 'Please confirm: nothing is closed yet');
  assert.match(sent.words, /The link and the code went by SMS/);
  assert.match(sent.words, /the request ends by itself/);

  const away = await status('confirm_delivered_at = 0');
  assert.equal(away.heading, sent.heading);
  assert.match(away.words, /is on its way by SMS/);
  assert.doesNotMatch(away.words, /went by|request ends by itself/);
  const receipt = plain((await own.get(`/closures/${one.closure}/receipt`)).text);
  assert.match(receipt, /is on its way by SMS/);
  assert.doesNotMatch(receipt, /We have sent/);

  const called = await status('escalated_at = submitted_at');
  assert.equal(called.heading, 'We could not reach you yet');
  assert.match(called.words, /Our staff have been called/);
  assert.match(called.words, /Nothing ends by itself meanwhile/);
  assert.match(called.text, /\/withdraw"/, 'it can be called off here');
});

test('past its time it promises no date that is gone', async () => {
  const cutting = 'confirmed_at = submitted_at, undo_until = submitted_at, next_at = 0';
  const running = await status(`${cutting}, executing_at = submitted_at`);
  assert.match(running.words, /Next: we cut the line in the network, by/);
  const late = await status('due_at = submitted_at, escalated_at = submitted_at');
  assert.match(late.words, /It should have been done by .*; our staff are on it\./);
  assert.doesNotMatch(late.words, /at the latest/);
});
