"""Whole closures: submitted and confirmed over HTTP, messages delivered to a gateway here, cut by
the staff's attestation or by a real osmo-hlr, deregistered. The undo window is none, so that what
is timed is work and not waiting; the code is what the person would have read in the message."""
import json
import time

from installation import Serving, load, request, submits
from process import Failed, Process, run

SECTION = 'Whole closures: submitted → confirmed → cut → deregistered, 64 connections'
CONNECTIONS = 64
PATIENCE = 300


def until(serving, text, wanted):
    """Seconds until so many are there."""
    begun = time.monotonic()
    while serving.sql(text) < wanted:
        if time.monotonic() - begun > PATIENCE:
            raise Failed(f'{serving.sql(text)} of {wanted} after {PATIENCE} s: {text}')
        time.sleep(0.02)
    return time.monotonic() - begun


def confirms(bench, serving, ids):
    """The confirming requests, each with the code of its closure."""
    filled = serving.filled
    said = run(bench.program('bench_codes'), serving.folder, '--operator',
               filled.made['operator'], given='\n'.join(ids) + '\n')
    key = filled.made['api_key']
    pairs = [line.split('\t') for line in said.strip().split('\n')]
    return [request('POST', f'/api/v1/closures/{closure}/confirm',
                    {'Host': 'bench.localhost', 'Authorization': f'Bearer {key}',
                     'Idempotency-Key': f'confirm-{closure}'}, {'code': code})
            for closure, code in pairs]


def attests(works):
    """What a named person of the staff gives at the terminal, a work item each."""
    return [request('POST', '/verb/network.done',
                    {'Host': 'localhost', 'Idempotency-Key': f'attest-{work}'},
                    {'input': {'work': work, 'evidence': 'removed in the HLR, read back'}})
            for work in works]


def one(bench, filled, commands, hlr=None):
    """One run; seconds of each step, and what it cost."""
    with Process(bench.program('bench_echo'), '--sms', log=bench.folder / 'sms.log',
                 keep_stdin=True) as gateway, \
            Serving(filled, gateway=gateway.port, network=hlr) as serving:
        answers = bench.folder / 'answers'
        people, steps, cpu = filled.people[:commands], {}, serving.cpu()
        steps['submit'] = load(bench, serving.port, submits(filled, people), CONNECTIONS,
                               '--answers', answers)['seconds']
        with open(answers, encoding='utf-8') as rows:
            ids = [json.loads(row.split('\t', 2)[2])['id'] for row in rows]
        asked = confirms(bench, serving, ids)
        begun = time.monotonic()
        load(bench, serving.port, asked, CONNECTIONS)
        steps['confirm'] = time.monotonic() - begun
        if not hlr:
            steps['handed to staff'] = until(serving, 'SELECT count(*) FROM work', commands)
            works = serving.ids('SELECT id FROM work')
            begun = time.monotonic()
            load(bench, serving.folder / 'ringoff.sock', attests(works), CONNECTIONS)
            steps['attested'] = time.monotonic() - begun
        steps['closed'] = until(
            serving, 'SELECT count(*) FROM closure WHERE deregistered_at > 0', commands)
        whole = sum(steps.values())
        drained = until(serving, 'SELECT CASE WHEN EXISTS (SELECT 1 FROM effect WHERE state = 1) '
                                 'THEN 0 ELSE 1 END', 1)
        return {'a_second': commands / whole, 'steps': steps, 'drained': drained,
                'cpu': (serving.cpu() - cpu) / commands, 'people': people}


def steps_text(results, commands):
    names = results[0]['steps']
    parts = [f'{name} {sum(r["steps"][name] for r in results) / len(results) / commands * 1e6:.0f}'
             for name in names]
    return 'µs each: ' + ', '.join(parts)


def measure(bench):
    commands = min(2000 if bench.quick else 10000, bench.size // 2)
    for engine in bench.engines:
        filled = bench.filled(engine)
        results = [one(bench, filled, commands) for _ in range(bench.repeat)]
        row = bench.figures.add(SECTION, f'{engine}, attested by staff', '/s',
                                [r['a_second'] for r in results],
                                note=steps_text(results, commands))
        bench.whole[engine] = row['median']
        bench.figures.add(SECTION, '   CPU a closure, messages included', 'µs',
                          [r['cpu'] * 1e6 for r in results])
        bench.figures.add(SECTION, '   until every message was delivered, after the last', 's',
                          [r['drained'] for r in results],
                          note='4 messages of each at most 4 at once to a gateway here')
