# SPDX-License-Identifier: Apache-2.0
"""The audit: every management call stands in it once, with who, what and how it ended, and without secrets."""
import concurrent.futures
import glob
import json
import sqlite3

import botocore.exceptions
import pytest


def files(region):
    """Of one worker, oldest first."""
    return sorted(glob.glob(region.data + "/audit/reads-0.jsonl*"), reverse=True)


def reads(region):
    """Each file by itself: a line of a kind holds for the events behind it."""
    out = []
    for path in glob.glob(region.data + "/audit/reads-*.jsonl*"):
        kinds = {}
        with open(path, encoding="utf-8") as f:
            for line in map(json.loads, f):
                if "kind" in line:
                    kinds[line.pop("kind")] = line
                else:
                    out.append({**kinds[line.pop("of")], **line})
    return out


def printed(region):
    got = region.nephele("audit")
    assert got.returncode == 0, got.stderr
    return [json.loads(line) for line in got.stdout.splitlines()]


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


def by_id(events):
    return sorted(events, key=lambda e: e["eventID"])


def test_the_command_prints_all_events_whole_and_in_order(new_region):
    region = new_region()
    iam, sts = region.client("iam"), region.client("sts")
    for name in ("ann", "ben"):
        iam.create_user(UserName=name)
        sts.get_caller_identity()
        iam.get_user(UserName=name)
    region.stop()
    events = printed(region)
    assert by_id(events) == by_id(writes(region) + reads(region))
    assert [e["eventTime"] for e in events] == sorted(e["eventTime"] for e in events)
    assert [e["requestParameters"] for e in named(events, "GetUser")] == [{"UserName": "ann"}, {"UserName": "ben"}]
    for e in events:
        assert {"eventVersion", "userIdentity", "eventSource", "awsRegion", "sourceIPAddress", "userAgent", "readOnly",
                "requestParameters", "responseElements", "requestID", "recipientAccountId"} <= e.keys()


def test_callers_are_not_mixed_up(new_region):
    region = new_region(workers=1)
    iam = region.client("iam")
    clients = []
    for i in range(200):  # more kinds than the worker keeps
        iam.create_user(UserName=f"u{i}")
        key = iam.create_access_key(UserName=f"u{i}")["AccessKey"]
        clients.append(region.client("sts", key["AccessKeyId"], key["SecretAccessKey"]))
    asked = [c.get_caller_identity()["ResponseMetadata"]["RequestId"] for c in clients * 2]
    region.stop()
    seen = {e["requestID"]: e["userIdentity"]["userName"] for e in named(printed(region), "GetCallerIdentity")}
    assert [seen[i] for i in asked] == [f"u{i}" for i in range(200)] * 2


def test_what_a_kill_cut_off_spoils_nothing_behind_it(new_region):
    region = new_region(workers=1)
    region.client("sts").get_caller_identity()
    region.stop()
    with open(files(region)[-1], "a", encoding="utf-8") as f:
        f.write('{"kind":1,"eventVersion":"1.11","userIdentity":{"type":"Ro')
    region.restart()
    region.client("sts").get_caller_identity()
    region.stop()
    assert [e["userIdentity"]["type"] for e in named(printed(region), "GetCallerIdentity")] == ["Root", "Root"]


def test_a_full_file_makes_room_for_the_next(new_region):
    region = new_region(workers=1)
    iam = region.client("iam")
    text = document(120_000)

    def ask(_):
        iam.simulate_custom_policy(PolicyInputList=[text], ActionNames=["s3:GetObject"])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(600)))  # more than 64 MiB of events
    region.stop()
    assert len(files(region)) == 2
    assert len(named(reads(region), "SimulateCustomPolicy")) == 600 == len(named(printed(region), "SimulateCustomPolicy"))
