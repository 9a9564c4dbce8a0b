# SPDX-License-Identifier: Apache-2.0
"""What the tests of Parameter Store share."""
import sqlite3

import pytest

from iam_util import fails

__all__ = ["ARN", "copies", "counted", "fails", "parameter", "put"]

ARN = "arn:aws:ssm:us-east-1:000000000000:parameter"


def put(ssm, name, value="value", **more):
    """Its version."""
    return ssm.put_parameter(Name=name, Value=value, **{"Type": "String", **more})["Version"]


def copies(region, name, n):
    """Parameters NAME00001… as NAME is, n of them: rows, which come sooner than calls. The region stands still."""
    with sqlite3.connect(f"{region.data}/state.db") as db:
        for table in ("ssm_parameter", "ssm_version"):
            columns = [c[1] for c in db.execute(f"PRAGMA table_info({table})")]
            made = ", ".join("?1" if c in ("key", "name") else c for c in columns)
            db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {made} FROM {table} WHERE key = ?2",
                           [(f"{name}{i:05d}", name) for i in range(1, n + 1)])
        db.execute("UPDATE ssm_count SET n = n + ?", (n,))


def counted(region):
    """[parameters, versions, what quotas see] of all accounts."""
    with sqlite3.connect(f"file:{region.data}/state.db?mode=ro", uri=True) as db:
        return [db.execute(f"SELECT {what}").fetchone()[0] for what in
                ("count(*) FROM ssm_parameter", "count(*) FROM ssm_version", "sum(n) FROM ssm_count")]


@pytest.fixture
def parameter(ssm, unique):
    """parameter("value", Type="StringList") makes one that goes with the test; its name."""
    names = []

    def make(value="value", name=None, **more):
        name = name or "/" + unique("parameter")
        put(ssm, name, value, **more)
        names.append(name)
        return name

    yield make
    for i in range(0, len(names), 10):
        ssm.delete_parameters(Names=names[i:i + 10])
