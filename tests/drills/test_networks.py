# SPDX-License-Identifier: Apache-2.0
"""Packets between guests, networks and the internet: which arrive, from which address, and which do not. The agent
runs alone, as root and as a user without rights; programs in the guests' namespaces send and answer."""
import contextlib
import os
import subprocess

import pytest
from netagent import ip
from networld import ALL, CATCH, CLIENT, ICMP, OPEN_ACL, SERVICE, TCP, UDP, Network, World, acl_rule, rule

NOBODY = 65534
NO_WAY = "No route to host"


@pytest.fixture(scope="module", params=["root", "user"])
def world(request):
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("this is not root")
    uid = NOBODY if request.param == "user" and os.geteuid() == 0 else None
    with World(uid) as w:
        yield w


def first_network():
    """Two public subnets, one behind a NAT, one without a way out."""
    n = Network("vpc-1")
    n.nats["gate"] = ("10.0.1.200", "127.64.0.200", "a")
    n.table("public", [("0.0.0.0/0", "internet")]).table("nat", [("0.0.0.0/0", "nat", "gate")]).table("none")
    n.subnet("a", "10.0.1.0/24", "public").subnet("b", "10.0.2.0/24", "public")
    n.subnet("c", "10.0.3.0/24", "nat").subnet("d", "10.0.4.0/24", "none")
    n.group("web", [rule(TCP, 80, "0.0.0.0/0"), rule(TCP, 22, group="admin"), rule(ICMP, None, "10.0.0.0/16")])
    n.group("admin").group("app", [rule(TCP, (8080, 8090), group="web"), rule(UDP, 53, "10.0.0.0/16")])
    n.group("shut", egress=[])
    n.interface("web", "a", "10.0.1.10", "127.64.0.10", ["web"])
    n.interface("admin", "a", "10.0.1.11", None, ["admin"])
    n.interface("app", "b", "10.0.2.10", "127.64.0.20", ["app"])
    n.interface("behind", "c", "10.0.3.10", None, ["web"])
    n.interface("dark", "d", "10.0.4.10", None, ["web"])
    n.interface("mute", "b", "10.0.2.20", "127.64.0.21", ["shut"])
    return n


def second_network():
    """The same addresses again."""
    n = Network("vpc-2")
    n.table("public", [("0.0.0.0/0", "internet")]).subnet("a", "10.0.1.0/24", "public")
    n.group("all", [ALL])
    n.interface("twin", "a", "10.0.1.10", "127.64.1.10", ["all"])
    n.interface("bare", "a", "10.0.1.12", None, ["all"])
    return n


@pytest.fixture(scope="module")
def served(world):
    world.tell(first_network(), second_network())
    for guest in ("web", "admin", "app", "behind", "dark", "mute", "twin", "bare"):
        world.serve(f"g-{guest}", "tcp:80", "tcp:22", "tcp:8080", "udp:53")
    world.serve("internet", f"tcp:443@{SERVICE}", f"transparent:{CATCH}")
    return world


def test_the_same_subnet_is_filtered_too(served):
    assert served.ask("g-admin", ("tcp", "10.0.1.10", 80), ("tcp", "10.0.1.10", 22), ("tcp", "10.0.1.10", 8080)) == [
        "10.0.1.11 10.0.1.10 80", "10.0.1.11 10.0.1.10 22", "timeout"]
    assert served.ask("g-web", ("tcp", "10.0.1.11", 80)) == ["timeout"]


def test_groups_that_name_groups(served):
    to_app = [("tcp", "10.0.2.10", 8080), ("udp", "10.0.2.10", 53), ("tcp", "10.0.2.10", 80)]
    assert served.ask("g-web", *to_app) == ["10.0.1.10 10.0.2.10 8080", "10.0.1.10 0.0.0.0 53", "timeout"]
    assert served.ask("g-admin", *to_app) == ["timeout", "10.0.1.11 0.0.0.0 53", "timeout"]
    assert served.ask("g-app", ("tcp", "10.0.1.10", 22)) == ["timeout"]  # app is not in admin


def test_icmp_as_its_rule_says(served):
    if served.agent.uid is None:  # a group of the user namespace may ping
        assert served.ask("g-app", ("icmp", "10.0.1.10"), ("icmp", "10.0.1.11")) == ["10.0.1.10", "timeout"]
        assert served.ask("g-web", ("icmp", SERVICE), ("icmp", "192.0.2.7")) == [SERVICE, "timeout"]  # none goes beyond


def test_an_egress_list_without_rules_lets_nothing_out(served):
    assert served.ask("g-mute", ("tcp", "10.0.1.10", 80), ("tcp", SERVICE, 443)) == ["timeout", "timeout"]


def test_two_networks_of_the_same_addresses_do_not_meet(served):
    assert served.ask("g-bare", ("tcp", "10.0.1.10", 80)) == ["10.0.1.12 10.0.1.10 80"]
    assert served.ask("g-twin", ("tcp", "10.0.1.11", 80), ("tcp", "10.0.2.10", 8080)) == [
        "timeout", "timeout"]


def test_addresses_outside_are_reached_by_them(served):
    """Within a network, between two, and an instance's own."""
    assert served.ask("g-app", ("tcp", "127.64.0.10", 80)) == ["127.64.0.20 10.0.1.10 80"]
    assert served.ask("g-twin", ("tcp", "127.64.0.10", 80), ("tcp", "127.64.0.10", 22)) == [
        "127.64.1.10 10.0.1.10 80", "timeout"]
    assert served.ask("g-web", ("tcp", "127.64.1.10", 22), ("tcp", "127.64.0.10", 80)) == [
        "127.64.0.10 10.0.1.10 22", "127.64.0.10 10.0.1.10 80"]


def test_the_clients_connections_are_those_of_a_stranger(served):
    outside = [{"kind": "tcp", "to": "127.64.0.10", "port": p, "source": CLIENT} for p in (80, 22)]
    assert served.ask("internet", *outside) == [f"{CLIENT} 10.0.1.10 80", "timeout"]
    assert served.ask("internet", {"kind": "tcp", "to": "127.64.0.20", "port": 8080, "source": CLIENT}) == ["timeout"]


def test_ways_out(served):
    services = [("tcp", SERVICE, 443), ("tcp", "192.0.2.7", 8443)]
    assert served.ask("g-web", *services) == [f"127.64.0.10 {SERVICE} 443", "127.64.0.10 192.0.2.7 8443"]
    assert served.ask("g-behind", *services) == [f"127.64.0.200 {SERVICE} 443", "127.64.0.200 192.0.2.7 8443"]
    assert served.ask("g-dark", *services) == [NO_WAY, NO_WAY]
    assert served.ask("g-admin", *services) == ["timeout", "timeout"]  # a gateway, but no address outside


def test_a_nat_of_several_addresses_takes_them_in_turn(served):
    """Outside and, of one without an address outside, at a peer. An address that is taken away is used no more."""
    n = Network("vpc-nats", "10.8.0.0/16")
    n.nats["gate"] = (["10.8.1.200", "10.8.1.201", "10.8.1.202"], ["127.64.0.210", "127.64.0.211", "127.64.0.212"], "a")
    n.nats["inner"] = (["10.8.1.210", "10.8.1.211"], None, "a")
    n.peers["x"] = "vpc-far"
    n.table("public", [("0.0.0.0/0", "internet"), ("10.9.0.0/16", "peer", "x")])
    n.table("nat", [("0.0.0.0/0", "nat", "gate"), ("10.9.0.0/16", "nat", "inner")])
    n.subnet("a", "10.8.1.0/24", "public").subnet("b", "10.8.2.0/24", "nat").group("all", [ALL])
    n.interface("many-ways", "b", "10.8.2.10", None, ["all"])
    far = Network("vpc-far", "10.9.0.0/16")
    far.peers["x"] = "vpc-nats"
    far.table("t", [("10.8.0.0/16", "peer", "x")]).subnet("a", "10.9.1.0/24", "t").group("all", [ALL])
    far.interface("far-away", "a", "10.9.1.10", None, ["all"])
    served.tell(n, far)
    served.serve("g-far-away", "tcp:80")

    def sources(times, *question):
        return sorted({a.split()[0] for a in served.ask("g-many-ways", *[question] * times)})
    assert sources(6, "tcp", SERVICE, 443) == ["127.64.0.210", "127.64.0.211", "127.64.0.212"]
    assert sources(4, "tcp", "10.9.1.10", 80) == ["10.8.1.210", "10.8.1.211"]
    n.nats["gate"] = ("10.8.1.200", "127.64.0.210", "a")
    served.tell(n)
    assert sources(4, "tcp", SERVICE, 443) == ["127.64.0.210"]
    for one in (n, far):
        served.agent.ask("RemoveNetwork", Id=one.name)


def test_nobody_comes_in_by_a_nat(served):
    assert served.ask("g-twin", ("tcp", "127.64.0.200", 80)) == ["timeout"]


def test_the_catching_port_is_no_door(served):
    assert served.ask("g-web", ("tcp", SERVICE, CATCH)) == ["timeout"]


def test_routers_answer_nobody(served):
    asked = served.ask("g-web", ("tcp", "10.0.1.1", 22), ("tcp", "169.254.169.254", 22), ("tcp", "169.254.99.1", 443),
                       ("udp", "10.0.0.2", 5353))
    assert asked == ["timeout"] * 4


@contextlib.contextmanager
def first_heard(world, where, port):
    """Calls with what arrives there first: what is to be heard is sent last, so that nothing waits for nothing."""
    program = (f"import socket\ns=socket.socket(type=socket.SOCK_DGRAM)\ns.bind(('',{port}))\ns.settimeout(60)\n"
               "print('listening',flush=True)\nprint(s.recvfrom(100)[1][0])\n")
    p = world.agent.popen(where, "/usr/bin/python3", "-c", program, stdout=subprocess.PIPE, text=True)
    try:
        assert p.stdout.readline() == "listening\n"
        yield lambda: p.stdout.readline().strip()
    finally:
        p.kill()
        p.stdout.close()
        p.wait(5)


def test_without_an_address_outside_nothing_arrives_there(served):
    """Not even what needs no answer."""
    with first_heard(served, "internet", 4444) as first:
        for guest in ("admin", "web"):
            served.ask(f"g-{guest}", {"kind": "udp", "to": SERVICE, "port": 4444, "seconds": 0.05})
        assert first() == "127.64.0.10"


def spoof(world, source, to="10.0.2.30", listener="spoofed"):
    """Who is heard first: that source, or who sends with the address that it has."""
    with first_heard(world, f"g-{listener}", 4444) as first:
        for one in (source, "10.0.1.30"):
            assert world.ask("g-spoofer", {"kind": "spoof", "source": one, "to": to, "port": 4444}) == ["sent"]
        return first()


def test_foreign_source_addresses_go_nowhere(world):
    n = Network("vpc-spoof")
    n.table("t").subnet("a", "10.0.1.0/24", "t").subnet("b", "10.0.2.0/24", "t").group("all", [ALL])
    n.interface("spoofer", "a", "10.0.1.30", None, ["all"]).interface("spoofed", "b", "10.0.2.30", None, ["all"])
    n.interface("other", "a", "10.0.1.31", None, ["all"])
    world.tell(n)
    for foreign in ("10.0.1.31", "10.0.1.99", "192.0.2.1", "127.0.0.1", "10.0.1.1"):
        assert spoof(world, foreign) == "10.0.1.30", foreign
    n.interfaces["spoofer"]["more"]["SourceCheck"] = False
    world.tell(n)
    assert spoof(world, "192.0.2.1") == "192.0.2.1"
    world.agent.ask("RemoveNetwork", Id="vpc-spoof")


def test_lists_of_control_know_no_connections(world):
    """Numbered, first match, both ways; not within a subnet."""
    n = Network("vpc-acl")
    n.acls["web"] = {"Ingress": [acl_rule(False, TCP, 8080), acl_rule(True, TCP, (80, 9000))],
                     "Egress": [acl_rule(True, TCP, (1024, 65535), "10.0.1.0/24")]}
    n.table("t").subnet("a", "10.0.1.0/24", "t").subnet("b", "10.0.2.0/24", "t", "web").group("all", [ALL])
    n.interface("asker", "a", "10.0.1.10", None, ["all"]).interface("site", "b", "10.0.2.10", None, ["all"])
    n.interface("near", "b", "10.0.2.11", None, ["all"])
    world.tell(n)
    world.serve("g-site", "tcp:80", "tcp:8080", "udp:53")
    world.serve("g-asker", "tcp:80")
    asked = [("tcp", "10.0.2.10", 80), ("tcp", "10.0.2.10", 8080), ("udp", "10.0.2.10", 53)]
    assert world.ask("g-asker", *asked) == ["10.0.1.10 10.0.2.10 80", "timeout", "timeout"]
    assert world.ask("g-near", *asked) == ["10.0.2.11 10.0.2.10 80", "10.0.2.11 10.0.2.10 8080", "10.0.2.11 0.0.0.0 53"]
    assert world.ask("g-site", ("tcp", "10.0.1.10", 80)) == ["timeout"]  # no egress to port 80
    n.acls["web"]["Egress"] = [acl_rule(True, TCP, (1, 1023))]
    world.tell(n)
    assert world.ask("g-asker", *asked[:1]) == ["timeout"]  # the answer does not come back
    n.acls["web"] = {"Ingress": [acl_rule(True)], "Egress": [acl_rule(True)]}
    world.tell(n)
    assert world.ask("g-asker", *asked[:2]) == ["10.0.1.10 10.0.2.10 80", "10.0.1.10 10.0.2.10 8080"]
    world.agent.ask("RemoveNetwork", Id="vpc-acl")


def test_lists_of_control_see_what_a_gateway_endpoint_answers(world):
    n = Network("vpc-door")
    shut = {"Ingress": [acl_rule(True, TCP, (1024, 65535), "192.0.2.0/24")], "Egress": [acl_rule(True)]}
    n.acls["far"] = shut
    n.table("t", [], ["192.0.2.0/24", "198.18.0.0/24"]).subnet("a", "10.0.1.0/24", "t", "far").group("all", [ALL])
    n.interface("by-door", "a", "10.0.1.10", None, ["all"])
    world.tell(n)
    world.serve("n-vpc-door", "tcp:443@169.254.99.1")
    asked = [("tcp", "192.0.2.7", 443), ("tcp", "198.18.0.7", 443)]
    answer = "10.0.1.10 169.254.99.1 443"
    assert world.ask("g-by-door", *asked) == [answer, "timeout"]
    n.acls["far"] = {"Ingress": [acl_rule(False, TCP, (1024, 65535), "192.0.2.0/24"), acl_rule(True)], "Egress": [acl_rule(True)]}
    world.tell(n)
    assert world.ask("g-by-door", *asked) == ["timeout", answer]
    n.acls["far"] = OPEN_ACL
    world.tell(n)
    assert world.ask("g-by-door", *asked) == [answer, answer]
    world.agent.ask("RemoveNetwork", Id="vpc-door")


def peered(name, cidr, other, other_cidr, guest, private):
    n = Network(name, cidr)
    n.peers["x"] = other
    n.table("t", [(other_cidr, "peer", "x"), ("0.0.0.0/0", "internet")])
    n.subnet("a", cidr.replace(".0.0/16", ".1.0/24"), "t")
    n.group("all", [ALL]).interface(guest, "a", private, None, ["all"])
    return n


def test_peers_meet_when_both_say_so(world):
    one = peered("vpc-p1", "10.1.0.0/16", "vpc-p2", "10.2.0.0/16", "left", "10.1.1.10")
    two = peered("vpc-p2", "10.2.0.0/16", "vpc-p1", "10.1.0.0/16", "right", "10.2.1.10")
    three = peered("vpc-p3", "10.3.0.0/16", "vpc-p2", "10.2.0.0/16", "third", "10.3.1.10")
    peers = dict(two.peers)
    two.peers = {"y": "vpc-p1"}  # of another name: not accepted yet
    two.table("t", [("10.1.0.0/16", "blackhole")])
    world.tell(one, two)
    world.serve("g-right", "tcp:80")
    world.serve("g-left", "tcp:80")
    assert world.ask("g-left", ("tcp", "10.2.1.10", 80)) == ["timeout"]
    two.peers = peers
    two.table("t", [("10.1.0.0/16", "peer", "x")])
    world.tell(two)
    assert world.ask("g-left", ("tcp", "10.2.1.10", 80)) == ["10.1.1.10 10.2.1.10 80"]
    assert world.ask("g-right", ("tcp", "10.1.1.10", 80)) == ["10.2.1.10 10.1.1.10 80"]
    # A peer of a peer is none, and a network is no way to the internet for another.
    three.peers = {"z": "vpc-p2"}
    three.table("t", [("10.0.0.0/8", "peer", "z"), ("0.0.0.0/0", "peer", "z")])
    two.peers["z"] = "vpc-p3"
    two.table("t", [("10.1.0.0/16", "peer", "x"), ("10.3.0.0/16", "peer", "z")])
    world.tell(two, three)
    assert world.ask("g-third", ("tcp", "10.2.1.10", 80)) == ["10.3.1.10 10.2.1.10 80"]
    assert world.ask("g-third", ("tcp", "10.1.1.10", 80), ("tcp", SERVICE, 443)) == ["timeout", "timeout"]
    # Either side ends it.
    del one.peers["x"]
    one.table("t", [("10.2.0.0/16", "blackhole")])
    world.tell(one)
    assert world.ask("g-left", ("tcp", "10.2.1.10", 80)) == ["timeout"]
    assert world.ask("g-right", ("tcp", "10.1.1.10", 80)) == ["timeout"]
    for n in ("vpc-p1", "vpc-p2", "vpc-p3"):
        world.agent.ask("RemoveNetwork", Id=n)


def test_a_rule_that_goes_lets_nobody_new_in(world):
    n = Network("vpc-live")
    n.table("t").subnet("a", "10.0.1.0/24", "t")
    n.group("site", [rule(TCP, 80, "10.0.1.0/24"), rule(TCP, 22, "10.0.1.11/32")]).group("ask")
    n.interface("site2", "a", "10.0.1.10", None, ["site"]).interface("asker2", "a", "10.0.1.11", None, ["ask"])
    world.tell(n)
    world.serve("g-site2", "tcp:80", "tcp:22")
    asked = [("tcp", "10.0.1.10", 80), ("tcp", "10.0.1.10", 22)]
    assert world.ask("g-asker2", *asked) == ["10.0.1.11 10.0.1.10 80", "10.0.1.11 10.0.1.10 22"]
    n.group("site", [rule(TCP, 80, group="ask")])
    world.tell(n)
    assert world.ask("g-asker2", *asked) == ["10.0.1.11 10.0.1.10 80", "timeout"]
    n.interfaces["asker2"]["groups"] = ["site"]
    world.tell(n)
    assert world.ask("g-asker2", *asked) == ["timeout", "timeout"]
    world.agent.ask("RemoveNetwork", Id="vpc-live")


def test_second_links_and_second_addresses(world):
    n = Network("vpc-two")
    n.table("t").subnet("a", "10.0.1.0/24", "t").subnet("b", "10.0.2.0/24", "t").group("all", [ALL])
    n.interface("first", "a", "10.0.1.10", None, ["all"], guest="double")
    n.interface("second", "b", "10.0.2.10", None, ["all"], guest="double", Device=1)
    n.interface("single", "b", "10.0.2.20", None, ["all"])
    n.interface("many", "a", "10.0.1.20", None, ["all"])
    world.tell(n)
    world.serve("g-double", "tcp:80")
    world.serve("g-many", "tcp:80")
    assert world.ask("g-single", ("tcp", "10.0.1.10", 80), ("tcp", "10.0.2.10", 80)) == [
        "10.0.2.20 10.0.1.10 80", "10.0.2.20 10.0.2.10 80"]  # each answers by the link that was asked
    assert world.ask("g-single", ("tcp", "10.0.1.21", 80)) == ["timeout"]
    more = [{"Private": ip(a), "Public": None} for a in ("10.0.1.20", "10.0.1.21")]
    n.interfaces["many"]["more"]["Addresses"] = more
    world.tell(n)
    assert world.ask("g-single", ("tcp", "10.0.1.21", 80), ("tcp", "10.0.1.20", 80)) == [
        "10.0.2.20 10.0.1.21 80", "10.0.2.20 10.0.1.20 80"]
    n.interfaces["many"]["more"]["Addresses"] = more[:1]
    del n.interfaces["second"]
    world.tell(n)
    assert world.ask("g-single", ("tcp", "10.0.1.21", 80), ("tcp", "10.0.2.10", 80), ("tcp", "10.0.1.10", 80)) == [
        "timeout", "timeout", "10.0.2.20 10.0.1.10 80"]
    # The link moves to another guest.
    n.interface("second", "b", "10.0.2.10", None, ["all"], guest="many", Device=1)
    world.tell(n)
    assert world.ask("g-single", ("tcp", "10.0.2.10", 80)) == ["10.0.2.20 10.0.2.10 80"]
    world.agent.ask("RemoveNetwork", Id="vpc-two")


def test_a_route_by_an_appliance(world):
    """To a block beyond the network, and to a subnet of it: more specific than the network's own."""
    n = Network("vpc-way")
    n.table("t", [("192.0.2.0/24", "interface", "box"), ("10.0.3.0/24", "interface", "box")]).table("plain")
    n.subnet("a", "10.0.1.0/24", "t").subnet("b", "10.0.2.0/24", "plain").subnet("c", "10.0.3.0/24", "plain")
    n.group("all", [ALL])
    n.interface("asks", "a", "10.0.1.10", None, ["all"]).interface("box", "b", "10.0.2.10", None, ["all"],
                                                                   SourceCheck=False)
    n.interface("far", "c", "10.0.3.10", None, ["all"])
    world.tell(n)
    world.serve("g-far", "tcp:80")
    assert world.ask("g-asks", ("tcp", "10.0.3.10", 80)) == ["timeout"]  # the box does not forward
    world.agent.run("g-box", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects; "
                    "echo 0 > /proc/sys/net/ipv4/conf/eth0/send_redirects")
    assert world.ask("g-asks", ("tcp", "10.0.3.10", 80)) == ["10.0.1.10 10.0.3.10 80"]
    world.agent.run("g-box", "ip", "addr", "add", "192.0.2.9/32", "dev", "lo")
    world.serve("g-box", "tcp:80@192.0.2.9")
    assert world.ask("g-asks", ("tcp", "192.0.2.9", 80)) == ["10.0.1.10 192.0.2.9 80"]
    assert world.ask("g-far", ("tcp", "192.0.2.9", 80)) == [NO_WAY]
    world.agent.ask("RemoveNetwork", Id="vpc-way")


def test_a_private_nat_to_a_peer(world):
    one = Network("vpc-n1", "10.1.0.0/16")
    two = Network("vpc-n2", "10.2.0.0/16")
    one.peers["n"], two.peers["n"] = "vpc-n2", "vpc-n1"
    one.nats["inner"] = ("10.1.2.200", None, "b")
    one.table("by-nat", [("10.2.0.0/16", "nat", "inner")]).table("direct", [("10.2.0.0/16", "peer", "n")])
    one.subnet("a", "10.1.1.0/24", "by-nat").subnet("b", "10.1.2.0/24", "direct").group("all", [ALL])
    one.interface("hidden", "a", "10.1.1.10", None, ["all"]).interface("plain", "b", "10.1.2.10", None, ["all"])
    two.table("t", [("10.1.2.0/24", "peer", "n")]).subnet("a", "10.2.1.0/24", "t").group("all", [ALL])
    two.interface("there", "a", "10.2.1.10", None, ["all"])
    world.tell(one, two)
    world.serve("g-there", "tcp:80")
    assert world.ask("g-hidden", ("tcp", "10.2.1.10", 80)) == ["10.1.2.200 10.2.1.10 80"]
    assert world.ask("g-plain", ("tcp", "10.2.1.10", 80)) == ["10.1.2.10 10.2.1.10 80"]
    for name in ("vpc-n1", "vpc-n2"):
        world.agent.ask("RemoveNetwork", Id=name)
