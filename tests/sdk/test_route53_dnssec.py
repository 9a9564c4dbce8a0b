# SPDX-License-Identifier: Apache-2.0
"""DNSSEC: key-signing keys of KMS, and signatures that a resolver verifies."""
import contextlib
import json
import os
import sqlite3

import pytest
from region import wait_for
from route53_util import Zone, a, dig, fails

ALLOW = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "kms:*", "Resource": "*"},
    {"Effect": "Allow", "Principal": {"Service": "dnssec-route53.amazonaws.com"},
     "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], "Resource": "*",
     "Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"},
                   "ArnLike": {"aws:SourceArn": "arn:aws:route53:::hostedzone/*"}}}]}


@pytest.fixture
def r53(region):
    return region.client("route53")


@pytest.fixture
def key(region):
    """key(spec=…, policy=…) makes a key of KMS that goes with the test; its ARN."""
    kms = region.client("kms")
    made = []

    def make(spec="ECC_NIST_P256", policy=ALLOW):
        made.append(kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY", Policy=json.dumps(policy))["KeyMetadata"])
        return made[-1]["Arn"]

    yield make
    for k in made:
        kms.schedule_key_deletion(KeyId=k["KeyId"], PendingWindowInDays=7)


@pytest.fixture
def zone(r53, unique):
    z = Zone(r53, unique("signed") + ".test")
    yield z
    keys = r53.get_dnssec(HostedZoneId=z.id)["KeySigningKeys"]
    if keys:
        r53.disable_hosted_zone_dnssec(HostedZoneId=z.id)
    for k in keys:
        r53.deactivate_key_signing_key(HostedZoneId=z.id, Name=k["Name"])
        r53.delete_key_signing_key(HostedZoneId=z.id, Name=k["Name"])
    z.remove()


def make(r53, zone, arn, name="first", status="ACTIVE"):
    return r53.create_key_signing_key(HostedZoneId=zone.id, CallerReference=name, KeyManagementServiceArn=arn,
                                      Name=name, Status=status)["KeySigningKey"]


def verified(region, zone, tmp_path, *question):
    """delv's verdict on an answer, trusting the zone's own key-signing keys."""
    keys = region.client("route53").get_dnssec(HostedZoneId=zone.id)["KeySigningKeys"]
    anchors = tmp_path / "anchors"
    anchors.write_text("trust-anchors {\n" + "".join(
        f'  {zone.name}. static-key 257 3 13 "{k["PublicKey"]}";\n' for k in keys if k["Status"] == "ACTIVE") + "};\n")
    host, port = region.dns.rsplit(":", 1)
    return region.run("delv", f"@{host}", "-p", port, "-a", str(anchors), f"+root={zone.name}", *question,
                      check=False).stdout


def test_a_signed_zone_verifies(region, r53, zone, key, tmp_path):
    zone.put(a("www." + zone.name, "192.0.2.1"))
    ksk = make(r53, zone, key())
    assert (ksk["Flag"], ksk["SigningAlgorithmType"], ksk["DigestAlgorithmType"], ksk["Status"]) == (257, 13, 2, "ACTIVE")
    assert ksk["DSRecord"] == f"{ksk['KeyTag']} 13 2 {ksk['DigestValue']}"
    assert dig(region, zone.name, "DNSKEY") == []
    r53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    assert r53.get_dnssec(HostedZoneId=zone.id)["Status"]["ServeSignature"] == "SIGNING"
    keys = dig(region, zone.name, "DNSKEY")
    assert ksk["DNSKEYRecord"].replace(" ", "") in {k.replace(" ", "") for k in keys}
    assert len(keys) == 2
    for question in (("www." + zone.name, "A"), ("none." + zone.name, "A"), (zone.name, "SOA"), (zone.name, "DNSKEY")):
        assert "fully validated" in verified(region, zone, tmp_path, *question), question
    zone.put(a("www." + zone.name, "192.0.2.2"))
    assert "192.0.2.2" in verified(region, zone, tmp_path, "www." + zone.name, "A")
    r53.disable_hosted_zone_dnssec(HostedZoneId=zone.id)
    assert dig(region, zone.name, "DNSKEY") == []
    assert r53.get_dnssec(HostedZoneId=zone.id)["Status"]["ServeSignature"] == "NOT_SIGNING"


def test_keys_roll_over(region, r53, zone, key, tmp_path):
    make(r53, zone, key())
    r53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    make(r53, zone, key(), "second", "INACTIVE")
    assert len(dig(region, zone.name, "DNSKEY")) == 2
    r53.activate_key_signing_key(HostedZoneId=zone.id, Name="second")
    assert len(dig(region, zone.name, "DNSKEY")) == 3
    assert fails(r53.delete_key_signing_key, HostedZoneId=zone.id, Name="first")[0] == "InvalidKeySigningKeyStatus"
    r53.deactivate_key_signing_key(HostedZoneId=zone.id, Name="first")
    r53.delete_key_signing_key(HostedZoneId=zone.id, Name="first")
    assert "fully validated" in verified(region, zone, tmp_path, zone.name, "SOA")
    assert fails(r53.deactivate_key_signing_key, HostedZoneId=zone.id, Name="second")[0] == "KeySigningKeyInUse"


def test_a_restart_signs_on(new_region, tmp_path):
    region = new_region()
    kms, r53 = region.client("kms"), region.client("route53")
    arn = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Policy=json.dumps(ALLOW))["KeyMetadata"]["Arn"]
    zone = Zone(r53, "again.test")
    make(r53, zone, arn)
    r53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    region.kill()
    region.start()
    assert "fully validated" in verified(region, zone, tmp_path, zone.name, "SOA")


def test_signatures_are_renewed_before_they_expire(new_region, tmp_path):
    """Their time is of the wall clock, which no test moves: the row is made old instead."""
    region = new_region()
    kms, r53 = region.client("kms"), region.client("route53")
    arn = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Policy=json.dumps(ALLOW))["KeyMetadata"]["Arn"]
    zone = Zone(r53, "old.test")
    make(r53, zone, arn)
    r53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    region.stop()
    path = os.path.join(region.data, "state.db")
    with contextlib.closing(sqlite3.connect(path)) as db:
        (until,), = db.execute("SELECT expires_ms FROM route53_signature")
        db.execute("UPDATE route53_signature SET expires_ms = expires_ms - 16 * 86400000")
        db.commit()
    region.start()
    assert r53.get_dnssec(HostedZoneId=zone.id)["Status"]["ServeSignature"] in ("ACTION_NEEDED", "SIGNING")

    def renewed():
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            (now,), = db.execute("SELECT expires_ms FROM route53_signature")
            return now >= until

    wait_for(renewed, what="another signature")
    assert r53.get_dnssec(HostedZoneId=zone.id)["Status"]["ServeSignature"] == "SIGNING"
    assert "fully validated" in verified(region, zone, tmp_path, zone.name, "DNSKEY")


def test_keys_that_are_none(region, r53, zone, key):
    assert fails(make, r53=r53, zone=zone, arn=key("ECC_NIST_P384"))[0] == "InvalidKMSArn"
    assert fails(make, r53=r53, zone=zone, arn="arn:aws:kms:eu-west-1:000000000000:key/x")[0] == "InvalidKMSArn"
    assert fails(make, r53=r53, zone=zone,
                 arn="arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012")[0] == "InvalidKMSArn"
    own = {"Version": "2012-10-17", "Statement": ALLOW["Statement"][:1]}
    code, message = fails(make, r53=r53, zone=zone, arn=key(policy=own))
    assert code == "InvalidKMSArn" and "not authorized" in message
    arn = key()
    assert fails(make, r53=r53, zone=zone, arn=arn, name="a b")[0] == "InvalidKeySigningKeyName"
    assert fails(make, r53=r53, zone=zone, arn=arn, status="ON-OFF")[0] == "InvalidKeySigningKeyStatus"
    assert fails(r53.enable_hosted_zone_dnssec, HostedZoneId=zone.id)[0] == "KeySigningKeyWithActiveStatusNotFound"
    assert fails(r53.disable_hosted_zone_dnssec, HostedZoneId=zone.id)[0] == "DNSSECNotFound"
    make(r53, zone, arn)
    assert fails(make, r53=r53, zone=zone, arn=arn)[0] == "KeySigningKeyAlreadyExists"
    make(r53, zone, key(), "second")
    assert fails(make, r53=r53, zone=zone, arn=key(), name="third")[0] == "TooManyKeySigningKeys"
    assert fails(r53.activate_key_signing_key, HostedZoneId=zone.id, Name="fourth")[0] == "NoSuchKeySigningKey"
    assert fails(r53.delete_hosted_zone, Id=zone.id)[0] == "HostedZoneNotEmpty"
