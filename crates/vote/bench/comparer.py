#!/usr/bin/env python3
"""Compares this crate with pabutools (PyPI) on the same files, in the same run, in CPU time.

    crates/vote/bench/comparer.py FOLDER [--venv DIR] [--longest SECONDS] [--binary PATH]

Makes a virtual environment with pabutools 1.2.3 when there is none, builds the example `chrono`, then for each file and each
rule that both can do runs pabutools in its own process and prints a Markdown table with the ratio. A pabutools run longer
than `--longest` is stopped, and its time so far is a lower bound ("≥"). Reading the file is counted on neither side.
"""

import argparse
import glob
import os
import subprocess
import sys

CRATE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

CHILD = r"""
import resource, sys, time
path, rule = sys.argv[1:3]
from pabutools.election import parse_pabulib, Cost_Sat, Cardinality_Sat
from pabutools import election as E
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen
from pabutools.rules import maximin_support
instance, profile = parse_pabulib(path)
start = time.process_time()
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
children = resource.getrusage(resource.RUSAGE_CHILDREN)
print("CPU", time.process_time() - start + children.ru_utime + children.ru_stime, len(found))
"""

APPROVAL = [
    "greedy_votes",
    "mes_cost",
    "mes_card",
    "phragmen",
    "mes_cost_add1_stop_when_exhaustive",
    "maximin_support",
]
# Long in pabutools, or beyond its linear programs: kept to the files where it ends.
SMALL_ONLY = {"maximin_support": 2_000}


def vote_type(path):
    with open(path, encoding="utf-8-sig") as file:
        meta = dict(line.strip().split(";", 1) for line in file if ";" in line[:40])
    return meta.get("vote_type", ""), int(meta.get("num_votes", 0))


def peer(python, path, rule, longest):
    """CPU seconds, and whether the run ended."""
    command = [python, "-c", CHILD, path, rule]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        output, _ = process.communicate(timeout=longest)
    except subprocess.TimeoutExpired:
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        process.kill()
        process.wait()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), False
    for line in output.splitlines():
        if line.startswith("CPU"):
            return float(line.split()[1]), True
    return None, True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--venv", default="target/pabutools")
    parser.add_argument("--longest", type=float, default=120)
    parser.add_argument("--binary", help="the example chrono, already built")
    parser.add_argument("--only", help="part of the name of the files")
    options = parser.parse_args()
    python = os.path.join(options.venv, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", options.venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "pabutools==1.2.3"], check=True)
    binary = options.binary
    if not binary:
        subprocess.run(["cargo", "build", "--release", "--example", "chrono"], cwd=CRATE, check=True)
        target = os.environ.get("CARGO_TARGET_DIR", os.path.join(CRATE, "..", "..", "target"))
        binary = os.path.join(target, "release", "examples", "chrono")
    print("| file | rule | pabutools 1.2.3 (s) | this crate (s) | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for path in sorted(glob.glob(os.path.join(options.folder, "*.pb")), key=os.path.getsize):
        if options.only and options.only not in path:
            continue
        kind, ballots = vote_type(path)
        if kind not in ("approval", "choose-1", "cumulative"):
            continue
        rules = ["mes_points"] if kind == "cumulative" else APPROVAL
        rules = [rule for rule in rules if ballots <= SMALL_ONLY.get(rule, ballots)]
        ours = {}
        for _ in range(3):
            output = subprocess.run([binary, path, *rules], check=True, capture_output=True, text=True).stdout
            for line in output.splitlines():
                words = line.split()
                if len(words) > 2 and words[2] == "ms" and words[0] in rules:
                    ours[words[0]] = min(ours.get(words[0], float("inf")), float(words[1]) / 1000)
        for rule in rules:
            seconds, ended = peer(python, path, rule, options.longest)
            if seconds is None:
                continue
            mark = "" if ended else "≥ "
            ratio = seconds / max(ours[rule], 1e-6)
            name = os.path.basename(path)[:34]
            print(f"| {name} | {rule} | {mark}{seconds:.3f} | {ours[rule]:.6f} | {mark}{ratio:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
