# SPDX-License-Identifier: Apache-2.0
"""Flow logs: of what, where to, in which form."""
import pytest

from ec2_util import account_number, ec2_of, fails, filters, make_subnet, make_vpc, tagged


@pytest.fixture
def net(region, unique):
    account = account_number()
    ec2, s3 = ec2_of(region, account), region.client("s3", account, "any")
    bucket = unique("flows")
    s3.create_bucket(Bucket=bucket)
    vpc = make_vpc(ec2)
    yield ec2, vpc, bucket
    s3.delete_bucket(Bucket=bucket)


def log(ec2, bucket, *resources, kind="VPC", traffic="ALL", path="", **more):
    return ec2.create_flow_logs(ResourceIds=list(resources), ResourceType=kind, TrafficType=traffic,
                                LogDestinationType="s3", LogDestination=f"arn:aws:s3:::{bucket}{path}", **more)


def seen(ec2, **f):
    return ec2.describe_flow_logs(Filter=filters(**f))["FlowLogs"]


def test_of_a_vpc_a_subnet_and_an_interface(net):
    ec2, vpc, bucket = net
    subnet = make_subnet(ec2, vpc)
    eni = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    made = log(ec2, bucket, vpc, TagSpecifications=tagged("vpc-flow-log", a="b"))
    assert made["Unsuccessful"] == [] and len(made["FlowLogIds"]) == 1
    [f] = seen(ec2, resource_id=vpc)
    assert (f["FlowLogId"], f["FlowLogStatus"], f["TrafficType"]) == (made["FlowLogIds"][0], "ACTIVE", "ALL")
    assert (f["LogDestinationType"], f["LogDestination"], f["MaxAggregationInterval"]) == ("s3", f"arn:aws:s3:::{bucket}", 600)
    assert f["LogFormat"].startswith("${version} ${account-id} ${interface-id}") and f["Tags"] == [{"Key": "a", "Value": "b"}]
    assert "DestinationOptions" not in f
    log(ec2, bucket, subnet, kind="Subnet", traffic="ACCEPT", MaxAggregationInterval=60)
    log(ec2, bucket, eni, kind="NetworkInterface", traffic="REJECT", LogFormat="${srcaddr} ${dstaddr}  ${tcp-flags}")
    assert seen(ec2, resource_id=subnet)[0]["MaxAggregationInterval"] == 60
    assert seen(ec2, resource_id=eni)[0]["LogFormat"] == "${srcaddr} ${dstaddr}  ${tcp-flags}"
    assert len(seen(ec2)) == 3 and len(seen(ec2, traffic_type="REJECT")) == 1
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    assert seen(ec2, resource_id=eni) == []  # it went with the interface
    ids = [f["FlowLogId"] for f in seen(ec2)]
    assert ec2.delete_flow_logs(FlowLogIds=ids)["Unsuccessful"] == [] and seen(ec2) == []
    [error] = ec2.delete_flow_logs(FlowLogIds=ids[:1])["Unsuccessful"]
    assert error["Error"]["Code"] == "InvalidFlowLogId.NotFound"
    fails("InvalidFlowLogId.NotFound", ec2.describe_flow_logs, FlowLogIds=ids[:1])


def test_twice_the_same(net):
    ec2, vpc, bucket = net
    log(ec2, bucket, vpc)
    fails("FlowLogAlreadyExists", log, ec2, bucket, vpc, traffic="REJECT")
    for i in range(4):
        log(ec2, bucket, vpc, path=f"/p{i}/")
    fails("FlowLogsLimitExceeded", log, ec2, bucket, vpc, path="/p5/")
    again = {"ClientToken": "t"}
    first = log(ec2, bucket, make_vpc(ec2), **again)
    fails("IdempotentParameterMismatch", log, ec2, bucket, vpc, path="/x/", **again)
    assert first["ClientToken"] == "t"


def test_options(net):
    ec2, vpc, bucket = net
    log(ec2, bucket, vpc, DestinationOptions={"FileFormat": "plain-text", "HiveCompatiblePartitions": True})
    assert seen(ec2)[0]["DestinationOptions"] == {"FileFormat": "plain-text", "HiveCompatiblePartitions": True,
                                                  "PerHourPartition": False}
    fails("UnsupportedOperation", log, ec2, bucket, vpc, path="/x/", DestinationOptions={"FileFormat": "parquet"})


def test_some_are_not_there(net):
    ec2, vpc, bucket = net
    made = log(ec2, bucket, vpc, "vpc-0123456789abcdef0")
    assert len(made["FlowLogIds"]) == 1
    assert [(u["ResourceId"], u["Error"]["Code"]) for u in made["Unsuccessful"]] == [("vpc-0123456789abcdef0", "InvalidVpcID.NotFound")]


def test_where_they_cannot_go(net):
    ec2, vpc, bucket = net
    base = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL"}
    told = fails("UnsupportedOperation", ec2.create_flow_logs, **base, LogDestinationType="cloud-watch-logs",
                 LogDestination="arn:aws:logs:us-east-1:111122223333:log-group:x")
    assert "CloudWatch Logs" in told
    fails("UnsupportedOperation", ec2.create_flow_logs, **base)  # CloudWatch Logs is what goes without saying
    fails("UnsupportedOperation", ec2.create_flow_logs, **base, LogGroupName="x")
    fails("UnsupportedOperation", ec2.create_flow_logs, **base, LogDestinationType="kinesis-data-firehose",
          LogDestination="arn:aws:firehose:us-east-1:111122223333:deliverystream/x")
    fails("MissingParameter", ec2.create_flow_logs, **base, LogDestinationType="s3")
    fails("LogDestinationNotFoundException", log, ec2, bucket + "-none", vpc)
    fails("InvalidParameter", log, ec2, bucket, vpc, path="/AWSLogs/")
    fails("InvalidParameter", ec2.create_flow_logs, **base, LogDestinationType="s3", LogDestination="arn:aws:sqs:us-east-1:1:q")


@pytest.mark.parametrize("more", [
    {"LogFormat": "${nonsense}"}, {"LogFormat": "srcaddr"}, {"LogFormat": "   "}, {"MaxAggregationInterval": 61},
    {"kind": "TransitGateway"}])
def test_what_is_no_log(net, more):
    ec2, vpc, bucket = net
    fails("InvalidParameter", log, ec2, bucket, vpc, **more)


def test_it_goes_with_its_vpc(net):
    ec2, _, bucket = net
    vpc = make_vpc(ec2)
    log(ec2, bucket, vpc)
    ec2.delete_vpc(VpcId=vpc)
    assert seen(ec2, resource_id=vpc) == []
