# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of all kinds of writes: what was acknowledged is there and whole, what was not is
there as a whole or not at all, and nothing is left over.

NP_DRILL_SEED repeats the choices of a run, NP_DRILL_ROUNDS makes it longer."""
import concurrent.futures
import os
import random
import signal
import urllib.request

import pytest

from audit import check_all
from ledger import Client
from region import Region, alive, wait_for

CLIENTS = 4
ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "5"))
VICTIMS = ("region", "supervisor", "all", "agent")


@pytest.fixture
def chance():
    seed = int(os.environ.get("NP_DRILL_SEED", random.randrange(10**9)))
    print(f"NP_DRILL_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def region():
    with Region(workers=2) as r:
        yield r


def answers(region):
    try:
        with urllib.request.urlopen(region.endpoint + "/_nephele/health", timeout=10) as reply:
            return reply.status == 200
    except OSError:
        return False


def end(pid):
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not alive(pid), what=f"the end of process {pid}")


def kill(region, victim):
    """And what has to happen for the region to answer again."""
    if victim == "region":
        end(region.running("region"))
        wait_for(lambda: answers(region), seconds=60, what="an answer of the next region")
    elif victim == "all":
        region.kill()
        region.start()
    else:
        below = [region.running("region"), region.running("agent")]
        end(region.process.pid)
        for pid in below:  # they do not stay without it
            wait_for(lambda p=pid: not alive(p), what=f"the end of process {pid}")
        region.process.wait()
        region.process.stdout.close()
        region.start()


def load(pool, clients, stop):
    return [pool.submit(c.run, stop) for c in clients]


def acknowledged(clients, loads, more):
    """Waits for so many answers."""
    goal = sum(c.done for c in clients) + more

    def there():
        for f in loads:
            if f.done():
                f.result()  # a failure of a client's own ends the wait
        return sum(c.done for c in clients) >= goal
    wait_for(there, seconds=120, what="answers")


def round_of(region, pool, clients, chance, victim):
    stopped = []
    loads = load(pool, clients, lambda: bool(stopped))
    acknowledged(clients, loads, chance.randrange(10, 120))
    if victim == "agent":  # no request is its business
        end(region.running("agent"))
        acknowledged(clients, loads, 20)
        stopped.append(True)
        assert not any(f.result() for f in loads)
    else:
        try:
            kill(region, victim)
        finally:
            stopped.append(True)
        for f in loads:
            f.result()


def test_kills_lose_nothing_and_leave_nothing(region, chance):
    s3 = region.client("s3")
    for name in ("plain", "versioned"):
        s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    clients = [Client(region, f"client{i}", random.Random(chance.random()), long_parts=ROUNDS > 5)
               for i in range(CLIENTS)]
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for n in range(ROUNDS):
            victim = VICTIMS[n] if n < len(VICTIMS) else chance.choice(VICTIMS)
            round_of(region, pool, clients, chance, victim)
            for c in clients:
                c.connect(region)
            check_all(region, clients)
            print(f"round {n}: {victim}, {sum(c.done for c in clients)} answers so far")
