# SPDX-License-Identifier: Apache-2.0
"""How far a metadata token goes: a container of an instance, one router away from it, gets one only when the hop limit
says so; and what version 1 is told there."""
import os
import subprocess

import pytest
from ec2_machines import end, guest_init, launch, until, wait_state
from region import wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="makes a network namespace beside a guest's")
URL = "http://169.254.169.254/latest/"


class Container:
    """A network namespace behind a link of the guest's, whose addresses the guest translates, as a container runtime
    would have it. It is made from outside: guests may not make links."""

    def __init__(self, pid):
        self.guest = ["nsenter", f"--net=/proc/{pid}/ns/net"]
        self.process = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE)  # ends with its input
        mine = os.readlink("/proc/self/ns/net")
        wait_for(lambda: os.readlink(f"/proc/{self.process.pid}/ns/net") != mine, what="a network namespace")
        self.inside = ["nsenter", f"--net=/proc/{self.process.pid}/ns/net"]
        self.run(self.guest, f"ip link add c0 type veth peer name c1 netns {self.process.pid}; ip addr add 172.31.255.1/30 dev c0; "
                 "ip link set c0 up; echo 1 > /proc/sys/net/ipv4/ip_forward; nft add table ip box; "
                 "nft 'add chain ip box post { type nat hook postrouting priority 100; }'; "
                 "nft add rule ip box post ip saddr 172.31.255.2 masquerade")
        self.run(self.inside, "ip addr add 172.31.255.2/30 dev c1; ip link set c1 up; ip route add default via 172.31.255.1")

    @staticmethod
    def run(where, script):
        subprocess.run([*where, "sh", "-ec", script], check=True)

    def close(self):
        self.run(self.guest, "ip link del c0; nft delete table ip box")
        self.process.stdin.close()
        self.process.wait()

    def curl(self, *argv, seconds=20, where=None):
        """(status, body); status 0: no answer."""
        done = subprocess.run([*(where or self.inside), "curl", "-s", "-m", str(seconds), "-w", "\n%{http_code}", *argv],
                              stdout=subprocess.PIPE, text=True, check=False)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body

    def token(self, **kw):
        return self.curl("-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60", URL + "api/token", **kw)


@pytest.fixture(scope="module")
def box(region):
    """(client, instance, container); its tokens are required, for one hop."""
    ec2 = region.client("ec2")
    i, = launch(ec2, MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1})
    wait_state(ec2, i, "running")
    c = Container(guest_init(region, i))
    yield ec2, i, c
    c.close()
    end(ec2, i)


def test_a_token_stays_on_the_instance(box):
    ec2, i, c = box
    status, token = c.token(where=c.guest)
    assert status == 200, "the instance itself gets one"
    header = f"X-aws-ec2-metadata-token: {token}"
    assert c.curl("-H", header, URL + "meta-data/instance-id") == (200, i), "what is asked with one may go on"
    assert c.curl(URL + "meta-data/instance-id")[0] == 401, "without one there is nothing, not even by version 1"
    assert c.token(seconds=2) == (0, ""), "the answer with a token dies on its way"


def test_options_of_a_running_instance(box):
    ec2, i, c = box
    change = lambda **kw: ec2.modify_instance_metadata_options(InstanceId=i, **kw)  # noqa: E731
    change(HttpPutResponseHopLimit=2)
    status, token = until(lambda: (lambda t: t if t[0] == 200 else None)(c.token(seconds=5)), "a token two hops away")
    assert c.curl("-H", f"X-aws-ec2-metadata-token: {token}", URL + "meta-data/instance-id") == (200, i)
    change(HttpTokens="optional", HttpPutResponseHopLimit=1)
    until(lambda: c.curl(URL + "meta-data/instance-id") == (200, i), "version 1")
    assert c.token(seconds=2) == (0, "")
    change(HttpTokens="required")
    until(lambda: c.curl(URL + "meta-data/instance-id")[0] == 401, "version 1 is refused again")
    seen = ec2.describe_instances(InstanceIds=[i])["Reservations"][0]["Instances"][0]["MetadataOptions"]
    assert (seen["HttpTokens"], seen["HttpPutResponseHopLimit"], seen["State"]) == ("required", 1, "applied")
