# SPDX-License-Identifier: Apache-2.0
"""Versions, delete markers, null versions, locks."""
import datetime
import os

import pytest
from botocore.exceptions import ClientError

from s3raw import Raw, b64, md5


def code(call, **args):
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]["Code"]


def error(call, **args):
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response


def versioning(s3, bucket, status):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


@pytest.fixture
def versioned(s3, bucket):
    versioning(s3, bucket, "Enabled")
    return bucket


def listed(s3, bucket, **more):
    """[(key, id, latest, marker)] in the order of the list."""
    got = s3.list_object_versions(Bucket=bucket, **more)
    rows = [(v["Key"], v["VersionId"], v["IsLatest"], False) for v in got.get("Versions", [])]
    return rows + [(m["Key"], m["VersionId"], m["IsLatest"], True) for m in got.get("DeleteMarkers", [])]


def test_unversioned_objects_have_the_null_version(s3, bucket):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert "VersionId" not in put
    assert "VersionId" not in s3.get_object(Bucket=bucket, Key="k")
    assert listed(s3, bucket) == [("k", "null", True, False)]
    assert s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read() == b"x"
    assert s3.delete_object(Bucket=bucket, Key="k", VersionId="null")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert listed(s3, bucket) == []


def test_versions(s3, versioned):
    bodies = [b"one", os.urandom(50_000), b"", b"four"]
    ids = [s3.put_object(Bucket=versioned, Key="k", Body=b)["VersionId"] for b in bodies]
    assert len(set(ids)) == 4
    for i, body in zip(ids, bodies):
        got = s3.get_object(Bucket=versioned, Key="k", VersionId=i)
        assert (got["Body"].read(), got["VersionId"]) == (body, i)
        assert s3.head_object(Bucket=versioned, Key="k", VersionId=i)["ContentLength"] == len(body)
    assert s3.get_object(Bucket=versioned, Key="k")["VersionId"] == ids[-1]
    assert listed(s3, versioned) == [("k", i, i == ids[-1], False) for i in reversed(ids)]
    gone = s3.delete_object(Bucket=versioned, Key="k", VersionId=ids[-1])
    assert gone["VersionId"] == ids[-1]
    assert "DeleteMarker" not in gone
    assert s3.get_object(Bucket=versioned, Key="k")["VersionId"] == ids[2]


def test_delete_markers(s3, versioned):
    first = s3.put_object(Bucket=versioned, Key="k", Body=b"x")["VersionId"]
    marker = s3.delete_object(Bucket=versioned, Key="k")
    assert marker["DeleteMarker"] is True
    e = error(s3.get_object, Bucket=versioned, Key="k")
    assert e["Error"]["Code"] == "NoSuchKey"
    assert e["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert e["ResponseMetadata"]["HTTPHeaders"]["x-amz-version-id"] == marker["VersionId"]
    for call in (s3.get_object, s3.head_object):
        e = error(call, Bucket=versioned, Key="k", VersionId=marker["VersionId"])
        assert e["ResponseMetadata"]["HTTPStatusCode"] == 405
        assert e["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert s3.get_object(Bucket=versioned, Key="k", VersionId=first)["Body"].read() == b"x"
    assert s3.list_objects_v2(Bucket=versioned)["KeyCount"] == 0
    assert listed(s3, versioned) == [("k", first, False, False), ("k", marker["VersionId"], True, True)]
    gone = s3.delete_object(Bucket=versioned, Key="k", VersionId=marker["VersionId"])
    assert (gone["DeleteMarker"], gone["VersionId"]) == (True, marker["VersionId"])
    assert s3.get_object(Bucket=versioned, Key="k")["Body"].read() == b"x"


def test_a_marker_for_a_key_that_never_was(s3, versioned):
    marker = s3.delete_object(Bucket=versioned, Key="nothing")
    assert marker["DeleteMarker"] is True
    assert listed(s3, versioned) == [("nothing", marker["VersionId"], True, True)]


def test_suspended(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    versioning(s3, bucket, "Enabled")
    kept = s3.put_object(Bucket=bucket, Key="k", Body=b"kept")["VersionId"]
    versioning(s3, bucket, "Suspended")
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"null again")
    assert put["VersionId"] == "null"
    assert listed(s3, bucket) == [("k", "null", True, False), ("k", kept, False, False)]
    s3.put_object(Bucket=bucket, Key="k", Body=b"and again")
    assert s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read() == b"and again"
    assert len(listed(s3, bucket)) == 2
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert (marker["DeleteMarker"], marker["VersionId"]) == (True, "null")
    assert listed(s3, bucket) == [("k", kept, False, False), ("k", "null", True, True)]
    assert s3.delete_object(Bucket=bucket, Key="k", VersionId="null")["DeleteMarker"] is True
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"kept"


def test_the_null_version_between_others(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"null")
    versioning(s3, bucket, "Enabled")
    newer = s3.put_object(Bucket=bucket, Key="k", Body=b"newer")["VersionId"]
    assert listed(s3, bucket) == [("k", newer, True, False), ("k", "null", False, False)]
    versioning(s3, bucket, "Suspended")
    s3.put_object(Bucket=bucket, Key="k", Body=b"null too")
    assert listed(s3, bucket) == [("k", "null", True, False), ("k", newer, False, False)]


def test_bad_version_ids(s3, versioned):
    one = s3.put_object(Bucket=versioned, Key="k", Body=b"x")["VersionId"]
    assert code(s3.get_object, Bucket=versioned, Key="k", VersionId="nonsense") == "InvalidArgument"
    assert code(s3.get_object, Bucket=versioned, Key="other", VersionId=one) == "NoSuchVersion"
    assert code(s3.get_object, Bucket=versioned, Key="k", VersionId="null") == "NoSuchVersion"
    s3.delete_object(Bucket=versioned, Key="k", VersionId=one)
    assert code(s3.get_object, Bucket=versioned, Key="k", VersionId=one) == "NoSuchVersion"


def test_pages_of_versions(s3, versioned):
    want = []
    for key in ("a", "b/1", "b/2", "c"):
        ids = [s3.put_object(Bucket=versioned, Key=key, Body=b"x")["VersionId"] for _ in range(3)]
        want += [(key, i) for i in reversed(ids)]
    for page in (1, 2, 5, 100):
        got, args = [], {"Bucket": versioned, "MaxKeys": page}
        while True:
            answer = s3.list_object_versions(**args)
            got += [(v["Key"], v["VersionId"]) for v in answer["Versions"]]
            latest = [v["Key"] for v in answer["Versions"] if v["IsLatest"]]
            assert all((k, i) in want for k, i in got)
            assert len(latest) == len(set(latest))
            if not answer["IsTruncated"]:
                break
            args["KeyMarker"], args["VersionIdMarker"] = answer["NextKeyMarker"], answer["NextVersionIdMarker"]
        assert got == want
    grouped = s3.list_object_versions(Bucket=versioned, Delimiter="/")
    assert [p["Prefix"] for p in grouped["CommonPrefixes"]] == ["b/"]
    assert {v["Key"] for v in grouped["Versions"]} == {"a", "c"}
    assert code(s3.list_object_versions, Bucket=versioned, VersionIdMarker=want[0][1]) == "InvalidArgument"


def test_many_versions_of_one_key_do_not_hide_the_next(s3, versioned):
    for _ in range(30):
        s3.put_object(Bucket=versioned, Key="a", Body=b"x")
    s3.put_object(Bucket=versioned, Key="b", Body=b"x")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=versioned)["Contents"]] == ["a", "b"]


def test_batch_delete_of_versions(s3, versioned):
    one = s3.put_object(Bucket=versioned, Key="k", Body=b"x")["VersionId"]
    got = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "k", "VersionId": one}, {"Key": "new"}]})
    by_key = {o["Key"]: o for o in got["Deleted"]}
    assert by_key["k"]["VersionId"] == one
    assert by_key["new"]["DeleteMarker"] is True
    assert listed(s3, versioned) == [("new", by_key["new"]["DeleteMarkerVersionId"], True, True)]


def test_tags_of_versions(s3, versioned):
    one = s3.put_object(Bucket=versioned, Key="k", Body=b"x", Tagging="v=1")["VersionId"]
    two = s3.put_object(Bucket=versioned, Key="k", Body=b"x", Tagging="v=2")["VersionId"]
    got = s3.get_object_tagging(Bucket=versioned, Key="k", VersionId=one)
    assert (got["VersionId"], got["TagSet"][0]["Value"]) == (one, "1")
    s3.delete_object_tagging(Bucket=versioned, Key="k", VersionId=one)
    assert s3.get_object_tagging(Bucket=versioned, Key="k")["TagSet"][0]["Value"] == "2"
    assert s3.get_object_tagging(Bucket=versioned, Key="k")["VersionId"] == two


# --- locks ---

@pytest.fixture
def locked(s3, unique):
    name = unique("locked")
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def soon(region_now, seconds=3600):
    return region_now + datetime.timedelta(seconds=seconds)


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def test_governance(s3, locked):
    until = soon(now())
    body = b"x"
    one = s3.put_object(Bucket=locked, Key="k", Body=body, ContentMD5=b64(md5(body).digest()),
                        ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)["VersionId"]
    got = s3.get_object_retention(Bucket=locked, Key="k")["Retention"]
    assert (got["Mode"], got["RetainUntilDate"]) == ("GOVERNANCE", until)
    head = s3.head_object(Bucket=locked, Key="k")
    assert (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"]) == ("GOVERNANCE", until)
    e = error(s3.delete_object, Bucket=locked, Key="k", VersionId=one)
    assert e["Error"]["Code"] == "AccessDenied"
    assert "object lock" in e["Error"]["Message"]
    batch = s3.delete_objects(Bucket=locked, Delete={"Objects": [{"Key": "k", "VersionId": one}]})
    assert [x["Code"] for x in batch["Errors"]] == ["AccessDenied"]
    marker = s3.delete_object(Bucket=locked, Key="k")   # a marker hides, and may go again
    s3.delete_object(Bucket=locked, Key="k", VersionId=marker["VersionId"])
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": until - datetime.timedelta(seconds=60)}
    longer = {"Mode": "GOVERNANCE", "RetainUntilDate": until + datetime.timedelta(seconds=60)}
    assert code(s3.put_object_retention, Bucket=locked, Key="k", Retention=shorter) == "AccessDenied"
    assert code(s3.put_object_retention, Bucket=locked, Key="k",
                Retention={**longer, "Mode": "COMPLIANCE"}) == "AccessDenied"   # AWS: that wants the bypass, too
    s3.put_object_retention(Bucket=locked, Key="k", Retention=longer)
    s3.put_object_retention(Bucket=locked, Key="k", Retention=shorter, BypassGovernanceRetention=True)
    s3.delete_object(Bucket=locked, Key="k", VersionId=one, BypassGovernanceRetention=True)
    assert listed(s3, locked) == []


def test_bypass_is_a_right(region, s3, locked, user):
    one = s3.put_object(Bucket=locked, Key="k", Body=b"x", ContentMD5=b64(md5(b"x").digest()),
                        ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=soon(now()))["VersionId"]
    key = user({"Effect": "Allow", "Action": ["s3:DeleteObject*", "s3:PutObjectRetention"],
                "Resource": f"arn:aws:s3:::{locked}/*"})
    theirs = region.client("s3", *key)
    assert code(theirs.delete_object, Bucket=locked, Key="k", VersionId=one,
                BypassGovernanceRetention=True) == "AccessDenied"
    s3.delete_object(Bucket=locked, Key="k", VersionId=one, BypassGovernanceRetention=True)


def test_compliance(s3, locked):
    until = soon(now())
    one = s3.put_object(Bucket=locked, Key="k", Body=b"x", ContentMD5=b64(md5(b"x").digest()),
                        ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)["VersionId"]
    assert code(s3.delete_object, Bucket=locked, Key="k", VersionId=one,
                BypassGovernanceRetention=True) == "AccessDenied"
    weaker = {"Mode": "GOVERNANCE", "RetainUntilDate": until}
    assert code(s3.put_object_retention, Bucket=locked, Key="k", Retention=weaker,
                BypassGovernanceRetention=True) == "AccessDenied"


def test_legal_hold(s3, locked):
    one = s3.put_object(Bucket=locked, Key="k", Body=b"x")["VersionId"]
    # AWS: nothing is said of a hold that there never was, and OFF of one that there was.
    assert code(s3.get_object_legal_hold, Bucket=locked, Key="k") == "NoSuchObjectLockConfiguration"
    assert "ObjectLockLegalHoldStatus" not in s3.head_object(Bucket=locked, Key="k")
    s3.put_object_legal_hold(Bucket=locked, Key="k", LegalHold={"Status": "ON"})
    assert s3.head_object(Bucket=locked, Key="k")["ObjectLockLegalHoldStatus"] == "ON"
    assert code(s3.delete_object, Bucket=locked, Key="k", VersionId=one,
                BypassGovernanceRetention=True) == "AccessDenied"
    s3.put_object_legal_hold(Bucket=locked, Key="k", LegalHold={"Status": "OFF"})
    assert s3.head_object(Bucket=locked, Key="k")["ObjectLockLegalHoldStatus"] == "OFF"
    assert s3.get_object_legal_hold(Bucket=locked, Key="k")["LegalHold"]["Status"] == "OFF"
    s3.delete_object(Bucket=locked, Key="k", VersionId=one)


def test_default_retention(region, s3, locked):
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}}})
    raw = Raw(region)
    e = raw.send("PUT", f"{locked}/k", body=b"x")
    assert (e.status, e.error[0]) == (400, "InvalidRequest")
    assert raw.send("PUT", f"{locked}/k", body=b"x", headers={"Content-MD5": b64(md5(b"x").digest())}).status == 200
    got = s3.get_object_retention(Bucket=locked, Key="k")["Retention"]
    days = (got["RetainUntilDate"] - s3.head_object(Bucket=locked, Key="k")["LastModified"]).total_seconds() / 86400
    assert got["Mode"] == "GOVERNANCE"
    assert abs(days - 2) < 0.01


def test_lock_documents_that_are_empty(region, s3, locked):
    s3.put_object(Bucket=locked, Key="k", Body=b"x")
    for path, query in ((f"{locked}/k", "retention="), (f"{locked}/k", "legal-hold="), (locked, "object-lock=")):
        assert Raw(region).send("PUT", path, query).error[0] == "MissingRequestBodyError", query


def test_ids_of_versions_that_are_none(region, s3, versioned):
    s3.put_object(Bucket=versioned, Key="k", Body=b"x")
    got = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "k", "VersionId": "x"}]})
    assert [(e["Code"], e["VersionId"]) for e in got["Errors"]] == [("NoSuchVersion", "x")]   # AWS: not so alone
    assert code(s3.delete_object, Bucket=versioned, Key="k", VersionId="x") == "InvalidArgument"
    empty = Raw(region).send("GET", f"{versioned}/k", "versionId=")
    assert empty.error == ("InvalidArgument", "Version id cannot be the empty string")
    copied = Raw(region).send("PUT", f"{versioned}/k", headers={"x-amz-copy-source": f"{versioned}/k?versionId="})
    assert copied.error == empty.error and copied.text("ArgumentName") == "x-amz-copy-source"


def test_locks_need_their_bucket(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert code(s3.put_object_legal_hold, Bucket=bucket, Key="k", LegalHold={"Status": "ON"}) == "InvalidRequest"
    assert code(s3.get_object_retention, Bucket=bucket, Key="k") == "InvalidRequest"
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"x", ObjectLockMode="GOVERNANCE",
                ObjectLockRetainUntilDate=soon(now())) == "InvalidRequest"


def test_no_retention_is_an_answer(s3, locked):
    s3.put_object(Bucket=locked, Key="k", Body=b"x")
    assert code(s3.get_object_retention, Bucket=locked, Key="k") == "NoSuchObjectLockConfiguration"
    past = {"Mode": "GOVERNANCE", "RetainUntilDate": now() - datetime.timedelta(seconds=60)}
    assert code(s3.put_object_retention, Bucket=locked, Key="k", Retention=past) == "InvalidArgument"
