# SPDX-License-Identifier: Apache-2.0
"""kill -9 while certificates are requested, proved and issued: every request that was acknowledged is there, each is issued
in the end, once, and with a key that is its own."""
import os
import random
import sqlite3
import subprocess
import sys

from botocore.exceptions import BotoCoreError, ClientError

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sdk"))

from region import Region, wait_for  # noqa: E402
from test_kills import kill  # noqa: E402

ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "4"))
VICTIMS = ("region", "all", "supervisor")
AT_ONCE = 8


def prove(region, zone, acm, arn):
    for option in acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]:
        r = option["ResourceRecord"]
        record = {"Name": r["Name"], "Type": r["Type"], "TTL": 60, "ResourceRecords": [{"Value": r["Value"]}]}
        region.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={
            "Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]})


def work(region, zone, number, acknowledged, proved):
    """Requests and proves until the region is gone."""
    acm = region.client("acm")
    try:
        for i in range(AT_ONCE):
            name = f"r{number}n{i}.kills.example"
            arn = acm.request_certificate(DomainName=name, ValidationMethod="DNS", IdempotencyToken=name.replace(".", "_"),
                                          KeyAlgorithm=random.choice(("RSA_2048", "EC_prime256v1")))["CertificateArn"]
            acknowledged[arn] = name
            prove(region, zone, acm, arn)
            proved.add(arn)
    except (BotoCoreError, ClientError):
        pass


def public_key(acm, arn):
    pem = acm.get_certificate(CertificateArn=arn)["Certificate"]
    return subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=pem, capture_output=True, text=True,
                          check=True).stdout


def test_certificates_and_kills():
    acknowledged, proved, issued = {}, set(), {}
    with Region(workers=2) as region:
        zone = region.client("route53").create_hosted_zone(Name="kills.example", CallerReference="x")["HostedZone"]["Id"]
        for number in range(ROUNDS):
            work(region, zone, number, acknowledged, proved)
            kill(region, VICTIMS[number % len(VICTIMS)])  # some are issued by now, some under way, some not begun
            acm = region.client("acm")
            for arn, key in issued.items():
                assert public_key(acm, arn) == key, "an issued certificate is another after a kill"
            for arn in acknowledged:
                status = lambda arn=arn: acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]  # noqa: E731
                if arn not in proved:
                    prove(region, zone, acm, arn)
                    proved.add(arn)
                wait_for(lambda: status() == "ISSUED", 60, f"{arn} issued")
                issued[arn] = public_key(acm, arn)
        assert len(set(issued.values())) == len(issued) == len(acknowledged) > 0
        region.stop()
        with sqlite3.connect(f"file:{region.data}/state.db?mode=ro", uri=True) as db:
            held = db.execute("SELECT count(*) FROM acm_material").fetchone()[0]
            assert held == db.execute("SELECT count(*) FROM acm_certificate WHERE status = 'ISSUED'").fetchone()[0]
