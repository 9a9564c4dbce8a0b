# SPDX-License-Identifier: Apache-2.0
"""Hosted zones: public, private, shared name servers, lists, tags."""
import pytest
from route53_util import Zone, a, bare, dig, fails, status


@pytest.fixture
def r53(region):
    return region.client("route53")


@pytest.fixture
def zone(r53, unique):
    made = []

    def make(name=None, **more):
        made.append(Zone(r53, name or unique("zone") + ".test", **more))
        return made[-1]

    yield make
    for z in made:
        if z.id:
            z.remove()


def test_a_zone_is_made_with_its_name_servers(region, r53, zone):
    z = zone(HostedZoneConfig={"Comment": "ours"})
    got = r53.get_hosted_zone(Id="/hostedzone/" + z.id)
    assert got["HostedZone"]["Name"] == z.name + "."
    assert got["HostedZone"]["Config"] == {"Comment": "ours", "PrivateZone": False}
    assert got["HostedZone"]["ResourceRecordSetCount"] == 2
    servers = got["DelegationSet"]["NameServers"]
    assert [s.rpartition("awsdns-")[2].partition(".")[2] for s in servers] == ["com", "net", "org", "co.uk"]
    assert sorted(dig(region, z.name, "NS")) == sorted(s + "." for s in servers)
    assert dig(region, z.name, "SOA")[0].startswith(servers[0] + ". awsdns-hostmaster.amazon.com. 1 7200 900 1209600")
    assert z.made["Location"].endswith("/2013-04-01/hostedzone/" + z.id)


def test_a_zone_that_is_gone_is_not_answered(region, r53, zone):
    z = zone()
    assert dig(region, z.name, "SOA")
    r53.delete_hosted_zone(Id=z.id)
    assert status(region, z.name, "SOA") == "REFUSED"
    assert fails(r53.get_hosted_zone, Id=z.id) == ("NoSuchHostedZone", f"No hosted zone found with ID: {z.id}")
    z.id = None


def test_a_zone_with_records_stays(r53, zone):
    z = zone()
    z.put(a("www." + z.name, "192.0.2.1"))
    assert fails(r53.delete_hosted_zone, Id=z.id) == (
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets  and so cannot be deleted.")


def test_a_reference_makes_one_zone(r53, zone):
    z = zone()
    reference = r53.get_hosted_zone(Id=z.id)["HostedZone"]["CallerReference"]
    assert fails(r53.create_hosted_zone, Name="other.test", CallerReference=reference) == (
        "HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference.")


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".test", ".", "*.test"])
def test_names_that_are_none(r53, name):
    assert fails(r53.create_hosted_zone, Name=name, CallerReference="n")[0] == "InvalidDomainName"


def test_comments(r53, zone):
    z = zone()
    assert r53.update_hosted_zone_comment(Id=z.id, Comment="x")["HostedZone"]["Config"]["Comment"] == "x"
    assert "Comment" not in r53.update_hosted_zone_comment(Id=z.id)["HostedZone"]["Config"]


def test_two_public_zones_of_a_name_are_answered_by_the_older_one(region, zone, unique):
    name = unique("twin") + ".test"
    first, second = zone(name), zone(name)
    first.put(a(name, "192.0.2.1"))
    second.put(a(name, "192.0.2.2"))
    assert dig(region, name) == ["192.0.2.1"]


def test_a_zone_of_the_regions_own_names_does_not_hide_them(region, zone, unique):
    bucket = unique("named")
    region.client("s3").create_bucket(Bucket=bucket)
    host = f"{bucket}.s3.us-east-1.amazonaws.com"
    address = dig(region, host)
    assert len(address) == 1
    for name in ("amazonaws.com", "us-east-1.amazonaws.com"):
        made = zone(name)
        made.put(a(host, "192.0.2.1"), a("www." + name, "192.0.2.2"))
    assert dig(region, host) == address
    assert dig(region, "www.amazonaws.com") == ["192.0.2.2"]


def test_zones_are_listed_by_name(r53, zone, unique):
    end = unique("list") + ".test"
    made = [zone(n + end) for n in ("b.", "a.", "a.b.", "")]
    page = r53.list_hosted_zones_by_name(DNSName=end, MaxItems="3")
    assert [z["Name"] for z in page["HostedZones"]] == [end + ".", f"a.{end}.", f"b.{end}."]
    assert (page["IsTruncated"], page["NextDNSName"], page["MaxItems"]) == (True, f"a.b.{end}.", "3")
    more = r53.list_hosted_zones_by_name(DNSName=page["NextDNSName"], HostedZoneId=page["NextHostedZoneId"])
    assert more["HostedZones"][0]["Id"] == "/hostedzone/" + made[2].id


def test_zones_are_listed_by_pages(r53, zone):
    ids = {zone().id for _ in range(3)}
    seen = [bare(z["Id"]) for p in r53.get_paginator("list_hosted_zones").paginate(
        PaginationConfig={"PageSize": 2}) for z in p["HostedZones"]]
    assert ids <= set(seen)
    assert len(seen) == len(set(seen)) == r53.get_hosted_zone_count()["HostedZoneCount"]


def test_tags(r53, zone):
    z = zone()
    what = {"ResourceType": "hostedzone", "ResourceId": z.id}
    r53.change_tags_for_resource(**what, AddTags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}])
    r53.change_tags_for_resource(**what, AddTags=[{"Key": "c", "Value": ""}], RemoveTagKeys=["b"])
    tags = [{"Key": "a", "Value": "1"}, {"Key": "c", "Value": ""}]
    assert r53.list_tags_for_resource(**what)["ResourceTagSet"] == {**what, "Tags": tags}
    assert r53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[z.id])["ResourceTagSets"] == [
        {**what, "Tags": tags}]
    assert fails(r53.list_tags_for_resource, ResourceType="hostedzone", ResourceId="Z1")[0] == "NoSuchHostedZone"


# --- private zones ---

VPC = {"VPCRegion": "us-east-1", "VPCId": "vpc-0123456789abcdef0"}
OTHER = {"VPCRegion": "eu-west-1", "VPCId": "vpc-01234567"}


def test_a_private_zone_is_not_seen_from_outside(region, r53, zone):
    z = zone(VPC=VPC)
    z.put(a("db." + z.name, "10.0.0.1"))
    got = r53.get_hosted_zone(Id=z.id)
    assert got["HostedZone"]["Config"]["PrivateZone"] is True
    assert got["VPCs"] == [VPC]
    assert "DelegationSet" not in got
    assert status(region, "db." + z.name) == "REFUSED"
    assert fails(r53.test_dns_answer, HostedZoneId=z.id, RecordName="db." + z.name, RecordType="A")[0] == "InvalidInput"


def test_vpcs_come_and_go(r53, zone):
    z = zone(VPC=VPC)
    r53.associate_vpc_with_hosted_zone(HostedZoneId=z.id, VPC=OTHER)
    listed = r53.list_hosted_zones_by_vpc(VPCId=OTHER["VPCId"], VPCRegion="eu-west-1")["HostedZoneSummaries"]
    assert {"HostedZoneId": z.id, "Name": z.name + ".", "Owner": {"OwningAccount": "000000000000"}} in listed
    assert fails(r53.associate_vpc_with_hosted_zone, HostedZoneId=z.id, VPC=OTHER)[0] == "ConflictingDomainExists"
    r53.disassociate_vpc_from_hosted_zone(HostedZoneId=z.id, VPC=OTHER)
    assert fails(r53.disassociate_vpc_from_hosted_zone, HostedZoneId=z.id, VPC=OTHER)[0] == "VPCAssociationNotFound"
    assert fails(r53.disassociate_vpc_from_hosted_zone, HostedZoneId=z.id, VPC=VPC) == (
        "LastVPCAssociation", "Cannot remove last VPC association for the private zone")


def test_a_public_zone_takes_no_vpc(r53, zone):
    z = zone()
    assert fails(r53.associate_vpc_with_hosted_zone, HostedZoneId=z.id, VPC=VPC)[0] == "PublicZoneVPCAssociation"
    assert fails(r53.create_hosted_zone, Name="x.test", CallerReference="x", VPC={**VPC, "VPCId": "vpc-x"})[0] == (
        "InvalidVPCId")


def test_a_vpc_of_another_account_needs_leave(region, r53, zone):
    z = zone(VPC=VPC)
    other = region.client("route53", "222222222222", "any")
    code, message = fails(other.associate_vpc_with_hosted_zone, HostedZoneId=z.id, VPC=OTHER)
    assert code == "NotAuthorizedException"
    assert message == f"The VPC: {OTHER['VPCId']} has not authorized to associate with your hosted zone."
    r53.create_vpc_association_authorization(HostedZoneId=z.id, VPC=OTHER)
    assert r53.list_vpc_association_authorizations(HostedZoneId=z.id)["VPCs"] == [OTHER]
    other.associate_vpc_with_hosted_zone(HostedZoneId=z.id, VPC=OTHER)
    r53.delete_vpc_association_authorization(HostedZoneId=z.id, VPC=OTHER)
    assert fails(r53.delete_vpc_association_authorization, HostedZoneId=z.id, VPC=OTHER)[0] == (
        "VPCAssociationAuthorizationNotFound")
    assert {v["VPCId"] for v in r53.get_hosted_zone(Id=z.id)["VPCs"]} == {VPC["VPCId"], OTHER["VPCId"]}


# --- name servers that zones share ---

def test_reusable_delegation_sets(region, r53, zone, unique):
    made = r53.create_reusable_delegation_set(CallerReference=unique("set"))
    set_id = bare(made["DelegationSet"]["Id"])
    z = zone(DelegationSetId=set_id)
    assert sorted(dig(region, z.name, "NS")) == sorted(s + "." for s in made["DelegationSet"]["NameServers"])
    listed = r53.list_hosted_zones(DelegationSetId=set_id)["HostedZones"]
    assert [bare(x["Id"]) for x in listed] == [z.id]
    assert r53.get_reusable_delegation_set_limit(
        DelegationSetId=set_id, Type="MAX_ZONES_BY_REUSABLE_DELEGATION_SET")["Count"] == 1
    assert fails(r53.create_hosted_zone, Name=z.name, CallerReference=unique("r"), DelegationSetId=set_id)[0] == (
        "ConflictingDomainExists")
    assert fails(r53.delete_reusable_delegation_set, Id=set_id)[0] == "DelegationSetInUse"
    r53.delete_hosted_zone(Id=z.id)
    z.id = None
    r53.delete_reusable_delegation_set(Id=set_id)
    assert fails(r53.get_reusable_delegation_set, Id=set_id)[0] == "NoSuchDelegationSet"


def test_a_zones_servers_become_a_set(r53, zone, unique):
    z = zone()
    servers = z.made["DelegationSet"]["NameServers"]
    made = r53.create_reusable_delegation_set(CallerReference=unique("set"), HostedZoneId=z.id)["DelegationSet"]
    assert made["NameServers"] == servers
    assert fails(r53.create_reusable_delegation_set, CallerReference=unique("set"), HostedZoneId=z.id)[0] == (
        "DelegationSetAlreadyReusable")
    z.remove()
    z.id = None
    r53.delete_reusable_delegation_set(Id=bare(made["Id"]))


def test_limits(r53, zone):
    z = zone()
    limit = r53.get_account_limit(Type="MAX_HOSTED_ZONES_BY_OWNER")
    assert limit["Limit"] == {"Type": "MAX_HOSTED_ZONES_BY_OWNER", "Value": 500}
    assert limit["Count"] == r53.get_hosted_zone_count()["HostedZoneCount"]
    assert r53.get_hosted_zone_limit(HostedZoneId=z.id, Type="MAX_RRSETS_BY_ZONE")["Count"] == 2
    assert fails(r53.get_hosted_zone_limit, HostedZoneId=z.id, Type="MAX_VPCS_ASSOCIATED_BY_ZONE")[0] == (
        "HostedZoneNotPrivate")


def test_name_servers_have_the_address_of_the_server(region, r53, zone):
    z = zone()
    server = z.made["DelegationSet"]["NameServers"][0]
    z.put({"Name": "x." + z.name, "Type": "CNAME", "TTL": 1, "ResourceRecords": [{"Value": server}]})
    assert dig(region, "x." + z.name)[0] == server + "."
