# SPDX-License-Identifier: Apache-2.0
"""The AWS CLI as people use it. Each start of it costs a second or two, so a test is a whole errand."""
import json
import os
import shutil
import subprocess
import urllib.request

import pytest

from s3_help import allow, ask, open_to_the_public, put_policy

AWS = shutil.which("aws")
MIB = 1 << 20

pytestmark = pytest.mark.skipif(AWS is None, reason="the AWS CLI is not installed")


@pytest.fixture(params=["http", "https"])
def aws(region, request, tmp_path):
    """aws("s3", "ls") is what it prints. The endpoint is named on the command line: older ones know no variable."""
    tls = request.param == "https"
    env = region.env(tls=tls)

    def run(*argv):
        p = subprocess.run([AWS, "--endpoint-url", env["AWS_ENDPOINT_URL"], *argv], env=env, cwd=tmp_path,
                           capture_output=True, text=True, check=False)
        assert p.returncode == 0, p.stderr
        return p.stdout

    return run


def keys(s3, bucket):
    return sorted(o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", []))


def test_large_files_go_up_in_parts(aws, s3, bucket, tmp_path):
    body = os.urandom(9 * MIB + 5)
    (tmp_path / "large.html").write_bytes(body)
    aws("s3", "cp", "large.html", f"s3://{bucket}/a b/ü+%.html", "--no-progress")
    head = s3.head_object(Bucket=bucket, Key="a b/ü+%.html")
    assert (head["ETag"][-3:], head["ContentType"]) == ('-2"', "text/html")
    aws("s3", "cp", f"s3://{bucket}/a b/ü+%.html", "back", "--no-progress")
    assert (tmp_path / "back").read_bytes() == body


@pytest.mark.parametrize("aws", ["http"], indirect=True)
def test_a_folder_is_kept_the_same(aws, s3, bucket, tmp_path):
    site = tmp_path / "site"
    (site / "a b").mkdir(parents=True)
    for name in ("index.html", "gone.html", "a b/ü+%.css"):
        (site / name).write_text(name)
        os.utime(site / name, (1e9, 1e9))  # clearly before its upload: S3 tells whole seconds
    aws("s3", "sync", "site", f"s3://{bucket}", "--no-progress")
    assert keys(s3, bucket) == ["a b/ü+%.css", "gone.html", "index.html"]
    (site / "gone.html").unlink()
    told = aws("s3", "sync", "site", f"s3://{bucket}", "--delete", "--no-progress")
    assert told.split() == ["delete:", f"s3://{bucket}/gone.html"], "what has not changed stays"
    aws("s3", "sync", f"s3://{bucket}", "back", "--no-progress")
    assert (tmp_path / "back" / "a b" / "ü+%.css").read_text() == "a b/ü+%.css"
    aws("s3", "rm", f"s3://{bucket}", "--recursive")
    assert keys(s3, bucket) == []


@pytest.mark.parametrize("aws", ["http"], indirect=True)
def test_objects_move_and_are_presigned(aws, region, s3, bucket):
    s3.put_object(Bucket=bucket, Key="old", Body=b"moved", ContentType="text/x", Metadata={"a": "b"})
    aws("s3", "mv", f"s3://{bucket}/old", f"s3://{bucket}/new name")
    assert keys(s3, bucket) == ["new name"]
    got = s3.get_object(Bucket=bucket, Key="new name")
    assert (got["ContentType"], got["Metadata"]) == ("text/x", {"a": "b"})

    url = aws("s3", "presign", f"s3://{bucket}/new name", "--expires-in", "60").strip()
    with urllib.request.urlopen(url) as reply:
        assert reply.read() == b"moved"
    assert ask(region, url.removeprefix(region.endpoint).replace("new%20name", "other")).status == 403

    told = json.loads(aws("s3api", "get-object-attributes", "--bucket", bucket, "--key", "new name",
                          "--object-attributes", "ObjectSize", "ETag", "--output", "json"))
    assert (told["ObjectSize"], told["ETag"]) == (5, got["ETag"].strip('"'))


@pytest.mark.parametrize("aws", ["http"], indirect=True)
def test_a_website_is_made(aws, region, s3, bucket):
    aws("s3", "website", f"s3://{bucket}", "--index-document", "index.html", "--error-document", "error.html")
    open_to_the_public(s3, bucket)
    put_policy(s3, bucket, allow(bucket, "s3:GetObject"))
    s3.put_object(Bucket=bucket, Key="index.html", Body=b"<h1>home</h1>", ContentType="text/html")
    s3.put_object(Bucket=bucket, Key="error.html", Body=b"<h1>lost</h1>", ContentType="text/html")
    host = f"{bucket}.s3-website-us-east-1.amazonaws.com"
    assert ask(region, "/", host=host).body == b"<h1>home</h1>"
    answer = ask(region, "/nothing", host=host)
    assert (answer.status, answer.body) == (403, b"<h1>lost</h1>"), "the public may not list"


@pytest.mark.parametrize("aws", ["http"], indirect=True)
def test_parameters(aws, unique, tmp_path):
    name = f"/{unique('cli')}/password"
    (tmp_path / "value").write_text("two\nlines", encoding="utf-8")
    aws("ssm", "put-parameter", "--name", name, "--type", "SecureString", "--value", "file://value", "--tags",
        "Key=team,Value=web")
    ask_for = ["ssm", "get-parameter", "--name", name, "--query", "Parameter.Value", "--output", "text"]
    assert aws(*ask_for, "--with-decryption") == "two\nlines\n"
    assert "lines" not in aws(*ask_for)
    found = json.loads(aws("ssm", "describe-parameters", "--filters", f"Key=Name,Values={name}", "--output", "json"))
    assert [p["KeyId"] for p in found["Parameters"]] == ["alias/aws/ssm"]
    aws("ssm", "delete-parameter", "--name", name)


def test_a_secret_through_its_life(aws, unique, tmp_path):
    name = unique("cli/secret")
    (tmp_path / "value.json").write_text('{"user": "a", "password": "p\u00e4ss"}', encoding="utf-8")
    made = json.loads(aws("secretsmanager", "create-secret", "--name", name, "--secret-string", "file://value.json"))
    got = json.loads(aws("secretsmanager", "get-secret-value", "--secret-id", made["ARN"]))
    assert json.loads(got["SecretString"]) == {"user": "a", "password": "p\u00e4ss"}
    put = json.loads(aws("secretsmanager", "put-secret-value", "--secret-id", name, "--secret-string", "two",
                         "--version-stages", "AWSPENDING"))
    aws("secretsmanager", "update-secret-version-stage", "--secret-id", name, "--version-stage", "AWSCURRENT",
        "--move-to-version-id", put["VersionId"], "--remove-from-version-id", made["VersionId"])
    assert aws("secretsmanager", "get-secret-value", "--secret-id", name, "--query", "SecretString",
               "--output", "text") == "two\n"
    assert name in aws("secretsmanager", "list-secrets", "--filters", f"Key=name,Values={name}")
    aws("secretsmanager", "delete-secret", "--secret-id", name, "--recovery-window-in-days", "7")
    aws("secretsmanager", "restore-secret", "--secret-id", name)
    aws("secretsmanager", "delete-secret", "--secret-id", name, "--force-delete-without-recovery")
