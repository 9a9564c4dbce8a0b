# SPDX-License-Identifier: Apache-2.0
"""AMIs of one's own: copies, names, permissions, deprecation, and what is whose to change."""
import pytest
from botocore.exceptions import ClientError
from test_ec2_images import ARCH, fault, named, run
from test_image_import import BASE, tar


@pytest.fixture
def ec2(client):
    return client("ec2")


@pytest.fixture
def copy(ec2, unique):
    """copy() is an AMI of one's own, of Amazon Linux; gone afterwards."""
    made = []

    def do(**more):
        source = named(ec2, f"al2023-ami-2023*-{ARCH}", "amazon")[-1]["ImageId"]
        made.append(ec2.copy_image(Name=unique("image"), SourceImageId=source, SourceRegion="us-east-1", **more)["ImageId"])
        return made[-1]
    yield do
    for ami in made:
        try:
            ec2.deregister_image(ImageId=ami)
        except ClientError as e:
            assert e.response["Error"]["Code"] == "InvalidAMIID.NotFound"


def test_public_images_are_nobodys_to_change(ec2):
    ami = named(ec2, f"al2023-ami-2023*-{ARCH}", "amazon")[-1]["ImageId"]
    fault("AuthFailure", ec2.deregister_image, ImageId=ami)
    fault("AuthFailure", ec2.modify_image_attribute, ImageId=ami, Description={"Value": "mine"})
    fault("AuthFailure", ec2.describe_image_attribute, ImageId=ami, Attribute="launchPermission")


# --- copies ---

def made_of(ec2, source):
    """By filters: this SDK does not know the members."""
    got = ec2.describe_images(Filters=[{"Name": "source-image-id", "Values": [source]},
                                       {"Name": "source-image-region", "Values": ["us-east-1"]}])["Images"]
    return [i["ImageId"] for i in got]


def with_tag(params, **_):
    """What this SDK does not know yet."""
    params["body"].update({"TagSpecification.1.ResourceType": "image", "TagSpecification.1.Tag.1.Key": "team",
                           "TagSpecification.1.Tag.1.Value": "blue"})


def test_copy(ec2, copy):
    ec2.meta.events.register_first("before-call.ec2.CopyImage", with_tag, unique_id="tag")
    ami = copy(Description="a copy")
    ec2.meta.events.unregister("before-call.ec2.CopyImage", unique_id="tag")
    image = ec2.describe_images(ImageIds=[ami])["Images"][0]
    source = named(ec2, f"al2023-ami-2023*-{ARCH}", "amazon")[-1]
    assert image["Description"] == "a copy" and not image["Public"] and image["OwnerId"] == "000000000000"
    assert ami in made_of(ec2, source["ImageId"])
    assert image["Architecture"] == ARCH and image["RootDeviceName"] == source["RootDeviceName"]
    assert image["Tags"] == [{"Key": "team", "Value": "blue"}]
    mine = ec2.describe_images(Owners=["self"], Filters=[{"Name": "tag:team", "Values": ["blue"]}])["Images"]
    assert [i["ImageId"] for i in mine] == [ami]
    ec2.deregister_image(ImageId=ami)
    fault("InvalidAMIID.NotFound", ec2.describe_images, ImageIds=[ami])


def test_copy_to_another_region(region, ec2, copy, unique):
    ami = copy()
    ec2.create_tags(Resources=[ami], Tags=[{"Key": "a", "Value": "1"}])
    there = region.client("ec2", region="eu-west-1")
    far = there.copy_image(Name=unique("image"), SourceImageId=ami, SourceRegion="us-east-1", CopyImageTags=True)["ImageId"]
    image = there.describe_images(ImageIds=[far])["Images"][0]
    assert image["Tags"] == [{"Key": "a", "Value": "1"}] and made_of(there, ami) == [far]
    there.deregister_image(ImageId=far)


def test_copy_again_with_the_same_token(ec2, copy, unique):
    token, name = unique("token"), unique("image")
    source = named(ec2, f"al2023-ami-2023*-{ARCH}", "amazon")[-1]["ImageId"]
    first, again = (ec2.copy_image(Name=name, SourceImageId=source, SourceRegion="us-east-1", ClientToken=token)["ImageId"]
                    for _ in range(2))
    assert first == again
    ec2.deregister_image(ImageId=first)


def test_encrypted_copy_of_a_public_image(ec2, copy):
    ami = copy(Encrypted=True)
    assert ec2.describe_images(ImageIds=[ami])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["Encrypted"]


def test_names(ec2, copy, unique):
    ami = copy()
    name = ec2.describe_images(ImageIds=[ami])["Images"][0]["Name"]
    said = fault("InvalidAMIName.Duplicate", ec2.copy_image, Name=name, SourceImageId=ami, SourceRegion="us-east-1")
    assert said == f"AMI name {name} is already in use by AMI {ami}"
    for bad in ("ab", "x" * 129, "a*b", "tab\tbed"):
        fault("InvalidAMIName.Malformed", ec2.copy_image, Name=bad, SourceImageId=ami, SourceRegion="us-east-1")
    fault("InvalidAMIID.NotFound", ec2.copy_image, Name=unique("x"), SourceImageId="ami-00000000000000000", SourceRegion="us-east-1")
    fault("InvalidParameterDependency", ec2.copy_image, Name=unique("x"), SourceImageId=ami, SourceRegion="us-east-1",
          KmsKeyId="alias/aws/ebs")


# --- attributes ---

def permissions(ec2, ami):
    return ec2.describe_image_attribute(ImageId=ami, Attribute="launchPermission")["LaunchPermissions"]


def test_launch_permissions(region, ec2, copy):
    ami = copy()
    other = region.client("ec2", *("111122223333", "any"))
    fault("InvalidAMIID.NotFound", other.describe_images, ImageIds=[ami])
    ec2.modify_image_attribute(ImageId=ami, LaunchPermission={"Add": [{"UserId": "111122223333"}]})
    assert permissions(ec2, ami) == [{"UserId": "111122223333"}]
    assert other.describe_images(ImageIds=[ami])["Images"][0]["OwnerId"] == "000000000000"
    assert ami in {i["ImageId"] for i in other.describe_images(ExecutableUsers=["self"])["Images"]}
    assert ami not in {i["ImageId"] for i in other.describe_images(Owners=["self"])["Images"]}
    fault("AuthFailure", other.deregister_image, ImageId=ami)
    fault("AuthFailure", other.describe_image_attribute, ImageId=ami, Attribute="launchPermission")
    ec2.modify_image_attribute(ImageId=ami, LaunchPermission={"Remove": [{"UserId": "111122223333"}], "Add": [{"Group": "all"}]})
    assert ec2.describe_images(ImageIds=[ami])["Images"][0]["Public"]
    assert ami in {i["ImageId"] for i in other.describe_images(ExecutableUsers=["all"])["Images"]}
    ec2.reset_image_attribute(ImageId=ami, Attribute="launchPermission")
    assert permissions(ec2, ami) == []
    fault("InvalidAMIID.NotFound", other.describe_images, ImageIds=[ami])


def test_launch_permissions_in_the_older_form(ec2, copy):
    ami = copy()
    both = {"UserIds": ["111122223333", "444455556666"], "UserGroups": ["all"]}
    ec2.modify_image_attribute(ImageId=ami, Attribute="launchPermission", OperationType="add", **both)
    assert len(permissions(ec2, ami)) == 3
    ec2.modify_image_attribute(ImageId=ami, Attribute="launchPermission", OperationType="remove", **both)
    assert permissions(ec2, ami) == []
    fault("InvalidAMIAttributeItemValue", ec2.modify_image_attribute, ImageId=ami, LaunchPermission={"Add": [{"UserId": "12"}]})


def test_launch_permissions_have_a_limit(ec2, copy):
    ami = copy()
    ec2.modify_image_attribute(ImageId=ami, LaunchPermission={"Add": [{"UserId": f"{n:012}"} for n in range(500)]})
    fault("ResourceLimitExceeded", ec2.modify_image_attribute, ImageId=ami, LaunchPermission={"Add": [{"UserId": "999999999999"}]})
    assert len(permissions(ec2, ami)) == 500


def test_description_and_imds(ec2, copy):
    ami = copy(Description="before")
    ec2.modify_image_attribute(ImageId=ami, Description={"Value": "after"})
    assert ec2.describe_image_attribute(ImageId=ami, Attribute="description")["Description"] == {"Value": "after"}
    ec2.modify_image_attribute(ImageId=ami, Attribute="description", Value="again")
    assert ec2.describe_images(ImageIds=[ami])["Images"][0]["Description"] == "again"
    fault("InvalidParameterValue", ec2.modify_image_attribute, ImageId=ami, Attribute="imdsSupport", Value="v1.0")
    ec2.modify_image_attribute(ImageId=ami, Attribute="imdsSupport", Value="v2.0")
    assert ec2.describe_images(ImageIds=[ami])["Images"][0]["ImdsSupport"] == "v2.0"
    fault("InvalidParameterCombination", ec2.modify_image_attribute, ImageId=ami)
    fault("AuthFailure", ec2.describe_image_attribute, ImageId=ami, Attribute="blockDeviceMapping")


def test_deprecation(region, ec2, copy):
    ami = copy()
    other = region.client("ec2", "111122223333", "any")
    ec2.modify_image_attribute(ImageId=ami, LaunchPermission={"Add": [{"Group": "all"}]})
    fault("InvalidParameterValue", ec2.enable_image_deprecation, ImageId=ami, DeprecateAt="2020-01-01T00:00:00Z")
    ec2.enable_image_deprecation(ImageId=ami, DeprecateAt="2033-05-06T07:08:31Z")
    assert ec2.describe_images(ImageIds=[ami])["Images"][0]["DeprecationTime"] == "2033-05-06T07:09:00.000Z"
    assert ami in {i["ImageId"] for i in other.describe_images()["Images"]}, "it is not yet"
    ec2.disable_image_deprecation(ImageId=ami)
    assert "DeprecationTime" not in ec2.describe_images(ImageIds=[ami])["Images"][0]


# --- what an import is needed for ---

def test_an_image_that_is_needed_stays(region, ec2, tmp_path, unique):
    name = unique("imp")
    (tmp_path / "a.tar").write_bytes(tar(*BASE))
    assert run(region, "image", "import", name, str(tmp_path / "a.tar")).returncode == 0
    image = ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": [name]}])["Images"][0]
    copied = ec2.copy_image(Name=unique("image"), SourceImageId=image["ImageId"], SourceRegion="us-east-1")["ImageId"]
    refused = run(region, "image", "remove", name)
    assert refused.returncode == 1 and copied in refused.stderr
    ec2.deregister_image(ImageId=copied)
    assert run(region, "image", "remove", name).returncode == 0
