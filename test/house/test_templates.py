"""script/templates.py finds each thing that must not be in a template, and nothing else."""
import sys
import unittest

from tree import ROOT

sys.path.insert(0, str(ROOT / 'script'))
import templates  # noqa: E402  (it lies beside the sources, not beside the tests)

GOOD = {
    'page': '<!doctype html><html lang="{{language}}"><head><title>[[Close]] {{brand_text}}</title>'
            '<link rel="stylesheet" href="[[asset:look.css]]">'
            '<script src="[[asset:link.js]]" defer></script></head>'
            '<body>{{> partial/head}}<p>[[Closed on <b class="num">{{due_text}}</b>]]</p>'
            '<svg viewBox="0 0 1 1" aria-hidden="true"><path d="M1 1"/></svg> · &nbsp; 24</body>',
    'address': '<a href="{{start_url}}">1</a><a href="/c/{{reference}}">2</a>'
               '<form method="post" action="{{close_path}}"></form>',
    'attributes': '<input{{#wrong}} aria-invalid="true"{{/wrong}} value="{{value}}" required'
                  '{{#checked}} checked{{/checked}}><option {{#on}}selected{{/on}}>{{x}}</option>'
                  '<a class="a {{#b}}c{{/b}}" title="[[Go to {{x}}]]"></a>',
    'names': '<b translate="no">Ringoff</b><a lang="zh-Hant" href="#">繁</a>'
             '<p lang="en"><span>English</span></p>',
    'sections': '{{#a}}<p>{{/a}}{{^a}}<div>{{/a}}{{#l}}{{.}}{{/l}}',
    'raw': '{{{qr_html}}}{{&map_html}}{{! any English }}<!-- any English -->',
    'data': '<script type="application/json">{"a": [[1]]}</script>',
    'button': '<input type="submit" value="[[Close]]"><input value="given" type="hidden">',
    'brackets': '<p>[[<a href="{{a_url}}" title="in the words">Go</a>]]</p>',
}
BAD = {
    'variable in a script': ('<script src="/a.js">{{x}}</script>', 'inside <script>'),
    'variable in a style': ('<style>{{x}}</style>', 'inside <style>'),
    'variable in data': ('<script type="application/json">{{x}}</script>', 'inside <script>'),
    'variable in an event': ('<a onclick="f({{x}})">1</a>', 'event attribute'),
    'event': ('<a ONCLICK="f()">1</a>', 'event attribute'),
    'no quotes': ('<a class={{x}}>1</a>', 'without quotes'),
    'no quotes after a start': ('<a class=a{{x}}>1</a>', 'without quotes'),
    'tag name': ('<{{x}}>', 'name of a tag'),
    'in a tag name': ('<h{{x}}>1</h1>', 'name of a tag'),
    'closing tag name': ('<h1>1</h{{x}}>', 'name of a tag'),
    'attribute name': ('<a {{x}}>1</a>', "attribute's name"),
    'in an attribute name': ('<a data-{{x}}="1">1</a>', "attribute's name"),
    'after an attribute': ('<a b="1" {{x}}>1</a>', "attribute's name"),
    'variable in a comment': ('<!-- {{x}} -->', 'comment'),
    'triple': ('{{{x}}}', 'not escaped'),
    'ampersand': ('{{& x}}', 'not escaped'),
    'raw in an attribute': ('<a title="{{{x_html}}}">1</a>', 'inside an attribute'),
    'href': ('<a href="{{x}}">1</a>', 'starts with the variable'),
    'href in single quotes': ("<a href=' {{x}}/y'>1</a>", 'starts with the variable'),
    'src': ('<img alt="" src="{{x}}">', 'starts with the variable'),
    'action': ('<form action="{{x}}"></form>', 'starts with the variable'),
    'formaction': ('<button formaction="{{x}}">1</button>', 'starts with the variable'),
    'href after a section': ('<a href="{{#a}}/b{{/a}}{{^a}}{{x}}{{/a}}">1</a>',
                             'starts with the variable'),
    'script address': ('<a href="javascript:f()">1</a>', 'is a script'),
    'inline style': ('<style>a{}</style>', 'inline <style>'),
    'inline script': ('<script>f()</script>', 'inline <script>'),
    'style attribute': ('<a style="color:red">1</a>', 'inline style'),
    'text': ('<p>Close</p>', 'not translated: Close'),
    'text beside brackets': ('<p>[[Close]] now</p>', 'not translated: now'),
    'text in another script': ('<p>登記</p>', 'not translated'),
    'text after a name': ('<b translate="no">Ringoff</b> is', 'not translated: is'),
    'text in html with lang': ('<html lang="en"><p>Close</p>', 'not translated'),
    'aria-label': ('<a aria-label="Close">1</a>', 'aria-label is not translated'),
    'alt': ('<img src="/a.png" alt="A map">', 'alt is not translated'),
    'title': ('<a title="Close">1</a>', 'title is not translated'),
    'placeholder': ('<input placeholder="Name">', 'placeholder is not translated'),
    'placeholder without quotes': ('<input placeholder=Name>', 'placeholder is not translated'),
    'button': ('<input value="Close" type="submit">', 'value is not translated'),
    'section around a quote': ('<a {{#b}}class="{{/b}}c">1</a>', 'begins in'),
    'section around a bracket': ('{{#b}}<a {{/b}}>1</a>', 'begins in'),
    'section in a name': ('<a{{#b}}c{{/b}}>1</a>', 'inside a name'),
    'section without quotes': ('<a class={{#b}}c{{/b}}>1</a>', 'unquoted'),
    'partial in a tag': ('<a {{> b}}>1</a>', 'does not stand in text'),
    'delimiters': ('{{=<% %>=}}', 'delimiters'),
    'section open': ('{{#a}}', 'is not closed'),
    'section crossed': ('{{#a}}{{#b}}{{/a}}{{/b}}', 'closes nothing'),
    'tag open': ('{{a', 'a tag is not closed'),
    'brackets open': ('<p>[[Close</p>', 'not closed'),
    'brackets closed': ('<p>Close]]</p>', 'do not match'),
    'brackets leave the value': ('<a title="[[Close">]]</a>', 'not closed inside the value'),
    'brackets in a tag': ('<a [[b]]>1</a>', 'neither in text'),
    'bare': ('<p>1 < 2</p>', '&lt;'),
    'ends inside': ('<a href="/b', 'ends inside a tag'),
}
GOOD_TEXT = ('{{brand_text}}: [[Close on {{due_text}}]]\n{{#a}}[[Also]]{{/a}}\n'
             '{{base_url}}/c/{{r}}#{{s}}\n')
BAD_TEXT = {
    'text': ('[[Close]] now', 'not translated'),
    'triple': ('{{{x}}}', 'not escaped'),
    'section': ('{{#a}}', 'is not closed'),
    'crossed': ('{{/a}}', 'closes nothing'),
    'brackets': ('[[Close', 'do not match'),
}


class Templates(unittest.TestCase):
    def test_good_passes(self):
        for name, text in GOOD.items():
            with self.subTest(name):
                self.assertEqual(templates.faults_of('a.html', text), [])
        self.assertEqual(templates.faults_of('a.txt', GOOD_TEXT), [])

    def test_bad_goes_red(self):
        for ending, cases in (('html', BAD), ('txt', BAD_TEXT)):
            for name, (text, says) in cases.items():
                with self.subTest(name):
                    faults = templates.faults_of(f'a.{ending}', text)
                    self.assertTrue(any(says in fault for fault in faults), faults)

    def test_line_is_named(self):
        faults = templates.faults_of('b/a.html', '<p>\n\n{{{x}}}</p>')
        self.assertTrue(faults[0].startswith('templates/b/a.html:3: '), faults)


if __name__ == '__main__':
    unittest.main()
