#!/usr/bin/env python3
"""Looks through templates/ for what must not be there.

  templates.py --check [--root DIR]

Refused in every template: unescaped variables whose name does not end in _html, brackets or
sections that do not close. Refused in HTML templates: a variable where escaping does not help
(script, style, event attribute, outside quotes, tag or attribute name, start of an address),
inline scripts and styles (the Content-Security-Policy forbids them), and English text that is not
between double square brackets, unless an element around it has translate="no" or lang.
"""
import argparse
import pathlib
import re
import sys

ADDRESS = {"href", "src", "action", "formaction", "poster", "data", "cite", "srcset", "ping",
           "xlink:href"}
ADDRESS_ENDINGS = ("_url", "_path")
SPOKEN = {"aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "alt",
          "title", "placeholder", "label", "aria-placeholder"}
BUTTONS = {"submit", "reset", "button"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr"}
TAG = re.compile(r"\{\{(\{|[#^/>!&=]?)\s*(.*?)\s*\}?\}\}", re.S)
BRACKETS = re.compile(r"\[\[(.*?)\]\]", re.S)
LETTER = re.compile(r"[A-Za-z\u00c0-\u024f\u3400-\u9fff]")
ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]+);")


class Piece:
    """One Mustache tag: what it is and what it names."""

    def __init__(self, match):
        self.kind = {"{": "&"}.get(match[1], match[1])
        self.name = match[2]


class Element:
    def __init__(self, name, translated):
        self.name, self.exempt = name, not translated


class Lint:
    """Walks one HTML template letter by letter, as a browser's tokenizer would."""

    def __init__(self, name, text):
        self.name, self.text, self.at = name, text, 0
        self.faults, self.stack, self.sections = [], [], []
        self.state = "text"
        self.tag = self.attribute = self.value = ""
        self.bracket = ""  # the state in which double brackets were opened
        self.closing = self.reported = False
        self.attributes = {}
        self.plain = ""  # the value, or the text, without variables and translated text

    def fault(self, text):
        line = self.text.count("\n", 0, self.at) + 1
        self.faults.append(f"templates/{self.name}:{line}: {text}")

    def run(self):
        while self.at < len(self.text):
            match = TAG.match(self.text, self.at)
            if match:
                self.mustache(Piece(match), match.end())
                self.at = match.end()
            elif self.text[self.at:self.at + 2] in ("[[", "]]") and self.state != "raw":
                self.brackets(self.text[self.at] == "[")
                self.at += 2
            elif self.text.startswith("{{", self.at):
                self.fault("a tag is not closed")
                self.at += 2
            else:
                getattr(self, "in_" + self.state)(self.text[self.at])
                self.at += 1
        self.text_end()
        if self.state != "text":
            self.fault(f"the template ends inside a tag ({self.state})")
        if self.bracket:
            self.fault("double brackets are not closed")
        for name, *_ in self.sections:
            self.fault(f"{{{{#{name}}}}} is not closed")
        return self.faults

    def brackets(self, opening):
        if opening == bool(self.bracket) or (not opening and self.bracket != self.state):
            self.fault("double brackets do not match")
        if self.state not in ("text", "value"):
            self.fault("double brackets stand neither in text nor in a quoted value")
        self.text_end()
        self.bracket = self.state if opening else ""

    # Mustache tags

    def mustache(self, piece, end):
        if piece.kind == "!":
            return
        if piece.kind == "=":
            self.fault("delimiters are not changed in our templates")
        elif piece.kind in "#^" and piece.kind:
            self.name_end(self.text[end:end + 1].isspace())
            if self.state in ("tag", "unquoted", "name", "markup", "before_value"):
                self.fault(f"the section {piece.name} stands inside a name or an unquoted value")
            self.sections.append((piece.name, self.state, self.tag, self.value))
        elif piece.kind == "/":
            self.section_end(piece)
        elif piece.kind == ">":
            if self.state != "text":
                self.fault(f"the partial {piece.name} does not stand in text")
            self.text_end()
        else:
            self.variable(piece)

    def name_end(self, ended):
        """Between attributes a section may begin or end right after a name."""
        if self.state == "after_name" or (ended and self.state == "name"):
            self.attribute_end()
            self.state = "space"
        elif ended and self.state == "tag":
            self.state = "space"

    def section_end(self, piece):
        self.name_end(self.state == "name")
        if not self.sections or self.sections[-1][0] != piece.name:
            self.fault(f"{{{{/{piece.name}}}}} closes nothing")
            return
        name, opened, tag, value = self.sections.pop()
        if opened != self.state or (opened != "text" and tag != self.tag):
            self.fault(f"the section {name} begins in {opened} and ends in {self.state}: it must "
                       "begin and end in the same place of the markup")
        if self.state == "value" and not value.strip():
            self.value = value  # the section may render nothing: what follows starts the value

    def variable(self, piece):
        name = piece.name
        if piece.kind == "&" and not name.endswith("_html"):
            self.fault(f"{name} is not escaped, and its name does not end in _html")
        if self.state == "raw":
            self.fault(f"the variable {name} stands inside <{self.tag}>")
        elif self.state == "comment":
            self.fault(f"the variable {name} stands in a comment of the page")
        elif self.state in ("tag", "markup"):
            self.fault(f"the variable {name} stands in the name of a tag")
        elif self.state in ("space", "name", "after_name"):
            self.fault(f"the variable {name} stands where an attribute's name is")
        elif self.state in ("before_value", "unquoted"):
            self.fault(f"the variable {name} stands without quotes in {self.attribute}")
            self.state = "unquoted"
        elif self.state == "value":
            if self.attribute.startswith("on"):
                self.fault(f"the variable {name} stands in the event attribute {self.attribute}")
            if self.attribute in ("style", "srcdoc"):
                self.fault(f"the variable {name} stands in the attribute {self.attribute}")
            starts = not self.value.strip()
            if self.attribute in ADDRESS and starts and not name.endswith(ADDRESS_ENDINGS):
                self.fault(f"{self.attribute} starts with the variable {name}: its name must end "
                           "in _url or _path")
            if piece.kind == "&":
                self.fault(f"{name} is not escaped inside an attribute")
            self.value += "\0"

    # English text

    def exempt(self):
        return any(element.exempt for element in self.stack)

    def text_end(self):
        """Text or a value comes to an end, or goes on in another way: look at what there was."""
        spoken = self.state == "text" and not self.bracket
        letters = LETTER.search(ENTITY.sub("", self.plain))
        if spoken and letters and not self.exempt():
            self.fault(f"text that is not translated: {self.plain.strip()[:60]}")
        if self.state == "value" and not self.bracket and letters:
            self.reported = True  # decided at the end of the tag, when all attributes are known
        self.plain = ""

    # States

    def in_text(self, letter):
        if letter != "<":
            self.plain += letter
            return
        rest = self.text[self.at:]
        if rest.startswith("<!--"):
            self.text_end()
            self.state = "comment"
        elif re.match(r"</?[A-Za-z{]|<!", rest):
            self.text_end()
            self.state, self.tag, self.closing = "markup", "", False
            self.attributes = {}
        else:
            self.fault("a < that begins no tag: write &lt;")

    def in_comment(self, _letter):
        if self.text.startswith("-->", self.at):
            self.at += 2
            self.state = "text"

    def in_markup(self, letter):
        if letter == "/":
            self.closing = True
        else:
            self.state = "tag"
            self.in_tag(letter)

    def in_tag(self, letter):
        if letter.isspace():
            self.state = "space"
        elif letter in ">/":
            self.in_space(letter)
        else:
            self.tag += letter.lower()

    def in_space(self, letter):
        if letter == ">":
            self.tag_end()
        elif letter == "/":
            self.state = "space"
        elif not letter.isspace():
            self.state, self.attribute = "name", letter.lower()
            if letter in "\"'=<":
                self.fault(f"{letter} where an attribute's name is")

    def in_name(self, letter):
        if letter == "=":
            self.state = "before_value"
        elif letter.isspace():
            self.state = "after_name"
        elif letter in ">/":
            self.attribute_end()
            self.in_space(letter)
        else:
            self.attribute += letter.lower()

    def in_after_name(self, letter):
        if letter == "=":
            self.state = "before_value"
        elif not letter.isspace():
            self.attribute_end()
            self.in_space(letter)

    def in_before_value(self, letter):
        self.value, self.plain, self.reported = "", "", False
        if letter in "\"'":
            self.state, self.quote = "value", letter
        elif letter == ">":
            self.attribute_end()
            self.tag_end()
        elif not letter.isspace():
            self.state, self.value, self.plain = "unquoted", letter, letter

    def in_unquoted(self, letter):
        if letter.isspace() or letter == ">":
            self.reported = bool(LETTER.search(self.plain))
            self.attribute_end()
            self.in_space(letter)
            if letter != ">":
                self.state = "space"
        else:
            self.value += letter
            self.plain += letter

    def in_value(self, letter):
        if letter == self.quote:
            if self.bracket == "value":
                self.fault("double brackets are not closed inside the value")
                self.bracket = ""
            self.text_end()
            self.attribute_end()
            self.state = "space"
        else:
            self.value += letter
            self.plain += letter

    def in_raw(self, _letter):
        end = f"</{self.tag}"
        if self.text[self.at:self.at + len(end)].lower() == end:
            self.state, self.tag, self.closing, self.attributes = "markup", "", False, {}

    def attribute_end(self):
        if self.attribute:
            if self.attribute.startswith("on") and not self.closing:
                self.fault(f"the event attribute {self.attribute}: scripts are files")
            if self.attribute == "style":
                self.fault("an inline style: styles stand in the style sheet")
            if self.attribute in ADDRESS and self.value.strip().lower().startswith("javascript:"):
                self.fault(f"{self.attribute} is a script")
            self.attributes[self.attribute] = (self.value, self.reported)
        self.attribute, self.value, self.plain, self.reported = "", "", "", False

    def tag_end(self):
        self.attribute_end()
        self.state, self.plain = "text", ""
        if self.tag.startswith("!"):
            return
        if self.closing:
            self.element_close()
            return
        exempt = (self.attributes.get("translate", ("",))[0] == "no" or
                  ("lang" in self.attributes and self.tag != "html"))
        element = Element(self.tag, not exempt)
        self.stack.append(element)
        self.spoken_check()
        if self.tag in VOID:
            self.stack.pop()
        if self.tag in ("script", "style"):
            if self.tag == "style" or "src" not in self.attributes:
                if not self.data_script():
                    self.fault(f"an inline <{self.tag}>: it stands in a file of assets/")
            self.state = "raw"

    def data_script(self):
        return self.attributes.get("type", ("",))[0] == "application/json"

    def spoken_check(self):
        if self.exempt():
            return
        button = self.tag == "input" and self.attributes.get("type", ("",))[0] in BUTTONS
        for name, (value, reported) in self.attributes.items():
            if reported and (name in SPOKEN or (button and name == "value")):
                self.fault(f"{name} is not translated: {value[:60]!r}")

    def element_close(self):
        for i in range(len(self.stack) - 1, -1, -1):
            if self.stack[i].name == self.tag:
                del self.stack[i:]
                return


def text_faults(name, text):
    """What is wrong with a plain text template: it has no markup to go wrong."""
    faults, sections = [], []
    for match in TAG.finditer(text):
        piece = Piece(match)
        where = f"templates/{name}:{text.count(chr(10), 0, match.start()) + 1}"
        if piece.kind == "&" and not piece.name.endswith("_html"):
            faults.append(f"{where}: {piece.name} is not escaped, "
                          "and its name does not end in _html")
        if piece.kind in ("#", "^"):
            sections.append(piece.name)
        elif piece.kind == "/" and (not sections or sections.pop() != piece.name):
            faults.append(f"{where}: {{{{/{piece.name}}}}} closes nothing")
    faults += [f"templates/{name}: {{{{#{section}}}}} is not closed" for section in sections]
    rest = TAG.sub("\0", BRACKETS.sub("", text))
    rest = re.sub(r"\S*\0\S*/\S*", "", rest)  # an address such as {{base_url}}/c/{{reference}}
    if "[[" in rest or "]]" in rest:
        faults.append(f"templates/{name}: double brackets do not match")
    for number, line in enumerate(rest.split("\n"), 1):
        if LETTER.search(line):
            faults.append(f"templates/{name}: text that is not translated: {line.strip()[:60]}")
    return faults


def faults_of(name, text):
    """The faults of one template, each with file and line."""
    return Lint(name, text).run() if name.endswith(".html") else text_faults(name, text)


def check(root):
    folder = root / "templates"
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".html", ".txt"))
    faults = []
    for path in paths:
        faults += faults_of(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(paths)} templates, {len(faults)} faults")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", required=True)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    return check(parser.parse_args().root)


if __name__ == "__main__":
    sys.exit(main())
