// What people, browsers and scanners do that they should not: each gets an answer and changes
// nothing, in a real browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { HOUR, MINUTE, start } from './installation.mjs';
import * as walk from './walk.mjs';

const limit = { timeout: 60000 };
const password = 'one umbrella two rivers';
let house, browser;
before(async () => {
  [house, browser] = await Promise.all([start({ seed: 5 }), chromium.start()]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
});

const base = () => house.base('harbour');
/** Nobody yet, whose line may confirm itself. */
async function stranger() {
  for (;;) {
    const person = house.stranger('harbour');
    const line = await house.ask(
      'line',
      'show',
      '--operator',
      'harbour',
      '--number',
      person.number,
    );
    if (line.line_may_confirm) return { ...person, password };
  }
}
/** Somebody of harbour with an account, signed in, in a browser of their own. */
async function somebody(options) {
  const visit = await browser.visit(house.origin, options);
  let person = house.people.find(
    (each) =>
      each.operator === 'harbour' && each.password && !/three days/.test(each.story) && !each.seen,
  );
  if (person) person.seen = true;
  else {
    person = await stranger();
    await walk.register(visit.page, base(), person, {
      password,
      code: (kind, to) => walk.inboxCode(base(), to),
    });
  }
  await walk.signIn(visit.page, base(), person);
  await visit.page.waitForURL(/\/account$/);
  return { ...visit, person };
}
const closures = async (person) => {
  const line = await house.ask('line', 'show', '--operator', 'harbour', '--number', person.number);
  const { items } = await house.ask('closure', 'list', '--operator', 'harbour', '--limit', '100');
  return items.filter((each) => each.line === line.id);
};
const state = async (reference) => {
  const {
    state: is,
    waits_for: waits,
    confirmed_at: confirmed,
  } = await house.closure('harbour', reference);
  return [is, waits, confirmed !== undefined];
};
/** What happened, without what is expected from now on. */
const facts = async (reference) => {
  const { timeline, ...closure } = await house.closure('harbour', reference);
  const past = timeline.filter((each) => each.state === 'done');
  for (const planned of ['quarantine_until', 'reclaim_until', 'claim_until', 'erase_after'])
    delete closure[planned];
  return { closure, past };
};
const journal = async (person) =>
  (await house.ask('journal', 'list', '--operator', 'harbour', '--number', person.number)).items;
const heading = (page) => page.locator('h1').innerText();
const waits = ['submitted', 'person_confirmation', false],
  given = ['submitted', 'undo_window', true];

test(
  'a link that scanners and previews open changes nothing; a used one shows where it stands',
  limit,
  async () => {
    const one = await somebody();
    const { page } = one;
    const { reference, closure } = await walk.startClosing(page, base(), one.person);
    const { link } = await walk.confirmation(base(), reference);
    const before = await facts(reference),
      entries = await journal(one.person);
    const address = link.split('#')[0];
    for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) {
      const answer = await fetch(address, { method, headers: { Purpose: 'prefetch' } });
      assert.equal(answer.status, 200);
      assert.ok(!(await answer.text()).includes(link.split('#')[1]));
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await fetch(address, { method });
      assert.ok([403, 405].includes(answer.status), `${method} ${answer.status}`);
    }
    const scanner = await browser.visit(house.origin, {});
    for (let i = 0; i < 3; i++) {
      await scanner.page.goto(link);
      await scanner.page.locator('[data-with-fragment]').waitFor({ state: 'visible' });
      assert.ok(!scanner.page.url().includes('#'), 'the secret leaves the address bar');
      await scanner.page.goto(`${base()}/`);
    }
    assert.deepEqual(await facts(reference), before);
    assert.deepEqual(await journal(one.person), entries);

    await walk.confirmByLink(page, link);
    await page.waitForURL(closure);
    assert.deepEqual(await state(reference), given);
    const confirmed = await facts(reference);
    await walk.confirmByLink(
      scanner.page,
      link,
    ); /* once more, from elsewhere: the status, no second time */
    await scanner.page.waitForLoadState();
    await look(scanner.page, 'abuse-used-link');
    assert.ok((await scanner.page.locator('main').innerText()).includes(reference));
    assert.deepEqual(await facts(reference), confirmed);
    await Promise.all([one.close(), scanner.close()]);
  },
);

test(
  'a form sent twice, by a double click, from two tabs, by the back button: one closure',
  limit,
  async () => {
    const one = await somebody();
    const { page, person, context } = one;
    const line = await walk.openLine(page, base(), person.number);
    await walk.answer(page, line, person);
    const second = await one.tab();
    await walk.answer(second, line, person);
    const fields = await page.$$eval('main form input[type=hidden]', (all) =>
      Object.fromEntries(all.map((each) => [each.name, each.value])),
    );
    const cookie = (await context.cookies(page.url()))
      .map((each) => `${each.name}=${each.value}`)
      .join('; ');
    const address = page.url();
    await page.dblclick('main form button');
    await page.waitForURL(/\/receipt$/);
    /* As scripts would not let it: the same form at the same time, twice more. */
    const send = () =>
      fetch(address, {
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'manual',
        headers: { Origin: house.origin, Cookie: cookie },
      });
    for (const again of await Promise.all([send(), send()])) {
      assert.equal(again.status, 303);
      assert.ok(page.url().endsWith(again.headers.get('location')), 'the same receipt');
    }
    assert.equal((await closures(person)).length, 1);
    await second.click('main form button');
    await second.waitForLoadState();
    await look(second, 'abuse-second-tab');
    await page.goBack();
    const button = page.locator('main form button');
    if (await button.count()) await button.first().click();
    await page.waitForLoadState();
    const [only, ...others] = await closures(person);
    assert.deepEqual(others, []);
    assert.equal(only.state, 'submitted');
    await one.close();
  },
);

test(
  'five wrong codes stop the code, never the link; a new message opens it again',
  limit,
  async () => {
    const one = await somebody({ script: false });
    const { page, person } = one;
    const { reference } = await walk.startClosing(page, base(), person);
    const old = await walk.confirmation(base(), reference);
    const wrong = String((Number(old.code.replace(' ', '')) + 1) % 1e8).padStart(8, '0');
    for (let i = 0; i < 5; i++) {
      await walk.confirmByCode(page, base(), reference, wrong);
      assert.ok(await page.locator('#errors, .errors').count(), `attempt ${i + 1}`);
    }
    await look(page, 'abuse-wrong-code');
    await walk.confirmByCode(page, base(), reference, old.code);
    assert.ok(!/closures/.test(page.url()), 'the right code comes too late');
    assert.deepEqual(await state(reference), waits);
    await page.goto(`${base()}/account`);
    await page.goto(
      await page
        .locator('main a[href*="/lines/"]')
        .first()
        .getAttribute('href')
        .then((path) => house.origin + path),
    );
    await page.click('main .notice a[href*="/closures/"]');
    await page.click('form[action$="/resend"] button');
    await look(page, 'abuse-resent');
    const fresh = await walk.confirmation(base(), reference, old.link);
    assert.notEqual(fresh.code, old.code);
    const linked = await browser.visit(house.origin, {});
    await walk.confirmByLink(linked.page, old.link);
    await linked.page.waitForLoadState();
    assert.deepEqual(await state(reference), waits, 'the old link is void');
    await walk.confirmByCode(page, base(), reference, fresh.code);
    await page.waitForURL(/\/closures\/\d+$/);
    assert.deepEqual(await state(reference), given);
    await walk.withdraw(page, page.url());
    await page.waitForURL(/\/closures\/\d+$/);
    assert.equal((await state(reference))[0], 'withdrawn');
    await look(page, 'abuse-withdrawn');
    await Promise.all([one.close(), linked.close()]);
  },
);

test("another's line and closure, at this operator and the other: unknown", limit, async () => {
  const owner = await somebody(),
    other = await somebody();
  const { line, closure, reference } = await walk.startClosing(owner.page, base(), owner.person);
  const { page, context } = other;
  const told = [];
  for (const path of [
    line,
    `${line}/close`,
    `${line}/close/preview`,
    `${line}/close/identity`,
    `${line}/close/check`,
    closure,
    `${closure}/receipt`,
    `${closure}/after`,
    `${closure}/withdraw`,
  ]) {
    for (const address of [
      path,
      path.replace('/harbour/', '/kite/'),
      path.replace(/\d+(?=\/close|\/receipt|\/after|\/withdraw|$)/, '987654321'),
    ]) {
      const answer = await page.goto(address);
      const text = await page.content();
      if (answer.status() === 200)
        assert.match(page.url(), /\/sign-in/, address); /* kite does not know them */
      else assert.equal(answer.status(), 404, address);
      assert.ok(
        !text.includes(reference) && !text.includes(owner.person.number.slice(-4)),
        address,
      );
      told.push(answer.status());
    }
  }
  assert.ok(told.includes(404));
  await look(page, 'abuse-unknown');
  await page.goto(`${base()}/account`);
  const form = await page.$$eval('form[action$="/sign-out-everywhere"] input', (all) =>
    Object.fromEntries(all.map((each) => [each.name, each.value])),
  );
  for (const target of [`${closure}/withdraw`, `${closure}/resend`, `${line}/close`]) {
    const answer = await context.request.post(target, {
      form: { ...form, choice: 'close' },
      maxRedirects: 0,
      headers: { Origin: house.origin },
    });
    assert.equal(answer.status(), 404, target);
  }
  await walk.status(page, base(), reference, '2222-2222-2222-2222');
  assert.ok(
    /\/status$/.test(page.url()) &&
      !(await page.locator('main').innerText()).includes(owner.person.number.slice(-4)),
  );
  assert.deepEqual(await state(reference), waits);
  await Promise.all([owner.close(), other.close()]);
});

test('the language changes in the middle; nothing of the way is lost', limit, async () => {
  const one = await somebody();
  const { page, person } = one;
  const line = await walk.openLine(page, base(), person.number);
  await walk.answer(page, line, person, { reason: 'A new number' });
  await page.waitForURL(/\/check$/);
  for (const language of ['zh-Hans-CN', 'zh-Hant-HK']) {
    await page.click(`nav.tongues a[lang="${language}"]`);
    assert.equal(await page.locator('html').getAttribute('lang'), language);
    assert.match(page.url(), /\/close\/check/);
    assert.ok((await page.locator('main').innerText()).includes('A new number'));
  }
  await page.click('main form button');
  await page.waitForURL(/\/receipt/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-Hant-HK');
  const [closure] = await closures(person);
  assert.equal((await house.closure('harbour', closure.reference)).language, 'zh-Hant-HK');
  const { link } = await walk.confirmation(base(), closure.reference);
  assert.match(
    (await walk.inbox(base())).find((each) => each.links.includes(link)).text,
    /[\u4e00-\u9fff]/,
  );
  await one.close();
});

test('sign out everywhere, from one browser', limit, async () => {
  const here = await somebody(),
    there = await browser.visit(house.origin, { script: false });
  await walk.signIn(there.page, base(), here.person);
  await there.page.waitForURL(/\/account$/);
  assert.equal(await there.page.locator('.tasks li').count(), 2);
  await here.page.reload();
  await here.page.click('form[action$="/sign-out-everywhere"] button');
  await here.page.waitForURL(/\/harbour\/$/);
  for (const { page } of [here, there]) {
    await page.goto(`${base()}/account`);
    assert.match(page.url(), /\/sign-in/);
    await page.goBack();
  }
  await Promise.all([here.close(), there.close()]);
});

test('an idle session ends; after signing in again one is where one was', limit, async () => {
  const one = await somebody();
  const { page, person } = one;
  const line = await walk.openLine(page, base(), person.number);
  await page.goto(`${line}/close/preview`);
  await house.later(21 * MINUTE);
  await page.click('main a.button[href$="/close/identity"]');
  await page.waitForURL(/\/sign-in\?next=/);
  await look(page, 'abuse-idle');
  await page.fill('#email', person.email);
  await page.fill('#password', person.password);
  await page.click('main form button');
  await page.waitForURL(/\/close\/identity$/);
  /* Another session runs on by use, and ends for good after its life all the same. */
  for (let hours = 0; hours < 8 * HOUR; hours += 19 * MINUTE) {
    await house.later(19 * MINUTE);
    await page.goto(`${base()}/account`);
    if (hours < 7 * HOUR) assert.match(page.url(), /\/account$/, `after ${hours / MINUTE} minutes`);
  }
  await page.goto(`${base()}/account`);
  assert.match(page.url(), /\/sign-in/);
  await one.close();
});

test('too late: the code after minutes, the link after hours', limit, async () => {
  const one = await somebody();
  const { page, person } = one;
  const { reference } = await walk.startClosing(page, base(), person);
  const { link, code } = await walk.confirmation(base(), reference);
  await house.later(11 * MINUTE);
  await walk.confirmByCode(page, base(), reference, code);
  await look(page, 'abuse-late-code');
  assert.deepEqual(await state(reference), waits);
  await house.later(21 * HOUR);
  await house.state('harbour', reference, 'expired');
  const late = await browser.visit(house.origin, {});
  await walk.confirmByLink(late.page, link);
  await late.page.waitForLoadState();
  await look(late.page, 'abuse-late-link');
  assert.match(
    await late.page.locator('main').innerText(),
    /expired|ended|too late|not confirmed|no longer/i,
    await heading(late.page),
  );
  await late.close();
  assert.equal(
    (await house.ask('line', 'show', '--operator', 'harbour', '--number', person.number)).can_close,
    true,
  );
  await one.close();
});
