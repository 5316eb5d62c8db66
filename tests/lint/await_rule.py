#!/usr/bin/env python3
"""An await is a statement of its own, and builds nothing: GCC 12.2 silently miscompiles the rest.

Allowed, where `e` is a call on names, literals, moved names and simple accessors:
    co_await e;    T x = co_await e;    x = co_await e;    co_return co_await e;
Refused: braces, lambdas, `?:`, subscripts, constructed arguments or a second await inside `e`, an await in a
condition, and a closure with owned captures written inside co_spawn's call (name it, then move it in).

Without arguments every C++ file of the repository is read; --self-test tries the rule on known shapes.
"""
import re
import sys

import tree

CONTROL = re.compile(r"(?:if|while|for|switch)\s*(?:constexpr\s*)?\(")
PREFIX = re.compile(r"(?:else|do|\[\[[^\]]*\]\]|case\s+[\w:]+\s*:(?!:)|default\s*:)\s*")
STATEMENT = re.compile(
    r"(?:[\w:<>,\s&*]*?[\w>&*\s](?:\w+|\[[\w,\s]+\])\s*=\s*"  # T x = / auto [a, b] =
    r"|[\w.>\-*:]+\s*=\s*"  # x =
    r"|co_return\s+|\(void\)\s*)?"
    r"co_await\s+(?P<call>[^{}\[\]?;]*)\Z",
    re.S,
)
# Types that own something, built in the call: `Name(...)`, `std::string(...)`, `std::make_unique<T>(...)`.
BUILDS = re.compile(r"(?<![\w.>])(?:\w+::)*[A-Z]\w*\s*\(|(?<![\w.>])(?:\w+::)*[A-Z]\w*<[^()]*>\s*\("
                    r"|\bstd::(?:string|vector|optional|function|pair|tuple|array|map|set|make_\w+|to_string)\b")
SPAWN = re.compile(r"\bco_spawn\s*\(")
CAPTURES = re.compile(r"\[([^\[\]]*)\]\s*(?=\(|mutable|\{)")


def closing(text, opening):
    """Offset just after the bracket that closes the one at `opening`."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    depth = 0
    for at in range(opening, len(text)):
        if text[at] in pairs:
            depth += 1
        elif text[at] in pairs.values():
            depth -= 1
            if depth == 0:
                return at + 1
    return len(text)


def statement_around(text, at):
    """Start and end of the statement that holds the offset, whole even when the await is nested in its brackets."""
    depth = 0
    start = at
    while start > 0:
        c = text[start - 1]
        if c in ")]":
            depth += 1
        elif c in "([":
            depth -= 1
        elif c in "};{" and depth <= 0:
            break
        start -= 1
    depth = 0
    end = at
    while end < len(text):
        c = text[end]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == ";" and depth <= 0:
            break
        end += 1
    return start, end


def bare(statement):
    """The statement without labels and the heads of the controls that guard it."""
    while True:
        statement = statement.lstrip()
        match = CONTROL.match(statement)
        if match:
            rest = statement[closing(statement, match.end() - 1):]
            if "co_await" not in rest or "co_await" in statement[: len(statement) - len(rest)]:
                return statement
            statement = rest
            continue
        match = PREFIX.match(statement)
        if not match:
            return statement.rstrip()
        statement = statement[match.end():]


def owns(captures):
    names = [c.strip() for c in captures.split(",") if c.strip()]
    return any(not c.startswith("&") and c != "this" for c in names)


def faults(source):
    """(line, text) of everything in the source that breaks the rule."""
    text = tree.code_only(source)
    for match in re.finditer(r"\bco_await\b", text):
        start, end = statement_around(text, match.start())
        statement = bare(text[start:end])
        fits = STATEMENT.match(statement)
        if not fits or statement.count("co_await") > 1 or BUILDS.search(fits["call"]):
            yield tree.line_of(text, match.start()), " ".join(statement.split())[:110]
    for match in SPAWN.finditer(text):
        call = text[match.end(): closing(text, match.end() - 1)]
        closure = CAPTURES.search(call.split("{", 1)[0] + "{")
        if closure and owns(closure[1]):
            yield tree.line_of(text, match.start()), "co_spawn of an unnamed closure that owns its captures"


GOOD = [
    "co_await f();",
    "const auto x = co_await f(a, b);",
    "result<void> done = co_await svc.store.find(p, std::move(name));",
    "auto [a, b] = co_await f();",
    "x = co_await f();",
    "this->x_ = co_await f();",
    "co_return co_await f(a.size());",
    "if (ready) co_await f();",
    "if (ready(a, b)) x = co_await f();",
    "for (int i = 0; i < 3; ++i) co_await f(i);",
    "while (true) { co_await f(); }",
    "else co_await f();",
    "(void)co_await f();",
    "g(\"co_await {\"); co_await f();",
    "// if (co_await f(Temp{})) {}\nco_await f();",
    "const std::vector<Row> rows = co_await f();",
    "timer.expires_after(5s); co_await timer.async_wait(use_awaitable);",
    "auto run = [&]() -> awaitable<void> { co_await f(); };",
    "co_spawn(ex, std::move(run), detached);",
    "co_spawn(ex, [&]() -> awaitable<void> { co_await f(); }, detached);",
    "co_spawn(ex, []() -> awaitable<void> { co_await f(); }, detached);",
    "co_spawn(ex, serve(std::move(socket)), detached);",
    "const char c = '\"'; co_await f(c); const char d = '{';",
    "case State::open: co_await f(); break;",
]
BAD = [
    "if (co_await f(Temp{})) g();",
    "if (co_await f()) g();",
    "if (const auto x = co_await f(); x) g();",
    "while (co_await f()) g();",
    "for (auto x = co_await f(); x; --x) g();",
    "for (const auto& row : co_await rows()) g();",
    "switch (co_await f()) { }",
    "co_await f(Agg{1, 2});",
    "co_await f({x, 3});",
    "Agg a{co_await f(), co_await g()};",
    "auto x{co_await f()};",
    "x = c ? co_await f() : co_await g();",
    "co_await (c ? f() : g());",
    "co_await f([p] { g(); });",
    "x = co_await f() + co_await g();",
    "g(co_await f());",
    "TRY(co_await f());",
    "BOOST_TEST(co_await f());",
    "return_value = (co_await f()).size();",
    "auto x = !co_await f();",
    "co_await f(Temp(a));",
    "co_await f(names::Temp(a));",
    "co_await f(std::string(a));",
    "co_await f(std::make_unique<T>(a));",
    "co_await f(rows[0]);",
    "co_return Agg{co_await f()};",
    "co_return !co_await f();",
    "const auto x = 1 + co_await f();",
    "if (a) { co_await f(); } else if (co_await g()) { }",
    "co_spawn(ex, [p]() -> awaitable<void> { co_await f(); }, detached);",
    "co_spawn(ex, [&a, p = std::move(q)]() mutable -> awaitable<void> { co_await f(); }, detached);",
    "co_spawn(ex, [=]() -> awaitable<void> { co_await f(); }, detached);",
]


def self_test():
    wrong = ["refused: " + shape for shape in GOOD if any(faults("void f() {\n" + shape + "\n}\n"))]
    wrong += ["let through: " + shape for shape in BAD if not any(faults("void f() {\n" + shape + "\n}\n"))]
    print("\n".join(wrong)) if wrong else None
    return bool(wrong)


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    bad = False
    for name in arguments or tree.files(".cpp", ".hpp"):
        for line, text in faults(tree.read(name)):
            bad = True
            print("%s:%d: %s" % (name, line, text))
    return bad


sys.exit(main(sys.argv[1:]))
