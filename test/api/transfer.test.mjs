// Credit goes from line to line over REST, at two operators whose rules differ; every answer fits
// the document, what was shown before is what happens, and nothing tells whose the other line is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, HOUR, house } from './house.mjs';

let h, keys;
before(async () => {
  h = await house();
  keys = {
    harbour: (await h.key()).key,
    kite: (await h.key(undefined, 'kite')).key,
  };
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

let last = 0;
const call = (operator, method, path, given = {}) =>
  h[operator].call(method, path, { key: keys[operator], ...given });
async function show(operator, line, more) {
  const answer = await call(operator, 'GET', `/api/v1/lines/${line.id}/transfers`, more);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}
const send = (operator, line, body, more = {}) =>
  call(operator, 'POST', `/api/v1/lines/${line.id}/transfers`, {
    body,
    headers: { 'idempotency-key': `transfer-${++last}` },
    ...more,
  });
const to = (line, amount, fee = 0) => ({
  number: line.number,
  number_again: line.number,
  amount_minor: amount,
  fee_minor: fee,
});
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.code, code, answer.text);
};
const accepted = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const credit = async (operator, line) =>
  (await call(operator, 'GET', `/api/v1/lines/${line.id}`)).body.paid_minor;

test("each operator's rules are what is shown and what happens", async () => {
  for (const [operator, fee, least, most, times, left] of [
    ['harbour', 0, 100, 200000, 5, 12345],
    ['kite', 200, 1000, 50000, 1, 12145],
  ]) {
    const from = await h.line({}, operator);
    const other = await h.line({}, operator);
    const before = await show(operator, from);
    assert.equal(before.offered, true);
    assert.equal(before.can_transfer, true);
    assert.equal(before.refused, undefined);
    assert.equal(before.paid_minor, 12345);
    assert.equal(before.fee_minor, fee);
    assert.equal(before.minimum_minor, least);
    assert.equal(before.maximum_minor, most);
    assert.equal(before.day_count, times);
    assert.equal(before.most_minor, left);
    assert.deepEqual(before.targets, []); // an integrator has no lines of its own
    assert.ok(!JSON.stringify(before).includes(from.number));
    const made = accepted(await send(operator, from, to(other, left, fee)));
    assert.equal(made.amount_minor, left);
    assert.equal(made.fee_minor, fee);
    assert.equal(made.target, other.id);
    assert.ok(!JSON.stringify(made).includes(other.number), 'the number is masked');
    const again = await call(operator, 'GET', `/api/v1/transfers/${made.id}`);
    assert.deepEqual(accepted(again), made);
    assert.equal(await credit(operator, from), 0);
    assert.equal(await credit(operator, other), 12345 + left);
    const after = await show(operator, from);
    assert.equal(after.can_transfer, false);
    assert.equal(after.most_minor, 0);
    assert.equal(after.count_left, times - 1);
    assert.equal(after.refused, 'transfer_cooling');
    assert.ok(Date.parse(after.from) > (await h.now()));
  }
});

test('what is refused, and nothing moves', async () => {
  const from = await h.line({}, 'kite');
  const other = await h.line({}, 'kite');
  const foreign = await h.line({}, 'harbour');
  const gone = await h.line({}, 'kite');
  refused(await send('kite', from, to(other, 5000, 199)), 409, 'fee_changed');
  refused(await send('kite', from, to(other, 0, 200)), 422, 'amount_invalid');
  refused(await send('kite', from, to(other, -5000, 200)), 422, 'amount_invalid');
  refused(await send('kite', from, to(other, 999, 200)), 409, 'transfer_limit');
  refused(await send('kite', from, to(other, 50001, 200)), 409, 'transfer_limit');
  refused(await send('kite', from, to(other, 12146, 200)), 409, 'credit_short');
  refused(await send('kite', from, to(from, 5000, 200)), 422, 'transfer_self');
  refused(
    await send('kite', from, { target: from.id, amount_minor: 5000, fee_minor: 200 }),
    422,
    'transfer_self',
  );
  refused(
    await send('kite', from, { ...to(other, 5000, 200), number_again: gone.number }),
    422,
    'numbers_differ',
  );
  refused(
    await send('kite', from, { ...to(other, 5000, 200), number: '63000001' }),
    422,
    'number_form',
  );
  for (const body of [to(other, 12.5, 200), to(other, '5000', 200), { amount_minor: 5000 }])
    refused(await send('kite', from, body), 422, 'input_invalid');
  refused(await send('harbour', from, to(other, 5000, 200)), 404, 'not_found');
  refused(
    await call('harbour', 'GET', `/api/v1/lines/${from.id}/transfers`),
    404,
    'not_found',
  );
  const { key } = await h.key('lines:read', 'kite');
  refused(await send('kite', from, to(other, 5000, 200), { key }), 403, 'not_allowed');
  assert.equal(await credit('kite', from), 12345);
  // Closing, foreign, unknown: one answer, word for word.
  const closing = await call('kite', 'POST', '/api/v1/closures', {
    body: { line: gone.id, document_type: 'hkid', document: gone.document },
  });
  assert.equal(closing.status, 201, closing.text);
  const answers = [];
  for (const target of [gone, foreign, { number: '+85263009999' }]) {
    const answer = await send('kite', from, to(target, 5000, 200));
    refused(answer, 409, 'transfer_target');
    answers.push({ ...answer.body, request_id: '', instance: '' });
  }
  assert.deepEqual(answers[1], answers[0]);
  assert.deepEqual(answers[2], answers[0]);
  assert.equal(await credit('kite', from), 12345);
  assert.equal(await credit('kite', gone), 12345);
  refused(await send('kite', gone, to(other, 5000, 200)), 409, 'line_closing');
  const shown = await show('kite', gone);
  assert.equal(shown.refused, 'line_closing');
  assert.equal(shown.closure, closing.body.id);
});

test('sent twice it is one', async () => {
  const [from, other] = [await h.line(), await h.line()];
  const headers = { 'idempotency-key': 'one and the same transfer' };
  const first = await send('harbour', from, to(other, 5000), { headers });
  const again = await send('harbour', from, to(other, 5000), { headers });
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.deepEqual(accepted(again), accepted(first));
  refused(await send('harbour', from, to(other, 5001), { headers }), 422, 'key_reused');
  assert.equal(await credit('harbour', from), 7345);
  assert.equal(await credit('harbour', other), 17345);
});

test('both sides are told, and neither in full who the other is', async () => {
  for (const language of ['en', 'zh-Hant-HK', 'zh-Hans-CN']) {
    const [from, other] = [await h.line({}, 'kite'), await h.line({ language }, 'kite')];
    accepted(await send('kite', from, { ...to(other, 1250, 200), language }));
    await h.dispatch();
    const inbox = await h.inbox('kite');
    const messages = (address) => inbox.filter((each) => each.to === address);
    const [[sms], [mail], [gets]] = [from.number, from.email, other.number].map(messages);
    assert.ok(sms && mail && gets, 'the line, its contact, the other line');
    assert.equal(messages(other.email).length, 0);
    for (const message of [sms, mail, gets]) {
      assert.match(message.text, /HK\$\s?12\.50/);
      assert.ok(!message.text.includes(from.number) && !message.text.includes(other.number));
      const end = (message === gets ? from : other).number.slice(-2);
      assert.ok(message.text.includes(end), message.text);
    }
    assert.match(mail.text, /HK\$\s?2\.00/);
    assert.ok(!gets.text.includes('2.00'), 'what it cost is the sender’s matter');
    const words = { en: 'came to this line', 'zh-Hant-HK': '轉到此', 'zh-Hans-CN': '转到此' };
    assert.ok(gets.text.includes(words[language]), gets.text);
  }
});

test('a waiting time, and so many in a day', async () => {
  const [from, other] = [await h.line(), await h.line()];
  for (let i = 0; i < 5; i += 1) {
    accepted(await send('harbour', from, to(other, 100)));
    refused(await send('harbour', from, to(other, 100)), 409, 'transfer_cooling');
    await h.tick(HOUR);
  }
  refused(await send('harbour', from, to(other, 100)), 409, 'transfer_limit');
  assert.equal((await show('harbour', from)).refused, 'transfer_limit');
  await h.tick(DAY);
  accepted(await send('harbour', from, to(other, 100)));
});
