// The database goes away under load and comes back: stopped, without a connection to spare.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clusterStart, databaseMake, needed } from '../peers/postgres.mjs';
import {
  call, closing, delivered, give, house, load, refusedToServe, settled, share, submit, until,
  writersEnd,
} from './kit.mjs';

const CLIENTS = 8;
const languages = [['zh-HK', 'zh-Hant-HK'], ['zh-CN', 'zh-Hans-CN'], ['en', 'en']];
const ready = (all, server) => until(
  async () => (await call(all, server, 'GET', '/api/v1/lines')).status === 200, 'views again');

describe('the database is away', needed, () => {
  test('stopped and started again, under load', { timeout: 120_000 }, async (t) => {
    const cluster = await clusterStart(t);
    const base = await databaseMake(cluster.where); // goes with its cluster
    const all = await house(t, base, { lines: 400, each: [{ patience: 1 }, { patience: 5 }] });
    const [short] = all.servers;
    for (const how of ['fast', 'immediate']) {
      const people = share(all.people, how === 'fast' ? 0 : 1, 2);
      const clients = load(all, CLIENTS, (i) => closing(share(people, i, CLIENTS)));
      await clients.more(40);
      await cluster.stop(how);
      await until(() => clients.downs() > CLIENTS, 'answers that it is away');
      for (const [language, tag] of languages) {
        const page = await call(all, short, 'GET', '/inbox', { language });
        assert.equal(page.status, 503);
        assert.match(page.body, new RegExp(`<html lang="${tag}"`));
      }
      await cluster.start();
      await clients.more(40);
      for (const server of all.servers) await ready(all, server);
      await clients.stop();
      await delivered(all);
    }
    assert.ok(all.jobs.every((job) => job.lost === 0), 'every request is answered');
    await settled(all);
  });

  test('no connection to spare', { timeout: 120_000 }, async (t) => {
    const base = await databaseMake(), role = `few_${process.pid}`;
    await base.sql(`CREATE ROLE ${role} LOGIN`);
    t.after(async () => {
      await base.sql(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
      await base.drop();
    });
    await base.sql(`GRANT CREATE ON SCHEMA public TO ${role}`);
    const own = { ...base, where: base.where.replace(/user=\w+/, `user=${role}`) };
    const all = await house(t, own, { each: [{ patience: 1 }, { patience: 50 }] });
    const [server, patient] = all.servers;
    const limit = (most) => base.sql(`ALTER ROLE ${role} CONNECTION LIMIT ${most}`);
    const people = all.people[Symbol.iterator]();
    const next = () => submit(people.next().value);
    assert.equal((await give(all, server, next())).status, 201);
    const there = await base.sql(`SELECT count(*) FROM pg_stat_activity WHERE usename = '${role}'`);
    await limit(there);
    assert.match(await refusedToServe(all.data), /too many connections/);
    assert.equal((await give(all, server, next())).status, 201); // nobody else is the worse for it
    await limit(1);
    await writersEnd(base);
    const waits = next(), waited = give(all, patient, waits);
    const waiting = [next(), next(), next()];
    for (const job of waiting) {
      assert.equal(await give(all, server, job), null);
      assert.deepEqual([job.downs, job.lost], [1, 0]);
    }
    assert.equal((await call(all, server, 'GET', '/api/v1/lines')).status, 200);
    assert.deepEqual([waits.downs, waits.answers], [0, []]);
    await limit(-1);
    assert.equal((await waited).status, 201);
    assert.equal(waits.downs, 0);
    for (const job of waiting)
      assert.equal((await until(() => give(all, server, job), 'an answer')).status, 201);
    await settled(all);
  });
});
