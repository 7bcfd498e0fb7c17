"""A header says what its module is for, and of each function what it takes, gives and refuses."""
import re
import unittest

from tree import (ROOT, HouseTest, Sample, c_files, declared_name, is_function, line_of, name,
                  pieces, text)


def silent_headers(root):
    return [f'{name(root, path)}: no opening comment' for path in c_files(root, ('src',))
            if path.suffix == '.h' and not text(path).startswith('/*')]


def unexplained_functions(root):
    """Declarations with no comment before them, nor in the block of lines that they stand in."""
    bad = []
    for path in c_files(root, ('src',)):
        if path.suffix != '.h':
            continue
        source = text(path)
        for start, head, body in pieces(source):
            if re.match(r'typedef\b', head) or not is_function(head):
                continue
            above = re.split(r'\n[ \t]*\n', source[:start])[-1]
            if '/*' not in re.split(r'\n(?:\}[^\n]*;|#[^\n]*)\n', '\n' + above)[-1]:
                bad.append(f'{name(root, path)}:{line_of(source, start)}: {declared_name(head)}')
    return bad


class Headers(HouseTest):
    def test_every_header_says_what_it_is_for(self):
        self.assert_none(silent_headers(ROOT))

    def test_every_function_says_what_it_does(self):
        self.assert_none(unexplained_functions(ROOT))


class HeadersGoRed(unittest.TestCase):
    def test_header(self):
        with Sample({'src/base/a.h': '#ifndef A\n', 'src/base/b.h': '/* For b. */\n'}) as root:
            self.assertEqual(silent_headers(root), ['src/base/a.h: no opening comment'])

    def test_function(self):
        with Sample({'src/base/a.h': '/* For a. */\n#ifndef A\n#define A\nvoid naked(void);\n\n'
                                     '/* Does. */\nvoid told(int x)\n    __attribute__((cold));\n'
                                     'int grouped(void);\n\nint alone(void);\n'
                                     'struct s { /* has */\n    int x;\n};\nint after(void);\n'
                                     'typedef int (*kind)(int);\n#endif\n'}) as root:
            self.assertEqual([line.split()[1] for line in unexplained_functions(root)],
                             ['naked', 'alone', 'after'])


if __name__ == '__main__':
    unittest.main()
