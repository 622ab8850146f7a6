#!/usr/bin/env python3
"""Measures this crate, beside pabutools (PyPI) in the same run, and writes BENCHMARKS.md whole.

    crates/vote/bench/comparer.py FOLDER [--venv DIR] [--longest SECONDS] [--let-end PART=SECONDS] [--binaries DIR] [--only PART]
                                  [--part beside|alone --kept FILE]

Makes a virtual environment with pabutools 1.2.3 when there is none, builds the examples `chrono` and `synthetic`, then for
each file and each rule that both can do runs pabutools in its own process, then this crate, and compares CPU times. A
pabutools run longer than `--longest` CPU seconds is stopped: a lower bound ("≥"); `--let-end` gives more to the files whose
name holds PART. Reading the file is counted on neither side. With `--only`, prints, and writes nothing but the rows of these
files in `--kept`. The two parts may be run apart: what each measured stands in the file `--kept`, and BENCHMARKS.md is
written once it holds both, each with its own machine and day.
"""

import argparse
import datetime
import glob
import json
import os
import platform
import subprocess
import sys
import tempfile

CRATE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PABUTOOLS = "pabutools==1.2.3"

CHILD = r"""
import os, resource, signal, sys, time
path, rule, longest = sys.argv[1:4]
from pabutools.election import parse_pabulib, Cost_Sat, Cardinality_Sat
from pabutools import election as E
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen
from pabutools.rules import maximin_support
instance, profile = parse_pabulib(path)
start = time.thread_time()  # the clock of the process is coarse while a timer runs
def spent():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.thread_time() - start + children.ru_utime + children.ru_stime
def stop(*_):
    print("LONGER", spent(), flush=True)
    os._exit(0)
signal.signal(signal.SIGPROF, stop)
signal.setitimer(signal.ITIMER_PROF, float(longest))
if rule == "greedy_votes":
    found = greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat)
elif rule == "mes_cost":
    found = method_of_equal_shares(instance, profile, sat_class=Cost_Sat)
elif rule == "mes_card":
    found = method_of_equal_shares(instance, profile, sat_class=Cardinality_Sat)
elif rule == "mes_points":
    found = method_of_equal_shares(instance, profile, sat_class=E.Additive_Cardinal_Sat)
elif rule == "mes_cost_add1_stop_when_exhaustive":
    found = method_of_equal_shares(instance, profile, sat_class=Cost_Sat, voter_budget_increment=1)
elif rule == "phragmen":
    found = sequential_phragmen(instance, profile)
elif rule == "maximin_support":
    found = maximin_support(instance, profile)
else:
    raise SystemExit("unknown rule")
print("CPU", spent(), flush=True)
"""

APPROVAL = ["greedy_votes", "mes_cost", "mes_card", "phragmen", "mes_cost_add1_stop_when_exhaustive", "maximin_support"]
# Files where a run cut at the ordinary time would prove less than a hundred times.
LET_END = ["France_Toulouse_2022=400", "Praga-Poludnie=150", "Warszawa_2026=150"]
# Beyond its linear programs: kept to the files where pabutools ends.
SMALL_ONLY = {"maximin_support": 2_000}

# Part of the name of a file (or numbers for `synthetic`), rules, and the CPU seconds wanted by the issue for some of them.
ALONE = [
    ("Lodz_2022", ["mes_cost", "mes_cost_add1", "phragmen", "bos_cost"], {"mes_cost": 0.2}),
    ("Warszawa_2026", ["mes_cost", "mes_cost_add1", "bos_cost"], {"mes_cost": 0.2, "mes_cost_add1": 3}),
    ("France_Toulouse_2022.pb", ["mes_cost_add1", "bos_cost"], {"mes_cost_add1": 0.5}),
    ("Krakow_2018", ["mes_positional_add1"], {}),
    # Budapest: 27,000 units of money for each voter.
    ((36_000, 240, 972_000_000), ["mes_cost_add1"], {"mes_cost_add1": 10}),
    ((1_000_000, 300, 20_000_000), ["mes_cost", "mes_cost_add1"], {"mes_cost_add1": 60}),
]


def vote_type(path):
    with open(path, encoding="utf-8-sig") as file:
        meta = dict(line.strip().split(";", 1) for line in file if ";" in line[:40])
    return meta.get("vote_type", ""), int(meta.get("num_votes", 0))


def peer(python, path, rule, longest):
    """CPU seconds of pabutools, reading left out, and whether it ended."""
    command = [python, "-c", CHILD, path, rule, str(longest)]
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    for line in output.splitlines():
        if line.startswith(("CPU", "LONGER")):
            return float(line.split()[1]), line.startswith("CPU")
    return None, True


class Ours:
    """What `chrono` prints for a file and some rules; the best of some runs, since other work only adds time."""

    def __init__(self, chrono, path, rules, runs=3):
        self.seconds, self.details = {}, {}
        self.read, self.peak, self.size, self.ballots, self.groups = float("inf"), float("inf"), 0, 0, 0
        for _ in range(runs):
            output = subprocess.run([chrono, path, *rules], check=True, capture_output=True, text=True).stdout
            for line in output.splitlines():
                self.take(line.replace(",", "").split())

    def take(self, words):
        if words[0] == "read":
            self.read = min(self.read, float(words[1]) / 1000)
            self.size, self.ballots, self.groups = int(words[5]), int(words[7]), int(words[9])
        elif words[0] == "VmHWM:":
            self.peak = min(self.peak, int(words[1]) * 1024)
        else:
            self.seconds[words[0]] = min(self.seconds.get(words[0], float("inf")), float(words[1]) / 1000)
            self.details[words[0]] = dict(zip(words[3::2], words[4::2]))


def beside(files, python, chrono, options):
    rows, under = [], []
    for path in files:
        kind, ballots = vote_type(path)
        if kind not in ("approval", "choose-1", "cumulative"):
            continue
        rules = ["mes_points"] if kind == "cumulative" else APPROVAL
        rules = [rule for rule in rules if ballots <= SMALL_ONLY.get(rule, ballots)]
        name = os.path.basename(path)[:-3][:40]
        longest = next((float(seconds) for part, seconds in options.let_end if part in name), options.longest)
        ours = Ours(chrono, path, rules)
        for rule in rules:
            seconds, ended = peer(python, path, rule, longest)
            if seconds is None:
                continue
            mark = "" if ended else "≥ "
            ratio = seconds / ours.seconds[rule]
            if ended and ratio < 100:
                under.append(f"`{rule}` on {name} ({ratio:.0f} times)")
            row = f"| {name} | {rule} | {mark}{seconds:.4f} | {ours.seconds[rule]:.6f} | {mark}{ratio:,.0f} |"
            print(row, flush=True)
            rows.append(row)
    return rows, under


def alone(files, chrono, synthetic, folder):
    times, readings = [], []
    for source, rules, wanted in ALONE:
        if isinstance(source, str):
            path = next((file for file in files if source in file), None)
            if path is None:
                continue
            label = os.path.basename(path)[:-3]
        else:
            path = os.path.join(folder, f"invented-{source[0]}.pb")
            with open(path, "w", encoding="utf-8") as file:
                subprocess.run([synthetic, *map(str, source)], check=True, stdout=file)
            label = f"invented, {source[0]:,} ballots, {source[1]} projects"
        ours = Ours(chrono, path, rules, runs=2)
        for rule in rules:
            details = ours.details[rule]
            limit = f"{wanted[rule]} s" if rule in wanted else ""
            cells = [label, f"{ours.ballots:,}", f"`{rule}`", f"{ours.seconds[rule]:.3f} s", limit]
            cells += [details["exact"], details["runs"]]
            times.append("| " + " | ".join(cells) + " |")
            print(times[-1], flush=True)
    invented = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    for path in files + invented:
        ours = Ours(chrono, path, [])
        counted = Ours(chrono, path, ["mes_cost"], runs=1)
        cells = [os.path.basename(path)[:-3][:40], f"{ours.size / 1e6:.2f} MB", f"{ours.ballots:,}", f"{ours.groups:,}"]
        cells += [f"{ours.size / 1e6 / ours.read:.0f} MB/s", f"{counted.peak / 1e6:.0f} MB"]
        cells += [f"{(counted.peak - BASE) / ours.size:.1f}" if ours.size > 1e6 else ""]
        readings.append("| " + " | ".join(cells) + " |")
        print(readings[-1], flush=True)
    return times, readings


def key(row):
    """File and rule of a row."""
    return tuple(row.split("|")[1:3])


# Memory of a process that counts nothing: the program itself and its libraries.
BASE = 2_500_000


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown processor")
    return f"{os.cpu_count()} cores of {model}, load {os.getloadavg()[0]:.1f} at the start"


def version(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def document(kept):
    rows, under = kept["beside"]["rows"], kept["beside"]["under"]
    times, readings = kept["alone"]["times"], kept["alone"]["readings"]
    hundred = "Every ratio of a run that ended is at least 100." if not under else "Under 100 times: " + "; ".join(under) + "."
    return f"""# Benchmarks

Written by `crates/vote/bench/comparer.py FOLDER_OF_PB_FILES`, never by hand.

Times of rules are CPU times, one thread, release profile of the workspace. Ours are means over enough runs to exceed 100 ms, the best of
three series: other work on the machine only adds time.

## Beside pabutools, in the same run

{kept["beside"]["head"]}

pabutools runs in its own process; files are read outside the times. `≥`: it was stopped, the figure is what it had used. Both
sides select the same projects (checked by the tests on reference outcomes, except that pabutools funds projects without votes).
{hundred}

| file | rule | pabutools (s) | this crate (s) | ratio |
| --- | --- | --- | --- | --- |
{chr(10).join(rows)}

## Alone

{kept["alone"]["head"]}

`runs`: how many times the rule was run for its completion by increments. Invented votes: example `synthetic`, always the same.

| file | ballots | rule | CPU | wanted | exact | runs |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(times)}

## Reading and memory

Wanted: 200 MB/s, and less than 10 times the file. Reading is told by the clock: a file with more than 256 kB of ballots is read on
two threads, the first reads the rows, the second groups the ballots. What costs is the ballot (60 to 130 ns each), not the byte:
files of ballots of fifteen bytes stay under 200 MB/s, and so does the invented million, where seven ballots out of ten are new.
Peak memory is that of a process that holds the file, reads it and counts
`mes_cost`; `× file` leaves out the 2.5 MB of a process that does nothing, and small files, where it means nothing.

| file | size | ballots | different ballots | reading | peak memory | × file |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(readings)}
"""


def build(options):
    if options.binaries:
        return options.binaries
    command = ["cargo", "build", "--release", "--example", "chrono", "--example", "synthetic"]
    subprocess.run(command, cwd=CRATE, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(CRATE, "..", "..", "target"))
    return os.path.join(target, "release", "examples")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--venv", default="target/pabutools")
    parser.add_argument("--longest", type=float, default=20)
    parser.add_argument("--let-end", nargs="*", default=LET_END, help="PART=SECONDS")
    parser.add_argument("--binaries", help="folder of the examples, already built")
    parser.add_argument("--part", choices=["beside", "alone"], help="this part only")
    parser.add_argument("--kept", help="file of what was measured, read and written")
    parser.add_argument("--only", help="part of the name of the files; prints, writes nothing")
    options = parser.parse_args()
    options.let_end = [pair.split("=") for pair in options.let_end]
    python = os.path.join(options.venv, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", options.venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PABUTOOLS], check=True)
    head = f"{datetime.date.today()}, {machine()}; {version('rustc', '--version')}; {PABUTOOLS}, Python {platform.python_version()}."
    binaries = build(options)
    chrono = os.path.join(binaries, "chrono")
    files = sorted(glob.glob(os.path.join(options.folder, "*.pb")), key=os.path.getsize)
    files = [file for file in files if (options.only or "") in file]
    kept = {}
    if options.kept and os.path.exists(options.kept):
        with open(options.kept, encoding="utf-8") as file:
            kept = json.load(file)
    if options.part != "alone":
        rows, under = beside(files, python, chrono, options)
        if options.only and "beside" in kept:
            # Some files measured again: their rows replace the older ones, in their place.
            again = {key(row): row for row in rows}
            rows = [again.get(key(row), row) for row in kept["beside"]["rows"]]
            under += [line for line in kept["beside"]["under"] if options.only not in line]
        kept["beside"] = {"head": head, "rows": rows, "under": under}
    if options.part != "beside" and not options.only:
        with tempfile.TemporaryDirectory() as folder:
            times, readings = alone(files, chrono, os.path.join(binaries, "synthetic"), folder)
        kept["alone"] = {"head": head, "times": times, "readings": readings}
    if options.kept:
        with open(options.kept, "w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False, indent=1)
    if not options.only and {"beside", "alone"} <= kept.keys():
        with open(os.path.join(CRATE, "BENCHMARKS.md"), "w", encoding="utf-8") as file:
            file.write(document(kept))


if __name__ == "__main__":
    main()
