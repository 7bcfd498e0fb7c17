#!/usr/bin/env python3
"""The words of every language: what is to be translated, what is, and the tables of it in C.

  words.py --check                 fails, naming each fault, when a catalogue is not complete
  words.py --update --into portal [--from templates/portal ...]
                                   adds the new msgids (of these sources) to portal.po of each
                                   language, removes from it what is no longer in the sources
  words.py --prune                 removes what is no longer in the sources from every file
  words.py --table FILE --depfile FILE
                                   writes the C tables that src/base/words.c looks into

A msgid is the English text itself. It stands in src/ as N_("..."), words(language, "...") or
words_plural(language, "one", "many", n), and in templates/ between double square brackets, where
runs of white space count as one space. A catalogue is a folder of po/, one file a subject.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

HEADER = (
    "Project-Id-Version: ringoff\n"
    "Report-Msgid-Bugs-To: see SECURITY and CONTRIBUTING\n"
    "PO-Revision-Date: 2026-11-22 00:00+0000\n"
    "Last-Translator: see the history of this file\n"
    "Language-Team: {language}\n"
    "Language: {language}\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=1; plural=0;\n"
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'", "?": "?", "a": "\a"}
C_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[A-Za-z_]\w*|\S', re.S)
BRACKETS = re.compile(r"\[\[(.*?)\]\]", re.S)
MUSTACHE = re.compile(r"\{\{\{.*?\}\}\}|\{\{.*?\}\}", re.S)
PRINTF = re.compile(r"%(?:\d+\$)?[-+ #0]*\d*(?:\.\d+)?(?:hh|h|ll|l|j|z|t)?[diouxXeEfgGcsp%]")
HTML = re.compile(r"</?[A-Za-z](?:[^<>\"]|\"[^\"]*\")*>")
ENTITY = re.compile(r"&#?\w+;")


class Fault(Exception):
    """What the sources or a catalogue did wrong, in a sentence."""


def fold(text):
    """White space as the program folds it: runs of ASCII white space become one space."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def unquote(literal):
    """The text of a C or PO string literal with its quotes."""
    def one(match):
        if match[1] in ESCAPES:
            return ESCAPES[match[1]]
        raise Fault(f"escape \\{match[1]} in {literal} is not supported")
    return re.sub(r"\\(.)", one, literal[1:-1])


def quote(text):
    pairs = ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")
    for letter, escaped in pairs:
        text = text.replace(letter, escaped)
    return f'"{text}"'


class Message:
    """One msgid: where it stands in the sources, or what a catalogue says for it."""

    def __init__(self, msgid, plural=None):
        self.msgid, self.plural = msgid, plural
        self.places, self.printf = set(), False
        self.forms, self.flags, self.notes = [], set(), []


# What is to be translated

def c_tokens(text):
    return [t for t in C_TOKEN.findall(text) if not t.startswith(("//", "/*"))]


def c_literals(tokens, at):
    """The adjacent string literals from tokens[at] on, joined; None when there is none."""
    texts = []
    while at < len(tokens) and tokens[at].startswith('"'):
        texts.append(unquote(tokens[at]))
        at += 1
    return ("".join(texts) if texts else None), at


def c_comma(tokens, at):
    """The index after the next comma of the argument list that tokens[at] is in."""
    depth = 0
    while at < len(tokens):
        if tokens[at] in "([{":
            depth += 1
        elif tokens[at] in ")]}":
            depth -= 1
            if depth < 0:
                return None
        elif tokens[at] == "," and depth == 0:
            return at + 1
        at += 1
    return None


def c_messages(text):
    """Yields (msgid, plural) of a C source."""
    tokens = c_tokens(text)
    for i, token in enumerate(tokens[:-1]):
        if token not in ("N_", "words", "words_plural") or tokens[i + 1] != "(":
            continue
        at = i + 2 if token == "N_" else c_comma(tokens, i + 2)
        if at is None:
            continue
        msgid, at = c_literals(tokens, at)
        if msgid is None:
            continue
        if at < len(tokens) and tokens[at] not in (",", ")"):
            raise Fault(f"{quote(msgid)} is joined with {tokens[at]}, which is no literal")
        plural = None
        if token == "words_plural":
            plural, at = c_literals(tokens, at + 1)
            if plural is None:
                raise Fault(f"words_plural({quote(msgid)}) has no plural literal")
        yield msgid, plural


def template_messages(text):
    for match in BRACKETS.finditer(text):
        if match[1].count("[["):
            raise Fault(f"[[ inside [[{match[1]}")
        msgid = fold(match[1])
        if msgid and not msgid.startswith("asset:"):
            yield msgid, None
    rest = BRACKETS.sub("", text)
    if "[[" in rest:
        raise Fault("a [[ is not closed")


def sources(root):
    for folder, endings in (("src", (".c", ".h")), ("templates", (".html", ".txt"))):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in endings and path.is_file():
                yield path


def extract(root):
    """All messages of the sources by msgid."""
    found = {}
    for path in sources(root):
        place = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        is_c = path.suffix in (".c", ".h")
        try:
            for msgid, plural in (c_messages if is_c else template_messages)(text):
                message = found.setdefault(msgid, Message(msgid, plural))
                if plural and message.plural and plural != message.plural:
                    raise Fault(f"{quote(msgid)} has two plurals")
                message.plural = message.plural or plural
                message.places.add(place)
                message.printf = message.printf or (is_c and bool(PRINTF.search(msgid)))
        except Fault as fault:
            raise Fault(f"{place}: {fault}") from None
    found.pop("", None)
    return found


# Catalogues

class File:
    """One .po file."""

    def __init__(self, path, language):
        self.path, self.language = path, language
        self.header, self.messages, self.obsolete = HEADER.format(language=language), {}, []
        if path.exists():
            self.read(path.read_text(encoding="utf-8"))

    def fault(self, number, text):
        return Fault(f"{self.path.name} ({self.language}) line {number}: {text}")

    def read(self, text):
        message, part, number = Message(None), None, 0
        for number, line in enumerate(text.split("\n"), 1):
            line = line.strip()
            try:
                if line.startswith("#~"):
                    self.obsolete.append(line)
                elif line.startswith("#") or not line:
                    if message.msgid is not None:
                        self.add(message, number)
                        message, part = Message(None), None
                    self.comment(message, line)
                elif line.startswith('"') and part:
                    self.text(message, part, unquote(line))
                else:
                    match = re.fullmatch(r'(msgid|msgid_plural|msgstr|msgstr\[\d\])\s+(".*")', line)
                    if not match:
                        raise Fault(f"not understood: {line}")
                    if match[1] == "msgid" and message.msgid is not None:
                        self.add(message, number)
                        message = Message(None)
                    part = match[1]
                    self.text(message, part, unquote(match[2]), True)
            except Fault as fault:
                raise self.fault(number, fault) from None
        if message.msgid is not None:
            self.add(message, number)

    @staticmethod
    def comment(message, line):
        if line.startswith("#,"):
            message.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif line.startswith("#:"):
            message.places |= set(line[2:].split())
        elif line:
            message.notes.append(line)

    @staticmethod
    def text(message, part, text, new=False):
        if part == "msgid":
            message.msgid = text if new else message.msgid + text
        elif part == "msgid_plural":
            message.plural = text if new else message.plural + text
        elif new:
            message.forms.append(text)
        elif message.forms:
            message.forms[-1] += text

    def add(self, message, number):
        if message.msgid == "":
            self.header = "".join(message.forms)
        elif message.msgid in self.messages:
            raise self.fault(number, f"{quote(message.msgid)} stands twice")
        else:
            self.messages[message.msgid] = message

    def forms_count(self):
        match = re.search(r"nplurals=(\d)", self.header)
        count = int(match[1]) if match else 0
        if count not in (1, 2) or (count == 2 and "plural=(n != 1)" not in self.header):
            raise Fault(f"{self.path.name} ({self.language}): words.c knows the Plural-Forms "
                        "nplurals=1; plural=0; and nplurals=2; plural=(n != 1); only")
        return count

    def write(self):
        lines = ['msgid ""', 'msgstr ""']
        lines += [quote(line + "\n") for line in self.header.rstrip("\n").split("\n")]
        for msgid in sorted(self.messages, key=lambda text: text.encode()):
            message = self.messages[msgid]
            lines += ["", *message.notes]
            lines += [f"#: {place}" for place in sorted(message.places)]
            if message.flags:
                lines.append("#, " + ", ".join(sorted(message.flags)))
            lines.append(f"msgid {quote(msgid)}")
            if message.plural:
                lines.append(f"msgid_plural {quote(message.plural)}")
                lines += [f"msgstr[{i}] {quote(form)}" for i, form in enumerate(message.forms)]
            else:
                lines.append(f"msgstr {quote(message.forms[0] if message.forms else '')}")
        text = "\n".join(lines) + "\n"
        if self.path.exists() and self.path.read_text(encoding="utf-8") == text:
            return
        beside = self.path.with_suffix(f".{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path)


def languages(root):
    """The constants of enum language but the first, each with its folder in po/."""
    header = (root / "src/base/words.h").read_text(encoding="utf-8")
    constants = re.search(r"enum language \{(.*?)\}", header, re.S)[1].replace(" ", "").split(",")
    constants = [name.strip() for name in constants if name.strip() and "COUNT" not in name]
    folders = sorted(path.name for path in (root / "po").iterdir() if path.is_dir())
    pairs = {}
    for constant in constants[1:]:
        start = constant.removeprefix("LANGUAGE_")
        fits = [f for f in folders if f.upper() == start or f.upper().startswith(start + "_")]
        if len(fits) != 1:
            raise Fault(f"{constant}: one folder of po/ must start with {start}, there are {fits}")
        pairs[constant] = fits[0]
    for folder in set(folders) - set(pairs.values()):
        raise Fault(f"po/{folder} belongs to no constant of enum language")
    return constants[0], pairs


def catalogue(root, folder):
    """The files of one language."""
    return [File(path, folder) for path in sorted((root / "po" / folder).glob("*.po"))]


# Checking

def printf_parts(text):
    parts = [part for part in PRINTF.findall(text)]
    if parts and all("$" in part for part in parts if part != "%%"):
        parts.sort()
        parts = [re.sub(r"\d+\$", "", part) for part in parts]
    return parts


def translation_faults(message, source, form):
    """What is wrong with one translation: it must hold the same tags and directives."""
    ids = [message.msgid] + ([message.plural] if message.plural else [])
    kinds = [("Mustache tags", lambda text: sorted(MUSTACHE.findall(text))),
             ("HTML tags", lambda text: sorted(HTML.findall(text))),
             ("HTML entities", lambda text: sorted(ENTITY.findall(text)))]
    if source.printf:
        kinds.append(("printf directives", printf_parts))
    for name, parts in kinds:
        if parts(form) not in [parts(text) for text in ids]:
            yield f"other {name} than the msgid: {parts(form)}, not {parts(ids[0])}"
    plain, plain_id = HTML.sub("", form), HTML.sub("", ids[-1])
    for sign in '"<':
        if sign in plain and sign not in plain_id:
            yield f"a {sign} that the msgid does not have"
    if "[[" in form or "]]" in form:
        yield "double square brackets"
    if form != form.strip() and ids[0] == ids[0].strip():
        yield "white space at an end"


def language_faults(folder, files, found):
    seen = {}
    for file in files:
        file.forms_count()
        where = f"po/{folder}/{file.path.name}"
        for line in file.obsolete:
            yield f"{where}: obsolete line {line}"
        for msgid, message in file.messages.items():
            name = f"{where}: {quote(msgid)}"
            if msgid in seen:
                yield f"{name} is in {seen[msgid]} too"
            seen.setdefault(msgid, where)
            source = found.get(msgid)
            if not source:
                yield f"{name} is obsolete: no source has it"
                continue
            if message.plural != source.plural:
                yield f"{name} has the plural {message.plural}, the source {source.plural}"
            if "fuzzy" in message.flags:
                yield f"{name} is fuzzy"
            wanted = file.forms_count() if source.plural else 1
            if len(message.forms) != wanted or not all(message.forms):
                yield f"{name} is not translated"
                continue
            for form in message.forms:
                for fault in translation_faults(message, source, form):
                    yield f"{name} has {fault}"
    for msgid in sorted(set(found) - set(seen)):
        places = ", ".join(sorted(found[msgid].places))
        yield f"po/{folder}: {quote(msgid)} is missing ({places})"


def check(root):
    found = extract(root)
    faults = []
    _, pairs = languages(root)
    for folder in pairs.values():
        files = catalogue(root, folder)
        faults += language_faults(folder, files, found)
        for file in files:
            command = ["msgfmt", "--check", "--output-file", "/dev/null", str(file.path)]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode:
                faults.append(ran.stderr.strip())
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(found)} msgids, {len(pairs)} catalogues, {len(faults)} faults")
    return 1 if faults else 0


# Updating

def refresh(message, source, count):
    message.plural, message.places = source.plural, set(source.places)
    message.flags.discard("c-format")
    if source.printf:
        message.flags.add("c-format")
    wanted = count if source.plural else 1
    message.forms = (message.forms + [""] * wanted)[:wanted]


def update(root, into, only, prune):
    found = extract(root)
    _, pairs = languages(root)
    for folder in pairs.values():
        files = catalogue(root, folder)
        path = root / "po" / folder / f"{into}.po" if into else None
        if path and not any(file.path == path for file in files):
            files.append(File(path, folder))
        known = {msgid for file in files for msgid in file.messages}
        for file in files:
            if file.path != path and not prune:
                continue
            for msgid in [msgid for msgid in file.messages if msgid not in found]:
                del file.messages[msgid]
            file.obsolete = []
            if file.path == path:
                for msgid, source in found.items():
                    wanted = not only or any(p.startswith(o) for p in source.places for o in only)
                    if msgid not in known and wanted:
                        file.messages[msgid] = Message(msgid)
            for msgid, message in file.messages.items():
                refresh(message, found[msgid], file.forms_count())
            file.write()
            empty = sum(not all(m.forms) for m in file.messages.values())
            print(f"po/{folder}/{file.path.name}: {len(file.messages)} messages, {empty} empty")
    return 0


# The tables

def table(root, out, depfile):
    first, pairs = languages(root)
    lines = ["/* Generated by script/words.py from po/. */", '#include "base/words_table.h"', ""]
    rows = [f'    [{first}] = {{"{first.removeprefix("LANGUAGE_").lower()}", NULL, 0, 2}},']
    needs = [root / "src/base/words.h", root / "po"]
    for constant, folder in pairs.items():
        files = catalogue(root, folder)
        needs += [root / "po" / folder, *(file.path for file in files)]
        words, count = {}, 1
        for file in files:
            count = file.forms_count()
            for msgid, message in file.messages.items():
                if msgid in words:
                    raise Fault(f"po/{folder}: {quote(msgid)} stands in two files")
                if "fuzzy" not in message.flags and message.forms and all(message.forms):
                    words[msgid] = message.forms
        name = constant.lower()
        tag = folder.replace("_", "-")
        if words:
            lines.append(f"static const struct word {name}[] = {{")
            for msgid in sorted(words, key=lambda text: text.encode()):
                forms = ", ".join(quote(form) for form in words[msgid])
                lines.append(f"    {{{quote(msgid)}, {{{forms}}}}},")
            lines += ["};", ""]
        rows.append(f'    [{constant}] = '
                    f'{{"{tag}", {name if words else "NULL"}, {len(words)}, {count}}},')
    lines += ["const struct word_table word_tables[LANGUAGE_COUNT] = {", *rows, "};", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="utf-8")
    if depfile:
        names = " ".join(str(path).replace(" ", "\\ ") for path in needs)
        pathlib.Path(depfile).write_text(f"{out}: {names}\n", encoding="utf-8")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--prune", action="store_true")
    parser.add_argument("--into", metavar="NAME")
    parser.add_argument("--from", dest="only", action="append", default=[], metavar="PATH")
    parser.add_argument("--table", metavar="FILE")
    parser.add_argument("--depfile", metavar="FILE")
    options = parser.parse_args()
    root = pathlib.Path(options.root).resolve()
    try:
        if options.update and not options.into:
            raise Fault("--update needs --into NAME")
        if options.update or options.prune:
            return update(root, options.into if options.update else None, options.only,
                          options.prune)
        if options.table:
            return table(root, options.table, options.depfile)
        if options.check:
            return check(root)
        parser.error("say what to do: --check, --update, --prune or --table")
    except Fault as fault:
        print(f"words.py: {fault}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
