# SPDX-License-Identifier: Apache-2.0
"""Signed URLs and signed cookies: canned and custom policies, by RSA and ECDSA, and what refusals say."""
import base64
import json
import time

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from cloudfront_edge import get
from cloudfront_help import behavior, code, config, items, remove, s3_origin
from region import Region


def unsafe(raw):
    return base64.b64encode(raw).decode().replace("+", "-").replace("=", "_").replace("/", "~")


class Signer:
    def __init__(self, cloudfront, name, private):
        self.private = private
        pem = private.public_key().public_bytes(serialization.Encoding.PEM,
                                                serialization.PublicFormat.SubjectPublicKeyInfo)
        made = cloudfront.create_public_key(PublicKeyConfig={
            "CallerReference": name, "Name": name, "EncodedKey": pem.decode()})
        self.id, self.etag = made["PublicKey"]["Id"], made["ETag"]

    def sign(self, text, hash=hashes.SHA1):
        if isinstance(self.private, rsa.RSAPrivateKey):
            return unsafe(self.private.sign(text.encode(), padding.PKCS1v15(), hash()))
        return unsafe(self.private.sign(text.encode(), ec.ECDSA(hash())))


def canned(url, expires):
    return f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'


def custom(resource, **condition):
    return json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]})


@pytest.fixture(scope="module")
def region():
    """One of this file's own: others move their clock."""
    with Region(dev=True) as r:
        yield r


@pytest.fixture(scope="module")
def shop(region):
    """(distribution's name, a signer it trusts, one that it does not)."""
    cloudfront, s3 = region.client("cloudfront"), region.client("s3")
    s3.create_bucket(Bucket="signed-goods")
    for key in ("a.txt", "b.txt", "dir/c.txt"):
        s3.put_object(Bucket="signed-goods", Key=key, Body=key.encode())
    good = Signer(cloudfront, "signed-good", rsa.generate_private_key(65537, 2048))
    curve = Signer(cloudfront, "signed-curve", ec.generate_private_key(ec.SECP256R1()))
    other = Signer(cloudfront, "signed-other", rsa.generate_private_key(65537, 2048))
    group = cloudfront.create_key_group(KeyGroupConfig={"Name": "signed-group", "Items": [good.id, curve.id]})
    oac = cloudfront.create_origin_access_control(OriginAccessControlConfig={
        "Name": "signed-oac", "SigningProtocol": "sigv4", "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3"})
    d = cloudfront.create_distribution(DistributionConfig=config(
        s3_origin("signed-goods", oac=oac["OriginAccessControl"]["Id"]),
        default=behavior("site", TrustedKeyGroups={"Enabled": True, **items(group["KeyGroup"]["Id"])})))["Distribution"]
    s3.put_bucket_policy(Bucket="signed-goods", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::signed-goods/*"}]}))
    yield d["DomainName"], good, curve, other
    remove(cloudfront, d["Id"])
    id = group["KeyGroup"]["Id"]
    cloudfront.delete_key_group(Id=id, IfMatch=cloudfront.get_key_group(Id=id)["ETag"])
    for key in (good, curve, other):
        cloudfront.delete_public_key(Id=key.id, IfMatch=key.etag)
    cloudfront.delete_origin_access_control(Id=oac["OriginAccessControl"]["Id"], IfMatch=oac["ETag"])


def refusal(answer):
    text = answer.body.decode()
    assert answer.status == 403, text
    return text.partition("<Code>")[2].partition("</Code>")[0]


SOON = int(time.time()) + 3600


def test_unsigned_requests_say_what_is_missing(region, shop):
    name, good, _, other = shop
    assert get(region, name, "/a.txt").body == (
        b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>MissingKey</Code>'
        b"<Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>")
    assert refusal(get(region, name, f"/a.txt?Key-Pair-Id={good.id}")) == "MissingPolicy"
    assert refusal(get(region, name, f"/a.txt?Key-Pair-Id={good.id}&Expires={SOON}")) == "MissingSignature"
    sig = other.sign(canned(f"http://{name}/a.txt", SOON))
    assert refusal(get(region, name, f"/a.txt?Expires={SOON}&Signature={sig}&Key-Pair-Id={other.id}")) == "InvalidKey"
    assert refusal(get(region, name, f"/a.txt?Expires={SOON}&Signature={sig}&Key-Pair-Id={good.id}")) == "AccessDenied"
    assert refusal(get(region, name, f"/a.txt?Policy=~~x&Signature={sig}&Key-Pair-Id={good.id}")) == "MalformedPolicy"


def test_canned_policies(region, shop):
    name, good, curve, _ = shop
    for tls in (False, True):
        url = f"{'https' if tls else 'http'}://{name}/a.txt"
        signed = f"/a.txt?Expires={SOON}&Signature={good.sign(canned(url, SOON))}&Key-Pair-Id={good.id}"
        assert get(region, name, signed, tls=tls).body == b"a.txt"
    # What else is in the query is part of what was signed.
    url = f"http://{name}/a.txt?x=1&y=2"
    tail = f"Expires={SOON}&Signature={good.sign(canned(url, SOON))}&Key-Pair-Id={good.id}"
    assert get(region, name, f"/a.txt?x=1&y=2&{tail}").body == b"a.txt"
    assert refusal(get(region, name, f"/a.txt?x=1&y=3&{tail}")) == "AccessDenied"
    past = int(time.time()) - 10
    url = f"http://{name}/a.txt"
    old = f"Expires={past}&Signature={good.sign(canned(url, past))}&Key-Pair-Id={good.id}"
    assert refusal(get(region, name, f"/a.txt?{old}")) == "AccessDenied"
    sha256 = good.sign(canned(url, SOON), hashes.SHA256)
    by256 = f"Expires={SOON}&Signature={sha256}&Key-Pair-Id={good.id}&Hash-Algorithm=SHA256"
    assert get(region, name, f"/a.txt?{by256}").body == b"a.txt"
    by_curve = f"Expires={SOON}&Signature={curve.sign(canned(url, SOON))}&Key-Pair-Id={curve.id}"
    assert get(region, name, f"/a.txt?{by_curve}").body == b"a.txt"


def query(signer, policy):
    return f"Policy={unsafe(policy.encode())}&Signature={signer.sign(policy)}&Key-Pair-Id={signer.id}"


def test_custom_policies(region, shop):
    name, good, _, _ = shop
    until = {"AWS:EpochTime": SOON}
    every = query(good, custom(f"http*://{name}/dir/*", DateLessThan=until))
    assert get(region, name, f"/dir/c.txt?{every}").body == b"dir/c.txt"
    assert refusal(get(region, name, f"/a.txt?{every}")) == "AccessDenied"
    for condition, ok in (({"IpAddress": {"AWS:SourceIp": "0.0.0.0/0"}}, True),
                          ({"IpAddress": {"AWS:SourceIp": "192.0.2.0/24"}}, False),
                          ({"DateGreaterThan": {"AWS:EpochTime": int(time.time()) - 60}}, True),
                          ({"DateGreaterThan": {"AWS:EpochTime": SOON - 5}}, False)):
        q = query(good, custom("*", DateLessThan=until, **condition))
        assert (get(region, name, f"/b.txt?{q}").status == 200) == ok, condition
    for bad in ('{"Statement":[]}', '{"Statement":[{"Resource":"*"}]}', "{}", "x",
                custom("*", DateLessThan=until, StringEquals={"a": "b"})):
        assert refusal(get(region, name, f"/b.txt?{query(good, bad)}")) == "MalformedPolicy", bad


def test_signed_cookies(region, shop):
    name, good, _, _ = shop
    policy = custom(f"http://{name}/*", DateLessThan={"AWS:EpochTime": SOON})
    cookies = (f"CloudFront-Policy={unsafe(policy.encode())}; CloudFront-Signature={good.sign(policy)}; "
               f"CloudFront-Key-Pair-Id={good.id}")
    assert get(region, name, "/a.txt", "-H", f"Cookie: {cookies}").body == b"a.txt"
    assert get(region, name, "/b.txt", "-H", f"Cookie: {cookies}").body == b"b.txt"
    url = f"http://{name}/a.txt"
    canned_cookies = (f"CloudFront-Expires={SOON}; CloudFront-Signature={good.sign(canned(url, SOON))}; "
                      f"CloudFront-Key-Pair-Id={good.id}")
    assert get(region, name, "/a.txt", "-H", f"Cookie: {canned_cookies}").body == b"a.txt"
    assert refusal(get(region, name, "/b.txt", "-H", f"Cookie: {canned_cookies}")) == "AccessDenied"


def test_a_signature_is_not_in_the_cache_key(region, shop):
    name, good, _, _ = shop
    url = f"http://{name}/dir/c.txt"
    seen = []
    for expires in (SOON + 1, SOON + 2):
        q = f"Expires={expires}&Signature={good.sign(canned(url, expires))}&Key-Pair-Id={good.id}"
        seen.append(get(region, name, f"/dir/c.txt?{q}").cache)
    assert seen[1] == "Hit"


def test_a_key_that_leaves_its_group_signs_no_more(region, shop):
    name, good, curve, _ = shop
    cloudfront = region.client("cloudfront")
    group = next(g["KeyGroup"] for g in cloudfront.list_key_groups()["KeyGroupList"]["Items"]
                 if g["KeyGroup"]["KeyGroupConfig"]["Name"] == "signed-group")
    url = f"http://{name}/a.txt"
    q = f"Expires={SOON}&Signature={curve.sign(canned(url, SOON))}&Key-Pair-Id={curve.id}"
    etag = cloudfront.get_key_group(Id=group["Id"])["ETag"]
    cloudfront.update_key_group(Id=group["Id"], IfMatch=etag,
                                KeyGroupConfig={"Name": "signed-group", "Items": [good.id]})
    assert refusal(get(region, name, f"/a.txt?{q}")) == "InvalidKey"
    etag = cloudfront.get_key_group(Id=group["Id"])["ETag"]
    restored = cloudfront.update_key_group(Id=group["Id"], IfMatch=etag,
                                           KeyGroupConfig={"Name": "signed-group", "Items": [good.id, curve.id]})
    assert code(cloudfront.delete_key_group, Id=group["Id"], IfMatch=restored["ETag"]) == "ResourceInUse"
    assert get(region, name, f"/a.txt?{q}").status == 200
