#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Networks of instances: time to wire them, time to change a security group (at the agent, and by the API until the port
of a public address follows on this host), and what packets cost between two guests of different subnets beside two
namespaces on a bare bridge, and beside a bare router (forwarding, no firewall).

Usage: net.py          as root, or as a user who may make namespaces; needs ip, nft, iperf3
Env: ROUNDS DUR (of each iperf3 run)  SIZES ("10 100 1000")  INSTANCES ("10 50", of the API's part)
     RT (priority of real time of the region in the API's part, beside other work; the rest: chrt -r 10 net.py)
"""
import json
import os
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.procs import built, have
from lib.report import Report
from lib.settings import DUR, ROUNDS, env
from networld import TCP, Network, World, rule
from region import Region, wait_for

SIZES = [int(x) for x in env("SIZES", "10 100").split()]
RT = env("RT", "")
INSTANCES = [int(x) for x in env("INSTANCES", "10 50").split()]
PINGS = 20000
ONE_CORE = ("taskset", "-c", str(min(os.sched_getaffinity(0))))
PAIRS = ("nephele", "bridge", "router")


# --- wiring ---

def network(name, count):
    n = Network(name)
    n.table("t", [("0.0.0.0/0", "internet")]).subnet("a", "10.0.0.0/18", "t").subnet("b", "10.0.64.0/18", "t")
    n.group("web", [rule(TCP, 80, "0.0.0.0/0"), rule(TCP, 22, group="web")])
    for i in range(count):
        host = f"10.0.{(0 if i % 2 else 64) + i // 200}.{10 + i % 200}"
        n.interface(f"{name}x{i}", "a" if i % 2 else "b", host, None, ["web"])
    return n


def took(world, n):
    """Milliseconds from the request to the reply."""
    told = n.told()
    at = time.perf_counter()
    world.agent.ask("EnsureNetwork", **told)
    return (time.perf_counter() - at) * 1000


def change_group(n, port):
    n.group("web", [rule(TCP, 80, "0.0.0.0/0"), rule(TCP, 22, group="web"), rule(TCP, port, "10.0.0.0/8")])
    return n


def add_one(n, count, i):
    return n.interface(f"{n.name}y{i}", "a", f"10.0.63.{i + 1}", None, ["web"])


def wiring(rep, world):
    for count in SIZES:
        fresh = []
        for k in range(ROUNDS if count <= 100 else 1):
            n = network(f"w{count}-{k}", count)
            fresh.append(took(world, n))
            if k > 0:
                world.agent.ask("RemoveNetwork", Id=f"w{count}-{k - 1}")
        group = [took(world, change_group(n, 8000 + i)) for i in range(2 * ROUNDS)]
        one = [took(world, add_one(n, count, i)) for i in range(2 * ROUNDS)]
        same = [took(world, n) for _ in range(2 * ROUNDS)]
        world.agent.ask("RemoveNetwork", Id=n.name)
        for what, values in (("wired", fresh), ("a group changed", group), ("one more", one), ("nothing changed", same)):
            rep.note(f"{count} instances, {what}, ms", {"min": round(min(values), 1),
                                                        "median": round(statistics.median(values), 1)})
        if count == 10:
            rep.goal("ten instances wired, ms (least)", min(fresh), "<=", 50, "ms")
        rep.goal(f"a group of {count} instances changed, ms (least)", min(group), "<=", 50, "ms")


# --- rules by the API ---

class Instances:
    """A region with a VPC of instances of one group; the first has a public address."""

    def __init__(self, region, count):
        self.ec2 = ec2 = region.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/20")["Subnet"]["SubnetId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
        self.group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        ids = [self.run(image, subnet, 1, True), *([self.run(image, subnet, count - 1, False)] if count > 1 else [])]
        self.ids = [i["InstanceId"] for made in ids for i in made["Instances"]]
        wait_for(self.all_run, seconds=120, what="instances that run")
        self.address = self.seen()[0]["PublicIpAddress"]

    def run(self, image, subnet, count, public):
        return self.ec2.run_instances(
            ImageId=image, MinCount=count, MaxCount=count, InstanceType="t3.nano",
            NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": public,
                                "Groups": [self.group]}])

    def seen(self):
        found = {i["InstanceId"]: i for r in self.ec2.describe_instances(InstanceIds=self.ids)["Reservations"]
                 for i in r["Instances"]}
        return [found[i] for i in self.ids]

    def all_run(self):
        return all(i["State"]["Name"] == "running" for i in self.seen())

    def is_open(self, port):
        with socket.socket() as s:
            return s.connect_ex((self.address, port)) == 0

    def change(self, opens, port=8081):
        """Milliseconds from the reply until the port follows."""
        call = self.ec2.authorize_security_group_ingress if opens else self.ec2.revoke_security_group_ingress
        call(GroupId=self.group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port,
                                                 "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        at = time.perf_counter()
        while self.is_open(port) != opens:
            time.sleep(0.0005)
        return (time.perf_counter() - at) * 1000


def prefer(region):
    """Only once its instances run: control groups take no process of real time."""
    if RT:
        for pid in (region.running("region"), region.running("agent"), os.getpid()):
            subprocess.run(["chrt", "-a", "-r", "-p", RT, str(pid)], check=True)


def commits(rep):
    for count in INSTANCES:
        with Region(dev=True) as region:
            all_of = Instances(region, count)
            prefer(region)
            took = [all_of.change(opens) for _ in range(2 * ROUNDS) for opens in (True, False)]
            if RT:
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        rep.note(f"{count} instances, a rule by the API in force after its reply, ms",
                 {"min": round(min(took), 1), "median": round(statistics.median(took), 1), "max": round(max(took), 1)})
        rep.goal(f"a rule of {count} instances by the API, ms (median)", statistics.median(took), "<=", 50, "ms")


# --- packets ---

BARE = """
ip netns add {0}a; ip netns add {0}b; ip netns add {0}m
for e in a b; do ip link add {0}$e netns {0}m type veth peer name eth0 netns {0}$e; ip -n {0}m link set {0}$e up
  ip -n {0}$e link set eth0 up; ip -n {0}$e link set lo up; done
"""
BRIDGE = BARE + """
ip -n {0}m link add name bridge0 type bridge; ip -n {0}m link set bridge0 up
for e in a b; do ip -n {0}m link set {0}$e master bridge0; done
ip -n {0}a addr add 10.9.0.1/24 dev eth0; ip -n {0}b addr add 10.9.0.2/24 dev eth0
"""
ROUTER = BARE + """
ip netns exec {0}m sysctl -qw net.ipv4.ip_forward=1
ip -n {0}m addr add 10.9.1.1/24 dev {0}a; ip -n {0}m addr add 10.9.2.1/24 dev {0}b
ip -n {0}a addr add 10.9.1.2/24 dev eth0; ip -n {0}a route add default via 10.9.1.1
ip -n {0}b addr add 10.9.2.2/24 dev eth0; ip -n {0}b route add default via 10.9.2.1
"""


class Pair:
    """Two places and the address of the second; servers run there."""

    def __init__(self, name, address, run):
        self.name, self.address, self.start = name, address, run
        self.servers = [run(1, *ONE_CORE, built("pingpong"), "serve", "9000"), run(1, "iperf3", "-s", "-p", "9001")]
        assert self.servers[0].stdout.readline() == "listening\n"

    def ask(self, *argv):
        p = self.start(0, *argv)
        out = p.communicate(timeout=60)[0]
        return out

    def latency(self):
        """Both ends on one core: what the path costs, not what it costs to wake another core."""
        return float(self.ask(*ONE_CORE, built("pingpong"), "ask", self.address, "9000", str(PINGS)).split()[0])

    def throughput(self):
        for _ in range(100):  # until its server listens
            said = json.loads(self.ask("iperf3", "-J", "-c", self.address, "-p", "9001", "-t", str(DUR)))
            if "end" in said and "sum_received" in said["end"]:
                return said["end"]["sum_received"]["bits_per_second"] / 1e9
            time.sleep(0.05)
        raise RuntimeError(said)

    def stop(self):
        for p in self.servers:
            p.kill()
            p.wait()


def piped(start):
    return dict(stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def bare(name, script, address):
    prefix = f"nb{os.getpid() % 10000}{name[0]}"
    subprocess.run(["sh", "-ec", script.format(prefix)], check=True)
    pair = Pair(name, address, lambda end, *argv: subprocess.Popen(
        ["ip", "netns", "exec", prefix + "ab"[end], *argv], **piped(None)))
    pair.close = lambda: [subprocess.run(["ip", "netns", "del", prefix + e], check=False) for e in "abm"]
    return pair


def guests(world):
    n = Network("bench")
    n.table("t", [("0.0.0.0/0", "internet")]).subnet("a", "10.0.1.0/24", "t").subnet("b", "10.0.2.0/24", "t")
    n.group("web", [rule(TCP, (9000, 9001), group="web"), rule(TCP, 22, "0.0.0.0/0")])
    n.interface("left", "a", "10.0.1.10", None, ["web"]).interface("right", "b", "10.0.2.10", None, ["web"])
    world.tell(n)
    pair = Pair("nephele", "10.0.2.10",
                lambda end, *argv: world.agent.popen("g-" + ("left", "right")[end], *argv, **piped(None)))
    pair.close = lambda: world.agent.ask("RemoveNetwork", Id="bench")
    return pair


def packets(rep, world):
    pairs = [guests(world), bare("bridge", BRIDGE, "10.9.0.2"), bare("router", ROUTER, "10.9.2.2")]
    got = {p.name: {"Gb/s": [], "us": []} for p in pairs}
    try:
        for i in range(ROUNDS + 1):  # the first warms up
            for p in pairs if i % 2 else reversed(pairs):
                rate, delay = p.throughput(), p.latency()
                if i > 0:
                    got[p.name]["Gb/s"].append(rate)
                    got[p.name]["us"].append(delay)
    finally:
        for p in pairs:
            p.stop()
            p.close()
    for name, values in got.items():
        rep.note(f"{name}: one TCP stream, Gb/s", [round(x, 1) for x in values["Gb/s"]])
        rep.note(f"{name}: one byte there and back, us (medians)", [round(x, 1) for x in values["us"]])
    for peer in PAIRS[1:]:
        for key, sense, limit in (("Gb/s", ">=", 0.9), ("us", "<=", 1.1)):
            ratio = statistics.median(a / b for a, b in zip(got["nephele"][key], got[peer][key]))
            rep.goal(f"{key} between subnets, to a bare {peer}", ratio, sense, limit)


def main():
    rep = Report("net")
    missing = [p for p in ("ip", "nft", "iperf3") if not have(p)]
    if missing:
        rep.skip("net", f"{', '.join(missing)} not installed")
    else:
        with World() as world:
            wiring(rep, world)
            if os.geteuid() == 0:
                packets(rep, world)
            else:
                rep.skip("packets", "the bare path needs root")
        commits(rep)
    rep.finish()


if "-h" in sys.argv:
    sys.exit(__doc__)
main()
