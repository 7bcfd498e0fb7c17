"""A function fits on a screen, a file has one subject, a line 100 columns; the form is given."""
import shutil
import subprocess
import unittest

from tree import ROOT, HouseTest, Sample, c_files, files, functions, line_of, name, text

FUNCTION_LINES, FILE_LINES, COLUMNS = 70, 500, 100
FOLDERS = ('src', 'test', 'script', 'bench', '.ci')
ENDINGS = ('.c', '.h', '.py', '.mjs', '.js')


def sources(root):
    """C, Python and JavaScript, and the scripts that have no ending."""
    return files(root, FOLDERS, ENDINGS) + [
        path for path in files(root, ('script', '.ci')) if '.' not in path.name]


def long_functions(root):
    bad = []
    for path in c_files(root):
        source = text(path)
        for function, start, (_, end) in functions(source):
            lines = line_of(source, end) - line_of(source, start) + 1
            if lines > FUNCTION_LINES:
                bad.append(f'{name(root, path)}:{line_of(source, start)}: {function} has {lines} '
                           f'lines')
    return bad


def long_files(root):
    bad = []
    for path in sources(root):
        lines = len(text(path).splitlines())
        if lines > FILE_LINES:
            bad.append(f'{name(root, path)}: {lines} lines')
    return bad


def long_lines(root):
    return [f'{name(root, path)}:{number}: {len(line)} columns'
            for path in sources(root)
            for number, line in enumerate(text(path).splitlines(), 1) if len(line) > COLUMNS]


def unformatted(root):
    """What clang-format would change, by the .clang-format of the tree."""
    paths = c_files(root)
    if not paths:
        return []
    result = subprocess.run(['clang-format', '--dry-run', '-Werror', *map(str, paths)], cwd=root,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    places = [line.split(': error:')[0].replace(f'{root}/', '')
              for line in result.stderr.splitlines() if ': error:' in line]
    bad = {}
    for place in places:
        bad.setdefault(place.split(':')[0], place)
    if result.returncode != 0 and not bad:
        return [result.stderr]
    return [f'{place}: run script/format' for place in bad.values()]


class Size(HouseTest):
    def test_functions_fit_on_a_screen(self):
        self.assert_none(long_functions(ROOT))

    def test_files_have_one_subject(self):
        self.assert_none(long_files(ROOT))

    def test_lines_have_100_columns(self):
        self.assert_none(long_lines(ROOT))

    def test_clang_format_decides(self):
        self.assert_none(unformatted(ROOT))


class SizeGoesRed(unittest.TestCase):
    def test_function(self):
        body = '    f();\n' * (FUNCTION_LINES - 2)
        with Sample({'src/base/a.c': f'int f(void) {{\n{body}}}\n',
                     'src/base/b.c': f'/* b */\nstatic int\ng(int x) {{\n{body}}}\n'}) as root:
            self.assertEqual(long_functions(root), ['src/base/b.c:2: g has 71 lines'])

    def test_file(self):
        with Sample({'test/unit/a.mjs': '\n' * FILE_LINES, 'script/b': '\n' * (FILE_LINES + 1),
                     'test/node_modules/c.mjs': '\n' * 999}) as root:
            self.assertEqual(long_files(root), ['script/b: 501 lines'])

    def test_line(self):
        with Sample({'src/base/a.c': '/*' + '\u96fb' * 96 + '*/\n',
                     'src/base/b.h': 'x' * 101}) as root:
            self.assertEqual(long_lines(root), ['src/base/b.h:1: 101 columns'])

    def test_format(self):
        with Sample({'src/base/a.c': 'int f(void) {\n    return 1;\n}\n',
                     'src/base/b.c': 'int f(void)\n{\n  return 1;\n}\n'}) as root:
            shutil.copy(ROOT / '.clang-format', root)
            self.assertEqual(unformatted(root), ['src/base/b.c:1:12: run script/format'])


if __name__ == '__main__':
    unittest.main()
