# SPDX-License-Identifier: Apache-2.0
"""Instances that serve and ask: user data, groups by real packets, APIs by the instance's role."""
import json
import shlex
import subprocess

import pytest

from ec2_machines import end, launch, seen, until, wait_state
from ec2_util import account_number, ec2_of
from region import program

SERVE = """#!/bin/sh
mkdir -p /srv/www && echo "page of $(hostname)" >/srv/www/index.html
cd /srv/www && nohup /usr/bin/python3 -m http.server {port} >/var/log/web.log 2>&1 &
echo served
"""


def inside(region, instance, command, seconds=60):
    """(status, output) of a shell command in an instance, by `nephele exec`."""
    done = subprocess.run([program(), "exec", "--data", region.data, instance, "--", "/bin/sh", "-c", command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def fetch(region, instance, url, seconds=3):
    """HTTP from inside: the page, or None if it did not answer."""
    script = f"import urllib.request as u; print(u.urlopen({url!r}, timeout={seconds}).read().decode())"
    status, text = inside(region, instance, "/usr/bin/python3 -c " + shlex.quote(script))
    return text.strip() if status == 0 else None


@pytest.fixture(scope="module")
def ec2(region):
    """An account with a public subnet 10.0.1.0/24, a private one 10.0.2.0/24, and where to put things."""
    client = ec2_of(region, account_number())
    try:
        (i,) = launch(client)
    except client.exceptions.ClientError as e:
        if "cannot run instances" in str(e):
            pytest.skip(str(e))
        raise
    end(client, i)
    return client


def group(ec2, vpc, name, *ports, source="0.0.0.0/0"):
    g = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    for port in ports:
        ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}]}])
    return g


def network(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    public, private = (ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"] for i in (1, 2))
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)
    ec2.modify_subnet_attribute(SubnetId=public, MapPublicIpOnLaunch={"Value": True})
    return vpc, public, private


def test_user_data_serves_as_the_group_says(region, ec2):
    vpc, public, private = network(ec2)
    web, other = group(ec2, vpc, "web", 80), group(ec2, vpc, "other")
    (server,) = launch(ec2, SubnetId=public, SecurityGroupIds=[web], UserData=SERVE.format(port=80))
    (client,) = launch(ec2, SubnetId=private, SecurityGroupIds=[other])
    for i in (server, client):
        wait_state(ec2, i, "running")
    d = seen(ec2, server)
    until(lambda: "served" in ec2.get_console_output(InstanceId=server).get("Output", ""), "the user data's last line")
    page = f"page of {d['PrivateDnsName'].split('.')[0]}"
    said = until(lambda: fetch(region, client, f"http://{d['PrivateIpAddress']}/"), "the page")
    assert said.startswith(page)
    # By the public address from the host, through the same group.
    out = until(lambda: subprocess.run(["curl", "-sS", "-m", "5", f"http://{d['PublicIpAddress']}/"], stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, check=False).stdout.decode().startswith(page), "the page outside")
    assert out
    ec2.revoke_security_group_ingress(GroupId=web, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    until(lambda: fetch(region, client, f"http://{d['PrivateIpAddress']}/", seconds=2) is None, "the refusal")
    assert subprocess.run(["curl", "-sS", "-m", "3", f"http://{d['PublicIpAddress']}/"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False).returncode != 0
    end(ec2, server, client)


TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
READ = """import boto3
from botocore.config import Config
s3 = boto3.client("s3", region_name="us-east-1", config=Config(connect_timeout=3, read_timeout=10, retries={{"max_attempts": 0}}))
print(s3.get_object(Bucket="{bucket}", Key="greeting")["Body"].read().decode())
"""


def read(region, instance, bucket):
    status, text = inside(region, instance, "/usr/bin/python3 -c " + shlex.quote(READ.format(bucket=bucket)), seconds=120)
    return (status, text.strip())


def test_an_instance_reads_s3_by_its_role(region, ec2, unique):
    account = seen_account(ec2)
    iam, s3 = region.client("iam", account, "any"), region.client("s3", account, "any")
    bucket = unique("reads")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="greeting", Body=b"hello from the bucket")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}))
    iam.create_instance_profile(InstanceProfileName="reader")
    iam.add_role_to_instance_profile(InstanceProfileName="reader", RoleName="reader")
    vpc, public, private = network(ec2)
    kw = {"IamInstanceProfile": {"Name": "reader"}, "SecurityGroupIds": [group(ec2, vpc, "none")]}
    (out,), (shut,), (none,) = launch(ec2, SubnetId=public, **kw), launch(ec2, SubnetId=private, **kw), launch(ec2, SubnetId=public, SecurityGroupIds=kw["SecurityGroupIds"])
    for i in (out, shut, none):
        wait_state(ec2, i, "running")
    assert read(region, out, bucket) == (0, "hello from the bucket")
    status, text = read(region, shut, bucket)
    assert status != 0 and "hello" not in text, "a private subnet without a way out reached S3"
    status, text = read(region, none, bucket)
    assert status != 0 and "NoCredentials" in text
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}])
    main = table["RouteTables"][0]["RouteTableId"]
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[main])["VpcEndpoint"]["VpcEndpointId"]
    until(lambda: read(region, shut, bucket)[0] == 0, "S3 by its endpoint")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    until(lambda: ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"] == "available", "the NAT gateway")
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    until(lambda: read(region, shut, bucket)[0] == 0, "S3 by NAT")
    end(ec2, out, shut, none)


def seen_account(ec2):
    return ec2.describe_vpcs()["Vpcs"][0]["OwnerId"]
