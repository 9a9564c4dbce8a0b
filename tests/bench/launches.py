#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""launches - from the RunInstances call to the first line of user data, by the API; many at once; and the CPU time of
DescribeInstances. As root, on a quiet machine. RUNS=20 MANY=50"""
import json
import os
import re
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "sdk")]

from ec2_machines import end, image, until  # noqa: E402
from region import Region  # noqa: E402

RUNS, MANY = int(os.environ.get("RUNS", "20")), int(os.environ.get("MANY", "50"))
FIRST = '#!/bin/sh\necho "first line at $(date +%s.%N)"\n'


def run(ec2, ami, n):
    made = ec2.run_instances(ImageId=ami, InstanceType="t3.nano", MinCount=n, MaxCount=n, UserData=FIRST)
    return [i["InstanceId"] for i in made["Instances"]]


def launched(ec2, ami):
    """(seconds of the call, seconds to the first line)"""
    at = time.time()
    (i,) = run(ec2, ami, 1)
    call = time.time() - at
    said = until(lambda: re.search(r"first line at ([\d.]+)", ec2.get_console_output(InstanceId=i).get("Output", "")))
    end(ec2, i)
    return call, float(said.group(1)) - at


def cpu_ms(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main():
    with Region(dev=True) as region:
        ec2 = region.client("ec2")
        ami = image(ec2)
        launched(ec2, ami)  # makes the image's folder
        calls, firsts = zip(*(launched(ec2, ami) for _ in range(RUNS)))
        at = time.time()
        ids = run(ec2, ami, MANY)
        until(lambda: all(i["State"]["Name"] == "running" for r in ec2.describe_instances(InstanceIds=ids)["Reservations"]
                          for i in r["Instances"]))
        many = time.time() - at
        pid, asked = region.running("region"), 200
        before = cpu_ms(pid)
        for _ in range(asked):
            ec2.describe_instances(InstanceIds=ids)
        each = (cpu_ms(pid) - before) / asked / MANY
        end(ec2, *ids)
    first = statistics.median(firsts) * 1000
    print(f"RunInstances answers in {statistics.median(calls) * 1000:.1f} ms; the first line of user data after "
          f"{first:.0f} ms (medians of {RUNS}, at best {min(firsts) * 1000:.0f} ms)")
    print(f"{MANY} at once: all running after {many:.2f} s")
    print(f"DescribeInstances: {each * 1000:.1f} us of CPU an instance")
    print(json.dumps({"bench": "launches", "goals": [
        {"what": "RunInstances to the first line of user data, median", "value": first, "unit": "ms", "sense": "<=",
         "limit": 150, "met": first <= 150}]}))


if __name__ == "__main__":
    main()
