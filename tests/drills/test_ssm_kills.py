# SPDX-License-Identifier: Apache-2.0
"""kill -9 while several clients overwrite parameters of their own and one that they share: every version that was
acknowledged is there with its value, versions are dense, and the counts behind the quotas are those of the rows."""
import concurrent.futures
import os
import random
import sqlite3

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from region import Region, wait_for
from test_kills import kill

CLIENTS = 4
ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "4"))
VICTIMS = ("region", "all", "supervisor")
SHARED = "/shared/counter"


class Writer:
    def __init__(self, name):
        self.name = name
        self.acknowledged = {}  # (parameter, version) -> value
        self.sent = set()       # values, acknowledged or not
        self.numbers = 0

    def put(self, ssm, name, **more):
        self.numbers += 1
        value = f"{self.name} {self.numbers}"
        self.sent.add(value)
        got = ssm.put_parameter(Name=name, Value=value, Overwrite=True, **more)
        self.acknowledged[name, got["Version"]] = value

    def run(self, region, stopped):
        """Until the region is gone."""
        ssm = region.client("ssm")
        while not stopped:
            kind = ("String", "SecureString")[self.numbers % 2]
            try:
                self.put(ssm, f"/{self.name}/{kind}", Type=kind)
                self.put(ssm, SHARED, Type="String")
            except BotoCoreError:
                return
            except ClientError as e:
                if e.response["Error"]["Code"] == "ParameterMaxVersionLimitExceeded":
                    raise
                return


def history(ssm, name):
    pages = ssm.get_paginator("get_parameter_history").paginate(Name=name, WithDecryption=True)
    return {p["Version"]: p["Value"] for page in pages for p in page["Parameters"]}


def check(region, writers):
    ssm = region.client("ssm")
    acknowledged, sent = {}, set()
    for w in writers:
        assert not set(acknowledged) & set(w.acknowledged), "a version was given twice"
        acknowledged.update(w.acknowledged)
        sent |= w.sent
    for name in {n for n, _ in acknowledged}:
        kept = history(ssm, name)
        newest = max(kept)
        assert sorted(kept) == list(range(max(1, newest - 99), newest + 1)), name
        assert set(kept.values()) <= sent and len(set(kept.values())) == len(kept)
        for (n, version), value in acknowledged.items():
            assert n != name or kept.get(version, value) == value
            assert n != name or version <= newest
    with sqlite3.connect(f"file:{region.data}/state.db?mode=ro", uri=True) as db:
        rows = dict(db.execute("SELECT tier, count(*) FROM ssm_parameter GROUP BY tier"))
        assert dict(db.execute("SELECT tier, n FROM ssm_count")) == rows


@pytest.fixture
def region():
    with Region(workers=2) as r:
        yield r


def test_acknowledged_versions_stay_and_are_dense(region):
    seed = int(os.environ.get("NP_DRILL_SEED", random.randrange(10**9)))
    print(f"NP_DRILL_SEED={seed}")
    chance = random.Random(seed)
    writers = [Writer(f"w{i}") for i in range(CLIENTS)]
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for n in range(ROUNDS):
            stopped = []
            goal = sum(len(w.acknowledged) for w in writers) + chance.randrange(20, 120)
            running = [pool.submit(w.run, region, stopped) for w in writers]
            wait_for(lambda: sum(len(w.acknowledged) for w in writers) >= goal, seconds=120, what="answers")
            kill(region, VICTIMS[n % len(VICTIMS)])
            stopped.append(True)
            for r in running:
                r.result()
            check(region, writers)
            print(f"round {n}: {sum(len(w.acknowledged) for w in writers)} versions so far")
