# SPDX-License-Identifier: Apache-2.0
"""The role's credentials at the metadata service grow old: new ones are there when a quarter of their hour is left, and
the old ones are good until it is over. The region's clock is moved."""
import json

import pytest
from botocore.exceptions import ClientError
from ec2_machines import end, launch, until, wait_state

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
READ = ('curl -sf -H "X-aws-ec2-metadata-token: $(curl -sf -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" $0/api/token)" '
        '$0/meta-data/iam/security-credentials/renewed')


@pytest.fixture
def guest(new_region):
    region = new_region(dev=True)
    iam, ec2 = region.client("iam"), region.client("ec2")
    iam.create_role(RoleName="renewed", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="p")
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="renewed")
    i, = launch(ec2, IamInstanceProfile={"Name": "p"})
    wait_state(ec2, i, "running")
    yield region, i
    end(ec2, i)


def test_renewal(guest):
    region, i = guest

    def read():
        done = region.nephele("exec", i, "--", "/bin/sh", "-c", READ, "http://169.254.169.254/latest", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def works(keys):
        who = region.client("sts", keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"]).get_caller_identity()
        return who["Arn"] == f"arn:aws:sts::000000000000:assumed-role/renewed/{i}"

    first = until(read, "the first credentials")
    region.advance(40 * 60)
    assert read() == first and works(first), "more than a quarter is left"
    region.advance(6 * 60)
    second = read()
    assert second["AccessKeyId"] != first["AccessKeyId"] and second["Expiration"] > first["Expiration"]
    assert works(second) and works(first), "the old ones are good until they end"
    region.advance(15 * 60)
    with pytest.raises(ClientError, match="ExpiredToken"):
        works(first)
    assert read() == second and works(second)
