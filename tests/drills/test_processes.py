# SPDX-License-Identifier: Apache-2.0
"""Each of the region's processes is killed in turn: what the agent runs stays or comes back, and the
region answers again. What is looked at is outside: pids, locks, the pages of the gateway."""
import json
import os
import signal
import urllib.request

import pytest
from region import Region, alive, children, clean_env, program, wait_for


class Probes:
    def __init__(self, region):
        self.region = region

    def state(self):
        with urllib.request.urlopen(self.region.endpoint + "/_nephele/processes", timeout=10) as reply:
            return json.load(reply)

    def ask(self, method, name):
        request = urllib.request.Request(f"{self.region.endpoint}/_nephele/probe?id={name}", method=method,
                                         headers={"X-Nephele-Token": self.region.token})
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.read()

    def pid(self, name):
        """Of its init, when the reconciler agrees with the rows; 0 before."""
        try:
            seen = self.state()
        except OSError:
            return 0
        found = [p["pid"] for p in seen["processes"] if p["id"] == name and p["state"] == "running"]
        return found[0] if found and seen["agreed"] else 0

    def wait(self, name, other_than=0):
        def there():
            pid = self.pid(name)
            return pid if pid and pid != other_than and alive(pid) else 0
        return wait_for(there, what=f"process {name}")

    def make(self, name):
        self.ask("POST", name)
        return self.wait(name)


@pytest.fixture
def region():
    with Region(dev=True) as r:
        wait_for(lambda: Probes(r).state()["agent"], what="the agent")
        yield r
        holder = locked_pid(r, "run/holder")
        r.stop()
        wait_for(lambda: not alive(holder), what="the end of the holder")


def locked_pid(region, name):
    """0 while the file is being written."""
    with open(os.path.join(region.data, name), encoding="utf-8") as f:
        return int(f.read() or 0)


def program_of(init):
    """What an init runs, once it is the program and no longer a fork of the init."""
    def found():
        below = children(init)
        if not below:
            return 0
        with open(f"/proc/{below[0]}/cmdline", encoding="utf-8") as f:
            return below[0] if "__probe" in f.read() else 0
    return wait_for(found, what=f"the program of process {init}")


def namespace(pid, kind="net"):
    return os.readlink(f"/proc/{pid}/ns/{kind}")


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not alive(pid), what=f"the end of process {pid}")


def test_a_process_is_started_and_stopped_with_its_row(region):
    probes = Probes(region)
    init = probes.make("one")
    inner = program_of(init)
    assert alive(inner)
    probes.ask("DELETE", "one")
    wait_for(lambda: not probes.state()["processes"], what="an empty list")
    assert not alive(init) and not alive(inner)
    assert not os.path.exists(os.path.join(region.data, "run", "one"))


def test_a_killed_program_comes_back_and_its_end_is_on_file(region):
    probes = Probes(region)
    init = probes.make("one")
    folder = os.path.join(region.data, "run", "one")
    os.kill(program_of(init), signal.SIGKILL)
    again = probes.wait("one", other_than=init)
    assert alive(program_of(again))
    assert "process=one exit=-1 signal=9" in region.log()
    region.stop()  # ends it in order
    with open(os.path.join(folder, "status"), encoding="utf-8") as f:
        assert f.read() == "exit 0\n"


def test_a_killed_init_takes_its_program_along_and_is_replaced(region):
    probes = Probes(region)
    init = probes.make("one")
    inner = program_of(init)
    kill(init)
    wait_for(lambda: not alive(inner), what="the end of the program")
    assert probes.wait("one", other_than=init)


def test_the_agent_is_killed_and_adopts(region):
    probes = Probes(region)
    init, agent = probes.make("one"), probes.state()["agent"]
    inside = namespace(init)
    kill(agent)
    assert alive(init)
    wait_for(lambda: probes.state()["agent"] != agent and probes.pid("one"), what="another agent")
    assert probes.pid("one") == init
    assert namespace(probes.state()["agent"]) == inside
    # The new agent watches it as its own child.
    os.kill(program_of(init), signal.SIGKILL)
    again = probes.wait("one", other_than=init)
    assert namespace(again) == inside


def test_the_region_is_killed_and_adopts(region):
    probes = Probes(region)
    init = probes.make("one")
    before = locked_pid(region, "region.lock")
    kill(before)
    wait_for(lambda: probes.pid("one"), what="an answer of the next region")
    assert locked_pid(region, "region.lock") != before
    assert probes.pid("one") == init
    probes.ask("DELETE", "one")
    wait_for(lambda: not alive(init), what="the end of the process")


def test_the_supervisor_is_killed_and_the_next_one_adopts(region):
    probes = Probes(region)
    init = probes.make("one")
    state, server = probes.state(), locked_pid(region, "region.lock")
    kill(region.process.pid)
    for pid in (server, state["agent"]):  # they do not stay without it
        wait_for(lambda p=pid: not alive(p), what=f"the end of process {pid}")
    assert alive(init) and alive(state["holder"])
    region.process.wait()
    region.process.stdout.close()
    region.start()
    wait_for(lambda: probes.pid("one"), what="an answer of the next region")
    assert probes.pid("one") == init
    assert probes.state()["holder"] == state["holder"]


def test_the_holder_is_killed_and_the_namespaces_stay(region):
    probes = Probes(region)
    init, state = probes.make("one"), probes.state()
    inside = namespace(init)
    kill(state["holder"])
    wait_for(lambda: locked_pid(region, "run/holder") not in (0, state["holder"]), what="another holder")
    holder = locked_pid(region, "run/holder")
    assert namespace(holder) == inside and probes.pid("one") == init
    # Agent and holder at once: what runs still has the namespaces.
    os.kill(holder, signal.SIGKILL)
    kill(probes.state()["agent"])
    wait_for(lambda: probes.state()["agent"] != state["agent"] and probes.pid("one"), what="another agent")
    assert namespace(probes.state()["agent"]) == inside
    assert namespace(locked_pid(region, "run/holder")) == inside


def test_the_namespaces_are_not_the_hosts(region):
    probes = Probes(region)
    if not probes.state()["namespaces"]:
        assert "agent.namespaces" in region.log()  # it said why
        return
    holder = probes.state()["holder"]
    for kind in ("net", "mnt"):
        assert namespace(holder, kind) != namespace("self", kind)
        assert namespace(locked_pid(region, "region.lock"), kind) == namespace("self", kind)


def test_stop_keep_leaves_what_runs(region):
    probes = Probes(region)
    init = probes.make("one")
    assert "Stopped." in region.nephele("stop", "--keep").stdout
    region.process.wait(10)
    region.process.stdout.close()
    assert alive(init)
    region.start()
    wait_for(lambda: probes.pid("one"), what="an answer")
    assert probes.pid("one") == init
    assert region.stop() == 0
    wait_for(lambda: not alive(init), what="the end of the process")


def test_state_survives_kill_of_all(region):
    probes = Probes(region)
    init = probes.make("one")
    region.kill()
    wait_for(lambda: not alive(init), what="the end of the process")
    region.start()
    assert probes.wait("one") != init


def test_the_agents_socket_is_closed_to_others(region):
    path = os.path.join(region.data, "agent.sock")
    wait_for(lambda: os.path.exists(path), what="the socket")
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.stat(os.path.join(region.data, "run")).st_mode & 0o777 == 0o700


def test_without_root_in_a_user_namespace(tmp_path):
    """The same as another user, when this one is root and can become it."""
    if os.geteuid() != 0:
        return
    import subprocess
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    for parent in home.parents:  # pytest's folders are this user's alone
        if str(parent).startswith("/tmp/"):
            os.chmod(parent, 0o755)
    copy = home / "nephele"
    copy.write_bytes(open(program(), "rb").read())
    copy.chmod(0o755)

    def run(*argv):
        return subprocess.run([copy, *argv, f"--data={home}/d"], user=65534, group=65534, extra_groups=[], cwd="/",
                              env=clean_env(HOME=str(home)), capture_output=True, text=True, check=False)

    started = run("start", "--listen=127.0.0.1:0", "--dns=127.0.0.1:0", "--dev")
    assert started.returncode == 0, started.stderr
    try:
        def log():
            return (home / "d" / "nephele.log").read_text()
        wait_for(lambda: "agent.ready" in log(), what="the agent")
        holder = int((home / "d" / "run" / "holder").read_text())
        if "agent.namespaces" not in log():
            assert namespace(holder, "user") != namespace("self", "user")
        assert os.stat(f"/proc/{holder}").st_uid == 65534
    finally:
        assert run("stop").returncode == 0
    wait_for(lambda: not alive(holder), what="the end of the holder")
