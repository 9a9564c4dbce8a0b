# SPDX-License-Identifier: Apache-2.0
"""Certificates whose names are proved in the region's own zones: issued, forbidden, exported, renewed."""
import pytest

from acm_util import acm, call, fails, openssl, text_of  # noqa: F401
from region import wait_for

DAY = 86400


@pytest.fixture
def route53(region):
    return region.client("route53")


class Zone:
    def __init__(self, route53, name):
        self.route53, self.name = route53, name
        self.id = route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]

    def change(self, action, *records):
        sets = [{"Name": n, "Type": t, "TTL": 60, "ResourceRecords": [{"Value": v} for v in values]} for n, t, *values in records]
        changes = [{"Action": action, "ResourceRecordSet": s} for s in sets]
        self.route53.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={"Changes": changes})

    def put(self, *records):
        self.change("UPSERT", *records)

    def delete(self, *records):
        self.change("DELETE", *records)

    def close(self):
        for s in self.route53.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"]:
            if s["Type"] not in ("NS", "SOA"):
                self.route53.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={
                    "Changes": [{"Action": "DELETE", "ResourceRecordSet": s}]})
        self.route53.delete_hosted_zone(Id=self.id)


@pytest.fixture
def zone(route53, unique):
    z = Zone(route53, unique("zone") + ".example")
    yield z
    z.close()


def described(acm, arn):
    return acm.describe_certificate(CertificateArn=arn)["Certificate"]


def records(d):
    """What proves its names, once each."""
    found = {(r["Name"], r["Type"], r["Value"]) for r in (o["ResourceRecord"] for o in d["DomainValidationOptions"])}
    return sorted(found)


def becomes(acm, arn, status, seconds=20):
    return wait_for(lambda: (d := described(acm, arn))["Status"] == status and d, seconds, f"{arn} {status}")


def request(acm, name, *more, **options):
    if more:
        options["SubjectAlternativeNames"] = list(more)
    return acm.request_certificate(DomainName=name, ValidationMethod="DNS", **options)["CertificateArn"]


@pytest.mark.parametrize("key", ["RSA_2048", "EC_prime256v1", "EC_secp384r1"])
def test_issued_as_soon_as_the_records_answer(region, acm, zone, tmp_path, key):
    arn = request(acm, zone.name, f"*.{zone.name}", KeyAlgorithm=key)
    zone.put(*records(described(acm, arn)))
    d = becomes(acm, arn, "ISSUED")
    assert {o["ValidationStatus"] for o in d["DomainValidationOptions"]} == {"SUCCESS"}
    assert (d["Issuer"], d["Subject"], d["KeyAlgorithm"]) == ("Nephele", f"CN={zone.name}", key)
    assert (d["NotAfter"] - d["NotBefore"]).days == 197
    got = acm.get_certificate(CertificateArn=arn)
    leaf, root = tmp_path / "leaf.pem", tmp_path / "root.pem"
    leaf.write_text(got["Certificate"])
    root.write_text(region.nephele("ca").stdout)
    assert got["CertificateChain"] == root.read_text()
    for name in (zone.name, f"any.{zone.name}"):
        openssl("verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", name, "-CAfile", str(root), str(leaf))
    names = text_of(got["Certificate"], "-ext", "subjectAltName,basicConstraints,keyUsage,extendedKeyUsage")
    assert f"DNS:{zone.name}, DNS:*.{zone.name}" in names and "CA:FALSE" in names
    assert "TLS Web Server Authentication" in names
    acm.delete_certificate(CertificateArn=arn)


def test_a_name_without_its_record_holds_the_rest_up(acm, zone):
    arn = request(acm, f"a.{zone.name}", f"b.{zone.name}")
    first, second = records(described(acm, arn))
    zone.put(first)
    statuses = lambda: sorted(o["ValidationStatus"] for o in described(acm, arn)["DomainValidationOptions"])  # noqa: E731
    wait_for(lambda: statuses() == ["PENDING_VALIDATION", "SUCCESS"])
    assert described(acm, arn)["Status"] == "PENDING_VALIDATION"
    zone.put((second[0], "CNAME", "_somewhere.else.example."))
    zone.put(second)
    becomes(acm, arn, "ISSUED")
    acm.delete_certificate(CertificateArn=arn)


def test_caa_records_are_honoured(acm, zone):
    zone.put((zone.name, "CAA", '0 issue "letsencrypt.org"', '0 issuewild ";"'))
    arn = request(acm, f"www.{zone.name}")
    zone.put(*records(described(acm, arn)))
    d = becomes(acm, arn, "FAILED")
    assert d["FailureReason"] == "CAA_ERROR"
    with pytest.raises(acm.exceptions.ResourceNotFoundException):
        acm.get_certificate(CertificateArn=arn)
    acm.delete_certificate(CertificateArn=arn)
    zone.put((f"www.{zone.name}", "CAA", '0 issue "amazon.com"'))
    arn = request(acm, f"www.{zone.name}")
    becomes(acm, arn, "ISSUED")
    acm.delete_certificate(CertificateArn=arn)


def test_an_issued_certificate_survives_a_kill(new_region):
    region = new_region(dev=True)
    acm, zone = region.client("acm"), Zone(region.client("route53"), "kill.example")
    issued, pending = request(acm, "a.kill.example"), request(acm, "b.kill.example")
    zone.put(*records(described(acm, issued)))
    becomes(acm, issued, "ISSUED")
    pem = acm.get_certificate(CertificateArn=issued)
    region.kill()
    region.start()
    acm, zone.route53 = region.client("acm"), region.client("route53")
    again = acm.get_certificate(CertificateArn=issued)
    assert (again["Certificate"], again["CertificateChain"]) == (pem["Certificate"], pem["CertificateChain"])
    zone.put(*records(described(acm, pending)))
    region.kill()  # perhaps before it is issued, perhaps after
    region.start()
    becomes(region.client("acm"), pending, "ISSUED")


def test_what_nobody_uses_expires(new_region):
    region = new_region(dev=True)
    acm, zone = region.client("acm"), Zone(region.client("route53"), "old.example")
    arn = request(acm, "old.example")
    zone.put(*records(described(acm, arn)))
    assert becomes(acm, arn, "ISSUED")["RenewalEligibility"] == "INELIGIBLE"
    region.advance(305 * DAY)
    d = becomes(acm, arn, "EXPIRED")
    assert "RenewalSummary" not in d


def test_a_request_times_out_after_three_days(new_region):
    region = new_region(dev=True)
    acm = region.client("acm")
    arn = request(acm, "never.example")
    region.advance(3 * DAY + 60)
    d = becomes(acm, arn, "VALIDATION_TIMED_OUT")
    assert d["DomainValidationOptions"][0]["ValidationStatus"] == "FAILED"


# --- certificates that leave the region ---

def exportable(region, zone, name):
    """The ARN of an issued certificate that may be exported."""
    status, made = call(region, "RequestCertificate", DomainName=name, ValidationMethod="DNS", KeyAlgorithm="EC_prime256v1",
                        Options={"Export": "ENABLED"})
    assert status == 200, made
    zone.put(*records(described(region.client("acm"), made["CertificateArn"])))
    becomes(region.client("acm"), made["CertificateArn"], "ISSUED")
    return made["CertificateArn"]


def test_exports_open_with_their_passphrase(region, acm, zone):
    arn = exportable(region, zone, zone.name)
    out = acm.export_certificate(CertificateArn=arn, Passphrase=b"correct horse")
    assert out["Certificate"] == acm.get_certificate(CertificateArn=arn)["Certificate"]
    key = openssl("pkey", "-passin", "pass:correct horse", "-pubout", stdin=out["PrivateKey"].encode()).decode()
    assert key == openssl("x509", "-noout", "-pubkey", stdin=out["Certificate"].encode()).decode()
    assert described(acm, arn)["RenewalEligibility"] == "ELIGIBLE"
    assert call(region, "ListCertificates", Includes={"keyTypes": ["EC_prime256v1"], "exportOption": "ENABLED"}
                )[1]["CertificateSummaryList"][0]["Exported"] is True
    fails("ValidationException", "The passphrase has *", acm.export_certificate, CertificateArn=arn, Passphrase=b"pass#word")
    plain = request(acm, f"plain.{zone.name}")
    zone.put(*records(described(acm, plain)))
    becomes(acm, plain, "ISSUED")
    fails("ValidationException", f"The certificate {plain} cannot be exported: *", acm.export_certificate,
          CertificateArn=plain, Passphrase=b"password")
    for a in (arn, plain):
        acm.delete_certificate(CertificateArn=a)


def test_what_was_exported_can_be_revoked(region, acm, zone):
    arn = exportable(region, zone, zone.name)
    revoke = lambda: call(region, "RevokeCertificate", CertificateArn=arn, RevocationReason="KEY_COMPROMISE")  # noqa: E731
    assert revoke()[1]["__type"] == "ConflictException"
    acm.export_certificate(CertificateArn=arn, Passphrase=b"password")
    assert revoke() == (200, {"CertificateArn": arn})
    d = described(acm, arn)
    assert (d["Status"], d["RevocationReason"]) == ("REVOKED", "KEY_COMPROMISE") and "RevokedAt" in d
    assert revoke()[1]["__type"] == "ConflictException"
    fails("ValidationException", "*", acm.export_certificate, CertificateArn=arn, Passphrase=b"password")
    acm.delete_certificate(CertificateArn=arn)


def test_what_was_exported_is_renewed(new_region):
    region = new_region(dev=True)
    acm, zone = region.client("acm"), Zone(region.client("route53"), "renewed.example")
    arn = exportable(region, zone, "renewed.example")
    acm.export_certificate(CertificateArn=arn, Passphrase=b"password")
    first, pem = described(acm, arn), acm.get_certificate(CertificateArn=arn)["Certificate"]
    region.advance(152 * DAY)
    assert "RenewalSummary" not in described(acm, arn)
    zone.delete(*records(first))
    region.advance(2 * DAY)
    renewal = lambda: described(acm, arn).get("RenewalSummary", {})  # noqa: E731
    wait_for(lambda: renewal().get("RenewalStatus") == "PENDING_VALIDATION")
    assert described(acm, arn)["Serial"] == first["Serial"]
    zone.put(*records(first))
    wait_for(lambda: renewal().get("RenewalStatus") == "SUCCESS")
    second = described(acm, arn)
    assert second["Status"] == "ISSUED" and second["Serial"] != first["Serial"]
    assert second["NotAfter"] > first["NotAfter"] and second["IssuedAt"] == first["IssuedAt"]
    assert acm.get_certificate(CertificateArn=arn)["Certificate"] != pem
    assert second["RenewalEligibility"] == "INELIGIBLE", "the new one was not exported yet"
