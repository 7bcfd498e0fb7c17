"""Files carry nothing of the machine they were written on; scripts and generators are in order."""
import re
import subprocess
import sys
import unittest

from tree import ROOT, HouseTest, Sample, files, line_of, name

# Written so that this file does not find itself.
MACHINE = re.compile(r'(?<![\w.])/[w]ork/|/tmp/[b]uild|registry\.[n]pmjs|[d]eb\.debian|'
                     r'https?://[\w.-]*[m]irror', re.IGNORECASE)
CHECKERS = ('script/words.py', 'script/templates.py')


def read(path):
    return path.read_bytes().decode('utf-8', 'replace')


def machine_traces(root):
    bad = []
    for path in files(root):
        source = read(path)
        bad += [f'{name(root, path)}:{line_of(source, m.start())}: {m.group()}'
                for m in MACHINE.finditer(source)]
        if path.name == 'package-lock.json' and re.search(r'"resolved":\s*"https?:', source):
            bad.append(f'{name(root, path)}: says where packages were fetched from')
    return bad


def shell_scripts(root):
    return [path for path in files(root)
            if re.match(r'#!.*\b(ba|da)?sh\b', read(path)) or path.suffix == '.sh']


def broken_scripts(root):
    """Shell scripts that do not parse, are not executable or go on after an error."""
    bad = []
    for path in shell_scripts(root):
        parsed = subprocess.run(['bash', '-n', str(path)], capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, check=False)
        if parsed.returncode != 0:
            bad.append(f'{name(root, path)}: {parsed.stderr.strip()}')
        if not path.stat().st_mode & 0o100:
            bad.append(f'{name(root, path)}: is not executable')
        if not re.search(r'^set -eu', read(path), re.MULTILINE):
            bad.append(f'{name(root, path)}: goes on after an error (set -euo pipefail)')
    return bad


def failed_check(root, script):
    """What script --check says when it is not content."""
    result = subprocess.run([sys.executable, '-B', str(root / script), '--check'], cwd=root,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return []
    return [f'{script} --check ({result.returncode})', *result.stdout.splitlines(),
            *result.stderr.splitlines()]


class Files(HouseTest):
    def test_no_trace_of_a_machine(self):
        self.assert_none(machine_traces(ROOT))

    def test_shell_scripts_are_sound(self):
        self.assertGreater(len(shell_scripts(ROOT)), 0)
        self.assert_none(broken_scripts(ROOT))

    def test_words_and_templates(self):
        for script in CHECKERS:
            with self.subTest(script):
                self.assert_none(failed_check(ROOT, script))


class FilesGoRed(unittest.TestCase):
    def test_trace(self):
        with Sample({'doc/a.md': 'see /wor' + 'k/main\n', 'doc/b.md': 'home/wor' + 'k/ is fine\n',
                     'test/package-lock.json': '{"resolved": "http://x/y"}'}) as root:
            bad = machine_traces(root)
        self.assertEqual([line.split(':')[0] for line in bad],
                         ['doc/a.md', 'test/package-lock.json'])

    def test_script(self):
        with Sample({'script/a': '#!/usr/bin/env bash\nset -euo pipefail\nif true; then\n',
                     'script/b': '#!/bin/sh\ntrue\n',
                     'script/c': '#!/usr/bin/env python3\n'}) as root:
            for script in (root / 'script').iterdir():
                script.chmod(0o644 if script.name == 'b' else 0o755)
            bad = broken_scripts(root)
        self.assertEqual([line.split(':')[0] for line in bad], ['script/a', 'script/b', 'script/b'])

    def test_check(self):
        with Sample({'a.py': 'import sys\nprint("no", sys.argv[1])\nsys.exit(3)\n',
                     'b.py': ''}) as root:
            self.assertEqual(failed_check(root, 'a.py'), ['a.py --check (3)', 'no --check'])
            self.assertEqual(failed_check(root, 'b.py'), [])
            self.assertNotEqual(failed_check(root, 'c.py'), [])


if __name__ == '__main__':
    unittest.main()
