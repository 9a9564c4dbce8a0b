# SPDX-License-Identifier: Apache-2.0
"""Aliases with certificates of ACM: which are taken, what a handshake shows, who uses what; places of viewers."""
import datetime
import os
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloudfront_edge import addresses, get
from cloudfront_help import code, config, items, remove, s3_origin, update
from region import wait_for
from route53_util import Zone


def certificate(*names):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    cert = (x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
            .sign(key, hashes.SHA256()))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption())
    return cert, cert.public_bytes(serialization.Encoding.PEM), pem


def shown(region, distribution, name, *, versions=None):
    """The certificate that an edge location shows for the name."""
    where = addresses(region, distribution, 443)[0]
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    if versions:
        c.minimum_version = c.maximum_version = versions
        c.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(where) as s, c.wrap_socket(s, server_hostname=name) as t:
        return x509.load_der_x509_certificate(t.getpeercert(True)), t.version()


def names_of(cert):
    return cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)


def viewer(arn, version="TLSv1.2_2021"):
    return {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": version}


def test_aliases_show_their_certificate(region, client, s3, bucket):
    cloudfront, acm = client("cloudfront"), client("acm")
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    cert, pem, key = certificate("www.tls.example", "*.wide.example")
    arn = acm.import_certificate(Certificate=pem, PrivateKey=key)["CertificateArn"]
    with pytest.raises(cloudfront.exceptions.InvalidViewerCertificate, match="doesn't cover"):
        cloudfront.create_distribution(DistributionConfig=config(
            s3_origin(bucket), Aliases=items("other.example"), ViewerCertificate=viewer(arn)))
    made = cloudfront.create_distribution(DistributionConfig=config(
        s3_origin(bucket), Aliases=items("www.tls.example", "a.wide.example"), ViewerCertificate=viewer(arn)))
    d = made["Distribution"]
    got = d["DistributionConfig"]["ViewerCertificate"]
    assert got["CloudFrontDefaultCertificate"] is False and got["Certificate"] == arn and got["CertificateSource"] == "acm"
    for name in ("www.tls.example", "a.wide.example"):
        assert shown(region, d["DomainName"], name)[0] == cert
    assert d["DomainName"] in names_of(shown(region, d["DomainName"], d["DomainName"])[0])
    # Nobody else has the alias, and the policy keeps old protocols out.
    assert code(cloudfront.create_distribution, DistributionConfig=config(
        s3_origin(bucket), Aliases=items("WWW.tls.example"), ViewerCertificate=viewer(arn))) == "CNAMEAlreadyExists"
    with pytest.raises(ssl.SSLError):
        shown(region, d["DomainName"], "www.tls.example", versions=ssl.TLSVersion.TLSv1_1)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [d["ARN"]]
    assert code(acm.delete_certificate, CertificateArn=arn) == "ResourceInUseException"
    # Imported again, it is another one without anybody's restart.
    again, pem, key = certificate("www.tls.example", "*.wide.example")
    acm.import_certificate(CertificateArn=arn, Certificate=pem, PrivateKey=key)
    assert shown(region, d["DomainName"], "www.tls.example")[0] == again
    by_host = get(region, d["DomainName"], "/a", "-H", "Host: www.tls.example")
    assert by_host.status == 403 and b"AccessDenied" in by_host.body  # the bucket's word: the name leads there
    update(cloudfront, d["Id"], Aliases=items(), ViewerCertificate={"CloudFrontDefaultCertificate": True})
    acm.delete_certificate(CertificateArn=arn)
    remove(cloudfront, d["Id"])


def test_a_renewed_certificate_is_shown_without_anybodys_doing(new_region):
    region = new_region(dev=True)
    cloudfront, acm = region.client("cloudfront"), region.client("acm")
    region.client("s3").create_bucket(Bucket="renewed")
    zone = Zone(region.client("route53"), "renewed.example")
    arn = acm.request_certificate(DomainName="www.renewed.example", ValidationMethod="DNS",
                                  KeyAlgorithm="EC_prime256v1")["CertificateArn"]

    def described():
        return acm.describe_certificate(CertificateArn=arn)["Certificate"]

    proof = described()["DomainValidationOptions"][0]["ResourceRecord"]
    zone.put({"Name": proof["Name"], "Type": proof["Type"], "TTL": 60, "ResourceRecords": [{"Value": proof["Value"]}]})
    wait_for(lambda: described()["Status"] == "ISSUED", what="the certificate")
    d = cloudfront.create_distribution(DistributionConfig=config(
        s3_origin("renewed"), Aliases=items("www.renewed.example"), ViewerCertificate=viewer(arn)))["Distribution"]
    before = shown(region, d["DomainName"], "www.renewed.example")[0]
    region.advance(305 * 86400)
    wait_for(lambda: shown(region, d["DomainName"], "www.renewed.example")[0].serial_number != before.serial_number,
             what="another serial")
    after = shown(region, d["DomainName"], "www.renewed.example")[0]
    assert names_of(after) == ["www.renewed.example"] and after.not_valid_after > before.not_valid_after
    assert described()["RenewalSummary"]["RenewalStatus"] == "SUCCESS"


def test_an_alias_moves_between_distributions(client, s3, bucket):
    cloudfront, acm = client("cloudfront"), client("acm")
    _, pem, key = certificate("*.move.example")
    arn = acm.import_certificate(Certificate=pem, PrivateKey=key)["CertificateArn"]
    one, two = (cloudfront.create_distribution(DistributionConfig=config(
        s3_origin(bucket), ViewerCertificate=viewer(arn), **aliases))["Distribution"]["Id"]
        for aliases in ({"Aliases": items("a.move.example")}, {}))
    conflicts = cloudfront.list_conflicting_aliases(DistributionId=two, Alias="*.move.example")
    found = conflicts["ConflictingAliasesList"]["Items"]
    assert [c["Alias"] for c in found] == ["a.move.example"] and found[0]["DistributionId"].startswith("*")
    cloudfront.associate_alias(TargetDistributionId=two, Alias="a.move.example")
    assert cloudfront.get_distribution_config(Id=one)["DistributionConfig"]["Aliases"] == {"Quantity": 0}
    assert cloudfront.get_distribution_config(Id=two)["DistributionConfig"]["Aliases"]["Items"] == ["a.move.example"]
    for id in (one, two):
        remove(cloudfront, id)
    acm.delete_certificate(CertificateArn=arn)


def test_viewers_of_some_countries(new_region):
    """The table of places knows the documented address of the host's clients by the operator's own file."""
    region = new_region(dev=True, client_address="203.0.113.10")
    with open(os.path.join(region.data, "places"), "w", encoding="utf-8") as f:
        f.write("203.0.113.0/24 DE\n")
    cloudfront, s3 = region.client("cloudfront"), region.client("s3")
    s3.create_bucket(Bucket="places")
    d = cloudfront.create_distribution(DistributionConfig=config(
        s3_origin("places"), Restrictions={"GeoRestriction": {"RestrictionType": "blacklist", **items("DE")}}))["Distribution"]
    assert b"block access from your country" in get(region, d["DomainName"], "/a").body
    update(cloudfront, d["Id"], Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", **items("DE", "AT")}})
    assert b"AccessDenied" in get(region, d["DomainName"], "/a").body
    update(cloudfront, d["Id"], Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", **items("AT")}})
    assert b"block access from your country" in get(region, d["DomainName"], "/a").body
