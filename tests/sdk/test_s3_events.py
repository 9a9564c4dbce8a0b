# SPDX-License-Identifier: Apache-2.0
"""What a bucket tells by itself: notifications and access logs."""
import json
import re
import urllib.request

import pytest

from region import wait_for
from s3_help import allow, ask, fails, open_to_the_public, put_policy
from test_s3_post import form, send

TARGET = "arn:aws:nephele:us-east-1:000000000000:test-target/"


def deliveries(region, name):
    with urllib.request.urlopen(f"{region.endpoint}/_nephele/s3/deliveries?name={name}") as reply:
        return json.load(reply)


def records(region, name):
    return [r for d in deliveries(region, name) for r in d["body"].get("Records", [])]


@pytest.fixture
def told(region, s3, bucket, unique):
    """told(events, filter) configures the bucket; told.records() is what arrived so far."""
    name = unique("target")

    class Told:
        def __call__(self, *events, **more):
            s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={
                "QueueConfigurations": [{"Id": "c", "QueueArn": TARGET + name, "Events": list(events), **more}]})

        def records(self, n):
            wait_for(lambda: len(records(region, name)) >= n, what=f"{n} events")
            return records(region, name)

        def names(self, n):
            return [(r["eventName"], r["s3"]["object"]["key"]) for r in self.records(n)]

        @property
        def all(self):
            return deliveries(region, name)
    return Told()


def test_a_configuration_sends_a_test_event(told, bucket):
    told("s3:ObjectCreated:*")
    wait_for(lambda: told.all, what="the test event")
    event = told.all[0]["body"]
    assert event["Event"] == "s3:TestEvent" and event["Bucket"] == bucket and event["Service"] == "Amazon S3"


def test_the_record_of_an_event(region, s3, bucket, told):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    told("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    made = s3.put_object(Bucket=bucket, Key="a b/ü", Body=b"12345")
    r = told.records(1)[0]
    assert r["eventVersion"] == "2.1" and r["eventSource"] == "aws:s3" and r["awsRegion"] == "us-east-1"
    assert r["eventName"] == "ObjectCreated:Put" and re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", r["eventTime"])
    assert r["userIdentity"]["principalId"].endswith("000000000000")
    assert r["requestParameters"]["sourceIPAddress"] == "203.0.113.10"
    assert r["responseElements"]["x-amz-request-id"] == made["ResponseMetadata"]["RequestId"]
    assert r["s3"]["s3SchemaVersion"] == "1.0" and r["s3"]["configurationId"] == "c"
    assert r["s3"]["bucket"]["name"] == bucket and r["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{bucket}"
    assert r["s3"]["bucket"]["ownerIdentity"]["principalId"] == s3.list_buckets()["Owner"]["ID"]
    o = r["s3"]["object"]
    assert o["key"] == "a+b/%C3%BC" and o["size"] == 5 and o["eTag"] == made["ETag"].strip('"')
    assert o["versionId"] == made["VersionId"] and re.match("^[0-9A-F]+$", o["sequencer"])
    s3.delete_object(Bucket=bucket, Key="a b/ü")
    s3.delete_object(Bucket=bucket, Key="a b/ü", VersionId=made["VersionId"])
    found = told.records(3)
    assert sorted(r["eventName"] for r in found[1:]) == ["ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated"]
    assert all("size" not in r["s3"]["object"] for r in found[1:])


def test_events_of_all_kinds(s3, bucket, told):
    told("s3:ObjectCreated:*", "s3:ObjectTagging:*", "s3:ObjectRemoved:Delete")
    s3.put_object(Bucket=bucket, Key="put", Body=b"x")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/put")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x")
    s3.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    s3.put_object_tagging(Bucket=bucket, Key="put", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.delete_object_tagging(Bucket=bucket, Key="put")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "put"}, {"Key": "copy"}]})
    assert sorted(told.names(7)) == sorted([
        ("ObjectCreated:Put", "put"), ("ObjectCreated:Copy", "copy"),
        ("ObjectCreated:CompleteMultipartUpload", "parts"), ("ObjectTagging:Put", "put"),
        ("ObjectTagging:Delete", "put"), ("ObjectRemoved:Delete", "put"), ("ObjectRemoved:Delete", "copy")])


def test_filters(s3, bucket, told):
    told("s3:ObjectCreated:Put", Filter={"Key": {"FilterRules": [
        {"Name": "Prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ".jpg"}]}})
    for key in ("in/a.jpg", "in/a.png", "out/a.jpg", "in/b.jpg"):
        s3.put_object(Bucket=bucket, Key=key)
    s3.copy_object(Bucket=bucket, Key="in/c.jpg", CopySource=f"{bucket}/in/a.jpg")
    s3.put_object(Bucket=bucket, Key="in/last.jpg")
    assert told.names(3) == [("ObjectCreated:Put", k) for k in ("in/a.jpg", "in/b.jpg", "in/last.jpg")]


def test_a_put_that_fails_tells_nothing(s3, bucket, told):
    told("s3:ObjectCreated:*")
    with fails("BadDigest", 400):
        s3.put_object(Bucket=bucket, Key="bad", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    s3.put_object(Bucket=bucket, Key="good", Body=b"x")
    assert told.names(1) == [("ObjectCreated:Put", "good")]


def test_expiry_tells(new_region):
    region = new_region(dev=True)
    s3 = region.client("s3")
    s3.create_bucket(Bucket="tells")
    s3.put_bucket_notification_configuration(Bucket="tells", NotificationConfiguration={"QueueConfigurations": [
        {"QueueArn": TARGET + "expiry", "Events": ["s3:LifecycleExpiration:*"]}]})
    s3.put_bucket_lifecycle_configuration(Bucket="tells", LifecycleConfiguration={"Rules": [
        {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]})
    s3.put_object(Bucket="tells", Key="a")
    region.advance(3 * 24 * 3600)
    wait_for(lambda: records(region, "expiry"), what="the event")
    r = records(region, "expiry")[0]
    assert r["eventName"] == "LifecycleExpiration:Delete" and r["s3"]["object"]["key"] == "a"
    assert r["userIdentity"]["principalId"] == "s3.amazonaws.com"


# --- access logs ---

LINE = re.compile(
    r'^(?P<owner>[0-9a-f]{64}) (?P<bucket>\S+) \[(?P<time>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000)\] (?P<ip>\S+) '
    r'(?P<who>\S+) (?P<id>\w{16}) (?P<operation>\S+) (?P<key>\S+) "(?P<uri>[^"]*)" (?P<status>\d{3}) (?P<error>\S+) '
    r'(?P<sent>\S+) (?P<size>\S+) \d+ \d+ "(?P<referer>[^"]*)" "(?P<agent>[^"]*)" (?P<version>\S+) (?P<host_id>\S+) '
    r'(?P<sig>\S+) (?P<cipher>\S+) (?P<auth>\S+) (?P<host>\S+) (?P<tls>\S+) \S+ \S+$')


def test_access_logs(new_region):
    region = new_region(dev=True)
    s3 = region.client("s3")
    for name in ("source", "target"):
        s3.create_bucket(Bucket=name)
    put_policy(s3, "target", allow("target", "s3:PutObject", {"Service": "logging.s3.amazonaws.com"},
                                   "arn:aws:s3:::target/logs/*", Condition={
                                       "ArnLike": {"aws:SourceArn": "arn:aws:s3:::source"},
                                       "StringEquals": {"aws:SourceAccount": "000000000000"}}))
    s3.put_bucket_logging(Bucket="source", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "target", "TargetPrefix": "logs/"}})
    s3.put_object(Bucket="source", Key="a b", Body=b"12345")
    got = s3.get_object(Bucket="source", Key="a b")
    assert got["Body"].read() == b"12345"
    s3.list_objects_v2(Bucket="source")
    with fails("NoSuchKey", 404):
        s3.get_object(Bucket="source", Key="none")
    assert ask(region, "/source/a%20b", User_Agent='evil" agent').status == 403

    def objects():
        return [o["Key"] for o in s3.list_objects_v2(Bucket="target").get("Contents", [])]

    def lines():
        region.advance(61)
        return [line for key in objects()
                for line in s3.get_object(Bucket="target", Key=key)["Body"].read().decode().splitlines()]
    asked = {("REST.PUT.OBJECT", "200"), ("REST.GET.OBJECT", "200"), ("REST.GET.BUCKET", "200"),
             ("REST.GET.OBJECT", "404"), ("REST.GET.OBJECT", "403")}
    wait_for(lambda: asked <= {(m["operation"], m["status"]) for m in map(LINE.match, lines()) if m}, what="the log")
    assert all(re.match(r"^logs/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$", k) for k in objects())
    found = [LINE.match(line) for line in lines()]
    assert all(found), lines()
    by = {(m["operation"], m["status"]): m for m in found}
    assert {m["bucket"] for m in found} == {"source"} and {m["ip"] for m in found} == {"203.0.113.10"}
    put = by["REST.PUT.OBJECT", "200"]
    assert put["key"] == "a%20b" and put["sig"] == "SigV4" and put["auth"] == "AuthHeader"
    assert put["uri"].startswith("PUT /source/a%20b") and put["who"] == put["owner"]
    get = by["REST.GET.OBJECT", "200"]
    assert get["sent"] == "5" and get["size"] == "5" and get["id"] == got["ResponseMetadata"]["RequestId"]
    assert ("REST.GET.BUCKET", "200") in by
    assert by["REST.GET.OBJECT", "404"]["error"] == "NoSuchKey"
    assert by["REST.GET.OBJECT", "403"]["error"] == "AccessDenied" and by["REST.GET.OBJECT", "403"]["who"] == "-"
    assert by["REST.GET.OBJECT", "403"]["agent"] == r"evil\x22 agent"


def test_access_logs_of_forms(new_region):
    region = new_region(dev=True)
    s3 = region.client("s3")
    for name in ("source", "target"):
        s3.create_bucket(Bucket=name)
    open_to_the_public(s3, "target", "ObjectWriter")
    s3.put_bucket_acl(Bucket="target", ACL="log-delivery-write")
    s3.put_bucket_logging(Bucket="source", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "target", "TargetPrefix": ""}})
    open_to_the_public(s3, "source")
    put_policy(s3, "source", allow("source", "s3:PutObject", "*", "arn:aws:s3:::source/*"))

    made = send(region, "/source", form({"key": "a", "success_action_status": "201"}, file=b"12345"))
    assert made.status == 201
    assert send(region, "/source", form({"key": "b"}, file=b"123456")).status == 204
    assert send(region, "/source", form({"key": "c", "acl": "private", "x-amz-storage-class": "X"})).status == 400
    assert send(region, "/source", form({"key": "d", "success_action_redirect": "http://a.b/"})).status == 303

    def lines():
        region.advance(61)
        found = [LINE.match(line) for o in s3.list_objects_v2(Bucket="target").get("Contents", [])
                 for line in s3.get_object(Bucket="target", Key=o["Key"])["Body"].read().decode().splitlines()]
        return {m["key"]: m for m in found if m["operation"] == "REST.POST.BUCKET"}
    wait_for(lambda: set(lines()) >= set("abcd"), what="the log")
    logged = lines()
    assert {m["uri"] for m in logged.values()} == {"POST /source HTTP/1.1"}
    assert [logged["a"][n] for n in ("status", "error", "sent", "size")] == ["201", "-", str(len(made.body)), "5"]
    assert [logged["b"][n] for n in ("status", "error", "sent", "size")] == ["204", "-", "-", "6"]
    assert [logged["d"][n] for n in ("status", "error", "sent", "size")] == ["303", "-", "-", "8"]
    assert [logged["c"][n] for n in ("status", "size")] == ["400", "-"] and int(logged["c"]["sent"]) > 100


def test_access_logs_by_acl_and_in_folders(new_region):
    region = new_region(dev=True)
    s3 = region.client("s3")
    for name in ("source", "target"):
        s3.create_bucket(Bucket=name)
    open_to_the_public(s3, "target", "ObjectWriter")
    s3.put_bucket_acl(Bucket="target", ACL="log-delivery-write")
    document = (b"<BucketLoggingStatus><LoggingEnabled><TargetBucket>target</TargetBucket><TargetPrefix/>"
                b"<TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>EventTime</PartitionDateSource>"
                b"</PartitionedPrefix></TargetObjectKeyFormat></LoggingEnabled></BucketLoggingStatus>")
    from test_s3_buckets import signed
    assert signed(region, "PUT", "/source?logging", body=document).status == 200
    s3.put_object(Bucket="source", Key="a")

    def objects():
        region.advance(61)
        return [o["Key"] for o in s3.list_objects_v2(Bucket="target").get("Contents", [])]
    wait_for(objects, what="the log")
    # AWS: by the time of events a name tells the day and no more.
    assert re.match(r"^000000000000/us-east-1/source/(\d{4})/(\d\d)/(\d\d)/\1-\2-\3-00-00-00-", objects()[0])


def test_a_restore_begins_and_is_done(s3, bucket, told):
    """AWS: two events; counting the days anew is none."""
    s3.put_object(Bucket=bucket, Key="cold", Body=b"1", StorageClass="GLACIER")
    told("s3:ObjectRestore:*")
    for status in (202, 200):
        done = s3.restore_object(Bucket=bucket, Key="cold", RestoreRequest={"Days": 1, "GlacierJobParameters": {"Tier": "Bulk"}})
        assert done["ResponseMetadata"]["HTTPStatusCode"] == status
    s3.put_object(Bucket=bucket, Key="cold", Body=b"2", StorageClass="GLACIER")
    s3.restore_object(Bucket=bucket, Key="cold", RestoreRequest={"Days": 1})
    both = [("ObjectRestore:Post", "cold"), ("ObjectRestore:Completed", "cold")]
    assert told.names(4) == both + both
    assert s3.get_object(Bucket=bucket, Key="cold")["Body"].read() == b"2"
