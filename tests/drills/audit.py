# SPDX-License-Identifier: Apache-2.0
"""Compares the books of clients (ledger.py) with a region, and its blob files with its rows."""
import contextlib
import json
import os
import sqlite3

from ledger import State, md5
from region import wait_for

BLOB = 2  # s3_objects.body, s3_parts.body


def state_of(s3, bucket, key, **which):
    """What is read, which has to agree with what the head says; None when nothing is there."""
    try:
        got = s3.get_object(Bucket=bucket, Key=key, **which)
    except s3.exceptions.NoSuchKey:
        return None
    body = got["Body"].read()
    head = s3.head_object(Bucket=bucket, Key=key, **which)
    assert (head["ContentLength"], head["ETag"]) == (len(body), got["ETag"]), key
    assert head["LastModified"] == got["LastModified"], key
    return State(len(body), md5(body).hexdigest(), got["ETag"])


def check_objects(clients):
    s3 = clients[0].s3
    listed = {o["Key"]: o for page in s3.get_paginator("list_objects_v2").paginate(Bucket="plain")
              for o in page.get("Contents", [])}
    for c in clients:
        for key, states in c.objects.items():
            seen = state_of(s3, "plain", key)
            assert seen in states, f"{key}: {seen} is none of {states}"
            c.objects[key] = [seen]
            entry = listed.pop(key, None)
            assert (entry is not None) == (seen is not None), f"{key}: listed and read differ"
            assert entry is None or (entry["Size"], entry["ETag"]) == (seen.size, seen.etag), key
    assert not listed, f"nobody put {sorted(listed)}"


def versions_of(s3):
    """{key: [(version, is latest, size, etag)]}; size None: a delete marker."""
    found = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket="versioned"):
        for v in page.get("Versions", []) + page.get("DeleteMarkers", []):
            found.setdefault(v["Key"], []).append((v["VersionId"], v["IsLatest"], v.get("Size"), v.get("ETag")))
    return found


def check_versions(clients):
    s3 = clients[0].s3
    found = versions_of(s3)
    for c in clients:
        for key in {*c.versions, *c.unsure}:
            known, there = c.versions.setdefault(key, {}), found.pop(key, [])
            more = [v for v, *_ in there if v not in known]
            assert set(known) <= {v for v, *_ in there}, f"{key}: a version is missing"
            assert len(more) <= (key in c.unsure), f"{key}: nobody made {more}"
            for v, _, size, etag in there:
                want = known[v] if v in known else c.unsure[key]
                assert (size, etag) == ((want.size, want.etag) if want else (None, None)), (key, v)
                if want is not None:
                    assert state_of(s3, "versioned", key, VersionId=v) == want, (key, v)
                known[v] = want
            if there:
                assert [latest for _, latest, *_ in there].count(True) == 1, key
                latest = next(v for v, is_latest, *_ in there if is_latest)
                assert not more or latest == more[0], f"{key}: what came last is not the latest"
                assert state_of(s3, "versioned", key) == known[latest], key
        c.unsure.clear()
    assert not found, f"nobody put {sorted(found)}"


def policy_of(iam, name):
    try:
        got = iam.get_user_policy(UserName=name, PolicyName="p")
    except iam.exceptions.NoSuchEntityException:
        return ""
    return got["PolicyDocument"]


def check_users(region, clients):
    iam = clients[0].iam
    there = {u["UserName"] for page in iam.get_paginator("list_users").paginate() for u in page["Users"]}
    for c in clients:
        for name, states in c.users.items():
            seen = None
            if name in there:
                there.discard(name)
                policy = policy_of(iam, name)
                seen = policy if policy == "" else json.dumps(policy)
            assert seen in states, f"{name}: {seen} is none of {states}"
            c.users[name] = [seen]
            if seen is None:
                c.keys.pop(name, None)
        for name, key in c.keys.items():
            who = region.client("sts", key["AccessKeyId"], key["SecretAccessKey"]).get_caller_identity()
            assert who["Arn"].endswith("user/" + name)
    assert not there, f"nobody made {sorted(there)}"


# --- files and rows ---

@contextlib.contextmanager
def rows(region):
    db = sqlite3.connect(f"file:{region.data}/s3.db?mode=ro", uri=True, timeout=30)
    try:
        yield lambda sql: [r[0] for r in db.execute(sql)]
    finally:
        db.close()


def files(region):
    """Ids of the blobs on disk."""
    top = os.path.join(region.data, "blobs")
    return {int(name, 16) for folder in os.listdir(top) if os.path.isdir(os.path.join(top, folder))
            for name in os.listdir(os.path.join(top, folder))}


def differences(region):
    """Between files and rows, and between rows and rows; "" when there are none."""
    with rows(region) as ask:
        used = ask(f"SELECT body_id FROM s3_objects WHERE body = {BLOB} UNION "
                   f"SELECT body_id FROM s3_parts WHERE body = {BLOB}")
        uses = ask("SELECT count(*) FROM (SELECT body_id FROM s3_objects WHERE body_id != 0 UNION ALL "
                   "SELECT body_id FROM s3_parts WHERE body_id != 0)")[0]
        refs = ask("SELECT sum(refs) FROM s3_bodies")[0] or 0
        alone = ask("SELECT count(*) FROM s3_parts WHERE set_id NOT IN (SELECT id FROM s3_uploads UNION "
                    "SELECT body_id FROM s3_objects)")[0]
    there = files(region)
    out = [] if there == set(used) else [f"files without a row {sorted(there - set(used))}, "
                                         f"rows without a file {sorted(set(used) - there)}"]
    if uses != refs:
        out.append(f"bodies are used {uses} times, counted {refs} times")
    if alone:
        out.append(f"{alone} parts of no upload")
    return "; ".join(out)


def settled(region):
    """The sweep of a start is over: only the range of this run is open; nothing waits to be freed."""
    with rows(region) as ask:
        return ask("SELECT (SELECT count(*) FROM s3_id_ranges) = 1 AND NOT EXISTS (SELECT 1 FROM s3_garbage)")[0]


def check_files(region):
    wait_for(lambda: settled(region), seconds=60, what="the end of the sweep")
    found = differences(region)
    assert not found, found


def check_all(region, clients):
    check_objects(clients)
    check_versions(clients)
    check_users(region, clients)
    check_files(region)

