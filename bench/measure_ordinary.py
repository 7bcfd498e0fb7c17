"""The ordinary team's service beside ours: the same requests, lines and cluster."""
import hashlib
import hmac
import json
import os
import subprocess
import time

from installation import HERE, load, submits
from measure_commands import STATISTICS_LATER, WARM
from process import Failed, Process

SECTION = 'The ordinary service: Node, Fastify, pg; the same requests, on PostgreSQL'
FOLDER = HERE / 'peers/ordinary'
SECRET = 'bench'
PERSON = 'CHAN Tai Man'


def rows_of(filled):
    """What COPY reads for each table; the same people and lines as in the filled installation."""
    operator = filled.made['operator']
    key = hashlib.sha256(filled.made['api_key'].encode()).hexdigest()
    yield 'api_key', [f'1\t{operator}\t\\\\x{key}\t{{closures:write}}\t\\N\n']
    yield 'subscriber', [
        f'{line}\t{operator}\t{PERSON}\thkid\t\\\\x'
        f'{hmac.new(SECRET.encode(), document.encode(), hashlib.sha256).hexdigest()}\n'
        for line, _, document, _ in filled.people]
    yield 'line', [f'{line}\t{operator}\t{line}\t{number}\t{imsi}\tactive\t\\N\t5000\t2026-01-01\n'
                   for line, number, _, imsi in filled.people]


def fill(bench, filled):
    cluster = bench.cluster
    cluster.create('ordinary_filled')
    cluster.sql('ordinary_filled', (FOLDER / 'schema.sql').read_text())
    for table, rows in rows_of(filled):
        done = subprocess.run(
            ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', cluster.place('ordinary_filled'),
             '-c', f'COPY {table} FROM STDIN'], input=''.join(rows), text=True,
            capture_output=True, check=False)
        if done.returncode != 0:
            raise Failed(f'the ordinary service\'s rows: {done.stderr[-300:]}')
    cluster.sql('ordinary_filled', 'VACUUM (ANALYZE)')


class Ordinary(Process):
    def __init__(self, bench, workers=2):
        database = {'host': bench.cluster.host, 'user': bench.cluster.user,
                    'database': 'ordinary'}
        super().__init__(
            'node', FOLDER / 'service.mjs', log=bench.folder / 'ordinary.log',
            environment={**os.environ, 'NODE_ENV': 'production', 'ORDINARY_SECRET': SECRET,
                         'ORDINARY_WORKERS': str(workers),
                         'ORDINARY_DATABASE': json.dumps(database)})


def one(bench, filled, connections, commands):
    bench.cluster.create('ordinary', 'ordinary_filled')
    with Ordinary(bench) as server:
        people = filled.people[:WARM + commands]
        load(bench, server.port, submits(filled, people[:WARM]), min(connections, 16))
        time.sleep(STATISTICS_LATER)
        syncs = bench.cluster.wal_syncs()
        cpu = server.cpu() + bench.cluster.cpu()
        result = load(bench, server.port, submits(filled, people[WARM:]), connections)
        spent = server.cpu() + bench.cluster.cpu() - cpu
        result['cpu_each'] = spent / result['requests']
        time.sleep(STATISTICS_LATER)
        result['syncs_each'] = (bench.cluster.wal_syncs() - syncs) / result['requests']
        result['hwm'] = server.memory()[1]
        done = int(bench.cluster.sql('ordinary', 'SELECT count(*) FROM closure'))
        if done != len(people):
            raise AssertionError(f'{done} closures in the database after {len(people)} answers')
        return result


def measure(bench):
    if not bench.cluster:
        return
    filled = bench.filled('postgresql')
    fill(bench, filled)
    for connections in bench.connections:
        commands = max(WARM, bench.commands(connections) // 6)
        results = [one(bench, filled, connections, commands) for _ in range(bench.repeat)]
        row = bench.figures.add(SECTION, f'{connections} conn.', '/s',
                                [r['a_second'] for r in results])
        for key, title, unit, scale in (('p50_us', 'p50', 'ms', 1e-3),
                                        ('p99_us', 'p99', 'ms', 1e-3),
                                        ('cpu_each', 'CPU a command', 'µs', 1e6),
                                        ('syncs_each', 'fdatasyncs a command', '', 1),
                                        ('hwm', 'memory, both processes', 'MB', 1)):
            bench.figures.add(SECTION, f'   {title}', unit, [r[key] * scale for r in results])
        for engine in bench.engines:
            ours = bench.throughput.get((engine, connections))
            if ours:
                bench.figures.add(SECTION, f'   Ringoff, {engine}', '/s', [ours], row['median'],
                                  'theirs')
            if ours and connections == 256 and engine == 'postgresql':
                bench.figures.reach('closure_of_ordinary', ours / row['median'])
