# SPDX-License-Identifier: Apache-2.0
"""kill -9 while several clients change record sets: what was acknowledged is in the rows and in DNS, batches are whole,
and the count of a zone's record sets is that of its rows."""
import concurrent.futures
import os
import random
import socket
import sqlite3
import struct

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from region import Region, wait_for
from test_kills import kill

CLIENTS = 4
ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "4"))
VICTIMS = ("region", "all", "supervisor")


def ask(region, name):
    """The last number of the only address of a name; None: there is none."""
    host, port = region.dns.rsplit(":", 1)
    question = b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0" + struct.pack("!HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        s.sendto(struct.pack("!HHHHHH", 7, 0, 1, 0, 0, 0) + question, (host, int(port)))
        reply = s.recv(1500)
    count = struct.unpack("!H", reply[6:8])[0]
    assert count in (0, 1) and reply[3] & 15 in (0, 3), reply
    # Behind the question: a pointer to its name, type, class, TTL, length, four bytes of address.
    return reply[12 + len(question) + 15] if count else None


def rrset(name, number):
    return {"Name": name, "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": f"10.{number >> 16}.{number >> 8 & 255}."
                                                                            f"{number & 255}"}]}


class Writer:
    """Two names that always say the same, changed in one batch; a third comes and goes."""

    def __init__(self, region, index):
        self.name, self.number, self.done = f"w{index}.test", 0, 0
        made = region.client("route53").create_hosted_zone(Name=self.name, CallerReference=self.name)
        self.zone = made["HostedZone"]["Id"]
        self.may = [None]           # what the pair may say
        self.third = [None]

    def change(self, r53, *changes):
        r53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={
            "Changes": [{"Action": a, "ResourceRecordSet": r} for a, r in changes]})
        self.done += 1

    def pair(self, r53):
        self.number += 1
        self.may = [*self.may[-1:], self.number]
        self.change(r53, *[("UPSERT", rrset(f"{n}.{self.name}", self.number)) for n in ("one", "two")])
        self.may = [self.number]

    def come_and_go(self, r53):
        old = self.third[-1]
        new = self.number if old is None else None
        self.third = [old, new]
        third = f"three.{self.name}"
        self.change(r53, ("CREATE", rrset(third, new)) if new is not None else ("DELETE", rrset(third, old)))
        self.third = [new]

    def run(self, region, stopped):
        """Until the region is gone."""
        r53 = region.client("route53")
        while not stopped:
            try:
                self.pair(r53)
                self.come_and_go(r53)
            except (BotoCoreError, ClientError):
                return

    def settle(self, region):
        """What is there is one of what may be; it is what counts from now on."""
        def last(number):
            return None if number is None else number & 255

        one, two, three = (ask(region, f"{n}.{self.name}") for n in ("one", "two", "three"))
        assert one == two, "a batch is whole"
        assert one in [last(n) for n in self.may], (one, self.may)
        assert three in [last(n) for n in self.third], (three, self.third)
        self.may = [n for n in self.may if last(n) == one][-1:]
        self.third = [n for n in self.third if last(n) == three][-1:]


@pytest.fixture
def region():
    with Region(workers=2) as r:
        yield r


def test_acknowledged_changes_are_answered(region):
    seed = int(os.environ.get("NP_DRILL_SEED", random.randrange(10**9)))
    print(f"NP_DRILL_SEED={seed}")
    chance = random.Random(seed)
    writers = [Writer(region, i) for i in range(CLIENTS)]
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for n in range(ROUNDS):
            stopped = []
            goal = sum(w.done for w in writers) + chance.randrange(20, 120)
            running = [pool.submit(w.run, region, stopped) for w in writers]
            wait_for(lambda: sum(w.done for w in writers) >= goal, seconds=120, what="answers")
            kill(region, VICTIMS[n % len(VICTIMS)])
            stopped.append(True)
            for r in running:
                r.result()
            for w in writers:
                w.settle(region)
            with sqlite3.connect(f"file:{region.data}/state.db?mode=ro", uri=True) as db:
                assert db.execute("SELECT count(*) FROM route53_zone AS z WHERE rrsets <> (SELECT count(*) FROM "
                                  "route53_rrset WHERE zone = z.id)").fetchone() == (0,)
            print(f"round {n}: {sum(w.done for w in writers)} changes so far")
