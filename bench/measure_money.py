"""Money: transfers beside the engine's ceiling, and verifying millions of postings beside a bare
sequential read of them."""
import json
import os
import sqlite3
import subprocess
import time

from installation import Serving, load, request
from measure_limits import ceiling_of
from process import Failed, run_json

TRANSFERS = 'Transfers over HTTP: credit.transfer, each from a line to another one'
VERIFY = 'ringoff ledger verify'


def transfers_of(filled, people):
    """From each person of an even place to the next one; nobody is in two of them."""
    key = filled.made['api_key']
    return [request('POST', f'/api/v1/lines/{giver[0]}/transfers',
                    {'Host': 'bench.localhost', 'Authorization': f'Bearer {key}',
                     'Idempotency-Key': f'bench-{giver[0]}'},
                    {'target': taker[0], 'amount_minor': 1, 'fee_minor': 0, 'language': 'en'})
            for giver, taker in zip(people[::2], people[1::2])]


def verified(folder, program):
    """(what it says, seconds, the most memory in MB) of `ringoff ledger verify`."""
    begun = time.monotonic()
    with subprocess.Popen([program, 'ledger', 'verify', '--data', folder, '--json'],
                          stdout=subprocess.PIPE, text=True) as child:
        said = child.stdout.read()
        _, _, used = os.wait4(child.pid, 0)
        child.returncode = 0
    seconds = time.monotonic() - begun
    answer = json.loads(said or '{}')
    if not answer.get('good'):
        raise Failed(f'the ledger does not add up: {said}')
    return answer, seconds, used.ru_maxrss / 1024


def transfers_once(bench, filled, connections, commands):
    with Serving(filled) as serving:
        result = load(bench, serving.port, transfers_of(filled, filled.people[:2 * commands]),
                      connections)
        done = serving.sql('SELECT count(*) FROM transfer')
        if done != commands:
            raise Failed(f'{done} transfers in the database after {commands} answers')
    return result


def transfers(bench, engine):
    filled = bench.filled(engine)
    committers = 2 if filled.database else 1
    commands = min(bench.commands(256), len(filled.people) // 2)
    ceilings = [ceiling_of(bench, filled, committers, commands, transfers=True)['a_second']
                for _ in range(bench.repeat)]
    name = f'{engine}, two committers' if filled.database else engine
    bench.figures.add(TRANSFERS, f'{name}: ceiling, 256 a transaction', '/s', ceilings)
    for connections in (16, 64): # more wait for what prepares them, and are told to come again
        results = [transfers_once(bench, filled, connections, commands)
                   for _ in range(bench.repeat)]
        bench.figures.add(TRANSFERS, f'{name}, {connections} conn.', '/s',
                          [result['a_second'] for result in results], ceilings, 'ceiling',
                          f'p99 {max(r["p99_us"] for r in results) / 1e3:.1f} ms')
    verified(bench.folder / 'run', bench.program('ringoff'))  # as it was left


def database_sum(bench, filled, folder):
    """Seconds that the database itself takes to add the amounts up, without giving the rows."""
    asked = 'SELECT count(*), sum(amount) FROM posting'
    begun = time.monotonic()
    if filled.database:
        bench.cluster.sql('run', asked)
    else:
        with sqlite3.connect(f'file:{folder}/ringoff.db?mode=ro', uri=True) as database:
            database.execute(asked).fetchone()
        database.close()
    return time.monotonic() - begun


def settle(bench, filled, folder):
    if filled.database:
        bench.cluster.sql('run', 'VACUUM (ANALYZE)')
        bench.cluster.sql('run', 'CHECKPOINT')
        return
    with sqlite3.connect(folder / 'ringoff.db') as database:
        database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    database.close()


def verify(bench, engine):
    filled = bench.filled(engine)
    folder = filled.copy()
    count = 1000000 if bench.quick else 10000000
    bench.say(f'adding {count:,} postings')
    run_json(bench.program('bench_postings'), folder, '--postings', count)
    settle(bench, filled, folder)
    scans, sums, verifies, memory, answer = [], [], [], [], {}
    for _ in range(bench.repeat):
        scanned = run_json(bench.program('bench_scan'), folder)
        scans.append(scanned['rows'] / scanned['seconds'])
        sums.append(scanned['rows'] / database_sum(bench, filled, folder))
        answer, seconds, most = verified(folder, bench.program('ringoff'))
        if answer['postings'] != scanned['rows']:
            raise Failed(f'{answer["postings"]} postings verified of {scanned["rows"]}')
        verifies.append(answer['postings'] / seconds)
        memory.append(most)
    rows = f'{answer["postings"] / 1e6:.1f} M postings'
    bench.figures.add(VERIFY, f'{engine}: {rows}, bare scan by the engine', '/s', scans)
    bench.figures.add(VERIFY, f'{engine}: the database adds them up itself', '/s', sums)
    row = bench.figures.add(VERIFY, f'{engine}: verified', '/s', verifies, scans, 'bare scan',
                            f'{answer["accounts"]:,} accounts and {filled.size:,} lines too')
    bench.figures.add(VERIFY, '   memory, the most', 'MB', memory)
    bench.figures.reach(f'verify_{engine}', row['ratio'])
    if filled.database:
        bench.cluster.sql('postgres', 'DROP DATABASE IF EXISTS run')


def measure(bench):
    for engine in bench.engines:
        transfers(bench, engine)
        verify(bench, engine)
