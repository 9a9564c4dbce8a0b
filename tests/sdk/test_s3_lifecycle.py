# SPDX-License-Identifier: Apache-2.0
"""Lifecycle rules: what may be put, and what they do when the region's clock moves on."""
import datetime

import pytest

from region import wait_for
from s3_help import fails

DAY = 24 * 3600


def rule(id_="r", filter_=None, status="Enabled", **actions):
    return {"ID": id_, "Status": status, "Filter": filter_ if filter_ is not None else {"Prefix": ""}, **actions}


def older(id_, prefix="p/", **actions):
    """Of the form that has no filters."""
    return {"ID": id_, "Status": "Enabled", "Prefix": prefix, **(actions or {"Expiration": {"Days": 1}})}


def put(s3, bucket, *rules, **more):
    return s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": list(rules)}, **more)


def keys(s3, bucket):
    return [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def versions(s3, bucket):
    page = s3.list_object_versions(Bucket=bucket)
    return ([(v["Key"], v["IsLatest"], v["VersionId"]) for v in page.get("Versions", [])],
            [(m["Key"], m["IsLatest"]) for m in page.get("DeleteMarkers", [])])


# --- the configuration ---

def test_a_configuration_is_kept_with_its_header(s3, bucket):
    rules = [rule("a", {"And": {"Prefix": "x/", "Tags": [{"Key": "k", "Value": "v"}], "ObjectSizeGreaterThan": 10}},
                  Expiration={"Days": 40}, Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}]),
             rule("b", {}, "Disabled", NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 2},
                  AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7})]
    put(s3, bucket, *rules)
    got = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert got["Rules"] == rules
    name = "x-amz-transition-default-minimum-object-size"
    assert got["ResponseMetadata"]["HTTPHeaders"][name] == "all_storage_classes_128K"
    s3.meta.events.register("before-call.s3.PutBucketLifecycleConfiguration", vary)
    try:
        put(s3, bucket, *rules)
    finally:
        s3.meta.events.unregister("before-call.s3.PutBucketLifecycleConfiguration", vary)
    got = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert got["ResponseMetadata"]["HTTPHeaders"][name] == "varies_by_storage_class"
    s3.delete_bucket_lifecycle(Bucket=bucket)
    with fails("NoSuchLifecycleConfiguration", 404):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)


def vary(params, **_):
    params["headers"]["x-amz-transition-default-minimum-object-size"] = "varies_by_storage_class"


BAD = [
    ([], "MalformedXML", ""),
    ([rule(Expiration={"Days": 0})], "InvalidArgument", "positive integer"),
    ([rule()], "InvalidRequest", "At least one action"),
    ([rule(Expiration={"Days": 1, "Date": datetime.datetime(2030, 1, 1)})], "MalformedXML", ""),
    ([rule(Expiration={"Date": datetime.datetime(2030, 1, 1, 5)})], "InvalidArgument", "midnight"),
    ([rule("x", Expiration={"Days": 1}), rule("x", Expiration={"Days": 2})], "InvalidArgument", "unique"),
    ([rule("x" * 256, Expiration={"Days": 1})], "InvalidArgument", "255"),
    ([{"ID": "r", "Status": "Enabled", "Expiration": {"Days": 1}}], "MalformedXML", ""),
    ([{**rule(Expiration={"Days": 1}), "Prefix": "both"}], "MalformedXML", ""),
    ([rule(filter_={"Prefix": "a", "ObjectSizeGreaterThan": 1}, Expiration={"Days": 1})], "MalformedXML", ""),
    ([rule(filter_={"And": {"Prefix": "a"}}, Expiration={"Days": 1})], "MalformedXML", ""),
    ([rule(Transitions=[{"Days": 29, "StorageClass": "STANDARD_IA"}])], "InvalidArgument", "equal to 30"),
    ([rule(Transitions=[{"Days": 40, "StorageClass": "GLACIER"}], Expiration={"Days": 40})], "InvalidArgument",
     "must be greater than"),
    ([rule(Transitions=[{"Days": 40, "StorageClass": "GLACIER"}], Expiration={"Date": datetime.datetime(2030, 1, 1)})],
     "InvalidRequest", "mixed"),
    ([rule(NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 101})], "InvalidArgument", "100"),
    ([rule(filter_={"Tag": {"Key": "a", "Value": "b"}}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1})],
     "InvalidRequest", "Tags"),
    # AWS: what follows is as it was seen there.
    ([rule(filter_={"ObjectSizeGreaterThan": 1}, Expiration={"ExpiredObjectDeleteMarker": False})], "InvalidRequest",
     "ExpiredObjectDeleteMarker cannot be specified with Object Size."),
    ([rule(filter_={"ObjectSizeLessThan": 0}, Expiration={"Days": 1})], "InvalidRequest", "should be between 1 and"),
    ([rule(filter_={"ObjectSizeGreaterThan": -1}, Expiration={"Days": 1})], "InvalidRequest", "should be between 0 and"),
    ([rule(filter_={"And": {"ObjectSizeGreaterThan": 5, "ObjectSizeLessThan": 5}}, Expiration={"Days": 1})],
     "InvalidRequest", "'ObjectSizeLessThan' has to be a value greater than"),
    ([rule(filter_={"And": {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}}, Expiration={"Days": 1})],
     "InvalidRequest", "Duplicate Tag Keys are not allowed."),
    ([rule(Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 60, "StorageClass": "STANDARD_IA"}])],
     "InvalidRequest", "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=)'"),
    ([rule(filter_={}, Transitions=[{"Days": 179, "StorageClass": "DEEP_ARCHIVE"},
                                    {"Days": 90, "StorageClass": "GLACIER"}])],
     "InvalidArgument", "'Days' in the 'Transition' action for StorageClass 'DEEP_ARCHIVE' for filter '()' must be 90 days "
                        "more than 'filter '()'' in the 'Transition' action for StorageClass 'GLACIER'"),
    ([rule(Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 59, "StorageClass": "GLACIER"}])],
     "InvalidArgument", "must be 30 days more than"),
    ([rule(NoncurrentVersionTransitions=[{"NoncurrentDays": 30, "StorageClass": "GLACIER"}],
           NoncurrentVersionExpiration={"NoncurrentDays": 30})],
     "InvalidArgument", "'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '(prefix=)' must be greater "
                        "than 'NoncurrentDays' in the NoncurrentVersionTransition action"),
    ([older("a"), rule("b", Expiration={"Days": 1})], "InvalidRequest",
     "Filter element can only be used in Lifecycle V2."),
    ([rule("b", Expiration={"Days": 1}), older("a")], "InvalidRequest", "Base level prefix cannot be used in Lifecycle V2"),
    ([older("a", NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 1})], "InvalidRequest",
     "NewerNoncurrentVersions element can only be used in Lifecycle V2."),
    ([older("a", prefix=""), older("b", prefix="a")], "InvalidRequest",
     "Found overlapping prefixes '' and 'a' for same action type 'Expiration'"),
]


@pytest.mark.parametrize("rules,code,text", BAD)
def test_a_configuration_that_is_refused(s3, bucket, rules, code, text):
    with fails(code, 400, text):
        put(s3, bucket, *rules)


def test_the_older_form_and_ids_that_nobody_gave(s3, bucket):
    put(s3, bucket, older("a", "a/"), older("b", "b/"), older("c", "a/", Transitions=[{"Days": 0, "StorageClass": "GLACIER"}]))
    nameless = {"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
    put(s3, bucket, nameless, nameless)
    ids = [r["ID"] for r in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]]
    assert [len(i) for i in ids] == [48, 48] and ids[0] != ids[1]   # AWS: a UUID in base64


# --- what objects are told ---

def test_objects_tell_when_they_expire(s3, bucket):
    put(s3, bucket, rule("one day", {"Prefix": "a/"}, Expiration={"Days": 1}),
        rule("parts", {"Prefix": ""}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 2}))
    told = s3.put_object(Bucket=bucket, Key="a/x")["Expiration"]
    assert told.startswith('expiry-date="') and told.endswith(' 00:00:00 GMT", rule-id="one day"')
    assert s3.head_object(Bucket=bucket, Key="a/x")["Expiration"] == told
    assert "Expiration" not in s3.head_object(Bucket=bucket, Key="a/x", VersionId="null")
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="b/x")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="b/x")
    assert upload["AbortRuleId"] == "parts" and upload["AbortDate"].hour == 0


# --- carried out ---

@pytest.fixture
def moving(new_region):
    return new_region(dev=True)


def test_objects_expire_by_age_prefix_tag_and_size(moving):
    s3 = moving.client("s3")
    s3.create_bucket(Bucket="ages")
    put(s3, "ages", rule("short", {"Prefix": "tmp/"}, Expiration={"Days": 1}),
        rule("tagged", {"Tag": {"Key": "keep", "Value": "no"}}, Expiration={"Days": 3}),
        rule("small", {"And": {"Prefix": "s/", "ObjectSizeLessThan": 10}}, Expiration={"Days": 3}),
        rule("off", {"Prefix": ""}, "Disabled", Expiration={"Days": 1}))
    for key, size, tags in (("tmp/a", 1, ""), ("b", 1, "keep=no"), ("c", 1, "keep=yes"), ("s/d", 9, ""), ("s/e", 10, "")):
        s3.put_object(Bucket="ages", Key=key, Body=b"x" * size, Tagging=tags)
    moving.advance(DAY // 24 + 60)  # a round goes by in which nothing is due
    moving.advance(2 * DAY)
    wait_for(lambda: "tmp/a" not in keys(s3, "ages"), what="expiry after a day")
    assert keys(s3, "ages") == ["b", "c", "s/d", "s/e"]
    moving.advance(2 * DAY)
    wait_for(lambda: keys(s3, "ages") == ["c", "s/e"], what="expiry after three days")


def test_objects_expire_on_a_date(moving):
    s3 = moving.client("s3")
    s3.create_bucket(Bucket="dates")
    day = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    put(s3, "dates", rule(Expiration={"Date": day + datetime.timedelta(days=10)}))
    s3.put_object(Bucket="dates", Key="a")
    moving.advance(5 * DAY)
    moving.advance(6 * DAY)
    wait_for(lambda: keys(s3, "dates") == [], what="the date")


def test_versions_markers_and_what_is_kept(moving):
    s3 = moving.client("s3")
    s3.create_bucket(Bucket="many")
    s3.put_bucket_versioning(Bucket="many", VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket="many", Key="a", Body=b"%d" % i)["VersionId"] for i in range(5)]
    s3.put_object(Bucket="many", Key="z")
    put(s3, "many", rule("old", NoncurrentVersionExpiration={"NoncurrentDays": 2, "NewerNoncurrentVersions": 2}),
        rule("z", {"Prefix": "z"}, Expiration={"Days": 1}))
    moving.advance(3 * DAY + 3600)
    wait_for(lambda: len(versions(s3, "many")[0]) == 4, what="noncurrent versions")
    found, markers = versions(s3, "many")
    assert [v[2] for v in found if v[0] == "a"] == [ids[4], ids[3], ids[2]]
    # the expired one of a versioned bucket is hidden, not gone
    assert [v[:2] for v in found if v[0] == "z"] == [("z", False)] and markers == [("z", True)]
    put(s3, "many", rule("old", {"Prefix": "z"}, NoncurrentVersionExpiration={"NoncurrentDays": 1}),
        rule("markers", Expiration={"ExpiredObjectDeleteMarker": True}))
    moving.advance(3 * DAY)
    wait_for(lambda: not [v for v in versions(s3, "many")[0] if v[0] == "z"], what="the hidden version")
    moving.advance(3700)
    wait_for(lambda: versions(s3, "many")[1] == [], what="the marker that hides nothing")


def test_uploads_that_nobody_completes(moving):
    s3 = moving.client("s3")
    s3.create_bucket(Bucket="parts")
    put(s3, "parts", rule("p", {"Prefix": "a"}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}))
    for key in ("a", "b"):
        upload = s3.create_multipart_upload(Bucket="parts", Key=key)["UploadId"]
        s3.upload_part(Bucket="parts", Key=key, UploadId=upload, PartNumber=1, Body=b"x" * 100000)
    moving.advance(2 * DAY + 3600)
    wait_for(lambda: [u["Key"] for u in s3.list_multipart_uploads(Bucket="parts").get("Uploads", [])] == ["b"],
             what="the abort")


def test_transitions(moving):
    s3 = moving.client("s3")
    s3.create_bucket(Bucket="cold")
    put(s3, "cold", rule("ia", {"Prefix": "big"}, Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"},
                                                              {"Days": 60, "StorageClass": "GLACIER"}]),
        rule("all", {"And": {"Prefix": "tiny", "ObjectSizeGreaterThan": 1}},
             Transitions=[{"Days": 0, "StorageClass": "GLACIER_IR"}]))
    s3.put_object(Bucket="cold", Key="big", Body=b"x" * 200000)
    s3.put_object(Bucket="cold", Key="big-but-small", Body=b"x")
    s3.put_object(Bucket="cold", Key="tiny", Body=b"xxx")

    def classes():
        return {o["Key"]: o["StorageClass"] for o in s3.list_objects_v2(Bucket="cold")["Contents"]}
    moving.advance(32 * DAY)
    wait_for(lambda: classes() == {"big": "STANDARD_IA", "big-but-small": "STANDARD", "tiny": "GLACIER_IR"},
             what="the first transition")
    assert s3.get_object(Bucket="cold", Key="big")["Body"].read() == b"x" * 200000
    moving.advance(30 * DAY)
    wait_for(lambda: classes()["big"] == "GLACIER", what="the second transition")


def test_a_walk_goes_on_after_a_crash(moving):
    s3 = moving.client("s3")
    s3.create_bucket(Bucket="walk")
    for i in range(1500):
        s3.put_object(Bucket="walk", Key=f"k{i:04}")
    put(s3, "walk", rule(Expiration={"Days": 1}))
    moving.advance(2 * DAY + 3600)
    wait_for(lambda: len(keys(s3, "walk")) < 1000, what="the walk's begin")
    moving.kill()
    moving.start()
    moving.advance(2 * DAY + 3600)  # the clock of a new process is the wall's
    s3 = moving.client("s3")
    wait_for(lambda: keys(s3, "walk") == [], what="the walk's end")
    s3.delete_bucket(Bucket="walk")
