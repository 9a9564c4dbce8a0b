# SPDX-License-Identifier: Apache-2.0
"""Secrets at rest and in memory: the master key's change, core files, and where no secret may be found."""
import json
import os
import secrets
import subprocess

import pytest
from region import Region, children, clean_env, program, wait_for

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def rotate(region, *argv):
    return region.nephele("master-key", "rotate", *argv, check=False)


def put(region, name, text):
    with open(os.path.join(region.data, name), "w", encoding="utf-8") as f:
        f.write(text)


def start_fails(region, says):
    with pytest.raises(RuntimeError, match=says):
        region.start()


# --- the master key ---

def test_the_master_key_is_changed_and_everything_still_opens(new_region):
    r = new_region()
    s3 = r.client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="small", Body=b"in the database")
    s3.put_object(Bucket="kept", Key="large", Body=b"x" * 100_000)
    key = r.client("iam").create_access_key()["AccessKey"]
    r.stop()
    before = r.file("master.key")
    done = rotate(r)
    assert done.returncode == 0 and "master.key is new" in done.stdout
    assert r.file("master.key") != before
    r.start()
    s3 = r.client("s3", key["AccessKeyId"], key["SecretAccessKey"])
    assert s3.get_object(Bucket="kept", Key="small")["Body"].read() == b"in the database"
    assert len(s3.get_object(Bucket="kept", Key="large")["Body"].read()) == 100_000
    r.stop()
    after = r.file("master.key")
    put(r, "master.key", before)
    start_fails(r, "master key .* does not open the keyring")
    assert rotate(r).returncode == 1
    put(r, "master.key", after)
    r.start()


def test_keys_secrets_and_parameters_open_after_two_changes(new_region):
    r = new_region()
    kms = r.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"before", EncryptionContext={"a": "1"})["CiphertextBlob"]
    signed = {"KeyId": signing, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(**signed)["Signature"]
    r.client("secretsmanager").create_secret(Name="s", SecretString="a secret", KmsKeyId=key)
    r.client("ssm").put_parameter(Name="p", Value="a parameter", Type="SecureString")
    for _ in range(2):
        r.stop()
        assert rotate(r).returncode == 0
        r.start()
        kms = r.client("kms")
        assert kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "1"})["Plaintext"] == b"before"
        assert kms.verify(**signed, Signature=signature)["SignatureValid"]
        assert r.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "a secret"
        assert r.client("ssm").get_parameter(Name="p", WithDecryption=True)["Parameter"]["Value"] == "a parameter"


def test_a_directory_of_an_earlier_version_gets_a_keyring(new_region):
    """There the master key was the root key: 32 bytes, and no keyring. A new directory gets its keys from its first
    master key, so what an earlier version left is one whose state is sealed under the 32 bytes."""
    r = new_region(autostart=False)
    os.makedirs(r.data, mode=0o700, exist_ok=True)
    with open(os.path.join(r.data, "master.key"), "wb") as f:
        f.write(secrets.token_bytes(32))
    r.start()
    key = r.client("iam").create_access_key()["AccessKey"]
    r.stop()
    os.unlink(os.path.join(r.data, "keyring"))
    r.start()
    r.stop()
    assert rotate(r).returncode == 0
    assert r.file("master.key").startswith("nephele-master-key-1 ")
    r.start()
    assert r.client("sts", key["AccessKeyId"], key["SecretAccessKey"]).get_caller_identity()
    r.stop()
    os.unlink(os.path.join(r.data, "keyring"))
    start_fails(r, "keyring, which the master key opens, is not there")


def test_the_change_is_refused_where_it_cannot_be_done(new_region, tmp_path):
    r = new_region()
    before = r.file("keyring")
    done = rotate(r)
    assert done.returncode == 1 and "end it first with `nephele stop`" in done.stderr
    assert r.file("keyring") == before
    for argv in (["master-key"], ["master-key", "show"], ["master-key", "rotate", "now"],
                 ["master-key", "rotate", "--listen=127.0.0.1:1"], ["master-key", "--bogus"]):
        done = subprocess.run([program(), *argv], env=clean_env(), capture_output=True, text=True, check=False)
        assert done.returncode == 2 and done.stderr.startswith("nephele: "), argv
    done = subprocess.run([program(), "master-key", "rotate", f"--data={tmp_path}/none"], env=clean_env(),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "holds no region" in done.stderr
    assert not (tmp_path / "none").exists()


# --- what others could read ---

def test_no_process_leaves_memory_in_a_core_file(region):
    region.running("agent")
    for pid in (region.process.pid, region.child("region"), region.child("agent")):
        with open(f"/proc/{pid}/limits", encoding="utf-8") as f:
            assert next(line for line in f if line.startswith("Max core file size")).split()[4:6] == ["0", "0"]
        with open(f"/proc/{pid}/coredump_filter", encoding="utf-8") as f:
            assert int(f.read(), 16) == 0


def everything_below(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    yield os.path.relpath(path, folder), f.read()


def processes_of(region):
    pids = [region.process.pid]
    for pid in pids:
        pids += children(pid)
    return pids


def shown_by(region):
    """What `ps` shows of its processes to their own user."""
    for pid in processes_of(region):
        for name in ("cmdline", "environ"):
            with open(f"/proc/{pid}/{name}", "rb") as f:
                yield f"{name} of process {pid}", f.read()


def forms(secret):
    """As it is, and inside the JSON, XML or query text of a log."""
    return {secret.encode(), secret.replace("/", "%2F").replace("+", "%2B").encode(),
            secret.replace("/", "\\/").encode()}


def assert_nowhere(marked, places):
    for name, content in places:
        for what, secret in marked.items():
            assert not any(form in content for form in forms(secret)), f"{what} is in {name}"


def make_secrets(r):
    """Secrets that the region was told or has made: {what: text}."""
    iam = r.client("iam")
    marked = {"a password": "Marker-1" + secrets.token_hex(12)}
    iam.create_user(UserName="marked")
    iam.create_login_profile(UserName="marked", Password=marked["a password"])
    key = iam.create_access_key(UserName="marked")["AccessKey"]
    marked["an access key"] = key["SecretAccessKey"]
    iam.put_user_policy(UserName="marked", PolicyName="all", PolicyDocument=ALL)
    sts = r.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    role = iam.create_role(RoleName="marked", AssumeRolePolicyDocument=TRUST)["Role"]
    session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="marked")["Credentials"]
    marked["a role session"] = session["SecretAccessKey"]
    marked["a session's token"] = session["SessionToken"]
    token = sts.get_session_token()["Credentials"]
    marked["a session of a user"] = token["SecretAccessKey"]
    r.client("sts", session["AccessKeyId"], session["SecretAccessKey"],
             session["SessionToken"]).get_caller_identity()
    mfa = iam.create_virtual_mfa_device(VirtualMFADeviceName="marked")["VirtualMFADevice"]
    marked["an MFA device's seed"] = mfa["Base32StringSeed"].decode()
    r.client("s3").create_bucket(Bucket="marked")
    marked["an object"] = "marker-2-" + secrets.token_hex(16)
    r.client("s3").put_object(Bucket="marked", Key="k", Body=marked["an object"].encode())
    return marked


def test_no_secret_lies_where_it_can_be_read(new_region):
    r = new_region(keys=False, log="debug")
    marked = make_secrets(r)
    root = {"the root key": r.root[1]}
    assert all(len(secret) >= 16 for secret in {**marked, **root}.values())
    assert_nowhere({**marked, **root}, shown_by(r))
    assert_nowhere(marked, everything_below(r.data))
    assert_nowhere({**marked, **root}, [("the log", r.log().encode())])
    assert_nowhere(root, [place for place in everything_below(r.data) if place[0] != "root-keys"])
    r.stop()
    assert_nowhere(marked, everything_below(r.data))


def test_a_root_key_that_was_given_is_not_left_in_the_environment():
    with Region() as r:
        assert r.given, "this test is about a key of the environment"
        assert_nowhere({"the root key": r.given[1]}, shown_by(r))


def test_the_search_finds_what_is_there(region):
    """The root keys' file is meant to hold one: were it not found, the search would be blind."""
    with pytest.raises(AssertionError, match="root-keys"):
        assert_nowhere({"the root key": region.root[1]}, everything_below(region.data))


@pytest.mark.parametrize("name", ["--help", "help"])
def test_help_names_the_command(name):
    done = subprocess.run([program(), name], env=clean_env(), capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "master-key rotate" in done.stdout
