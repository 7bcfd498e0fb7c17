// What every peer needs: a temp directory, free ports, a child that is stopped by its own handle.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const directoryMake = (name) => mkdtemp(path.join(os.tmpdir(), `ringoff-${name}-`));
export const directoryRemove = (directory) => rm(directory, { recursive: true, force: true });

/** Ports that were free a moment ago. Taken together, so that no two are the same. */
export async function portsFree(count, host = '127.0.0.1') {
  const servers = await Promise.all(
    Array.from({ length: count }, () => listen(net.createServer(), host)),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

export const listen = (server, host = '127.0.0.1', port = 0) =>
  new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => done(server));
  });

/** Starts a program; its output is kept (bounded) for a failure's message. */
export function childStart(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const state = { child, output: '', ended: null };
  const keep = (bytes) => {
    state.output = (state.output + bytes).slice(-65536);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  state.end = new Promise((done) => {
    child.once('error', (error) => done((state.ended = String(error))));
    child.once('close', (code, signal) => done((state.ended = `ended with ${signal ?? code}`)));
  });
  return state;
}

/** Ends a child that childStart started: TERM, and KILL if it does not end in time. */
export async function childStop(state, signal = 'SIGTERM') {
  if (state.ended === null) state.child.kill(signal);
  const timer = setTimeout(() => state.child.kill('SIGKILL'), 5000);
  await state.end;
  clearTimeout(timer);
}

/** Asks until the condition answers something true; throws when a child ends or time is up. */
export async function until(condition, what, children = [], limit = 30000) {
  const last = Date.now() + limit;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    const ended = children.find((state) => state.ended !== null);
    if (ended) throw new Error(`${what}: ${ended.child.spawnfile} ${ended.ended}\n${ended.output}`);
    if (Date.now() > last) {
      throw new Error(
        `${what}: not in ${limit} ms\n${children.map((state) => state.output).join('\n')}`,
      );
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** True when something accepts a connection there. */
export const reachable = (port, host = '127.0.0.1') =>
  new Promise((done) => {
    const socket = net.connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

/** A list that tests look at and wait on: what a peer has received so far. */
export function inbox() {
  const messages = [];
  const waiting = new Set();
  return {
    messages: () => [...messages],
    add(message) {
      messages.push(message);
      for (const wake of [...waiting]) wake();
    },
    /** The first message for which matches(message) holds, now or when it comes. */
    wait(matches = () => true, limit = 30000) {
      return new Promise((done, failed) => {
        const look = () => {
          const found = messages.find(matches);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          done(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          failed(new Error(`no such message among ${JSON.stringify(messages).slice(0, 4000)}`));
        }, limit);
        waiting.add(look);
        look();
      });
    },
  };
}
