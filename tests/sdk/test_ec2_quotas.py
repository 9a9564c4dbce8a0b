# SPDX-License-Identifier: Apache-2.0
"""Quotas too great to be reached call by call: an item of each kind is made, and the region finds as many rows like it
as there may be. One more is refused in AWS's words, another account is not, and what goes makes room."""
import contextlib
import os
import signal
import sqlite3

import pytest
from ec2_machines import end, image, launch
from ec2_util import account_number, ec2_of, fails, make_subnet, make_vpc
from region import Region


@contextlib.contextmanager
def rows(region):
    """The database of a region that does not run."""
    with contextlib.closing(sqlite3.connect(os.path.join(region.data, "state.db"))) as db, db:
        yield db


def multiply(region, item, n):
    """n more items like one, each under an id of its own, which need the same."""
    kind = item.rpartition("-")[0]
    ids = [f"{kind}-{i:017x}" for i in range(n)]
    with rows(region) as db:
        (*key, name, made, detail, own), = db.execute(
            "SELECT account, region, kind, vpc, name, made_ms, detail, own FROM ec2_item WHERE id = ?", (item,))
        refs = db.execute("SELECT what, target FROM ec2_ref WHERE item = ?", (item,)).fetchall()
        for i in ids:
            new = [b if b is None else b.replace(item.encode(), i.encode()) for b in (detail, own)]
            db.execute("INSERT INTO ec2_item (account, region, kind, vpc, name, made_ms, detail, own, id) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*key, name and f"{name}-{i}", made, *new, i))
        account, where, *_ = key
        db.executemany("INSERT INTO ec2_ref VALUES (?, ?, ?, ?, ?)",
                       [(account, where, i, what, target) for i in ids for what, target in refs])
    return ids


class Full:
    """An account with a VPC and one of each; whose counts are filled while the region stands still."""

    def __init__(self, region):
        self.account = account_number()
        self.ec2 = ec2_of(region, self.account)
        self.runner = account_number()
        ec2_of(region, self.runner).describe_vpcs()  # makes the account
        region.client("s3", self.account, "any").create_bucket(Bucket="logs-" + self.account)
        self.vpc, self.logged = make_vpc(self.ec2), make_vpc(self.ec2, "10.1.0.0/16")
        self.subnet = make_subnet(self.ec2, self.vpc, "10.0.0.0/18")
        self.made = {kind: make(self, "first") for kind, (make, *_) in KINDS.items()}
        self.versions = self.template("versions")
        self.version()
        self.list = self.ec2.create_managed_prefix_list(PrefixListName="l", MaxEntries=2, AddressFamily="IPv4",
                                                        Entries=[{"Cidr": "10.0.0.0/8"}])["PrefixList"]["PrefixListId"]

    def version(self):
        self.ec2.create_launch_template_version(LaunchTemplateId=self.versions, LaunchTemplateData={"InstanceType": "t3.nano"})

    def log(self, _):
        return self.ec2.create_flow_logs(ResourceIds=[self.logged], ResourceType="VPC", TrafficType="ALL",
                                         LogDestinationType="s3",
                                         LogDestination=f"arn:aws:s3:::logs-{self.account}/")["FlowLogIds"][0]

    def log_of_another(self, name):
        done = self.ec2.create_flow_logs(ResourceIds=[self.vpc], ResourceType="VPC", TrafficType="ALL", LogDestinationType="s3",
                                         LogDestination=f"arn:aws:s3:::logs-{self.account}/{name}/")
        return done["FlowLogIds"][0]

    def group(self, name):
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]

    def interface(self, _):
        return self.ec2.create_network_interface(SubnetId=self.subnet)["NetworkInterface"]["NetworkInterfaceId"]

    def image(self, name):
        return self.ec2.copy_image(Name=name, SourceImageId=image(self.ec2), SourceRegion="us-east-1")["ImageId"]

    def key(self, name):
        return self.ec2.create_key_pair(KeyName=name, KeyType="ed25519")["KeyPairId"]

    def template(self, name):
        return self.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "t3.nano"})[
            "LaunchTemplate"]["LaunchTemplateId"]


# kind: how one is made, how many there may be beside the first, the refusal, how one goes
KINDS = {
    "group": (Full.group, 2500 - 4, "SecurityGroupLimitExceeded",  # three VPCs have a default one
              lambda ec2, i: ec2.delete_security_group(GroupId=i)),
    "interface": (Full.interface, 5000 - 1, "NetworkInterfaceLimitExceeded",
                  lambda ec2, i: ec2.delete_network_interface(NetworkInterfaceId=i)),
    "log": (Full.log, 1000 - 1, "FlowLogsLimitExceeded", lambda ec2, i: ec2.delete_flow_logs(FlowLogIds=[i])),
    "key": (Full.key, 5000 - 1, "KeyPairLimitExceeded", lambda ec2, i: ec2.delete_key_pair(KeyPairId=i)),
    "image": (Full.image, 500 - 1, "ResourceLimitExceeded", lambda ec2, i: ec2.deregister_image(ImageId=i)),
    "template": (Full.template, 5000 - 2, "MaxTemplateLimitExceeded",
                 lambda ec2, i: ec2.delete_launch_template(LaunchTemplateId=i)),
}


@pytest.fixture(scope="module")
def region():
    with Region(dev=True, no_sync=True) as r:
        yield r


def fill_versions(region, f):
    """10,000 of a template, 1,000 of a prefix list."""
    with rows(region) as db:
        last, = db.execute("SELECT item FROM ec2_ref WHERE target = ? ORDER BY item LIMIT 1", (f.versions,)).fetchone()
    multiply(region, last, 10000 - 2)
    with rows(region) as db:
        db.executemany("INSERT INTO ec2_list_version SELECT account, region, list, ?, entries FROM ec2_list_version "
                       "WHERE list = ? AND version = 1", [(v, f.list) for v in range(2, 1001)])
        detail, = db.execute("SELECT detail FROM ec2_item WHERE id = ?", (f.list,)).fetchone()
        later = detail.replace(b"gVersion\x01", b"gVersion\x19" + (1000).to_bytes(2, "big"))  # CBOR: a text, a number
        assert later != detail
        db.execute("UPDATE ec2_item SET detail = ? WHERE id = ?", (later, f.list))


def take_slots(region, account, first, n):
    with rows(region) as db:
        db.executemany("INSERT INTO ec2_slot VALUES (?, ?, 'us-east-1', ?)",
                       [(first + i, account, f"i-{i:017x}") for i in range(n)])


@pytest.fixture(scope="module")
def full(region):
    f = Full(region)
    region.stop()
    f.ids = {kind: multiply(region, f.made[kind], n) for kind, (_, n, *_) in KINDS.items()}
    fill_versions(region, f)
    take_slots(region, f.runner, 1, 999)
    take_slots(region, "000000000000", 1000, 23)
    region.start()
    f.ec2, f.other = ec2_of(region, f.account), ec2_of(region, account_number())
    return f


@pytest.mark.parametrize("kind", KINDS)
def test_one_more(full, kind):
    make, _, code, drop = KINDS[kind]
    if kind == "log":
        make = Full.log_of_another  # this one has as many as it may have
    fails(code, make, full, "more")
    drop(full.ec2, full.ids[kind][0])
    made = make(full, "more")
    fails(code, make, full, "again")
    drop(full.ec2, made)


def test_another_account_has_its_own(full):
    vpc = make_vpc(full.other)
    subnet = make_subnet(full.other, vpc)
    full.other.create_security_group(GroupName="g", Description="x", VpcId=vpc)
    full.other.create_network_interface(SubnetId=subnet)
    full.other.create_key_pair(KeyName="k", KeyType="ed25519")
    full.other.create_launch_template(LaunchTemplateName="tpl", LaunchTemplateData={"InstanceType": "t3.nano"})


def test_all_of_them_are_described(full):
    """In pages, and each once."""
    seen = [g["GroupId"] for p in full.ec2.get_paginator("describe_security_groups").paginate(PaginationConfig={"PageSize": 1000})
            for g in p["SecurityGroups"]]
    assert len(seen) == len(set(seen)) and set(full.ids["group"][1:]) < set(seen)


def test_versions_of_a_template(full):
    fails("MaxTemplateVersionLimitExceeded", full.version)
    gone = full.ec2.delete_launch_template_versions(LaunchTemplateId=full.versions, Versions=["2"])
    assert len(gone["SuccessfullyDeletedLaunchTemplateVersions"]) == 1
    full.version()
    fails("MaxTemplateVersionLimitExceeded", full.version)


def test_versions_of_a_prefix_list(full):
    """The thousandth and one takes the place of the first."""
    entries = lambda version: full.ec2.get_managed_prefix_list_entries(  # noqa: E731
        PrefixListId=full.list, TargetVersion=version)["Entries"]
    assert len(entries(1)) == len(entries(1000)) == 1
    new = full.ec2.modify_managed_prefix_list(PrefixListId=full.list, CurrentVersion=1000, AddEntries=[{"Cidr": "11.0.0.0/8"}])
    assert new["PrefixList"]["Version"] == 1001
    assert len(entries(1001)) == 2 and len(entries(2)) == 1
    fails("InvalidParameterValue", entries, 1)


def test_instances_of_an_account_and_of_the_host(region, full):
    ec2 = ec2_of(region, full.runner)
    fails("InstanceLimitExceeded", launch, ec2, 2)
    i, = launch(ec2, MinCount=1, MaxCount=3)  # as many as there is room for
    assert "for the region" in fails("InstanceLimitExceeded", launch, ec2)
    assert "This host" in fails("InstanceLimitExceeded", launch, full.other)
    end(ec2, i)
    j, = launch(full.other)
    end(full.other, j)


def test_volumes_and_snapshots(new_region):
    """The agent stands still meanwhile, so that it does not make what the rows say."""
    region = new_region(dev=True, no_sync=True)
    account, other = account_number(), account_number()
    ec2, place = ec2_of(region, account), {"AvailabilityZone": "us-east-1a", "Size": 1}
    volume = ec2.create_volume(**place)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 0.02, "MaxAttempts": 3000})
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig={"Delay": 0.02, "MaxAttempts": 3000})
    region.stop()
    multiply(region, volume, 5000 - 1)
    multiply(region, snapshot, 10000 - 1)
    region.start()
    os.kill(region.running("agent"), signal.SIGSTOP)
    ec2 = ec2_of(region, account)
    fails("VolumeLimitExceeded", ec2.create_volume, **place)
    fails("VolumeLimitExceeded", launch, ec2)
    fails("SnapshotLimitExceeded", ec2.create_snapshot, VolumeId=volume)
    fails("SnapshotLimitExceeded", ec2.copy_snapshot, SourceSnapshotId=snapshot, SourceRegion="us-east-1")
    assert ec2.describe_instances()["Reservations"] == []
    assert ec2_of(region, other).create_volume(**place)["State"] == "creating"
    region.kill()
    with rows(region) as db:
        db.execute("DELETE FROM ec2_item WHERE id GLOB 'vol-00000*' OR id GLOB 'snap-00000*'")
    region.start()
    ec2 = ec2_of(region, account)
    more = ec2.create_volume(**place)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[more], WaiterConfig={"Delay": 0.02, "MaxAttempts": 3000})
    assert ec2.create_snapshot(VolumeId=volume)["State"] == "pending"
