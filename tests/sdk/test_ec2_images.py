# SPDX-License-Identifier: Apache-2.0
"""Public AMIs: what the usual filters find, that SSM tells the same ids, and images that were imported or come of the
operator's own table."""
import os
import platform
import re
import subprocess

import pytest
from botocore.exceptions import ClientError
from region import clean_env, program, wait_for
from test_image_import import BASE, tar

ARCH = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
OTHER = "arm64" if ARCH == "x86_64" else "x86_64"
DEB = {"x86_64": "amd64", "arm64": "arm64"}
AMAZON, CANONICAL, DEBIAN = "137112412989", "099720109477", "136693071363"


@pytest.fixture
def ec2(client):
    return client("ec2")


def fault(code, call, **params):
    with pytest.raises(ClientError) as e:
        call(**params)
    assert e.value.response["Error"]["Code"] == code, e.value
    return e.value.response["Error"]["Message"]


def with_members(region, operation, members):
    """A client that sends members which its SDK does not know yet; `client.raw` is the last document."""
    ec2 = region.client("ec2")
    ec2.meta.events.register(f"before-call.ec2.{operation}", lambda params, **_: params["body"].update(members))
    ec2.meta.events.register(f"response-received.ec2.{operation}", lambda response_dict, **_: setattr(
        ec2, "raw", response_dict["body"].decode()))
    return ec2


def named(ec2, pattern, *owners, **more):
    filters = [{"Name": "name", "Values": [pattern]}]
    filters += [{"Name": k.replace("_", "-"), "Values": [v]} for k, v in more.items()]
    got = ec2.describe_images(Owners=list(owners), Filters=filters)["Images"] if owners else \
        ec2.describe_images(Filters=filters)["Images"]
    return sorted(got, key=lambda i: i["CreationDate"])


# --- what people look for ---

@pytest.mark.parametrize("pattern,owner,user_device", [
    (f"al2023-ami-*-{ARCH}", "amazon", "/dev/xvda"),
    (f"al2023-ami-2023.*-kernel-6.1-{ARCH}", AMAZON, "/dev/xvda"),
    (f"amzn2-ami-hvm-*-{ARCH}-gp2", "amazon", "/dev/xvda"),
    (f"amzn2-ami-kernel-5.10-hvm-*-{ARCH}-gp2", "amazon", "/dev/xvda"),
    (f"ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-{DEB[ARCH]}-server-*", CANONICAL, "/dev/sda1"),
    (f"ubuntu/images/hvm-ssd*/ubuntu-noble-24.04-{DEB[ARCH]}-server-*", CANONICAL, "/dev/sda1"),
    (f"ubuntu/images/*/ubuntu-*-{DEB[ARCH]}-server-*", CANONICAL, "/dev/sda1"),
    (f"debian-12-{DEB[ARCH]}-*", DEBIAN, "/dev/xvda"),
    (f"debian-13-{DEB[ARCH]}-*", DEBIAN, "/dev/xvda"),
])
def test_usual_filters(ec2, pattern, owner, user_device):
    image = named(ec2, pattern, owner, virtualization_type="hvm", architecture=ARCH, root_device_type="ebs",
                  state="available")[-1]
    assert image["RootDeviceName"] == user_device and image["Public"] and image["State"] == "available"
    assert re.fullmatch(r"ami-0[0-9a-f]{16}", image["ImageId"])
    assert "what runs: " in image["Description"], "says what it is"
    assert image["BlockDeviceMappings"][0]["DeviceName"] == user_device


def test_other_architectures_say_that_they_do_not_run(ec2):
    image = named(ec2, f"al2023-ami-2023*-{OTHER}", "amazon")[-1]
    assert "do not run on this host" in image["Description"]


@pytest.mark.parametrize("parameter,words", [
    ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "al2023-ami-2023*-x86_64"),
    ("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", "amzn2-ami-hvm-*-x86_64-gp2"),
    ("/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "ubuntu/*noble-24.04-amd64-*"),
    ("/aws/service/debian/release/12/latest/amd64", "debian-12-amd64-2*"),
])
def test_ssm_tells_the_same(ec2, client, parameter, words):
    ami = client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    assert [i["ImageId"] for i in named(ec2, words)] == [ami]
    assert ec2.describe_images(ImageIds=[ami])["Images"][0]["ImageId"] == ami


def test_all_ids_of_ssm_are_images(ec2, client):
    pages = client("ssm").get_paginator("get_parameters_by_path")
    ids = {p["Value"] for root in ("ami-amazon-linux-latest", "canonical", "debian")
           for page in pages.paginate(Path=f"/aws/service/{root}", Recursive=True) for p in page["Parameters"]}
    assert len(ids) > 15
    assert {i["ImageId"] for i in ec2.describe_images(ImageIds=sorted(ids))["Images"]} == ids


def test_ids_differ_by_region(region, ec2):
    here = named(ec2, f"al2023-ami-2023*-{ARCH}", "amazon")[-1]["ImageId"]
    there = region.client("ec2", region="eu-west-1")
    assert named(there, f"al2023-ami-2023*-{ARCH}", "amazon")[-1]["ImageId"] != here
    fault("InvalidAMIID.NotFound", there.describe_images, ImageIds=[here])


def test_pages(region, ec2):
    whole = [i["ImageId"] for i in ec2.describe_images(Owners=["amazon"])["Images"]]
    seen, token = [], None
    while token != "":
        more = {"MaxResults": "7", **({"NextToken": token} if token else {})}
        old = with_members(region, "DescribeImages", more)
        page = old.describe_images(Owners=["amazon"])
        assert len(page["Images"]) <= 7
        seen += [i["ImageId"] for i in page["Images"]]
        token = "".join(re.findall("<nextToken>(.*)</nextToken>", old.raw))
    assert seen == whole == sorted(whole) and len(whole) > 14
    fault("InvalidNextToken", with_members(region, "DescribeImages", {"NextToken": "x"}).describe_images)
    fault("InvalidParameterCombination", with_members(region, "DescribeImages", {"MaxResults": "5"}).describe_images,
          ImageIds=whole[:1])


def test_ids_that_are_none(ec2):
    fault("InvalidAMIID.NotFound", ec2.describe_images, ImageIds=["ami-00000000000000000"])
    fault("InvalidAMIID.Malformed", ec2.describe_images, ImageIds=["ami-x"])
    fault("InvalidParameterValue", ec2.describe_images, Filters=[{"Name": "colour", "Values": ["red"]}])


# --- what is imported, and the operator's table ---

def run(region, *argv):
    return subprocess.run([program(), *argv, f"--data={region.data}"], env=clean_env(), capture_output=True, text=True,
                          check=False)


def test_imported_images(region, ec2, tmp_path, unique):
    name = unique("imp")
    (tmp_path / "a.tar").write_bytes(tar(*BASE))
    done = run(region, "image", "import", name, str(tmp_path / "a.tar"))
    assert done.returncode == 0, done.stderr
    image = ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": [name]}])["Images"][0]
    assert image["Architecture"] == ARCH and "Debian GNU/Linux 99 (test)" in image["Description"]
    assert run(region, "image", "remove", name).returncode == 0
    fault("InvalidAMIID.NotFound", ec2.describe_images, ImageIds=[image["ImageId"]])


def test_images_before_there_is_a_region(new_region, tmp_path):
    (tmp_path / "a.tar").write_bytes(tar(*BASE))
    region = new_region(autostart=False)
    done = run(region, "image", "import", "early", str(tmp_path / "a.tar"))
    assert done.returncode == 0, done.stderr
    assert os.stat(region.data).st_mode & 0o777 == 0o700
    region.start()
    names = [i["Name"] for i in region.client("ec2").describe_images(Owners=["self"])["Images"]]
    assert "early" in names


def test_the_table_prefers_what_was_imported(new_region, tmp_path):
    """Debian's AMI runs this host's own /usr until there is an image debian-12, then that."""
    region = new_region()
    ec2 = region.client("ec2")
    before = named(ec2, f"debian-12-{DEB[ARCH]}-2*", DEBIAN)[-1]
    assert "this host's own /usr" in before["Description"]
    (tmp_path / "a.tar").write_bytes(tar(*BASE))
    assert run(region, "image", "import", "debian-12", str(tmp_path / "a.tar")).returncode == 0
    after = named(ec2, f"debian-12-{DEB[ARCH]}-2*", DEBIAN)[-1]
    assert "Debian GNU/Linux 99 (test) (image debian-12)" in after["Description"] and after["ImageId"] == before["ImageId"]


TABLE = f"""
# one image of ours
[mine {ARCH}]
name = company-base-1
owner = 123456789012
alias = company
user = deploy
device = /dev/sda1
gib = 3
created = 2024-02-03T04:05:06.000Z
what = Our base
runs = not-there, builtin
"""


def test_the_operators_own_table(new_region):
    region = new_region(autostart=False)
    os.makedirs(os.path.join(region.data, "images"), mode=0o700)
    os.chmod(region.data, 0o700)
    with open(os.path.join(region.data, "images", "catalogue"), "w", encoding="utf-8") as f:
        f.write(TABLE)
    region.start()
    ec2 = region.client("ec2")
    images = ec2.describe_images()["Images"]
    assert [i["Name"] for i in images] == ["company-base-1"]
    assert images[0]["OwnerId"] == "123456789012" and images[0]["ImageOwnerAlias"] == "company"
    assert images[0]["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 3
    assert images[0]["Description"].startswith("Our base; what runs: ")
    fault("ParameterNotFound", region.client("ssm").get_parameter,
          Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")


def test_a_table_that_is_wrong_is_not_taken(new_region):
    region = new_region(autostart=False)
    os.makedirs(os.path.join(region.data, "images"), mode=0o700)
    os.chmod(region.data, 0o700)
    with open(os.path.join(region.data, "images", "catalogue"), "w", encoding="utf-8") as f:
        f.write(TABLE + "colour = red\n")
    region.start()
    assert len(region.client("ec2").describe_images(Owners=["amazon"])["Images"]) > 10
    wait_for(lambda: "line 13 of the table of images is wrong" in region.log(), what="the log says which line")
