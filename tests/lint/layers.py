#!/usr/bin/env python3
"""Holds the include table: which layer may see which, and which folder may know which library.

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

# All that policies may see of core: plain values, no executor, no log, no clock.
VALUES = {"core/" + name + ".hpp"
          for name in ("error", "ids", "project", "secret", "session", "team", "time", "token", "user", "validators")}

# library header (prefix) -> folders that may include it; bench and tests may include any
LIBRARIES = {
    "boost/asio/ssl": ("net/http",),
    "boost/asio": ("core", "storage", "net"),
    "boost/beast": ("net/http",),
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


def project_fault(layer, header):
    target = header.split("/", 1)[0]
    if target not in tree.LAYERS:
        return "project includes are rooted at the repository"
    if not (tree.ROOT / header).is_file():
        return "no such file"
    if target not in SEES[layer]:
        return "%s may not see %s" % (layer, target)
    if layer == "policies" and target == "core" and header not in VALUES:
        return "policies see only core's value headers"
    return None


def fault_of(name, bracket, header):
    layer = name.split("/", 1)[0]
    return project_fault(layer, header) if bracket == '"' else library_fault(name, layer, header)


def faults(name):
    text = tree.read(name)
    code = tree.code_only(text)  # same offsets; a commented include is blank there
    found = [m for m in INCLUDE.finditer(text) if "include" in code[m.start():m.start(1)]]
    for match in found:
        fault = fault_of(name, match[1], match[2])
        if fault:
            yield "%s:%d: %s: %s" % (name, tree.line_of(text, match.start(1)), match[2], fault)
    own = name[:-4] + ".hpp"
    if name.endswith(".cpp") and (tree.ROOT / own).is_file() and (not found or found[0][2] != own):
        yield "%s: begins with its own header %s" % (name, own)
    if name.endswith(".hpp") and not re.match(r"(?://[^\n]*\n|\s)*#pragma once\n", text):
        yield "%s: a header begins with #pragma once" % name


GOOD = [
    ("core/a.cpp", '"core/user.hpp"'), ("core/a.cpp", "<boost/asio/post.hpp>"), ("core/json/a.cpp", "<simdjson.h>"),
    ("policies/a.cpp", '"core/user.hpp"'), ("policies/a.cpp", "<vector>"), ("storage/a.cpp", '"core/log.hpp"'),
    ("storage/lmdb/a.cpp", "<lmdb.h>"), ("net/a.cpp", '"storage/store.hpp"'), ("net/a.cpp", '"policies/scopes.hpp"'),
    ("net/http/a.cpp", "<boost/beast/http/error.hpp>"), ("tests/net/a.cpp", "<openssl/x509.h>"),
    ("bench/a.cpp", "<lmdb.h>"), ("storage/a.cpp", "<sys/file.h>"), ("tests/bench/a.cpp", '"bench/support.hpp"'),
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
]


def self_test():
    wrong = ["refused: %s in %s" % (h, n) for n, h in GOOD if fault_of(n, h[0], h[1:-1])]
    wrong += ["let through: %s in %s" % (h, n) for n, h in BAD if not fault_of(n, h[0], h[1:-1])]
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
