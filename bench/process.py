"""What runs while the bench measures: servers that are started, asked for their costs, and ended
by their own process id."""
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

TICK = os.sysconf('SC_CLK_TCK')
STARTS_WITHIN = 60
ENDS_WITHIN = 20


class Failed(Exception):
    """A sentence for whoever runs the bench."""


def run(*command, given=None, folder=None, environment=None):
    """What a command prints; Failed with its last words when it does not end well."""
    done = subprocess.run([str(word) for word in command], input=given, capture_output=True,
                          text=True, cwd=folder, env=environment, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip())[-600:]
        raise Failed(f'{Path(str(command[0])).name} ended with {done.returncode}: {last}')
    return done.stdout


def run_json(*command, **options):
    return json.loads(run(*command, **options))


def stat_of(pid):
    """(parent, CPU seconds of its own, of its children that ended) of a process."""
    text = Path(f'/proc/{pid}/stat').read_text()
    fields = text[text.rindex(')') + 2:].split()
    own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return int(fields[1]), own / TICK, ended / TICK


def family(pid):
    """The process and all that descend from it."""
    parents = {}
    for entry in Path('/proc').iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = stat_of(int(entry.name))[0]
            except (FileNotFoundError, ProcessLookupError):
                continue
    members, more = {pid}, True
    while more:
        new = {child for child, parent in parents.items() if parent in members} - members
        members |= new
        more = bool(new)
    return members


def cpu_of(pid):
    """CPU seconds of a process with all that descend from it, also those that ended."""
    seconds = 0.0
    for member in family(pid):
        try:
            _, own, ended = stat_of(member)
        except (FileNotFoundError, ProcessLookupError):
            continue
        seconds += own + ended
    return seconds


def memory_of(pid):
    """(resident now, the most ever) in MB, of a process and its descendants."""
    now = most = 0
    for member in family(pid):
        for line in Path(f'/proc/{member}/status').read_text().splitlines():
            if line.startswith('VmRSS:'):
                now += int(line.split()[1])
            elif line.startswith('VmHWM:'):
                most += int(line.split()[1])
    return now / 1024, most / 1024


class Process:
    """A server that says on stdout in one line of JSON when it is ready, and on which port."""

    def __init__(self, *command, log, keep_stdin=False, within=False,
                 environment=None):
        self.log, self.within = Path(log), within
        stdin = subprocess.PIPE if keep_stdin else subprocess.DEVNULL
        with open(self.log, 'wb') as errors:
            self.child = subprocess.Popen([str(word) for word in command], stdin=stdin,
                                          stdout=subprocess.PIPE, stderr=errors,
                                          env=environment)
        self.pid = self.child.pid
        line = self.child.stdout.readline()
        try:
            self.port = json.loads(line)['port']
        except (ValueError, KeyError):
            self.stop()
            last = self.log.read_text(errors='replace')[-600:]
            raise Failed(f'{Path(str(command[0])).name} does not start: {last}') from None

    def cpu(self):
        return cpu_of(self.pid)

    def memory(self):
        return memory_of(self.pid)

    def stop(self, signal_number=signal.SIGTERM):
        """Of a program that another one runs (strace), ends the program: the other follows."""
        if self.child.poll() is None:
            inner = family(self.pid) - {self.pid} if self.within else set()
            for pid in inner or {self.pid}:
                os.kill(pid, signal_number)
            try:
                self.child.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.child.stdout.close()
        if self.child.stdin:
            self.child.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()


class Hole:
    """A gateway that takes connections and never answers: what is sent to it waits, so that the
    delivery of messages does not share the machine while commands are measured."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(('127.0.0.1', 0))
        self.socket.listen(128)
        self.port = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()
