"""script/bench: measures Ringoff beside its limits, in one run on one machine."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import machine
import measure_closures
import measure_commands
import measure_hlr
import measure_limits
import measure_money
import measure_ordinary
import measure_reads
from figures import Figures
from installation import Cluster, Filled
from process import Failed, run

ROOT = Path(__file__).resolve().parents[1]
PARTS = {
    'limits': (measure_limits.measure, 'disk, libmicrohttpd, the engines\' ceilings, pgbench'),
    'commands': (measure_commands.measure, 'closure.submit at 1, 16, 64, 256 connections'),
    'reads': (measure_reads.measure, 'a line by the API, pages, memory, start to first answer'),
    'closures': (measure_closures.measure, 'whole closures: submitted, confirmed, cut, closed'),
    'money': (measure_money.measure, 'transfers; verifying ten million postings'),
    'osmo-hlr': (measure_hlr.measure, 'its removal of a bare subscriber'),
    'ordinary': (measure_ordinary.measure, 'the ordinary service: Node, Fastify, pg'),
    'growth': (measure_commands.growth, 'the cost of a closure by the number of lines'),
}
BUILD = 'debugoptimized (-O2), as shipped'
NEEDED = {'commands': ['limits'], 'reads': ['limits'], 'ordinary': ['commands'],
          'osmo-hlr': ['closures']}
DESCRIPTION = '''Measures Ringoff on this machine and prints one table: each figure beside its
limit, which is measured in the same run on the same rows. Nothing is left behind but build-bench.
It takes about half an hour; --quick a few minutes, with figures to match.'''


def size_read(text):
    """10k, 100k, 1M or a plain number."""
    scale = {'k': 1000, 'm': 1000000}.get(text[-1:].lower(), 1)
    digits = text[:-1] if scale > 1 else text
    if not digits.isdigit() or not 2000 <= int(digits) * scale <= 20000000:
        raise argparse.ArgumentTypeError(f'{text}: 2k to 20M lines')
    return int(digits) * scale


def sizes_read(text):
    return sorted({size_read(part) for part in text.split(',')})


def options_read(words):
    parser = argparse.ArgumentParser(
        prog='script/bench', description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog='parts:\n' + '\n'.join(f'  {name:9} {about}' for name, (_, about) in PARTS.items()))
    parser.add_argument('--quick', action='store_true', help='one short run of everything')
    parser.add_argument('--only', metavar='NAME', action='append', choices=list(PARTS),
                        help='only this part and what it is compared with; may be given again')
    parser.add_argument('--engine', choices=['sqlite', 'postgresql'], help='only this engine')
    parser.add_argument('--lines', metavar='SIZES', type=sizes_read,
                        help='sizes for growth: 10k,100k,1M; 10M takes long. The first that is '
                             'not below 100k (or the largest) serves for the rest')
    parser.add_argument('--repeat', metavar='N', type=int, help='runs of each figure (3)')
    parser.add_argument('--json', metavar='FILE', help='also write everything as JSON; - is stdout')
    parser.add_argument('--folder', metavar='FOLDER', help='where to make the databases; the disk '
                        'that is measured ($TMPDIR or /tmp)')
    parser.add_argument('--no-install', action='store_true', help='do not look for packages')
    given = parser.parse_args(words)
    if given.repeat is not None and not 1 <= given.repeat <= 100:
        parser.error('--repeat: 1 to 100')
    return given


class Bench:
    """What all parts share: where, how much, and what was measured so far."""

    def __init__(self, given):
        self.root, self.build = ROOT, ROOT / 'build-bench'
        self.quick = given.quick
        self.repeat = given.repeat or (1 if given.quick else 3)
        self.sizes = given.lines or ([10000, 100000] if given.quick else [10000, 100000, 1000000])
        self.size = next((size for size in self.sizes if size >= 100000), self.sizes[-1])
        self.seconds = 1 if given.quick else 4
        self.connections = (1, 16, 64, 256)
        self.engines = [given.engine] if given.engine else ['sqlite', 'postgresql']
        self.folder = Path(tempfile.mkdtemp(prefix='ringoff-bench-', dir=given.folder))
        self.folder.chmod(0o711)  # PostgreSQL's own user goes through to its cluster
        self.limits, self.throughput, self.whole = {}, {}, {}
        self.figures = Figures(self.say)
        self.cluster = None
        self.made = {}

    @staticmethod
    def say(text):
        print(f'bench: {text}', file=sys.stderr, flush=True)

    def program(self, name):
        return self.build / ('' if name == 'ringoff' else 'bench') / name

    def commands(self, connections):
        """How many commands a run has: enough for some seconds, and never more than lines."""
        rate = {1: 1500, 16: 6000, 64: 12000}.get(connections, 16000)
        return min(rate * self.seconds, self.size * 4 // 5)

    def filled(self, engine, size=None):
        key = (engine, size or self.size)
        if key not in self.made:
            self.say(f'filling {engine} with {key[1]:,} lines')
            self.made[key] = Filled(self, *key)
            speed = self.made[key].made['milliseconds'] / 1000
            self.say(f'filled in {speed:.0f} s')
        return self.made[key]

    def forget(self, engine, size):
        """Gives the room on the disk back, unless the size serves for the other parts too."""
        if size != self.size:
            self.made.pop((engine, size)).remove()

    def close(self):
        if self.cluster:
            self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def build(bench):
    if not (bench.build / 'build.ninja').exists():
        run('meson', 'setup', bench.build, ROOT)
    programs = [f'bench/bench_{name}' for name in ('load', 'echo', 'fill', 'ceiling', 'codes',
                                                   'disk', 'postings', 'scan')]
    run('ninja', '-C', bench.build, 'ringoff', *programs)


def chosen_parts(given):
    """In the order of PARTS, with what the chosen ones are compared with."""
    wanted = list(given.only or PARTS)
    for name in wanted:
        wanted += [needed for needed in NEEDED.get(name, []) if needed not in wanted]
    return [name for name in PARTS if name in wanted]


def measure(bench, given):
    about = machine.describe(bench.folder, BUILD)
    if 'postgresql' in bench.engines:
        bench.cluster = Cluster(bench)
        about['postgresql_settings'] = {**bench.cluster.about,
                                        'set': ' '.join(Cluster.SETTINGS)}
    if about['filesystem'].startswith('tmpfs'):
        bench.figures.note('The folder is in memory: nothing here is durable. Give --folder.')
    for name in chosen_parts(given):
        bench.say(f'--- {name}')
        PARTS[name][0](bench)
    return about


def report(bench, about, given):
    figures = bench.figures
    if given.json != '-':
        repeats = f'{bench.repeat} run{"s" if bench.repeat > 1 else ""} of each, median and range'
        print('\n'.join(machine.lines(about)))
        print(f'{repeats}; {bench.size:,} lines unless a figure says otherwise; the load '
              'generator shares the cores\n')
        print(figures.table())
        print()
        print(figures.aims_table())
        for note in figures.notes:
            print(f'\n{note}')
    if given.json:
        whole = {'machine': about, 'repeat': bench.repeat, 'lines': bench.size,
                 'figures': figures.rows, 'aims': figures.aims(), 'notes': figures.notes}
        text = json.dumps(whole, ensure_ascii=False, indent=1) + '\n'
        if given.json == '-':
            sys.stdout.write(text)
        else:
            Path(given.json).write_text(text, encoding='utf-8')


def main(words):
    given = options_read(words)
    if not given.no_install:
        subprocess.run([ROOT / 'script/bootstrap', '--bench'], check=True)
    bench = Bench(given)
    try:
        build(bench)
        about = measure(bench, given)
    except (Failed, AssertionError) as failure:
        bench.say(f'stopped: {failure}')
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        bench.close()
    report(bench, about, given)
    return 0


if __name__ == '__main__':
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
