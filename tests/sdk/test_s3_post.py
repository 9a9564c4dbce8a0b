# SPDX-License-Identifier: Apache-2.0
"""Uploads by a form of a web page: POST to the bucket with a signed policy."""
import base64
import datetime
import hashlib
import http.client
import json
import os
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.config import Config

from s3_help import allow, open_to_the_public, put_policy
from s3raw import Raw, b64, crc32

BOUNDARY = "----a-boundary"


class Answer:
    def __init__(self, reply):
        self.status, self.body = reply.status, reply.read()
        self.headers = {k.lower(): v for k, v in reply.getheaders()}

    def text(self, name):
        return ElementTree.fromstring(self.body).findtext(name)

    @property
    def error(self):
        return self.status, self.text("Code"), self.text("Message")


def form(fields, file=b"the file", name="file.txt", after=()):
    """The body of a form, fields in order; file None: without one."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n'.encode() + v.encode() + b"\r\n"
             for k, v in fields.items()]
    if file is not None:
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                     "Content-Type: text/of-the-part\r\n\r\n".encode() + file + b"\r\n")
    parts += [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in after]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(region, path, body, host=None, step=None, **headers):
    c = http.client.HTTPConnection(region.address, timeout=60)
    c.putrequest("POST", path, skip_host=True)
    fields = {"Host": host or region.address, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
              "Content-Length": str(len(body)), **{k.replace("_", "-"): v for k, v in headers.items()}}
    for k, v in fields.items():
        c.putheader(k, v)
    c.endheaders()
    step = step or max(1, len(body))
    for i in range(0, len(body), step):
        c.send(body[i:i + step])
    answer = Answer(c.getresponse())
    c.close()
    return answer


@pytest.fixture
def signed(region, bucket):
    """signed(conditions, key=…, …): fields with a policy that says so and allows the fields, but for `extra`."""

    def make(*conditions, expires=600, bad=None, extra=None, document=None, key="k", who=None, **fields):
        raw = Raw(region, *(who or ()))
        now = datetime.datetime.now(datetime.timezone.utc)
        date = now.strftime("%Y%m%dT%H%M%SZ")
        given = {"key": key, **{k.replace("_", "-"): v for k, v in fields.items()},
                 "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{raw.key}/{raw.scope(date)}",
                 "X-Amz-Date": date}
        end = (now + datetime.timedelta(seconds=expires)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        named = {c[1].lstrip("$").lower() for c in conditions if isinstance(c, list) and isinstance(c[1], str)}
        policy = document or json.dumps({"expiration": end, "conditions": [
            {"bucket": bucket}, *conditions, *({k: v} for k, v in given.items() if k.lower() not in named)]})
        text = base64.b64encode(policy.encode()).decode()
        signature = raw.sign_policy(text, date)
        return {**given, **(extra or {}), "Policy": text, "X-Amz-Signature": bad or signature}

    return make


def test_a_form_is_an_object(region, s3, bucket, signed):
    fields = signed(["starts-with", "$key", "up/"], key="up/${filename}", Content_Type="text/x",
                    acl="bucket-owner-full-control", x_amz_meta_note="a b")
    answer = send(region, f"/{bucket}", form(fields, name="C:\\dir\\pic.txt"))
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["etag"] == f'"{hashlib.md5(b"the file", usedforsecurity=False).hexdigest()}"'
    assert answer.headers["location"] == f"{region.endpoint}/{bucket}/up/pic.txt"
    got = s3.get_object(Bucket=bucket, Key="up/pic.txt")
    assert (got["Body"].read(), got["ContentType"], got["Metadata"]) == (b"the file", "text/x", {"note": "a b"})


@pytest.mark.parametrize("size", [0, 1, 32768, 32769, 300_000])
@pytest.mark.parametrize("step", [None, 7001])
def test_sizes_and_pieces(region, s3, bucket, signed, size, step):
    """Line ends and beginnings of the boundary within the file are its own."""
    file = (os.urandom(50) + b"\r\n--" + BOUNDARY[:-1].encode() + b"\r\n-\r\r\n")
    file = (file * (size // len(file) + 1))[:size]
    answer = send(region, f"/{bucket}", form(signed(), file, after=[("submit", "x")]), step=step)
    assert answer.status == 204
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == file


def test_the_head_may_come_byte_by_byte(region, s3, bucket, signed):
    assert send(region, f"/{bucket}", form(signed()), step=1).status == 204
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"the file"


def test_a_client_that_waits_for_100(region, s3, bucket, signed):
    assert send(region, f"/{bucket}", form(signed()), Expect="100-continue").status == 204
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"the file"


def test_the_answer_that_is_asked_for(region, bucket, signed):
    def field(name, value):
        return form({**signed({name: value}, key="a b&<"), name: value})

    answer = send(region, f"/{bucket}", field("success_action_status", "201"))
    assert answer.status == 201
    assert (answer.text("Bucket"), answer.text("Key")) == (bucket, "a b&<")
    assert answer.text("ETag") == answer.headers["etag"]
    assert answer.text("Location") == answer.headers["location"] == f"{region.endpoint}/{bucket}/a%20b%26%3C"
    assert send(region, f"/{bucket}", field("success_action_status", "200")).status == 200
    assert send(region, f"/{bucket}", field("success_action_status", "418")).status == 204
    answer = send(region, f"/{bucket}", field("success_action_redirect", "https://page.test/done?x=1"))
    assert answer.status == 303
    etag = urllib.parse.quote(answer.headers["etag"])
    assert answer.headers["location"] == f"https://page.test/done?x=1&bucket={bucket}&key=a%20b%26%3C&etag={etag}"
    answer = send(region, f"/{bucket}", field("success_action_redirect", "https://page.test/\r\nSet-Cookie: a=b"))
    assert answer.status == 204 and "set-cookie" not in answer.headers


def test_conditions(region, bucket, signed):
    def told(*conditions, file=b"the file", **fields):
        return send(region, f"/{bucket}", form(signed(*conditions, **fields), file))

    said = "Invalid according to Policy: "
    assert told(["starts-with", "$key", "user/"], key="user/1").status == 204
    assert told(["starts-with", "$key", "user/"], key="other").error == (
        403, "AccessDenied", said + 'Policy Condition failed: ["starts-with", "$key", "user/"]')
    assert told(["eq", "$Content-Type", "text/x"], Content_Type="text/y").error == (
        403, "AccessDenied", said + 'Policy Condition failed: ["eq", "$Content-Type", "text/x"]')
    assert told(["starts-with", "$Content-Type", "image/"], Content_Type="image/a, image/b").status == 204
    assert told(["starts-with", "$Content-Type", "image/"], Content_Type="image/a, text/b").status == 403
    assert told(["starts-with", "$x-amz-meta-a", ""]).error[2] == (
        said + 'Policy Condition failed: ["starts-with", "$x-amz-meta-a", ""]'), "a field that is not there has no begin"
    assert told(extra={"x-amz-meta-b": "1", "X-Ignore-me": "1"}).error == (
        403, "AccessDenied", said + "Extra input fields: x-amz-meta-b")
    assert told({"bucket": "another"}).error == (
        403, "AccessDenied", said + 'Policy Condition failed: ["eq", "$bucket", "another"]')
    assert told(expires=-1).error == (403, "AccessDenied", said + "Policy expired.")


def test_how_large_a_file_may_be(region, s3, bucket, signed):
    def told(file, low=10, high=40000):
        return send(region, f"/{bucket}", form(signed(["content-length-range", low, high]), file))

    answer = told(b"too short")
    assert answer.error == (400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
    assert (answer.text("ProposedSize"), answer.text("MinSizeAllowed")) == ("9", "10")
    answer = told(b"x" * 40001)
    assert answer.error == (400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    assert answer.text("MaxSizeAllowed") == "40000" and int(answer.text("ProposedSize")) > 40000
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert told(b"x" * 10).status == 204
    assert told(b"x" * 40000).status == 204


@pytest.mark.parametrize("document, text", [
    ("no json", "Invalid JSON."),
    ('{"conditions": []}', "Policy missing expiration."),
    ('{"expiration": "tomorrow", "conditions": []}', "Invalid 'expiration' value: 'tomorrow'"),
    ('{"expiration": "2999-01-01T00:00:00Z"}', "Policy missing conditions."),
    ('{"expiration": "2999-01-01T00:00:00Z", "conditions": [["like", "$key", "k"]]}',
     "Invalid Condition: unknown operation 'like'."),
])
def test_a_policy_that_is_none(region, bucket, signed, document, text):
    answer = send(region, f"/{bucket}", form(signed(document=document)))
    assert answer.error == (400, "InvalidPolicyDocument", "Invalid Policy: " + text)


def test_who_signed(region, iam, s3, bucket, signed, user):
    nobody = user()
    assert send(region, f"/{bucket}", form(signed(bad="0" * 64))).error[:2] == (403, "SignatureDoesNotMatch")
    assert send(region, f"/{bucket}", form(signed(who=nobody))).error[:2] == (403, "AccessDenied")
    assert send(region, f"/{bucket}", form(signed(who=("AKIA0000000000000000", "x")))).error[:2] == (
        403, "InvalidAccessKeyId")
    fields = signed()
    del fields["X-Amz-Signature"]
    assert send(region, f"/{bucket}", form(fields)).error == (
        400, "InvalidArgument", "Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified, "
        "please check the order of the fields.")
    writer = user({"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/mine/*",
                   "Condition": {"StringEquals": {"s3:authType": "POST"}}})
    assert send(region, f"/{bucket}", form(signed(who=writer, key="mine/a"))).status == 204
    assert send(region, f"/{bucket}", form(signed(who=writer, key="yours/a"))).status == 403
    assert send(region, f"/{bucket}", form({"key": "k"})).error[:2] == (403, "AccessDenied"), "nobody signed it"
    open_to_the_public(s3, bucket)
    put_policy(s3, bucket, allow(bucket, "s3:PutObject"))
    assert send(region, f"/{bucket}", form({"key": "k"}), Origin="https://page.test").status == 204


def test_forms_that_are_none(region, bucket, signed):
    order = "  If it is specified, please check the order of the fields."
    malformed = (400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")
    assert send(region, f"/{bucket}", form({"x": "y"})).error == (
        400, "InvalidArgument", "Bucket POST must contain a field named 'key'." + order)
    assert send(region, f"/{bucket}", form({"key": "k"}, file=None)).error == (
        400, "InvalidArgument", "POST requires exactly one file upload per request.")
    assert send(region, f"/{bucket}", b"").error == malformed
    assert send(region, f"/{bucket}", form(signed())[:-len(BOUNDARY) - 8]).error == malformed
    assert send(region, f"/{bucket}", form({"key": "k"}), Content_Type="multipart/form-data").error == malformed
    too_large = send(region, f"/{bucket}", form({"key": "k", "x-ignore-me": "x" * 20480}))
    assert too_large.error == (400, "MaxPostPreDataLengthExceededError",
                               "Your POST request fields preceding the upload file were too large.")
    assert send(region, f"/{bucket}", form(signed(x_amz_meta_a="b\r\nSet-Cookie: c=d"))).error[:2] == (
        400, "InvalidArgument")
    assert send(region, f"/{bucket}-not", form({"key": "k"})).error[:2] == (404, "NoSuchBucket")


def test_what_belongs_to_the_object(region, s3, bucket, signed):
    tagging = "<Tagging><TagSet><Tag><Key>a b</Key><Value>c=d@e</Value></Tag></TagSet></Tagging>"
    fields = signed(tagging=tagging, Cache_Control="no-cache", x_amz_storage_class="STANDARD_IA",
                    x_amz_checksum_crc32=crc32(b"the file"))
    answer = send(region, f"/{bucket}", form(fields))
    assert answer.status == 204, answer.body
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "a b", "Value": "c=d@e"}]
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head["CacheControl"], head["StorageClass"]) == ("no-cache", "STANDARD_IA")
    assert head["ChecksumCRC32"] == crc32(b"the file")
    wrong = send(region, f"/{bucket}", form(signed(x_amz_checksum_crc32=b64(b"none"))))
    assert wrong.error[:2] == (400, "BadDigest")


def test_by_the_buckets_own_name(region, s3, bucket, signed):
    host = f"{bucket}.s3.localhost:{region.address.rpartition(':')[2]}"
    answer = send(region, "/", form(signed()), host=host)
    assert (answer.status, answer.headers["location"]) == (204, f"http://{host}/k")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"the file"


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_as_boto3_signs_them(region, s3, bucket, version):
    client = region.client("s3", config=Config(signature_version=version))
    post = client.generate_presigned_post(bucket, "up/${filename}", Fields={"acl": "bucket-owner-full-control"},
                                          Conditions=[{"acl": "bucket-owner-full-control"},
                                                      ["content-length-range", 1, 100]], ExpiresIn=60)
    path = urllib.parse.urlsplit(post["url"]).path
    assert send(region, path, form(post["fields"])).status == 204
    assert s3.get_object(Bucket=bucket, Key="up/file.txt")["Body"].read() == b"the file"
    tampered = {**post["fields"], "policy": post["fields"]["policy"][:-4] + "AAAA"}
    assert send(region, path, form(tampered)).error[:2] == (403, "SignatureDoesNotMatch")


def test_temporary_credentials_bring_their_token(region, bucket):
    c = region.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    client = region.client("s3", c["AccessKeyId"], c["SecretAccessKey"], c["SessionToken"])
    post = client.generate_presigned_post(bucket, "k")
    path = urllib.parse.urlsplit(post["url"]).path
    assert send(region, path, form(post["fields"])).status == 204
    del post["fields"]["x-amz-security-token"]
    assert send(region, path, form(post["fields"])).error[:2] == (403, "InvalidAccessKeyId")
