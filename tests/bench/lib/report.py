# SPDX-License-Identifier: Apache-2.0
"""report - interleaved rounds, CPU accounting, and what is printed of them.

A script's last line of output is its whole result as JSON; totable.py makes Markdown of it.
"""
import json
import os
import resource
import statistics
import time

from lib.procs import TICKS, cpu_of, log, tree
from lib.settings import DUR, QUIET_MAX, QUIET_WAIT, RETRY, ROUNDS, WARM, wanted

MEDIANS = ("rate", "bytes_s", "p50", "p99", "mean", "max", "cpu_us", "user_us", "busy", "client_busy", "other", "steal")


# --- one run ---

def machine_cpu():
    """(busy, stolen) CPU seconds of the whole machine."""
    with open("/proc/stat", encoding="utf-8") as f:
        v = [int(x) for x in f.readline().split()[1:]]
    return (v[0] + v[1] + v[2] + v[5] + v[6]) / TICKS, v[7] / TICKS


def own_cpu():
    """Of this script and of the load generators that it waited for."""
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def wait_quiet():
    """Up to QUIET_WAIT seconds, for a moment in which the machine is idle."""
    end = time.monotonic() + QUIET_WAIT
    while time.monotonic() < end:
        before, at = machine_cpu(), time.monotonic()
        time.sleep(0.4)
        if (machine_cpu()[0] - before[0]) / (time.monotonic() - at) <= QUIET_MAX:
            return


def measure(server, fn, helpers=()):
    """fn() against a server, with CPU accounting. helpers: pids of upstreams that the script runs."""
    best = None
    for _ in range(RETRY + 1):
        wait_quiet()
        run = _measure_once(server.pids(), fn, [p for h in helpers for p in tree(h)])
        if best is None or run["other"] + run["steal"] < best["other"] + best["steal"]:
            best = run
        if best["other"] + best["steal"] <= QUIET_MAX:
            break
    return best


def _measure_once(pids, fn, helpers):
    def now():
        return cpu_of(pids), sum(cpu_of(helpers)), own_cpu(), machine_cpu(), time.monotonic()
    (user0, sys0), helped0, own0, (busy0, steal0), at0 = now()
    run = fn()
    (user1, sys1), helped1, own1, (busy1, steal1), at1 = now()
    wall, server = at1 - at0, user1 - user0 + sys1 - sys0
    ours = server + helped1 - helped0 + own1 - own0
    run["client_busy"] = (own1 - own0) / wall
    run["other"] = max(0.0, (busy1 - busy0 - ours) / wall)
    run["steal"] = (steal1 - steal0) / wall
    n = run.get("requests") or 0
    if pids:
        run["busy"] = server / wall
        if n:
            run["cpu_us"], run["user_us"] = server / n * 1e6, (user1 - user0) / n * 1e6
    return run


def interleave(report, case, workers, servers, fn, helpers=(), seconds=None):
    """fn(server, seconds) -> dict of one run. A B C, C B A, …: no place in the order is favoured."""
    servers = [s for s in servers if s]
    if not wanted(case) or not servers:
        return
    if WARM:
        for s in servers:
            fn(s, WARM)
    for r in range(ROUNDS):
        for s in servers if r % 2 == 0 else servers[::-1]:
            report.add(case, workers, s.name, measure(s, lambda s=s: fn(s, seconds or DUR), helpers))
    log(f"   {case} w{workers}: " + "  ".join(
        f"{s.name} {show(median(report.rows[(case, workers)][s.name], 'rate'))}/s" for s in servers))


# --- all runs of a script ---

def median(runs, key):
    values = [r[key] for r in runs if r.get(key) is not None]
    return statistics.median(values) if values else None


def show(x, digits=None):
    if x is None:
        return "-"
    if digits is not None:
        return f"{x:.{digits}f}"
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}"


def rounded(x, digits=4):
    return None if x is None else round(x, digits)


class Report:
    """Rows by (case, workers) and server; notes; goals."""

    def __init__(self, bench):
        self.bench, self.rows, self.extra, self.goals, self.skipped = bench, {}, {}, [], []
        self.began = time.monotonic()

    def add(self, case, workers, server, run):
        self.rows.setdefault((case, workers), {}).setdefault(server, []).append(run)
        if run.get("errors"):
            log(f"   !! {case} w{workers} {server}: {run['errors']} errors {run.get('note', '')}")

    def note(self, key, value):
        self.extra[key] = value

    def skip(self, what, why):
        """A peer or case that cannot run here."""
        self.skipped.append(f"{what}: {why}")
        log(f"   skipped {what}: {why}")

    def goal(self, what, value, sense, limit, unit=""):
        """sense: "<=" or ">="; a value that was not measured is left out."""
        if value is not None:
            met = value <= limit if sense == "<=" else value >= limit
            self.goals.append({"what": what, "value": rounded(value), "sense": sense, "limit": limit, "unit": unit,
                               "met": met})

    def median(self, case, server, key, workers=1):
        return median(self.rows.get((case, workers), {}).get(server, ()), key)

    def ratio(self, case, server, peer, key, workers=1):
        """The median of the ratios within each round: pairs that ran seconds apart."""
        by = self.rows.get((case, workers), {})
        pairs = [a[key] / b[key] for a, b in zip(by.get(server, ()), by.get(peer, ())) if a.get(key) and b.get(key)]
        return statistics.median(pairs) if pairs else None

    def summary(self):
        out = []
        for (case, workers), by in self.rows.items():
            for server, runs in by.items():
                cpu = [r["cpu_us"] for r in runs if r.get("cpu_us")]
                row = {"case": case, "workers": workers, "server": server,
                       "rates": [rounded(r.get("rate") or 0, 2) for r in runs],
                       "cpu_us_all": [rounded(r.get("cpu_us"), 3) for r in runs],
                       "cpu_us_min": rounded(min(cpu)) if cpu else None,
                       "errors": sum(r.get("errors") or 0 for r in runs)}
                row.update({k: rounded(median(runs, k)) for k in MEDIANS})
                out.append(row)
        return out

    def ratios(self):
        out = []
        for (case, workers), by in self.rows.items():
            ours = [s for s in by if s.startswith("nephele") or s == "candidate"]
            for own in ours:
                for peer in by:
                    if peer in ours:
                        continue
                    row = {"case": case, "workers": workers, "server": own, "peer": peer}
                    for k in ("rate", "cpu_us", "p50", "p99", "mean"):
                        row[k + "_ratio"] = rounded(self.ratio(case, own, peer, k, workers), 3)
                    low = [min((r["cpu_us"] for r in by[s] if r.get("cpu_us")), default=None) for s in (own, peer)]
                    row["cpu_us_min_ratio"] = rounded(low[0] / low[1], 3) if all(low) else None
                    out.append(row)
        return out

    def finish(self):
        rows, ratios = self.summary(), self.ratios()
        if rows:
            self._print_rows(rows)
        if ratios:
            print("\nratios to each peer (rate: higher is better; cpu, p50, p99: lower is better)")
        for r in ratios:
            print(f"{r['case']:16} {r['workers']:>2} {r['server']:14} to {r['peer']:9} rate {show(r['rate_ratio']):>6}  "
                  f"cpu/req {show(r['cpu_us_ratio']):>6} (of minima {show(r['cpu_us_min_ratio'])})  "
                  f"p50 {show(r['p50_ratio'] or r['mean_ratio'])}  p99 {show(r['p99_ratio'])}")
        for k, v in self.extra.items():
            print(f"{k}: {json.dumps(v)}")
        for s in self.skipped:
            print("skipped", s)
        print_goals(self.goals)
        print(json.dumps({"bench": self.bench, "rounds": ROUNDS, "dur": DUR, "cores": os.cpu_count(),
                          "seconds": round(time.monotonic() - self.began), "rows": rows, "ratios": ratios,
                          "extra": self.extra, "skipped": self.skipped, "goals": self.goals}))

    def _print_rows(self, rows):
        print(f"\n== {self.bench}: {ROUNDS} rounds of {DUR} s, interleaved; medians (rate: [min..max]); "
              "cpu us = server CPU time per request; busy = cores the server used")
        print(f"{'case':16} {'w':>2} {'server':14} {'rate/s':>9} {'[min..max]':>19} {'MB/s':>6} {'p50 ms':>7} "
              f"{'p99 ms':>7} {'cpu us':>8} {'user us':>8} {'busy':>5} {'cli':>5} {'oth':>5} {'err':>4}")
        for r in rows:
            span = f"[{show(min(r['rates']))}..{show(max(r['rates']))}]"
            latency = r["p50"] if r["p50"] is not None else r["mean"]
            print(f"{r['case']:16} {r['workers']:>2} {r['server']:14} {show(r['rate']):>9} {span:>19} "
                  f"{show((r['bytes_s'] or 0) / 1e6):>6} {show(latency):>7} {show(r['p99']):>7} "
                  f"{show(r['cpu_us']):>8} {show(r['user_us']):>8} {show(r['busy'], 2):>5} "
                  f"{show(r['client_busy'], 2):>5} {show(r['other'], 2):>5} {r['errors']:>4}")


def print_goals(goals):
    if goals:
        print("\ngoals")
    for g in goals:
        print(f"{'met   ' if g['met'] else 'MISSED'} {g['what']:58} {show(g['value']):>8} {g['unit']:6} "
              f"({g['sense']} {g['limit']})")
