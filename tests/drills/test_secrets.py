# SPDX-License-Identifier: Apache-2.0
"""kill -9 while many clients put values: every value that was acknowledged is there, under its labels, in all of
its regions; what was not acknowledged is there as a whole or not at all.

NP_DRILL_ROUNDS makes it longer."""
import concurrent.futures
import os
import uuid

import botocore.exceptions
import pytest

from region import Region, wait_for

CLIENTS = 4
ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "3"))
COPY = "us-west-2"


@pytest.fixture
def region():
    with Region(workers=2, dev=True) as r:
        yield r


class Writer:
    """Its own secrets, one after the other, each with a dozen values: version -> value of what was acknowledged,
    `open` the one that was under way."""

    def __init__(self, region, number):
        self.region, self.number, self.made = region, number, 0
        self.known, self.order, self.open, self.done = {}, {}, None, 0

    def begin(self, name, version, value):
        self.open = (name, version, value)

    def end(self):
        name, version, value = self.open
        self.known.setdefault(name, {})[version] = value
        self.order.setdefault(name, []).append(version)
        self.open = None
        self.done += 1

    def one(self, sm, name, count):
        version, value = str(uuid.uuid4()), f"{name} {count} {uuid.uuid4()}"
        self.begin(name, version, value)
        if count == 0:
            sm.create_secret(Name=name, SecretString=value, ClientRequestToken=version,
                             AddReplicaRegions=[{"Region": COPY}])
        elif count % 2:
            sm.put_secret_value(SecretId=name, SecretString=value, ClientRequestToken=version)
        else:
            sm.update_secret(SecretId=name, SecretString=value, ClientRequestToken=version, Description=str(count))
        self.end()

    def run(self, stop):
        sm = self.region.client("secretsmanager")
        try:
            while not stop():
                self.made += 1
                name = f"of-{self.number}-{self.made}"
                for count in range(12):
                    if not stop():
                        self.one(sm, name, count)
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError):
            pass  # the region was killed


def check_secret(here, there, writer, name):
    open_version = writer.open[1] if writer.open and writer.open[0] == name else None
    listed = here.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    have = {v["VersionId"]: v.get("VersionStages", []) for v in listed}
    assert set(writer.known.get(name, {})) <= set(have), "an acknowledged version is missing"
    assert set(have) <= set(writer.known.get(name, {})) | {open_version}
    order = writer.order.get(name, []) + ([open_version] if open_version in have else [])
    assert have[order[-1]] == ["AWSCURRENT"]
    if len(order) > 1:
        assert have[order[-2]] == ["AWSPREVIOUS"]
    values = {**writer.known.get(name, {})}
    if open_version:
        values[open_version] = writer.open[2]
    for version in order:
        for sm in (here, there):
            assert sm.get_secret_value(SecretId=name, VersionId=version)["SecretString"] == values[version]


def check(region, writer):
    here, there = region.client("secretsmanager"), region.client("secretsmanager", region=COPY)
    names = set(writer.known)
    if writer.open and not names & {writer.open[0]}:
        try:
            here.describe_secret(SecretId=writer.open[0])
            names.add(writer.open[0])
        except here.exceptions.ResourceNotFoundException:
            with pytest.raises(there.exceptions.ResourceNotFoundException):
                there.describe_secret(SecretId=writer.open[0])
    for name in names:
        check_secret(here, there, writer, name)


def test_kills_while_values_are_put(region):
    writers = [Writer(region, i) for i in range(CLIENTS)]
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            stopped = []
            goal = sum(w.done for w in writers) + 40
            loads = [pool.submit(w.run, lambda s=stopped: bool(s)) for w in writers]

            def there(goal=goal, loads=loads):
                for f in loads:
                    if f.done():
                        f.result()
                return sum(w.done for w in writers) >= goal
            wait_for(there, seconds=300, what="acknowledged values")
            region.kill()
            for f in loads:
                f.result()
            stopped.append(True)
            region.start()
            for w in writers:
                check(region, w)
                w.known, w.order, w.open = {}, {}, None
    assert sum(w.done for w in writers) >= 40 * ROUNDS
