"""Durable commands over HTTP: closure.submit by the API, each on a line of its own. Messages wait
meanwhile (a gateway that never answers); what delivering them costs stands with whole closures."""
import re
import time

from installation import Serving, load, submits
from measure_limits import ceiling_of

SECTION = 'Durable commands over HTTP: closure.submit'
WARM = 256
STATISTICS_LATER = 1.2  # seconds until PostgreSQL's processes have said what they counted


def one(bench, filled, connections, commands, committers=2):
    """One run on a fresh copy: what was measured, costs a command included."""
    with Serving(filled, committers=committers) as serving:
        people = filled.people[:WARM + commands]
        load(bench, serving.port, submits(filled, people[:WARM]), min(connections, 16))
        time.sleep(STATISTICS_LATER if filled.database else 0)
        syncs = bench.cluster.wal_syncs() if filled.database else 0
        cpu = serving.cpu()
        result = load(bench, serving.port, submits(filled, people[WARM:]), connections)
        result['cpu_each'] = (serving.cpu() - cpu) / result['requests']
        if filled.database:
            time.sleep(STATISTICS_LATER)
            result['syncs_each'] = (bench.cluster.wal_syncs() - syncs) / result['requests']
        result['rss'], result['hwm'] = serving.server.memory()
        done = serving.sql("SELECT count(*) FROM closure")
        if done != len(people):
            raise AssertionError(f'{done} closures in the database after {len(people)} answers')
        return result


def sqlite_syncs(bench, filled, connections, commands):
    """fdatasyncs a command, in a run of its own: strace looks at nothing else."""
    trace = bench.folder / 'trace'
    prefix = ('strace', '-f', '--seccomp-bpf', '-c', '-e', 'trace=fdatasync,fsync', '-o', trace)
    with Serving(filled, prefix=prefix) as serving:
        result = load(bench, serving.port, submits(filled, filled.people[:commands]), connections)
    counted = sum(int(found.group(1)) for found in re.finditer(
        r'^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?f(?:data)?sync$', trace.read_text(),
        re.MULTILINE))
    return counted / result['requests']


def measure_engine(bench, engine):
    filled = bench.filled(engine)
    name = f'{engine}, two committers' if filled.database else engine
    most, ceilings = [], bench.limits.get(f'{engine} {2 if filled.database else 1}')
    for connections in bench.connections:
        commands, results = bench.commands(connections), []
        for _ in range(bench.repeat):
            results.append(one(bench, filled, connections, commands))
        limit, limit_name = ceilings, 'ceiling'
        if connections == 1 and bench.limits.get('fdatasync'):
            limit, limit_name = bench.limits['fdatasync'], 'fdatasync'
        values = [result['a_second'] for result in results]
        client = max(result['client_cpu'] / result['seconds'] for result in results)
        row = bench.figures.add(SECTION, f'{name}, {connections} conn.', '/s', values, limit,
                                limit_name, f'load generator {client:.0%} of a core')
        note = ''
        if filled.database:
            syncs = [result['syncs_each'] for result in results]
        else:
            syncs = [sqlite_syncs(bench, filled, connections, min(commands, 4000))]
            note = 'counted by strace, in a run of its own'
        for key, title, unit, scale in (('p50_us', 'p50', 'ms', 1e-3),
                                        ('p99_us', 'p99', 'ms', 1e-3),
                                        ('cpu_each', 'CPU a command', 'µs', 1e6)):
            bench.figures.add(SECTION, f'   {title}', unit,
                              [result[key] * scale for result in results])
        bench.figures.add(SECTION, '   fdatasyncs a command', '', syncs, note=note)
        most += results
        bench.throughput[(engine, connections)] = row['median']
        if connections == 256 and ceilings:
            bench.figures.reach(f'{engine}_of_ceiling', row['ratio'])
    hwm = [result['hwm'] for result in most]
    bench.figures.add(SECTION, f'{name}: memory, the most', 'MB', hwm,
                      note='VmHWM of the server under the loads above')
    bench.figures.reach(f'memory_{engine}', max(hwm))


def measure(bench):
    for engine in bench.engines:
        measure_engine(bench, engine)


def growth(bench):
    """What a closure costs, by the number of lines that are there."""
    section = 'Growth: a closure.submit at 64 connections, by the number of lines'
    for engine in bench.engines:
        first = {}
        for size in bench.sizes:
            filled = bench.filled(engine, size)
            commands = min(bench.commands(64), size - WARM - 1)
            results = [one(bench, filled, 64, commands) for _ in range(bench.repeat)]
            ceilings = [ceiling_of(bench, filled, 2 if filled.database else 1, commands)
                        for _ in range(bench.repeat)]
            for key, title, unit, value in (
                    ('cpu', 'CPU', 'µs', [result['cpu_each'] * 1e6 for result in results]),
                    ('time', 'time', 'µs', [1e6 / result['a_second'] for result in results]),
                    ('engine', 'engine alone', 'µs', [1e6 / c['a_second'] for c in ceilings])):
                row = bench.figures.add(section, f'{engine}, {size:,} lines: {title}', unit, value,
                                        first.get(key),
                                        f'at {bench.sizes[0]:,}' if key in first else '')
                first.setdefault(key, row['median'])
                if size == bench.sizes[-1] and key == 'time' and len(bench.sizes) > 1:
                    bench.figures.reach(f'growth_{engine}', row['ratio'])
            bench.forget(engine, size)
