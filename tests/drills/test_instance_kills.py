# SPDX-License-Identifier: Apache-2.0
"""kill -9 of agent, keeper, runtime, all, while instances start and stop: what runs is adopted, what is gone
leaves nothing, a removal wins. What is looked at is outside: processes, mounts, control groups."""
import contextlib
import hashlib
import os
import random
import signal

import pytest
from instances import Agent, Refused
from region import alive, children, wait_for

ROOT = os.geteuid() == 0
ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "8"))
SEED = int(os.environ.get("NP_DRILL_SEED", "0")) or random.SystemRandom().randrange(1 << 30)
GROUPS = "/sys/fs/cgroup"


def below(pid):
    """All processes that come from it."""
    found, todo = [], [pid]
    while todo:
        more = children(todo.pop())
        found += more
        todo += more
    return found


def groups(agent):
    name = "nephele-" + hashlib.sha256(os.path.realpath(agent.data).encode()).hexdigest()[:8]
    found = []
    for where, folders, _ in os.walk(GROUPS):
        if os.path.basename(where) == name:
            found += [where] + [os.path.join(where, f) for f in folders]
            folders[:] = []
    return found


def owners(agent):
    """Processes that have a file or a mount of its data directory in sight, but the agent's own."""
    own = {agent.process.pid, agent.holder()}
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as f:
                if agent.data in f.read() and int(pid) not in own:
                    found.append(int(pid))
    return found


@pytest.fixture
def agent():
    with Agent() as a:
        yield a
        for name in a.instances():
            a.remove(name)
        wait_for(lambda: not owners(a), what=f"the end of {owners(a)}")
        assert not groups(a), "control groups are left"
        with open(f"/proc/{a.process.pid}/mountinfo", encoding="utf-8") as f:
            assert "overlay" not in [line.split(" - ")[1].split()[0] for line in f if a.data in line]


def test_the_agent_is_killed_and_adopts(agent):
    pid = agent.run("i-1")["Pid"]
    agent.wait_up("i-1")
    agent.sh("i-1", "echo before > /run/before")
    keeper = agent.keeper("i-1")
    agent.kill()
    assert alive(pid) and alive(keeper)
    agent.start()
    now = agent.instances(usage=True)["i-1"]
    assert (now["Phase"], now["Pid"], now["Boot"]) == ("running", pid, 1)
    assert agent.sh("i-1", "cat /run/before") == "before"
    assert not ROOT or now["CpuNs"] > 0
    agent.call("StopInstance", Id="i-1")
    assert agent.wait_phase("i-1", "ended")["ExitCode"] == 0
    assert not alive(keeper)


def test_a_killed_keeper_takes_all_with_it(agent):
    agent.run("i-1")
    agent.wait_up("i-1")
    agent.sh("i-1", "for i in 1 2 3; do nohup setsid sleep 1000 >/dev/null 2>&1 & done")
    keeper = agent.keeper("i-1")
    inside = below(keeper)
    assert len(inside) > 4
    os.kill(keeper, signal.SIGKILL)
    ended = agent.wait_phase("i-1", "ended")
    assert "ExitCode" not in ended and not any(map(alive, [keeper, *inside]))
    assert not groups(agent)
    agent.ensure("i-1", Boot=2)
    agent.wait_phase("i-1", "running")
    agent.wait_up("i-1")


def test_agent_and_keeper_are_killed_at_once(agent):
    agent.run("i-1")
    agent.wait_up("i-1")
    keeper = agent.keeper("i-1")
    inside = below(keeper)
    agent.kill()
    os.kill(keeper, signal.SIGKILL)
    agent.start()
    wait_for(lambda: not any(map(alive, [keeper, *inside])), what="their end")
    agent.wait_phase("i-1", "ended")
    agent.remove("i-1")


def test_a_killed_init_ends_the_instance(agent):
    pid = agent.run("i-1")["Pid"]
    os.kill(pid, signal.SIGKILL)
    assert agent.wait_phase("i-1", "ended")["Signal"] == signal.SIGKILL


def test_the_end_while_the_agent_is_away_is_on_file(agent):
    agent.run("i-1")
    agent.wait_up("i-1")
    keeper = agent.keeper("i-1")
    agent.kill()
    os.kill(keeper, signal.SIGTERM)  # as an agent asks
    wait_for(lambda: not alive(keeper), what="its end")
    agent.start()
    assert agent.instances()["i-1"]["Phase"] == "ended"
    assert agent.instances()["i-1"]["ExitCode"] == 0


def victims(agent, name):
    """Who may be killed: the agent, a keeper, whatever is below it just now (runtime, init, helpers)."""
    keeper = agent.keeper(name)
    found = [keeper] if keeper and alive(keeper) else []
    return [agent.process.pid, *found, *below(keeper)] if found else [agent.process.pid]


def kill_one(agent, choice, name):
    pid = choice.choice(victims(agent, name))
    if pid == agent.process.pid:
        agent.kill()
        agent.start()
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_kills_at_any_point_leave_nothing_and_a_removal_wins(agent):
    choice = random.Random(SEED)
    print("seed", SEED)
    agent.network("i-1")
    agent.disk("i-1")
    for boot in range(1, ROUNDS + 1):
        agent.ensure("i-1", Boot=boot)
        for _ in range(choice.randrange(40)):  # another point of its start each time
            agent.instances()
        for _ in range(choice.randrange(1, 3)):
            kill_one(agent, choice, "i-1")
        if choice.random() < 0.5:
            agent.call("StopInstance", Id="i-1", Force=choice.random() < 0.3)
            if choice.random() < 0.5:
                kill_one(agent, choice, "i-1")
            agent.call("StopInstance", Id="i-1", Force=choice.random() < 0.3)
        if choice.random() < 0.5:
            agent.remove("i-1")
            assert "i-1" not in agent.instances()
        else:
            agent.call("StopInstance", Id="i-1", Force=True) if "i-1" in agent.instances() else None
            wait_for(lambda: agent.instances().get("i-1", {"Phase": "ended"})["Phase"] == "ended", what="its end")
    agent.ensure("i-1", Boot=ROUNDS + 1)
    agent.wait_phase("i-1", "running")
    agent.wait_up("i-1")


def test_all_are_stopped_with_the_agent(agent):
    keepers = []
    for i in range(3):
        agent.run(f"i-{i}", Slot=i)
        keepers.append(agent.keeper(f"i-{i}"))
    assert agent.stop() == 0
    assert not any(map(alive, keepers))
    agent.start()
    assert {i["Phase"] for i in agent.instances().values()} == {"ended"}


def test_too_many_are_refused(agent):
    agent.network("i-over")
    agent.disk("i-over")
    for i in range(1024):
        os.mkdir(agent.folder(f"i-{i}"), 0o700)
    with pytest.raises(Refused, match="more than 1024"):
        agent.ensure("i-over")
    for i in range(1024):
        agent.call("RemoveInstance", Id=f"i-{i}")
