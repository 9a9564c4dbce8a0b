# SPDX-License-Identifier: Apache-2.0
"""Signatures that are wrong in one way each, and what AWS says to that: the query services in their
words, S3 in its own."""
import datetime
import json

import pytest

from region import Region
from wire.raw import once
from wire.sigv4 import EMPTY, Signer, sha256

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WHO = b"Action=GetCallerIdentity&Version=2011-06-15"
NO_MATCH = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access " \
           "Key and signing method. Consult the service documentation for details."
NO_MATCH_S3 = "The request signature we calculated does not match the signature you provided. Check your key and " \
              "signing method."
BAD_TOKEN = "The security token included in the request is invalid."


def ago(**delta):
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**delta)


def shift(stamp, **delta):
    when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ") + datetime.timedelta(**delta)
    return when.strftime("%Y%m%dT%H%M%SZ")


@pytest.fixture(scope="module")
def region():
    with Region(dev=True) as r:
        s3 = r.client("s3")
        s3.create_bucket(Bucket="box")
        s3.put_object(Bucket="box", Key="a", Body=b"hello")
        yield r


@pytest.fixture(scope="module")
def session(region):
    """Temporary credentials of a user who may do everything, for an hour."""
    iam = region.client("iam")
    iam.create_user(UserName="sue")
    iam.attach_user_policy(UserName="sue", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = iam.create_access_key(UserName="sue")["AccessKey"]
    made = region.client("sts", key["AccessKeyId"], key["SecretAccessKey"]).get_session_token()["Credentials"]
    return made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]


def post(region, signer, body=WHO, headers=None, spoil=None, target="/"):
    """A signed form. `spoil` changes (headers, body) after the signature."""
    signed = signer.headers("POST", target, {"Host": region.address, **FORM, **(headers or {})}, body)
    if spoil:
        signed, body = spoil(signed, body)
    return once(region, "POST", target, signed, body)


def sts(of, **more):
    return Signer(*of.root, service="sts", **more)


def s3(of, **more):
    return Signer(*of.root, service="s3", **more)


def get(region, signer, target="/box/a", headers=None, spoil=None):
    signed = signer.headers("GET", target, {"Host": region.address, **(headers or {})})
    return once(region, "GET", target, spoil(signed) if spoil else signed)


def put(region, signer, body, payload_hash, headers=None, target="/box/new"):
    signed = signer.headers("PUT", target, {"Host": region.address, **(headers or {})}, payload_hash=payload_hash)
    return once(region, "PUT", target, signed, body)


def is_error(reply, status, code, message=None):
    assert (reply.status, reply.code) == (status, code), reply.text
    if message is not None:
        assert reply.element("Message") == message
    return reply


# --- the query services ---

def test_a_right_signature(region):
    assert region.root[0] and post(region, sts(region)).element("Account") == region.account


def test_a_form_in_the_query(region):
    target = "/?" + WHO.decode()
    assert once(region, "GET", target, sts(region).headers("GET", target, {"Host": region.address})).status == 200
    target = sts(region).presigned("GET", target, {"Host": region.address})
    assert once(region, "GET", target).status == 200


@pytest.mark.parametrize("minutes, said", [(-4, ""), (4, ""), (6, "Signature expired: "),
                                           (-6, "Signature not yet current: ")])
def test_five_minutes_of_skew(region, minutes, said):
    signer = sts(region, when=ago(minutes=minutes))
    reply = post(region, signer)
    if not said:
        assert reply.status == 200
        return
    is_error(reply, 403, "SignatureDoesNotMatch")
    message = reply.element("Message")
    assert message.startswith(said + signer.stamp())
    assert message.endswith(" - 5 min.)" if minutes > 0 else " + 5 min.)")


@pytest.mark.parametrize("what", ["header", "body", "signature", "secret", "query"])
def test_tampered_with(region, what):
    def spoil(headers, body):
        if what == "header":
            headers["Content-Type"] += "; charset=utf-8"
        elif what == "signature":
            last = headers["Authorization"][-1]
            headers["Authorization"] = headers["Authorization"][:-1] + ("0" if last != "0" else "1")
        elif what == "body":
            body = body.replace(b"Identity", b"identitY")
        return headers, body
    signer = sts(region)
    if what == "secret":
        signer.secret += "x"
    if what == "query":
        target = sts(region).presigned("GET", "/?" + WHO.decode(), {"Host": region.address})
        reply = once(region, "GET", target.replace("Expires=300", "Expires=301"))
    else:
        reply = post(region, signer, spoil=spoil)
    is_error(reply, 403, "SignatureDoesNotMatch", NO_MATCH)


def test_presigned_of_sts_holds_a_quarter_of_an_hour(region):
    """AWS: STS does not look at X-Amz-Expires, which is 60 in tokens of EKS."""
    def ask(**delta):
        target = sts(region, when=ago(**delta)).presigned("GET", "/?" + WHO.decode(), {"Host": region.address}, expires=60)
        return once(region, "GET", target)
    assert ask(minutes=14).status == 200
    for minutes, said in ((16, "Signature expired: "), (-16, "Signature not yet current: ")):
        message = is_error(ask(minutes=minutes), 403, "SignatureDoesNotMatch").element("Message")
        assert message.startswith(said) and message.endswith("15 min.)")


def test_ec2_in_its_own_words(region):
    form = b"Action=DescribeVpcs&Version=2016-11-15"
    unknown = Signer("AKIAIOSFODNN7EXAMPLE", "x", service="ec2")
    wrong = Signer(region.root[0], "x", service="ec2")
    late = Signer(*region.root, service="ec2", when=ago(minutes=20))
    for signer in (unknown, wrong, late):
        reply = is_error(post(region, signer, form), 401, "AuthFailure",
                         "AWS was not able to validate the provided access credentials")
        assert "<Response><Errors><Error>" in reply.text
    reply = is_error(once(region, "POST", "/", {"Host": region.address, **FORM}, form), 400, "MissingParameter",
                     "The request must contain the parameter AWSAccessKeyId")
    assert "<Response><Errors><Error>" in reply.text
    is_error(post(region, Signer(*region.root, service="ec2"), form.replace(b"2016", b"2001")), 400, "NoSuchVersion",
             "The requested version (2001-11-15) of service AmazonEC2 does not exist")


def test_a_signature_without_a_date_is_refused_by_its_service(region):
    def undated(headers, body):
        return {n: v for n, v in headers.items() if n != "X-Amz-Date"}, body
    reply = post(region, Signer(*region.root, service="ec2"), spoil=undated)
    assert "<Response><Errors>" in is_error(reply, 400, "IncompleteSignature").text
    signed = undated(Signer(*region.root, service="route53").headers("GET", "/2013-04-01/hostedzone",
                                                                      {"Host": region.address}), b"")[0]
    reply = is_error(once(region, "GET", "/2013-04-01/hostedzone", signed), 400, "IncompleteSignature")
    assert reply.text.startswith('<ErrorResponse xmlns="https://route53')


def test_unknown_and_inactive_keys(region):
    is_error(post(region, Signer("AKIAIOSFODNN7EXAMPLE", "x", service="sts")), 403, "InvalidClientTokenId", BAD_TOKEN)
    iam = region.client("iam")
    iam.create_user(UserName="idle")
    key = iam.create_access_key(UserName="idle")["AccessKey"]
    signer = Signer(key["AccessKeyId"], key["SecretAccessKey"], service="sts")
    assert post(region, signer).status == 200
    iam.update_access_key(UserName="idle", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    is_error(post(region, signer), 403, "InvalidClientTokenId", BAD_TOKEN)
    signer.service = "s3"
    is_error(get(region, signer), 403, "InvalidAccessKeyId")
    iam.update_access_key(UserName="idle", AccessKeyId=key["AccessKeyId"], Status="Active")
    signer.service = "sts"
    assert post(region, signer).status == 200
    iam.delete_access_key(UserName="idle", AccessKeyId=key["AccessKeyId"])
    is_error(post(region, signer), 403, "InvalidClientTokenId", BAD_TOKEN)


def test_the_scope(region):
    is_error(post(region, sts(region, region="moon-1")), 403, "SignatureDoesNotMatch",
             "Credential should be scoped to a valid region.")
    assert post(region, Signer(*region.root, service="nowhere")).status == 400

    def other(old, new):
        def spoil(headers, body):
            headers["Authorization"] = headers["Authorization"].replace(old, new)
            return headers, body
        return spoil
    reply = post(region, sts(region), spoil=other("aws4_request", "aws5_request"))
    assert reply.code == "IncompleteSignature" and "aws4_request" in reply.element("Message")
    today = sts(region).stamp()[:8]
    yesterday = shift(sts(region).stamp(), days=-1)[:8]
    reply = post(region, sts(region), spoil=other(f"/{today}/", f"/{yesterday}/"))
    assert reply.code in ("IncompleteSignature", "SignatureDoesNotMatch")
    assert reply.element("Message").startswith("Date in Credential scope does not match YYYYMMDD")


def test_what_must_be_signed(region):
    is_error(post(region, sts(region, host_signed=False)), 403, "SignatureDoesNotMatch",
             "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")


@pytest.mark.parametrize("authorization, code", [
    ("AWS4-HMAC-SHA256", "IncompleteSignature"),
    ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00", "IncompleteSignature"),
    ("AWS4-HMAC-SHA256 Credential=////, SignedHeaders=host, Signature=00", "IncompleteSignature"),
    ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e/f/aws4_request, SignedHeaders=, Signature=", "IncompleteSignature"),
    ("Basic dXNlcjpwYXNz", "IncompleteSignature"),
    ("AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl", None),
    ("AWS4-ECDSA-P256-SHA256 Credential=a/20200101/iam/aws4_request, SignedHeaders=host, Signature=00", None),
])
def test_other_forms_of_authorization(region, authorization, code):
    reply = once(region, "POST", "/", {**FORM, "Authorization": authorization}, WHO)
    assert 400 <= reply.status < 500 and reply.code
    assert code is None or reply.code == code


def test_session_tokens(region, session):
    key_id, secret, token = session
    with_token = Signer(key_id, secret, token, service="sts")
    assert post(region, with_token).status == 200
    is_error(post(region, Signer(key_id, secret, service="sts")), 403, "InvalidClientTokenId", BAD_TOKEN)
    is_error(post(region, Signer(key_id, secret, token[:-8] + "AAAAAAA=", service="sts")), 403, "InvalidClientTokenId",
             BAD_TOKEN)
    with_token.service = "s3"
    assert get(region, with_token).body == b"hello"
    is_error(get(region, Signer(key_id, secret, service="s3")), 403, "InvalidAccessKeyId")
    is_error(get(region, Signer(key_id, secret, "bogus", service="s3")), 400, "InvalidToken",
             "The provided token is malformed or otherwise invalid.")
    target = with_token.presigned("GET", "/box/a", {"Host": region.address})
    assert once(region, "GET", target).body == b"hello"
    # The token is part of what is signed.
    assert once(region, "GET", target.partition("&X-Amz-Security-Token")[0] + "&X-Amz-Signature="
                + target.rpartition("=")[2]).status in (400, 403)


def test_a_session_ends():
    with Region(dev=True) as r:
        r.client("s3").create_bucket(Bucket="box")
        made = r.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
        signer = Signer(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"], service="sts")
        assert post(r, signer).status == 200
        r.advance(901)
        is_error(post(r, signer), 403, "ExpiredToken", "The security token included in the request is expired")
        signer.service = "s3"
        is_error(get(r, signer, "/box"), 400, "ExpiredToken", "The provided token has expired.")


def test_a_policy_changes_at_once(region):
    """The answer of the change is the moment from which every worker obeys it."""
    iam = region.client("iam")
    iam.create_user(UserName="quick")
    key = iam.create_access_key(UserName="quick")["AccessKey"]
    signer = Signer(key["AccessKeyId"], key["SecretAccessKey"], service="s3")
    allow = json.dumps({"Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    for _ in range(10):
        assert get(region, signer).status == 403
        iam.put_user_policy(UserName="quick", PolicyName="p", PolicyDocument=allow)
        assert get(region, signer).status == 200
        iam.delete_user_policy(UserName="quick", PolicyName="p")


# --- S3 ---

def test_s3_skew(region):
    assert get(region, s3(region, when=ago(minutes=14))).status == 200
    for minutes in (16, -16):
        signer = s3(region, when=ago(minutes=minutes))
        reply = is_error(get(region, signer), 403, "RequestTimeTooSkewed",
                         "The difference between the request time and the current time is too large.")
        assert reply.element("RequestTime") == signer.stamp()
        assert reply.element("ServerTime").endswith("Z")
        assert reply.element("MaxAllowedSkewMilliseconds") == "900000"


def test_s3_tells_what_it_signed(region):
    signer = s3(region)
    signer.secret += "x"
    signed = signer.headers("GET", "/box/a", {"Host": region.address, "X-Amz-Meta-Odd": "two  blanks"})
    reply = is_error(once(region, "GET", "/box/a", signed), 403, "SignatureDoesNotMatch", NO_MATCH_S3)
    assert reply.element("AWSAccessKeyId") == signer.key_id
    assert reply.element("SignatureProvided") == signed["Authorization"].rpartition("=")[2]
    canonical = "\n".join(["GET", "/box/a", "", f"host:{region.address}", f"x-amz-content-sha256:{EMPTY}",
                           f"x-amz-date:{signed['X-Amz-Date']}", "x-amz-meta-odd:two blanks", "",
                           "host;x-amz-content-sha256;x-amz-date;x-amz-meta-odd", EMPTY])
    assert reply.element("CanonicalRequest") == canonical
    assert reply.element("StringToSign") == "\n".join(["AWS4-HMAC-SHA256", signed["X-Amz-Date"],
                                                       signer.scope(signed["X-Amz-Date"]), sha256(canonical.encode())])


def test_s3_unknown_key(region):
    reply = is_error(get(region, Signer("AKIAIOSFODNN7EXAMPLE", "x", service="s3")), 403, "InvalidAccessKeyId",
                     "The AWS Access Key Id you provided does not exist in our records.")
    assert reply.element("AWSAccessKeyId") == "AKIAIOSFODNN7EXAMPLE"


def test_s3_scope(region):
    reply = get(region, s3(region, region="moon-1"))
    is_error(reply, 400, "AuthorizationHeaderMalformed",
             "The authorization header is malformed; the region 'moon-1' is wrong; expecting 'us-east-1'")
    assert reply.element("Region") == "us-east-1"
    target = s3(region, region="moon-1").presigned("GET", "/box/a", {"Host": region.address})
    is_error(once(region, "GET", target), 400, "AuthorizationQueryParametersError",
             "Error parsing the X-Amz-Credential parameter; the region 'moon-1' is wrong; expecting 'us-east-1'")
    reply = get(region, s3(region), spoil=lambda h: {**h, "Authorization": h["Authorization"].replace("Credential", "X")})
    is_error(reply, 400, "AuthorizationHeaderMalformed")


def test_s3_header_that_nobody_signed(region):
    reply = get(region, s3(region), spoil=lambda h: {**h, "x-amz-meta-late": "1"})
    is_error(reply, 403, "AccessDenied", "There were headers present in the request which were not signed")
    assert reply.element("HeadersNotSigned") == "x-amz-meta-late"
    reply = is_error(get(region, s3(region, host_signed=False)), 403, "AccessDenied")
    assert reply.element("HeadersNotSigned") == "host"


def test_s3_needs_the_hash(region):
    def spoil(headers):
        return {n: v for n, v in headers.items() if n != "X-Amz-Content-SHA256"}
    is_error(get(region, s3(region, unsigned=("x-amz-content-sha256",)), spoil=spoil), 400, "InvalidRequest",
             "Missing required header for this request: x-amz-content-sha256")


def test_s3_two_authorizations_are_one_too_many(region):
    target = s3(region).presigned("GET", "/box/a", {"Host": region.address})
    is_error(get(region, s3(region), target), 400, "InvalidArgument")


def test_presigned(region):
    target = s3(region).presigned("GET", "/box/a?response-content-type=text%2Fcsv", {"Host": region.address})
    reply = once(region, "GET", target)
    assert (reply.status, reply.body, reply["Content-Type"]) == (200, b"hello", "text/csv")
    assert once(region, "HEAD", target).status == 403  # another method
    is_error(once(region, "GET", target.replace("csv", "html")), 403, "SignatureDoesNotMatch", NO_MATCH_S3)
    is_error(once(region, "GET", target.replace("/box/a", "/box/b")), 403, "SignatureDoesNotMatch", NO_MATCH_S3)


def test_presigned_has_an_end(region):
    signer = s3(region, when=ago(seconds=100))
    assert once(region, "GET", signer.presigned("GET", "/box/a", {"Host": region.address}, expires=200)).status == 200
    reply = once(region, "GET", signer.presigned("GET", "/box/a", {"Host": region.address}, expires=60))
    is_error(reply, 403, "AccessDenied", "Request has expired")
    assert reply.element("X-Amz-Expires") == "60"
    assert reply.element("Expires") and reply.element("ServerTime") > reply.element("Expires")
    early = s3(region, when=ago(minutes=-20)).presigned("GET", "/box/a", {"Host": region.address})
    is_error(once(region, "GET", early), 403, "AccessDenied", "Request is not valid yet")
    week = s3(region).presigned("GET", "/box/a", {"Host": region.address}, expires=604801)
    is_error(once(region, "GET", week), 400, "AuthorizationQueryParametersError")
    for name in ("Expires", "Date", "SignedHeaders", "Credential"):
        cut = "&".join(p for p in s3(region).presigned("GET", "/box/a", {"Host": region.address}).split("&")
                       if not p.startswith("X-Amz-" + name))
        is_error(once(region, "GET", cut), 400, "AuthorizationQueryParametersError")


def test_a_presigned_put_with_a_signed_header(region):
    headers = {"Host": region.address, "x-amz-meta-colour": "red"}
    target = s3(region).presigned("PUT", "/box/signed", headers)
    assert once(region, "PUT", target, {}, b"x").status == 403
    assert once(region, "PUT", target, {**headers, "x-amz-meta-more": "1"}, b"x").status == 403
    assert once(region, "PUT", target, headers, b"x").status == 200
    assert region.client("s3").head_object(Bucket="box", Key="signed")["Metadata"] == {"colour": "red"}


# --- bodies ---

def gone(region, key="new"):
    return once(region, "GET", f"/box/{key}", s3(region).headers("GET", f"/box/{key}", {"Host": region.address})).status == 404


def test_a_body_that_is_not_the_signed_one(region):
    reply = put(region, s3(region), b"other", sha256(b"hello"))
    is_error(reply, 400, "XAmzContentSHA256Mismatch",
             "The provided 'x-amz-content-sha256' header does not match what was computed.")
    assert reply.element("ClientComputedContentSHA256") == sha256(b"hello")
    assert reply.element("S3ComputedContentSHA256") == sha256(b"other")
    assert gone(region)


def test_an_unsigned_body(region):
    assert put(region, s3(region), b"hello", "UNSIGNED-PAYLOAD", target="/box/unsigned").status == 200
    is_error(put(region, s3(region), b"hello", "UNSIGNED"), 400, "InvalidArgument")


PIECES = [b"a" * 65536, b"b" * 65536, b"c" * 10]
WHOLE = b"".join(PIECES)


def chunked_put(region, pieces=PIECES, trailers=None, spoil=lambda b: b, length=None, target="/box/new", **headers):
    kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailers else "")
    signer = s3(region)
    signed = signer.headers("PUT", target, {
        "Host": region.address, "Content-Encoding": "aws-chunked",
        "x-amz-decoded-content-length": str(sum(map(len, pieces)) if length is None else length),
        **({"x-amz-trailer": ",".join(trailers)} if trailers else {}), **headers}, payload_hash=kind)
    return once(region, "PUT", target, signed, spoil(signer.chunks(signed, pieces, trailers)))


def test_signed_chunks(region):
    assert chunked_put(region, target="/box/chunks").status == 200
    got = region.client("s3").get_object(Bucket="box", Key="chunks")
    assert got["Body"].read() == WHOLE
    assert "aws-chunked" not in got.get("ContentEncoding", "")
    assert chunked_put(region, [], target="/box/empty").status == 200
    assert region.client("s3").head_object(Bucket="box", Key="empty")["ContentLength"] == 0


@pytest.mark.parametrize("spoil, status, code", [
    (lambda b: b.replace(b"bbb", b"bbx", 1), 403, "SignatureDoesNotMatch"),
    (lambda b: b.replace(b"c" * 10, b"d" * 10), 403, "SignatureDoesNotMatch"),
    (lambda b: b.replace(b"\r\n0;chunk-signature=", b"\r\n0;chunk-signature=0", 1), 400, "IncompleteBody"),
    (lambda b: b[:b.index(b"\r\na;")] + b"\r\n0;chunk-signature=" + b"0" * 64 + b"\r\n\r\n", 403, "SignatureDoesNotMatch"),
    (lambda b: b.replace(b"10000;chunk", b"zz;chunk", 1), 400, "IncompleteBody"),
    (lambda b: b.replace(b"10000;chunk", b"ffffffffffffffff;chunk", 1), 400, "IncompleteBody"),
    (lambda b: b.replace(b";chunk-signature=", b"", 1), 400, "IncompleteBody"),
    (lambda b: b + b"more", 400, "IncompleteBody"),
    (lambda b: b[:70000], 400, "IncompleteBody"),
])
def test_signed_chunks_spoilt(region, spoil, status, code):
    is_error(chunked_put(region, spoil=spoil), status, code)
    assert gone(region)


def test_the_decoded_length_is_meant(region):
    for length in (len(WHOLE) - 1, len(WHOLE) + 1):
        is_error(chunked_put(region, length=length), 400, "IncompleteBody")
    is_error(chunked_put(region, length="x"), 411, "MissingContentLength")
    assert gone(region)


def test_signed_trailers(region):
    crc = "AAAAAA=="
    good = chunked_put(region, [b"hello"], {"x-amz-checksum-crc32": "NhCmhg=="}, target="/box/trailer")
    assert good.status == 200, good.text
    assert good["x-amz-checksum-crc32"] == "NhCmhg=="
    is_error(chunked_put(region, [b"hello"], {"x-amz-checksum-crc32": crc}), 400, "BadDigest")
    is_error(chunked_put(region, [b"hello"], {"x-amz-checksum-crc32": "NhCmhg=="},
                         spoil=lambda b: b.replace(b"NhCmhg==", b"AAAAAA==")), 403, "SignatureDoesNotMatch")
    is_error(chunked_put(region, [b"hello"], {"x-amz-checksum-crc32": "NhCmhg=="},
                         spoil=lambda b: b[:b.index(b"x-amz-trailer-signature")] + b"\r\n"), 403, "SignatureDoesNotMatch")
    assert gone(region)


def test_unsigned_trailers(region):
    def send(body, target="/box/new", length="5"):
        return put(region, s3(region), body, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", target=target, headers={
            "Content-Encoding": "aws-chunked", "x-amz-decoded-content-length": length,
            "x-amz-trailer": "x-amz-checksum-crc32"})
    assert send(b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "/box/trailer2").status == 200
    assert send(b"2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32: NhCmhg==\r\n\r\n", "/box/trailer2").status == 200
    is_error(send(b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"), 400, "BadDigest")
    is_error(send(b"5\r\nhello\r\n0\r\n\r\n"), 400, "MalformedTrailerError")
    is_error(send(b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n"), 400, "MalformedTrailerError")
    is_error(send(b"5\r\nhello\r\n0\r\nx:" + b"y" * 20000 + b"\r\n\r\n"), 400, "MalformedTrailerError")
    is_error(send(b"5\r\nhelloXX0\r\n\r\n"), 400, "IncompleteBody")
    is_error(send(b"hello"), 400, "IncompleteBody")
    assert gone(region)
