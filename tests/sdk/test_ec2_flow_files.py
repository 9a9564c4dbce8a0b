# SPDX-License-Identifier: Apache-2.0
"""Flow logs as files in a bucket: the key, the head, records of interfaces without traffic, and the bucket's
policy that lets the delivery in."""
import gzip
import json
import re

import botocore.exceptions
import pytest

from region import wait_for

FORMAT = "${version} ${vpc-id} ${subnet-id} ${interface-id} ${srcaddr} ${start} ${end} ${log-status} ${region}"


@pytest.fixture
def vpc(client):
    """A VPC with an interface in it that is in use: an endpoint's."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.kms", SubnetIds=[subnet],
                                       VpcEndpointType="Interface", PrivateDnsEnabled=False)["VpcEndpoint"]
    yield {"vpc": vpc, "subnet": subnet, "eni": endpoint["NetworkInterfaceIds"][0]}
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


@pytest.fixture
def bucket(s3, unique):
    name = unique("flows")
    s3.create_bucket(Bucket=name)
    yield name
    for o in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=o["Key"])
    s3.delete_bucket(Bucket=name)


def create(ec2, vpc, bucket, **more):
    made = ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[vpc["vpc"]], TrafficType="ALL",
                                LogDestinationType="s3", LogDestination=f"arn:aws:s3:::{bucket}/net/",
                                MaxAggregationInterval=60, **more)
    assert not made["Unsuccessful"]
    return made["FlowLogIds"][0]


def first_file(region, s3, bucket):
    """Time goes on until there is one: a window, its flush, the delivery. Not too fast: what is not delivered in
    a day is dropped."""
    def look():
        region.advance(1)
        return s3.list_objects_v2(Bucket=bucket).get("Contents")
    key = wait_for(look, seconds=60, what="a file of the flow log")[0]["Key"]
    text = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode()
    return key, [line.split(" ") for line in text.splitlines()]


def test_default_format(region, client, s3, vpc, bucket):
    ec2 = client("ec2")
    log = create(ec2, vpc, bucket)
    key, lines = first_file(region, s3, bucket)
    assert re.fullmatch(r"net/AWSLogs/000000000000/vpcflowlogs/us-east-1/\d{4}/\d\d/\d\d/"
                        rf"000000000000_vpcflowlogs_us-east-1_{log}_\d{{8}}T\d{{4}}Z_[0-9a-f]{{8}}\.log\.gz", key)
    assert lines[0] == ("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
                        "start end action log-status").split(" ")
    of_eni = [line for line in lines[1:] if line[2] == vpc["eni"]]
    assert of_eni
    for line in of_eni:
        assert line[:10] == ["2", "000000000000", vpc["eni"]] + ["-"] * 7
        assert line[12:] == ["-", "NODATA"] and int(line[10]) < int(line[11])
    ec2.delete_flow_logs(FlowLogIds=[log])


def test_own_format_and_partitions(region, client, s3, vpc, bucket):
    ec2 = client("ec2")
    log = create(ec2, vpc, bucket, LogFormat=FORMAT,
                 DestinationOptions={"HiveCompatiblePartitions": True, "PerHourPartition": True})
    key, lines = first_file(region, s3, bucket)
    assert key.startswith("net/AWSLogs/aws-account-id=000000000000/aws-service=vpcflowlogs/"
                          "aws-region=us-east-1/year=")
    assert re.search(r"/hour=\d\d/", key)
    assert " ".join(lines[0]) == FORMAT.replace("${", "").replace("}", "")
    one = next(line for line in lines[1:] if line[3] == vpc["eni"])
    assert one[:5] == ["4", vpc["vpc"], vpc["subnet"], vpc["eni"], "-"]
    assert one[7:] == ["NODATA", "us-east-1"]
    ec2.delete_flow_logs(FlowLogIds=[log])


def test_policy_of_the_bucket(client, s3, vpc, bucket):
    ec2 = client("ec2")
    own = {"Version": "2012-10-17", "Statement": [
        {"Sid": "mine", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucketWebsite",
         "Resource": f"arn:aws:s3:::{bucket}"}]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(own))
    first = create(ec2, vpc, bucket)
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    sids = [s["Sid"] for s in policy["Statement"]]
    assert sids[0] == "mine" and len(sids) == 3
    assert sids[1].startswith("AWSLogDeliveryWrite") and sids[2].startswith("AWSLogDeliveryAclCheck"), sids
    write = policy["Statement"][1]
    assert write["Resource"] == f"arn:aws:s3:::{bucket}/net/AWSLogs/000000000000/*"
    assert write["Condition"]["StringEquals"] == {"s3:x-amz-acl": "bucket-owner-full-control",
                                                  "aws:SourceAccount": "000000000000"}
    ec2.delete_flow_logs(FlowLogIds=[first])
    again = create(ec2, vpc, bucket)  # it is let in already
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
    ec2.delete_flow_logs(FlowLogIds=[again])


def test_who_may_not_change_the_policy(region, client, s3, iam, vpc, bucket, unique):
    user = unique("flower")
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}))
    ec2 = client("ec2", key["AccessKeyId"], key["SecretAccessKey"])
    with pytest.raises(botocore.exceptions.ClientError) as e:
        create(ec2, vpc, bucket)
    assert e.value.response["Error"]["Code"] == "LogDestinationPermissionIssue"
    with pytest.raises(s3.exceptions.ClientError):
        s3.get_bucket_policy(Bucket=bucket)
    assert not client("ec2").describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc["vpc"]]}])["FlowLogs"]
    iam.delete_user_policy(UserName=user, PolicyName="p")
    iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=user)
