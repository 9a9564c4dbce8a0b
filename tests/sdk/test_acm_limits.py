# SPDX-License-Identifier: Apache-2.0
"""How many certificates an account may have in a region, and lists of all of them."""
import sqlite3
import uuid

from acm_util import fails, self_signed

CERTIFICATES = 2500


def copies(region, arn, n):
    """As many more as that certificate, by rows: calls would take long. The region stands still."""
    with sqlite3.connect(f"{region.data}/state.db") as db:
        ids = [(str(uuid.uuid4()), arn.rpartition("/")[2]) for _ in range(n)]
        for table in ("acm_certificate", "acm_material"):
            columns = [c[1] for c in db.execute(f"PRAGMA table_info({table})")]
            made = ", ".join("?1" if c == "id" else "0" if c == "waiting" else "NULL" if c in ("due_ms", "token") else c
                             for c in columns)
            db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {made} FROM {table} WHERE id = ?2", ids)


def test_certificates_of_an_account(new_region, tmp_path):
    region = new_region()
    acm = region.client("acm")
    cert, key = self_signed(tmp_path, "a.example.com", "RSA_2048")
    imported = acm.import_certificate(Certificate=cert, PrivateKey=key)["CertificateArn"]
    requested = acm.request_certificate(DomainName="b.example.com", ValidationMethod="DNS")["CertificateArn"]
    region.stop()
    copies(region, imported, CERTIFICATES - 2)
    copies(region, requested, CERTIFICATES - 2)
    region.start()
    acm = region.client("acm")
    acm.import_certificate(Certificate=cert, PrivateKey=key)
    fails("LimitExceededException", "The account has the 2500 imported certificates *", acm.import_certificate,
          Certificate=cert, PrivateKey=key)
    acm.request_certificate(DomainName="b.example.com", ValidationMethod="DNS")
    fails("LimitExceededException", "The account has the 2500 requested certificates *", acm.request_certificate,
          DomainName="b.example.com", ValidationMethod="DNS")
    acm.import_certificate(CertificateArn=imported, Certificate=cert, PrivateKey=key)
    pages = list(acm.get_paginator("list_certificates").paginate())
    found = [c["CertificateArn"] for page in pages for c in page["CertificateSummaryList"]]
    assert len(found) == len(set(found)) == 2 * CERTIFICATES and len(pages) == 5
    region.client("acm", region="eu-west-1").request_certificate(DomainName="b.example.com", ValidationMethod="DNS")
