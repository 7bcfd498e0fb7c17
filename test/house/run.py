"""Runs the tests that keep the house: python3 test/house/run.py [part of a test's name]..."""
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = str(Path(__file__).resolve().parent)


class Lines(unittest.TextTestResult):
    """One line a test, like the other test programs print."""

    def addSuccess(self, test):
        super(unittest.TextTestResult, self).addSuccess(test)
        self.stream.writeln(f'ok      {test.id()}')

    def addFailure(self, test, err):
        super(unittest.TextTestResult, self).addFailure(test, err)
        self.stream.writeln(f'FAILED  {test.id()}')

    def addError(self, test, err):
        super(unittest.TextTestResult, self).addError(test, err)
        self.stream.writeln(f'ERROR   {test.id()}')

    def addSubTest(self, test, subtest, err):
        super(unittest.TextTestResult, self).addSubTest(test, subtest, err)
        if err is not None:
            self.stream.writeln(f'FAILED  {subtest.id()}')


def main(parts):
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f'*{part}*' for part in parts] or None
    suite = loader.discover(HERE)
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=Lines).run(suite)
    bad = len({str(test).split(' [')[0] for test, _ in result.failures + result.errors})
    print(f'house: {result.testsRun - bad} passed, {bad} failed')
    return 0 if bad == 0 and result.testsRun > 0 else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
