# SPDX-License-Identifier: Apache-2.0
"""Instance types and where they are offered."""
import pytest

from ec2_util import ec2, fails, filters  # noqa: F401


def names(ec2, **kw):
    return [t["InstanceType"] for t in ec2.describe_instance_types(**kw)["InstanceTypes"]]


def test_a_type(ec2):
    t = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"][0]
    assert t["VCpuInfo"] == {"DefaultVCpus": 2, "DefaultCores": 1, "DefaultThreadsPerCore": 2, "ValidCores": [1],
                             "ValidThreadsPerCore": [1, 2]}
    assert t["MemoryInfo"] == {"SizeInMiB": 1024} and t["Hypervisor"] == "nitro" and t["BurstablePerformanceSupported"]
    assert t["NetworkInfo"]["MaximumNetworkInterfaces"] == 2 and t["NetworkInfo"]["Ipv4AddressesPerInterface"] == 2
    assert t["EbsInfo"]["EbsOptimizedInfo"]["BaselineThroughputInMBps"] == 10.875
    assert t["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"] and t["FreeTierEligible"] and not t["BareMetal"]


@pytest.mark.parametrize("name,vcpus,mib,arch", [
    ("t2.nano", 1, 512, "x86_64"), ("m5.large", 2, 8192, "x86_64"), ("c6i.4xlarge", 16, 32768, "x86_64"),
    ("r5.24xlarge", 96, 786432, "x86_64"), ("t4g.small", 2, 2048, "arm64"), ("m7i-flex.large", 2, 8192, "x86_64")])
def test_facts(ec2, name, vcpus, mib, arch):
    t = ec2.describe_instance_types(InstanceTypes=[name])["InstanceTypes"][0]
    assert (t["VCpuInfo"]["DefaultVCpus"], t["MemoryInfo"]["SizeInMiB"]) == (vcpus, mib)
    assert arch in t["ProcessorInfo"]["SupportedArchitectures"]


def test_filters(ec2):
    f = filters(processor_info__supported_architecture="arm64", burstable_performance_supported="true")
    assert set(names(ec2, Filters=f)) == {f"t4g.{s}" for s in ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")}
    assert names(ec2, Filters=filters(instance_type="t3.*", memory_info__size_in_mib="4096")) == ["t3.medium"]
    assert names(ec2, Filters=filters(vcpu_info__default_vcpus="1", current_generation="true", hypervisor="xen")) == [
        "t2.nano", "t2.micro", "t2.small"]
    assert names(ec2, Filters=filters(instance_storage_supported="true")) == []
    assert names(ec2, Filters=filters(bare_metal="true")) == []
    fails("InvalidParameterValue", ec2.describe_instance_types, Filters=filters(colour="red"))


def test_names(ec2):
    assert names(ec2, InstanceTypes=["c5.large", "t3.nano"]) == ["t3.nano", "c5.large"]
    fails("InvalidInstanceType", ec2.describe_instance_types, InstanceTypes=["t3.micro", "t9.huge", "x"],
          message="The following supplied instance types do not exist: [t9.huge, x]")


def test_pages(ec2):
    pages = [len(p["InstanceTypes"]) for p in ec2.get_paginator("describe_instance_types").paginate()]
    assert len(pages) > 1 and all(n == 100 for n in pages[:-1])
    every = [t["InstanceType"] for p in ec2.get_paginator("describe_instance_types").paginate(MaxResults=7) for t in p["InstanceTypes"]]
    assert len(every) == len(set(every)) == sum(pages)
    fails("InvalidParameterCombination", ec2.describe_instance_types, MaxResults=5, InstanceTypes=["t3.micro"])


def test_offerings(ec2):
    def where(**kw):
        return {(o["InstanceType"], o["LocationType"], o["Location"]) for o in
                ec2.describe_instance_type_offerings(**kw)["InstanceTypeOfferings"]}
    one = filters(instance_type="t3.micro")
    assert where(Filters=one) == {("t3.micro", "region", "us-east-1")}
    zones = {f"us-east-1{z}" for z in "abcdef"}
    assert {w[2] for w in where(LocationType="availability-zone", Filters=one)} == zones
    assert {w[2] for w in where(LocationType="availability-zone-id", Filters=one)} == {f"use1-az{i}" for i in range(1, 7)}
    assert where(LocationType="availability-zone", Filters=one + filters(location="us-east-1b")) == {
        ("t3.micro", "availability-zone", "us-east-1b")}
    assert where(LocationType="outpost") == set()
    every = {t for p in ec2.get_paginator("describe_instance_type_offerings").paginate(MaxResults=50)
             for t in [o["InstanceType"] for o in p["InstanceTypeOfferings"]]}
    assert {"t2.micro", "m5.large", "c7i.large"} <= every
