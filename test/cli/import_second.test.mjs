// Who stands beside the registered person or body: the optional columns of an import.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { columns, csv, file, hkid, operators, ringoffJson, row, serve } from './tool.mjs';

const names = [...columns, 'second_role', 'second_name_latin', 'second_name_chinese',
  'second_birth_date', 'second_document_type', 'second_document_number'];

/** A date so many whole years before today in Hong Kong, moved by days. */
function born(years, days = 0) {
  const at = new Date(Date.now() + (8 * 60 + days * 24 * 60) * 60000);
  at.setUTCFullYear(at.getUTCFullYear() - years);
  return at.toISOString().slice(0, 10);
}

const nobody = Object.fromEntries(names.slice(columns.length).map((name) => [name, '']));
const grown = (i, more) => row(i, { ...nobody, ...more });
const beside = (i, role) => ({
  second_role: role, second_name_latin: 'CHAN Siu Ling', second_name_chinese: '陳小玲',
  second_birth_date: '1985-06-07', second_document_type: 'HKID',
  second_document_number: hkid('P', i),
});
const child = (i, more) =>
  row(i, { birth_date: born(12), ...beside(i, 'endorsing_adult'), ...more });
const company = (i, more) => row(i, {
  subscriber_kind: 'company', name_latin: 'Hing Trading Limited', birth_date: '',
  document_type: 'business_registration', document_number: String(70000000 + i),
  ...beside(i, 'responsible_person'), ...more,
});

async function imported(t, text, data) {
  const name = await file(t, text);
  return { name, ...(await ringoffJson(['import', 'lines', name, '--data', data])) };
}

test('children and companies come in with who answers for them; staff see it masked', async (t) => {
  const { data } = await operators(t);
  const rows = [grown(1), child(2), company(3), child(4, { second_role: ' Endorsing_Adult ' }),
    grown(5, { birth_date: born(16) }),
    // was 15 then, is 31 now: the record may stay in the file
    child(6, { activated_on: born(16), birth_date: born(31) })];
  const first = await imported(t, csv(rows, { names }), data);
  assert.deepEqual(first.json, { rows: 6, imported: 6, unchanged: 0, rejected: 0 });
  const again = await imported(t, csv(rows, { names }), data);
  assert.deepEqual(again.json, { rows: 6, imported: 0, unchanged: 6, rejected: 0 });
  await serve(t, data);
  /* the database, its log of changes, whatever lies beside */
  const files = readdirSync(data, { withFileTypes: true }).filter((each) => each.isFile());
  const kept = Buffer.concat(files.map(({ name }) => readFileSync(path.join(data, name))));
  assert.notEqual(kept.indexOf(row(2).number), -1, 'what is in clear is found');
  for (const clear of ['CHAN Siu Ling', '陳小玲', '1985-06-07', hkid('P', 2), hkid('P', 3)])
    assert.equal(kept.indexOf(clear), -1, clear);
  const shown = async (i) => {
    const list = await ringoffJson(['line', 'list', '--operator', 'harbour', '--data', data,
      '--search', row(i).number]);
    return (await ringoffJson(['line', 'show', list.json.items[0].id, '--operator', 'harbour',
      '--data', data])).json;
  };
  const minor = await shown(2);
  assert.equal(minor.second_role, 'endorsing_adult');
  assert.equal(minor.second_document_type, 'hkid');
  const text = JSON.stringify(minor);
  for (const clear of ['Siu Ling', '小玲', hkid('P', 2), hkid('P', 2).slice(0, 7), '1985'])
    assert.ok(!text.includes(clear), clear);
  assert.equal((await shown(3)).second_role, 'responsible_person');
  assert.equal((await shown(1)).second_role, undefined);
});

test('each bad row names its column', async (t) => {
  const { data } = await operators(t);
  const bad = [
    [grown(1, { birth_date: born(12) }), 'second_role', /under 16/], // nobody endorses
    [grown(2, { birth_date: born(16, 1) }), 'second_role', /under 16/], // 16 tomorrow
    [company(3, nobody), 'second_role', /company/],
    [grown(4, beside(4, 'endorsing_adult')), 'second_role', /was under 16/],
    [child(5, { second_role: 'responsible_person' }), 'second_role', /subscriber_kind/],
    [company(6, { second_role: 'endorsing_adult' }), 'second_role', /subscriber_kind/],
    [child(7, { second_role: 'endorsing_adult responsible_person' }), 'second_role', /one of them/],
    [child(8, { second_role: 'mother' }), 'second_role', /must be/],
    [child(9, { second_role: '' }), 'second_role', /is missing/],
    [child(10, { second_name_latin: '' }), 'second_name_latin', /is missing/],
    [child(11, { second_name_chinese: '陳\u202e大文' }), 'second_name_chinese', /control/],
    [child(12, { second_birth_date: '' }), 'second_birth_date', /is missing/],
    [child(13, { second_birth_date: '1985-02-30' }), 'second_birth_date', /no date/],
    [child(14, { second_birth_date: '2999-01-01' }), 'second_birth_date', /future/],
    [child(15, { second_birth_date: born(18, 1) }), 'second_birth_date', /under 18/],
    [company(16, { second_birth_date: born(17) }), 'second_birth_date', /under 18/],
    [child(17, { second_document_type: '' }), 'second_document_type', /is missing/],
    [child(18, { second_document_type: 'licence' }), 'second_document_type', /no kind/],
    [child(19, { second_document_type: 'bno_passport' }), 'second_document_type', /not accepted/],
    [company(20, { second_document_type: 'business_registration',
      second_document_number: '12345678' }), 'second_document_type', /person/],
    [child(21, { second_document_number: 'P000021(9)' }), 'second_document_number', /check digit/],
    [child(22, { second_document_number: '' }), 'second_document_number', /is missing/],
    [child(23, { second_document_number: row(23).document_number }), 'second_document_number',
      /own/],
    [child(24, { second_document_type: 'resident_id',
      second_document_number: '11010519491231002X' }), 'second_birth_date', /another date/],
  ];
  const good = child(30, { second_birth_date: born(18) }); // is 18 today
  const text = csv([...bad.map(([one]) => one), good], { names });
  const { json, name } = await imported(t, text, data);
  assert.deepEqual(json, { rows: bad.length + 1, imported: 1, unchanged: 0, rejected: bad.length });
  const [, ...lines] = readFileSync(`${name}.rejects.csv`, 'utf8').trim().split('\n');
  bad.forEach(([, column, why], i) => {
    assert.match(lines[i], new RegExp(`^${i + 2},${column},`), lines[i]);
    assert.match(lines[i].split(',').slice(2).join(','), why);
  });
});

test('a file of the old form is taken, and completed by one of the new form', async (t) => {
  const { data } = await operators(t);
  const rows = [grown(1), child(2), company(3)];
  const old = await imported(t, csv(rows, { names: columns }), data);
  assert.deepEqual(old.json, { rows: 3, imported: 3, unchanged: 0, rejected: 0 });
  const next = await imported(t, csv(rows, { names }), data);
  assert.deepEqual(next.json, { rows: 3, imported: 2, unchanged: 1, rejected: 0 });
  rows[2].second_document_number = hkid('P', 99);
  const other = await imported(t, csv(rows, { names }), data);
  assert.deepEqual(other.json, { rows: 3, imported: 1, unchanged: 2, rejected: 0 });
  const back = await imported(t, csv(rows, { names: columns }), data);
  assert.deepEqual(back.json, { rows: 3, imported: 0, unchanged: 3, rejected: 0 });
});

test('columns of a second person without second_role are refused where they say something',
  async (t) => {
    const { data } = await operators(t);
    const some = [...columns, 'second_name_latin'];
    const text = csv([grown(1), grown(2, { second_name_latin: 'CHAN Siu Ling' })], { names: some });
    const { json, name } = await imported(t, text, data);
    assert.deepEqual(json, { rows: 2, imported: 1, unchanged: 0, rejected: 1 });
    assert.match(readFileSync(`${name}.rejects.csv`, 'utf8'), /\n3,second_role,/);
  });
