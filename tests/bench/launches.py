#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""launches - from the RunInstances call to the first line of user data, by the API: the first instance of a data
directory, others one by one, many at once; their CPU time; and that of DescribeInstances. As root. RUNS=20 MANY=50"""
import json
import os
import re
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "sdk")]

from ec2_machines import end, image, until  # noqa: E402
from lib.groups import Groups  # noqa: E402
from region import Region  # noqa: E402

RUNS, MANY = int(os.environ.get("RUNS", "20")), int(os.environ.get("MANY", "50"))
FIRST = '#!/bin/sh\necho "first line at $(date +%s.%N)"\n'
PAUSE = 0.25  # who asks again and again takes the time of what is measured


def run(ec2, ami, n):
    made = ec2.run_instances(ImageId=ami, InstanceType="t3.nano", MinCount=n, MaxCount=n, UserData=FIRST)
    return [i["InstanceId"] for i in made["Instances"]]


def first_line(ec2, i):
    def ask():
        time.sleep(PAUSE)
        return re.search(r"first line at ([\d.]+)", ec2.get_console_output(InstanceId=i).get("Output", ""))
    return float(until(ask).group(1))


def launched(ec2, ami):
    """(the instance, seconds of the call, seconds to the first line)"""
    at = time.time()
    (i,) = run(ec2, ami, 1)
    call = time.time() - at
    return i, call, first_line(ec2, i) - at


def one_by_one(ec2, ami, groups):
    calls, firsts, cpus = [], [], []
    for _ in range(RUNS):
        before = groups.cpu_ms()
        i, call, first = launched(ec2, ami)
        calls.append(call * 1000)
        firsts.append(first * 1000)
        cpus.append((groups.cpu_ms() or 0) - (before or 0))
        end(ec2, i)
        time.sleep(PAUSE)  # its network and volume are taken away still
    print(f"RunInstances answers in {statistics.median(calls):.1f} ms; the first line of user data after "
          f"{statistics.median(firsts):.0f} ms (medians of {RUNS}, at best {min(firsts):.0f} ms); CPU time of an "
          f"instance, its sshd included, {statistics.median(cpus):.0f} ms")
    return statistics.median(firsts)


def many_at_once(ec2, ami, groups):
    def all_run():
        time.sleep(PAUSE / 5)
        return all(i["State"]["Name"] == "running"
                   for r in ec2.describe_instances(InstanceIds=ids)["Reservations"] for i in r["Instances"])
    before, at = groups.cpu_ms(), time.time()
    ids = run(ec2, ami, MANY)
    until(all_run)
    running = time.time() - at
    last = max(first_line(ec2, i) for i in ids) - at
    print(f"{MANY} at once: all running after {running:.2f} s, the last first line after {last:.2f} s; "
          f"CPU time {((groups.cpu_ms() or 0) - (before or 0)) / 1000:.2f} s")
    return ids


def cpu_ms(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main():
    with Groups() as groups, Region(dev=True) as region:
        groups.out()
        ec2 = region.client("ec2")
        ami = image(ec2)
        stays, _, early = launched(ec2, ami)
        groups.adopt(stays)
        print(f"the first instance of a new data directory: first line after {early * 1000:.0f} ms")
        first = one_by_one(ec2, ami, groups)
        ids = many_at_once(ec2, ami, groups)
        pid, asked = region.running("region"), 200
        before = cpu_ms(pid)
        for _ in range(asked):
            ec2.describe_instances(InstanceIds=ids)
        each = (cpu_ms(pid) - before) / asked / MANY
        end(ec2, stays, *ids)
    print(f"DescribeInstances: {each * 1000:.1f} us of CPU an instance")
    print(json.dumps({"bench": "launches", "goals": [
        {"what": "RunInstances to the first line of user data, median", "value": first, "unit": "ms", "sense": "<=",
         "limit": 150, "met": first <= 150}]}))


if __name__ == "__main__":
    main()
