import assert from 'node:assert/strict';
import { existsSync, createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import test from 'node:test';
import {
  columns, csv, file, folder, hkid, operators, ringoff, ringoffJson, row, serve,
} from './tool.mjs';

const rejects = (name) => readFileSync(`${name}.rejects.csv`, 'utf8').trim().split('\n');

async function imported(t, text) {
  const { data } = await operators(t);
  const name = await file(t, text);
  return { data, name, ...(await ringoffJson(['import', 'lines', name, '--data', data])) };
}

test('good rows are in, once; the ledger adds up and the journal is whole', async (t) => {
  const text = csv([row(1), row(2, { document_number: row(1).document_number }), row(3)]);
  const first = await imported(t, text);
  assert.deepEqual(first.json, { rows: 3, imported: 3, unchanged: 0, rejected: 0 });
  assert.equal(first.code, 0);
  assert.equal(existsSync(`${first.name}.rejects.csv`), false);
  const again = await ringoffJson(['import', 'lines', first.name, '--data', first.data]);
  assert.deepEqual(again.json, { rows: 3, imported: 0, unchanged: 3, rejected: 0 });
  for (const what of ['journal', 'ledger']) {
    const check = await ringoffJson([what, 'verify', '--data', first.data]);
    assert.equal(check.json.good, true);
    assert.equal(check.code, 0);
  }
});

test('BOM, CRLF, quotes, full-width forms and columns in another order', async (t) => {
  const odd = row(4, {
    number: '６２００ ０００４',
    document_number: row(4).document_number.replace('(', '（').replace(')', '）').toLowerCase(),
    name_latin: 'O"NEIL, Anne', plan: ' Prepaid 30 ', iccid: `${row(4).iccid} `,
  });
  const form = { bom: true, end: '\r\n', names: [...columns].reverse() };
  const { json, data } = await imported(t, csv([odd], form));
  assert.deepEqual(json, { rows: 1, imported: 1, unchanged: 0, rejected: 0 });
  await serve(t, data);
  const shown = await ringoffJson(['line', 'list', '--operator', 'harbour', '--data', data,
    '--search', '+85262000004']);
  assert.equal(shown.json.items.length, 1);
});

test('each bad row is rejected with line, column and reason; the good ones are in', async (t) => {
  const bad = [
    [{ operator: 'nobody' }, 'operator'],
    [{ number: '+85299999999' }, 'number'],
    [{ number: '6' }, 'number'],
    [{ iccid: '8985299000000000011' }, 'iccid'],
    [{ imsi: '12' }, 'imsi'],
    [{ activated_on: '2024-02-30' }, 'activated_on'],
    [{ activated_on: '2999-01-01' }, 'activated_on'],
    [{ sim_since: '2023-01-01' }, 'sim_since'],
    [{ expires_on: '2020-01-01' }, 'expires_on'],
    [{ paid_credit: '1.234' }, 'paid_credit'],
    [{ paid_credit: '1,20' }, 'paid_credit'],
    [{ paid_credit: '-1' }, 'paid_credit'],
    [{ paid_credit: '1e3' }, 'paid_credit'],
    [{ paid_credit: '99999999999999999999' }, 'paid_credit'],
    [{ promotional_credit: '.5' }, 'promotional_credit'],
    [{ subscriber_kind: 'ghost' }, 'subscriber_kind'],
    [{ name_latin: '' }, 'name_latin'],
    [{ name_chinese: '陳\u202e大文' }, 'name_chinese'],
    [{ birth_date: '' }, 'birth_date'],
    [{ document_type: 'bno_passport' }, 'document_type'],
    [{ document_number: 'A123456(4)' }, 'document_number'],
    [{ document_type: 'resident_id', document_number: '11010519491231002X' }, 'birth_date'],
    [{ subscriber_kind: 'company', birth_date: '' }, 'document_type'],
    [{ email: 'nobody' }, 'email'],
    [{ email_since: '' }, 'email_since'],
    [{ language: 'xx' }, 'language'],
  ];
  const rows = bad.map(([more], i) => row(100 + i, more));
  rows.push(row(200), row(201, { iccid: row(200).iccid }), row(202, { number: row(200).number }));
  const { json, name, code } = await imported(t, csv(rows));
  assert.equal(code, 1);
  const rejected = bad.length + 2;
  assert.deepEqual(json, { rows: rejected + 1, imported: 1, unchanged: 0, rejected });
  const [header, ...lines] = rejects(name);
  assert.equal(header, `line,field,reason,${columns.join(',')}`);
  bad.forEach(([, column], i) =>
    assert.match(lines[i], new RegExp(`^${i + 2},${column},.+,`)));
  assert.match(lines.at(-2), /,iccid,/);
  assert.match(lines.at(-1), /,number,/);
  assert.ok(lines[0].endsWith(csv([rows[0]]).trim().split('\n')[1]), 'with the original row');
});

test('malformed rows are rejected and reading goes on', async (t) => {
  const text = csv([row(1), row(2), row(3)]).split('\n');
  text[2] = `${text[2]},one,more`;
  const bytes = Buffer.concat([Buffer.from(text.join('\n')), Buffer.from([0xff, 0xfe, 0x0a])]);
  const { json, name } = await imported(t, bytes);
  assert.deepEqual(json, { rows: 4, imported: 2, unchanged: 0, rejected: 2 });
  assert.match(rejects(name)[1], /^3,"","?the row has more columns/);
  assert.match(rejects(name)[2], /^5,"",.*UTF-8/);
});

test('more lines than allowed are refused; a wrong header takes nothing', async (t) => {
  const one = hkid('Z', 777);
  const rows = Array.from({ length: 12 }, (_, i) => row(i, { document_number: one }));
  const { json } = await imported(t, csv(rows));
  assert.deepEqual(json, { rows: 12, imported: 10, unchanged: 0, rejected: 2 });
  const { data } = await operators(t);
  for (const head of ['operator,number', `${columns.join(',')},extra`, '']) {
    const answer = await ringoff(['import', 'lines', await file(t, `${head}\n`), '--data', data]);
    assert.equal(answer.code, 2, answer.err);
  }
});

test('while a server runs the import says what to do', async (t) => {
  const { data } = await operators(t);
  await serve(t, data);
  const answer = await ringoff(['import', 'lines', await file(t, csv([row(1)])), '--data', data]);
  assert.equal(answer.code, 3);
  assert.match(answer.err, /stop it/);
});

test('a large file takes no more memory than a small one', async (t) => {
  const { data } = await operators(t);
  const write = async (from, count) => {
    const name = path.join(await folder(t), 'many.csv');
    const stream = createWriteStream(name);
    stream.write(csv([]));
    for (let i = from; i < from + count; i++) {
      const more = { document_number: hkid('ABCDEF'[i % 6], i) };
      if (!stream.write(csv([row(i, more)]).split('\n')[1] + '\n')) await once(stream, 'drain');
    }
    stream.end();
    await once(stream, 'finish');
    return name;
  };
  const large = Number(process.env.RINGOFF_IMPORT_ROWS ?? 20000);
  const run = (name) =>
    ringoffJson(['import', 'lines', name, '--data', data], { watch: true });
  const few = await run(await write(0, 3000));
  const many = await run(await write(3000, large));
  assert.equal(few.json.imported, 3000);
  assert.equal(many.json.imported, large);
  const said = `${few.peak} KiB, then ${many.peak} KiB`;
  assert.ok(few.peak > 0 && many.peak < few.peak + 48 * 1024, said);
});
