# SPDX-License-Identifier: Apache-2.0
"""The agent and its holder are killed: networks go on without them, the next agent finds them and is told again; in
the end nothing is left on the host."""
import os
import shutil
import signal
import socket
import struct
import subprocess

import pytest
from networld import CLIENT, SERVICE, TCP, Network, World, rule
from region import alive, clean_env, program, wait_for

NOBODY = 65534


@pytest.fixture(params=["root", "user"])
def world(request):
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("this is not root")
    uid = NOBODY if request.param == "user" and os.geteuid() == 0 else None
    with World(uid) as w:
        yield w


def network(name="vpc-1", prefix="", cidr="10.0.0.0/16"):
    n = Network(name, cidr)
    n.table("t", [("0.0.0.0/0", "internet")]).subnet("a", cidr.replace("0.0/16", "1.0/24"), "t")
    n.group("site", [rule(TCP, 80, group="ask")]).group("ask")
    first = cidr.replace("0.0/16", "1.")
    n.interface(f"{prefix}site", "a", f"{first}10", None, ["site"])
    n.interface(f"{prefix}ask", "a", f"{first}11", "127.64.0.11", ["ask"])
    return n


def kill_holder(agent):
    holder = agent.holder()
    os.kill(holder, signal.SIGKILL)
    return holder


def test_a_killed_agent_finds_its_networks(world):
    n = network()
    world.tell(n)
    world.serve("g-site", "tcp:80", "tcp:22")
    before = world.agent.names()
    world.agent.kill()
    answer = ["10.0.1.11 10.0.1.10 80", "timeout"]
    asked = [("tcp", "10.0.1.10", 80), ("tcp", "10.0.1.10", 22)]
    assert world.ask("g-ask", *asked) == answer  # nobody is needed for packets
    world.agent.start()
    assert world.agent.names() == before
    assert world.agent.ask("ListNetworks") == {"Networks": [{"Id": "vpc-1", "Version": 0}]}
    assert world.ask("g-ask", *asked) == answer
    world.internet()
    world.tell(n)
    assert world.agent.ask("ListNetworks") == {"Networks": [{"Id": "vpc-1", "Version": n.version}]}
    assert world.agent.names() == before
    assert world.ask("g-ask", *asked) == answer


def test_connections_outlive_the_agent(world):
    """What is open stays open, also while the next agent loads its rules anew."""
    n = network()
    world.tell(n)
    program = ("import socket,sys\ns=socket.create_server(('',80))\nprint('listening',flush=True)\nc=s.accept()[0]\n"
               "while (d:=c.recv(100)): c.sendall(d)\n")
    server = world.agent.popen("g-site", "/usr/bin/python3", "-c", program, stdout=subprocess.PIPE)
    assert server.stdout.readline() == b"listening\n"
    program = ("import socket,sys\ns=socket.create_connection(('10.0.1.10',80),5)\n"
               "for line in sys.stdin:\n s.sendall(line.encode())\n print(s.recv(100).decode().strip(),flush=True)\n")
    client = world.agent.popen("g-ask", "/usr/bin/python3", "-c", program, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)

    def echo(text):
        client.stdin.write(text + "\n")
        client.stdin.flush()
        return client.stdout.readline().strip()

    try:
        assert echo("one") == "one"
        world.agent.kill()
        assert echo("two") == "two"
        world.agent.start()
        world.internet()
        world.tell(n)
        assert echo("three") == "three"
    finally:
        for p in (client, server):
            p.kill()
            p.wait()
            p.stdout.close()
        client.stdin.close()


def test_networks_that_nobody_tells_can_be_removed(world):
    world.tell(network(), network("vpc-2", "x", "10.5.0.0/16"))
    world.agent.kill()
    world.agent.start()
    listed = {x["Id"] for x in world.agent.ask("ListNetworks")["Networks"]}
    assert listed == {"vpc-1", "vpc-2"}
    world.agent.ask("RemoveNetwork", Id="vpc-2")
    assert "n-vpc-2" not in world.agent.names()
    world.internet()
    world.tell(network())
    assert world.agent.names() == ["g-ask", "g-site", "internet", "n-vpc-1"]  # its guests went, too
    world.agent.ask("RemoveNetwork", Id="vpc-1")
    assert world.agent.names() == ["internet"]
    world.agent.ask("RemoveNetwork", Id="vpc-1")  # once more is fine


def test_a_killed_holder_is_replaced(world):
    n = network()
    world.tell(n)
    world.serve("g-site", "tcp:80")
    old = kill_holder(world.agent)
    wait_for(lambda: world.agent.holder() not in (0, old), what="another holder")
    world.agent.kill()
    world.agent.start()
    assert world.agent.ask("ListNetworks") == {"Networks": [{"Id": "vpc-1", "Version": 0}]}
    assert world.ask("g-ask", ("tcp", "10.0.1.10", 80)) == ["10.0.1.11 10.0.1.10 80"]


def test_agent_and_holder_are_killed_and_all_is_made_anew(world):
    n = network()
    world.tell(n)
    holder = world.agent.holder()
    world.agent.process.send_signal(signal.SIGSTOP)  # it must not replace the holder first
    os.kill(holder, signal.SIGKILL)
    world.agent.kill()
    wait_for(lambda: not alive(holder), what="the end of the holder")
    world.agent.start()
    assert world.agent.ask("ListNetworks") == {"Networks": []}
    world.internet()
    world.tell(n)
    world.serve("g-site", "tcp:80")
    assert world.ask("g-ask", ("tcp", "10.0.1.10", 80)) == ["10.0.1.11 10.0.1.10 80"]


def test_an_agent_killed_at_work_is_followed_by_one_that_finishes_it(world):
    n = network()
    for i in range(20):
        n.interface(f"more{i}", "a", f"10.0.1.{100 + i}", f"127.64.1.{i + 1}", ["ask"])
    for delay in (0.001, 0.005, 0.01, 0.02):
        world.agent.send("EnsureNetwork", **n.told())
        with pytest.raises((TimeoutError, ConnectionError, AssertionError)):
            world.agent.socket.settimeout(delay)
            world.agent.receive()
            raise ConnectionError  # it was faster: killed after it
        world.agent.kill()
        world.agent.start()
        world.internet()
    world.tell(n)
    world.serve("g-site", "tcp:80")
    world.serve("internet", f"tcp:443@{SERVICE}")
    assert world.ask("g-more19", ("tcp", "10.0.1.10", 80), ("tcp", SERVICE, 443)) == [
        "10.0.1.119 10.0.1.10 80", f"127.64.1.20 {SERVICE} 443"]


def links_of_the_host():
    return sorted(os.listdir("/sys/class/net"))


def mounts_of_the_host(data):
    with open("/proc/self/mountinfo", encoding="utf-8") as f:
        return [line for line in f if data in line]


def test_the_host_sees_nothing_of_it_and_the_end_leaves_nothing(world):
    before = links_of_the_host()
    world.tell(network())
    assert links_of_the_host() == before
    assert mounts_of_the_host(world.agent.data) == []
    holder = world.agent.holder()
    world.agent.process.terminate()
    assert world.agent.process.wait(20) == 0
    wait_for(lambda: not alive(holder), what="the end of the holder")
    assert os.listdir(os.path.join(world.agent.data, "net")) == []
    assert links_of_the_host() == before


def test_sockets_of_networks_are_handed_out(world):
    n = network()
    n.table("t", [("0.0.0.0/0", "internet")], ["198.51.100.2/32"])
    n.interface("own", "a", "10.0.1.20", None, ["site"], guest=None)
    world.tell(n)
    _, fds = world.agent.ask_fds("MakeSockets", Network="vpc-1", Kind="tcp", Count=4)
    assert len(fds) == 4
    metadata, own, door, out = (socket.socket(fileno=fd) for fd in fds)
    try:
        metadata.bind(("169.254.169.254", 80))
        own.bind(("10.0.1.20", 80))
        door.bind(("169.254.99.1", 443))
        for s in (metadata, own, door):
            s.listen(8)
        accepted = []

        def answer(s):
            s.settimeout(5)
            c, peer = s.accept()
            c.sendall(b"hello")
            original = c.getsockopt(socket.SOL_IP, 80, 16) if s is door else b""
            accepted.append((peer[0], socket.inet_ntoa(original[4:8]) if original else None))
            c.close()

        import threading
        for s, to, source in ((metadata, ("169.254.169.254", 80), None), (own, ("10.0.1.20", 80), None),
                              (door, ("198.51.100.2", 443), "198.51.100.2")):
            t = threading.Thread(target=answer, args=(s,))
            t.start()
            assert world.ask("g-ask", ("tcp", *to)) == ["hello"]
            t.join()
            assert accepted[-1] == ("10.0.1.11", source)
        # The region's own address has a group, too.
        assert world.ask("g-site", ("tcp", "10.0.1.20", 80)) == ["timeout"]
        assert world.ask("g-site", ("tcp", "169.254.99.1", 443)) == ["timeout"]
        world.serve("g-site", "tcp:22")
        out.settimeout(5)
        out.bind(("169.254.99.1", 0))
        out.connect(("10.0.1.10", 22))  # the operator's way: no group is asked
        assert out.recv(100).startswith(b"169.254.99.1 10.0.1.10 22")
    finally:
        for s in (metadata, own, door, out):
            s.close()


def test_a_socket_of_the_internet_reaches_instances_as_the_client(world):
    n = network()
    n.group("ask", [rule(TCP, 8000, f"{CLIENT}/32")])
    world.tell(n)
    world.serve("g-ask", "tcp:8000")
    _, fds = world.agent.ask_fds("MakeSockets", Kind="tcp", Count=1, Transparent=True)
    with socket.socket(fileno=fds[0]) as s:
        s.settimeout(5)
        s.bind((CLIENT, 0))
        s.connect(("127.64.0.11", 8000))
        assert s.recv(100).decode().split()[0] == CLIENT


def test_flows_are_logged(world):
    n = network()
    for f in n.interfaces.values():
        f["more"].update(LogAccept=True, LogReject=True)
    world.tell(n)
    world.serve("g-site", "tcp:80")
    _, fds = world.agent.ask_fds("MakeSockets", Network="vpc-1", Kind="log", Count=1)
    with socket.socket(fileno=fds[0]) as log:
        log.settimeout(5)
        assert world.ask("g-ask", ("tcp", "10.0.1.10", 80), ("tcp", "10.0.1.10", 22))[1] == "timeout"
        text = b""
        wanted = [b"accept out eni-ask\0", b"accept in eni-site\0", b"reject in eni-site\0"]
        while not all(w in text for w in wanted):
            text += log.recv(65536)
        assert b"reject out" not in text


def test_the_end_of_a_connection_is_told_with_its_counters(world):
    if shutil.which("conntrack", path="/usr/sbin:/usr/bin:/sbin") is None:
        pytest.skip("conntrack is not installed")
    n = network()
    world.tell(n)
    world.serve("g-site", "tcp:80")
    _, fds = world.agent.ask_fds("MakeSockets", Network="vpc-1", Kind="flows", Count=1)
    with socket.socket(fileno=fds[0]) as flows:
        flows.settimeout(20)
        assert world.ask("g-ask", ("tcp", "10.0.1.10", 80)) == ["10.0.1.11 10.0.1.10 80"]
        world.agent.run("n-vpc-1", "conntrack", "-D", "-p", "tcp")  # else the kernel takes its time
        text, both = b"", (socket.inet_aton("10.0.1.11"), socket.inet_aton("10.0.1.10"))
        while not all(a in text for a in both):
            text = flows.recv(65536)
        types = set()
        at = 20  # behind the heads of netlink and netfilter: attributes
        while at + 4 <= len(text):
            size, kind = struct.unpack_from("=HH", text, at)
            types.add(kind & 0x3fff)
            at += (size + 3) & ~3
        assert {1, 9, 10} <= types  # CTA_TUPLE_ORIG, CTA_COUNTERS_ORIG, CTA_COUNTERS_REPLY


def test_of_requests_that_wait_the_newest_is_done(world):
    n = network()
    world.agent.process.send_signal(signal.SIGSTOP)  # it finds all of them
    sent = [world.agent.send("EnsureNetwork", **n.told()) for _ in range(4)]
    world.agent.process.send_signal(signal.SIGCONT)
    got = {}
    for _ in sent:
        number, code, value, _ = world.agent.receive()
        got[number] = (code, value)
    assert got[sent[0]][0] == 0 and got[sent[3]][0] == 0
    for number in sent[1:3]:
        assert got[number] == (-5, {"Message": "a newer one came"})
    assert world.agent.ask("ListNetworks") == {"Networks": [{"Id": "vpc-1", "Version": 4}]}
    removed = world.agent.send("RemoveNetwork", Id="vpc-1")
    again = world.agent.send("EnsureNetwork", **n.told())
    assert [world.agent.receive()[:2] for _ in range(2)] == [(removed, 0), (again, 0)]
    # Also when one is under way: it ends, then the network goes.
    n.groups["more"] = ([], [])
    first = world.agent.send("EnsureNetwork", **network("vpc-9", "z", "10.9.0.0/16").told())
    removed = world.agent.send("RemoveNetwork", Id="vpc-9")
    assert [world.agent.receive()[:2] for _ in range(2)] == [(first, 0), (removed, 0)]
    assert [x["Id"] for x in world.agent.ask("ListNetworks")["Networks"]] == ["vpc-1"]


def test_limits_are_refused_at_one_more(world):
    from netagent import Refused
    with pytest.raises(Refused, match="sockets at a time"):
        world.agent.ask("MakeSockets", Kind="tcp", Count=33)
    with pytest.raises(Refused, match="no such network"):
        world.agent.ask("MakeSockets", Network="vpc-none", Kind="tcp", Count=1)
    n = network()
    for i in range(129):
        n.peers[f"p{i}"] = f"vpc-p{i}"
    with pytest.raises(Refused, match="129 peers"):
        world.tell(n)
    n = network()
    n.interfaces["ask"]["public"] = "127.64.255.255"
    with pytest.raises(Refused, match="not of the pool"):
        world.tell(n)


def test_doctor_ends_what_a_killed_region_left(world):
    if world.agent.uid is not None:
        return  # the command runs as this user
    world.tell(network())
    holder = world.agent.holder()
    inside = world.agent.popen("g-ask", "/bin/sleep", "1000")
    stranger = subprocess.Popen(["/bin/sleep", "1000"])
    world.agent.process.send_signal(signal.SIGSTOP)

    def clean():
        return subprocess.run([program(), "doctor", "--clean", f"--data={world.agent.data}"], capture_output=True,
                              text=True, check=True, env=clean_env()).stdout
    try:
        assert int(clean().split()[1]) >= 3
        wait_for(lambda: not alive(holder), what="the end of the holder")
        assert inside.wait(10) == -signal.SIGKILL and world.agent.process.wait(10) == -signal.SIGKILL
        assert stranger.poll() is None
        assert clean().startswith("Ended 0 processes")
    finally:
        stranger.kill()
        stranger.wait()


def test_doctor_says_what_networks_need(world):
    findings = {f["Name"]: f for f in world.agent.ask("Doctor")["Findings"]}
    assert {"links", "addresses", "firewall", "nat", "tproxy", "flow logs", "counters", "pings"} <= set(findings)
    assert all(f["Text"] for f in findings.values())
    assert world.agent.names() == ["internet"]  # what was tried is gone
