#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""describe - CPU time of EC2's describe calls at many instances, each with a volume, an interface and three tags. One
stopped instance is copied row by row: ids and addresses keep their length, so they are replaced where they stand.

As root (an instance is run). ROWS=1000 ROUNDS=7 CALLS=20"""
import json
import os
import secrets
import sqlite3
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "sdk")]
os.environ.setdefault("NP_BIN", os.path.join(os.environ.get("BUILD", os.path.join(ROOT, "build")), "nephele"))

from lib.servers import ask  # noqa: E402
from lib.sign import capture  # noqa: E402

from ec2_machines import launch, seen, wait_state  # noqa: E402
from region import Region  # noqa: E402

ROWS, ROUNDS, CALLS = (int(os.environ.get(k, d)) for k, d in (("ROWS", 1000), ("ROUNDS", 7), ("CALLS", 20)))
TAGS = [{"Key": "Name", "Value": "web"}, {"Key": "environment", "Value": "production"}, {"Key": "team", "Value": "platform"}]
GOAL_MS = 5.0


# --- rows ---

def first(region):
    """One stopped instance, its group and subnet; (what to replace, in order; ids whose rows are copied)."""
    ec2 = region.client("ec2")
    subnet = min(ec2.describe_subnets()["Subnets"], key=lambda s: s["CidrBlock"])
    address = subnet["CidrBlock"].rsplit(".", 2)[0] + ".0.100"
    spec = [{"ResourceType": t, "Tags": TAGS} for t in ("instance", "volume", "network-interface")]
    group = ec2.create_security_group(GroupName="g-00000", Description="of one instance", VpcId=subnet["VpcId"])["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="10.0.0.0/8")
    (i,) = launch(ec2, SubnetId=subnet["SubnetId"], PrivateIpAddress=address, SecurityGroupIds=[group],
                  TagSpecifications=spec)
    wait_state(ec2, i, "running")
    ec2.stop_instances(InstanceIds=[i])
    wait_state(ec2, i, "stopped")
    d = seen(ec2, i)
    eni = d["NetworkInterfaces"][0]
    rules = [r["SecurityGroupRuleId"] for r in ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]]
    rows = [i, d["BlockDeviceMappings"][0]["Ebs"]["VolumeId"], eni["NetworkInterfaceId"], group, *rules]
    r = ec2.describe_instances(InstanceIds=[i])["Reservations"][0]["ReservationId"]
    return [*rows, eni["Attachment"]["AttachmentId"], r], rows, eni["MacAddress"], address


def another(ids, mac, address, n):
    """What takes their place in the n-th copy."""
    new = {old: old[:-17] + secrets.token_hex(9)[:17] for old in ids}
    new[mac] = mac[:8] + ":%02x:%02x:%02x" % (1 + (n >> 16), n >> 8 & 255, n & 255)
    new[address] = "%s.%d.%d" % (address.rsplit(".", 2)[0], n // 100, 100 + n % 100)
    new["g-00000"] = f"g-{n:05}"
    return {k.encode(): v.encode() for k, v in new.items()}


def copied(value, new):
    if not isinstance(value, (str, bytes)):
        return value
    raw = value.encode() if isinstance(value, str) else value
    for old, put in new.items():
        raw = raw.replace(old, put)
    return raw.decode() if isinstance(value, str) else raw


def copy_rows(path, ids, rows, mac, address):
    db = sqlite3.connect(path)
    marks = ",".join("?" * len(rows))
    found = {
        "ec2_item": db.execute(f"SELECT * FROM ec2_item WHERE id IN ({marks})", rows).fetchall(),
        "ec2_ref": db.execute(f"SELECT * FROM ec2_ref WHERE item IN ({marks})", rows).fetchall(),
        "np_tags": [r for r in db.execute("SELECT * FROM np_tags") if any(i in x for x in r if isinstance(x, str) for i in rows)],
    }
    for n in range(1, ROWS):
        new = another(ids, mac, address, n)
        for table, lines in found.items():
            for line in lines:
                db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(line))})", [copied(x, new) for x in line])
    db.commit()
    db.close()


# --- calls ---

CASES = {  # name: (operation, members)
    "DescribeInstances": ("describe_instances", {}),
    "DescribeInstances, by state": ("describe_instances", {"Filters": [
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]}),
    "DescribeInstances, one by its address": ("describe_instances", {"Filters": [
        {"Name": "network-interface.private-ip-address", "Values": ["172.31.5.150"]}]}),
    "DescribeInstances, a page of 100": ("describe_instances", {"MaxResults": 100}),
    "DescribeInstanceStatus": ("describe_instance_status", {"IncludeAllInstances": True}),
    "DescribeVolumes": ("describe_volumes", {}),
    "DescribeVolumeStatus": ("describe_volume_status", {}),
    "DescribeNetworkInterfaces": ("describe_network_interfaces", {}),
    "DescribeSecurityGroups": ("describe_security_groups", {}),
    "DescribeSecurityGroupRules": ("describe_security_group_rules", {}),
    "DescribeSubnets": ("describe_subnets", {}),
    "DescribeImages": ("describe_images", {}),
    "DescribeTags": ("describe_tags", {}),
}


def cpu_seconds(pid):
    """User and system time of all its threads, to the nanosecond."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="utf-8") as f:
            total += int(f.read().split()[0])
    return total / 1e9


def one(region, pid, operation, members):
    """(ms of CPU a call, bytes of the reply)"""
    host, port = region.address.rsplit(":", 1)
    request = capture((host, int(port)), "ec2", operation, region.root, **members)
    before, size = cpu_seconds(pid), 0
    for _ in range(CALLS):
        status, _, body = ask((host, int(port)), request)
        assert status == 200, body[:400]
        size = len(body)
    return (cpu_seconds(pid) - before) / CALLS * 1000, size


def main():
    with Region(dev=True, workers=1) as region:
        ids, rows, mac, address = first(region)
        region.stop()
        copy_rows(os.path.join(region.data, "state.db"), ids, rows, mac, address)
        region.start()
        pid, goals = region.running("region"), []
        for name, (operation, members) in CASES.items():
            one(region, pid, operation, members)
            took, sizes = zip(*(one(region, pid, operation, members) for _ in range(ROUNDS)))
            ms = statistics.median(took)
            print(f"{name:40} {ms:7.2f} ms of CPU (least {min(took):.2f})  {sizes[0] / 1e3:8.1f} KB", flush=True)
            goals.append({"what": f"{name} at {ROWS} instances", "value": round(ms, 3), "unit": "ms", "sense": "<=",
                          "limit": GOAL_MS, "met": ms <= GOAL_MS})
    print(json.dumps({"bench": "describe", "goals": goals}))


if __name__ == "__main__":
    main()
