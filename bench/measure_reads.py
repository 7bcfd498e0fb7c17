"""Reading over HTTP, a page, memory at rest and the time to the first answer."""
import socket
import time

from installation import Serving, load, reads, request

SECTION = 'Reads and pages at 64 connections'
CONNECTIONS = 64


def measure_engine(bench, engine):
    filled = bench.filled(engine)
    echo = bench.limits.get(f'echo {CONNECTIONS}')
    browser = {'Host': 'bench.localhost', 'Accept': 'text/html', 'Accept-Language': 'en'}
    cases = [('GET of a line (API key, its rows, JSON)', reads(filled, filled.people[:20000])),
             ('the sign-in page (HTML)', [request('GET', '/sign-in', browser)]),
             ('the status page (HTML)', [request('GET', '/status', browser)])]
    with Serving(filled) as serving:
        for name, requests in cases:
            results, costs = [], []
            for _ in range(bench.repeat):
                cpu = serving.cpu()
                results.append(load(bench, serving.port, requests, CONNECTIONS, '--seconds',
                                    bench.seconds))
                costs.append((serving.cpu() - cpu) / results[-1]['requests'] * 1e6)
            row = bench.figures.add(
                SECTION, f'{engine}: {name}', '/s', [r['a_second'] for r in results], echo,
                'echo', f'p99 {max(r["p99_us"] for r in results) / 1e3:.1f} ms, '
                        f'CPU {min(costs):.0f} µs each')
            if name.startswith('GET of a line') and engine == 'sqlite' and echo:
                bench.figures.reach('read_of_echo', row['ratio'])


def first_answer(port):
    with socket.create_connection(('127.0.0.1', port)) as link:
        link.sendall(b'GET /sign-in HTTP/1.1\r\nHost: bench.localhost\r\nConnection: close\r\n\r\n')
        return link.recv(12)


def start(bench):
    """From the start of the program to its first answer; and what it takes before any work."""
    section = 'Start'
    for engine in bench.engines:
        filled = bench.filled(engine)
        times, rest = [], []
        for _ in range(max(3, bench.repeat)):
            begun = time.monotonic()
            serving = Serving(filled)
            copied = serving.begun - begun
            answer = first_answer(serving.port)
            times.append((time.monotonic() - begun - copied) * 1e3)
            rest.append(serving.server.memory()[0])
            serving.stop()
            if not answer.startswith(b'HTTP/1.1'):
                raise AssertionError(f'no answer: {answer!r}')
        bench.figures.add(section, f'{engine}: start to first answer', 'ms', times)
        bench.figures.add(section, f'{engine}: resident before any work', 'MB', rest)


def measure(bench):
    for engine in bench.engines:
        measure_engine(bench, engine)
    start(bench)
