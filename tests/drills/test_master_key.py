# SPDX-License-Identifier: Apache-2.0
"""The change of the master key, killed on its way."""
import os
import signal
import subprocess

from region import Region, clean_env, program

ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "3"))
STEPS = 4  # before the first file, and behind each of three


def files(region):
    """What tells a file from the one that took its place."""
    return [os.stat(os.path.join(region.data, name)).st_ino for name in ("keyring", "master.key")]


def killed_after(region, n):
    """Kills the command when it has put n files in place; how many it really had."""
    seen, changes = files(region), 0
    with subprocess.Popen([program(), "master-key", "rotate", f"--data={region.data}"], env=clean_env(),
                          stdout=subprocess.DEVNULL) as command:
        while changes < n and command.poll() is None:
            now = files(region)
            changes += now != seen
            seen = now
        command.send_signal(signal.SIGKILL)
    return changes


def test_a_change_that_is_killed_leaves_keys_that_work():
    with Region() as r:
        secret = r.client("iam").create_access_key()["AccessKey"]
        for _ in range(ROUNDS):
            r.stop()
            cut = [killed_after(r, n) for n in range(STEPS)]
            assert max(cut) > 0, "it was always killed before its first file"
            r.start()
            assert r.client("sts", secret["AccessKeyId"], secret["SecretAccessKey"]).get_caller_identity()
            assert r.file("keyring").count("\n") == 2, "a second line is of a change that was cut short"
        r.stop()
        assert r.nephele("master-key", "rotate").returncode == 0
        r.start()
        assert r.client("sts", secret["AccessKeyId"], secret["SecretAccessKey"]).get_caller_identity()
