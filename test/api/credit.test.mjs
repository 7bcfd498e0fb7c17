// The charging system's side over REST: each transaction once, over any key; what is refused; what
// a line's credit shows of it. Every answer fits the document.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR, house, MINUTE, time } from './house.mjs';

let h, keys;
const scopes = 'credit:write lines:read lines:write';
before(async () => {
  h = await house();
  keys = {
    harbour: (await h.key(scopes)).key,
    second: (await h.key(scopes)).key,
    reader: (await h.key('lines:read')).key,
    kite: (await h.key(scopes, 'kite')).key,
  };
});
after(async () => {
  assert.deepEqual(await h.stop(), { code: 0, signal: null, log: '' });
});

let last = 0;
const call = (method, path, given = {}, operator = 'harbour') =>
  h[operator].call(method, `/api/v1${path}`, { key: keys[operator], ...given });
const post = (path, body, more = {}, operator = 'harbour') =>
  call('POST', path, { body, idempotency: `credit-${++last}`, ...more }, operator);
const charge = async (more = {}) => ({
  transaction: `T-${++last}`,
  amount_minor: 1000,
  currency: 'HKD',
  at: time((await h.now()) - HOUR),
  ...more,
});
const top_up = async (more) => charge({ channel: 'voucher', ...more });
const credit = async (line, operator = 'harbour') => {
  const answer = await call('GET', `/lines/${line.id}/credit`, {}, operator);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.code, code, answer.text);
};
const done = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};

test('what is refused changes nothing', async () => {
  const line = await h.line();
  const before = await credit(line);
  const path = `/lines/${line.id}/top-ups`;
  for (const [more, status, code] of [
    [{ amount_minor: 0 }, 422, 'input'],
    [{ amount_minor: -5 }, 422, 'input'],
    [{ amount_minor: '5' }, 422, 'input'],
    [{ amount_minor: 1.5 }, 422, 'input'],
    [{ amount_minor: undefined }, 422, 'input'],
    [{ amount_minor: 9223372036855 }, 422, 'input'], // more than can be summed
    [{ amount_minor: 1e300 }, 422, 'input'],
    [{ currency: 'USD' }, 422, 'currency'],
    [{ currency: 'HK' }, 422, 'input'],
    [{ channel: 'cheque' }, 422, 'input'],
    [{ channel: undefined }, 422, 'input'],
    [{ transaction: '' }, 422, 'input'],
    [{ transaction: 'a b' }, 422, 'input'],
    [{ at: 'yesterday' }, 422, 'input'],
    [{ line: line.id }, 422, 'input'],
  ]) {
    const body = await top_up(more);
    const answer = await post(path, body);
    assert.equal(answer.status, status, `${JSON.stringify(body)}: ${answer.text}`);
    assert.match(answer.body.code, new RegExp(`^${code}`), answer.text);
  }
  const body = await top_up();
  refused(await post('/lines/4711/top-ups', body), 404, 'not_found');
  refused(await post(path, body, {}, 'kite'), 404, 'not_found'); // another operator's line
  refused(await post(path, body, { key: keys.reader }), 403, 'not_allowed');
  refused(await post(path, body, { idempotency: null }), 400, 'key_missing');
  const spent = await charge({ credit: 'paid', amount_minor: before.paid_minor + 1 });
  refused(await post(`/lines/${line.id}/debits`, spent), 409, 'credit_short');
  assert.deepEqual(await credit(line), before);
});

test('a transaction is booked once, by any key, and answers as the first time', async () => {
  const line = await h.line();
  const before = await credit(line);
  const body = await top_up({ channel: 'online', payment: 'P-1' });
  const path = `/lines/${line.id}/top-ups`;
  const first = done(await post(path, body));
  assert.equal(first.kind, 'top_up');
  assert.equal(first.late, false);
  for (const key of [keys.harbour, keys.second]) {
    const again = done(await post(path, body, { key }));
    assert.deepEqual(again, first);
  }
  refused(await post(path, { ...body, amount_minor: 1001 }), 409, 'transaction_reused');
  const { channel, payment, ...same } = body;
  refused(await post(`/lines/${line.id}/grants`, same), 409, 'transaction_reused');
  const other = await h.line();
  refused(await post(`/lines/${other.id}/top-ups`, body), 409, 'transaction_reused');
  assert.equal((await credit(line)).paid_minor, before.paid_minor + 1000);
  assert.equal((await credit(line)).online_minor, 1000);
  // The same name at another operator is another transaction.
  const kite = await h.line({}, 'kite');
  done(await post(`/lines/${kite.id}/top-ups`, body, {}, 'kite'));
});

test('what is there, by which rule it goes where, and all that moved it', async () => {
  for (const operator of ['harbour', 'kite']) {
    const line = await h.line({}, operator);
    const start = await credit(line, operator);
    const on = (path, body) => post(`/lines/${line.id}/${path}`, body, {}, operator);
    done(await on('top-ups', await top_up({ channel: 'auto', amount_minor: 5000 })));
    await h.tick(MINUTE);
    done(await on('debits', await charge({ credit: 'paid', amount_minor: 200 })));
    await h.tick(MINUTE);
    done(await on('debits', await charge({ credit: 'promotional', amount_minor: 1 })));
    await h.tick(MINUTE);
    done(await on('grants', await charge({ amount_minor: 50 })));
    const view = await credit(line, operator);
    const paid = start.paid_minor + 4800;
    assert.equal(view.paid_minor, paid);
    assert.equal(view.online_minor, 4800);
    assert.equal(view.promotional_minor, start.promotional_minor + 49);
    assert.equal(view.unclaimed_minor, 0);
    assert.equal(view.refundable_minor, operator === 'harbour' ? paid : start.paid_minor);
    const rules = Object.fromEntries(view.becomes.map((each) => [each.rule, each]));
    assert.equal(rules['refund.offered'].amount_minor, view.refundable_minor);
    assert.equal(rules['refund.online']?.amount_minor, operator === 'kite' ? 4800 : undefined);
    assert.equal(rules['credit.paid'].becomes, 'unclaimed');
    assert.equal(rules['credit.promotional'].amount_minor, view.promotional_minor);
    assert.ok(!JSON.stringify(view).includes(line.number));
    const read = async (query) =>
      done(await call('GET', `/lines/${line.id}/movements${query}`, {}, operator));
    const whole = await read('');
    assert.deepEqual(
      whole.items.map((each) => [each.movement, each.credit, each.amount_minor]).slice(0, 4),
      [
        ['grant', 'promotional', 50],
        ['spent', 'promotional', -1],
        ['spent', 'paid', -200],
        ['top_up', 'paid', 5000],
      ],
    );
    const sum = (credit) =>
      whole.items.reduce((all, each) => all + (each.credit === credit ? each.amount_minor : 0), 0);
    assert.equal(sum('paid'), view.paid_minor);
    assert.equal(sum('promotional'), view.promotional_minor);
    const pages = [];
    for (let query = '?limit=2'; query; ) {
      const page = await read(query);
      assert.ok(page.items.length <= 2);
      pages.push(...page.items);
      query = page.next ? `?limit=2&after=${page.next}` : '';
    }
    assert.deepEqual(pages, whole.items);
    assert.deepEqual((await read('?after=1')).items, []);
  }
});

test('mandates are told once, listed, and ended once', async () => {
  const line = await h.line();
  const path = `/lines/${line.id}/mandates`;
  const body = { reference: 'M-1', method: 'Visa •••• 4321', amount_minor: 5000 };
  refused(await post(path, { ...body, method: '4321432143214321' }), 422, 'input_invalid');
  const first = done(await post(path, body));
  assert.deepEqual(done(await post(path, body, { key: keys.second })), first);
  assert.equal(first.method, undefined); // its holder's only
  refused(await post(path, { ...body, amount_minor: 1 }), 409, 'transaction_reused');
  for (let i = 2; i <= 8; i++) done(await post(path, { ...body, reference: `M-${i}` }));
  refused(await post(path, { ...body, reference: 'M-9' }), 409, 'mandates_full');
  assert.equal((await credit(line)).mandates.length, 8);
  const ended = done(await post(`/mandates/${first.id}/end`, {}));
  assert.ok(ended.ended_at);
  await h.tick(MINUTE);
  assert.deepEqual(done(await post(`/mandates/${first.id}/end`, {})), ended);
  refused(await post('/mandates/4711/end', {}), 404, 'not_found');
  refused(await post(`/mandates/${first.id}/end`, {}, {}, 'kite'), 404, 'not_found');
  assert.equal((await credit(line)).mandates.length, 7);
});
