// The closing's forms against what people mistype and what others try: each answer is the page
// again with its fault, and the line stays as it is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, installation } from './closing_kit.mjs';

let house, me, browser, line;
before(async () => {
  house = installation();
  await house.start();
  [me] = house.people;
  browser = new Browser(house, me.operator);
  line = await browser.signIn(me);
});
after(async () => {
  assert.equal(await house.stop(), 0);
  house.remove();
});

const untouched = async () => {
  const { text } = await browser.get(`/lines/${line}`);
  assert.match(text, new RegExp(`/lines/${line}/close"`), 'the line can still be closed');
};

test("another's line, another operator's line and no line are one answer", async () => {
  const other = house.people.find(
    (person) =>
      person !== me &&
      person.operator === me.operator &&
      person.password &&
      person.story.includes('confirmation goes to the line'),
  );
  const away = house.people.find((person) => person.operator !== me.operator && person.password);
  const theirs = await new Browser(house, other.operator).signIn(other);
  const foreign = await new Browser(house, away.operator).signIn(away);
  assert.ok(theirs && foreign);
  const pages = [];
  for (const id of [theirs, foreign, '999999', '0', 'x']) {
    for (const page of ['', '/close', '/close/preview', '/close/identity', '/close/check']) {
      const answer = await browser.get(`/lines/${id}${page}`);
      assert.equal(answer.status, 404, `${id}${page}`);
      pages.push(answer.text.replace(/name="(form|key)" value="[^"]*"|\/lines\/\w+[\w/]*/g, ''));
    }
  }
  assert.equal(new Set(pages).size, 1, 'no page tells them apart');
  await browser.get(`/lines/${line}/close`);
  assert.equal((await browser.post(`/lines/${theirs}/close`, { choice: 'close' })).status, 404);
});

test('nobody signed in sees no line', async () => {
  const nobody = new Browser(house, me.operator);
  const away = await nobody.get(`/lines/${line}/close`);
  assert.equal(away.status, 303);
  assert.match(away.location, /^\/sign-in\?next=/);
});

test('suspend or close is asked, and each leads to its page', async () => {
  await browser.get(`/lines/${line}/close`);
  const nothing = await browser.post(`/lines/${line}/close`);
  assert.equal(nothing.status, 422);
  assert.deepEqual(
    nothing.errors.map(({ field }) => field),
    ['choice'],
  );
  for (const [choice, page] of [
    ['suspend', 'suspend'],
    ['reactivate', 'reactivate'],
    ['close', 'close/preview'],
  ])
    assert.equal(
      (await browser.post(`/lines/${line}/close`, { choice })).location,
      `/lines/${line}/${page}`,
    );
});

test('the password is asked first, and the way back is kept', async () => {
  const fresh = new Browser(house, me.operator);
  await fresh.signIn(me);
  for (const page of ['identity', 'check']) {
    const answer = await fresh.get(`/lines/${line}/close/identity`);
    assert.equal(answer.location, `/step-up?next=/lines/${line}/close/identity`, page);
  }
  const given = await fresh.stepUp(me, `/lines/${line}/close/identity`);
  assert.equal(given.location, `/lines/${line}/close/identity`);
  assert.equal((await fresh.get(given.location)).status, 200);
  assert.equal(
    (await fresh.get(`/lines/${line}/close/check`)).location,
    `/lines/${line}/close/identity`,
    'nothing to check yet',
  );
});

test('what is mistyped is said beside its field, and what was typed stays', async () => {
  for (const [fields, status, field] of [
    [{ document: 'A123456(4)' }, 422, 'document'],
    [{ document: '' }, 422, 'document'],
    [{ document: 'A12' }, 422, 'document'],
    [{ document_type: 'hksar_passport' }, 422, 'document_type'],
    [{ document_type: 'bno_passport' }, 422, 'document_type'],
    [{ document_type: 'nonsense' }, 422, null],
    [{ contact: '77' }, 422, 'contact'],
    [{ contact: '' }, 422, 'contact'],
    [{ reason: 'x'.repeat(400) }, 422, 'reason'],
  ]) {
    const what = JSON.stringify(fields);
    const answer = await browser.identity(line, me, fields);
    assert.equal(answer.status, status, what);
    if (field)
      assert.deepEqual(
        answer.errors.map((error) => error.field),
        [field],
        what,
      );
    if (field) assert.match(answer.text, new RegExp(`id="${field}"`), what);
    if (fields.document === 'A123456(4)') assert.match(answer.text, /value="A123456\(4\)"/);
  }
  assert.equal((await browser.identity(line, me, { other: '1' })).status, 422, 'an unknown field');
  await untouched();
});

test('a wrong ID number is told only when it is submitted, and costs an attempt', async () => {
  const check = await browser.identity(line, me, {
    document_type: 'hkid',
    document: 'Ａ１２３４５６（３）',
  });
  assert.equal(check.location, `/lines/${line}/close/check`);
  await browser.get(check.location);
  const answer = await browser.post(check.location);
  assert.equal(answer.status, 403);
  assert.deepEqual(
    answer.errors.map(({ field }) => field),
    ['document'],
  );
  await untouched();
});

test('no form is taken that is not ours', async () => {
  await browser.identity(line, me);
  const check = `/lines/${line}/close/check`;
  await browser.get(check);
  for (const [fields, headers] of [
    [{ form: '' }, {}],
    [{ form: '1.x' }, {}],
    [{}, { Origin: 'http://elsewhere.example' }],
    [{}, { 'Sec-Fetch-Site': 'cross-site' }],
  ]) {
    assert.equal((await browser.post(check, fields, headers)).status, 403);
  }
  const thief = new Browser(house, me.operator);
  await thief.get('/status');
  assert.equal((await browser.post(check, { form: thief.hidden.form })).status, 403);
  await untouched();
});

test('what is submitted is what was shown, whatever another tab did', async () => {
  const check = `/lines/${line}/close/check`;
  await browser.identity(line, me, { reason: 'first' });
  await browser.get(check);
  const shown = { ...browser.hidden };
  await browser.identity(line, me, { reason: 'second' });
  await browser.get(check);
  browser.hidden = shown;
  const answer = await browser.post(check);
  assert.equal(answer.status, 403);
  assert.match(answer.text, /second/);
  await untouched();
});

test('the same form twice is one closure; another tab is told of it', async () => {
  const [, , other] = house.people;
  const own = new Browser(house, other.operator);
  const theirs = await own.signIn(other);
  const check = `/lines/${theirs}/close/check`;
  await own.identity(theirs, other);
  await own.get(check);
  const tab = Object.assign(new Browser(house, other.operator), {
    cookies: new Map(own.cookies),
    hidden: { ...own.hidden },
  });
  const late = Object.assign(new Browser(house, other.operator), { cookies: new Map(own.cookies) });
  await late.get(check);
  const [first, second] = await Promise.all([own.post(check), tab.post(check)]);
  assert.equal(first.status, 303);
  assert.equal(second.location, first.location);
  const third = await late.post(check);
  assert.equal(third.status, 409);
  assert.match(third.text, new RegExp(first.location.replace('/receipt', '"')));
  for (const page of ['', '/preview', '/identity', '/check']) {
    assert.equal((await own.get(`/lines/${theirs}/close${page}`)).status, 409, page);
  }
});

test('a young contact and a line with a new SIM cannot be chosen, nor sneaked in', async () => {
  for (const [story, disabled] of [
    ['two days old', /value="(\d+)" disabled/],
    ['three days ago', /value="(0)" disabled/],
  ]) {
    const person = house.people.find((one) => one.story.includes(story));
    const own = new Browser(house, person.operator);
    const theirs = await own.signIn(person);
    await own.stepUp(person, `/lines/${theirs}/close/identity`);
    const { text } = await own.get(`/lines/${theirs}/close/identity`);
    const contact = text.match(disabled)?.[1];
    assert.ok(contact, story);
    const answer = await own.identity(theirs, person, { contact });
    assert.ok([403, 409, 422].includes(answer.status), `${answer.status}`);
    assert.deepEqual(
      answer.errors.map(({ field }) => field),
      ['contact'],
      story,
    );
  }
});

test('every page keeps its address in another language', async () => {
  await browser.identity(line, me);
  for (const page of ['', '/close', '/close/preview', '/close/identity', '/close/check']) {
    const { text } = await browser.get(`/lines/${line}${page}`);
    for (const [, url] of text.matchAll(/hreflang="[^"]+" href="([^"]+)"/g)) {
      assert.ok(url.startsWith(`/${me.operator}/lines/${line}${page}?lang=`), url);
      const other = await browser.get(url.slice(me.operator.length + 1).replace('&amp;', '&'));
      assert.equal(other.status, 200, url);
      assert.match(other.text, /<html lang="zh/);
    }
    await browser.get('/?lang=en');
  }
});
