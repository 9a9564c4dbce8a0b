# SPDX-License-Identifier: Apache-2.0
"""Quotas: the last that goes, and one more."""
import contextlib
import os
import sqlite3

import pytest
from region import Region
from route53_util import Zone, a, bare, fails


@pytest.fixture(scope="module")
def region():
    with Region(dev=True, no_sync=True) as r:
        yield r


def r53_of(region, account):
    """An account of its own for each quota."""
    return region.client("route53", account, "any")


def vpc(i):
    return {"VPCRegion": "us-east-1", "VPCId": f"vpc-{i:017x}"}


def test_zones_of_an_account(region):
    r53 = r53_of(region, "000000000101")
    for i in range(500):
        r53.create_hosted_zone(Name=f"z{i}.test", CallerReference=str(i))
    assert fails(r53.create_hosted_zone, Name="z.test", CallerReference="x")[0] == "TooManyHostedZones"


def test_health_checks_of_an_account(region):
    r53 = r53_of(region, "000000000102")
    config = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 9, "Disabled": True}
    for i in range(200):
        r53.create_health_check(CallerReference=str(i), HealthCheckConfig=config)
    assert fails(r53.create_health_check, CallerReference="x", HealthCheckConfig=config)[0] == "TooManyHealthChecks"


def test_delegation_sets_and_their_zones(region):
    r53 = r53_of(region, "000000000103")
    sets = [bare(r53.create_reusable_delegation_set(CallerReference=str(i))["DelegationSet"]["Id"]) for i in range(100)]
    assert fails(r53.create_reusable_delegation_set, CallerReference="x")[0] == "LimitsExceeded"
    assert len([s for p in (r53.list_reusable_delegation_sets(),) for s in p["DelegationSets"]]) == 100
    for i in range(100):
        r53.create_hosted_zone(Name=f"z{i}.test", CallerReference=str(i), DelegationSetId=sets[0])
    assert fails(r53.create_hosted_zone, Name="z.test", CallerReference="x", DelegationSetId=sets[0])[0] == (
        "TooManyHostedZones")


def test_vpcs_of_a_zone(region):
    r53 = r53_of(region, "000000000104")
    zone = Zone(r53, "vpcs.test", VPC=vpc(0))
    for i in range(1, 300):
        r53.associate_vpc_with_hosted_zone(HostedZoneId=zone.id, VPC=vpc(i))
    assert fails(r53.associate_vpc_with_hosted_zone, HostedZoneId=zone.id, VPC=vpc(300))[0] == "LimitsExceeded"
    for i in range(1000):
        r53.create_vpc_association_authorization(HostedZoneId=zone.id, VPC=vpc(1000 + i))
    assert fails(r53.create_vpc_association_authorization, HostedZoneId=zone.id, VPC=vpc(5))[0] == (
        "TooManyVPCAssociationAuthorizations")
    seen, page = [], r53.list_vpc_association_authorizations(HostedZoneId=zone.id)
    while True:
        seen += page["VPCs"]
        if "NextToken" not in page:
            break
        page = r53.list_vpc_association_authorizations(HostedZoneId=zone.id, NextToken=page["NextToken"])
    assert seen == [vpc(1000 + i) for i in range(1000)]
    assert fails(r53.list_vpc_association_authorizations, HostedZoneId=zone.id, NextToken="x")[0] == (
        "InvalidPaginationToken")


def test_record_sets_of_a_zone(region):
    """Its count is a column, which is set near the quota; the rows themselves would take minutes."""
    account = "000000000105"
    zone = Zone(r53_of(region, account), "full.test")
    region.stop()
    with contextlib.closing(sqlite3.connect(os.path.join(region.data, "state.db"))) as db:
        db.execute("UPDATE route53_zone SET rrsets = 999999 WHERE id = ?", (zone.id,))
        db.commit()
    region.start()
    zone.client = r53_of(region, account)
    zone.change(("CREATE", a("last.full.test", "192.0.2.1")))
    assert zone.client.get_hosted_zone(Id=zone.id)["HostedZone"]["ResourceRecordSetCount"] == 1000000
    assert "MAX_RRSETS_BY_ZONE" in zone.refused(("CREATE", a("one.full.test", "192.0.2.1")))
    zone.change(("DELETE", a("last.full.test", "192.0.2.1")), ("CREATE", a("one.full.test", "192.0.2.1")))


def test_record_sets_of_a_name(region):
    zone = Zone(r53_of(region, "000000000106"), "wide.test")
    zone.change(*[("CREATE", a("x.wide.test", "192.0.2.1", SetIdentifier=f"s{i}", Weight=1)) for i in range(100)])
    assert "as many" in zone.refused(("CREATE", a("x.wide.test", "192.0.2.1", SetIdentifier="one more", Weight=1)))


def test_tags_of_a_zone(region):
    zone = Zone(r53_of(region, "000000000107"), "tags.test")
    what = {"ResourceType": "hostedzone", "ResourceId": zone.id}
    for i in range(0, 50, 10):
        zone.client.change_tags_for_resource(**what, AddTags=[{"Key": f"k{i + j}", "Value": "v"} for j in range(10)])
    assert fails(zone.client.change_tags_for_resource, **what, AddTags=[{"Key": "one", "Value": "more"}])[0] == (
        "InvalidInput")
    zone.client.change_tags_for_resource(**what, AddTags=[{"Key": "k1", "Value": "other"}])
