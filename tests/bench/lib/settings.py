# SPDX-License-Identifier: Apache-2.0
"""settings - what the environment says of a run. Every script takes these variables."""
import os

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))
HOST = "127.0.0.1"
env = os.environ.get


def number(name, default):
    """The variable in the type of its default."""
    value = env(name)
    return type(default)(value) if value not in (None, "") else default


ROUNDS = number("ROUNDS", 3)
DUR = number("DUR", 3)                  # seconds of one measurement
WARM = number("WARM", 1)                # seconds of warm-up before the first round of a case
BASE_PORT = number("BASE_PORT", 27000)  # loopback ports from here up, below the ephemeral range
WORKERS = [int(w) for w in env("WORKERS", "1").split()]
CASES = env("CASES", "").split()        # only cases whose name contains one of these words
PEERS = env("PEERS")                    # only these peers; "none": no peer
QUIET_MAX = number("QUIET_MAX", 0.15)   # a run in which others used more of a core than this is noisy
QUIET_WAIT = number("QUIET_WAIT", 0.0)  # seconds to wait for an idle moment before each run
RETRY = number("RETRY", 0)              # noisy runs are repeated so many times
REGION = env("AWS_REGION", "us-east-1")
# The pair that signs requests, and the root key of a candidate that a script starts.
KEY_ID = env("AWS_ACCESS_KEY_ID", "AKIABENCHMARK0000000")
SECRET = env("AWS_SECRET_ACCESS_KEY", "benchmark/secret/of/forty/characters/xxx")
# npm packages of peers: `npm install --prefix $BENCH_CACHE s3rver@3.7.1`.
CACHE = env("BENCH_CACHE", os.path.join(env("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "nephele-bench"))


def wanted(case):
    return not CASES or any(word in case for word in CASES)


def peer_on(name):
    return PEERS is None or name in PEERS.split()
