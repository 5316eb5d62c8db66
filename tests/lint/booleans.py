#!/usr/bin/env python3
"""Two boolean literals side by side say nothing at the place of the call.

Refused: `true, false` and its like as neighbouring arguments of a call or members of an initialiser: an enum, a named
constant or a designated initialiser says what they mean. Allowed: what a range-based for runs over, an array or list of
booleans that says so by its type, and rows of a table in tests, below a struct whose members stand beside them.

Without arguments every C++ file of the repository is read; --self-test tries the rule on known shapes.
"""
import re
import sys

import tree

PAIR = re.compile(r"(?<![\w.])(?:true|false)\s*,\s*(?:true|false)\b(?!\s*(?:\?|&&|\|\||[=!]=))")
RANGE = re.compile(r"\bfor\s*\([^;{}]*:\s*\{[\s,truefals]*\Z")
OF_BOOLEANS = re.compile(r"\b(?:array|vector|initializer_list|span|bitset)\s*<\s*(?:const\s+)?bool\b[^;]*\Z|\bbool\s+\w+\s*\[\w*\]\s*(?:=\s*)?\{[^;]*\Z")
ROW = re.compile(r"\bRow\s+\w+\s*\[\]\s*=\s*\{[^;]*\Z")


def faults(text, is_test):
    """Offsets of the pairs that are refused."""
    code = tree.code_only(text)
    end = 0
    for match in PAIR.finditer(code):
        start = max(code.rfind(";", 0, match.start()), 0)
        before = code[start:match.start()]
        if RANGE.search(before) or OF_BOOLEANS.search(before) or is_test and ROW.search(before):
            continue
        if match.start() >= end:
            yield match.start()
        end = code.find("\n", match.start())


def self_test():
    refused = [
        "f(name, true, false);",
        "return {std::move(reads), std::move(decide), true, true};",
        "StoreLink link(std::move(config), false, false);",
        "const Policy table[] = {{\"a\", strength, true,\n    true}};",
        "co_await f(false, true, 3);",
        "const Row rows[] = {{1, true, true}};",
    ]
    allowed = [
        "for (const bool legacy : {false, true}) f(legacy);",
        "f(name, true);",
        "f(true, 3, false);",
        "f({.total = true, .indexed = false});",
        "const std::array<bool, 2> both{true, false};",
        "constexpr bool known[] = {true, false, true};",
        "text(\"[true, false]\"); // true, false",
    ]
    wrong = ["not refused: " + text for text in refused if not list(faults(text, False))]
    wrong += ["refused: " + text for text in allowed if list(faults(text, False))]
    wrong += ["refused in a test: rows of a table"] if list(faults(refused[-1], True)) else []
    for line in wrong:
        print(line)
    return bool(wrong)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    bad = False
    for name in tree.files(".cpp", ".hpp", ".ipp"):
        text = tree.read(name)
        for offset in faults(text, name.startswith("tests/")):
            bad = True
            print("%s:%d: boolean literals side by side; name them" % (name, tree.line_of(text, offset)))
    return bad


sys.exit(main())
