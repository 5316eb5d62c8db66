#!/usr/bin/env python3
"""Holds the include tables: which layer may see which, which folder of net may see which, and which folder may know which
library.

Fails on any other include, on a project include that is not rooted at the repository or names no file, and on a
source that does not begin with its own header. --self-test tries the table on known includes.
"""
import re
import sys

import tree

# layer -> layers it may include
SEES = {
    "core": {"core"},
    "policies": {"policies", "core"},
    "storage": {"storage", "core"},
    "net": {"net", "core", "policies", "storage"},
    "bench": set(tree.LAYERS) - {"tests"},
    "tests": set(tree.LAYERS),
}

# The folders of net in their order: each sees itself and those before it. A header or source that lies in net itself
# is named without its ending.
NET = ("http", "wire", "wire/models", "changes", "config", "state", "outbound", "actions", "pipeline", "api/lists", "api",
       "transfer", "commands", "commands/control", "metrics", "app", "cli", "main")
# Folders that see themselves alone, of net.
CLOSED = ("changes",)
# What these folders must not name: values know no request, and a commit waits for nothing.
UNKNOWN_TO = {"wire": re.compile(r"\b(?:Services|Call)\b"), "wire/models": re.compile(r"\b(?:Services|Call)\b"),
              "changes": re.compile(r"\b(?:Services|awaitable)\b")}

# All that policies may see of core: plain values, no executor, no log, no clock.
VALUES = {"core/" + name + ".hpp"
          for name in ("error", "ids", "project", "secret", "session", "team", "time", "token", "user", "validators")}

# library header (prefix) -> folders that may include it; bench and tests may include any
LIBRARIES = {
    "boost/asio/ssl": ("net/http",),
    "boost/asio": ("core", "storage", "net"),
    "boost/beast": ("net/http",),
    "boost/intrusive": ("net/http",),
    "boost/system": ("core", "storage", "net"),
    "CLI/": ("net/cli",),
    "crypt.h": ("core/password",),  # bcrypt
    "curl/": ("net/outbound",),
    "fmt/": ("core",),
    "libpq-fe.h": ("storage/postgres",),
    "lmdb.h": ("storage/lmdb",),
    "openssl/ssl.h": ("net/http",),
    "openssl/": ("core/crypto",),
    "simdjson": ("core/json",),
    "sodium.h": ("core/crypto", "core/password"),  # password: the hash and its fallback engine
    "spdlog/": ("core",),
    "utf8proc.h": ("core", "policies"),  # core counts characters, policies class them
    "xxhash.h": ("storage",),
}

# folder of an engine -> files of the product that may include it, beside its own: above open.* nobody knows which engine
# there is
ENGINES = {"storage/lmdb/": ("storage/open.cpp",), "storage/slow/": ("storage/open.cpp",)}

# Of the system: POSIX, Linux and compiler headers, kept out of policies.
SYSTEM = re.compile(r"^(?:(?:sys|arpa|net|netinet|linux)/\w+|[a-z0-9_]*intrin|cpuid|dirent|fcntl|malloc|netdb|poll|"
                    r"pthread|pwd|sched|signal|stdlib|termios|time|unistd|fnmatch|glob|grp|syslog|ucontext)\.h$")
STANDARD = re.compile(r"^[a-z_]+$")
WHOLE = {"boost/asio.hpp", "boost/beast.hpp"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def library_fault(name, layer, header):
    if header in WHOLE:
        return "never whole: include the parts"
    if STANDARD.match(header):
        return None
    if SYSTEM.match(header):
        return "policies may not see the system" if layer == "policies" else None
    if layer in ("bench", "tests"):
        return None
    for prefix, folders in LIBRARIES.items():
        if header.startswith(prefix):
            return None if any(name.startswith(f + "/") for f in folders) else "known only to " + ", ".join(folders)
    return "a library that no folder may know (tests/lint/layers.py)"


def net_folder(name):
    """The longest folder of NET that holds the file; None outside of net and in a folder that NET lacks."""
    inside = re.sub(r"\.\w+$", "", name.removeprefix("net/")) + "/"
    held = [f for f in NET if inside.startswith(f + "/")] if name.startswith("net/") else []
    return max(held, key=len, default=None)


def net_fault(name, header):
    own, other = net_folder(name), net_folder(header)
    if own is None or other is None:
        return "a file of net lies in a folder of the table (tests/lint/layers.py)"
    seen = NET[:NET.index(own) + 1] if own not in CLOSED else (own,)
    return None if other in seen else "net/%s may not see net/%s" % (own, other)


def request_faults(name, text):
    """Where a file names what its folder must not know."""
    folder = net_folder(name)
    code = tree.code_only(text)
    for match in UNKNOWN_TO[folder].finditer(code) if folder in UNKNOWN_TO else ():
        yield "%s:%d: net/%s knows no %s" % (name, tree.line_of(text, match.start()), folder, match[0])


def project_fault(name, header):
    layer = name.split("/", 1)[0]
    target = header.split("/", 1)[0]
    if target not in tree.LAYERS:
        return "project includes are rooted at the repository"
    if not (tree.ROOT / header).is_file():
        return "no such file"
    if target not in SEES[layer]:
        return "%s may not see %s" % (layer, target)
    if layer == "policies" and target == "core" and header not in VALUES:
        return "policies see only core's value headers"
    for folder, files in ENGINES.items() if layer not in ("bench", "tests") else ():
        if header.startswith(folder) and not name.startswith(folder) and name not in files:
            return "an engine is known only to " + ", ".join(files)
    return net_fault(name, header) if layer == "net" and target == "net" else None


def fault_of(name, bracket, header):
    layer = name.split("/", 1)[0]
    return project_fault(name, header) if bracket == '"' else library_fault(name, layer, header)


def faults(name):
    text = tree.read(name)
    code = tree.code_only(text)  # same offsets; a commented include is blank there
    found = [m for m in INCLUDE.finditer(text) if "include" in code[m.start():m.start(1)]]
    for match in found:
        fault = fault_of(name, match[1], match[2])
        if fault:
            yield "%s:%d: %s: %s" % (name, tree.line_of(text, match.start(1)), match[2], fault)
    if name.startswith("net/") and net_folder(name) is None:
        yield "%s: a file of net lies in a folder of the table (tests/lint/layers.py)" % name
    yield from request_faults(name, text)
    own = name[:-4] + ".hpp"
    if name.endswith(".cpp") and (tree.ROOT / own).is_file() and (not found or found[0][2] != own):
        yield "%s: begins with its own header %s" % (name, own)
    if name.endswith(".hpp") and not re.match(r"(?://[^\n]*\n|\s)*#pragma once\n", text):
        yield "%s: a header begins with #pragma once" % name


GOOD = [
    ("core/a.cpp", '"core/user.hpp"'), ("core/a.cpp", "<boost/asio/post.hpp>"), ("core/json/a.cpp", "<simdjson.h>"),
    ("policies/a.cpp", '"core/user.hpp"'), ("policies/a.cpp", "<vector>"), ("storage/a.cpp", '"core/log.hpp"'),
    ("storage/lmdb/a.cpp", "<lmdb.h>"), ("net/wire/a.cpp", '"storage/store.hpp"'),
    ("net/state/a.cpp", '"policies/scopes.hpp"'),
    ("net/http/a.cpp", "<boost/beast/http/error.hpp>"), ("tests/net/a.cpp", "<openssl/x509.h>"),
    ("bench/a.cpp", "<lmdb.h>"), ("storage/a.cpp", "<sys/file.h>"), ("tests/bench/a.cpp", '"bench/support.hpp"'),
    ("storage/open.cpp", '"storage/lmdb/lmdb_engine.hpp"'), ("storage/lmdb/a.cpp", '"storage/lmdb/writer.hpp"'),
    ("tests/storage/a.cpp", '"storage/slow/slow_engine.hpp"'),
]
BAD = [
    ("core/a.cpp", '"policies/scopes.hpp"'), ("core/a.cpp", '"storage/store.hpp"'), ("core/a.cpp", "<lmdb.h>"),
    ("core/a.cpp", '"user.hpp"'), ("core/a.cpp", '"core/no_such.hpp"'), ("core/a.cpp", "<boost/asio.hpp>"),
    ("core/a.cpp", "<boost/asio/ssl/context.hpp>"), ("core/a.cpp", "<sodium.h>"), ("core/a.cpp", "<boost/json.hpp>"),
    ("policies/a.cpp", '"core/log.hpp"'), ("policies/a.cpp", '"core/clock.hpp"'), ("policies/a.cpp", "<unistd.h>"),
    ("policies/a.cpp", '"storage/store.hpp"'), ("policies/a.cpp", "<boost/asio/post.hpp>"),
    ("storage/a.cpp", '"policies/scopes.hpp"'), ("storage/a.cpp", "<lmdb.h>"),
    ("storage/a.cpp", '"net/state/limiter.hpp"'), ("net/a.cpp", "<lmdb.h>"), ("net/a.cpp", "<sodium.h>"),
    ("net/a.cpp", "<boost/beast/http/error.hpp>"), ("net/http/a.cpp", "<boost/beast.hpp>"),
    ("net/a.cpp", '"tests/support/run.hpp"'), ("net/a.cpp", '"bench/support.hpp"'), ("tests/a.cpp", "<boost/asio.hpp>"),
    ("net/app.cpp", '"storage/lmdb/lmdb_engine.hpp"'), ("storage/slow/a.cpp", '"storage/lmdb/lmdb_engine.hpp"'),
    ("storage/store.cpp", '"storage/slow/slow_engine.hpp"'),
]

# In net: a file and one that it includes, whether or not there are such files.
NET_GOOD = [
    ("net/wire/a.cpp", "net/http/message.hpp"), ("net/wire/models/a.cpp", "net/wire/params.hpp"),
    ("net/changes/a.cpp", "net/changes/users.hpp"), ("net/state/a.cpp", "net/changes/web_hosts.hpp"),
    ("net/api/users/a.cpp", "net/api/lists/lists.hpp"), ("net/api/users/a.cpp", "net/api/routes.hpp"),
    ("net/commands/control/a.cpp", "net/commands/commands.hpp"), ("net/app.cpp", "net/api/routes.hpp"),
    ("net/app.cpp", "net/app.hpp"), ("net/cli/a.cpp", "net/app.hpp"), ("net/main.cpp", "net/cli/program.hpp"),
]
NET_BAD = [
    ("net/a.cpp", "net/http/message.hpp"), ("net/loose/a.cpp", "net/http/message.hpp"),
    ("net/http/a.cpp", "net/loose/a.hpp"), ("net/http/a.cpp", "net/wire/params.hpp"),
    ("net/wire/a.cpp", "net/state/services.hpp"), ("net/wire/a.cpp", "net/wire/models/models.hpp"),
    ("net/changes/a.cpp", "net/wire/params.hpp"), ("net/changes/a.cpp", "net/http/message.hpp"),
    ("net/changes/a.cpp", "net/state/limiter.hpp"), ("net/config/a.cpp", "net/state/limiter.hpp"),
    ("net/state/a.cpp", "net/actions/commit.hpp"), ("net/pipeline/a.cpp", "net/api/lists/lists.hpp"),
    ("net/api/lists/a.cpp", "net/api/routes.hpp"), ("net/commands/a.cpp", "net/commands/control/socket.hpp"),
    ("net/metrics/a.cpp", "net/app.hpp"), ("net/app.cpp", "net/cli/program.hpp"),
]
FREE_OF_REQUESTS = [("net/wire/a.cpp", "// a Call\nstruct Caller;"), ("net/state/a.cpp", "Services s;"),
                    ("net/changes/a.cpp", "Call call;")]
ABOUT_REQUESTS = [("net/wire/a.cpp", "int f(const Call&);"), ("net/wire/models/a.hpp", "void g(Services&);"),
                  ("net/changes/a.hpp", "awaitable<void> h();")]


def self_test():
    wrong = ["refused: %s in %s" % (h, n) for n, h in GOOD if fault_of(n, h[0], h[1:-1])]
    wrong += ["let through: %s in %s" % (h, n) for n, h in BAD if not fault_of(n, h[0], h[1:-1])]
    wrong += ["refused: %s in %s" % (h, n) for n, h in NET_GOOD if net_fault(n, h)]
    wrong += ["let through: %s in %s" % (h, n) for n, h in NET_BAD if not net_fault(n, h)]
    wrong += ["refused in %s: %s" % each for each in FREE_OF_REQUESTS if list(request_faults(*each))]
    wrong += ["let through in %s: %s" % each for each in ABOUT_REQUESTS if not list(request_faults(*each))]
    print("\n".join(wrong)) if wrong else None
    return bool(wrong)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    bad = [fault for name in tree.files(".cpp", ".hpp", ".inc", ".ipp") if name.split("/", 1)[0] in tree.LAYERS
           for fault in faults(name)]
    print("\n".join(bad)) if bad else None
    return bool(bad)


sys.exit(main())
