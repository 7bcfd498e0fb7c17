"""Installations to measure on: filled once a size and engine, copied for every run, served."""
import json
import os
import random
import shutil
import sqlite3
import time
from pathlib import Path

from process import Failed, Hole, Process, cpu_of, run, run_json

HERE = Path(__file__).resolve().parent
SAMPLE_MOST = 400000  # lines that are kept in memory to ask about
SEED = 20150101


class Cluster:
    """A PostgreSQL cluster of the bench's own, with the settings of a small production server:
    Debian's defaults but for memory; fsync and synchronous_commit stay on."""

    SETTINGS = ('shared_buffers=512MB', 'max_wal_size=4GB', 'max_connections=200',
                'effective_cache_size=2GB', 'autovacuum=on')

    def __init__(self, bench):
        self.script = bench.root / 'script/cluster'
        self.folder = bench.folder / 'pg'
        self.connection = run(self.script, 'start', self.folder, *self.SETTINGS).strip()
        settings = dict(part.split('=', 1) for part in self.connection.split())
        self.host, self.user = settings['host'], settings['user']
        self.pid = int((self.folder / 'data/postmaster.pid').read_text().split('\n', 1)[0])
        shown = ('server_version', 'fsync', 'synchronous_commit', 'wal_sync_method')
        self.about = {name: self.sql('postgres', f'SHOW {name}') for name in shown}

    def environment(self):
        return {**os.environ, 'PGHOST': self.host, 'PGUSER': self.user}

    def place(self, database):
        return f'host={self.host} user={self.user} dbname={database}'

    def sql(self, database, text):
        return run('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', self.place(database), '-c',
                   text).strip()

    def create(self, database, template=None):
        self.sql('postgres', f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        of = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ''
        self.sql('postgres', f'CREATE DATABASE "{database}"{of}')

    def cpu(self):
        return cpu_of(self.pid)

    def wal_syncs(self):
        self.sql('postgres', 'SELECT pg_stat_force_next_flush()')
        return int(self.sql('postgres', 'SELECT wal_sync FROM pg_stat_wal'))

    def stop(self):
        run(self.script, 'remove', self.folder)


class Filled:
    """A filled installation, and the people on it."""

    def __init__(self, bench, engine, lines):
        self.bench, self.engine, self.size = bench, engine, lines
        self.folder = bench.folder / f'filled-{engine}-{lines}'
        self.database = f'filled_{lines}' if engine == 'postgresql' else None
        place = []
        if self.database:
            bench.cluster.create(self.database)
            place = ['--database', bench.cluster.place(self.database)]
        run(bench.program('ringoff'), 'init', '--data', self.folder, *place)
        listed = bench.folder / f'lines-{engine}-{lines}'
        self.made = run_json(bench.program('bench_fill'), self.folder, '--policy',
                             HERE / 'policy.json', '--lines', lines, '--list', listed)
        self.settle()
        self.people = self.sample(sorted(bench.folder.glob(listed.name + '.*')))

    def settle(self):
        """As after a quiet night: what the filling left behind is put in order."""
        if self.database:
            self.bench.cluster.sql(self.database, 'VACUUM (ANALYZE)')
            self.bench.cluster.sql(self.database, 'CHECKPOINT')
            return
        with sqlite3.connect(self.folder / 'ringoff.db') as database:
            database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        database.close()

    def sample(self, lists):
        """(line, number, document, imsi) in random order; of a large one a random part."""
        chance = random.Random(SEED)
        share, people = min(1.0, 1.1 * SAMPLE_MOST / self.size), []
        for path in lists:
            with open(path, encoding='ascii') as rows:
                people += [tuple(row.rstrip('\n').split('\t')) for row in rows
                           if share >= 1 or chance.random() < share]
            path.unlink()
        chance.shuffle(people)
        return people

    def copy(self):
        """A copy to change: (folder, database)."""
        folder = self.bench.folder / 'run'
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        if self.database:
            self.bench.cluster.create('run', self.database)
            settings = (folder / 'ringoff.ini').read_text()
            (folder / 'ringoff.ini').write_text(
                settings.replace(f'dbname={self.database}', 'dbname=run'))
        return folder

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.database:
            self.bench.cluster.sql('postgres', f'DROP DATABASE IF EXISTS "{self.database}"')


def section_set(text, section, **values):
    """The settings with these values in a section, the rest as it was."""
    out, inside = [], False
    for line in text.split('\n'):
        inside = line == f'[{section}]' if line.startswith('[') else inside
        name = line.lstrip('#').split('=')[0].strip()
        if inside and '=' in line and name in values:
            continue
        out.append(line)
        if line == f'[{section}]':
            out += [f'{name} = {value}' for name, value in values.items()]
    return '\n'.join(out)


class Serving:
    """A copy that is served. Messages go to a gateway that never answers, or to `gateway`."""

    def __init__(self, filled, gateway=None, network=None, committers=2, prefix=()):
        self.bench, self.filled = filled.bench, filled
        self.folder = filled.copy()
        self.hole = None if gateway else Hole()
        port = gateway or self.hole.port
        text = (self.folder / 'ringoff.ini').read_text()
        text = section_set(text, 'sms', url=f'http://127.0.0.1:{port}/cgi-bin/sendsms',
                           user='bench', password_file='gateway', seconds=300)
        text = section_set(text, 'mail', host='127.0.0.1', port=port, starttls='off',
                           **{'from': 'close@example.com'})
        if network:
            text = section_set(text, 'network', adapter='osmo-hlr', host=network)
        if filled.database:
            text = section_set(text, 'database', where=filled.bench.cluster.place('run'),
                               committers=committers)
        (self.folder / 'ringoff.ini').write_text(text)
        (self.folder / 'gateway').write_text('bench\n')
        (self.folder / 'gateway').chmod(0o600)
        self.begun = time.monotonic()
        self.server = Process(*prefix, self.bench.program('ringoff'), 'serve', '--data',
                              self.folder, '--listen', '127.0.0.1:0',
                              log=self.bench.folder / 'server.log',
                              within=bool(prefix))
        self.port = self.server.port

    def cpu(self):
        """CPU seconds of what serves: the program, and the database's processes where it has."""
        cluster = self.bench.cluster.cpu() if self.filled.database else 0
        return self.server.cpu() + cluster

    def sql(self, text):
        """One number out of the database that is served."""
        if self.filled.database:
            return int(self.bench.cluster.sql('run', text) or 0)
        database = sqlite3.connect(f'file:{self.folder}/ringoff.db?mode=ro', uri=True, timeout=30)
        try:
            return database.execute(text).fetchone()[0] or 0
        finally:
            database.close()

    def ids(self, text):
        if self.filled.database:
            return self.bench.cluster.sql('run', text).split()
        database = sqlite3.connect(f'file:{self.folder}/ringoff.db?mode=ro', uri=True, timeout=30)
        try:
            return [str(row[0]) for row in database.execute(text)]
        finally:
            database.close()

    def stop(self):
        if self.hole:
            self.hole.close()  # what waited for it fails now, so that the server can end
        self.server.stop()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()


# --- requests ---

def request(method, path, headers, body=None):
    head = [f'{method} {path} HTTP/1.1'] + [f'{name}: {value}' for name, value in headers.items()]
    data = b''
    if body is not None:
        data = json.dumps(body).encode()
        head += ['Content-Type: application/json', f'Content-Length: {len(data)}']
    whole = '\r\n'.join(head).encode() + b'\r\n\r\n' + data
    return b'%d\n' % len(whole) + whole


def requests_write(path, requests):
    with open(path, 'wb') as file:
        file.writelines(requests)
    return path


def submit_body(person):
    return {'line': person[0], 'document_type': 'hkid', 'document': person[2], 'language': 'en'}


def submits(filled, people, host='bench.localhost'):
    key = filled.made['api_key']
    return [request('POST', '/api/v1/closures',
                    {'Host': host, 'Authorization': f'Bearer {key}',
                     'Idempotency-Key': f'bench-{person[0]}'}, submit_body(person))
            for person in people]


def reads(filled, people):
    key = filled.made['api_key']
    return [request('GET', f'/api/v1/lines/{person[0]}',
                    {'Host': 'bench.localhost', 'Authorization': f'Bearer {key}'})
            for person in people]


def load(bench, where, requests, connections, *more, good=(200, 201)):
    """Sends them and gives what the load generator says; Failed unless every answer is good."""
    path = requests_write(bench.folder / 'requests', requests)
    place = ('--socket', where) if isinstance(where, Path) else ('--port', where)
    result = run_json(bench.program('bench_load'), *place, '--connections', connections, '--file',
                      path, *more)
    bad = {status: count for status, count in result['statuses'].items()
           if int(status) not in good}
    if bad:
        raise Failed(f'answers that are no success: {bad}')
    return result
