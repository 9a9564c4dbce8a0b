# SPDX-License-Identifier: Apache-2.0
"""What the other side of the agent's socket can make grow: the last that goes, one more, and the agent works on."""
import contextlib
import os
import socket

import pytest
from instances import Agent, Refused, ip
from region import wait_for


@pytest.fixture(scope="module")
def agent():
    with Agent() as a:
        yield a


def works(agent):
    return agent.call("Hello", Version=1)


def client(agent):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(20)
    s.connect(os.path.join(agent.data, "agent.sock"))
    return s


def hung_up(s):
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        return s.recv(1) == b""
    return True


def test_clients(agent):
    """Sixteen, one of which is the test's; who comes then is hung up on, until one has gone."""
    held = [client(agent) for _ in range(15)]
    with client(agent) as over:
        assert hung_up(over)
    for s in held:
        s.setblocking(False)
        with pytest.raises(BlockingIOError):
            s.recv(1)
    works(agent)
    held.pop().close()

    def served():
        s = client(agent)
        s.settimeout(0.2)
        try:
            return not hung_up(s)
        except TimeoutError:
            return True
        finally:
            s.close()
    wait_for(served, what="room for another")
    for s in held:
        s.close()


def test_ids(agent):
    """Who sends what the model does not allow is hung up on."""
    agent.call("RemoveInstance", Id="i" * 63)
    for bad in ("i" * 64, "", "../i", "I"):
        with pytest.raises((EOFError, OSError)):
            agent.call("RemoveInstance", Id=bad)
        agent.socket.close()
        assert agent.greet(os.path.join(agent.data, "agent.sock")), "another connection is taken"


def test_instances(agent):
    """Folders count, whether anything runs in them: there are as many as may be."""
    agent.network("i-more")
    agent.disk("i-more")
    folder = os.path.join(agent.data, "run", "instances.d")
    made = [os.path.join(folder, f"i-{n:04}") for n in range(1024)]
    for path in made:
        os.mkdir(path, 0o700)
    with pytest.raises(Refused, match="more than 1024 at a time"):
        agent.ensure("i-more")
    assert len(agent.instances()) == 1024
    for path in made:
        os.rmdir(path)
    agent.ensure("i-more")
    agent.wait_phase("i-more", "running")
    agent.remove("i-more")


def test_networks():
    """512, of which the internet is one."""
    small = {"Address": ip(10, 9, 0, 0), "Bits": 24}

    def make(agent, name):
        agent.call("EnsureNetwork", Id=name, Version=1, Blocks=[small], Resolver=ip(10, 9, 0, 2), Internet=False,
                   Subnets=[], Tables=[], Groups=[], Acls=[], Interfaces=[])

    with Agent() as agent:
        names = [f"vpc-{n}" for n in range(512 - len(agent.call("ListNetworks")["Networks"]))]
        for name in names:
            make(agent, name)
        with pytest.raises(Refused, match="more than 512 networks"):
            make(agent, "vpc-more")
        make(agent, names[0])  # one that is there may be told again
        agent.call("RemoveNetwork", Id=names[0])
        make(agent, "vpc-more")
        assert len(agent.call("ListNetworks")["Networks"]) == 512
