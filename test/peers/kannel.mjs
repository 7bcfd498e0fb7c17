// A real Kannel (bearerbox and smsbox, Debian package kannel) in front of an SMSC that speaks
// SMPP 3.4 (npm smpp) and keeps what the network would have sent to a phone.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import smpp from 'smpp';
import {
  childStart,
  childStop,
  directoryMake,
  directoryRemove,
  inbox,
  portsFree,
  reachable,
  until,
} from './process.mjs';

export const username = 'ringoff';
export const password = 'kannel-secret-7Q';
const adminPassword = 'only-for-status';
const host = '127.0.0.1';

/** Joins the parts of long messages (TS 23.040, 9.2.3.24.1) and decodes the alphabet. */
function assembler(box) {
  const open = new Map();
  return (pdu) => {
    const [part] = pdu.short_message.udh ?? [];
    const text =
      typeof pdu.short_message.message === 'string'
        ? pdu.short_message.message
        : pdu.short_message.message.toString('latin1');
    const whole = {
      from: pdu.source_addr,
      fromType: pdu.source_addr_ton,
      to: pdu.destination_addr,
      toType: pdu.dest_addr_ton,
      coding: pdu.data_coding,
    };
    if (!part || part[0] !== 0) return box.add({ ...whole, parts: 1, text });
    const name = `${pdu.destination_addr}/${part[2]}`;
    const texts = open.get(name) ?? Array(part[3]).fill(null);
    texts[part[4] - 1] = text;
    open.set(name, texts);
    if (texts.includes(null)) return undefined;
    open.delete(name);
    return box.add({ ...whole, parts: texts.length, text: texts.join('') });
  };
}

async function smscStart() {
  const box = inbox();
  const sessions = new Set();
  const receive = assembler(box);
  let count = 0,
    bound;
  const ready = new Promise((done) => {
    bound = done;
  });
  const server = smpp.createServer((session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
    session.on('bind_transceiver', (pdu) => {
      session.send(pdu.response());
      bound();
    });
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => session.send(pdu.response()));
    session.on('submit_sm', (pdu) => {
      session.send(pdu.response({ message_id: String(++count) }));
      receive(pdu);
    });
  });
  await new Promise((done) => server.listen(0, host, done));
  return {
    box,
    ready,
    port: server.address().port,
    async stop() {
      for (const session of sessions) session.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const config = (ports, smsc) => `group = core
admin-port = ${ports.admin}
admin-interface = ${host}
admin-password = ${adminPassword}
smsbox-port = ${ports.smsbox}
smsbox-interface = ${host}
log-file = bearerbox.log
access-log = traffic.log
log-level = 1
box-allow-ip = ${host}

group = smsc
smsc = smpp
smsc-id = test
host = ${host}
port = ${smsc}
transceiver-mode = true
smsc-username = kannel
smsc-password = kannel
system-type = ""
enquire-link-interval = 30
source-addr-autodetect = true
dest-addr-ton = 1
dest-addr-npi = 1

group = smsbox
bearerbox-host = ${host}
sendsms-port = ${ports.sendsms}
sendsms-interface = ${host}
log-file = smsbox.log
access-log = access.log
log-level = 1

group = sendsms-user
username = ${username}
password = ${password}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
text = ""
max-messages = 0
`;

async function boxesStart(directory, smsc) {
  const [admin, smsbox, sendsms] = await portsFree(3);
  await writeFile(
    path.join(directory, 'kannel.conf'),
    config({ admin, smsbox, sendsms }, smsc.port),
  );
  const children = [childStart('bearerbox', ['kannel.conf'], { cwd: directory })];
  const stop = async () => {
    for (const child of [...children].reverse()) await childStop(child);
  };
  try {
    await until(() => reachable(smsbox), 'bearerbox', children);
    children.push(childStart('smsbox', ['kannel.conf'], { cwd: directory }));
    await until(() => reachable(sendsms), 'smsbox', children);
    const status = `http://${host}:${admin}/status.txt?password=${adminPassword}`;
    await until(
      async () => {
        const text = await fetch(status).then(
          (answer) => answer.text(),
          () => '',
        );
        return /smsbox/.test(text) && /\(online/.test(text);
      },
      'kannel',
      children,
    );
    await smsc.ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return { children, stop, sendsms };
}

/** Starts all three; answers { url, username, password, port, messages, wait, log, stop }. */
export async function start() {
  const directory = await directoryMake('kannel');
  const smsc = await smscStart();
  let boxes;
  for (let attempt = 0; !boxes; attempt++) {
    // a port may be taken between finding and using it
    boxes = await boxesStart(directory, smsc).catch((error) => {
      if (attempt >= 2) throw error;
    });
  }
  return {
    url: `http://${host}:${boxes.sendsms}/cgi-bin/sendsms`,
    port: boxes.sendsms,
    username,
    password,
    directory,
    messages: smsc.box.messages,
    wait: smsc.box.wait,
    log: () => boxes.children.map((child) => child.output).join('\n'),
    async stop() {
      await boxes.stop();
      await smsc.stop();
      await directoryRemove(directory);
    },
  };
}
