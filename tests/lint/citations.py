#!/usr/bin/env python3
"""Holds comments and documents to what exists: every page and file they name, and every section they cite.

A comment names a page from the root of the repository and its sections by number, in one spelling:
`docs/contract/account.md 1.6`, `docs/contract/account.md 6.1-6.3, 6.7 and 9`. A page without numbers is cited by a
heading: `docs/architecture.md "Threads"`. Documents name pages from their own folder or from the root; their links and
anchors lead somewhere, and `§2.1` is a section of the page right before it or, alone, of the page it stands in or of
one named before it on its line. Files are named from the root.
--self-test tries the rules on known comments and documents.
"""
import functools
import os
import re
import sys

import tree

NUMBER = r"\d+(?:\.\d+)*"
SECTIONS = r"%s(?:\s?[-–]\s?%s)?" % (NUMBER, NUMBER)
NAME = r"(?<![\w./-])(?!\.+/)((?:[\w-]+/)*[\w-]+\.md)\b"
PAGE = re.compile(NAME + r'(#[\w-]+)?`?(?:,? "([^"]+)"| (%s(?:(?:, | and )%s)*)(?![\w%%]))?' % (SECTIONS, SECTIONS))
FILE = re.compile(r"(?<![\w./-])((?:core|policies|storage|net|bench|tests|docs)/[\w./-]+"
                  r"\.(?:hpp|cpp|mjs|py|tsv|json|svg|txt))\b")
LOOSE = re.compile(r"\b(?:[Cc]ontract|[Dd]esign) (?:sections?|pages?|errors? table)\b|\b[Dd]esign \d"
                   r"|\.md(?:,? end of)?,? (?:sections? \d|§)")
PARAGRAPH = r"§\s?(%s(?:,\s§?%s)*)" % (SECTIONS, SECTIONS)
MARKED = re.compile(r"(?:`?" + NAME + r"`?[ *]*)?" + PARAGRAPH)
OWN = re.compile(r"(?<!RFC \d{4} )\bsections? (\d+(?:\.\d+)*)\b")
LINK = re.compile(r"(!?)\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.M | re.S)
SCRIPT = re.compile(r"#![^\n]*\b(?:bash|sh|python3)\b")


@functools.lru_cache(maxsize=None)
def headings(page):
    return re.findall(r"^#{1,6} +(.+?) *$", FENCE.sub("", tree.read(page)), re.M)


def slug(heading):
    """The anchor that GitHub and its like give a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def numbers(page):
    return {m[1] for m in (re.match(r"(%s)\.? " % NUMBER, h) for h in headings(page)) if m}


def is_page(name):
    return (tree.ROOT / name).is_file()


def missing_sections(page, text):
    for number in re.findall(NUMBER, text):
        if number not in numbers(page):
            yield "%s has no section %s" % (page, number)


def cited(page, anchor, heading, sections):
    """What is wrong with the citation of a page that exists."""
    if anchor and anchor[1:] not in map(slug, headings(page)):
        yield "%s has no anchor %s" % (page, anchor)
    if heading and heading not in headings(page):
        yield '%s has no heading "%s"' % (page, heading)
    if sections:
        yield from missing_sections(page, sections)


def file_faults(text):
    for match in FILE.finditer(text):
        if not is_page(match[1]):
            yield match.start(), "%s: no such file" % match[1]


def comment_faults(text):
    """Pairs of offset and fault of a comment's text."""
    for match in PAGE.finditer(text):
        if is_page(match[1]):
            yield from ((match.start(), fault) for fault in cited(*match.groups()))
        else:
            yield match.start(), "%s: no such page, from the root of the repository" % match[1]
    yield from file_faults(text)
    for match in LOOSE.finditer(text):
        yield match.start(), "%s: cite as docs/PAGE.md 1.2" % match[0]


def found_from(document, name):
    """The page that a document means by a name, or None."""
    for folder in (os.path.dirname(document), ""):
        path = os.path.normpath(os.path.join(folder, name))
        if is_page(path):
            return path
    return None


def link_faults(document, text):
    for match in LINK.finditer(text):
        target, _, anchor = match[2].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = os.path.normpath(os.path.join(os.path.dirname(document), target)) if target else document
        if not (tree.ROOT / path).exists():
            yield match.start(), "%s: the link leads nowhere" % match[2]
        elif anchor and path.endswith(".md") and anchor not in map(slug, headings(path)):
            yield match.start(), "%s: no such anchor" % match[2]


def document_faults(document, text):
    yield from link_faults(document, text)
    prose = LINK.sub(lambda m: " " * len(m[0]), text)
    for match in re.finditer(NAME, prose):
        if not found_from(document, match[1]):
            yield match.start(), "%s: no such page" % match[1]
    yield from file_faults(prose)
    for match in MARKED.finditer(prose):
        pages = [match[1]] if match[1] else re.findall(NAME, prose[prose.rfind("\n", 0, match.start()) + 1:match.start()])
        pages = [page for page in (found_from(document, name) for name in pages) if page] + [document] * (not match[1])
        faults_by_page = [list(missing_sections(page, match[2])) for page in pages]
        if all(faults_by_page):
            yield from ((match.start(), fault) for fault in sum(faults_by_page, []))
    if numbers(document):
        for match in OWN.finditer(prose):
            yield from ((match.start(), fault) for fault in missing_sections(document, match[1]))


# A comment of C++ and JavaScript, a string, or neither.
SLASHED = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\'', re.S)
HASHED = re.compile(r'(?:(?<=\s)|^)#[^\n]*|"""(.*?)"""', re.M | re.S)


def comments(text, pattern):
    """Pairs of offset and text of comments; those on lines that follow each other are one, their marks blanked, so that
    a citation may run over a line's end."""
    kept, last = [], None
    for match in pattern.finditer(text):
        if match[0][0] in "\"'" and not match[0].startswith('"""'):
            continue
        between = text[last:match.start()] if last is not None else "x"
        if between.strip() or between.count("\n") > 1:
            kept.append([match.start(), ""])
        else:
            kept[-1][1] += between
        kept[-1][1] += match[0]
        last = match.end()
    for start, comment in kept:
        flat = re.sub(r"(?:^|(?<=\n))[ \t]*(?://+<?|/\*+|\*+/?|#+)|\n", lambda m: "\0" * len(m[0]), comment)
        yield start, flat


def flattened(text):
    """One space for each run of blanks, and where each kept character was."""
    out, where = [], []
    for at, char in enumerate(text):
        char = " " if char in "\0\t\n" else char
        if char == " " and out and out[-1] == " ":
            continue
        out.append(char)
        where.append(at)
    return "".join(out), where


def faults_of_comments(text, pattern):
    for start, comment in comments(text, pattern):
        flat, where = flattened(comment)
        for at, fault in comment_faults(flat):
            yield start + where[at], fault


def faults(name):
    text = tree.read(name)
    if name.endswith(".md"):
        return document_faults(name, text)
    if name.endswith((".cpp", ".hpp", ".inc", ".ipp", ".mjs", ".js")):
        return faults_of_comments(text, SLASHED)
    if name.endswith((".py", ".sh", "CMakeLists.txt", ".cmake")) or SCRIPT.match(text):
        return faults_of_comments(text, HASHED)
    return ()


GOOD = [
    "// Source: docs/contract/account.md 1.6, 2.3-2.4 and 5; any thread.", "/// Types: docs/contract/errors.tsv.",
    "// Source: docs/contract/account.md\n// 1.6. Pure.", "/** docs/operations.md, \"Backups\" */",
    "// bench/README.md#results says how", "// Source: docs/contract/users.md 4. At most 512 bytes.",
    "// RFC 9110 section 5.3", 'f("docs/none.md");', "// docs/storage.md lists 64 kinds",
]
BAD = [
    "// Source: docs/contract/none.md 1", "// Source: docs/contract/account.md 1.99", "// contract account.md 1.6",
    "/// Source: docs/contract/account.md\n/// 77.", "// docs/contract/account.md 1.6 and 99",
    "// docs/contract/account.md 6.1-6.99", "// docs/contract/account.md section 1.6", "// design section 6",
    "// Source: contract errors table.", "int a;  ///< docs/none.md", "/** docs/operations.md, \"Nothing\" */",
    "// bench/README.md#nothing-of-this-name", "// docs/contract/none.tsv", "// net/none.hpp", "// docs/contract/project.md, end of section 8",
]
GOOD_DOCUMENT = ["`account.md` §1.7, §2", "§6.3", "`account.md` §1–2", "[a](account.md#3-validators)", "see section 6.13",
                 "[b](../storage.md)", "[c](https://example.com/none.md#x)", "`docs/security.md`", "`oauth2.md` (flows in §3.1)"]
BAD_DOCUMENT = ["`account.md` §1.99", "§6.99", "`none.md`", "[a](account.md#nothing)", "[b](none.svg)", "section 77", "`core/none.hpp`",
                "`account.md` §1, §99"]


def self_test():
    page = "docs/contract/account.md"
    wrong = ["refused: %r" % t for t in GOOD if list(faults_of_comments(t, SLASHED))]
    wrong += ["let through: %r" % t for t in BAD if not list(faults_of_comments(t, SLASHED))]
    wrong += ["refused: %r" % t for t in GOOD_DOCUMENT if list(document_faults(page, t))]
    wrong += ["let through: %r" % t for t in BAD_DOCUMENT if not list(document_faults(page, t))]
    for text, bad in (("x = 1  # docs/none.md\n", True), ('"""docs/none.md"""', True), ("# docs/storage.md\n", False)):
        if bool(list(faults_of_comments(text, HASHED))) != bad:
            wrong.append("wrong about %r" % text)
    print("\n".join(wrong)) if wrong else None
    return bool(wrong)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    bad = False
    for name in tree.files():
        if name == "tests/lint/citations.py" or name.startswith("tests/fuzz/corpus/"):
            continue
        text = None
        for at, fault in faults(name):
            text = text or tree.read(name)
            bad = True
            print("%s:%d: %s" % (name, tree.line_of(text, at), fault))
    return bad


sys.exit(main())
