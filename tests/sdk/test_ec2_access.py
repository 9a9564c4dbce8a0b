# SPDX-License-Identifier: Apache-2.0
"""Who may do what: resources and condition keys of policies, denials, signatures; faults in EC2's words."""
import json

import pytest

from ec2_util import account_number, ec2_of, fails, filters, make_subnet, make_vpc, raw, tagged


@pytest.fixture
def account():
    return account_number()


@pytest.fixture
def root(region, account):
    return ec2_of(region, account)


@pytest.fixture
def user(region, account, root):
    """user(statement, …): the EC2 client of a user with that policy."""
    iam = region.client("iam", account, "any")
    made = iter(range(100))

    def make(*statements):
        name = f"u{next(made)}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": list(statements)}))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return region.client("ec2", key["AccessKeyId"], key["SecretAccessKey"])
    return make


def allow(*actions, resource="*", **conditions):
    s = {"Effect": "Allow", "Action": [f"ec2:{a}" for a in actions], "Resource": resource}
    return {**s, "Condition": conditions} if conditions else s


def test_a_denial_says_why_to_who_may_know(region, account, root, user):
    ec2 = user(allow("DescribeVpcs"))
    assert ec2.describe_vpcs()["Vpcs"]
    said = fails("UnauthorizedOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16", status=403)
    start = (f"You are not authorized to perform this operation. User: arn:aws:iam::{account}:user/u0 is not authorized to "
             f"perform: ec2:CreateVpc on resource: arn:aws:ec2:us-east-1:{account}:vpc/* because no identity-based policy "
             "allows the ec2:CreateVpc action. Encoded authorization failure message: ")
    assert said.startswith(start)
    decoded = json.loads(region.client("sts", account, "any").decode_authorization_message(
        EncodedMessage=said[len(start):])["DecodedMessage"])
    assert decoded["context"]["action"] == "ec2:CreateVpc" and not decoded["allowed"]
    fails("UnauthorizedOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True, status=403)
    fails("DryRunOperation", ec2.describe_vpcs, DryRun=True, status=412)


def test_one_resource_and_no_other(root, user, account):
    mine, other = make_vpc(root), make_vpc(root)
    ec2 = user(allow("DeleteVpc", "ModifyVpcAttribute", resource=f"arn:aws:ec2:us-east-1:{account}:vpc/{mine}"))
    ec2.modify_vpc_attribute(VpcId=mine, EnableDnsHostnames={"Value": True})
    fails("UnauthorizedOperation", ec2.modify_vpc_attribute, VpcId=other, EnableDnsHostnames={"Value": True})
    ec2.delete_vpc(VpcId=mine)
    fails("UnauthorizedOperation", ec2.delete_vpc, VpcId=other)


def test_all_resources_of_a_call(root, user, account):
    arn = f"arn:aws:ec2:us-east-1:{account}:"
    vpc = make_vpc(root)
    subnet, table = make_subnet(root, vpc), root.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    call = dict(SubnetId=subnet, RouteTableId=table)
    fails("UnauthorizedOperation", user(allow("AssociateRouteTable", resource=arn + "subnet/*")).associate_route_table, **call)
    both = [arn + "subnet/*", arn + "route-table/*"]
    user(allow("AssociateRouteTable", resource=both)).associate_route_table(**call)


def test_tags_decide(root, user):
    mine = make_vpc(root, TagSpecifications=tagged("vpc", team="a"))
    other = make_vpc(root, TagSpecifications=tagged("vpc", team="b"))
    for key in ("aws:ResourceTag/team", "ec2:ResourceTag/team"):
        ec2 = user(allow("ModifyVpcAttribute", StringEquals={key: "a"}))
        ec2.modify_vpc_attribute(VpcId=mine, EnableDnsSupport={"Value": True})
        fails("UnauthorizedOperation", ec2.modify_vpc_attribute, VpcId=other, EnableDnsSupport={"Value": True})
    root.create_tags(Resources=[other], Tags=[{"Key": "team", "Value": "a"}])
    ec2.modify_vpc_attribute(VpcId=other, EnableDnsSupport={"Value": True})


def test_tags_of_what_is_made(root, user):
    """They need ec2:CreateTags, which a policy may allow for that action alone."""
    fails("UnauthorizedOperation", user(allow("CreateVpc")).create_vpc, CidrBlock="10.0.0.0/16",
          TagSpecifications=tagged("vpc", team="a"))
    ec2 = user(allow("CreateVpc", StringEquals={"aws:RequestTag/team": "a"}),
               allow("CreateTags", StringEquals={"ec2:CreateAction": "CreateVpc"}))
    vpc = make_vpc(ec2, TagSpecifications=tagged("vpc", team="a"))
    fails("UnauthorizedOperation", make_vpc, ec2, TagSpecifications=tagged("vpc", team="b"))
    fails("UnauthorizedOperation", make_vpc, ec2)
    fails("UnauthorizedOperation", ec2.create_tags, Resources=[vpc], Tags=[{"Key": "x", "Value": "y"}])
    only = user(allow("CreateTags", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}))
    only.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "1"}])
    fails("UnauthorizedOperation", only.create_tags, Resources=[vpc], Tags=[{"Key": "a", "Value": "1"}, {"Key": "c", "Value": ""}])


def test_the_vpc_and_the_region_decide(region, account, root, user):
    mine, other = make_vpc(root), make_vpc(root)
    arn = f"arn:aws:ec2:us-east-1:{account}:vpc/{mine}"
    a, b = make_subnet(root, mine), make_subnet(root, other)
    ec2 = user(allow("DeleteSubnet", StringEquals={"ec2:Vpc": arn}))
    ec2.delete_subnet(SubnetId=a)
    fails("UnauthorizedOperation", ec2.delete_subnet, SubnetId=b)
    here = user(allow("*", StringEquals={"ec2:Region": "us-east-1"}))
    make_vpc(here)
    elsewhere = user(allow("*", StringEquals={"ec2:Region": "eu-west-1"}))
    fails("UnauthorizedOperation", make_vpc, elsewhere)


def test_keys_that_are_none(region, account, root):
    stranger = region.client("ec2", "AKIAAAAAAAAAAAAAAAAA", "secret")
    fails("AuthFailure", stranger.describe_vpcs,
          message="AWS was not able to validate the provided access credentials")


def test_a_fault_as_ec2_writes_it(region, account):
    """Its own envelope, <Response><Errors><Error>, also for an action that there is not."""
    code, message = raw(region, account, "MakeCoffee")
    assert code == "InvalidAction" and "MakeCoffee" in message
    code, message = raw(region, account, "DescribeVpcs", **{"VpcId.1": "vpc-0123456789abcdef0"})
    assert (code, message) == ("InvalidVpcID.NotFound", "The vpc ID 'vpc-0123456789abcdef0' does not exist")


def test_what_is_missing_is_named(root):
    said = fails("MissingParameter", root.describe_vpc_attribute, VpcId="", Attribute="enableDnsSupport")
    assert said == "The request must contain the parameter VpcId"
    assert filters(vpc_id="x") == [{"Name": "vpc-id", "Values": ["x"]}]
