# SPDX-License-Identifier: Apache-2.0
"""Certificate Manager without DNS: requests that wait, certificates of others, lists, tags, rights."""
import base64
import datetime
import os
import time

import pytest

from acm_util import ARN, acm, authority, call, fails, imported, openssl, requested, self_signed, text_of  # noqa: F401
from iam_util import allow
from region import wait_for


def described(acm, arn):
    return acm.describe_certificate(CertificateArn=arn)["Certificate"]


def listed(acm, **filters):
    pages = acm.get_paginator("list_certificates").paginate(**filters)
    return [c["CertificateArn"] for page in pages for c in page["CertificateSummaryList"]]


# --- requests ---

def test_records_are_told_at_once_and_stay_the_same(region, acm, requested):
    first = described(acm, requested("www.example.com", SubjectAlternativeNames=["*.www.example.com", "example.com"]))
    options = first["DomainValidationOptions"]
    assert [o["DomainName"] for o in options] == ["www.example.com", "*.www.example.com", "example.com"]
    assert {(o["ValidationStatus"], o["ValidationMethod"], o["ResourceRecord"]["Type"]) for o in options} == \
        {("PENDING_VALIDATION", "DNS", "CNAME")}
    assert options[0]["ResourceRecord"] == options[1]["ResourceRecord"] != options[2]["ResourceRecord"]
    again = described(acm, requested("www.example.com", KeyAlgorithm="EC_secp384r1"))
    assert again["DomainValidationOptions"][0]["ResourceRecord"] == options[0]["ResourceRecord"]
    elsewhere = region.client("acm", region="eu-west-1")
    arn = elsewhere.request_certificate(DomainName="www.example.com", ValidationMethod="DNS")["CertificateArn"]
    assert described(elsewhere, arn)["DomainValidationOptions"][0]["ResourceRecord"] == options[0]["ResourceRecord"]
    elsewhere.delete_certificate(CertificateArn=arn)
    other = region.client("acm", key="710000000003", secret="any")
    arn = other.request_certificate(DomainName="www.example.com", ValidationMethod="DNS")["CertificateArn"]
    assert described(other, arn)["DomainValidationOptions"][0]["ResourceRecord"] != options[0]["ResourceRecord"]
    other.delete_certificate(CertificateArn=arn)


def test_a_token_makes_one_request_within_the_hour(new_region):
    region = new_region(dev=True)
    acm = region.client("acm")
    make = lambda **more: acm.request_certificate(  # noqa: E731
        **{"DomainName": "www.example.com", "ValidationMethod": "DNS", "IdempotencyToken": "one", **more})["CertificateArn"]
    first = make()
    assert make() == first
    assert make(DomainName="www.example.net") != first
    assert make(IdempotencyToken="two") != first
    region.advance(3601)
    assert make() != first


def test_names_have_a_limit(acm, requested):
    names = [f"n{i}.example.com" for i in range(101)]
    assert len(described(acm, requested(names[0], SubjectAlternativeNames=names[1:100]))["SubjectAlternativeNames"]) == 100
    fails("LimitExceededException", "A certificate has at most 100 domain names.", requested, name=names[0],
          SubjectAlternativeNames=names[1:])


def test_a_request_survives_a_kill(new_region):
    region = new_region()
    arn = region.client("acm").request_certificate(DomainName="www.example.com", ValidationMethod="DNS")["CertificateArn"]
    before = described(region.client("acm"), arn)
    region.kill()
    region.start()
    assert described(region.client("acm"), arn) == before


# --- certificates of others ---

@pytest.mark.parametrize("key", ["RSA_1024", "RSA_2048", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"])
def test_what_is_imported_comes_back(acm, imported, tmp_path, key):
    cert, private = self_signed(tmp_path, "imported.example.com", key)
    arn = imported(cert, private)
    d = described(acm, arn)
    assert (d["Status"], d["Type"], d["KeyAlgorithm"], d["RenewalEligibility"]) == ("ISSUED", "IMPORTED", key, "INELIGIBLE")
    assert (d["DomainName"], d["Subject"]) == ("imported.example.com", "CN=imported.example.com")
    assert d["KeyUsages"] == [{"Name": "ANY"}]
    assert d["Serial"].replace(":", "") == text_of(cert, "-serial").strip().partition("=")[2].lower()
    until = text_of(cert, "-enddate", "-dateopt", "iso_8601").strip().partition("=")[2]
    assert d["NotAfter"] == datetime.datetime.fromisoformat(until.replace("Z", "+00:00"))
    got = acm.get_certificate(CertificateArn=arn)
    assert got["Certificate"].encode() == cert and "CertificateChain" not in got


def test_another_takes_its_place(acm, imported, tmp_path):
    ca = authority(tmp_path)
    arn = imported(*ca.sign("one.example.com"), ca.pem, Tags=[{"Key": "team", "Value": "web"}])
    first = described(acm, arn)
    assert first["Issuer"] == "Root Inc" and [u["Name"] for u in first["KeyUsages"]] == ["DIGITAL_SIGNATURE"]
    assert first["ExtendedKeyUsages"] == [{"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"}]
    assert acm.get_certificate(CertificateArn=arn)["CertificateChain"].encode() == ca.pem
    cert, key = self_signed(tmp_path, "two.example.com")
    assert acm.import_certificate(CertificateArn=arn, Certificate=cert, PrivateKey=key)["CertificateArn"] == arn
    second = described(acm, arn)
    assert (second["DomainName"], second["CreatedAt"]) == ("two.example.com", first["CreatedAt"])
    assert second["Serial"] != first["Serial"] and second["ImportedAt"] >= first["ImportedAt"]
    assert "CertificateChain" not in acm.get_certificate(CertificateArn=arn)
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "team", "Value": "web"}]


def test_what_takes_its_place_is_good_for_no_less(acm, imported, tmp_path):
    usage = lambda key, extended: self_signed(  # noqa: E731
        tmp_path, "a.example.com", "EC_prime256v1", 30, "-addext", f"keyUsage={key}", "-addext", f"extendedKeyUsage={extended}")
    arn = imported(*usage("digitalSignature", "serverAuth"))
    put = lambda cert, key: acm.import_certificate(CertificateArn=arn, Certificate=cert, PrivateKey=key)  # noqa: E731
    put(*usage("digitalSignature,keyAgreement", "clientAuth,serverAuth"))
    for less in (usage("digitalSignature", "clientAuth,serverAuth"), usage("digitalSignature,keyAgreement", "serverAuth")):
        fails("ValidationException", "A certificate in another's place must have all of its key usages *",
              lambda **_: put(*less))
    fails("ValidationException", "The key of a certificate in another's place must be of its type and size: EC_prime256v1, "
          "not EC_secp384r1.", lambda **_: put(*self_signed(tmp_path, "a.example.com", "EC_secp384r1")))
    put(*self_signed(tmp_path, "a.example.com"))


def test_imports_that_are_refused(acm, imported, requested, tmp_path):
    ca = authority(tmp_path)
    cert, key = ca.sign("a.example.com")
    own, own_key = self_signed(tmp_path, "b.example.com")
    refuse = lambda words, **more: fails(  # noqa: E731
        "ValidationException", words, acm.import_certificate, **{"Certificate": cert, "PrivateKey": key, **more})
    refuse("Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or "
           "certificate chain.")
    refuse("Unable to validate certificate chain.*", CertificateChain=own)
    refuse("The private key does not match the certificate.", CertificateChain=ca.pem, PrivateKey=own_key)
    refuse("The certificate field contains more than one certificate.*", Certificate=cert + ca.pem)
    refuse("The certificate *", CertificateArn=requested("d.example.com"), Certificate=own,
           PrivateKey=own_key)
    fails("ResourceNotFoundException", "Could not find certificate *", acm.import_certificate, Certificate=own,
          PrivateKey=own_key, CertificateArn=ARN + "12345678-1234-1234-1234-123456789012")


def test_an_imported_certificate_expires(new_region, tmp_path):
    region = new_region(dev=True)
    acm = region.client("acm")
    cert, key = self_signed(tmp_path, "a.example.com", days=2)
    arn = acm.import_certificate(Certificate=cert, PrivateKey=key)["CertificateArn"]
    region.advance(3 * 86400)
    wait_for(lambda: described(acm, arn)["Status"] == "EXPIRED")
    cert, key = self_signed(tmp_path, "a.example.com", days=30)
    acm.import_certificate(CertificateArn=arn, Certificate=cert, PrivateKey=key)
    assert described(acm, arn)["Status"] == "ISSUED"


def test_no_key_lies_in_the_clear(new_region, tmp_path):
    region = new_region()
    cert, key = self_signed(tmp_path, "a.example.com", "RSA_2048")
    region.client("acm").import_certificate(Certificate=cert, PrivateKey=key)
    region.stop()
    secrets = [openssl("pkey", "-outform", "DER", stdin=key)[60:120], key.splitlines()[3], base64.b64encode(key)[200:260]]
    for folder, _, files in os.walk(region.data):
        for name in (n for n in files if os.path.isfile(os.path.join(folder, n))):
            with open(os.path.join(folder, name), "rb") as f:
                held = f.read()
            assert not any(s in held for s in secrets), name


# --- lists, tags, options ---

def test_lists_show_what_is_asked_for(new_region, tmp_path):
    acm = new_region().client("acm")
    made = {}
    for key in ("RSA_1024", "RSA_2048", "RSA_4096", "EC_prime256v1"):
        made[key] = acm.import_certificate(**dict(zip(("Certificate", "PrivateKey"), self_signed(tmp_path, "a.example", key)))
                                           )["CertificateArn"]
    usage = ("-addext", "keyUsage=keyAgreement", "-addext", "extendedKeyUsage=clientAuth")
    cert, key = self_signed(tmp_path, "b.example", "EC_prime256v1", 30, *usage)
    client = acm.import_certificate(Certificate=cert, PrivateKey=key)["CertificateArn"]
    pending = acm.request_certificate(DomainName="c.example.com", ValidationMethod="DNS")["CertificateArn"]
    every = {"keyTypes": ["RSA_1024", "RSA_2048", "RSA_4096", "EC_prime256v1"]}
    assert listed(acm) == [made["RSA_1024"], made["RSA_2048"], pending]
    assert listed(acm, Includes=every) == [*made.values(), client, pending]
    assert listed(acm, Includes=every, PaginationConfig={"PageSize": 2}) == [*made.values(), client, pending]
    assert listed(acm, Includes={"keyTypes": ["EC_prime256v1"], "keyUsage": ["KEY_AGREEMENT"]}) == [client]
    assert listed(acm, Includes={"keyTypes": ["EC_prime256v1"], "extendedKeyUsage": ["TLS_WEB_CLIENT_AUTHENTICATION"]}) == [client]
    assert listed(acm, CertificateStatuses=["PENDING_VALIDATION"]) == [pending]
    summary = acm.list_certificates(CertificateStatuses=["PENDING_VALIDATION"])["CertificateSummaryList"][0]
    assert summary["DomainName"] == "c.example.com" and summary["InUse"] is False


def test_searches_tell_names_part_by_part(new_region, tmp_path):
    region = new_region()
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", "key.pem", "-out", "cert.pem",
            "-days", "30", "-nodes", "-utf8", "-subj",
            "/C=CH/ST=Z\u00fcrich/L=Oerlikon/O=Shop/OU=Web/DC=example/CN=shop.example/emailAddress=a@b",
            "-addext",
            "subjectAltName=DNS:shop.example,IP:192.0.2.1,email:a@shop.example,URI:https://shop.example/", cwd=tmp_path)
    arn = region.client("acm").import_certificate(Certificate=(tmp_path / "cert.pem").read_bytes(),
                                                  PrivateKey=(tmp_path / "key.pem").read_bytes())["CertificateArn"]
    status, found = call(region, "SearchCertificates", FilterStatement={"And": [
        {"Filter": {"AcmCertificateMetadataFilter": {"Type": "IMPORTED"}}},
        {"Filter": {"X509AttributeFilter": {"NotAfter": {"Start": time.time() + 29 * 86400, "End": time.time() + 31 * 86400}}}}]})
    assert status == 200 and [r["CertificateArn"] for r in found["Results"]] == [arn]
    about = found["Results"][0]["X509Attributes"]
    assert about["Subject"] == about["Issuer"] == {
        "CommonName": "shop.example", "DomainComponents": ["example"], "Country": "CH", "Locality": "Oerlikon",
        "CustomAttributes": [{"ObjectIdentifier": "1.2.840.113549.1.9.1", "Value": "a@b"}], "Organization": "Shop", "OrganizationalUnit": "Web",
        "State": "Z\u00fcrich"}
    assert about["SubjectAlternativeNames"] == [{"DnsName": "shop.example"}, {"IpAddress": "192.0.2.1"},
                                                {"Rfc822Name": "a@shop.example"},
                                                {"UniformResourceIdentifier": "https://shop.example/"}]
    many = {"Or": [{"And": [{"Filter": {"CertificateArn": arn}}] * 15}] * 15}
    assert call(region, "SearchCertificates", FilterStatement=many)[0] == 200
    status, found = call(region, "SearchCertificates", FilterStatement={"Or": [many, many]})
    assert (status, found["message"]) == (400, "A search has at most 256 statements.")


def test_tags(acm, requested):
    arn = requested("a.example.com", Tags=[{"Key": "one", "Value": "1"}])
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "two"}, {"Key": "one", "Value": "11"}])
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "one", "Value": "11"}, {"Key": "two", "Value": ""}]
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "one", "Value": "1"}, {"Key": "two"}])
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "one", "Value": "11"}]
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": str(i)} for i in range(49)])
    fails("TooManyTagsException", "A certificate has at most 50 tags.", acm.add_tags_to_certificate, CertificateArn=arn,
          Tags=[{"Key": "more"}])


def test_options(acm, requested, imported, tmp_path):
    arn = requested("a.example.com", Options={"CertificateTransparencyLoggingPreference": "DISABLED"})
    assert described(acm, arn)["Options"]["CertificateTransparencyLoggingPreference"] == "DISABLED"
    acm.update_certificate_options(CertificateArn=arn, Options={"CertificateTransparencyLoggingPreference": "ENABLED"})
    assert described(acm, arn)["Options"]["CertificateTransparencyLoggingPreference"] == "ENABLED"
    other = imported(*self_signed(tmp_path, "a.example"))
    fails("InvalidStateException", "*", acm.update_certificate_options, CertificateArn=other,
          Options={"CertificateTransparencyLoggingPreference": "ENABLED"})
    fails("ValidationException", "The certificate *", acm.export_certificate, CertificateArn=other, Passphrase=b"password")
    fails("ValidationException", "The certificate *", acm.renew_certificate, CertificateArn=other)


# --- rights ---

def test_rights_are_asked_with_names_and_keys(region, user, acm, requested):
    by = lambda **conditions: region.client("acm", *user(allow("acm:RequestCertificate", Condition=conditions)))  # noqa: E731
    names = by(**{"ForAllValues:StringLike": {"acm:DomainNames": ["*.example.com"]}})
    ask = {"DomainName": "a.example.com", "ValidationMethod": "DNS"}
    acm.delete_certificate(CertificateArn=names.request_certificate(**ask)["CertificateArn"])
    fails("AccessDeniedException", "User: *", names.request_certificate, **ask, SubjectAlternativeNames=["example.net"])
    for key, good, bad in (("acm:KeyAlgorithm", {"KeyAlgorithm": "EC_prime256v1"}, {}),
                           ("acm:CertificateTransparencyLogging", {},
                            {"Options": {"CertificateTransparencyLoggingPreference": "DISABLED"}}),
                           ("aws:RequestTag/team", {"Tags": [{"Key": "team", "Value": "web"}]}, {})):
        want = {"acm:KeyAlgorithm": "EC_prime256v1", "acm:CertificateTransparencyLogging": "ENABLED",
                "aws:RequestTag/team": "web"}[key]
        limited = by(StringEquals={key: want})
        acm.delete_certificate(CertificateArn=limited.request_certificate(**ask, **good)["CertificateArn"])
        fails("AccessDeniedException", "User: *", limited.request_certificate, **ask, **bad)
    mail = by(StringEquals={"acm:ValidationMethod": "DNS"})
    fails("AccessDeniedException", "User: *", mail.request_certificate, DomainName="a.example.com", ValidationMethod="EMAIL")


def test_rights_are_per_certificate(region, user, requested):
    mine, other = requested("a.example.com", Tags=[{"Key": "team", "Value": "red"}]), requested("b.example.com")
    key = user(allow("acm:*", mine))
    client = region.client("acm", *key)
    assert described(client, mine)["DomainName"] == "a.example.com"
    who = region.client("sts", *key).get_caller_identity()["Arn"]
    fails("AccessDeniedException", f"User: {who} is not authorized to perform: acm:DescribeCertificate on resource: {other} "
          "because no identity-based policy allows the acm:DescribeCertificate action", client.describe_certificate,
          CertificateArn=other)
    fails("AccessDeniedException", "User: *", client.list_certificates)
    red = region.client("acm", *user(allow("acm:DeleteCertificate", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}})))
    fails("AccessDeniedException", "User: *", red.delete_certificate, CertificateArn=other)
    red.delete_certificate(CertificateArn=mine)


def test_accounts_and_regions_do_not_share(region, acm, requested):
    arn = requested("a.example.com")
    other = region.client("acm", key="710000000004", secret="any")
    fails("AccessDeniedException", "User: *", other.describe_certificate, CertificateArn=arn)
    assert listed(other) == []
    elsewhere = region.client("acm", region="eu-west-1")
    fails("ResourceNotFoundException", "*", elsewhere.describe_certificate, CertificateArn=arn)
