"""script/words.py finds what is to be translated, and each way in which a catalogue is wrong."""
import contextlib
import io
import pathlib
import sys
import unittest

from tree import ROOT, Sample

sys.path.insert(0, str(ROOT / 'script'))
import words  # noqa: E402

HEADER = 'msgid ""\nmsgstr ""\n' + ''.join(
    words.quote(line + '\n') + '\n' for line in words.HEADER.format(language='zh').splitlines())
WORDS_H = 'enum language { LANGUAGE_EN, LANGUAGE_ZH_HANT, LANGUAGE_COUNT };\n'


def tree(po, c='', html='', more=None):
    """A small project with one catalogue of one file."""
    return Sample({'src/base/words.h': WORDS_H, 'src/a.c': c, 'templates/a.html': html,
                   'po/zh_Hant_HK/base.po': HEADER + po, **(more or {})})


def run(function, *arguments):
    """What the function answers and all that it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        result = function(*arguments)
    return result, said.getvalue()


class Extraction(unittest.TestCase):
    def test_c(self):
        source = r'''
            /* N_("not this") */ // words(l, "nor this")
            const char *a = N_("One " /* joined */ "\"two\"\n");
            f(words(g(x, y)->language, "Three"), "not four");
            words_plural(l, "%s day", "%s days", n);
            words(l, variable); const char *words(enum language language, const char *msgid);
        '''
        self.assertEqual(list(words.c_messages(source)),
                         [('One "two"\n', None), ('Three', None), ('%s day', '%s days')])

    def test_c_faults(self):
        for source in ('N_("a" PRId64 "b")', 'words_plural(l, "a", b, n)', r'N_("\x41")'):
            with self.subTest(source), self.assertRaises(words.Fault):
                list(words.c_messages(source))

    def test_template(self):
        source = '<p title="[[One]]">[[ Two\n   <b>{{three}}</b> ]][[asset:look.css]]'
        self.assertEqual([m for m, _ in words.template_messages(source)],
                         ['One', 'Two <b>{{three}}</b>'])
        for bad in ('[[one', '[[one [[two]]'):
            with self.subTest(bad), self.assertRaises(words.Fault):
                list(words.template_messages(bad))


class Check(unittest.TestCase):
    def check(self, says, po, **sources):
        with tree(po, **sources) as root:
            result, said = run(words.check, root)
        self.assertIn(says, said)
        self.assertEqual(result, 0 if says == ' 0 faults' else 1, said)

    def test_good(self):
        self.check(' 0 faults', 'msgid "A {{b}}"\nmsgstr "{{b}} 甲"\n', html='[[A {{b}}]]')
        self.check(' 0 faults', '#, c-format\nmsgid "%s day"\nmsgid_plural "%s days"\n'
                   'msgstr[0] "%s 日"\n', c='words_plural(l, "%s day", "%s days", n);')

    def test_incomplete(self):
        self.check('is missing (templates/a.html)', '', html='[[A]]')
        self.check('is not translated', 'msgid "A"\nmsgstr ""\n', html='[[A]]')
        self.check('is fuzzy', '#, fuzzy\nmsgid "A"\nmsgstr "甲"\n', html='[[A]]')
        self.check('is obsolete', 'msgid "A"\nmsgstr "甲"\n')
        self.check('obsolete line', '#~ msgid "A"\n#~ msgstr "甲"\n')
        self.check('has the plural', 'msgid "A"\nmsgstr "甲"\n', c='words_plural(l, "A", "B", n);')

    def test_other_parts(self):
        for msgid, form, says in (
                ('A {{b}}', '甲 {{c}}', 'Mustache tags'), ('A {{b}}', '甲', 'Mustache tags'),
                ('A {{b}}', '甲 {{{b}}}', 'Mustache tags'), ('A', '甲 {{b}}', 'Mustache tags'),
                ('<b>A</b>', '<i>甲</i>', 'HTML tags'), ('<b>A</b>', '甲', 'HTML tags'),
                ('<a href="/b">A</a>', '<a href="/c">甲</a>', 'HTML tags'),
                ('A &amp; B', '甲 & 乙', 'HTML entities'), ('A', '甲"', 'that the msgid'),
                ('A', '甲<', 'that the msgid'), ('A', '甲]]', 'square brackets'),
                ('A', ' 甲', 'white space')):
            with self.subTest(form):
                po = f'msgid {words.quote(msgid)}\nmsgstr {words.quote(form)}\n'
                self.check(says, po, html=f'[[{msgid}]]')

    def test_printf(self):
        self.check('printf directives', 'msgid "%s of %d"\nmsgstr "%d %s"\n',
                   c='words(l, "%s of %d");')
        self.check(' 0 faults', 'msgid "%1$s of %2$d"\nmsgstr "%2$d %1$s"\n',
                   c='words(l, "%1$s of %2$d");')

    def test_two_files(self):
        po = 'msgid "A"\nmsgstr "甲"\n'
        with tree(po, html='[[A]]', more={'po/zh_Hant_HK/more.po': HEADER + po}) as root:
            result, said = run(words.check, root)
            self.assertIn('base.po too', said)
            self.assertEqual(result, 1)
            with self.assertRaises(words.Fault):
                words.table(root, root / 'out.c', None)

    def test_msgfmt_is_asked(self):
        self.check('format', '#, c-format\nmsgid "A %s"\nmsgstr "甲 %z"\n', html='[[A %s]]')


class Update(unittest.TestCase):
    def test_update(self):
        po = 'msgid "Old"\nmsgstr "舊"\n\n# kept\nmsgid "A"\nmsgstr "甲"\n'
        with tree(po, html='[[A]] [[New]]', c='N_("Elsewhere")') as root:
            self.assertEqual(run(words.update, root, 'base', ['templates/'], False)[0], 0)
            path = root / 'po/zh_Hant_HK/base.po'
            text = path.read_text(encoding='utf-8')
            self.assertIn('# kept\n#: templates/a.html\nmsgid "A"\nmsgstr "甲"\n\n'
                          '#: templates/a.html\nmsgid "New"\nmsgstr ""\n', text)
            self.assertNotIn('Old', text)
            self.assertNotIn('Elsewhere', text)
            run(words.update, root, 'more', [], False)
            self.assertEqual(path.read_text(encoding='utf-8'), text)
            more = (root / 'po/zh_Hant_HK/more.po').read_text(encoding='utf-8')
            self.assertIn('Elsewhere', more)
            self.assertNotIn('"A"', more)

    def test_prune(self):
        with tree('msgid "Old"\nmsgstr "舊"\n') as root:
            run(words.update, root, None, [], True)
            self.assertNotIn('Old', (root / 'po/zh_Hant_HK/base.po').read_text(encoding='utf-8'))


class Table(unittest.TestCase):
    def test_table(self):
        po = ('msgid "b\\"\\n"\nmsgstr "乙"\n\nmsgid "B"\nmsgstr "大"\n\n'
              'msgid "none"\nmsgstr ""\n\n'
              '#, fuzzy\nmsgid "perhaps"\nmsgstr "或"\n')
        with tree(po) as root:
            words.table(root, root / 'out.c', root / 'out.d')
            text = (root / 'out.c').read_text(encoding='utf-8')
            needs = (root / 'out.d').read_text(encoding='utf-8')
        self.assertIn('    {"B", {"大"}},\n    {"b\\"\\n", {"乙"}},\n};', text)
        self.assertIn('[LANGUAGE_ZH_HANT] = {"zh-Hant-HK", language_zh_hant, 2, 1}', text)
        self.assertIn('[LANGUAGE_EN] = {"en", NULL, 0, 2}', text)
        self.assertNotIn('none', text)
        self.assertNotIn('perhaps', text)
        self.assertIn('base.po', needs)

    def test_language_without_folder(self):
        with tree('', more={'po/fr/base.po': HEADER}) as root, self.assertRaises(words.Fault):
            words.languages(pathlib.Path(root))


if __name__ == '__main__':
    unittest.main()
