// What is killed under load: sessions of the database, one after the other, and whole servers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { database, needed } from '../peers/postgres.mjs';
import { closing, give, holder, house, load, settled, share, until, WRITERS } from './kit.mjs';

const CLIENTS = 12, KILLS = 50;

/* One writer after the other; each time until all have a connection again. */
const kill = `DO $$ DECLARE victim integer; BEGIN
  FOR i IN 1..${KILLS} LOOP
    SELECT pid INTO STRICT victim FROM (${WRITERS}) AS writers ORDER BY objid OFFSET i % 4 LIMIT 1;
    IF NOT pg_terminate_backend(victim, 10000) THEN RAISE 'it does not end'; END IF;
    WHILE (SELECT count(*) < 4 FROM (${WRITERS}) AS writers) LOOP PERFORM pg_sleep(0.002); END LOOP;
  END LOOP;
END $$`;

describe('killed under load', needed, () => {
  test(`${KILLS} sessions that write`, { timeout: 120_000 }, async (t) => {
    const base = await database(t);
    const all = await house(t, base, { lines: 400, each: [{ patience: 50 }, { patience: 50 }] });
    const clients = load(all, CLIENTS, (i) => closing(share(all.people, i, CLIENTS)));
    await clients.more(50);
    assert.equal(await base.sql(`SELECT count(*) FROM (${WRITERS}) AS writers`), '4');
    const before = clients.answered();
    await base.sql(`SET statement_timeout = '60s'; ${kill}`);
    assert.ok(clients.answered() - before > KILLS, 'there was hardly any load');
    await clients.more(50);
    await clients.stop();
    t.diagnostic(`${clients.answered()} answers`);
    assert.equal(all.jobs.reduce((sum, job) => sum + job.downs + job.lost, 0), 0);
    await settled(all);
  });

  test('a server, in the middle of its batches', { timeout: 120_000 }, async (t) => {
    const base = await database(t);
    const all = await house(t, base, { lines: 400 });
    const clients = load(all, CLIENTS, (i) => closing(share(all.people, i, CLIENTS)));
    for (let round = 0; round < 3; round++) {
      const victim = await holder(all.servers.filter((one) => one.child.ended === null));
      const other = all.servers.find((one) => one !== victim);
      await clients.more(60 + 17 * round);
      victim.child.child.kill('SIGKILL');
      await victim.child.end;
      await until(() => other.events().findLast(({ event }) => event === 'lease')?.held,
        'the lease, taken over');
      await clients.more(50);
      await all.serve(victim.index);
    }
    await clients.more(50);
    await clients.stop();
    assert.ok(all.jobs.some((job) => job.lost), 'no client was ever cut off');
    await settled(all);
  });
});
