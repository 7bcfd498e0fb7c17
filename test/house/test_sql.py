"""SQL stands in the catalogue only, and every statement on a tenant's row names its operator."""
import re
import unittest

from allowed import SQL_ELSEWHERE, STATEMENTS_OF_ALL, TABLES_OF_ALL
from tree import ROOT, HouseTest, Sample, c_files, files, line_of, name, text, without_comments

CATALOGUE = r'src/store/statement\w*\.[ch]'
LITERALS = re.compile(r'(?:"(?:\\.|[^"\\\n])*"\s*)+')
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')
SHOUTED = re.compile(
    r'\b(SELECT\b.*\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|'
    r'REPLACE\s+INTO|WHERE\s+[\w.]+(?=\s*(=|IN\b|<|>))|(CREATE|DROP|ALTER)\s+(UNIQUE\s+)?'
    r'(TABLE|INDEX|VIEW|TRIGGER)|ORDER\s+BY)\b|'
    r'^\s*(PRAGMA\s|BEGIN(\s+(IMMEDIATE|EXCLUSIVE|DEFERRED|TRANSACTION))?;?$|COMMIT;?$|'
    r'ROLLBACK\b|SAVEPOINT\s|RELEASE\s|ATTACH\s|VACUUM\b|WITH\s+(RECURSIVE\s+)?\w+\s+AS\b|'
    r'SELECT\s|TRUNCATE\s)', re.DOTALL)
WHISPERED = re.compile(r'^\s*(select\s.*\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|'
                       r'delete\s+from\s|pragma\s+\w+|create\s+(table|index)\s|'
                       r'begin\s+(immediate|exclusive|transaction))', re.DOTALL)
ARGUMENT = r'(\$\d+|\?\d*|\w+\.operator\b)'
TENANT = re.compile(rf'\b(?:\w+\.)?operator\s*=\s*{ARGUMENT}', re.IGNORECASE)
CREATE = re.compile(r'CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?\s*\(', re.IGNORECASE)
FROM = re.compile(r'\bFROM\b(.*?)(?=\b(?:WHERE|ORDER|GROUP|LIMIT|RETURNING)\b|$)',
                  re.IGNORECASE | re.DOTALL)
INSERT = re.compile(r'\s*(?:INSERT|REPLACE)\b.*?\bINTO\s+(\w+)\s*(?:\(([^)]*)\))?',
                    re.IGNORECASE | re.DOTALL)
UPDATE = re.compile(r'\s*UPDATE\s+(\w+)', re.IGNORECASE)


def literals(source):
    """(offset, text) of every run of adjacent string literals."""
    clean = re.sub(r'^[ \t]*#[ \t]*include[^\n]*', lambda m: ' ' * len(m.group()),
                   without_comments(source), flags=re.MULTILINE)
    return [(run.start(), ''.join(LITERAL.findall(run.group())).replace('\\n', '\n'))
            for run in LITERALS.finditer(clean)]


def stray_sql(root):
    bad = []
    for path in c_files(root, ('src',)):
        file, source = name(root, path), text(path)
        if re.fullmatch(CATALOGUE, file):
            continue
        for offset, literal in literals(source):
            if not (SHOUTED.search(literal) or WHISPERED.search(literal)):
                continue
            if not any(re.fullmatch(where, file) and re.match(what, literal)
                       for where, what, _ in SQL_ELSEWHERE):
                bad.append(f'{file}:{line_of(source, offset)}: SQL outside the catalogue: '
                           f'{literal[:40]!r}')
    return bad


def catalogue(root):
    """(file:line, name, sql) of every statement."""
    found = []
    for path in c_files(root, ('src/store',)):
        if not re.fullmatch(CATALOGUE, name(root, path)):
            continue
        source = text(path)
        for offset, literal in literals(source):
            if re.match(r'\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\b', literal, re.IGNORECASE):
                keys = re.findall(r'\[\s*(\w+)\s*\]\s*=', source[:offset])
                found.append((f'{name(root, path)}:{line_of(source, offset)}',
                              keys[-1] if keys else literal[:40], literal))
    return found


def tables(root):
    """{table: its text between the brackets} of every schema in sql/."""
    found = {}
    for path in files(root, ('sql',), ('.sql',)):
        source = re.sub(r'--[^\n]*', '', text(path))
        for match in CREATE.finditer(source):
            found[match.group(1)] = source[match.end():source.index(';', match.end())]
    return found


def has_operator(columns):
    return re.search(r'^\s*"?operator"?\s+\w+', columns, re.MULTILINE | re.IGNORECASE) is not None


def scopes(sql):
    """The statement cut into its selects: each text names only its own tables and conditions."""
    found = []

    def keep(match):
        if re.match(r'\(\s*SELECT\b', match.group(), re.IGNORECASE):
            found.append(match.group())
            return ' <select> '
        return match.group().replace('(', '\x01').replace(')', '\x02')
    before = None
    while before != sql:
        before = sql
        sql = re.sub(r'\([^()]*\)', keep, sql)
    parts = [part for text_ in found + [sql]
             for part in re.split(r'\bUNION\b(?:\s+ALL)?', text_, flags=re.IGNORECASE)]
    return [part.replace('\x01', '(').replace('\x02', ')') for part in parts]


def scope_is_safe(scope, personal):
    """Of a select without its selects: an operator's condition for each of its personal tables."""
    insert = INSERT.match(scope)
    if insert:
        if insert.group(1) in personal and 'operator' not in re.findall(r'\w+',
                                                                        insert.group(2) or ''):
            return False
        scope = scope[insert.end():]
    named = {word for part in FROM.findall(scope) for word in re.findall(r'\w+', part)}
    update = UPDATE.match(scope)
    named |= {update.group(1)} if update else set()
    conditions = re.split(r'\bWHERE\b' if update else r'\bFROM\b', scope, maxsplit=1,
                          flags=re.IGNORECASE)[1:]
    return len(TENANT.findall(' '.join(conditions))) >= len(named & personal)


def careless_statements(root):
    personal = {table for table, columns in tables(root).items() if has_operator(columns)}
    return [f'{where}: {key} names a row of an operator, not the operator'
            for where, key, sql in catalogue(root) if key not in STATEMENTS_OF_ALL
            and not all(scope_is_safe(scope, personal) for scope in scopes(sql))]


def homeless_tables(root):
    return [f'table {table} has no column operator' for table, columns in tables(root).items()
            if not has_operator(columns) and table not in TABLES_OF_ALL]


class Sql(HouseTest):
    def test_there_is_a_catalogue_and_a_schema(self):
        self.assertGreater(len(catalogue(ROOT)), 0)
        self.assertGreater(len(tables(ROOT)), 0)

    def test_sql_stands_in_the_catalogue(self):
        self.assert_none(stray_sql(ROOT))

    def test_every_statement_names_its_operator(self):
        self.assert_none(careless_statements(ROOT))

    def test_every_table_has_its_operator(self):
        self.assert_none(homeless_tables(ROOT))

    def test_no_exception_is_left_over(self):
        self.assertEqual(set(STATEMENTS_OF_ALL) - {key for _, key, _ in catalogue(ROOT)}, set())
        self.assertEqual(set(TABLES_OF_ALL) - set(tables(ROOT)), set())


class SqlGoesRed(unittest.TestCase):
    schema = ('CREATE TABLE line (\n    id INTEGER PRIMARY KEY,\n    operator INTEGER NOT NULL,\n'
              '    number TEXT -- of the line\n) STRICT;\n'
              'CREATE TABLE plan (\n    id INTEGER\n);\n'
              'CREATE TABLE sim (\n    operator INTEGER\n);\n')

    def test_stray(self):
        stray = ['SELECT id FROM line', 'x WHERE id = $1', 'delete from line', 'BEGIN',
                 'PRAGMA foreign_keys', 'CREATE TABLE x (y)', 'UPDATE line" " SET x = 1']
        prose = ['Select a line from the list', 'update your e-mail', 'BEGINNING', 'where is it',
                 'Delete the line', 'commit']
        with Sample({'src/web/a.c': ''.join(f'f("{one}");\n' for one in stray),
                     'src/web/b.c': ''.join(f'f("{one}");\n' for one in prose),
                     'src/store/sqlite.c': 'f("PRAGMA x");\nf("COMMIT");\nf("SELECT 1 FROM x");\n',
                     'src/store/statement.c': 'f("SELECT id FROM line");\n'}) as root:
            bad = stray_sql(root)
        self.assertEqual(len(bad), len(stray) + 1)
        self.assertTrue(bad[0].startswith('src/store/sqlite.c:3'))

    def careless(self, *sql):
        entries = ''.join(f'    [S_{i}] = {{"s{i}", "{one}"}},\n' for i, one in enumerate(sql))
        with Sample({'sql/sqlite.sql': self.schema, 'src/store/statement.c':
                     f'const struct statement s[] = {{\n{entries}}};\n'}) as root:
            return [line.split()[1] for line in careless_statements(root)]

    def test_careless(self):
        self.assertEqual(self.careless(
            'SELECT operator FROM line WHERE id = $1',
            'UPDATE line SET operator = $2 WHERE id = $1',
            'DELETE FROM line', 'INSERT INTO line (id) VALUES ($1)',
            'SELECT 1 FROM plan WHERE id IN (SELECT id FROM line WHERE id = $1)',
            'SELECT 1 FROM line WHERE operator = $1 AND id = (SELECT id FROM line WHERE id = $2)',
            'SELECT 1 FROM line" " WHERE operator IN (1)', 'SELECT 1 FROM plan, line WHERE id = $1',
            'SELECT 1 FROM line l JOIN sim s ON s.line = l.id WHERE l.operator = $1',
            'INSERT INTO line (id, operator) SELECT id, operator FROM sim'),
            [f'S_{i}' for i in range(10)])

    def test_careful(self):
        self.assertEqual(self.careless(
            'SELECT id FROM line WHERE id = $1 AND operator = $2', 'SELECT id FROM plan',
            'INSERT INTO line (id, operator) VALUES ($1, coalesce($2, 1))',
            'SELECT 1 FROM line l" " WHERE l.operator = $1 AND id = (SELECT max(id) FROM line '
            'WHERE operator = $1)',
            'SELECT 1 FROM line l JOIN sim s ON s.operator = l.operator WHERE l.operator = $1',
            'UPDATE line SET x = (1) WHERE operator = $1 AND (a OR b)'), [])

    def test_table(self):
        with Sample({'sql/sqlite.sql': self.schema}) as root:
            self.assertEqual(homeless_tables(root), ['table plan has no column operator'])


if __name__ == '__main__':
    unittest.main()
