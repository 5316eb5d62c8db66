#!/usr/bin/env python3
"""Compiles every header alone, twice included, so that none leans on what its includers happen to include.

A header that passed is remembered under build/lint by the hash of itself, of the project headers it reaches, of the
compiler and of the flags, so that a second run only compiles what changed.
"""
import concurrent.futures
import hashlib
import os
import re
import subprocess
import sys

import tree

COMPILER = os.environ.get("CXX", "g++")
FLAGS = ["-std=c++20", "-fsyntax-only", "-I.", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
         "-Wsign-conversion", "-Wold-style-cast", "-Werror", "-DBOOST_ASIO_SEPARATE_COMPILATION",
         "-DBOOST_BEAST_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED", "-DBOOST_ALLOW_DEPRECATED_HEADERS",
         "-DBOOST_TEST_DYN_LINK", '-DPORTCULLIS_VERSION="0"']
CACHE = tree.ROOT / "build" / "lint" / "headers"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def reached(name, seen):
    """Every project file that compiling the header reads."""
    if name in seen or not (tree.ROOT / name).is_file():
        return seen
    seen.add(name)
    for header in INCLUDE.findall(tree.read(name)):
        reached(header, seen)
    return seen


def key(name, compiler):
    digest = hashlib.sha256("\0".join([compiler, name, *FLAGS]).encode())
    for each in sorted(reached(name, set())):
        digest.update(("\0" + each + "\0").encode() + (tree.ROOT / each).read_bytes())
    return CACHE / digest.hexdigest()


def compile_alone(name):
    source = '#include "%s"\n#include "%s"\n' % (name, name)
    done = subprocess.run([COMPILER, *FLAGS, "-x", "c++", "-"], cwd=tree.ROOT, input=source, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


def main():
    CACHE.mkdir(parents=True, exist_ok=True)
    compiler = subprocess.run([COMPILER, "--version"], check=True, capture_output=True, text=True).stdout
    headers = [n for n in tree.files(".hpp") if n.split("/", 1)[0] in tree.LAYERS]
    keys = {name: key(name, compiler) for name in headers}
    stale = [name for name in headers if not keys[name].exists()]
    bad = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for name, (passed, log) in zip(stale, pool.map(compile_alone, stale)):
            if passed:
                keys[name].touch()
            else:
                bad = True
                print("%s does not compile alone:\n%s" % (name, "\n".join(log.splitlines()[:15])))
    for old in set(CACHE.iterdir()) - set(keys.values()):
        old.unlink()
    return bad


sys.exit(main())
