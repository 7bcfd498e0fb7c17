// What the charging system tells, from a CSV file: each transaction once, a broken row loses
// nothing else, and a number is only ever that of the line that had it at the time.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { database, needed } from '../peers/postgres.mjs';
import { csv, file, operators, ringoff, ringoffJson, row, serve } from './tool.mjs';

const names = ['operator', 'transaction', 'kind', 'number', 'line', 'amount', 'currency', 'at',
  'credit', 'channel', 'payment'];
let last = 0;
const charge = (i, more = {}) => ({
  operator: 'harbour',
  transaction: `T-${++last}`,
  kind: 'top_up',
  number: row(i).number,
  amount: '10.00',
  currency: 'HKD',
  at: '2026-01-02T03:04:05+08:00',
  line: '',
  credit: '',
  channel: '',
  payment: '',
  ...(more.kind && more.kind !== 'top_up' ? {} : { channel: 'voucher' }),
  ...more,
});
const text = (rows, form = {}) => csv(rows, { names, ...form });
const rejects = (name) => readFileSync(`${name}.rejects.csv`, 'utf8').trim().split('\n');

/** An installation with so many lines, each with 86.40 and 5.00. */
async function house(t, count) {
  const { data } = await operators(t);
  const lines = await file(t, csv(Array.from({ length: count }, (_, i) => row(i + 1, {
    paid_credit: '86.40', promotional_credit: '5.00',
  }))));
  const { json } = await ringoffJson(['import', 'lines', lines, '--data', data]);
  assert.equal(json.imported, count);
  return data;
}
async function brought(t, data, rows, more = [], form = {}) {
  const name = await file(t, text(rows, form));
  const answer = await ringoffJson(['import', 'charges', name, '--data', data, ...more]);
  return { name, ...answer };
}
/** Serves it and answers what the credit of each number is. */
async function credits(t, data, ...numbers) {
  const server = await serve(t, data);
  const shown = [];
  for (const number of numbers) {
    const { json } = await ringoffJson(['credit', 'show', '--operator', 'harbour', '--number',
      number, '--data', data]);
    shown.push(json);
  }
  await server.stop();
  return shown;
}
async function whole(data) {
  for (const what of ['journal', 'ledger']) {
    const check = await ringoffJson([what, 'verify', '--data', data]);
    assert.equal(check.json.good, true, JSON.stringify(check.json));
  }
}

test('each bad row is rejected with line, column and reason; the good ones are in', async (t) => {
  const data = await house(t, 2);
  const bad = [
    [{ operator: 'nobody' }, 'operator'],
    [{ operator: '' }, 'operator'],
    [{ transaction: '' }, 'transaction'],
    [{ transaction: 'a b' }, 'transaction'],
    [{ transaction: 'x'.repeat(65) }, 'transaction'],
    [{ kind: 'gift' }, 'kind'],
    [{ kind: '' }, 'kind'],
    [{ number: '+85262999999' }, 'number'],
    [{ number: '' }, 'number'],
    [{ line: '17', number: '' }, 'line'],
    [{ line: '17' }, 'line'],
    [{ amount: '0' }, 'amount'],
    [{ amount: '0.00' }, 'amount'],
    [{ amount: '-1' }, 'amount'],
    [{ amount: '1.234' }, 'amount'],
    [{ amount: '1,20' }, 'amount'],
    [{ amount: '1e3' }, 'amount'],
    [{ amount: '' }, 'amount'],
    [{ amount: '99999999999999999999' }, 'amount'],
    [{ currency: 'USD' }, 'currency'],
    [{ currency: '' }, 'currency'],
    [{ at: '2026-01-02' }, 'at'],
    [{ at: '2999-01-01T00:00:00Z' }, 'at'],
    [{ at: '2020-01-01T00:00:00Z' }, 'at'], // before the line was there
    [{ channel: 'cheque' }, 'channel'],
    [{ channel: '' }, 'channel'],
    [{ credit: 'promotional' }, 'credit'],
    [{ kind: 'spent' }, 'credit'],
    [{ kind: 'spent', credit: 'paid', channel: 'voucher' }, 'channel'],
    [{ kind: 'spent', credit: 'paid', payment: 'P-1' }, 'payment'],
    [{ kind: 'spent', credit: 'paid', amount: '86.41' }, 'amount'],
    [{ kind: 'grant', credit: 'paid' }, 'credit'],
  ];
  const rows = bad.map(([more]) => charge(1, more));
  rows.push(charge(2, { amount: '１２.50' }), charge(2, { kind: 'spent', credit: 'paid' }));
  const { json, name, code } = await brought(t, data, rows);
  assert.equal(code, 1);
  assert.deepEqual(json, { rows: bad.length + 2, imported: 2, unchanged: 0, rejected: bad.length });
  const [header, ...said] = rejects(name);
  assert.match(header, /^line,field,reason,operator,transaction,/);
  assert.deepEqual(said.map((each) => each.split(',').slice(0, 2)),
    bad.map(([, column], i) => [String(i + 2), column]));
  const [one, two] = await credits(t, data, row(1).number, row(2).number);
  assert.deepEqual([one.paid_minor, two.paid_minor], [8640, 8890]);
  await whole(data);
});

test('the same file twice books nothing twice; in the order of the file', async (t) => {
  const data = await house(t, 1);
  const rows = [charge(1, { amount: '100', channel: 'online', payment: 'P-9' })];
  for (let i = 0; i < 300; i++) // each needs what came before it, over more than a window
    rows.push(charge(1, { kind: 'spent', credit: 'paid', amount: i % 2 ? '0.40' : '0.10' }));
  rows.push(charge(1, { kind: 'grant', amount: '2.50' }));
  rows.push(rows[0]); // and within one file
  const dry = await brought(t, data, rows, ['--dry-run']);
  assert.deepEqual(dry.json, { rows: 303, imported: 303, unchanged: 0, rejected: 0 });
  assert.equal((await credits(t, data, row(1).number))[0].paid_minor, 8640);
  const first = await brought(t, data, rows);
  assert.deepEqual(first.json, { rows: 303, imported: 302, unchanged: 1, rejected: 0 });
  assert.equal(existsSync(`${first.name}.rejects.csv`), false);
  const again = await brought(t, data, [...rows].reverse());
  assert.deepEqual(again.json, { rows: 303, imported: 0, unchanged: 303, rejected: 0 });
  const other = await brought(t, data, [{ ...rows[0], amount: '100.01' }]);
  assert.equal(other.json.rejected, 1);
  assert.match(rejects(other.name)[1], /^2,transaction,transaction_reused: /);
  const [line] = await credits(t, data, row(1).number);
  assert.deepEqual([line.paid_minor, line.promotional_minor], [8640 + 10000 - 7500, 750]);
  const byId = charge(1, { number: '', line: line.line, amount: '0.01' });
  assert.equal((await brought(t, data, [byId, byId])).json.imported, 1);
  assert.equal(line.ways.find(({ way }) => way === 'original').possible, true);
  await whole(data);
});

test('a file that ends in the middle, and one with other columns', async (t) => {
  const data = await house(t, 1);
  const cut = `${text([charge(1)]).trimEnd()}\n"harbour,T-cut`;
  const name = await file(t, cut);
  const { json } = await ringoffJson(['import', 'charges', name, '--data', data]);
  assert.deepEqual(json, { rows: 2, imported: 1, unchanged: 0, rejected: 1 });
  const none = await file(t, csv([charge(1)], { names: ['transaction', 'kind', 'number'] }));
  const { code, err } = await ringoff(['import', 'charges', none, '--data', data]);
  assert.equal(code, 2);
  assert.match(err, /amount/);
});

test('with PostgreSQL, too, each row finds what came before it', needed, async (t) => {
  const { where } = await database(t);
  const { data } = await operators(t, where);
  const lines = await file(t, csv([row(1, { paid_credit: '0' })]));
  assert.equal((await ringoffJson(['import', 'lines', lines, '--data', data])).json.imported, 1);
  const rows = Array.from({ length: 600 }, (_, i) =>
    charge(1, i % 2 ? { kind: 'spent', credit: 'paid' } : {}));
  const first = await brought(t, data, rows);
  assert.deepEqual(first.json, { rows: 600, imported: 600, unchanged: 0, rejected: 0 });
  const again = await brought(t, data, rows);
  assert.deepEqual(again.json, { rows: 600, imported: 0, unchanged: 600, rejected: 0 });
  await whole(data);
});
