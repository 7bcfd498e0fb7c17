// A real osmo-hlr (Debian package osmo-hlr) on a loopback address of its own.
// Its ports (CTRL 4259, VTY 4258, GSUP 4222) cannot be changed in version 1.5, its addresses can:
// so every one that is started gets its own address in 127/8.
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import {
  childStart,
  childStop,
  directoryMake,
  directoryRemove,
  listen,
  until,
} from './process.mjs';

export const port = 4259;

/** One frame of the CTRL interface with this text. */
export function frame(text) {
  const bytes = Buffer.from(text);
  const head = Buffer.from([0, 0, 0xee, 0x00]);
  head.writeUInt16BE(bytes.length + 1, 0);
  return Buffer.concat([head, bytes]);
}

/** Asks one question, such as ('GET', 'subscriber.by-imsi-….info'); answers { kind, value }. */
export function ask(address, verb, variable, value) {
  return new Promise((done, failed) => {
    let seen = Buffer.alloc(0);
    const socket = net.connect(port, address, () =>
      socket.write(frame(`${verb} 7 ${variable}${value === undefined ? '' : ` ${value}`}`)),
    );
    socket.setTimeout(10000, () => socket.destroy(new Error('osmo-hlr does not answer')));
    socket.once('error', failed);
    socket.once('close', () => failed(new Error('osmo-hlr closed the connection')));
    socket.on('data', (bytes) => {
      seen = Buffer.concat([seen, bytes]);
      if (seen.length < 4 || seen.length < 3 + seen.readUInt16BE(0)) return;
      const [, kind, text] = /^(\S+) 7 (?:subscriber\.\S+ )?([^]*)$/.exec(
        seen.subarray(4).toString(),
      );
      done({ kind, value: text });
      socket.destroy();
    });
  });
}

async function addressFree() {
  for (let attempt = 0; attempt < 20; attempt++) {
    const address = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
    const servers = await Promise.all(
      [port, 4258, 4222].map((each) => listen(net.createServer(), address, each).catch(() => null)),
    );
    await Promise.all(servers.map((server) => server && new Promise((done) => server.close(done))));
    if (servers.every(Boolean)) return address;
  }
  throw new Error('no loopback address is free for osmo-hlr');
}

const config = (address) => `log stderr
 logging filter all 1
 logging color 0
 logging level main notice
line vty
 bind ${address}
ctrl
 bind ${address}
hlr
 gsup
  bind ip ${address}
`;

/** Starts it; answers { address, port, ask, log, messages, halt, restart, stop }. */
export async function start() {
  const directory = await directoryMake('hlr');
  const address = await addressFree();
  await writeFile(path.join(directory, 'hlr.cfg'), config(address));
  let state;
  const asked = [];
  const run = async () => {
    state = childStart('osmo-hlr', ['-c', 'hlr.cfg', '-l', 'hlr.db'], { cwd: directory });
    await until(
      () => ask(address, 'GET', 'subscriber.by-imsi-001010000000000.info').catch(() => null),
      'osmo-hlr',
      [state],
    );
  };
  await run();
  return {
    address,
    port,
    log: () => state.output,
    /** What was asked through ask(), with its answers. */
    messages: () => [...asked],
    async ask(verb, variable, value) {
      const answer = await ask(address, verb, variable, value);
      asked.push({ verb, variable, value, answer });
      return answer;
    },
    /** Stops the process at once and keeps the database. */
    halt: () => childStop(state, 'SIGKILL'),
    restart: run,
    async stop() {
      await childStop(state);
      await directoryRemove(directory);
    },
  };
}
