"""Includes run downward only, libraries stay where they belong, and rules are pure."""
import re
import unittest

from allowed import GIVEN_CALLS, GIVEN_FOLDERS, HOMES, IMPURE_CALLS, IMPURE_HEADERS, LAYERS, WIRING
from tree import ROOT, HouseTest, Sample, c_files, code, line_of, name, text, without_comments

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(root):
    """{file: [(line, kind, header)]} of src/."""
    found = {}
    for path in c_files(root, ('src',)):
        source = without_comments(text(path))
        found[name(root, path)] = [(line_of(source, m.start()), m.group(1), m.group(2))
                                   for m in INCLUDE.finditer(source)]
    return found


def upward_includes(root):
    bad = []
    for file, headers in includes(root).items():
        folder = file.split('/')[1]
        for line, kind, header in headers:
            target = header.split('/')[0]
            if kind == '<' or re.fullmatch(WIRING, file):
                continue
            if '/' not in header or target not in LAYERS:
                bad.append(f'{file}:{line}: "{header}" is not named from src/ as "folder/file.h"')
            elif target not in LAYERS.get(folder, set()):
                bad.append(f'{file}:{line}: {folder} may not include "{header}"')
    return bad


def include_circles(root):
    """Headers that include each other, each circle named once."""
    arrows = {file: sorted({'src/' + header for _, kind, header in headers if kind == '"'})
              for file, headers in includes(root).items()}
    bad, done = [], set()

    def walk(file, trail):
        if file in trail:
            bad.append(' -> '.join(trail[trail.index(file):] + [file]))
        elif file not in done:
            for other in arrows.get(file, []):
                walk(other, trail + [file])
            done.add(file)
    for file in arrows:
        walk(file, [])
    return bad


def seen_libraries(file, all_includes, seen=None):
    """{<header>: the file that names it}, following the project's own headers."""
    seen = set() if seen is None else seen
    found = {}
    if file in seen:
        return found
    seen.add(file)
    for line, kind, header in all_includes.get(file, []):
        if kind == '<':
            found.setdefault(header, f'{file}:{line}')
        else:
            for other, where in seen_libraries('src/' + header, all_includes, seen).items():
                found.setdefault(other, where)
    return found


def strange_libraries(root):
    bad, every = [], includes(root)
    for file in every:
        below = file[len('src/'):]
        for header, where in seen_libraries(file, every).items():
            for library, home in HOMES.items():
                if re.fullmatch(library, header) and not re.fullmatch(home, below):
                    bad.append(f'{file} sees <{header}> (by {where}); its home is {home}')
            if below.startswith('rules/') and re.fullmatch(IMPURE_HEADERS, header):
                bad.append(f'{file} sees <{header}> (by {where}); rules are pure')
    return bad


def calls(root, folder, names):
    call = re.compile(rf'(?<![\w.>])({names})\s*\(')
    bad = []
    for path in c_files(root, (f'src/{folder}',)):
        source = code(text(path))
        bad += [f'{name(root, path)}:{line_of(source, m.start())}: {m.group(1)}'
                for m in call.finditer(source)]
    return bad


def impure_calls(root):
    bad = [f'{where} in rules' for where in calls(root, 'rules', IMPURE_CALLS)]
    for folder in GIVEN_FOLDERS:
        bad += [f'{where} must be a parameter in {folder}'
                for where in calls(root, folder, GIVEN_CALLS)]
    return bad


class Layers(HouseTest):
    def test_the_house_has_files_in_every_folder(self):
        folders = {file.split('/')[1] for file in includes(ROOT)}
        self.assertEqual(set(LAYERS) - folders, set(), 'folders without a C file')

    def test_includes_run_downward(self):
        self.assert_none(upward_includes(ROOT))

    def test_no_circles(self):
        self.assert_none(include_circles(ROOT))

    def test_libraries_stay_home(self):
        self.assert_none(strange_libraries(ROOT))

    def test_time_chance_and_input_are_parameters(self):
        self.assert_none(impure_calls(ROOT))


class LayersGoRed(unittest.TestCase):
    def test_upward(self):
        for file, header in (('src/base/a.c', 'rules/b.h'), ('src/commands/a.c', 'effects/b.h'),
                             ('src/views/a.c', 'commands/b.h'), ('src/rules/a.h', 'store/b.h'),
                             ('src/web/portal/a.c', 'cli/b.h'), ('src/cli/a.c', 'a.h')):
            with Sample({file: f'\n#include "{header}"\n'}) as root:
                self.assertEqual(len(upward_includes(root)), 1, file)

    def test_downward_is_not_red(self):
        with Sample({'src/web/portal/a.c': '#include "commands/b.h"\n#include <stdio.h>\n',
                     'src/cli/serve.c': '#include "effects/b.h"\n',
                     'src/rules/a.c': '/* #include "web/b.h" */\n'}) as root:
            self.assertEqual(upward_includes(root), [])

    def test_circle(self):
        with Sample({'src/base/a.h': '#include "base/b.h"\n',
                     'src/base/b.h': '#include "base/a.h"\n'}) as root:
            self.assertEqual(len(include_circles(root)), 1)

    def test_library_far_from_home(self):
        with Sample({'src/web/a.c': '#include <sqlite3.h>\n',
                     'src/rules/b.c': '#include "rules/b.h"\n',
                     'src/rules/b.h': '#include <time.h>\n',
                     'src/store/sqlite_bind.c': '#include <sqlite3.h>\n',
                     'src/effects/mail.c': '#include <curl/curl.h>\n'}) as root:
            bad = strange_libraries(root)
        self.assertEqual([line.split()[0] for line in bad],
                         ['src/rules/b.c', 'src/rules/b.h', 'src/web/a.c'])

    def test_impure(self):
        with Sample({'src/rules/a.c': 'int f(void) {\n    puts("printf(");\n}\n',
                     'src/views/b.c': 'int g(void) { return (int)clock_now(); }\n',
                     'src/rules/c.c': 'int h(void) { return x->remove(1) + snprintf(b, 1, ""); }\n',
                     }) as root:
            self.assertEqual(len(impure_calls(root)), 2)


if __name__ == '__main__':
    unittest.main()
