# SPDX-License-Identifier: Apache-2.0
"""RunInstances and what of an instance is said and read back, whether it has begun to run or not."""
import base64
import json

import pytest

from ec2_machines import end, image, launch, network, seen, wait_state
from ec2_raw import ok
from ec2_util import ec2, ec2_of, fails, filters, tagged  # noqa: F401


def b64(text):
    return base64.b64encode(text.encode()).decode()


def test_an_instance(ec2):
    ami = image(ec2)
    r = ec2.run_instances(ImageId=ami, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                          TagSpecifications=tagged("instance", Name="web") + tagged("volume", disk="root") +
                          tagged("network-interface", net="first"))
    made = r["Instances"][0]
    assert r["ReservationId"].startswith("r-") and len(r["ReservationId"]) == 19 and r["OwnerId"] == made["NetworkInterfaces"][0]["OwnerId"]
    assert made["State"] == {"Code": 0, "Name": "pending"} and made["StateReason"] == {"Code": "pending", "Message": "pending"}
    d = seen(ec2, made["InstanceId"])
    assert d["InstanceId"].startswith("i-") and d["ImageId"] == ami and d["InstanceType"] == "t3.micro" and d["AmiLaunchIndex"] == 0
    assert d["Tags"] == [{"Key": "Name", "Value": "web"}] and d["Architecture"] == "x86_64" and d["VirtualizationType"] == "hvm"
    assert d["CpuOptions"] == {"CoreCount": 1, "ThreadsPerCore": 2} and d["Monitoring"] == {"State": "disabled"}
    assert d["Placement"]["Tenancy"] == "default" and d["SourceDestCheck"] is True and d["RootDeviceType"] == "ebs"
    ip = d["PrivateIpAddress"]
    assert d["PrivateDnsName"] == f"ip-{ip.replace('.', '-')}.ec2.internal"
    # The default subnet gives a public address.
    public = d["PublicIpAddress"]
    assert d["PublicDnsName"] == f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com"
    eni = d["NetworkInterfaces"][0]
    assert eni["Attachment"]["DeviceIndex"] == 0 and eni["Attachment"]["DeleteOnTermination"] and eni["PrivateIpAddress"] == ip
    assert [g["GroupName"] for g in d["SecurityGroups"]] == ["default"] == [g["GroupName"] for g in eni["Groups"]]
    own = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni["NetworkInterfaceId"]])["NetworkInterfaces"][0]
    assert own["Attachment"]["InstanceId"] == d["InstanceId"] and own["TagSet"] == [{"Key": "net", "Value": "first"}]
    end(ec2, d["InstanceId"])
    fails("InvalidNetworkInterfaceID.NotFound", ec2.describe_network_interfaces, NetworkInterfaceIds=[eni["NetworkInterfaceId"]])


def test_terminated_ones_are_shown_for_an_hour(region):
    ec2 = ec2_of(region, "590000000001")
    (i,) = launch(ec2)
    changed = ec2.terminate_instances(InstanceIds=[i])["TerminatingInstances"][0]
    assert changed["CurrentState"]["Name"] == "shutting-down" and changed["PreviousState"]["Name"] in ("pending", "running")
    d = wait_state(ec2, i, "terminated")
    assert d["State"] == {"Code": 48, "Name": "terminated"} and d["NetworkInterfaces"] == [] and d["BlockDeviceMappings"] == []
    assert d["StateReason"] == {"Code": "Client.UserInitiatedShutdown", "Message": "Client.UserInitiatedShutdown: User initiated shutdown"}
    assert d["StateTransitionReason"].startswith("User initiated (20") and d["StateTransitionReason"].endswith(" GMT)")
    assert "VpcId" not in d and "PrivateIpAddress" not in d and d["PrivateDnsName"] == ""
    again = ec2.terminate_instances(InstanceIds=[i])["TerminatingInstances"][0]
    assert again["CurrentState"]["Name"] == again["PreviousState"]["Name"] == "terminated"
    fails("IncorrectInstanceState", ec2.start_instances, InstanceIds=[i])
    fails("IncorrectInstanceState", ec2.stop_instances, InstanceIds=[i])
    fails("IncorrectInstanceState", ec2.modify_instance_attribute, InstanceId=i, DisableApiStop={"Value": True})


def test_a_launch_of_several(ec2):
    r = ec2.run_instances(ImageId=image(ec2), InstanceType="t3.nano", MinCount=2, MaxCount=3)
    assert [i["AmiLaunchIndex"] for i in r["Instances"]] == [0, 1, 2]
    ids = [i["InstanceId"] for i in r["Instances"]]
    assert len({i["PrivateIpAddress"] for i in r["Instances"]}) == 3
    (one,) = ec2.describe_instances(InstanceIds=ids)["Reservations"]
    assert one["ReservationId"] == r["ReservationId"] and {i["InstanceId"] for i in one["Instances"]} == set(ids)
    (other,) = launch(ec2)
    assert len(ec2.describe_instances()["Reservations"]) == 2
    end(ec2, other, *ids)


def test_a_token_launches_once(ec2):
    a = launch(ec2, ClientToken="once")
    assert launch(ec2, ClientToken="once") == a
    fails("IdempotentParameterMismatch", launch, ec2, ClientToken="once", InstanceType="t3.small")
    assert seen(ec2, a[0])["ClientToken"] == "once"
    end(ec2, *a)


@pytest.mark.parametrize("code,params", [
    ("InvalidAMIID.NotFound", {"ImageId": "ami-0123456789abcdef0"}), ("InvalidAMIID.Malformed", {"ImageId": "nonsense"}),
    ("InvalidParameterValue", {"InstanceType": "t9.huge"}), ("InvalidKeyPair.NotFound", {"KeyName": "none"}),
    ("InvalidParameterValue", {"InstanceType": "t4g.micro"}), ("InvalidSubnetID.NotFound", {"SubnetId": "subnet-0123456789abcdef0"}),
    ("InvalidGroup.NotFound", {"SecurityGroupIds": ["sg-0123456789abcdef0"]}), ("InvalidParameterValue", {"MinCount": 2}),
    ("InvalidGroup.NotFound", {"SecurityGroups": ["none"]}), ("InvalidParameterValue", {"UserData": "x" * 16385}),
    ("InvalidParameterValue", {"Placement": {"AvailabilityZone": "us-east-1z"}}), ("UnsupportedOperation", {"Placement": {"Tenancy": "dedicated"}}),
    ("UnsupportedOperation", {"Placement": {"GroupName": "g"}}), ("InstanceLimitExceeded", {"MinCount": 101, "MaxCount": 101}),
    ("UnsupportedOperation", {"InstanceMarketOptions": {"MarketType": "spot"}}), ("UnsupportedOperation", {"HibernationOptions": {"Configured": True}}),
    ("UnsupportedOperation", {"EnclaveOptions": {"Enabled": True}}), ("UnsupportedOperation", {"KernelId": "aki-12345678"}),
    ("UnsupportedOperation", {"Ipv6AddressCount": 1}), ("UnsupportedOperation", {"ElasticGpuSpecification": [{"Type": "eg1.medium"}]}),
    ("UnsupportedOperation", {"CapacityReservationSpecification": {"CapacityReservationTarget": {"CapacityReservationId": "cr-12345678"}}}),
    ("InvalidParameterValue", {"IamInstanceProfile": {"Name": "none"}}), ("InvalidParameterCombination", {"CpuOptions": {"CoreCount": 7, "ThreadsPerCore": 1}}),
    ("InstanceCreditSpecification.NotSupported", {"InstanceType": "m5.large", "CreditSpecification": {"CpuCredits": "unlimited"}}),
    ("InvalidParameterValue", {"CreditSpecification": {"CpuCredits": "gratis"}}), ("InvalidParameterValue", {"MetadataOptions": {"HttpPutResponseHopLimit": 65}}),
    ("InvalidBlockDeviceMapping", {"BlockDeviceMappings": [{"DeviceName": "/dev/sdb"}]}),
    ("InvalidBlockDeviceMapping", {"BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 1}}] * 2}),
    ("InvalidBlockDeviceMapping", {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "NoDevice": ""}]}),
    ("InvalidParameterValue", {"NetworkInterfaces": [{"AssociatePublicIpAddress": True}]}),
    ("InvalidParameterValue", {"NetworkInterfaces": [{"DeviceIndex": 1}]}),
    ("InvalidParameterValue", {"NetworkInterfaces": [{"DeviceIndex": 0}, {"DeviceIndex": 0}]}),
    ("AttachmentLimitExceeded", {"NetworkInterfaces": [{"DeviceIndex": i} for i in range(3)]}),
    ("PrivateIpAddressLimitExceeded", {"NetworkInterfaces": [{"DeviceIndex": 0, "SecondaryPrivateIpAddressCount": 2}]}),
    ("InvalidParameterCombination", {"NetworkInterfaces": [{"DeviceIndex": 0}], "SecurityGroupIds": ["sg-0123456789abcdef0"]}),
    ("InvalidLaunchTemplateName.NotFoundException", {"LaunchTemplate": {"LaunchTemplateName": "none"}}),
])
def test_what_cannot_be_launched(ec2, code, params):
    fails(code, launch, ec2, **params)
    assert ec2.describe_instances()["Reservations"] == [] and ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_a_type_of_another_processor(ec2):
    message = fails("UnsupportedOperation", launch, ec2, ImageId=image(ec2, "arm64"), InstanceType="t4g.micro")
    assert "arm64" in message and "processor" in message


def test_user_data_and_attributes(ec2):
    ec2.create_key_pair(KeyName="web", KeyType="ed25519")
    (i,) = launch(ec2, UserData="#!/bin/sh\n" + "x" * 16374, KeyName="web", DisableApiTermination=True, EbsOptimized=True,
                  InstanceInitiatedShutdownBehavior="terminate", Monitoring={"Enabled": True})
    get = lambda name: ec2.describe_instance_attribute(InstanceId=i, Attribute=name)  # noqa: E731
    assert get("userData")["UserData"]["Value"] == b64("#!/bin/sh\n" + "x" * 16374)
    assert get("disableApiTermination")["DisableApiTermination"] == {"Value": True} and get("disableApiStop")["DisableApiStop"] == {"Value": False}
    assert get("instanceInitiatedShutdownBehavior")["InstanceInitiatedShutdownBehavior"] == {"Value": "terminate"}
    assert get("instanceType")["InstanceType"] == {"Value": "t3.micro"} and get("ebsOptimized")["EbsOptimized"] == {"Value": True}
    assert get("sourceDestCheck")["SourceDestCheck"] == {"Value": True} and get("kernel")["KernelId"] == {}
    assert len(get("groupSet")["Groups"]) == 1 and get("rootDeviceName")["RootDeviceName"] == {"Value": "/dev/xvda"}
    d = seen(ec2, i)
    assert d["KeyName"] == "web" and d["EbsOptimized"] and d["Monitoring"] == {"State": "enabled"}
    fails("OperationNotPermitted", ec2.terminate_instances, InstanceIds=[i],
          message=f"The instance '{i}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.")
    ec2.modify_instance_attribute(InstanceId=i, DisableApiTermination={"Value": False})
    ec2.modify_instance_attribute(InstanceId=i, Attribute="disableApiStop", Value="true")
    assert get("disableApiStop")["DisableApiStop"] == {"Value": True}
    ec2.modify_instance_attribute(InstanceId=i, DisableApiStop={"Value": False})
    ec2.modify_instance_attribute(InstanceId=i, SourceDestCheck={"Value": False})
    assert seen(ec2, i)["SourceDestCheck"] is False
    ec2.reset_instance_attribute(InstanceId=i, Attribute="sourceDestCheck")
    assert seen(ec2, i)["SourceDestCheck"] is True
    fails("IncorrectInstanceState", ec2.modify_instance_attribute, InstanceId=i, InstanceType={"Value": "t3.small"},
          message=f"The instance '{i}' is not in the 'stopped' state.")
    fails("InvalidParameterCombination", ec2.modify_instance_attribute, InstanceId=i)
    fails("InvalidParameterCombination", ec2.modify_instance_attribute, InstanceId=i, DisableApiStop={"Value": False}, EbsOptimized={"Value": True})
    fails("UnsupportedOperation", ec2.modify_instance_attribute, InstanceId=i, Kernel={"Value": "aki-12345678"})
    assert ec2.get_password_data(InstanceId=i)["PasswordData"] == ""
    fails("UnsupportedOperation", ec2.get_instance_uefi_data, InstanceId=i)
    assert ec2.unmonitor_instances(InstanceIds=[i])["InstanceMonitorings"] == [{"InstanceId": i, "Monitoring": {"State": "disabled"}}]
    end(ec2, i)


def test_groups_of_an_instance(ec2):
    vpc, subnet = network(ec2)
    a, b = (ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in "ab")
    (i,) = launch(ec2, SubnetId=subnet, SecurityGroupIds=[a], PrivateIpAddress="10.0.1.77")
    d = seen(ec2, i)
    assert d["SecurityGroups"] == [{"GroupId": a, "GroupName": "a"}] and d["PrivateIpAddress"] == "10.0.1.77" and "PublicIpAddress" not in d
    ec2.modify_instance_attribute(InstanceId=i, Groups=[b])
    assert seen(ec2, i)["SecurityGroups"] == [{"GroupId": b, "GroupName": "b"}]
    fails("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    fails("DependencyViolation", ec2.delete_security_group, GroupId=b)
    fails("InvalidIPAddress.InUse", launch, ec2, SubnetId=subnet, PrivateIpAddress="10.0.1.77")
    end(ec2, i)
    for group in (a, b):
        ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_interfaces(ec2):
    vpc, one, two = network(ec2, subnets=2)
    eni = ec2.create_network_interface(SubnetId=two)["NetworkInterface"]["NetworkInterfaceId"]
    (i,) = launch(ec2, NetworkInterfaces=[
        {"DeviceIndex": 1, "NetworkInterfaceId": eni},
        {"DeviceIndex": 0, "SubnetId": one, "Description": "first", "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.0.1.10", "Primary": True}, {"PrivateIpAddress": "10.0.1.11", "Primary": False}]}])
    d = seen(ec2, i)
    first, second = d["NetworkInterfaces"]
    assert first["Description"] == "first" and [p["PrivateIpAddress"] for p in first["PrivateIpAddresses"]] == ["10.0.1.10", "10.0.1.11"]
    assert second["NetworkInterfaceId"] == eni and second["Attachment"]["DeleteOnTermination"] is False and d["SubnetId"] == one
    fails("InvalidInstanceID", ec2.modify_instance_attribute, InstanceId=i, SourceDestCheck={"Value": False})
    end(ec2, i)
    assert ec2.describe_network_interfaces()["NetworkInterfaces"][0]["Status"] == "available"
    ec2.delete_network_interface(NetworkInterfaceId=eni)


def test_a_public_address_as_asked(ec2):
    _, subnet = network(ec2)
    (a,) = launch(ec2, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True}])
    assert seen(ec2, a)["NetworkInterfaces"][0]["Association"]["IpOwnerId"] == "amazon"
    (b,) = launch(ec2, NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": False}])
    assert "PublicIpAddress" not in seen(ec2, b)
    end(ec2, a, b)


def test_a_template_under_a_launch(ec2):
    data = {"ImageId": image(ec2), "InstanceType": "t3.nano", "UserData": b64("#!/bin/sh\n"), "DisableApiStop": True,
            "MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 3},
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "t"}, {"Key": "b", "Value": "t"}]},
                                  {"ResourceType": "spot-instances-request", "Tags": [{"Key": "c", "Value": "t"}]}]}
    lt = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(LaunchTemplateId=lt, SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.small"})
    run = lambda version=None, **kw: seen(ec2, ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate={  # noqa: E731
        "LaunchTemplateId": lt, **({"Version": version} if version else {})}, **kw)["Instances"][0]["InstanceId"])
    a = run(MetadataOptions={"HttpEndpoint": "disabled"}, TagSpecifications=tagged("instance", b="r", d="r"))
    assert a["InstanceType"] == "t3.nano" and {t["Key"]: t["Value"] for t in a["Tags"]} == {
        "a": "t", "b": "r", "d": "r", "aws:ec2launchtemplate:id": lt, "aws:ec2launchtemplate:version": "1"}
    o = a["MetadataOptions"]
    assert (o["HttpTokens"], o["HttpPutResponseHopLimit"], o["HttpEndpoint"]) == ("optional", 3, "disabled")
    fails("OperationNotPermitted", ec2.terminate_instances, InstanceIds=[a["InstanceId"]])
    b = run("$Latest", InstanceType="t3.medium")
    assert b["InstanceType"] == "t3.medium" and run("2")["InstanceType"] == "t3.small"
    back = ec2.get_launch_template_data(InstanceId=a["InstanceId"])["LaunchTemplateData"]
    assert back["ImageId"] == data["ImageId"] and back["UserData"] == data["UserData"] and back["DisableApiStop"] is True
    assert back["MetadataOptions"]["HttpPutResponseHopLimit"] == 3 and back["NetworkInterfaces"][0]["DeviceIndex"] == 0
    ec2.create_launch_template_version(LaunchTemplateId=lt, LaunchTemplateData={**data, "InstanceMarketOptions": {"MarketType": "spot"}})
    fails("UnsupportedOperation", run, "3")
    end(ec2, *[i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]])


def test_metadata_options_and_the_accounts_defaults(ec2):
    defaults = lambda: ok(ec2, "GetInstanceMetadataDefaults")["accountLevel"]  # noqa: E731
    assert defaults() == {"managedBy": "account"}
    ok(ec2, "ModifyInstanceMetadataDefaults", HttpTokens="required", HttpPutResponseHopLimit=5, InstanceMetadataTags="enabled")
    (a,) = launch(ec2, MetadataOptions={"HttpTokens": "optional"})
    o = seen(ec2, a)["MetadataOptions"]
    assert (o["HttpTokens"], o["HttpPutResponseHopLimit"], o["InstanceMetadataTags"], o["State"]) == ("optional", 5, "enabled", "applied")
    ec2.modify_instance_metadata_options(InstanceId=a, HttpTokens="required", HttpPutResponseHopLimit=64, HttpEndpoint="disabled")
    o = seen(ec2, a)["MetadataOptions"]
    assert (o["HttpTokens"], o["HttpPutResponseHopLimit"], o["HttpEndpoint"]) == ("required", 64, "disabled")
    fails("InvalidParameterValue", ec2.modify_instance_metadata_options, InstanceId=a, HttpPutResponseHopLimit=0)
    ok(ec2, "ModifyInstanceMetadataDefaults", HttpTokens="no-preference", HttpPutResponseHopLimit=-1, InstanceMetadataTags="no-preference")
    assert defaults() == {"managedBy": "account"}
    end(ec2, a)


def test_credits_names_and_maintenance(ec2):
    (a,) = launch(ec2, CreditSpecification={"CpuCredits": "standard"}, PrivateDnsNameOptions={"HostnameType": "resource-name"})
    assert seen(ec2, a)["PrivateDnsName"] == f"{a}.ec2.internal"
    asked = lambda: ec2.describe_instance_credit_specifications(InstanceIds=[a])["InstanceCreditSpecifications"]  # noqa: E731
    assert asked() == [{"InstanceId": a, "CpuCredits": "standard"}]
    r = ec2.modify_instance_credit_specification(InstanceCreditSpecifications=[
        {"InstanceId": a, "CpuCredits": "unlimited"}, {"InstanceId": "i-0123456789abcdef0", "CpuCredits": "unlimited"}])
    assert [s["InstanceId"] for s in r["SuccessfulInstanceCreditSpecifications"]] == [a]
    assert r["UnsuccessfulInstanceCreditSpecifications"][0]["Error"]["Code"] == "InvalidInstanceID.NotFound"
    assert asked() == [{"InstanceId": a, "CpuCredits": "unlimited"}]
    ec2.modify_instance_maintenance_options(InstanceId=a, AutoRecovery="disabled")
    assert seen(ec2, a)["MaintenanceOptions"]["AutoRecovery"] == "disabled"
    fails("IncorrectInstanceState", ec2.modify_private_dns_name_options, InstanceId=a, PrivateDnsHostnameType="ip-name")
    ec2.modify_private_dns_name_options(InstanceId=a, EnableResourceNameDnsARecord=True)
    assert seen(ec2, a)["PrivateDnsNameOptions"]["EnableResourceNameDnsARecord"] is True
    fails("UnsupportedOperation", ec2.modify_instance_placement, InstanceId=a, Tenancy="dedicated")
    end(ec2, a)


TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def profile(iam, name, role=True):
    arn = iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]
    if role:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return arn


def test_profiles(region, unique):
    account = "590000000002"
    ec2, iam = ec2_of(region, account), region.client("iam", account, "any")
    one, two = profile(iam, "one"), profile(iam, "two")
    profile(iam, "empty", role=False)
    (i,) = launch(ec2, IamInstanceProfile={"Name": "one"})
    assert seen(ec2, i)["IamInstanceProfile"]["Arn"] == one
    found = lambda **f: ec2.describe_iam_instance_profile_associations(Filters=filters(**f))["IamInstanceProfileAssociations"]  # noqa: E731
    (a,) = found(instance_id=i, state="associated")
    assert a["IamInstanceProfile"]["Arn"] == one and a["AssociationId"].startswith("iip-assoc-")
    fails("IncorrectState", ec2.associate_iam_instance_profile, InstanceId=i, IamInstanceProfile={"Arn": two})
    b = ec2.replace_iam_instance_profile_association(AssociationId=a["AssociationId"], IamInstanceProfile={"Arn": two})["IamInstanceProfileAssociation"]
    assert b["AssociationId"] != a["AssociationId"] and seen(ec2, i)["IamInstanceProfile"]["Arn"] == two
    gone = ec2.disassociate_iam_instance_profile(AssociationId=b["AssociationId"])["IamInstanceProfileAssociation"]
    assert gone["State"] == "disassociating" and "IamInstanceProfile" not in seen(ec2, i) and found(instance_id=i) == []
    fails("InvalidIamInstanceProfileAssociationID.NotFound", ec2.disassociate_iam_instance_profile, AssociationId=b["AssociationId"])
    ec2.associate_iam_instance_profile(InstanceId=i, IamInstanceProfile={"Name": "one"})
    assert "has no associated IAM Roles" in fails("InvalidParameterValue", launch, ec2, IamInstanceProfile={"Name": "empty"})
    user = iam.create_user(UserName="runner")["User"]["UserName"]
    key = iam.create_access_key(UserName=user)["AccessKey"]
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["ec2:*"], "Resource": "*"}]}))
    theirs = region.client("ec2", key["AccessKeyId"], key["SecretAccessKey"])
    fails("UnauthorizedOperation", launch, theirs, IamInstanceProfile={"Name": "one"})
    iam.put_user_policy(UserName=user, PolicyName="q", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"arn:aws:iam::{account}:role/one"}]}))
    (j,) = launch(theirs, IamInstanceProfile={"Name": "one"})
    end(ec2, i, j)
    assert found() == []


def test_filters(ec2):
    vpc, subnet = network(ec2)
    (a,) = launch(ec2, SubnetId=subnet, TagSpecifications=tagged("instance", team="x"), ClientToken="tok")
    b, c = launch(ec2, 2, InstanceType="t3.nano")
    found = lambda **f: {i["InstanceId"] for r in ec2.describe_instances(Filters=filters(**f))["Reservations"] for i in r["Instances"]}  # noqa: E731
    assert found(vpc_id=vpc) == {a} == found(subnet_id=subnet) == found(**{"tag:team": "x"}) == found(client_token="tok")
    assert found(instance_type="t3.n*") == {b, c} and found(network_interface__private_ip_address=seen(ec2, b)["PrivateIpAddress"]) == {b}
    assert found(instance_state_name=["pending", "running"]) == {a, b, c} and found(instance_state_name="stopped") == set()
    assert found(instance__group_name="default") == {a, b, c} and found(ip_address=seen(ec2, c)["PublicIpAddress"]) == {c}
    assert found(launch_index="1") == {c} or found(launch_index="1") == {b}
    assert found(network_interface__network_interface_id=seen(ec2, a)["NetworkInterfaces"][0]["NetworkInterfaceId"]) == {a}
    fails("InvalidParameterValue", ec2.describe_instances, Filters=filters(colour="x"))
    fails("InvalidInstanceID.NotFound", ec2.describe_instances, InstanceIds=[a, "i-0123456789abcdef0"],
          message="The instance ID 'i-0123456789abcdef0' does not exist")
    fails("InvalidInstanceID.Malformed", ec2.describe_instances, InstanceIds=["nonsense"])
    pages = list(ec2.get_paginator("describe_instances").paginate(MaxResults=5))
    assert len(pages) == 1 and sum(len(r["Instances"]) for r in pages[0]["Reservations"]) == 3
    status = {s["InstanceId"] for s in ec2.describe_instance_status(IncludeAllInstances=True)["InstanceStatuses"]}
    assert status == {a, b, c}
    end(ec2, a, b, c)


def test_an_elastic_ip_takes_the_place_of_the_address(ec2):
    (i,) = launch(ec2)
    was = seen(ec2, i)["PublicIpAddress"]
    eip = ec2.allocate_address(Domain="vpc")
    a = ec2.associate_address(AllocationId=eip["AllocationId"], InstanceId=i)["AssociationId"]
    assert seen(ec2, i)["PublicIpAddress"] == eip["PublicIp"] != was
    assert ec2.describe_addresses(AllocationIds=[eip["AllocationId"]])["Addresses"][0]["InstanceId"] == i
    ec2.disassociate_address(AssociationId=a)
    ec2.associate_address(AllocationId=eip["AllocationId"], InstanceId=i)
    end(ec2, i)
    assert "InstanceId" not in ec2.describe_addresses(AllocationIds=[eip["AllocationId"]])["Addresses"][0]
    ec2.release_address(AllocationId=eip["AllocationId"])
