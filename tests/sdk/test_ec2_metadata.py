# SPDX-License-Identifier: Apache-2.0
"""What an instance reads at 169.254.169.254, asked from inside by `nephele exec`, and the other commands for
instances."""
import json
import re
import subprocess

import pytest
from botocore.exceptions import ClientError
from ec2_machines import end, launch, until, wait_state
from region import clean_env, program

URL = "http://169.254.169.254/latest/"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def nephele(region, command, *argv, **kw):
    return subprocess.run([program(), command, f"--data={region.data}", *argv], env=clean_env(), capture_output=True,
                          text=True, timeout=60, check=False, **kw)


class Guest:
    def __init__(self, region, instance):
        self.region, self.id = region, instance

    def sh(self, script, *argv):
        done = nephele(self.region, "exec", self.id, "--", "/bin/sh", "-c", script, "sh", *argv)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def curl(self, *argv):
        """(status, body)"""
        out = self.sh('exec curl -s -w "\\n%{http_code}" "$@"', *argv)
        body, _, status = out.rpartition("\n")
        return int(status), body

    def token(self, ttl="60"):
        return self.curl("-X", "PUT", "-H", f"X-aws-ec2-metadata-token-ttl-seconds: {ttl}", URL + "api/token")

    def get(self, path, token=None):
        return self.curl("-H", f"X-aws-ec2-metadata-token: {token or self.token()[1]}", URL + path)


@pytest.fixture(scope="module")
def role(region):
    iam = region.client("iam")
    iam.create_role(RoleName="imds-web", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="imds-web")
    iam.add_role_to_instance_profile(InstanceProfileName="imds-web", RoleName="imds-web")
    yield "imds-web"
    iam.remove_role_from_instance_profile(InstanceProfileName="imds-web", RoleName="imds-web")
    iam.delete_instance_profile(InstanceProfileName="imds-web")
    iam.delete_role(RoleName="imds-web")


@pytest.fixture(scope="module")
def guests(region, role):
    """Two: the first with a role, tags and user data that fails, the second by tokens or without."""
    ec2 = region.client("ec2")
    first, = launch(ec2, IamInstanceProfile={"Name": role}, UserData="#!/bin/sh\necho said by user data\nexit 7\n",
                    MetadataOptions={"InstanceMetadataTags": "enabled", "HttpTokens": "required"},
                    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web-1"}]}])
    second, = launch(ec2, MetadataOptions={"HttpTokens": "optional"})
    for i in (first, second):
        wait_state(ec2, i, "running")
    until(lambda: nephele(region, "exec", first, "true").returncode == 0, "init answers")
    until(lambda: nephele(region, "exec", second, "true").returncode == 0, "init answers")
    yield Guest(region, first), Guest(region, second)
    end(ec2, first, second)


# --- tokens ---

def test_tokens(guests):
    first, _ = guests
    status, token = first.token()
    assert status == 200 and re.fullmatch(r"[A-Za-z0-9_-]{54}==", token)
    assert first.get("meta-data/instance-id", token) == (200, first.id)
    for bad in ("0", "21601", "x", ""):
        assert first.token(bad)[0] == 400, bad
    assert first.curl("-X", "PUT", URL + "api/token")[0] == 400
    assert first.curl("-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60", "-H", "X-Forwarded-For: 1.2.3.4",
                      URL + "api/token")[0] == 403
    assert first.curl(URL + "api/token")[0] == 405
    assert first.curl("-X", "POST", "-H", f"X-aws-ec2-metadata-token: {token}", URL + "meta-data/")[0] == 405


def test_tokens_are_required_where_that_is_said(guests):
    first, second = guests
    assert first.curl(URL + "meta-data/instance-id")[0] == 401
    assert first.get("meta-data/instance-id", "AQAAAA==")[0] == 401
    assert second.curl(URL + "meta-data/instance-id") == (200, second.id)
    assert second.get("meta-data/instance-id", "AQAAAA==")[0] == 401, "a wrong one is refused also there"


def test_another_instances_metadata(guests):
    """Nobody's address but one's own leads to anything, and another's token is none."""
    first, second = guests
    assert second.get("meta-data/instance-id", first.token()[1])[0] == 401
    spoofed = second.sh('ip addr add 10.9.9.9/32 dev lo 2>&1 || true')
    assert "Operation not permitted" in spoofed or "denied" in spoofed or "not found" in spoofed
    assert second.curl("-H", "Host: " + first.id, "-H", f"X-Forwarded-For: {first.id}", URL + "meta-data/instance-id") \
        == (200, second.id)


def test_options_change_while_it_runs(region, guests):
    _, second = guests
    ec2 = region.client("ec2")
    ec2.modify_instance_metadata_options(InstanceId=second.id, HttpTokens="required")
    until(lambda: second.curl(URL + "meta-data/")[0] == 401, "tokens are asked for")
    ec2.modify_instance_metadata_options(InstanceId=second.id, HttpEndpoint="disabled")
    until(lambda: second.token()[0] == 403, "it is off")
    ec2.modify_instance_metadata_options(InstanceId=second.id, HttpEndpoint="enabled", HttpTokens="optional")
    until(lambda: second.curl(URL + "meta-data/")[0] == 200, "it is on again")


# --- what is there ---

def test_the_tree(region, guests):
    first, _ = guests
    d = region.client("ec2").describe_instances(InstanceIds=[first.id])["Reservations"][0]["Instances"][0]
    mac = d["NetworkInterfaces"][0]["MacAddress"]
    expected = {
        "meta-data/ami-id": d["ImageId"], "meta-data/instance-type": "t3.micro", "meta-data/local-ipv4": d["PrivateIpAddress"],
        "meta-data/mac": mac, "meta-data/tags/instance/Name": "web-1", "meta-data/placement/region": "us-east-1",
        "meta-data/placement/availability-zone": d["Placement"]["AvailabilityZone"],
        "meta-data/network/interfaces/macs/": mac + "/",
        f"meta-data/network/interfaces/macs/{mac}/vpc-id": d["VpcId"],
        f"meta-data/network/interfaces/macs/{mac}/subnet-id": d["SubnetId"],
        "meta-data/iam/security-credentials/": "imds-web",
        "user-data": "#!/bin/sh\necho said by user data\nexit 7\n",
    }
    token = first.token()[1]
    for path, text in expected.items():
        assert first.get(path, token) == (200, text), path
    status, page = first.get("meta-data/spot/instance-action", token)
    assert status == 404 and "<title>404 - Not Found</title>" in page
    assert "instance-id\n" in first.get("meta-data/", token)[1]


def test_identity_document(region, guests, tmp_path):
    """Signed by the region's own authority, which says so."""
    first, _ = guests
    document = first.get("dynamic/instance-identity/document")[1]
    said = json.loads(document)
    assert said["instanceId"] == first.id and said["region"] == "us-east-1" and said["accountId"] == "000000000000"
    cms = first.get("dynamic/instance-identity/pkcs7")[1]
    (tmp_path / "cms").write_text(f"-----BEGIN CMS-----\n{cms}\n-----END CMS-----\n")
    (tmp_path / "ca").write_text(nephele(region, "ca").stdout)
    done = subprocess.run(["openssl", "cms", "-verify", "-inform", "PEM", "-in", str(tmp_path / "cms"), "-CAfile",
                           str(tmp_path / "ca"), "-purpose", "any"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == document


def test_credentials_of_the_role(region, guests, role):
    first, _ = guests
    keys = json.loads(first.get(f"meta-data/iam/security-credentials/{role}")[1])
    assert keys["Code"] == "Success" and keys["Type"] == "AWS-HMAC"
    sts = region.client("sts", keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"])
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::000000000000:assumed-role/{role}/{first.id}"
    again = json.loads(first.get(f"meta-data/iam/security-credentials/{role}")[1])
    assert again["AccessKeyId"] == keys["AccessKeyId"], "the same until they grow old"
    info = json.loads(first.get("meta-data/iam/info")[1])
    assert info["InstanceProfileArn"] == f"arn:aws:iam::000000000000:instance-profile/{role}"


def test_credentials_say_whose_they_are(region, guests, role):
    first, second = guests
    iam = region.client("iam")
    keys = json.loads(first.get(f"meta-data/iam/security-credentials/{role}")[1])
    ec2 = region.client("ec2", keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"])

    def only(guest):
        arn = f"arn:aws:ec2:us-east-1:000000000000:instance/{guest.id}"
        statement = {"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*",
                     "Condition": {"ArnEquals": {"ec2:SourceInstanceARN": arn}}}
        iam.put_role_policy(RoleName=role, PolicyName="own",
                            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    only(first)
    ec2.describe_vpcs()
    only(second)
    with pytest.raises(ClientError) as e:
        ec2.describe_vpcs()
    assert e.value.response["Error"]["Code"] == "UnauthorizedOperation"
    iam.delete_role_policy(RoleName=role, PolicyName="own")


def test_a_role_that_does_not_trust(region, guests, role):
    first, _ = guests
    iam = region.client("iam")
    other = dict(TRUST, Statement=[dict(TRUST["Statement"][0], Principal={"Service": "lambda.amazonaws.com"})])
    iam.create_role(RoleName="imds-other", AssumeRolePolicyDocument=json.dumps(other))
    iam.remove_role_from_instance_profile(InstanceProfileName=role, RoleName=role)
    iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName="imds-other")
    try:
        said = json.loads(first.get("meta-data/iam/security-credentials/imds-other")[1])
        assert said["Code"] == "AssumeRoleUnauthorizedAccess"
    finally:
        iam.remove_role_from_instance_profile(InstanceProfileName=role, RoleName="imds-other")
        iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)
        iam.delete_role(RoleName="imds-other")


# --- commands ---

def test_exec(region, guests):
    first, _ = guests
    assert nephele(region, "exec", first.id, "sh", "-c", "exit 7").returncode == 7
    assert nephele(region, "exec", first.id, "sh", "-c", "kill -9 $$").returncode == 137
    done = nephele(region, "exec", first.id, "sh", "-c", "cat; echo wrong >&2", input="through\n" * 20000)
    assert done.stdout == "through\n" * 20000 and done.stderr == "wrong\n"
    assert nephele(region, "exec", "--user=ec2-user", first.id, "id", "-un").stdout == "ec2-user\n"
    assert nephele(region, "exec", first.id, "no-such-program").returncode != 0
    gone = nephele(region, "exec", "i-00000000000000000", "true")
    assert gone.returncode == 1 and "no instance" in gone.stderr


def test_console_and_status(region, guests):
    first, _ = guests
    until(lambda: "user data FAILED (exit status 7)" in nephele(region, "status").stdout, "status says that it failed")
    assert f"{first.id}  running" in nephele(region, "status").stdout
    assert "said by user data" in nephele(region, "console", first.id).stdout
    assert nephele(region, "console", "i-00000000000000000").returncode == 1


def test_ssh(region, guests):
    """By a key of the region's, whatever the security group says: it opens nothing."""
    first, _ = guests
    done = until(lambda: (lambda d: d if d.returncode == 0 else None)(nephele(region, "ssh", first.id, "id", "-un")), "sshd answers")
    assert done.stdout == "ec2-user\n"


def test_pages_need_the_token(region, guests):
    """Another program of the host gets nothing."""
    first, _ = guests
    for path in ("instances", f"console?instance={first.id}", f"talk?instance={first.id}"):
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Upgrade: nephele-talk", "-H",
                               "Connection: Upgrade", f"{region.endpoint}/_nephele/{path}"], capture_output=True, text=True, check=True)
        assert done.stdout == "403", path
