// The certificate of closure as people get it: over the portal, the API and the terminal the same
// bytes; what is changed is found; every character of a name is there; nobody else gets it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { csv, program, row } from '../cli/tool.mjs';
import { Browser, installation, plain } from './closing_kit.mjs';

const HOUR = 3600;
const UNDONE = 2000; // seconds: past harbour's undo window, within what a browser remembers
// HKSCS, names beyond the basic plane, extensions B to F, and letters of Europe.
const rare = [
  { language: 'zh-Hant-HK', zh: '陳𨋢嘅啲𠮷𡃁', latin: 'CHAN Lip Ge Di' },
  { language: 'zh-Hans-CN', zh: '𪚥龘𠀀𤭢𫝀𬺰䶮喆', latin: 'LONG Zhe' },
  { language: 'en', zh: '', latin: `DE LA ${'CRUZ-MONTGOMERY '.repeat(6)}ÑOÑO Łukasz O'Brien` },
];
const folder = mkdtempSync(path.join(os.tmpdir(), 'ringoff-certificate-'));
const place = (name) => path.join(folder, name);
let keysUsed = 1;
let house, key, own, one, other, closed;

/** Runs ringoff on the installation; answers { status, out, err }. */
function ringoff(words, input) {
  const { status, stdout, stderr } = spawnSync(program, words, { input, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}
const terminal = (...words) => {
  const answer = ringoff([...words, '--data', house.data, '--operator', 'harbour', '--json']);
  assert.equal(answer.status, 0, answer.err);
  return JSON.parse(answer.out);
};
/** A verdict: { status, result, … } of a file's bytes. */
function verify(bytes, ...more) {
  writeFileSync(place('asked.pdf'), bytes);
  const words = more.length ? more : ['--data', house.data];
  const answer = ringoff(['certificate', 'verify', place('asked.pdf'), '--json', ...words]);
  return { ...answer, ...(answer.out && JSON.parse(answer.out)) };
}
/** GET as bytes. */
async function bytes(target, headers = {}) {
  const answer = await fetch(`${house.base('harbour')}${target}`, { headers, redirect: 'manual' });
  return {
    status: answer.status,
    headers: answer.headers,
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
const cookies = (browser) => ({
  Cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
});
const api = (target) => bytes(`/api/v1${target}`, { Authorization: `Bearer ${key}` });
async function apiPost(target, body) {
  const answer = await fetch(`${house.base('harbour')}/api/v1${target}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': `key-${keysUsed++}-of-a-test`,
    },
  });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}
const textOf = (pdf) => {
  writeFileSync(place('text.pdf'), pdf);
  return execFileSync('pdftotext', ['-layout', place('text.pdf'), '-'], { encoding: 'utf8' });
};
const keysNow = async () => {
  const { status, body } = await bytes('/.well-known/ringoff-keys.json');
  assert.equal(status, 200);
  return body;
};

before(async () => {
  house = installation(12);
  const rows = rare.map((name, i) =>
    row(9000 + i, {
      name_latin: name.latin,
      name_chinese: name.zh,
      language: name.language,
      paid_credit: i === 2 ? '0' : '86.40',
    }),
  );
  writeFileSync(place('lines.csv'), csv(rows));
  assert.equal(ringoff(['import', 'lines', place('lines.csv'), '--data', house.data]).status, 0);
  await house.start();
  key = terminal(
    'api-key', 'add', '--name', 'papers', '--scopes',
    'lines:read closures:read closures:write certificates:read',
  ).secret;
  const person = house.people.find(
    ({ password, story, operator }) =>
      operator === 'harbour' && password && !/SIM was changed|two days old|account/.test(story),
  );
  own = new Browser(house, 'harbour');
  one = await own.submit(await own.signIn(person), person);
  one.person = person;
  const sent = await own.message(one.reference);
  const linked = new Browser(house, 'harbour');
  assert.equal((await linked.confirm(one.reference, { secret: sent.link })).status, 303);
  one.linked = linked;
  for (const [i, name] of rare.entries()) {
    const search = encodeURIComponent(rows[i].number);
    const found = JSON.parse((await api(`/lines?search=${search}`)).body);
    const made = await apiPost('/closures', {
      line: found.items[0].id,
      document_type: rows[i].document_type,
      document: rows[i].document_number,
      language: name.language,
    });
    const message = await new Browser(house, 'harbour').message(made.reference);
    await apiPost(`/closures/${made.id}/confirm`, { secret: message.link });
    Object.assign(name, { id: made.id, reference: made.reference, number: rows[i].number });
  }
  other = house.people.find(
    ({ password, story, email, operator }) =>
      operator === 'harbour' && password && email !== person.email && !/account/.test(story),
  );
  // before it is over there is none, as there is none of a closure that does not exist
  one.early = [
    await bytes(`/closures/${one.closure}/certificate`, cookies(own)),
    await api(`/closures/${rare[0].id}/certificate`),
    await api('/closures/4711/certificate'),
  ];
  assert.equal(await house.stop(), 0);
  await house.start(UNDONE);
  for (let cut = 0; cut < 1 + rare.length; cut++) await house.cut('harbour');
  await own.signIn(person); // the session was left idle
  const target = `/closures/${one.closure}`;
  closed = await bytes(`${target}/certificate`, cookies(own));
  one.byLink = [
    await one.linked.get(target),
    await bytes(`${target}/certificate`, cookies(one.linked)),
  ];
  if (process.env.RINGOFF_KEEP)
    for (const [i, name] of rare.entries())
      writeFileSync(
        `${process.env.RINGOFF_KEEP}/paper${i}.pdf`,
        (await api(`/closures/${name.id}/certificate`)).body,
      );
});
after(async () => {
  assert.equal(await house?.stop(), 0);
  house?.remove();
  rmSync(folder, { recursive: true });
});

test('its owner gets a PDF that says what was done', async () => {
  assert.equal(closed.status, 200);
  assert.equal(closed.headers.get('content-type'), 'application/pdf');
  assert.equal(closed.headers.get('cache-control'), 'no-store');
  assert.match(
    closed.headers.get('content-disposition'),
    new RegExp(`^attachment; filename="harbour-${one.reference}.pdf"$`),
  );
  const text = textOf(closed.body).replace(/\s+/g, ' ');
  const local = one.person.number.replace('+852', '');
  for (const part of [
    'Certificate of closure', one.reference, one.person.name,
    `+852 ${local.slice(0, 4)} ${local.slice(4)}`, 'attested by a named member of our staff',
    'Deregistered', 'What remains', `/v/${one.reference}`,
  ])
    assert.ok(text.includes(part), `"${part}" is not in: ${text}`);
  assert.ok(!text.includes(one.person.id_number), 'the ID number never stands on it');
  assert.ok(!text.includes('read back by hand'), "an attestation's own words are the staff's");
  const fonts = execFileSync('pdffonts', [place('text.pdf')], { encoding: 'utf8' });
  for (const line of fonts.trim().split('\n').slice(2)) assert.match(line, / yes yes yes /, fonts);
  assert.ok(closed.body.length < 1024 * 1024, `${closed.body.length} bytes`);
  const { text: page } = await own.get(`/closures/${one.closure}`);
  assert.match(page, new RegExp(`href="[^"]*/closures/${one.closure}/certificate" download`));
});

test('at every door, and after a new start, it is the same file', async () => {
  const again = await bytes(`/closures/${one.closure}/certificate`, cookies(own));
  assert.ok(again.body.equals(closed.body));
  const guest = new Browser(house, 'harbour');
  await guest.get('/status');
  const found = await guest.post('/status', {
    reference: one.reference,
    status_secret: one.secret,
  });
  assert.equal(found.status, 303);
  assert.match((await guest.get(found.location)).text, /\/certificate" download/);
  const shown = await bytes(`/closures/${one.closure}/certificate`, cookies(guest));
  assert.equal(shown.status, 200);
  assert.ok(shown.body.equals(closed.body));
  const rest = await api(`/closures/${one.closure}/certificate`);
  assert.equal(rest.status, 200);
  assert.ok(rest.body.equals(closed.body));
  const same = await bytes(`/api/v1/closures/${one.closure}/certificate`, {
    Authorization: `Bearer ${key}`,
    'If-None-Match': rest.headers.get('etag'),
  });
  assert.equal(same.status, 304);
  const words = ['certificate', 'write', place('own.pdf'), '--reference', one.reference];
  words.push('--data', house.data, '--operator', 'harbour');
  assert.deepEqual(ringoff(words), { status: 0, out: '', err: '' });
  assert.ok(readFileSync(place('own.pdf')).equals(closed.body));
  assert.equal(statSync(place('own.pdf')).mode & 0o777, 0o600);
  assert.equal(ringoff(words).status, 4, 'what is there is not overwritten');
  assert.equal(await house.stop(), 0);
  await house.start(2 * HOUR);
  await own.signIn(one.person);
  const later = await bytes(`/closures/${one.closure}/certificate`, cookies(own));
  assert.ok(later.body.equals(closed.body));
});

test('nobody else gets it, and who asks for one that is not there learns as much', async () => {
  assert.equal(one.early[0].status, 404);
  assert.equal(one.early[1].status, 404);
  assert.deepEqual(
    JSON.parse(one.early[1].body).code,
    JSON.parse(one.early[2].body).code,
  );
  const target = `/closures/${one.closure}/certificate`;
  const anyone = await bytes(target);
  assert.equal(anyone.status, 303, 'sign in first');
  assert.equal((await bytes('/closures/4711/certificate')).status, 303);
  const stranger = new Browser(house, 'harbour');
  await stranger.signIn(other);
  const theirs = await bytes(target, cookies(stranger));
  const unknown = await bytes('/closures/4711/certificate', cookies(stranger));
  assert.deepEqual([theirs.status, unknown.status], [404, 404]);
  const bare = (body) => String(body).replace(/value="[^"]*"|\d+/g, '');
  assert.equal(bare(theirs.body), bare(unknown.body));
  // the link of the confirmation shows the status, but not name and number
  const [status, paper] = one.byLink;
  assert.equal(status.status, 200);
  assert.match(status.text, /Your line is closed/);
  assert.doesNotMatch(status.text, /\/certificate"/);
  assert.notEqual(paper.status, 200);
  const weak = terminal('api-key', 'add', '--name', 'weak', '--scopes', 'closures:read').secret;
  const refused = await bytes(`/api/v1${target}`, { Authorization: `Bearer ${weak}` });
  assert.equal(refused.status, 403);
  const kite = await fetch(`${house.base('kite')}/api/v1${target}`, {
    headers: { Authorization: `Bearer ${key}` },
  });
  assert.equal(kite.status, 401);
  const shown = terminal('certificate', 'show', '--reference', one.reference);
  assert.equal(shown.cut, 'attested');
  assert.ok(!JSON.stringify(shown).includes(one.person.number), 'masked for who needs it not');
  assert.ok(!JSON.stringify(shown).includes(one.person.name));
});

test('every character of every name is on the paper, in three languages', async () => {
  for (const name of rare) {
    const { status, body } = await api(`/closures/${name.id}/certificate`);
    assert.equal(status, 200);
    const text = textOf(body);
    const bare = text.replace(/\s+/g, '');
    assert.ok(!text.includes('[U+'), text);
    for (const character of name.zh) assert.ok(bare.includes(character), `${character}: ${text}`);
    assert.ok(bare.includes(name.latin.replace(/\s+/g, '')), text);
    const title = { 'zh-Hant-HK': '取消登記證明書', 'zh-Hans-CN': '注销证明书' }[name.language];
    assert.ok(bare.includes(title ?? 'Certificateofclosure'), text);
    assert.ok(bare.includes('Certificateofclosure'), 'English stands beside it');
    assert.ok(!bare.includes('{1}') && !bare.includes('{2}'), text);
    const pages = execFileSync('pdfinfo', [place('text.pdf')], { encoding: 'utf8' });
    assert.match(pages, /Pages: +1\n/);
    assert.match(pages, /Page size: +595\.\d+ x 841\.\d+ pts \(A4\)/);
    assert.equal(verify(body).result, 'valid');
  }
});

test('the picture leads to a page that says what was certified, and no more', async () => {
  writeFileSync(place('scan.pdf'), closed.body);
  execFileSync('pdftoppm', ['-r', '200', '-png', place('scan.pdf'), place('scan')]);
  const link = execFileSync('zbarimg', ['--raw', '-q', place('scan-1.png')], { encoding: 'utf8' });
  const found = link.trim().match(/^https?:\/\/([^/]+)(\S*)\/v\/(RO-\w{4}-\w{4})#([\w-]{19})$/);
  assert.ok(found, link);
  assert.equal(found[3], one.reference);
  const code = found[4];
  assert.ok(textOf(closed.body).includes(code), 'it stands in letters beside the picture too');
  const guest = new Browser(house, 'harbour');
  const known = await guest.get(`/v/${one.reference}`);
  const nobody = await new Browser(house, 'harbour').get('/v/RO-2222-3333');
  const bare = (text) => text.replace(/RO-\w{4}-\w{4}|value="[^"]*"/g, '');
  assert.equal(known.status, 200);
  assert.equal(bare(known.text), bare(nobody.text), 'a GET tells nothing');
  assert.equal((await guest.get('/v/nonsense')).status, 404);
  for (const fields of [{ secret: code }, { code: code.toLowerCase().replace(/-/g, ' ') }]) {
    await guest.get(`/v/${one.reference}`);
    const right = await guest.post(`/v/${one.reference}`, fields);
    assert.equal(right.status, 200);
    const words = plain(right.text);
    assert.match(words, /This certificate is ours/);
    assert.match(words, /attested by a named member of our staff/);
    assert.ok(!words.includes(one.person.name) && !words.includes(one.person.number.slice(-8)));
  }
  const wrong = code.replace(/^./, (letter) => (letter === '2' ? '3' : '2'));
  await guest.get(`/v/${one.reference}`);
  const no = await guest.post(`/v/${one.reference}`, { code: wrong });
  const stranger = new Browser(house, 'harbour');
  await stranger.get('/v/RO-2222-3333');
  const none = await stranger.post('/v/RO-2222-3333', { code });
  assert.deepEqual([no.status, none.status], [404, 404]);
  assert.equal(bare(no.text), bare(none.text), 'a wrong code and no certificate are one answer');
  assert.equal((await guest.post(`/v/${one.reference}`, { code: 'x' })).status, 422);
  assert.equal((await guest.post(`/v/${one.reference}`, { code, more: '1' })).status, 422);
});

test('a changed byte, more bytes, fewer bytes, other keys: each is found', async () => {
  const good = closed.body;
  const keys = await keysNow();
  writeFileSync(place('keys.json'), keys);
  const offline = ['--keys', place('keys.json')];
  const valid = verify(good, ...offline);
  assert.equal(valid.status, 0);
  assert.equal(valid.result, 'valid');
  assert.equal(valid.states.number, one.person.number);
  assert.equal(valid.key, JSON.parse(keys).keys[0].name);
  for (let i = 0; i < 48; i++) {
    const bad = Buffer.from(good);
    bad[Math.floor((good.length - 1) * (i / 47))] ^= 1 << i % 8;
    const verdict = verify(bad, ...offline);
    assert.notEqual(verdict.status, 0, `byte ${i}`);
    assert.ok([1, 5].includes(verdict.status));
    assert.equal(verdict.states, undefined, 'what was not signed is not repeated');
  }
  const not = {
    'more': Buffer.concat([good, Buffer.from('\n')]),
    'one less': good.subarray(0, -1),
    'half': good.subarray(0, good.length / 2),
    'empty': Buffer.alloc(0),
    'no PDF': Buffer.from('GIF89a'),
    'huge': Buffer.alloc(5 * 1024 * 1024, 'x'),
    'another PDF': Buffer.from(execFileSync('cat', [place('scan.pdf')]).subarray(0, 3000)),
  };
  for (const [what, bad] of Object.entries(not)) {
    const verdict = verify(bad, ...offline);
    assert.deepEqual([verdict.status, verdict.result], [1, 'not valid'], what);
  }
  const second = (await api(`/closures/${rare[0].id}/certificate`)).body;
  const line = /%Ringoff-Signature\/1 .*\n$/;
  const borrowed = good.toString('latin1').replace(line, second.toString('latin1').match(line)[0]);
  assert.equal(verify(Buffer.from(borrowed, 'latin1'), ...offline).result, 'changed');
  const forged = good.toString('latin1').replace(/(Signature\/1 )\w{32}/, `$1${'0'.repeat(32)}`);
  assert.equal(verify(Buffer.from(forged, 'latin1'), ...offline).status, 5);
  // the keys of another operator, also under this one's name, and files that hold none
  const kite = await (await fetch(`${house.base('kite')}/.well-known/ringoff-keys.json`)).json();
  writeFileSync(place('kite.json'), JSON.stringify(kite));
  assert.equal(verify(good, '--keys', place('kite.json')).result, 'unknown key');
  writeFileSync(place('kite.json'), JSON.stringify({ ...kite, operator: 'harbour' }));
  assert.equal(verify(good, '--keys', place('kite.json')).status, 5);
  const theirs = { ...JSON.parse(keys), operator: 'kite' };
  writeFileSync(place('kite.json'), JSON.stringify(theirs));
  assert.equal(verify(good, '--keys', place('kite.json')).status, 5, 'another operator says so');
  for (const bad of ['', '[]', '{"operator":"harbour","keys":[]}']) {
    writeFileSync(place('bad.json'), bad);
    assert.equal(verify(good, '--keys', place('bad.json')).status, 4, bad);
  }
  assert.equal(verify(good, '--keys', place('nowhere.json')).status, 4);
  assert.equal(ringoff(['certificate', 'verify', place('nowhere.pdf'), ...offline]).status, 4);
  assert.equal(ringoff(['certificate', 'verify']).status, 2);
  const said = ringoff(['certificate', 'verify', '-', ...offline], good);
  assert.equal(said.status, 0, said.err);
  assert.match(said.out, /^valid: signed by the operator, and unchanged\nkey: \w{32}\nIt states:/);
});

test('keys are replaced; what the old one signed in its days stays good', async () => {
  const [first] = terminal('signing-key', 'list').items;
  const before = await keysNow();
  const made = terminal('signing-key', 'rotate', '--retire', first.id);
  assert.notEqual(made.result, first.id);
  const keys = JSON.parse(await keysNow());
  assert.equal(keys.operator, 'harbour');
  assert.deepEqual(keys.keys.map(({ id }) => id), [made.result, first.id]);
  assert.ok(keys.keys[1].retired_at);
  writeFileSync(place('both.json'), JSON.stringify(keys));
  writeFileSync(place('before.json'), before);
  assert.equal(verify(closed.body).result, 'valid');
  assert.equal(verify(closed.body, '--keys', place('both.json')).result, 'valid');
  const again = await bytes(`/closures/${one.closure}/certificate`, cookies(own));
  assert.ok(again.body.equals(closed.body), 'and it is still drawn and signed as it was');
  keys.keys[1].retired_at = '2020-01-01T00:00:00Z';
  writeFileSync(place('past.json'), JSON.stringify(keys));
  const late = verify(closed.body, '--keys', place('past.json'));
  assert.deepEqual([late.status, late.result], [1, 'not valid']);
  writeFileSync(place('new.json'), JSON.stringify({ ...keys, keys: keys.keys.slice(0, 1) }));
  assert.equal(verify(closed.body, '--keys', place('new.json')).result, 'unknown key');
  assert.ok(existsSync(place('before.json')));
});
