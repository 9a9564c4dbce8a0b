# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager: a value is nowhere but in the answer: not in the database, the audit, the log, nor in the
memory of the region once the calls are over, from where a core dump would take it."""
import base64
import os
import resource
import secrets

from process_memory import memory_of
from region import wait_for
from secrets_help import ask, code


def files_of(folder):
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    yield path, f.read()


def forms(marker):
    """As it is, and as base64 at each of its three offsets."""
    out = [marker]
    for skip in range(3):
        coded = base64.b64encode(b"x" * skip + marker)
        out.append(coded[4 if skip else 0:-4])
    return out


def test_a_value_is_nowhere_but_in_the_answer(new_region):
    region = new_region(dev=True)
    sm = region.client("secretsmanager")
    marker = secrets.token_hex(24).encode()
    text = marker.decode()
    sm.create_secret(Name="a", SecretString=f'{{"password":"{text}"}}', AddReplicaRegions=[{"Region": "eu-west-1"}])
    sm.put_secret_value(SecretId="a", SecretBinary=b"\0" + marker)
    sm.update_secret(SecretId="a", SecretString=f"line\n{text}\t\u00e4")
    sm.update_secret(SecretId="a", KmsKeyId=region.client("kms").create_key()["KeyMetadata"]["KeyId"])
    for stage in ("AWSCURRENT", "AWSPREVIOUS"):
        sm.get_secret_value(SecretId="a", VersionStage=stage)
    ask(region, "BatchGetSecretValue", SecretIdList=["a"])
    # Calls that fail hold it, too.
    assert code(sm.create_secret, Name="a", SecretString=text) == "ResourceExistsException"
    assert code(sm.put_secret_value, SecretId="none", SecretString=text) == "ResourceNotFoundException"
    assert code(sm.put_secret_value, SecretId="a", SecretString=text * 2000) == "ValidationException"
    assert ask(region, "PutSecretValue", SecretId="a", SecretString=text, ClientRequestToken="x" * 32,
               RotationToken="y" * 40)[0] == 400
    sm.close()
    reads = os.path.join(region.data, "audit")
    wait_for(lambda: b"BatchGetSecretValue" in b"".join(d for _, d in files_of(reads)), what="the audit of reads")
    found = [(path, form) for path, data in files_of(region.data) for form in forms(marker) if form in data]
    assert not found
    assert not [form for form in forms(marker) if form in region.log().encode()]


def test_the_region_leaves_no_core(region):
    pid = region.running("region")
    assert max(resource.prlimit(pid, resource.RLIMIT_CORE)) in (0, 1)  # of a byte nothing is written either


def test_memory_is_wiped_after_a_call(new_region):
    region = new_region(dev=True, workers=1)
    marker = secrets.token_hex(24)
    sm = region.client("secretsmanager")
    sm.create_secret(Name="a", SecretString=marker * 40)
    sm.get_secret_value(SecretId="a")
    iam = region.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    nobody = region.client("secretsmanager", key["AccessKeyId"], key["SecretAccessKey"])
    assert code(nobody.put_secret_value, SecretId="a", SecretString=marker) == "AccessDeniedException"
    assert code(sm.put_secret_value, SecretId="none", SecretString=marker) == "ResourceNotFoundException"
    sm.close()
    nobody.close()
    # The loop reads what comes next into the same buffer.
    other = region.client("secretsmanager")
    for _ in range(8):
        other.put_secret_value(SecretId="a", SecretString="-" * len(marker) * 40)
        other.get_secret_value(SecretId="a")
    other.close()
    pid = region.running("region")
    left = sum(part.count(marker.encode()) for part in memory_of(pid))
    assert left == 0
