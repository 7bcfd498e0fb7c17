// Two servers at once on the same lines: one wins, nobody waits in a circle, and their clocks need
// not agree.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { database, needed } from '../peers/postgres.mjs';
import { csv, file, ringoffJson, row } from '../cli/tool.mjs';
import {
  call, closing, give, house, load, settled, share, submit, until, withdraw, writersEnd,
} from './kit.mjs';

const HOUR = 3600;
const codes = (answers) => answers.map(({ status, body }) => `${status} ${body.code ?? ''}`).sort();

describe('two servers at once', needed, () => {
  test('both close the same line, and both call it off', { timeout: 120_000 }, async (t) => {
    const base = await database(t);
    const all = await house(t, base, { lines: 100 });
    const both = (job) => Promise.all(all.servers.map((server) => give(all, server, job())));
    const race = async (person) => {
      const answers = await both(() => submit(person));
      if (answers.every(({ status }) => status === 403)) return 0; // a SIM that is too new
      assert.deepEqual(codes(answers), ['201 ', '409 line_closing']);
      const { body } = answers.find(({ status }) => status === 201);
      assert.deepEqual(codes(await both(() => withdraw(body.id))), ['200 ', '409 unchanged']);
      return 1;
    };
    for (let round = 0; round < 8; round++) {
      const won = await Promise.all(all.people.map(race));
      assert.ok(won.reduce((sum, one) => sum + one) > 20, 'hardly any line');
    }
    await settled(all);
  });

  test('an app refreshes at both: one gets tokens', { timeout: 120_000 }, async (t) => {
    const base = await database(t);
    const all = await house(t, base, { lines: 40 });
    const { email, password } = all.accounts[0];
    let keys = 0;
    const post = (server, where, body) =>
      call(all, server, 'POST', `/api/v1/sessions${where}`, { body, key: `session ${++keys}` });
    const [first] = all.servers;
    for (let round = 0; round < 20; round++) {
      const { status, body: app } = await post(first, '', { email, password });
      assert.equal(status, 200);
      const answers = await Promise.all([...all.servers, ...all.servers].map((server) =>
        post(server, '/refresh', { refresh_token: app.refresh_token })));
      assert.deepEqual(codes(answers), ['200 ', ...Array(3).fill('401 not_signed_in')]);
      const { body } = answers.find((answer) => answer.status === 200);
      const again = await post(first, '/refresh', { refresh_token: body.refresh_token });
      assert.equal(again.status, 401, 'the session has ended');
    }
    const ended = 'SELECT count(*) FROM session WHERE kind = 2 AND closed_at = 0';
    assert.equal(await base.sql(ended), '0');
    let told = 0;
    for (let after = ''; after !== undefined;) {
      const { body } = await call(all, first, 'GET', `/api/v1/effects?limit=100${after}`);
      told += body.items.filter(({ kind }) => kind === 'token_reused').length;
      after = body.next && `&after=${body.next}`;
    }
    assert.equal(told, 20, 'each of them once');
  });

  test('everybody on a few lines, with two imports of one file beside', { timeout: 120_000 },
    async (t) => {
      const base = await database(t);
      const all = await house(t, base, { lines: 60 });
      const [few, known] = [all.people.slice(0, 5), []];
      const clients = load(all, 32, function* (i) {
        for (let turn = i; ; turn++) {
          const answer = yield submit(few[turn % few.length]);
          if (answer.status === 201) known.push(answer.body.id);
          if (known.length && turn % 3) yield withdraw(known[turn % known.length]);
        }
      });
      await clients.more(100);
      // Persons with several lines each, so that subscribers are locked too.
      const rows = Array.from({ length: 300 }, (_, i) =>
        row(i, { document_number: row(i % 50).document_number }));
      const files = [await file(t, csv(rows)), await file(t, csv(rows.toReversed()))];
      const imports = await Promise.all(files.map((name, i) =>
        ringoffJson(['import', 'lines', name, '--data', all.folders[i]])));
      for (const { json, err } of imports)
        assert.deepEqual([json.rows, json.rejected, json.imported + json.unchanged],
          [300, 0, 300], err);
      assert.equal(imports[0].json.imported + imports[1].json.imported, 300);
      await clients.more(500);
      await clients.stop();
      await settled(all);
    });

  test('one an hour ahead; the other goes on where it was', { timeout: 120_000 }, async (t) => {
    const base = await database(t);
    const all = await house(t, base, { lines: 200, each: [{ shift: HOUR }, {}] });
    const clients = load(all, 8, (i) => closing(share(all.people, i, 8)));
    await clients.more(100);
    const [ahead] = all.servers;
    const last = () => base.sql('SELECT max(at) FROM journal').then(Number);
    assert.ok(await last() > Date.now() + HOUR * 1000 / 2);
    // The one ahead ends and its chains go to the other, whose clock is an hour behind them.
    await ahead.stop();
    const ends = () => base.sql('SELECT sum(seq) FROM chain WHERE id IN (0, 1)').then(Number);
    const before = await ends();
    await writersEnd(base);
    await clients.more(100);
    await until(async () => await ends() > before, 'entries on those chains');
    await clients.more(50);
    await clients.stop();
    assert.equal(await base.sql('SELECT count(*) FROM (SELECT at, lag(at) OVER (PARTITION BY ' +
      'chain ORDER BY seq) AS before FROM journal) AS entries WHERE at < before'), '0');
    await all.serve(0);
    await settled(all);
  });
});
