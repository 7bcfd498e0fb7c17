"""A verb asks rules/proof.h for what it declares: no other, and none without declaring it."""
import re
import unittest

from tree import HouseTest, Sample, c_files, code, functions, name, pieces, text
from tree import ROOT

ASKED = re.compile(r'\bPROVE_\w+')
DECLARED = re.compile(r'\.prove\s*=\s*(PROVE_\w+)')
CALL = re.compile(r'\bproof_required\s*\(')


def reached(file, bodies, start):
    """The functions of the file that the named one leads to, by their names."""
    found, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        waiting += [word for word in re.findall(r'\w+', bodies[here]) if word in bodies]
    return found


def proofs_undeclared(root):
    bad = []
    for path in c_files(root, ('src/commands',)):
        file, source = name(root, path), code(text(path))
        bodies = {called: source[body[0]:body[1]] for called, _, body in functions(text(path))}
        seen = set()
        for start, head, body in pieces(text(path)):
            verb = re.search(r'const struct verb (\w+)\b', head)
            if not verb or '=' not in head:
                continue
            row = source[start:body[1]] if body else source[start:]
            decide = re.search(r'\.decide\s*=\s*(\w+)', row)
            if not decide or decide.group(1) not in bodies:
                continue
            mine = reached(file, bodies, decide.group(1))
            seen |= mine
            asked = {word for called in mine for word in ASKED.findall(bodies[called])}
            declared = set(DECLARED.findall(row))
            if asked != declared:
                bad.append(f'{file}: {verb.group(1)} asks for {sorted(asked) or "nothing"} and '
                           f'declares .prove = {sorted(declared) or "nothing"}')
        for called, body in bodies.items():
            if ASKED.search(body) and called not in seen:
                bad.append(f'{file}: {called} asks for a proof and no verb of the file decides so')
            if CALL.search(body) and not ASKED.search(body) and 'enum proof_verb' not in source:
                bad.append(f'{file}: {called} asks for a proof that is named elsewhere')
    return bad


class TestProofs(HouseTest):
    def test_a_verb_declares_what_it_asks(self):
        self.assert_none(proofs_undeclared(ROOT))

    def test_it_would_be_found(self):
        verb = ('const struct verb %s_verb = {\n    .name = "x",\n%s    .decide = %s,\n};\n')
        asks = 'static int %s(void) {\n    return proof_check(proof_required(l, %s, p, t), 0);\n}\n'
        leads = 'static int %s(void) {\n    return %s();\n}\n'
        good = (asks % ('prove', 'PROVE_CLOSE') + leads % ('decide', 'prove') +
                verb % ('good', '    .prove = PROVE_CLOSE,\n', 'decide'))
        with Sample({'src/commands/good.c': good + 'static int b(void) {\n    return 1;\n}\n' +
                     verb % ('none', '', 'b')}) as root:
            self.assertEqual(proofs_undeclared(root), [])
        for bad in (good.replace('.prove = PROVE_CLOSE', '.prove = PROVE_CONFIRM'),
                    good.replace('    .prove = PROVE_CLOSE,\n', ''),
                    good.replace('return prove();', 'return 1;'),
                    good + 'int more(void) {\n    return f(PROVE_CLOSE);\n}\n',
                    good + 'int more(void) {\n    return proof_required(l, v, p, t).first;\n}\n'):
            with Sample({'src/commands/bad.c': bad}) as root:
                self.assertTrue(proofs_undeclared(root), bad)


if __name__ == '__main__':
    unittest.main()
