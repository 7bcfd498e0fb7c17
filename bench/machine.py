"""What machine this is, in the words of its own files."""
import os
import platform
import re
import subprocess
from pathlib import Path


def first_match(pattern, text, usual='unknown'):
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else usual


def said(*command):
    """The first line that a program says, or nothing where it is not installed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ''
    return (done.stdout or done.stderr).strip().split('\n')[0]


def mount_of(folder):
    """(device, filesystem, options) of the mount that holds a folder."""
    best = ('', 'unknown', 'unknown', '')
    where = str(Path(folder).resolve())
    for line in Path('/proc/self/mounts').read_text().splitlines():
        device, point, kind, options = line.split()[:4]
        inside = where == point or where.startswith(point.rstrip('/') + '/')
        if inside and len(point) >= len(best[0]):
            best = (point, device, kind, options)
    return best[1:]


def disk_of(device):
    name = Path(device).resolve().name
    for candidate in (name, name.rstrip('0123456789'), re.sub(r'p\d+$', '', name)):
        queue = Path('/sys/block') / candidate / 'queue'
        if queue.is_dir():
            spins = (queue / 'rotational').read_text().strip() == '1'
            cache = (queue / 'write_cache').read_text().strip()
            return f'{candidate}, {"spinning" if spins else "not spinning"}, {cache}'
    return 'unknown disk'


def package(name):
    done = said('dpkg-query', '-W', '-f', '${Version}', name)
    return done if done and 'no packages' not in done else 'not installed'


def describe(folder, build_type):
    cpu = Path('/proc/cpuinfo').read_text()
    memory = Path('/proc/meminfo').read_text()
    device, kind, options = mount_of(folder)
    return {
        'cpu': first_match(r'^model name\s*:\s*(.+)$', cpu),
        'cores': len(os.sched_getaffinity(0)),
        'memory_gb': round(int(first_match(r'^MemTotal:\s*(\d+)', memory, '0')) / 1048576, 1),
        'disk': disk_of(device),
        'filesystem': f'{kind} ({options})',
        'kernel': platform.release(),
        'system': first_match(r'^PRETTY_NAME="(.+)"$', Path('/etc/os-release').read_text()),
        'load_before': os.getloadavg()[0],
        'build': build_type,
        'compiler': said('cc', '--version'),
        'sqlite': package('libsqlite3-0'),
        'postgresql': package('postgresql-15'),
        'libmicrohttpd': package('libmicrohttpd12'),
        'osmo_hlr': package('osmo-hlr'),
        'node': said('node', '--version') or 'not installed',
    }


def lines(about):
    return [
        f'{about["cpu"]}, {about["cores"]} cores, {about["memory_gb"]} GB; load before: '
        f'{about["load_before"]:.2f}',
        f'disk {about["disk"]}; {about["filesystem"]}',
        f'{about["system"]}, Linux {about["kernel"]}, {about["compiler"]}; build {about["build"]}',
        f'SQLite {about["sqlite"]}, PostgreSQL {about["postgresql"]}, libmicrohttpd '
        f'{about["libmicrohttpd"]}, osmo-hlr {about["osmo_hlr"]}, Node {about["node"]}',
    ]
