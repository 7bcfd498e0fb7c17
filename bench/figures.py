"""The figures, each beside its limit, as a table and as JSON; and what was aimed at."""
import statistics

# What issue and design ask for: (key, at least or at most, limit, sentence).
AIMS = [
    ('sqlite_of_ceiling', 'least', 0.75, 'SQLite over HTTP at 256 connections, of its ceiling'),
    ('postgresql_of_ceiling', 'least', 0.80,
     'PostgreSQL with two committers over HTTP at 256 connections, of its ceiling'),
    ('read_of_echo', 'least', 0.70, 'reading a line at 64 connections, of the bare echo'),
    ('closure_of_hlr', 'least', 8.0, 'a whole closure (SQLite), times osmo-hlr\'s removal'),
    ('closure_of_ordinary', 'least', 5.0,
     'closures submitted (PostgreSQL), times the ordinary service'),
    ('growth_sqlite', 'most', 1.2, 'a closure at the largest size, of one at the smallest, SQLite'),
    ('growth_postgresql', 'most', 1.2,
     'a closure at the largest size, of one at the smallest, PostgreSQL'),
    ('memory_sqlite', 'most', 128.0, 'resident MB of the server, SQLite'),
    ('memory_postgresql', 'most', 128.0, 'resident MB of the server, PostgreSQL'),
]


def shown(value):
    if value is None:
        return ''
    if abs(value) >= 1000:
        return f'{value:,.0f}'.replace(',', ' ')
    return f'{value:.0f}' if abs(value) >= 100 else f'{value:.3g}'


class Figures:
    def __init__(self, say):
        self.rows = []
        self.notes = []
        self.reached = {}
        self.say = say

    def add(self, section, name, unit, values, limit=None, limit_name='', note=''):
        """One figure with all that was measured; limit is a list too, or one number."""
        values = [float(value) for value in values]
        if not values:
            return None
        limits = limit if isinstance(limit, (list, tuple)) else [limit] if limit else []
        row = {'section': section, 'name': name, 'unit': unit, 'values': values,
               'median': statistics.median(values), 'least': min(values), 'most': max(values)}
        if limits:
            row['limit'] = statistics.median(limits)
            row['limit_name'] = limit_name
            row['ratio'] = row['median'] / row['limit'] if row['limit'] else None
        if note:
            row['note'] = note
        self.rows.append(row)
        self.say(f'{section}: {name}: {shown(row["median"])} {unit}')
        return row

    def median(self, section, name):
        for row in self.rows:
            if row['section'] == section and row['name'] == name:
                return row['median']
        return None

    def reach(self, key, value):
        self.reached[key] = value

    def note(self, sentence):
        self.notes.append(sentence)

    def aims(self):
        """Each aim with what was reached; met is None where it was not measured."""
        result = []
        for key, kind, limit, sentence in AIMS:
            value = self.reached.get(key)
            met = None
            if value is not None:
                met = value >= limit if kind == 'least' else value <= limit
            result.append({'aim': sentence, 'kind': f'at {kind}', 'limit': limit,
                           'reached': value, 'met': met})
        return result

    def table(self):
        heads = ('', 'median', 'range', 'unit', 'limit', 'of it', '')
        out, section = [], None
        cells = []
        for row in self.rows:
            if row['section'] != section:
                section = row['section']
                cells.append((section,))
            spread = f'{shown(row["least"])} – {shown(row["most"])}'
            if len(row['values']) == 1:
                spread = ''
            ratio = row.get('ratio')
            limit = f'{shown(row["limit"])} {row["limit_name"]}' if 'limit' in row else ''
            cells.append(('  ' + row['name'], shown(row['median']), spread, row['unit'], limit,
                          f'{ratio:.2f}' if ratio is not None else '', row.get('note', '')))
        widths = [max(len(cell[i]) for cell in cells + [heads] if len(cell) > i and len(cell) > 1)
                  for i in range(len(heads))] if cells else []
        for cell in ([heads] if cells else []) + cells:
            if len(cell) == 1:
                out.append('')
                out.append(cell[0])
                continue
            parts = [cell[0].ljust(widths[0]), cell[1].rjust(widths[1]), cell[2].ljust(widths[2]),
                     cell[3].ljust(widths[3]), cell[4].ljust(widths[4]), cell[5].rjust(5), cell[6]]
            out.append('  '.join(parts).rstrip())
        return '\n'.join(out)

    def aims_table(self):
        out = ['Aims']
        for aim in self.aims():
            met = {True: 'met', False: 'MISSED', None: 'not measured'}[aim['met']]
            value = '' if aim['reached'] is None else f'{aim["reached"]:.2f}'
            out.append(f'  {met:12}  {value:>7}  {aim["kind"]} {aim["limit"]:g}: {aim["aim"]}')
        return '\n'.join(out)
