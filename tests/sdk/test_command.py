# SPDX-License-Identifier: Apache-2.0
"""The nephele command: what it prints, refuses and leaves behind."""
import json
import os
import pathlib
import pwd
import re
import signal
import stat
import subprocess

import botocore.exceptions
import pytest
from region import Region, children, clean_env, program, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*argv, **env):
    return subprocess.run([program(), *argv], env=clean_env(**env), capture_output=True, text=True, check=False)


def test_unknown_words_are_errors(tmp_path):
    for argv in (["bogus"], ["serve", "--bogus"], ["stop", "--listen=127.0.0.1:1"], ["serve", "word"],
                 ["serve", "--iam=maybe"], ["serve", "--regions=eu-west-1,moon-1"], ["serve", "--workers=0"], ["serve", "--listen=localhost:1"]):
        done = run(*argv, NEPHELE_DATA=str(tmp_path / "d"))
        assert done.returncode == 2, argv
        assert done.stderr.startswith("nephele: ")
    done = run("serve", NEPHELE_DATE=str(tmp_path / "d"))
    assert done.returncode == 2 and "NEPHELE_DATE" in done.stderr
    assert not (tmp_path / "d").exists()


def test_help_of_all_and_of_one_command(tmp_path):
    every = run("help").stdout
    assert run("--help").stdout == every and "  stop [--keep]" in every
    for argv in (["help", "serve"], ["serve", "--help"], ["serve", "-h"]):
        done = run(*argv, NEPHELE_DATA=str(tmp_path / "d"))
        assert done.returncode == 0 and done.stdout.startswith("usage: nephele serve") and "--listen" in done.stdout
    assert "--listen" not in run("stop", "--help").stdout
    assert run("help", "bogus").returncode == 2 and run("bogus", "--help").returncode == 2
    assert not (tmp_path / "d").exists()


def test_the_manual_page_has_every_command_and_flag():
    page = (ROOT / "dist/nephele.1.scd").read_text()
    commands, flags = run("help").stdout.split("flags of serve and start")
    for words in filter(None, map(str.split, commands.splitlines()[1:])):
        for way in words[1].split("|") if "|" in words[1] else [""]:
            name = f"{words[0]} {way}".strip()
            assert re.search(rf"(^|, )\*{name}\b", page, re.M), name
    for flag in re.findall(r"^  (--\S+)", flags, re.M):
        assert f"\n*{flag}*" in page, flag


def test_variables_mirror_flags(tmp_path):
    env = {"NEPHELE_DATA": str(tmp_path / "d"), "NEPHELE_LISTEN": "127.0.0.1:0", "NEPHELE_AT_REST": "none"}
    assert run("start", **env).returncode == 0
    try:
        assert "running" in run("status", **env).stdout
    finally:
        assert run("stop", **env).returncode == 0
    assert run("status", **env).returncode == 3


def test_start_and_stop(tmp_path):
    data = f"--data={tmp_path}/it's here"
    started = run("start", data, "--listen=127.0.0.1:0", "--dns=127.0.0.1:0", NEPHELE_ROOT_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
                  NEPHELE_ROOT_SECRET_ACCESS_KEY="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert started.returncode == 0, started.stderr
    try:
        again = run("start", data, "--listen=127.0.0.1:0", "--dns=127.0.0.1:0")
        assert again.returncode == 0 and "serves at" in again.stdout and "change nothing" in again.stderr
        assert run("start", data).stderr == ""
        endpoints = run("endpoints", "--json", data).stdout
        assert '"resource":"gateway"' in endpoints
    finally:
        stopped = run("stop", data)
    assert stopped.returncode == 0 and "Stopped." in stopped.stdout
    assert "No region" in run("stop", data).stdout
    assert run("env", data).returncode == 1


def exports(text):
    """The variables that a shell has after it evaluated `nephele env`."""
    shown = subprocess.run(["sh", "-c", f"{text}\nenv -0"], capture_output=True, text=True, check=True,
                           env={"PATH": os.environ["PATH"], "AWS_SESSION_TOKEN": "left over"}).stdout
    return {k: v for k, _, v in (pair.partition("=") for pair in shown.split("\0")) if k.startswith(("AWS_", "NODE_"))}


def test_env_gives_the_root_key_that_the_first_start_made(new_region):
    r = new_region(keys=False)
    env = exports(r.nephele("env").stdout)
    assert env["AWS_ENDPOINT_URL"] == r.endpoint
    assert "AWS_SESSION_TOKEN" not in env
    made = env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    who = r.client("sts", *made).get_caller_identity()
    assert who["Account"] == "000000000000" and who["Arn"].endswith(":root")
    assert stat.S_IMODE(os.stat(os.path.join(r.data, "root-keys")).st_mode) == 0o600
    r.restart()
    again = exports(r.nephele("env", "--tls").stdout)
    assert (again["AWS_ACCESS_KEY_ID"], again["AWS_SECRET_ACCESS_KEY"]) == made
    who = r.client("sts", *made, endpoint_url=again["AWS_ENDPOINT_URL"], verify=again["AWS_CA_BUNDLE"])
    assert who.get_caller_identity()["Account"] == "000000000000"


def test_with_some_regions_alone_the_first_is_at_home(new_region):
    """AWS: global services are signed for us-east-1 from everywhere."""
    r = new_region(regions="eu-west-1,eu-north-1")
    assert exports(r.nephele("env").stdout)["AWS_REGION"] == "eu-west-1"
    for service, call in (("iam", "list_users"), ("sts", "get_caller_identity"), ("route53", "list_hosted_zones"),
                          ("cloudfront", "list_distributions")):
        getattr(r.client(service), call)()
    with pytest.raises(botocore.exceptions.ClientError) as e:
        r.client("ec2").describe_vpcs()
    assert e.value.response["Error"]["Code"] == "AuthFailure"
    with pytest.raises(botocore.exceptions.ClientError) as e:
        r.client("s3").list_buckets()
    assert e.value.response["Error"]["Region"] == "eu-west-1"


def test_account_create(new_region):
    r = new_region()

    def create(*argv):
        done = r.nephele("account", "create", *argv, check=False)
        return done.returncode, dict(line.split(" = ") for line in done.stdout.splitlines() if " = " in line), done

    code, key, _ = create("111122223333")
    assert code == 0
    who = r.client("sts", key["aws_access_key_id"], key["aws_secret_access_key"]).get_caller_identity()
    assert who["Account"] == "111122223333" and who["Arn"] == "arn:aws:iam::111122223333:root"
    code, _, done = create("111122223333")
    assert code == 1 and "already" in done.stderr
    code, other, done = create()
    assert code == 0 and len(done.stdout.splitlines()[0]) == len("[111122223333]")
    assert other["aws_access_key_id"] != key["aws_access_key_id"]
    assert create("12")[0] == 2
    # Accounts do not see each other.
    r.client("iam", key["aws_access_key_id"], key["aws_secret_access_key"]).create_user(UserName="ann")
    assert r.client("iam").list_users()["Users"] == []


def test_a_key_of_the_environment_is_roots(region):
    assert region.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"


def test_two_regions_share_neither_folder_nor_port(region):
    same_folder = run("serve", f"--data={region.data}", "--listen=127.0.0.1:0", "--dns=127.0.0.1:0")
    assert same_folder.returncode == 1
    assert "already runs" in same_folder.stderr
    same_port = run("serve", f"--data={region.data}-2", f"--listen={region.address}", "--dns=127.0.0.1:0")
    assert same_port.returncode == 1
    assert "port is taken" in same_port.stderr
    same_dns = run("serve", f"--data={region.data}-3", "--listen=127.0.0.1:0", f"--dns={region.dns}")
    assert same_dns.returncode == 1
    assert "choose another with --dns" in same_dns.stderr


@pytest.mark.skipif(os.geteuid() != 0 or "nephele" in [p.pw_name for p in pwd.getpwall()],
                    reason="only root can be somebody else, and the region is root's where there is no user for it")
def test_a_folder_of_somebody_else_is_named_as_such(region, tmp_path):
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    top = os.path.dirname(region.data)
    os.chmod(top, 0o711)
    for word in ("status", "stop", "env", "logs", "audit", "ca", "endpoints", "reset"):
        done = subprocess.run([*as_nobody, program(), word, f"--data={region.data}"], env=clean_env(), text=True,
                              capture_output=True, check=False)
        assert done.returncode == 2 and f"{region.data} belongs to user 0" in done.stderr, (word, done)
    assert region.running("region")
    with Region(keys=False) as other:
        other.stop()
        subprocess.run(["chown", "-R", "65534", other.data], check=True)
        with pytest.raises(RuntimeError) as refused:
            other.start()
        assert f"{other.data} belongs to user 65534" in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("name, mode", [("state.db", 0o400), ("s3.db", 0o400), ("", 0o500)])
def test_what_cannot_be_written_is_named(name, mode):
    with Region(uid=65534) as r:
        r.stop()
        path = os.path.join(r.data, name).rstrip("/")
        before = stat.S_IMODE(os.stat(path).st_mode)
        os.chmod(path, mode)
        with pytest.raises(RuntimeError) as refused:
            r.start()
        assert f"{path}: Permission denied" in str(refused.value)
        os.chmod(path, before)
        r.start()


def test_the_audit_of_no_region(tmp_path):
    done = run("audit", f"--data={tmp_path}")
    assert done.returncode == 1 and "no region was ever started" in done.stderr


def test_the_dns_server_is_shown(region):
    assert f"dns       {region.dns} (UDP and TCP)" in region.nephele("status").stdout
    host, port = region.dns.rsplit(":", 1)
    assert f"dig @{host} -p {port} NAME" in region.nephele("env").stdout
    listed = json.loads(region.nephele("endpoints", "--json").stdout)
    shown = [e for e in listed if e["resource"] == "dns"]
    assert [(e["address"], str(e["port"])) for e in shown] == [(host, port)]


def test_files_are_closed_to_others(region):
    assert stat.S_IMODE(os.stat(region.data).st_mode) == 0o700
    for name in ("master.key", "token", "state.db", "s3.db", "tls/ca.key"):
        assert stat.S_IMODE(os.stat(os.path.join(region.data, name)).st_mode) == 0o600, name


def test_nothing_listens_beyond_loopback(region):
    pids = [region.process.pid, *children(region.process.pid)]
    sockets = subprocess.run(["ss", "-Hltunp"], capture_output=True, text=True, check=False).stdout
    for line in sockets.splitlines():
        if any(f"pid={pid}," in line for pid in pids):
            assert line.split()[4].startswith(("127.", "0.0.0.0%lo:")), line


def test_the_region_comes_back_on_its_port_when_it_is_killed(new_region):
    r = new_region()
    before = r.file("region.lock").strip()
    os.kill(int(before), signal.SIGKILL)
    wait_for(lambda: r.file("region.lock").strip() != before and os.path.exists(r.data + "/endpoint"),
             what="another region process")
    wait_for(lambda: r.nephele("status", check=False).returncode == 0, what="an answer")
    assert r.file("endpoint").strip() == r.address


def test_a_lost_master_key_is_not_replaced(new_region):
    r = new_region()
    r.stop()
    os.unlink(os.path.join(r.data, "master.key"))
    with pytest.raises(RuntimeError, match="master key"):
        r.start()


def test_reset_removes_what_the_region_made(tmp_path):
    with Region(data=str(tmp_path / "d")) as r:
        assert r.nephele("reset", "--yes", check=False).returncode == 1
        r.stop()
        assert r.nephele("reset", check=False).returncode == 1
        (tmp_path / "d" / "mine.txt").write_text("kept")
        r.nephele("reset", "--yes")
    assert sorted(p.name for p in (tmp_path / "d").iterdir()) == ["lock", "mine.txt"]


def test_doctor_tries_and_tells(region):
    done = region.nephele("doctor", check=False)
    assert done.returncode == 0, done.stdout
    assert "IAM policies are enforced" in done.stdout
    assert "ok      agent " in done.stdout  # the running one was asked
    weak = region.nephele("doctor", "--iam=soft", "--at-rest=none", check=False).stdout
    assert "weaker  authorisation" in weak and "weaker  encryption" in weak


def test_doctor_names_the_host_and_what_a_user_lacks(tmp_path):
    """As a user without subordinate ids, and without a region."""
    who = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"] if os.geteuid() == 0 else []
    said = subprocess.run([*who, program(), "doctor", f"--data={tmp_path}/data"], stdout=subprocess.PIPE, text=True,
                          env=clean_env(), check=False, cwd="/").stdout
    lines = {line[:23].split(None, 1)[1].strip(): line for line in said.splitlines()}
    assert f"kernel {os.uname().release}, as user 54321" in lines["host"] or not who, said
    if who:
        assert lines["ids"].startswith("weaker") and "--add-subgids 100000-165535 54321` mends it" in lines["ids"], said
        assert lines["control groups"].startswith("weaker") and "mends it" in lines["control groups"], said


def test_ca_prints_the_root_that_the_gateway_shows(new_region, tmp_path):
    r = new_region()
    pem = r.nephele("ca").stdout
    root = tmp_path / "root.pem"
    root.write_text(pem)
    assert pem.startswith("-----BEGIN CERTIFICATE-----\n")
    host = r.endpoint.removeprefix("http://")
    seen = subprocess.run(["openssl", "s_client", "-connect", host, "-CAfile", root, "-verify_return_error", "-x509_strict",
                           "-verify_hostname", "localhost", "-servername", "localhost"], input="", capture_output=True,
                          text=True, check=False)
    assert seen.returncode == 0 and "Verify return code: 0 (ok)" in seen.stdout, seen.stdout + seen.stderr
    r.stop()
    assert r.nephele("ca").stdout == pem
    assert run("ca", NEPHELE_DATA=str(tmp_path / "none")).returncode == 1


def test_connect_says_what_it_does_not_find(region):
    done = region.nephele("connect", "db", "3306", check=False)
    assert done.returncode == 1 and "no instance or interface is called db" in done.stderr
