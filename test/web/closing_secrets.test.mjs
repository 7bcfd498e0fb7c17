// Confirming, looking and calling off: with the link, the code, the status secret, or nothing.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Browser, installation } from './closing_kit.mjs';

let house, free;
beforeEach(async () => {
  // few people of a demo have an account, and a line is closed once
  house = installation(12);
  await house.start();
  free = house.people.filter(
    (person) =>
      person.password &&
      !/SIM was changed|two days old|[Nn]o(body has an)? account/.test(person.story),
  );
});
afterEach(async () => {
  assert.equal(await house.stop(), 0);
  house.remove();
});

const take = (operator) => {
  const at = free.findIndex((person) => !operator || person.operator === operator);
  return at < 0 ? undefined : free.splice(at, 1)[0];
};

/** Somebody with an account submits: { own: the browser, person, line, closure, … }. */
async function submitted(operator) {
  for (let person = take(operator); person; person = take(operator)) {
    const own = new Browser(house, person.operator);
    const line = await own.signIn(person).catch(() => null);
    if (line) return { own, person, line, ...(await own.submit(line, person)) };
  }
  throw new Error('nobody is left in the demo');
}
const visitor = (one) => new Browser(house, one.own.operator);
const waits = async (one) =>
  /\/withdraw"/.test((await one.own.get(`/closures/${one.closure}`)).text) &&
  /\/c\/RO-/.test((await one.own.get(`/closures/${one.closure}`)).text);

test("a scanner's GET and HEAD change nothing, and tell nothing", async () => {
  const one = await submitted();
  const message = await one.own.message(one.reference);
  const bare = (text) => text.replace(/RO-\w{4}-\w{4}|value="[^"]*"/g, '');
  const known = await visitor(one).get(`/c/${one.reference}`, { Purpose: 'prefetch' });
  const unknown = await visitor(one).get('/c/RO-2222-3333');
  for (const answer of [known, unknown, await visitor(one).ask('HEAD', `/c/${one.reference}`)])
    assert.equal(answer.status, 200);
  assert.equal(bare(known.text), bare(unknown.text));
  for (const wrong of [
    `/c/${one.reference}?code=${message.code}`,
    `/c/${one.reference}?secret=${message.link}`,
  ]) {
    assert.equal((await visitor(one).get(wrong)).status, 200);
  }
  assert.ok(await waits(one), 'it still waits for the confirmation');

  const guest = visitor(one);
  assert.equal(
    (await guest.get(`/closures/${one.closure}`)).location,
    `/sign-in?next=/closures/${one.closure}`,
  );
  const bad = await guest.confirm(one.reference, {});
  assert.deepEqual([bad.status, bad.errors[0].field], [422, 'code']);
  const none = await guest.confirm('RO-2222-3333', { code: '12345678' });
  const wrong = await guest.confirm(one.reference, {
    code: message.code === '12345678' ? '87654321' : '12345678',
  });
  assert.equal(wrong.status, none.status);
  assert.equal(
    bare(wrong.text),
    bare(none.text),
    'a guessed reference is told from a real one by nothing',
  );
  const forged = await guest.confirm(one.reference, { secret: 'A'.repeat(32) });
  assert.equal(bare(forged.text), bare(none.text));
  assert.equal(
    (await guest.post(`/c/${one.reference}`, { form: 'x', code: message.code })).status,
    403,
  );
  assert.ok(await waits(one));

  const wide = message.code
    .replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))
    .replace(/^(.{4})/, '$1　');
  const done = await guest.confirm(one.reference, { code: wide });
  assert.equal(done.location, `/closures/${one.closure}`);
  assert.equal((await guest.get(done.location)).status, 200);
  assert.equal(
    (await guest.get(`/c/${one.reference}`)).location,
    `/closures/${one.closure}`,
    'opened again it shows the status',
  );
  assert.equal(
    (await guest.get(`/closures/${one.closure}/receipt`)).status,
    303,
    "the receipt is the owner's",
  );
});

test('used twice, and a link that a newer message replaced', async () => {
  const one = await submitted();
  const old = await one.own.message(one.reference);
  await one.own.get(`/closures/${one.closure}`);
  const again = await one.own.post(`/closures/${one.closure}/resend`);
  assert.equal(again.status, 200);
  const message = await one.own.message(one.reference, old);
  const late = await visitor(one).confirm(one.reference, { secret: old.link });
  assert.equal(late.status, 410);
  assert.match(late.text, /\/resend"/, 'the way on');
  assert.equal(
    (await visitor(one).confirm(one.reference, { code: old.code })).errors[0].field,
    'code',
  );
  assert.equal((await visitor(one).confirm(one.reference, { secret: message.link })).status, 303);
  for (const fields of [{ secret: message.link }, { code: message.code }]) {
    const guest = visitor(one);
    const twice = await guest.confirm(one.reference, fields);
    assert.equal(twice.status, 409, JSON.stringify(fields));
    assert.match(twice.text, new RegExp(`/closures/${one.closure}"`));
    assert.equal((await guest.get(`/closures/${one.closure}`)).status, 200);
  }
});

test('sent again within limits', async () => {
  const one = await submitted();
  const guest = visitor(one);
  await guest.get('/status');
  await guest.post('/status', { reference: one.reference, status_secret: one.secret });
  let answer;
  for (let times = 0; times < 10; times++) {
    await guest.get('/status');
    answer = await guest.post(`/closures/${one.closure}/resend`);
    if (answer.status !== 200) break;
  }
  assert.equal(answer.status, 429);
  assert.equal(answer.errors[0].field, 'resend');
  assert.ok(
    !/\/resend"/.test((await guest.get(`/closures/${one.closure}`)).text),
    'not offered any more',
  );
});

test('spent attempts shut out the code, never the link', async () => {
  const one = await submitted();
  const message = await one.own.message(one.reference);
  let answer;
  for (let times = 0; times < 12; times++) {
    answer = await visitor(one).confirm(one.reference, { code: '00000000' });
    if (answer.status === 429) break;
  }
  assert.equal(answer.status, 429);
  assert.equal((await visitor(one).confirm(one.reference, { code: message.code })).status, 429);
  assert.equal((await visitor(one).confirm(one.reference, { secret: message.link })).status, 303);
});

test('the status secret shows, and does not call off without the code', async () => {
  const one = await submitted();
  const message = await one.own.message(one.reference);
  const guest = visitor(one);
  const typed = async (reference, status_secret) => {
    await guest.get('/status');
    return guest.post('/status', { reference, status_secret });
  };
  const bare = (text) => text.replace(/value="[^"]*"/g, '');
  const wrong = await typed(one.reference, '7K3F-92QX-HM4D-8VBW');
  const unknown = await typed('RO-2222-3333', one.secret);
  assert.equal(wrong.status, 404);
  assert.equal(bare(wrong.text), bare(unknown.text));
  assert.deepEqual(
    (await typed('', 'x')).errors.map(({ field }) => field),
    ['reference', 'status_secret'],
  );
  const shown = await typed(
    one.reference.toLowerCase().replace(/-/g, ' '),
    one.secret.toLowerCase(),
  );
  assert.equal(shown.location, `/closures/${one.closure}`);
  assert.ok(![...guest.cookies.values()].some((value) => value.includes(one.secret)), 'sealed');
  assert.ok(!(await guest.get(shown.location)).text.includes(one.secret));
  const path = `/closures/${one.closure}/withdraw`;
  await guest.get(path);
  assert.equal((await guest.post(path)).errors[0].field, 'code');
  assert.equal((await guest.post(path, { code: '11111111' })).errors[0].field, 'code');
  await guest.get(path);
  assert.equal(
    (await guest.post(path, { code: message.code })).location,
    `/closures/${one.closure}`,
  );
  assert.match((await one.own.get(`/lines/${one.line}`)).text, /\/close"/, 'the line stays');
  const late = await visitor(one).confirm(one.reference, { secret: message.link });
  assert.equal(late.status, 409, 'what was called off is not confirmed');
  assert.equal((await one.own.get(path)).location, `/closures/${one.closure}`);
});

test('neither another account nor another operator sees a closure', async () => {
  const one = await submitted();
  const two = await submitted();
  for (const page of ['', '/withdraw', '/receipt', '/after']) {
    const answer = await two.own.get(`/closures/${one.closure}${page}`);
    assert.equal(answer.status, 404, page);
    assert.equal((await two.own.get(`/closures/999${page}`)).status, 404);
  }
  await two.own.get(`/closures/${two.closure}`);
  for (const verb of ['resend', 'withdraw']) {
    assert.equal((await two.own.post(`/closures/${one.closure}/${verb}`)).status, 404, verb);
  }
  const away = new Browser(house, one.own.operator === 'harbour' ? 'kite' : 'harbour');
  await away.get('/status');
  assert.equal(
    (await away.post('/status', { reference: one.reference, status_secret: one.secret })).status,
    404,
  );
  assert.ok(await waits(one));
});

test('once the time to think is over nothing is called off; the staff finish it', async () => {
  const one = await submitted('harbour');
  const message = await one.own.message(one.reference);
  const guest = visitor(one);
  const status = `/closures/${one.closure}`;
  await guest.confirm(one.reference, { secret: message.link });
  assert.equal(
    (await guest.get(status)).headers.get('refresh'),
    null,
    'nothing to wait for at the screen',
  );
  await house.stop();
  await house.start(31 * 60);
  const page = await guest.until(status, (got) => got.headers.has('refresh'));
  assert.equal(page.headers.get('refresh'), '15');
  assert.match(page.text, /href="\?refresh=off"/);
  assert.equal((await guest.get(`${status}?refresh=off`)).headers.get('refresh'), null);
  assert.equal((await guest.get(`${status}/withdraw`)).location, status);
  await guest.get('/status');
  const off = await guest.post(`${status}/withdraw`);
  assert.equal(off.status, 409);
  assert.equal((await visitor(one).confirm(one.reference, { secret: message.link })).status, 409);

  await house.stop();
  await house.start(21 * 3600);
  await house.cut('harbour');
  const late = visitor(one);
  await late.get('/status');
  await late.post('/status', { reference: one.reference, status_secret: one.secret });
  const closed = await late.get(status);
  assert.match(closed.text, /<dl class="facts">/, 'what remains');
  assert.equal(closed.headers.get('refresh'), null);
});
