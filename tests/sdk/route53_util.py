# SPDX-License-Identifier: Apache-2.0
"""What the tests of Route 53 share."""
import contextlib
import http.server
import itertools
import subprocess
import threading

import pytest
from botocore.exceptions import ClientError

references = itertools.count(1)


def fails(call, **args):
    """(code, message) of the error that the call ends with."""
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]["Code"], e.value.response["Error"]["Message"]


def bare(id_):
    return id_.rpartition("/")[2]


def dig(region, name, type_="A", *more):
    """Lines of what DNS answers, shortened: the data of each record."""
    host, port = region.dns.rsplit(":", 1)
    ran = subprocess.run(["dig", f"@{host}", "-p", port, "+short", "+tries=1", "+time=5", *more, name, type_],
                         capture_output=True, text=True, check=True)
    return [line for line in ran.stdout.splitlines() if line]


def status(region, name, type_="A", *more):
    """The response's code: NOERROR, NXDOMAIN, …"""
    host, port = region.dns.rsplit(":", 1)
    ran = subprocess.run(["dig", f"@{host}", "-p", port, "+tries=1", "+time=5", *more, name, type_],
                         capture_output=True, text=True, check=True)
    return ran.stdout.partition("status: ")[2].partition(",")[0]


class Zone:
    """A hosted zone with short words for changes of it."""

    def __init__(self, client, name, **more):
        self.client = client
        made = client.create_hosted_zone(Name=name, CallerReference=f"{name}-{next(references)}", **more)
        self.made = made
        self.id = bare(made["HostedZone"]["Id"])
        self.name = name

    def change(self, *changes, comment=None):
        batch = {"Changes": [{"Action": a, "ResourceRecordSet": r} for a, r in changes]}
        if comment is not None:
            batch["Comment"] = comment
        return self.client.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch=batch)

    def put(self, *rrsets):
        return self.change(*[("UPSERT", r) for r in rrsets])

    def refused(self, *changes):
        """The message of InvalidChangeBatch."""
        batch = {"Changes": [{"Action": a, "ResourceRecordSet": r} for a, r in changes]}
        code, message = fails(self.client.change_resource_record_sets, HostedZoneId=self.id, ChangeBatch=batch)
        assert code == "InvalidChangeBatch", (code, message)
        return message

    def rrsets(self):
        pages = self.client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self.id)
        return [r for p in pages for r in p["ResourceRecordSets"]]

    def remove(self):
        apex = self.name.rstrip(".") + "."
        own = [r for r in self.rrsets() if not (r["Name"] == apex and r["Type"] in ("NS", "SOA"))]
        if own:
            self.change(*[("DELETE", r) for r in own])
        self.client.delete_hosted_zone(Id=self.id)


def a(name, *values, ttl=60, type_="A", **more):
    return {"Name": name, "Type": type_, "TTL": ttl, "ResourceRecords": [{"Value": v} for v in values], **more}


def alias(name, zone, target, type_="A", check=False, **more):
    return {"Name": name, "Type": type_, **more,
            "AliasTarget": {"HostedZoneId": zone, "DNSName": target, "EvaluateTargetHealth": check}}


@contextlib.contextmanager
def server():
    """An HTTP server on loopback whose `status` and `body` may be changed; it counts its requests."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.seen.append((self.path, dict(self.headers)))
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(len(self.server.body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(self.server.body)

        def log_message(self, *_):
            pass

    s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    s.status, s.body, s.seen = 200, b"well\n", []
    thread = threading.Thread(target=s.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield s
    finally:
        s.shutdown()
        thread.join()
        s.server_close()
