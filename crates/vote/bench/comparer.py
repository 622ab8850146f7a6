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
from fractions import Fraction

CRATE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PABUTOOLS = "pabutools==1.2.3"

# Run by the Python of pabutools: reads a file once, then counts each rule in a process of its own. Prints one JSON object for
# each rule: CPU seconds, whether it ended, the winners that somebody supports and, where the set may differ, scores.
CHILD = r"""
import json, os, resource, signal, sys, time
path, longest, *rules = sys.argv[1:]
longest = float(longest)
from pabutools import election as E
from pabutools import rules as R
instance, profile = E.parse_pabulib(path)

class Places(E.PositionalSatisfaction):
    # pabutools' Borda gives nothing to the last project named; real ranked votes count 3, 2, 1.
    def __init__(self, instance, profile, ballot):
        place = lambda ballot, project: len(ballot) - ballot.index(project) if project in ballot else 0
        super().__init__(instance, profile, ballot, place, sum)

SAT = {"cost": E.Cost_Sat, "card": E.Cardinality_Sat, "points": E.Additive_Cardinal_Sat, "positional": Places,
       "borda_zero_last": E.Additive_Borda_Sat}
# pabutools divides by the cost: satisfaction in euros gives the order of the votes, and a number gives votes per euro.
USUAL = {"cumulative": "points", "scoring": "points", "ordinal": "positional"}.get(instance.meta["vote_type"], "card")
PER_COST = {"sat_class": SAT[USUAL], "is_sat_additive": True}
greedy, mes, phragmen = R.greedy_utilitarian_welfare, R.method_of_equal_shares, R.sequential_phragmen

def then(first, parameters, last):
    return R.completion_by_rule_combination(instance, profile, [first, greedy], [parameters, last])

def count(rule):
    if rule == "greedy_votes":
        return greedy(instance, profile, sat_class=E.Cost_Sat)
    if rule == "greedy_score_per_cost":
        return greedy(instance, profile, **PER_COST)
    if rule == "phragmen":
        return phragmen(instance, profile)
    if rule == "phragmen_then_greedy_votes":
        return then(phragmen, {}, {"sat_class": E.Cost_Sat})
    if rule == "maximin_support":
        return R.maximin_support(instance, profile)
    if rule.startswith("knapsack_optimum_"):
        return R.max_additive_utilitarian_welfare(instance, profile, sat_class=SAT[rule[len("knapsack_optimum_"):]])
    rule = rule[len("mes_"):]
    utility = max((name for name in SAT if rule.startswith(name)), key=len)
    parameters, rest = {"sat_class": SAT[utility]}, rule[len(utility):]
    if rest == "_add1_stop_when_exhaustive":
        parameters["voter_budget_increment"] = 1
    elif rest == "_add1":
        return R.exhaustion_by_budget_increase(instance, profile, mes, parameters, exhaustive_stop=False,
                                               budget_step=profile.num_ballots())
    elif rest == "_then_greedy_votes":
        return then(mes, parameters, {"sat_class": E.Cost_Sat})
    elif rest == "_then_greedy_score_per_cost":
        return then(mes, parameters, PER_COST)
    elif rest:
        raise SystemExit("unknown rule")
    return mes(instance, profile, **parameters)

def report(rule, start):
    def spent():
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.thread_time() - start + children.ru_utime + children.ru_stime
    def stop(*_):
        print(json.dumps({"rule": rule, "seconds": spent(), "ended": False}), flush=True)
        os._exit(0)
    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, longest)
    signal.setitimer(signal.ITIMER_REAL, 10 * longest)  # for solvers in processes of their own
    found = count(rule)
    seconds = spent()
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    named = {project for ballot in profile for project in ballot}
    line = {"rule": rule, "seconds": seconds, "ended": True}
    line["winners"] = [project.name for project in found if project in named]
    line["unsupported"] = [project.name for project in found if project not in named]
    if rule.startswith("knapsack"):
        scores = profile.as_sat_profile(SAT[rule[len("knapsack_optimum_"):]])
        line["scores"] = {project.name: str(scores.total_satisfaction_project(project)) for project in instance}
    print(json.dumps(line), flush=True)
    os._exit(0)

for rule in rules:
    child = os.fork()
    if child == 0:
        try:
            report(rule, time.thread_time())
        except BaseException as problem:
            print(json.dumps({"rule": rule, "failed": repr(problem)}), flush=True)
        os._exit(1)
    os.waitpid(child, 0)
"""

# What both can do, for each kind of ballot.
APPROVAL = [
    "greedy_votes",
    "greedy_score_per_cost",
    "knapsack_optimum_card",
    "knapsack_optimum_cost",
    "mes_cost",
    "mes_card",
    "mes_cost_then_greedy_votes",
    "mes_card_add1_stop_when_exhaustive",
    "mes_cost_add1_stop_when_exhaustive",
    "mes_cost_add1",
    "phragmen",
    "phragmen_then_greedy_votes",
    "maximin_support",
]
POINTS = [
    "greedy_score_per_cost",
    "knapsack_optimum_points",
    "mes_cost",
    "mes_card",
    "mes_points",
    "mes_points_then_greedy_score_per_cost",
    "mes_points_add1_stop_when_exhaustive",
    "mes_points_add1",
]
ORDINAL = [
    "greedy_score_per_cost",
    "knapsack_optimum_positional",
    "knapsack_optimum_borda_zero_last",
    "mes_positional",
    "mes_borda_zero_last",
    "mes_positional_then_greedy_score_per_cost",
    "mes_positional_add1_stop_when_exhaustive",
    "mes_positional_add1",
]
RULES = {"approval": APPROVAL, "choose-1": APPROVAL, "cumulative": POINTS, "scoring": POINTS, "ordinal": ORDINAL}
# Files where a run cut at the ordinary time would prove less than a hundred times.
LET_END = ["France_Toulouse_2022=200", "Praga-Poludnie=150", "Warszawa_2026=150"]
# Beyond its linear programs: kept to the files where pabutools ends.
SMALL_ONLY = {"maximin_support": 2_000}
# A run shorter than this is made three times, and the shortest kept, as ours are.
SHORT = 0.2

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


def peer(python, path, rules, longest):
    """What pabutools says of each rule, the time of reading left out."""
    def run(wanted):
        command = [python, "-c", CHILD, path, str(longest), *wanted]
        output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
        lines = [json.loads(line) for line in output.splitlines() if line.startswith('{"rule"')]
        return {line["rule"]: line for line in lines if "seconds" in line}, [line for line in lines if "failed" in line]
    found, failed = run(rules)
    for line in failed:
        print(f"pabutools, {line['rule']}: {line['failed']}", file=sys.stderr)
    short = [rule for rule, line in found.items() if line["ended"] and line["seconds"] < SHORT]
    for _ in range(2 if short else 0):
        for rule, line in run(short)[0].items():
            found[rule]["seconds"] = min(found[rule]["seconds"], line["seconds"])
    return found


def same(rule, theirs, ours):
    """Whether both select the same projects, ties by identifier on both sides; otherwise what differs."""
    if not theirs["ended"]:
        return ""
    if set(theirs["winners"]) == set(ours):
        return "yes" if not theirs["unsupported"] else f"yes, and {len(theirs['unsupported'])} without votes"
    if "scores" in theirs:
        score = lambda ids: sum(Fraction(theirs["scores"][project]) for project in ids)
        gap = score(ours) - score(theirs["winners"])
        return "another set, same total" if gap == 0 else f"total {'higher' if gap > 0 else 'LOWER'} by {float(abs(gap)):g}"
    more, fewer = sorted(set(ours) - set(theirs["winners"])), sorted(set(theirs["winners"]) - set(ours))
    funded = f"; {len(theirs['unsupported'])} without votes there" if theirs["unsupported"] else ""
    return f"NO: {' '.join(more) or '–'} here, {' '.join(fewer) or '–'} there{funded}"


class Ours:
    """What `chrono` prints for a file and some rules; the best of some runs, since other work only adds time."""

    def __init__(self, chrono, path, rules, runs=3):
        self.seconds, self.details, self.winners = {}, {}, {}
        self.read, self.peak, self.size, self.ballots, self.groups = float("inf"), float("inf"), 0, 0, 0
        for _ in range(runs):
            output = subprocess.run([chrono, path, *rules], check=True, capture_output=True, text=True).stdout
            for line in output.splitlines():
                words, _, winners = line.partition("; winners by lexico ")
                self.take(words.replace(",", "").split())
                if winners:
                    self.winners[words.split()[0]] = json.loads(winners)

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
        rules = [rule for rule in RULES.get(kind, []) if ballots <= SMALL_ONLY.get(rule, ballots)]
        name = os.path.basename(path)[:-3][:40]
        longest = next((float(seconds) for part, seconds in options.let_end if part in name), options.longest)
        ours = Ours(chrono, path, rules)
        theirs = peer(python, path, rules, longest)
        for rule in rules:
            if rule not in theirs:
                continue
            seconds, ended = theirs[rule]["seconds"], theirs[rule]["ended"]
            mark = "" if ended else "≥ "
            ratio = seconds / ours.seconds[rule]
            if ratio < 100:
                under.append(f"`{rule}` on {name} ({mark}{ratio:.0f} times)")
            cells = [name, rule, f"{mark}{seconds:.4f}", f"{ours.seconds[rule]:.6f}", f"{mark}{ratio:,.0f}"]
            rows.append("| " + " | ".join([*cells, same(rule, theirs[rule], ours.winners[rule])]) + " |")
            print(rows[-1], flush=True)
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
    slow = [row.split("|")[1].strip() for row in readings if float(row.split("|")[5].split()[0]) < 200]
    slow = f"Under 200 MB/s: {', '.join(slow)}." if slow else "Every file is read faster than 200 MB/s."
    hundred = "Every ratio is at least 100." if not under else "Under 100 times: " + "; ".join(under) + "."
    return f"""# Benchmarks

Written by `crates/vote/bench/comparer.py FOLDER_OF_PB_FILES`, never by hand.

Times of rules are CPU times, one thread, release profile of the workspace. Ours are means over enough runs to exceed 100 ms, the best of
three series: other work on the machine only adds time.

## Beside pabutools, in the same run

{kept["beside"]["head"]}

pabutools runs in its own process; files are read outside the times. `≥`: it was stopped, the figure is what it had used. `same`:
both select the same projects, ties by identifier on both sides; pabutools also funds projects without votes, this crate never
does. `_add1` of pabutools counts again from the start at each unit. {hundred}

| file | rule | pabutools (s) | this crate (s) | ratio | same |
| --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}

## Alone

{kept["alone"]["head"]}

`runs`: how many times the rule was run for its completion by increments. Invented votes: example `synthetic`, always the same.

| file | ballots | rule | CPU | wanted | exact | runs |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(times)}

## Reading and memory

Wanted: 200 MB/s, and less than 10 times the file. Reading is told by the clock: a file with more than 64 kB of ballots is read on
two threads, the first reads the rows, the second groups the ballots. What costs is the ballot, not the byte. {slow}
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
