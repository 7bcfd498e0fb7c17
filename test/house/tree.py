"""The project's files as the house tests read them: which there are, and C without its prose.

Every check takes the root of a tree, so that its own test can hand it a small bad one.
"""
import re
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = re.compile(r'^(\.git|build[^/]*|demo|node_modules|__pycache__)$')
C_FOLDERS = ('src', 'test', 'bench')


def files(root, folders=('.',), endings=None):
    """Paths below the folders in order, without what is built, fetched or made by running."""
    found = []
    for folder in folders:
        waiting = [root / folder]
        while waiting:
            for path in waiting.pop().glob('*'):
                if NOT_OURS.match(path.name) or path.is_symlink():
                    continue
                if path.is_dir():
                    waiting.append(path)
                elif endings is None or path.name.endswith(endings):
                    found.append(path)
    return sorted(set(found))


def c_files(root, folders=C_FOLDERS):
    return files(root, folders, ('.c', '.h'))


def name(root, path):
    return path.relative_to(root).as_posix()


def text(path):
    return path.read_text(encoding='utf-8')


def line_of(source, offset):
    return source.count('\n', 0, offset) + 1


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def without_comments(source):
    """The same length and lines, comments made blank; literals stay."""
    return TOKEN.sub(lambda m: blank(m) if m.group()[0] == '/' else m.group(), source)


def code(source):
    """The same length and lines, comments and the insides of literals made blank."""
    def hollow(match):
        if match.group()[0] == '/':
            return blank(match)
        return match.group()[0] + ' ' * (len(match.group()) - 2) + match.group()[-1]
    return TOKEN.sub(hollow, source)


def without_directives(source):
    """Preprocessor lines, with those that continue them, made blank."""
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', blank, source, flags=re.MULTILINE)


def pieces(source):
    """What stands at file scope: (start, head, body or None); a body runs from { to }."""
    clean = without_directives(code(source))
    depth, start, opened, found = 0, 0, None, []
    for place in re.finditer(r'[{};]', clean):
        sign, at = place.group(), place.start()
        if sign == '{':
            opened = at if depth == 0 and opened is None else opened
            depth += 1
        elif sign == '}':
            depth -= 1
        if depth == 0 and (sign == ';' or (sign == '}' and is_function(clean[start:opened]))):
            head_end = at if opened is None else opened
            begin = start + len(clean[start:at]) - len(clean[start:at].lstrip())
            found.append((begin, clean[begin:head_end].strip(),
                          None if opened is None else (opened, at + 1)))
            start, opened = at + 1, None
    return found


def without_attributes(head):
    return re.sub(r'__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)', ' ', head)


def is_function(head):
    head = without_attributes(head).strip()
    return head.endswith(')') and '=' not in head


def declared_name(head):
    found = re.search(r'(\w+)\s*\(', without_attributes(head))
    return found.group(1) if found else ''


def functions(source):
    """(name, start, (body start, body end)) of every function that is defined here."""
    return [(declared_name(head), start, body) for start, head, body in pieces(source)
            if body is not None and is_function(head)]


class HouseTest(unittest.TestCase):
    def assert_none(self, bad):
        """Fails with every finding on a line of its own."""
        if bad:
            self.fail(f'{len(bad)} found\n' + '\n'.join(bad))


class Sample:
    """A small tree in a temporary folder: with Sample({'src/base/a.c': '...'}) as root."""

    def __init__(self, contents):
        self.contents = contents

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='ringoff-house-')
        root = Path(self.folder.name)
        for path, content in self.contents.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding='utf-8')
        return root

    def __exit__(self, *ignored):
        self.folder.cleanup()
