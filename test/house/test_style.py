"""What no C file does: banned calls, hidden control flow, conditional code, changing globals."""
import re
import unittest

from allowed import BANNED_CALLS, CHANGING, CLOCK_BENCH, CLOCK_CALLS, CLOCK_HOME
from tree import (ROOT, HouseTest, Sample, c_files, code, functions, is_function, line_of, name,
                  pieces, text, without_directives)

DIRECTIVE = re.compile(r'^[ \t]*#[ \t]*(\w+)((?:[^\n]*\\\n)*[^\n]*)', re.MULTILINE)


def banned_calls(root):
    bad = []
    for path in c_files(root):
        source, file = code(text(path)), name(root, path)
        reads = file in (CLOCK_HOME, CLOCK_BENCH)
        banned = BANNED_CALLS if reads else f'{BANNED_CALLS}|{CLOCK_CALLS}'
        for match in re.finditer(rf'(?<![\w.>])({banned})\s*\(', source):
            bad.append(f'{file}:{line_of(source, match.start())}: {match.group(1)} is banned')
    return bad


def backward_jumps(root):
    bad = []
    for path in c_files(root):
        source = text(path)
        clean = without_directives(code(source))
        for function, _, (begin, end) in functions(source):
            for jump in re.finditer(r'\bgoto\s+(\w+)\s*;', clean[begin:end]):
                label = re.search(rf'[;{{}}]\s*{jump.group(1)}\s*:', clean[begin:end])
                if label is None or label.start() < jump.start():
                    bad.append(f'{name(root, path)}:{line_of(clean, begin + jump.start())}: '
                               f'{function} jumps up to {jump.group(1)}')
    return bad


def conditional_code(root):
    """#if and its kin outside base/; a header's own guard is not meant."""
    bad = []
    for path in c_files(root):
        file = name(root, path)
        if file.startswith('src/base/'):
            continue
        source = code(text(path))
        for count, match in enumerate(DIRECTIVE.finditer(source)):
            guard = count == 0 and match.group(1) == 'ifndef' and file.endswith('.h')
            if match.group(1) in ('if', 'ifdef', 'ifndef', 'elif', 'else') and not guard:
                bad.append(f'{file}:{line_of(source, match.start())}: #{match.group(1)}')
    return bad


def hidden_control_flow(root):
    bad = []
    for path in c_files(root):
        source = code(text(path))
        for match in DIRECTIVE.finditer(source):
            word = re.search(r'\b(return|goto|break|continue)\b', match.group(2))
            if match.group(1) == 'define' and word:
                bad.append(f'{name(root, path)}:{line_of(source, match.start())}: '
                           f'a macro that contains {word.group(1)}')
    return bad


def is_constant(declaration):
    """The variable itself: in 'const char *x' the pointer still changes, 'const char *x[]' too."""
    declared = declaration.split('=')[0]
    after_star = declared.rsplit('*', 1)[-1]
    return 'const' in re.findall(r'\w+', after_star)


def is_plain_variable(head):
    """'int count[3]', not 'struct row'."""
    return re.fullmatch(r'(?!(struct|union|enum)\s+\w+$)[\w\s*]*[\s*]\w+\s*(\[[^\]]*\]\s*)*',
                        head)


def changing_variables(root):
    """Variables of src/ that outlive a call and are not const."""
    bad = []
    for path in c_files(root, ('src',)):
        source, file = text(path), name(root, path)
        clean = without_directives(code(source))
        found = []
        for start, head, body in pieces(source):
            if body is not None and is_function(head):
                found += [(body[0] + m.start(), m.group())
                          for m in re.finditer(r'\bstatic\b[^;{]*', clean[body[0]:body[1]])]
            elif re.match(r'(typedef|extern|_Static_assert|static_assert)\b', head):
                continue
            elif re.match(r'static\b', head) or '=' in head or (
                    body is None and is_plain_variable(head)):
                found.append((start, head))
        for start, declaration in found:
            if is_function(declaration) or is_constant(declaration):
                continue
            names = re.findall(r'(\w+)\s*(?:\[[^\]]*\]\s*)*(?:,|$)', declaration.split('=')[0])
            bad += [f'{file}:{line_of(clean, start)}: {one} changes and belongs to nobody'
                    for one in names if f'{file} {one}' not in CHANGING]
    return bad


class Style(HouseTest):
    def test_no_banned_call(self):
        self.assert_none(banned_calls(ROOT))

    def test_no_jump_up(self):
        self.assert_none(backward_jumps(ROOT))

    def test_no_conditional_code_outside_base(self):
        self.assert_none(conditional_code(ROOT))

    def test_no_macro_hides_control_flow(self):
        self.assert_none(hidden_control_flow(ROOT))

    def test_no_global_that_changes(self):
        self.assert_none(changing_variables(ROOT))


class StyleGoesRed(unittest.TestCase):
    def test_banned(self):
        with Sample({'src/base/a.c': 'void f(void) {\n    strcpy(a, b); /* gets( */\n}\n',
                     'test/unit/b.c': 'void g(void) { system ("strcat(1)"); time(0); }\n',
                     'src/base/clock.c': 'void h(void) { clock_gettime(1, &x); }\n',
                     'src/base/d.c': 'void i(void) { x->time(1); start_time(2); }\n'}) as root:
            bad = banned_calls(root)
        self.assertEqual(len(bad), 3)
        self.assertTrue(bad[0].startswith('src/base/a.c:2: strcpy'))

    def test_jump(self):
        down = 'int f(int x) {\n    if (x)\n        goto end;\nend:\n    return x;\n}\n'
        up = 'int g(int x) {\nagain:\n    x++;\n    if (x)\n        goto again;\n    return x;\n}\n'
        with Sample({'src/base/a.c': down, 'src/base/b.c': up}) as root:
            self.assertEqual(backward_jumps(root), ['src/base/b.c:5: g jumps up to again'])

    def test_conditional(self):
        with Sample({'src/web/a.h': '/* x */\n#ifndef A_H\n#define A_H\n#endif\n',
                     'src/web/b.h': '#ifndef B_H\n#define B_H\n#if defined(X)\n#endif\n#endif\n',
                     'src/web/c.c': '#ifdef X\n#endif\n',
                     'src/base/d.c': '#ifdef X\n#endif\n'}) as root:
            self.assertEqual(conditional_code(root),
                             ['src/web/b.h:3: #if', 'src/web/c.c:1: #ifdef'])

    def test_macro(self):
        with Sample({'src/web/a.c': '#define TRY(x) \\\n    if (!(x)) \\\n        return 0\n',
                     'src/web/b.c': '#define RETURNS 3 /* return */\n'}) as root:
            self.assertEqual(hidden_control_flow(root),
                             ['src/web/a.c:1: a macro that contains return'])

    def test_global(self):
        with Sample({'src/web/b.c': 'struct row;\nstruct row *last;\nextern const int size;\n',
                     'src/web/a.c': 'static int count;\nstatic const int size = 3;\n'
                                    'static const char *names[] = {"a"};\n'
                                    'static const char *const words[] = {"a", "b"};\n'
                                    'int f(void) {\n    static int calls = 0;\n}\n'
                                    'struct point {\n    int x;\n};\nint g(int a);\n'
                                    'static int h(int a);\n'}) as root:
            self.assertEqual([line.split()[1] for line in changing_variables(root)],
                             ['count', 'names', 'calls', 'last'])


if __name__ == '__main__':
    unittest.main()
