#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Markdown tables from the JSON lines that the benchmarks print: totable.py OUTPUT_FILE..."""
import json
import sys


def show(x):
    if x is None:
        return "-"
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}"


def span(values):
    values = [v for v in values if v]
    return f"{show(min(values))}..{show(max(values))}" if values else "-"


def table(head, rows):
    print("\n| " + " | ".join(head) + " |")
    print("|" + "|".join("---" if i < 3 else "---:" for i in range(len(head))) + "|")
    for r in rows:
        print("| " + " | ".join(r) + " |")


def print_rows(d):
    table(["case", "workers", "server", "rate/s", "its span", "MB/s", "p50 ms", "p99 ms", "CPU us/request", "its span",
           "of which user", "server cores", "client cores", "others' cores"],
          [[r["case"], str(r["workers"]), r["server"], show(r["rate"]), span(r["rates"]),
            show((r["bytes_s"] or 0) / 1e6), show(r["p50"] if r["p50"] is not None else r["mean"]), show(r["p99"]),
            show(r["cpu_us"]), span(r["cpu_us_all"]), show(r["user_us"]), show(r["busy"]), show(r["client_busy"]),
            show(r["other"])] for r in d["rows"]])


def print_ratios(d):
    table(["case", "server", "against", "rate", "CPU/request", "of minima", "p50", "p99"],
          [[r["case"], r["server"], r["peer"], show(r["rate_ratio"]), show(r["cpu_us_ratio"]),
            show(r["cpu_us_min_ratio"]), show(r["p50_ratio"] or r["mean_ratio"]), show(r["p99_ratio"])]
           for r in d["ratios"]])


def print_goals(goals):
    table(["goal", "unit", "is it met", "measured", "limit"],
          [[g["what"], g["unit"], "yes" if g["met"] else "**no**", show(g["value"]),
            {"<=": "≤ ", ">=": "≥ "}[g["sense"]] + f"{g['limit']:g}"] for g in goals])


def results(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return [json.loads(line) for line in f if line.startswith('{"bench"')]


def main():
    found = [d for path in sys.argv[1:] for d in results(path)]
    goals = [g for d in found for g in d["goals"]]
    if goals:
        print_goals(goals)
    for d in found:
        if "rows" not in d:
            continue
        print(f"\n### {d['bench']} ({d['rounds']} rounds of {d['dur']} s)")
        if d["rows"]:
            print_rows(d)
        if d["ratios"]:
            print_ratios(d)
        print()
        for k, v in d["extra"].items():
            print(f"- {k}: `{json.dumps(v)}`")
        for s in d["skipped"]:
            print(f"- skipped {s}")


main()
