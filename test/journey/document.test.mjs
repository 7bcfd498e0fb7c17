// Identity by document, in a real browser and at the terminal: what is sent, seen, refused, sent
// again, accepted and erased; and that nothing of it is ever in clear where it could be found.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { look } from './browser.mjs';
import { DAY, MINUTE, run, start } from './installation.mjs';
import { newcomer } from './newcomer.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';
import { cluster, databaseMake } from '../peers/postgres.mjs';
import { jpeg, png } from '../web/files.mjs';

const operator = 'kite'; // whose policy says: identity by document
const password = 'two ferries at noon';
const houses = {};
let browser, network;
before(async () => {
  network = await hlr.start();
  const settings = { network: { adapter: 'osmo-hlr', host: network.address } };
  [browser, houses.sqlite, houses.postgres] = await Promise.all([
    chromium.start(),
    start({ settings, lines: 80 }),
    cluster && start({ settings, database: await databaseMake(), seed: 9 }),
  ]);
});
after(async () => {
  await browser?.stop();
  for (const house of Object.values(houses)) if (house) await house.stop();
  await network?.stop();
});

const main = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');

/** A photo as a browser takes one: a real JPEG that shows the person's card. */
async function photo(visit, person) {
  const page = await visit.page.context().newPage();
  await page.setContent(`<h1>HONG KONG IDENTITY CARD</h1><p>${person.name}<p>${person.id_number}`);
  const bytes = await page.screenshot({ type: 'jpeg', quality: 80 });
  await page.close();
  return bytes;
}

/** Gives the file to the page's form and sends it. */
async function send(page, buffer, name = 'IMG_0001.JPG', mimeType = 'image/jpeg') {
  await page.setInputFiles('#file', { name, mimeType, buffer });
  await page.click('main form[enctype] button');
}

/** Asks for the closing up to the receipt. */
async function requested(house, language, script = true) {
  const visit = await browser.visit(house.origin, { language, script });
  const { page } = visit;
  const person = await newcomer(house, page, operator, password);
  await network.ask('SET', 'subscriber.create', person.imsi);
  await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
  await walk.signIn(page, house.base(operator), person);
  await page.goto(`${house.base(operator)}/account?lang=${language}`);
  const closing = await walk.startClosing(page, house.base(operator), person, {
    look: (on, what) => look(on, `document-${language}-${what}`),
  });
  return { ...visit, person, house, language, base: house.base(operator), ...closing };
}

/** What the terminal writes out of the document that waits; null when it is refused. */
async function content(house, reference, name = 'out') {
  const file = path.join(house.directory, name);
  await rm(file, { force: true });
  const answer = await run('identity', 'content', '--operator', operator, '--reference', reference,
    '--to', file, '--data', house.data);
  if (answer.code !== 0) {
    await assert.rejects(stat(file), 'nothing is left of what did not come');
    return { refused: answer.stderr, bytes: Buffer.alloc(0) };
  }
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const bytes = await readFile(file);
  await rm(file);
  return { bytes, said: answer.stderr };
}

/** Every file below a folder. */
async function* files(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else if (entry.isFile()) yield name;
  }
}

/** Where the bytes of an installation may lie: its folder, and its database server's. */
const folders = ({ data, settings }) => {
  const cluster = /\/\S+(?=\/socket)/.exec(settings.database?.where ?? '');
  return cluster ? [data, cluster[0]] : [data];
};

/** Neither a file of the installation or its database nor a line of its log holds it in clear. */
async function nowhere(house, ...needles) {
  let read = 0;
  for (const folder of folders(house))
    for await (const name of files(folder)) {
      const bytes = await readFile(name).catch((error) => {
        assert.equal(error.code, 'ENOENT'); // the database took it away meanwhile
        return Buffer.alloc(0);
      });
      read += bytes.length;
      for (const needle of needles)
        assert.equal(bytes.indexOf(needle), -1, `${needle.toString().slice(0, 20)} in ${name}`);
    }
  assert.ok(read > 3_000_000, `${read} bytes: the sealed picture must be among them`);
  for (const needle of needles) assert.ok(!house.log().includes(needle.toString()));
}

const shown = (one, what) => look(one.page, `document-${one.language}-${what}`);
/** A decision names the document that was looked at. */
const staff = async (one, verb, ...args) => {
  const about = (...more) =>
    one.house.ask('identity', ...more, '--operator', operator, '--reference', one.reference);
  const { shown: asked } = await about('show');
  assert.equal(asked.name, one.person.name);
  return about(verb, '--document', asked.documents.at(-1).id, ...args);
};

for (const [language, engine, script] of [
  ['zh-Hant-HK', 'sqlite', true],
  ['zh-Hans-CN', 'sqlite', false],
  ['en', cluster ? 'postgres' : 'sqlite', true],
])
  test(`sent, refused, sent again, accepted, closed: ${language}, ${engine}`, async () => {
    const house = houses[engine];
    const one = await requested(house, language, script);
    const { page, closure, reference } = one;
    // The receipt and the status say what is wanted, and lead to the page.
    await page.goto(closure);
    await shown(one, 'wanted');
    await page.click('main a.button[href$="/document"]');
    await page.waitForURL(/\/document$/);
    await shown(one, 'page');
    // What cannot be used is said beside the field, and nothing came.
    for (const [bytes, name] of [
      [Buffer.alloc(0), 'empty.jpg'],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'photo.jpg'],
      [png(5000).subarray(0, 3000), 'cut.png'],
      [jpeg(10 * 1024 * 1024 + 1), 'large.jpg'],
    ]) {
      await send(page, bytes, name);
      await page.locator('#file-why').waitFor();
      assert.equal((await house.closure(operator, reference)).document_at ?? null, null, name);
    }
    await shown(one, 'refused-file');
    const first = await photo(one, one.person);
    await send(page, first);
    await page.waitForURL(/\/closures\/\d+$/);
    await shown(one, 'waiting');
    const waiting = await house.closure(operator, reference);
    assert.equal(waiting.document, 'waiting');
    // Another one is not wanted while it waits.
    await page.goto(`${closure}/document`);
    await page.waitForURL(/\/closures\/\d+$/);
    // Who decides sees the very bytes; that somebody looked is in the journal.
    const seen = await content(house, reference);
    assert.ok(first.equals(seen.bytes), seen.refused);
    assert.match(seen.said, /image\/jpeg/);
    await staff(one, 'reject', '--reason', 'unreadable');
    assert.match((await content(house, reference)).refused, /document_missing/);
    await page.goto(closure);
    await shown(one, 'refused');
    await page.goto(`${closure}/document`);
    await shown(one, 'again');
    const second = Buffer.concat([jpeg(3_000_000, 'SECOND-PICTURE'), Buffer.from('MAKER-NOTE')]);
    await send(page, second);
    await page.waitForURL(/\/closures\/\d+$/);
    assert.ok(second.equals((await content(house, reference)).bytes));
    await nowhere(house, Buffer.from('SECOND-PICTURE'), Buffer.from('MAKER-NOTE'),
      first.subarray(100, 140), Buffer.from(one.person.id_number));
    await staff(one, 'accept');
    const accepted = await house.closure(operator, reference);
    assert.equal(accepted.identity_by, 'document');
    const { link, code } = await walk.confirmation(one.base, reference);
    if (script) await walk.confirmByLink(page, link);
    else await walk.confirmByCode(page, one.base, reference, code);
    one.confirmed = await house.closure(operator, reference);
    assert.equal(one.confirmed.waits_for, 'undo_window');
    assert.equal(one.faults?.length ?? 0, 0);
    cases.push(one);
  });
const cases = [];

test('after the time to call off the lines are cut; later the pictures are erased', async () => {
  for (const house of new Set(cases.map((one) => one.house))) {
    await house.later(241 * MINUTE);
    for (const one of cases.filter((each) => each.house === house))
      assert.equal((await house.state(operator, one.reference, 'closed')).identity_by, 'document');
    await house.later(46 * DAY);
    for (const one of cases.filter((each) => each.house === house))
      assert.match((await content(house, one.reference)).refused, /document_missing|closure_state/);
  }
});
