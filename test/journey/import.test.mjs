// The main job: an operator's CSV is imported, one of its lines is closed in a browser, and a real
// osmo-hlr no longer knows the subscriber.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as chromium from './browser.mjs';
import { money } from './browser.mjs';
import { DAY, MINUTE, start } from './installation.mjs';
import * as rows from './rows.mjs';
import * as walk from './walk.mjs';
import * as hlr from '../peers/hlr.mjs';

let house, browser, network;
before(async () => {
  network = await hlr.start();
  house = await start({
    lines: 12,
    settings: { network: { adapter: 'osmo-hlr', host: network.address } },
  });
  browser = await chromium.start();
});
after(async () => {
  await browser?.stop();
  await house?.stop();
  await network?.stop();
});

test(
  'from a CSV file to an HLR that no longer knows the subscriber',
  { timeout: 120000 },
  async () => {
    const good = rows.row({
      operator: 'kite',
      paid_credit: '88.50',
      promotional_credit: '12.00',
      name_latin: '"LEE, Ka ""K"" Wing"',
      name_chinese: '李𨋢榮',
    });
    const wide = rows.row({
      operator: 'harbour',
      document_number: rows
        .hkid(7)
        .replace(/[0-9()]/g, (sign) => String.fromCodePoint(sign.codePointAt(0) + 0xfee0)),
    });
    const bad = rows.row({
      operator: 'kite',
      document_number: rows.hkid(8).replace(/\(.\)/, (end) => `(${end[1] === '1' ? 2 : 1})`),
    });
    const file = path.join(house.directory, 'lines.csv');
    await writeFile(
      file,
      `\ufeff${rows.head}\r\n${[good, bad, wide].map((each) => each.csv).join('\r\n')}\r\n`,
    );
    const imported = await house.imported(file);
    assert.equal(imported.code, 1, imported.stderr);
    const rejects = await readFile(`${file}.rejects.csv`, 'utf8');
    assert.match(rejects, /document_number/);
    assert.equal(rejects.trim().split('\n').length, 2, rejects);
    assert.deepEqual(JSON.parse((await house.imported(file)).stdout), {
      rows: 3,
      imported: 0,
      unchanged: 2,
      rejected: 1,
    });

    const person = {
      ...good,
      id_type: good.document_type,
      id_number: good.document_number,
      password: 'a kettle on the pier',
    };
    await network.ask('SET', 'subscriber.create', person.imsi);
    await network.ask('SET', `subscriber.by-imsi-${person.imsi}.msisdn`, person.number.slice(1));
    assert.match(
      (await network.ask('GET', `subscriber.by-imsi-${person.imsi}.info`)).value,
      new RegExp(person.number.slice(1)),
    );
    const base = house.base('kite');
    const { page, close } = await browser.visit(house.origin, { language: 'zh-Hant-HK' });
    await walk.register(page, base, person, {
      password: person.password,
      code: (kind, to) => walk.inboxCode(base, to),
    });
    await walk.signIn(page, base, person);
    await page.waitForURL(/\/account$/);
    const closing = await walk.startClosing(page, base, person, { contact: 'mail' });
    await walk.prove(page, house, 'kite', closing);
    await walk.confirmByLink(page, (await walk.confirmation(base, closing.reference)).link);
    await page.waitForURL(/\/closures\/\d+$/);
    await house.later(61 * MINUTE);
    const closure = await house.state('kite', closing.reference, 'closed');
    assert.deepEqual(
      [closure.paid_minor, closure.promotional_minor, closure.cut_how],
      [8850, 1200, 'read_back'],
    );
    for (const by of [`imsi-${person.imsi}`, `msisdn-${person.number.slice(1)}`]) {
      assert.equal(
        (await network.ask('GET', `subscriber.by-${by}.info`)).value,
        'No such subscriber.',
      );
    }
    await walk.status(page, base, closing.reference, closing.secret);
    await page.waitForURL(/\/closures\/\d+$/);
    assert.ok((await page.locator('main').innerText()).includes(money(8850)));
    await close();

    /* The number rests: it cannot be issued again before its day. */
    const early = path.join(house.directory, 'early.csv');
    await writeFile(
      early,
      `${rows.head}\n${rows.row({ operator: 'kite', number: person.number }).csv}\n`,
    );
    assert.equal((await house.imported(early)).code, 1);
    assert.match(await readFile(`${early}.rejects.csv`, 'utf8'), /number.*(rest|quarantine)/i);
    assert.ok(Date.parse(closure.quarantine_until) - Date.parse(closure.closed_at) === 180 * DAY);
  },
);
