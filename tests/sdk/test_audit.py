# SPDX-License-Identifier: Apache-2.0
"""The audit: every management call stands in it once, with who, what and how it ended, and without secrets."""
import concurrent.futures
import glob
import json
import sqlite3

import botocore.exceptions
import pytest


def reads(region):
    out = []
    for path in glob.glob(region.data + "/audit/reads-*.jsonl*"):
        with open(path, encoding="utf-8") as f:
            out += [json.loads(line) for line in f]
    return out


def writes(region):
    db = sqlite3.connect(f"file:{region.data}/state.db?mode=ro", uri=True)
    try:
        return [json.loads(row[0]) for row in db.execute("SELECT event FROM np_audit ORDER BY rowid")]
    finally:
        db.close()


def named(events, name):
    return [e for e in events if e["eventName"] == name]


def test_reads_writes_and_refusals(new_region):
    region = new_region()
    iam = region.client("iam")
    iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "a"}])
    iam.create_login_profile(UserName="ann", Password="Never-In-The-Audit-7")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    region.client("sts").get_caller_identity()
    ann = region.client("iam", key["AccessKeyId"], key["SecretAccessKey"])
    with pytest.raises(botocore.exceptions.ClientError):
        ann.list_users()
    region.stop()

    [made] = named(writes(region), "CreateUser")
    assert made["requestParameters"]["UserName"] == "ann"
    assert made["readOnly"] is False and made["userIdentity"]["type"] == "Root"
    assert made["recipientAccountId"] == region.account
    [asked] = named(reads(region), "GetCallerIdentity")
    assert asked["readOnly"] is True and asked["eventSource"] == "sts.amazonaws.com"
    [refused] = named(reads(region), "ListUsers")
    assert refused["errorCode"] == "AccessDenied" and "iam:ListUsers" in refused["errorMessage"]
    assert refused["userIdentity"]["userName"] == "ann"
    everything = json.dumps(writes(region) + reads(region))
    assert "Never-In-The-Audit-7" not in everything and key["SecretAccessKey"] not in everything


def document(n):
    """A policy of about n bytes, every other one of which JSON escapes."""
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/" + "x" * 40] * (n // 60)}]})


def test_more_than_the_ring_holds_is_all_written(new_region):
    region = new_region()
    iam = region.client("iam")
    text = document(120_000)

    def ask(_):
        iam.simulate_custom_policy(PolicyInputList=[text], ActionNames=["s3:GetObject"])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(80)))  # 10 MiB of events
    region.stop()
    events = named(reads(region), "SimulateCustomPolicy")
    assert len(events) == 80 and "audit.dropped" not in region.log()
    assert all(e["requestParameters"]["PolicyInputList"] == [text] for e in events)


def test_parameters_that_are_too_long_are_left_out_but_not_the_event(new_region):
    region = new_region()
    iam = region.client("iam")
    text = document(120_000)
    iam.simulate_custom_policy(PolicyInputList=[text] * 4, ActionNames=["s3:GetObject"])
    region.stop()
    [event] = named(reads(region), "SimulateCustomPolicy")
    assert event["requestParameters"] == {"omitted": True} and event["eventID"]
