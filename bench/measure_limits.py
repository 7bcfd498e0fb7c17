"""The limits: the disk, libmicrohttpd, the engines without HTTP and without deciding, pgbench."""
import json
import re

from installation import load, request
from process import Process, run, run_json

SECTION = 'Limits'
# Of about the size of the API's own answers, so that the echo moves as many bytes.
DOCUMENT = {'id': '409612289', 'number': '+85250710451', 'state': 'active', 'plan': 'Prepaid 365',
            'items': [{'code': f'step-{i}', 'at': '2026-11-22T22:13:42Z', 'state': 'later'}
                      for i in range(12)]}
INSERT_UPDATE = r"""\set id random(1, {rows})
BEGIN;
UPDATE bench_row SET state = state + 1, at = {at} WHERE id = :id;
INSERT INTO bench_log (row, text) VALUES (:id, 'closure.submit of a line, as long as an entry');
COMMIT;
"""
ARRAY = r"""\set first random(1, {last})
BEGIN;
UPDATE bench_row SET state = state + 1 FROM unnest(ARRAY(SELECT generate_series(:first, :first +
 255))) AS given(id) WHERE bench_row.id = given.id;
INSERT INTO bench_log (row, text) SELECT id, 'closure.submit of a line, as long as an entry'
 FROM unnest(ARRAY(SELECT generate_series(:first, :first + 255))) AS given(id);
COMMIT;
"""


def disk(bench):
    values = [run_json(bench.program('bench_disk'), bench.folder / 'disk', '--seconds',
                       bench.seconds)['a_second'] for _ in range(bench.repeat)]
    bench.figures.add(SECTION, 'fdatasync of 4 KiB, one after the other', '/s', values)
    bench.limits['fdatasync'] = values
    (bench.folder / 'disk').unlink()


def echo(bench):
    """At each number of connections; a POST of one JSON text, parsed and written back."""
    asked = [request('POST', '/echo', {'Host': 'bench.localhost'}, DOCUMENT)]
    size = len(json.dumps(DOCUMENT))
    for connections in bench.connections:
        values = []
        with Process(bench.program('bench_echo'), log=bench.folder / 'echo.log',
                     keep_stdin=True) as server:
            for _ in range(bench.repeat):
                values.append(load(bench, server.port, asked, connections, '--seconds',
                                   bench.seconds)['a_second'])
        bench.limits[f'echo {connections}'] = values
        bench.figures.add(SECTION, f'libmicrohttpd: JSON echo ({size} bytes), {connections} conn.',
                          '/s', values)


def ceiling_of(bench, filled, connections, commands, transfers=False):
    """One measure: what bench/ceiling says. A transfer takes two people."""
    folder = filled.copy()
    listed = bench.folder / 'people'
    people = filled.people[:commands * (2 if transfers else 1)]
    listed.write_text(''.join('\t'.join(person) + '\n' for person in people))
    return run_json(bench.program('bench_ceiling'), folder, '--list', listed, '--commands',
                    commands, '--connections', connections, '--operator',
                    filled.made['operator'], '--api-key', filled.made['api_key_id'],
                    '--transfers', int(transfers))


def ceiling(bench, engine):
    filled = bench.filled(engine)
    for connections in (1,) if engine == 'sqlite' else (1, 2):
        results = [ceiling_of(bench, filled, connections, bench.commands(256))
                   for _ in range(bench.repeat)]
        values = [result['a_second'] for result in results]
        each = results[0]
        bench.limits[f'{engine} {connections}'] = values
        bench.figures.add(
            SECTION, f'{engine}: ceiling, 256 a transaction, {connections} conn.', '/s', values,
            note=f'{each["wants"] / each["commands"]:.1f} reads, '
                 f'{each["changes"] / each["commands"]:.1f} writes, '
                 f'{each["cpu"] / each["commands"] * 1e6:.0f} µs of client CPU each')


def pgbench(bench):
    rows = bench.size
    cluster = bench.cluster
    cluster.create('bench')
    cluster.sql('bench', 'CREATE TABLE bench_row (id bigint PRIMARY KEY, state bigint NOT NULL, '
                         'at bigint NOT NULL, number text NOT NULL UNIQUE)')
    cluster.sql('bench', 'CREATE TABLE bench_log (id bigserial PRIMARY KEY, row bigint NOT NULL, '
                         'text text NOT NULL)')
    cluster.sql('bench', f"INSERT INTO bench_row SELECT i, 1, 0, '+852' || i FROM "
                         f'generate_series(1, {rows}) AS i')
    cluster.sql('bench', 'VACUUM (ANALYZE)')
    cases = [('an update and an insert a transaction, 1 conn.', 1, INSERT_UPDATE, 1),
             ('an update and an insert a transaction, 64 conn.', 64, INSERT_UPDATE, 1),
             ('256 of them in two array statements, 1 conn.', 1, ARRAY, 256),
             ('256 of them in two array statements, 2 conn.', 2, ARRAY, 256)]
    for name, connections, script, each in cases:
        path = bench.folder / 'pgbench.sql'
        path.write_text(script.format(rows=rows, at=1, last=max(1, rows - 256)))
        values = []
        for _ in range(bench.repeat):
            said = run('pgbench', '-n', '-M', 'prepared', '-c', connections, '-j',
                       min(2, connections), '-T', bench.seconds, '--max-tries=10', '-f', path,
                       cluster.place('bench'), environment=cluster.environment())
            values.append(float(re.search(r'tps = ([\d.]+)', said).group(1)) * each)
        bench.limits[f'pgbench {connections} {each}'] = values
        bench.figures.add(SECTION, f'pgbench: {name}', '/s', values)
    cluster.sql('postgres', 'DROP DATABASE bench')


def measure(bench):
    disk(bench)
    echo(bench)
    for engine in bench.engines:
        ceiling(bench, engine)
    if bench.cluster:
        pgbench(bench)
