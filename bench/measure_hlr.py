"""osmo-hlr's removal of a bare subscriber, by its control interface and on its own SQLite file on
the same disk; and Ringoff's whole closure with the cut in that HLR."""
import os
import re
import signal
import socket
import sqlite3
import struct
import subprocess
import time

import measure_closures
from process import Failed, family, run

SECTION = 'osmo-hlr: bar CS, bar PS, MSISDN none, delete'
PORT = 4259
HIGHEST = 250
CONFIG = '''log stderr
 logging level main error
line vty
 no login
 bind {address}
ctrl
 bind {address}
hlr
 gsup
  bind ip {address}
'''
NOT_DONE = ('What osmo-hlr\'s removal does not do: no identity is checked, nobody confirms, no way '
            'back; credit and refund, certificate,\nthe number\'s rest, messages, an idempotency '
            'key and a journal do not exist; and the four steps are four transactions, so that\n'
            'an end in between leaves a half-removed subscriber.')


class Control:
    """A connection to the control interface; one question at a time."""

    def __init__(self, address):
        self.socket = socket.create_connection((address, PORT), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b''

    def take(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(65536)
            if not more:
                raise Failed('osmo-hlr closed the connection')
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def ask(self, text):
        body = b'\x00' + text.encode()
        self.socket.sendall(struct.pack('>HB', len(body), 0xee) + body)
        length, _ = struct.unpack('>HB', self.take(3))
        answer = self.take(length)[1:].decode()
        if answer.startswith('ERROR'):
            raise Failed(f'osmo-hlr: {text}: {answer}')
        return answer


class Hlr:
    """An osmo-hlr on a loopback address of its own, with these subscribers."""

    def __init__(self, bench, people, prefix=()):
        self.folder = bench.folder / 'hlr'
        self.folder.mkdir(exist_ok=True)
        self.database = self.folder / 'hlr.db'
        self.database.unlink(missing_ok=True)
        self.address = free_address()
        config = self.folder / 'osmo-hlr.cfg'
        config.write_text(CONFIG.format(address=self.address))
        run('osmo-hlr-db-tool', '-l', self.database, 'create')
        with sqlite3.connect(self.database) as database:
            database.executemany(
                'INSERT INTO subscriber (imsi, msisdn) VALUES (?, ?)',
                [(person[3], person[1].lstrip('+')) for person in people])
        database.close()
        with open(self.folder / 'log', 'wb') as log:
            self.child = subprocess.Popen([*prefix, 'osmo-hlr', '-c', str(config), '-l',
                                           str(self.database)], stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, cwd=self.folder)
        self.within = bool(prefix)
        self.wait()

    def wait(self):
        for _ in range(400):
            try:
                Control(self.address).socket.close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise Failed('osmo-hlr does not start: ' +
                     (self.folder / 'log').read_text(errors='replace')[-400:])

    def stop(self):
        inner = family(self.child.pid) - {self.child.pid} if self.within else set()
        for pid in inner or {self.child.pid}:
            os.kill(pid, signal.SIGTERM)
        self.child.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()


def free_address():
    for last in range(60, HIGHEST):
        address = f'127.0.77.{last}'
        with socket.socket() as probe:
            try:
                probe.bind((address, PORT))
                return address
            except OSError:
                continue
    raise Failed('no loopback address is free for an osmo-hlr')


def removal(control, imsi):
    control.ask(f'SET 1 subscriber.by-imsi-{imsi}.cs-enabled 0')
    control.ask(f'SET 2 subscriber.by-imsi-{imsi}.ps-enabled 0')
    control.ask(f'SET 3 subscriber.by-imsi-{imsi}.msisdn none')
    control.ask(f'SET 4 subscriber.delete {imsi}')


def removals(bench, people, prefix=()):
    """Removals a second; it works one thing at a time, so one connection is its best."""
    with Hlr(bench, people, prefix) as hlr:
        control = Control(hlr.address)
        begun = time.monotonic()
        for person in people:
            removal(control, person[3])
        took = time.monotonic() - begun
        control.socket.close()
        return len(people) / took


def syncs(bench, people):
    trace = bench.folder / 'hlr-trace'
    removals(bench, people, ('strace', '-f', '--seccomp-bpf', '-c', '-e',
                             'trace=fdatasync,fsync', '-o', str(trace)))
    counted = sum(int(found) for found in re.findall(
        r'^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?f(?:data)?sync$', trace.read_text(),
        re.MULTILINE))
    return counted / len(people)


def measure(bench):
    engine = bench.engines[0]
    filled = bench.filled(engine)
    count = 500 if bench.quick else 2000
    values = [removals(bench, filled.people[:count]) for _ in range(bench.repeat)]
    row = bench.figures.add(SECTION, 'removals', '/s', values)
    bench.figures.add(SECTION, '   fdatasyncs a removal', '', [syncs(bench, filled.people[:200])],
                      note='counted by strace, in a run of its own')
    for name, whole in bench.whole.items():
        bench.figures.add(SECTION, f'Ringoff\'s whole closure, {name}, without the HLR\'s time',
                          '/s', [whole], row['median'], 'removals')
    if 'sqlite' in bench.whole:
        bench.figures.reach('closure_of_hlr', bench.whole['sqlite'] / row['median'])
    results = []
    for _ in range(bench.repeat):
        with Hlr(bench, filled.people[:count]) as hlr:
            results.append(measure_closures.one(bench, filled, count, hlr.address))
    bench.figures.add(SECTION, f'Ringoff\'s whole closure, {engine}, cut in this HLR', '/s',
                      [r['a_second'] for r in results], row['median'], 'removals',
                      note='besides the removal it asks before and reads back after')
    bench.figures.note(NOT_DONE)
