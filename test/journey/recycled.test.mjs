// The number's next owner: after the rest the number is issued again to another person, who
// registers, signs in, looks everywhere, and learns nothing of the former one; nor the other way.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look, money } from './browser.mjs';
import { DAY, MINUTE, start } from './installation.mjs';
import * as rows from './rows.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';

let house, browser, network;
before(async () => {
  network = await hlr.start();
  [house, browser] = await Promise.all([
    start({ lines: 12, settings: { network: { adapter: 'osmo-hlr', host: network.address } } }),
    chromium.start(),
  ]);
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
});

const base = () => house.base('harbour');
const text = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
const person = (row, words) => ({
  ...row,
  id_type: row.document_type,
  id_number: row.document_number,
  password: words,
});

async function imported(row, name) {
  const file = path.join(house.directory, `${name}.csv`);
  await writeFile(file, `${rows.head}\n${row.csv}\n`);
  const answer = await house.imported(file);
  return { answer, rejects: await readFile(`${file}.rejects.csv`, 'utf8').catch(() => '') };
}

/** How many lines the account's page leads to. */
const lines = (page) =>
  page.locator('main .ways a').evaluateAll((links) => {
    const ids = links.map((link) => link.pathname.match(/\/lines\/(\d+)/)?.[1]);
    return new Set(ids.filter(Boolean)).size;
  });

/** Whoever had the number before was sent codes as well. */
async function registered(who) {
  const visit = await browser.visit(house.origin, {});
  const before = {};
  for (const to of [who.number, who.email]) before[to] = await walk.newestCode(base(), to);
  await walk.register(visit.page, base(), who, {
    password: who.password,
    code: (kind, to) => walk.inboxCode(base(), to, before[to]),
  });
  await walk.signIn(visit.page, base(), who);
  await visit.page.waitForURL(/\/account$/);
  return visit;
}

test(
  'the next owner of a number learns nothing of the former, and the other way',
  { timeout: 120000 },
  async () => {
    const first = person(
      rows.row({ name_latin: 'FUNG Chi Keung', paid_credit: '77.70' }),
      'a lantern in the harbour',
    );
    const second = person(
      rows.row({
        number: first.number,
        name_latin: 'SANTOS Maria',
        name_chinese: '',
        paid_credit: '5.00',
        activated_on: '2027-01-15',
        sim_since: '2027-01-15',
        email_since: '2027-01-15',
      }),
      'seven kites over the hill',
    );
    assert.equal((await imported(first, 'first')).answer.code, 0);
    const former = await registered(first);
    const closing = await walk.startClosing(former.page, base(), first);
    const { link } = await walk.confirmation(base(), closing.reference);
    await walk.confirmByLink(former.page, link);
    await former.page.waitForURL(closing.closure);
    await house.later(31 * MINUTE);
    const closure = await house.state('harbour', closing.reference, 'closed');
    assert.equal(closure.paid_minor, 7770);

    /* Before its day the number is nobody's: not issued, and registering leads nowhere. */
    await house.later(89 * DAY);
    const early = await imported(second, 'early');
    assert.equal(early.answer.code, 1);
    assert.match(early.rejects, /rest|quarantine/i);
    await house.later(2 * DAY);
    const issued = await imported(second, 'second');
    assert.equal(issued.answer.code, 0, issued.rejects);

    /* The old SIM's digits are no key to the new line. */
    const before = (await walk.inbox(base())).length;
    const stale = await browser.visit(house.origin, {});
    await stale.page.goto(`${base()}/register`);
    await stale.page.fill('#number', first.number);
    await stale.page.fill('#iccid', first.iccid.slice(-6));
    await stale.page.click('main form button');
    await stale.page.waitForURL(/\/register\/code$/);
    const next = await registered(second);
    const sent = await walk.inbox(base());
    assert.ok(
      sent.slice(0, sent.length - before).every((each) => !each.text.includes(closing.reference)),
    );

    /* Signed in, the next owner sees one line, and it is new. */
    const { page } = next;
    assert.equal(await lines(page), 1);
    const line = await walk.openLine(page, base(), second.number);
    assert.notEqual(line, closing.line);
    await look(page, 'recycled-line');
    const seen = await text(page);
    assert.ok(
      seen.includes(money(500)) && !seen.includes(money(7770)) && !seen.includes(closing.reference),
    );
    for (const address of [
      closing.line,
      `${closing.line}/close`,
      closing.closure,
      `${closing.closure}/receipt`,
      `${closing.closure}/after`,
      `${closing.closure}/withdraw`,
    ]) {
      assert.equal((await page.goto(address)).status(), 404, address);
      assert.ok(!(await page.content()).includes(closing.reference));
    }
    await page.goto(`${base()}/c/${closing.reference}`);
    await page.fill('#code', '12345678');
    await page.click('main form button.grave');
    await page.waitForLoadState();
    assert.ok(
      !(await text(page)).includes(closing.secret) && !(await text(page)).includes(money(7770)),
    );
    assert.equal((await house.closure('harbour', closing.reference)).state, 'closed');

    /* The former owner still has the way to the old line, and none to the new one. */
    await walk.signIn(former.page, base(), first);
    await former.page.waitForURL(/\/account$/);
    assert.equal(await lines(former.page), 1);
    const old = await walk.openLine(former.page, base(), first.number);
    assert.equal(old, closing.line);
    await look(former.page, 'recycled-former');
    assert.ok((await text(former.page)).includes(money(7770)), 'still to be claimed');
    for (const address of [line, `${line}/close`, `${line}/close/preview`]) {
      assert.equal((await former.page.goto(address)).status(), 404, address);
    }
    assert.equal((await former.page.goto(`${closing.line}/close`)).status(), 409);
    const anybody = await browser.visit(house.origin, { script: false });
    await walk.status(anybody.page, base(), closing.reference, closing.secret);
    await anybody.page.waitForURL(/\/closures\/\d+$/);
    const status = await text(anybody.page);
    assert.ok(status.includes(money(7770)) && !status.includes(money(500)));
    await look(anybody.page, 'recycled-status');

    /* And the next owner closes the line in turn: a closure of its own. */
    const again = await walk.startClosing(page, base(), second);
    assert.notEqual(again.reference, closing.reference);
    assert.notEqual(again.closure, closing.closure);
    await Promise.all([former, next, stale, anybody].map((each) => each.close()));
  },
);
