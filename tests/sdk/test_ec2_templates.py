# SPDX-License-Identifier: Apache-2.0
"""Launch templates and their versions."""
import base64

from ec2_util import ec2, fails, filters, tagged  # noqa: F401

DATA = {
    "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "KeyName": "web",
    "UserData": base64.b64encode(b"#!/bin/sh\n").decode(), "EbsOptimized": True,
    "SecurityGroupIds": ["sg-0123456789abcdef0"], "Monitoring": {"Enabled": True},
    "IamInstanceProfile": {"Name": "web"}, "Placement": {"AvailabilityZone": "us-east-1a", "Tenancy": "default"},
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}}],
    "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": ["sg-0123456789abcdef0"]}],
    "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}],
    "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    "InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.1"}},
    "DisableApiTermination": True, "InstanceInitiatedShutdownBehavior": "terminate"}


def make(ec2, name="web", data=None, **kw):
    return ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data or DATA, **kw)["LaunchTemplate"]


def version(ec2, template, data, **kw):
    return ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data, **kw)["LaunchTemplateVersion"]


def test_what_is_said_is_read_back(ec2):
    lt = make(ec2, VersionDescription="first", TagSpecifications=tagged("launch-template", team="x"))
    assert lt["DefaultVersionNumber"] == lt["LatestVersionNumber"] == 1 and lt["LaunchTemplateId"].startswith("lt-")
    assert lt["Tags"] == [{"Key": "team", "Value": "x"}] and ":root" in lt["CreatedBy"]
    v = ec2.describe_launch_template_versions(LaunchTemplateName="web")["LaunchTemplateVersions"]
    assert len(v) == 1 and v[0]["LaunchTemplateData"] == DATA and v[0]["DefaultVersion"] and v[0]["VersionDescription"] == "first"
    seen = ec2.describe_launch_templates(LaunchTemplateNames=["web"])["LaunchTemplates"]
    assert seen == [lt]


def test_versions(ec2):
    lt = make(ec2)["LaunchTemplateId"]
    two = version(ec2, lt, {"InstanceType": "t3.small"}, SourceVersion="1", VersionDescription="bigger")
    assert two["VersionNumber"] == 2 and two["LaunchTemplateData"] == {**DATA, "InstanceType": "t3.small"} and not two["DefaultVersion"]
    three = version(ec2, lt, {"InstanceType": "t3.large"})
    assert three["LaunchTemplateData"] == {"InstanceType": "t3.large"}
    seen = lambda *v, **kw: [x["VersionNumber"] for x in ec2.describe_launch_template_versions(  # noqa: E731
        LaunchTemplateId=lt, **({"Versions": list(v)} if v else {}), **kw)["LaunchTemplateVersions"]]
    assert seen() == [3, 2, 1] and seen("$Latest") == [3] and seen("$Default") == [1] and seen("1", "3") == [3, 1]
    assert seen(MinVersion="2") == [3, 2] and seen(MaxVersion="2") == [2, 1] and seen(MinVersion="2", MaxVersion="2") == [2]
    assert seen(Filters=filters(instance_type="t3.s*")) == [2] and seen(Filters=filters(is_default_version="true")) == [1]
    fails("InvalidLaunchTemplateId.VersionNotFound", ec2.describe_launch_template_versions, LaunchTemplateId=lt, Versions=["4"],
          message=f"Could not find the specified version 4 for the launch template with ID {lt}.")
    fails("InvalidLaunchTemplateId.VersionNotFound", ec2.create_launch_template_version, LaunchTemplateId=lt, SourceVersion="9",
          LaunchTemplateData={"InstanceType": "t3.large"})


def test_the_default_and_what_is_deleted(ec2):
    lt = make(ec2)["LaunchTemplateId"]
    for size in ("small", "medium", "large"):
        version(ec2, lt, {"InstanceType": f"t3.{size}"})
    assert ec2.modify_launch_template(LaunchTemplateId=lt, DefaultVersion="2")["LaunchTemplate"]["DefaultVersionNumber"] == 2
    fails("InvalidLaunchTemplateId.VersionNotFound", ec2.modify_launch_template, LaunchTemplateId=lt, DefaultVersion="9")
    r = ec2.delete_launch_template_versions(LaunchTemplateId=lt, Versions=["1", "2", "4", "9"])
    assert [x["VersionNumber"] for x in r["SuccessfullyDeletedLaunchTemplateVersions"]] == [1, 4]
    bad = {x["VersionNumber"]: x["ResponseError"]["Code"] for x in r["UnsuccessfullyDeletedLaunchTemplateVersions"]}
    assert bad == {2: "unexpectedError", 9: "launchTemplateVersionDoesNotExist"}
    seen = ec2.describe_launch_templates(LaunchTemplateIds=[lt])["LaunchTemplates"][0]
    assert (seen["DefaultVersionNumber"], seen["LatestVersionNumber"]) == (2, 3)
    assert version(ec2, lt, {"InstanceType": "t3.nano"})["VersionNumber"] == 5


def test_latest_of_all(ec2):
    a, b = make(ec2, "aaa")["LaunchTemplateId"], make(ec2, "bbb")["LaunchTemplateId"]
    version(ec2, b, {"InstanceType": "t3.small"})
    seen = ec2.describe_launch_template_versions(Versions=["$Latest"])["LaunchTemplateVersions"]
    assert {(v["LaunchTemplateId"], v["VersionNumber"]) for v in seen} == {(a, 1), (b, 2)}
    fails("InvalidParameterValue", ec2.describe_launch_template_versions, Versions=["1"])
    fails("MissingParameter", ec2.describe_launch_template_versions)


def test_names(ec2):
    make(ec2)
    fails("InvalidLaunchTemplateName.AlreadyExistsException", make, ec2, message="Launch template name already in use.")
    fails("InvalidLaunchTemplateName.NotFoundException", ec2.describe_launch_templates, LaunchTemplateNames=["web", "none"])
    fails("InvalidLaunchTemplateId.NotFound", ec2.describe_launch_templates, LaunchTemplateIds=["lt-0123456789abcdef0"],
          message="The specified launch template, with template ID lt-0123456789abcdef0, does not exist.")
    fails("InvalidLaunchTemplateId.Malformed", ec2.describe_launch_templates, LaunchTemplateIds=["web"])
    fails("InvalidLaunchTemplateName.NotFoundException", ec2.delete_launch_template, LaunchTemplateName="none")


def test_the_same_token_is_the_same_template(ec2):
    one = make(ec2, ClientToken="once")
    assert make(ec2, ClientToken="once") == one
    fails("IdempotentParameterMismatch", make, ec2, "other", ClientToken="once")


def test_data_that_cannot_be(ec2):
    fails("InvalidUserData.Malformed", make, ec2, data={"UserData": "not base64!"})
    fails("InvalidParameterValue", make, ec2, data={"UserData": base64.b64encode(b"x" * 16385).decode()})
    make(ec2, "full", data={"UserData": base64.b64encode(b"x" * 16384).decode()})


def test_deleted(ec2):
    lt = make(ec2)["LaunchTemplateId"]
    version(ec2, lt, {"InstanceType": "t3.small"})
    assert ec2.delete_launch_template(LaunchTemplateId=lt)["LaunchTemplate"]["LaunchTemplateId"] == lt
    assert ec2.describe_launch_templates()["LaunchTemplates"] == []
    fails("InvalidLaunchTemplateId.NotFound", ec2.describe_launch_template_versions, LaunchTemplateId=lt)
    make(ec2)
