# SPDX-License-Identifier: Apache-2.0
"""Who may: resources by ARN, condition keys of changes and VPCs, zones of other accounts."""
import pytest
from route53_util import Zone, a, fails

VPC = {"VPCRegion": "us-east-1", "VPCId": "vpc-0123456789abcdef0"}


@pytest.fixture
def zone(region, unique):
    z = Zone(region.client("route53"), unique("access") + ".test")
    yield z
    z.remove()


def denied(call, **args):
    code, message = fails(call, **args)
    assert code == "AccessDenied", (code, message)
    return message


def test_a_zone_by_its_arn(region, user, zone):
    arn = "arn:aws:route53:::hostedzone/" + zone.id
    key = user({"Effect": "Allow", "Action": "route53:GetHostedZone", "Resource": arn})
    client = region.client("route53", *key)
    assert client.get_hosted_zone(Id=zone.id)["HostedZone"]["Name"] == zone.name + "."
    message = denied(client.list_resource_record_sets, HostedZoneId=zone.id)
    assert f"is not authorized to perform: route53:ListResourceRecordSets on resource: {arn}" in message
    denied(client.list_hosted_zones)
    denied(client.get_hosted_zone, Id="Z1")


def changes(*made):
    return {"Changes": [{"Action": action, "ResourceRecordSet": r} for action, r in made]}


def test_condition_keys_of_changes(region, user, zone):
    key = user({"Effect": "Allow", "Action": "route53:ChangeResourceRecordSets", "Resource": "*", "Condition": {
        "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme." + zone.name],
            "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
            "route53:ChangeResourceRecordSetsActions": ["CREATE", "UPSERT"]}}})
    change = region.client("route53", *key).change_resource_record_sets
    txt = a("_ACME." + zone.name + ".", '"x"', type_="TXT")
    change(HostedZoneId=zone.id, ChangeBatch=changes(("UPSERT", txt)))
    denied(change, HostedZoneId=zone.id, ChangeBatch=changes(("DELETE", txt)))
    denied(change, HostedZoneId=zone.id, ChangeBatch=changes(("UPSERT", a("_acme." + zone.name, "192.0.2.1"))))
    denied(change, HostedZoneId=zone.id, ChangeBatch=changes(
        ("UPSERT", txt), ("UPSERT", a("www." + zone.name, '"x"', type_="TXT"))))


def test_the_condition_key_of_vpcs(region, user, unique):
    key = user({"Effect": "Allow", "Action": "route53:CreateHostedZone", "Resource": "*", "Condition": {
        "StringEquals": {"route53:VPCs": "VPCId=vpc-0123456789abcdef0,VPCRegion=us-east-1"}}})
    client = region.client("route53", *key)
    made = client.create_hosted_zone(Name=unique("vpc") + ".test", CallerReference=unique("vpc"), VPC=VPC)
    region.client("route53").delete_hosted_zone(Id=made["HostedZone"]["Id"])
    denied(client.create_hosted_zone, Name="x.test", CallerReference=unique("vpc"))
    denied(client.create_hosted_zone, Name="x.test", CallerReference=unique("vpc"),
           VPC={**VPC, "VPCId": "vpc-01234567"})


def test_a_zone_of_another_account(region, zone):
    other = region.client("route53", "222222222222", "any")
    assert denied(other.get_hosted_zone, Id=zone.id) == (
        "User: arn:aws:iam::222222222222:root is not authorized to access this resource")
    denied(other.change_resource_record_sets, HostedZoneId=zone.id,
           ChangeBatch=changes(("CREATE", a("x." + zone.name, "192.0.2.1"))))
    assert fails(other.get_hosted_zone, Id="Z1")[0] == "NoSuchHostedZone"
    assert zone.id not in [z["Id"].rpartition("/")[2] for z in other.list_hosted_zones()["HostedZones"]]


def test_tags_by_their_resource(region, user, zone):
    key = user({"Effect": "Allow", "Action": "route53:ListTagsForResource*",
                "Resource": "arn:aws:route53:::hostedzone/" + zone.id})
    client = region.client("route53", *key)
    client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone.id)
    client.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone.id])
    denied(client.list_tags_for_resources, ResourceType="hostedzone", ResourceIds=[zone.id, "Z1"])
    denied(client.change_tags_for_resource, ResourceType="hostedzone", ResourceId=zone.id, RemoveTagKeys=["a"])
