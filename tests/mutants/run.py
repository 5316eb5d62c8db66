#!/usr/bin/env python3
"""Breaks one line at a time and wants a unit test to notice.

    tests/mutants/run.py [--only N] [--jobs N] [--check]

A mutant that no test of its suite fails for has survived, and one whose old text is not in its file exactly once has
aged; both fail. The lists are *.txt here:

    > file | program | suite [| what is compiled, where that is not the file itself]
    - the old text, part of one line
    + the new text, which may be nothing

Nothing of the working tree is changed: a copy of the file is broken, what it is compiled into is linked before the
libraries that hold the sound one, and the suite runs. What was caught stays known in build/mutants/caught until the
file, the mutant or the program changes, so that a run that was interrupted goes on. --check only looks for old texts.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path

root = Path(__file__).resolve().parent.parent.parent
build = root / "build/release"
work = root / "build/mutants"
longest = 300  # seconds of one suite; a mutant may never end


class Mutant:
    def __init__(self, number, where, head, old):
        parts = [part.strip() for part in head.split("|")]
        self.number, self.where, self.old, self.new = number, where, old, ""
        self.file, self.program, self.suite = parts[:3]
        self.compiled = parts[3] if len(parts) > 3 else self.file

    def name(self):
        return f"{self.number} {self.file}: {self.old.strip()[:90]} => {self.new.strip()[:60]}"

    def source(self):
        return (root / self.file).read_text()

    def broken(self):
        """The file with the new text; None where the old one is not there exactly once."""
        text = self.source()
        return text.replace(self.old, self.new) if text.count(self.old) == 1 else None


def read_mutants():
    mutants = []
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        head = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            where = f"{path.name}:{number}"
            if line.startswith("> "):
                head = line[2:]
            elif line.startswith("- "):
                mutants.append(Mutant(len(mutants) + 1, where, head, line[2:]))
            elif line.startswith("+"):
                mutants[-1].new = line[2:]
            elif line and not line.startswith("#"):
                sys.exit(f"{where}: neither a comment nor a mutant")
    return mutants


class Builder:
    """The commands that made the programs, for one object and one program more."""

    def __init__(self):
        entries = json.loads((build / "compile_commands.json").read_text())
        self.commands = {os.path.relpath(entry["file"], root): shlex.split(entry["command"]) for entry in entries}
        self.links = {}
        self.ccache = [shutil.which("ccache")] if shutil.which("ccache") else []

    def link_command(self, program):
        if program not in self.links:
            shown = subprocess.run(["ninja", "-C", build, "-t", "commands", f"tests/{program}"], check=True, text=True,
                                   capture_output=True).stdout.splitlines()
            self.links[program] = shlex.split(re.sub(r"^.*?: && | && :$", "", shown[-1]))
        return list(self.links[program])

    def make(self, mutant, text):
        """The program with the mutant in it; a text where that cannot be made."""
        folder = work / str(mutant.number)
        shutil.rmtree(folder, ignore_errors=True)  # another mutant had the number when a run was interrupted
        broken = folder / mutant.file
        broken.parent.mkdir(parents=True, exist_ok=True)
        broken.write_text(text)
        command = [part for part in self.commands[mutant.compiled] if Path(part).name != "ccache"]
        made = command[command.index("-o") + 1]
        source = broken if mutant.compiled == mutant.file else root / mutant.compiled
        command[command.index("-c") + 1] = str(source)
        command[command.index("-o") + 1] = str(folder / "object.o")
        command[1:1] = ["-I", str(folder)]  # before the sound headers
        failed = call(self.ccache + command + ["-O1", "-w"])
        if failed:
            return f"does not compile:\n{failed}"
        link = self.link_command(mutant.program)
        link[link.index("-o") + 1] = str(folder / mutant.program)
        if made in link:
            link[link.index(made)] = str(folder / "object.o")
        else:
            link.insert(link.index("-o"), str(folder / "object.o"))
        failed = call(link)
        return f"does not link:\n{failed}" if failed else None


def call(command):
    """What the command said where it failed."""
    environment = dict(os.environ, CCACHE_BASEDIR=str(root), CCACHE_NOHASHDIR="1")
    ran = subprocess.run(command, cwd=build, env=environment, text=True, errors="replace", stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    return (ran.stdout or f"exit status {ran.returncode}")[-3000:] if ran.returncode else None


def fails(program, suite):
    try:
        ran = subprocess.run([program, f"--run_test={suite}", "--log_level=error"], cwd=build, timeout=longest,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode != 0


class Caught:
    """Which mutants were caught, by the digest of all that decides it."""

    def __init__(self):
        self.path = work / "caught"
        self.known = set(self.path.read_text().split()) if self.path.exists() else set()
        self.programs = {}
        self.lock = threading.Lock()

    def digest(self, mutant):
        if mutant.program not in self.programs:
            self.programs[mutant.program] = (build / "tests" / mutant.program).read_bytes()
        text = "\0".join([mutant.file, mutant.old, mutant.new, mutant.suite, mutant.compiled, mutant.source()])
        return hashlib.sha256(text.encode() + self.programs[mutant.program]).hexdigest()

    def add(self, mutant):
        with self.lock, self.path.open("a") as file:
            file.write(self.digest(mutant) + "\n")


def judge(mutant, builder, caught, afresh):
    """A line for the mutant, `ok` where it is caught."""
    text = mutant.broken()
    if text is None:
        return f"not ok {mutant.name()}: the old text is not there exactly once ({mutant.where})"
    if not afresh and caught.digest(mutant) in caught.known:
        return f"ok {mutant.name()}"
    wrong = builder.make(mutant, text)
    if wrong:
        return f"not ok {mutant.name()}: {wrong}"
    noticed = fails(work / str(mutant.number) / mutant.program, mutant.suite)
    shutil.rmtree(work / str(mutant.number))
    if not noticed:
        return f"not ok {mutant.name()}: SURVIVED the suite {mutant.suite} of {mutant.program} ({mutant.where})"
    caught.add(mutant)
    return f"ok {mutant.name()}"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--only", type=int, help="the mutant of that number, whatever is known of it")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("--check", action="store_true", help="only: is each old text in its file exactly once?")
    chosen = options.parse_args()
    mutants = [each for each in read_mutants() if chosen.only in (None, each.number)]
    aged = [each for each in mutants if each.broken() is None]
    for each in aged:
        print(f"not ok {each.name()}: the old text is not there exactly once ({each.where})")
    if chosen.check or not mutants:
        print(f"{len(mutants)} mutants, {len(aged)} of them aged")
        sys.exit(1 if aged or not mutants else 0)

    programs = sorted({each.program for each in mutants})
    subprocess.run(["ninja", "-C", build, *programs], check=True, stdout=subprocess.DEVNULL)
    work.mkdir(parents=True, exist_ok=True)
    for program, suite in sorted({(each.program, each.suite) for each in mutants}):
        if fails(build / "tests" / program, suite):
            sys.exit(f"not ok the suite {suite} of {program} fails without a mutant, or there is none")
    builder, caught = Builder(), Caught()
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        runs = [pool.submit(judge, each, builder, caught, chosen.only is not None) for each in mutants]
        for run in concurrent.futures.as_completed(runs):
            print(run.result(), flush=True)
            bad += not run.result().startswith("ok ")
    print(f"{len(mutants)} mutants, {bad} not caught")
    sys.exit(1 if bad else 0)


main()
