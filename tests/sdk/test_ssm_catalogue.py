# SPDX-License-Identifier: Apache-2.0
"""Public parameters: images and regions that everybody may read."""
import re

import pytest

from iam_util import allow
from ssm_util import fails

ROOT = "/aws/service"
AL2023 = ROOT + "/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
DEBIAN = ROOT + "/debian/release/12/latest/"
UBUNTU = ROOT + "/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"


@pytest.fixture
def ssm(region):
    return region.client("ssm")


def get(ssm, name):
    return ssm.get_parameter(Name=name)["Parameter"]


def test_images(region, ssm):
    names = [AL2023, DEBIAN + "amd64", DEBIAN + "arm64", UBUNTU]
    got = [get(ssm, n) for n in names]
    assert all(re.fullmatch(r"ami-0[0-9a-f]{16}", p["Value"]) and p["DataType"] == "aws:ec2:image" for p in got)
    assert len({p["Value"] for p in got}) == 4
    assert got[0]["ARN"] == f"arn:aws:ssm:us-east-1::parameter{AL2023}"
    assert get(ssm, got[0]["ARN"])["Value"] == got[0]["Value"]
    assert get(ssm, AL2023 + ":1")["Selector"] == ":1"
    fails("ParameterVersionNotFound", "Systems*", ssm.get_parameter, Name=AL2023 + ":2")
    # The same for every account and at every time, another in another region.
    other = region.client("ssm", key="710000000003", secret="any")
    assert [get(other, n)["Value"] for n in names] == [p["Value"] for p in got]
    west = region.client("ssm", region="eu-west-1")
    assert get(west, AL2023)["Value"] != got[0]["Value"]


def test_names_of_the_same_image(ssm):
    same = get(ssm, ROOT + "/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64")["Value"]
    assert same == get(ssm, AL2023)["Value"]
    assert get(ssm, ROOT + "/debian/release/bookworm/latest/amd64")["Value"] == get(ssm, DEBIAN + "amd64")["Value"]
    assert get(ssm, ROOT + "/debian/daily/12/latest/amd64")["Value"] != get(ssm, DEBIAN + "amd64")["Value"]


def names(ssm, path, **more):
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, **more)
    return [p["Name"] for page in pages for p in page["Parameters"]]


def test_by_path(ssm):
    linux = names(ssm, ROOT + "/ami-amazon-linux-latest")
    assert AL2023 in linux and linux == sorted(linux) and len(linux) > 10
    assert names(ssm, ROOT + "/ami-amazon-linux-latest", PaginationConfig={"PageSize": 3}) == linux
    assert names(ssm, DEBIAN) == [DEBIAN + "amd64", DEBIAN + "arm64"]
    assert names(ssm, ROOT) == []
    everything = names(ssm, ROOT, Recursive=True)
    assert set(linux) < set(everything) and len(set(everything)) == len(everything)
    assert names(ssm, ROOT, Recursive=True, ParameterFilters=[{"Key": "Type", "Values": ["StringList"]}]) == []
    assert names(ssm, "/", Recursive=True, ParameterFilters=[{"Key": "Type", "Values": ["StringList"]}]) == []


def test_regions(ssm, new_region):
    regions = names(ssm, ROOT + "/global-infrastructure/regions")
    assert len(regions) > 20
    assert get(ssm, regions[0])["Value"] == regions[0].rpartition("/")[2]
    two = new_region(dev=True, regions="us-east-1,eu-west-1").client("ssm")
    assert [n.rpartition("/")[2] for n in names(two, ROOT + "/global-infrastructure/regions")] == ["eu-west-1", "us-east-1"]
    fails("ParameterNotFound", "", two.get_parameter, Name=ROOT + "/global-infrastructure/regions/us-west-2")


def test_nobody_writes_them(region, ssm):
    fails("AccessDeniedException", f"No access to reserved parameter name: {AL2023}.", ssm.put_parameter, Name=AL2023,
          Value="x", Type="String", Overwrite=True)
    fails("ParameterNotFound", "", ssm.delete_parameter, Name=AL2023)
    assert ssm.delete_parameters(Names=[AL2023])["InvalidParameters"] == [AL2023]
    fails("ParameterNotFound", "", ssm.label_parameter_version, Name=AL2023, Labels=["x"])
    fails("InvalidResourceId", "The*", ssm.add_tags_to_resource, ResourceType="Parameter", ResourceId=AL2023,
          Tags=[{"Key": "a", "Value": "b"}])
    assert len(ssm.get_parameter_history(Name=AL2023)["Parameters"]) == 1
    assert ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [AL2023]}])["Parameters"] == []


def test_rights(region, user):
    key = user()
    fails("AccessDeniedException", "User: *", region.client("ssm", *key).get_parameter, Name=AL2023)
    mine = region.client("ssm", *user(allow("ssm:GetParameter*", f"arn:aws:ssm:us-east-1::parameter{ROOT}/*")))
    get(mine, AL2023)
    assert mine.get_parameters_by_path(Path=DEBIAN)["Parameters"]
