"""Each mutant changes a text that stands in its file exactly once; found here without building."""
import sys
import unittest

from tree import ROOT, HouseTest, Sample, text

sys.path.insert(0, str(ROOT / 'script'))
from mutant_table import MUTANTS  # noqa: E402


def misplaced(root, mutants):
    bad = []
    for file, old, new, _, _, invariant in mutants:
        path = root / file
        count = text(path).count(old) if path.exists() else 0
        if count != 1 or old == new:
            bad.append(f'{file}: the text of "{invariant}" stands there {count} times')
    return bad


class TestMutants(HouseTest):
    def test_each_stands_once(self):
        self.assert_none(misplaced(ROOT, MUTANTS))

    def test_it_would_be_found(self):
        row = ('src/a.c', 'x = 1;', 'x = 2;', 'a', 'b', 'c')
        for contents, bad in (('x = 1;\n', 0), ('y = 1;\n', 1), ('x = 1;\nx = 1;\n', 1)):
            with Sample({'src/a.c': contents}) as root:
                self.assertEqual(len(misplaced(root, [row])), bad)


if __name__ == '__main__':
    unittest.main()
