# SPDX-License-Identifier: Apache-2.0
"""procs - starting, pinning, measuring and stopping servers.

Only processes that a script started are ever stopped, each by its own pid.
"""
import atexit
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from lib.settings import BASE_PORT, HOST, ROOT, env

TICKS = os.sysconf("SC_CLK_TCK")
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
WORK = tempfile.mkdtemp(prefix="bench.", dir=env("BENCH_TMP"))
# Payloads and caches of peers: in memory, where a disk would be measured instead.
MEM = tempfile.mkdtemp(prefix="bench.", dir="/dev/shm") if os.path.isdir("/dev/shm") else WORK
started = []


def log(*words):
    print(*words, file=sys.stderr, flush=True)


def have(program):
    return shutil.which(program, path=PATH)


def _prepare():
    os.chmod(WORK, 0o755)
    os.chmod(MEM, 0o755)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    atexit.register(_cleanup)


def _cleanup():
    for p in reversed(started):
        stop(p)
    if not env("KEEP"):
        shutil.rmtree(WORK, ignore_errors=True)
        shutil.rmtree(MEM, ignore_errors=True)


def pinned(cpus):
    """A preexec_fn."""
    return (lambda: os.sched_setaffinity(0, cpus)) if cpus else None


def spawn(command, name, cpus=None, env_add=None, cwd=None):
    """Starts a server in a session of its own; its output goes to NAME.log of the work folder."""
    full = {k: v for k, v in os.environ.items() if not k.startswith("NEPHELE_")}
    full.update({k: str(v) for k, v in (env_add or {}).items()}, PATH=PATH)
    with open(log_path(name), "ab") as out:
        p = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=full, cwd=cwd or WORK,
                             start_new_session=True, preexec_fn=pinned(cpus), shell=isinstance(command, str))
    p.bench_name = name
    started.append(p)
    return p


def log_path(name):
    return os.path.join(WORK, name + ".log")


def log_tail(name, size=1500):
    try:
        with open(log_path(name), encoding="utf-8", errors="replace") as f:
            return f.read()[-size:]
    except OSError:
        return ""


def stop(p, seconds=10):
    """Ends a process of spawn(), and what it left behind in its session."""
    if p in started:
        started.remove(p)
    below = tree(p.pid)[1:]
    if p.poll() is None:
        p.terminate()
        try:
            p.wait(seconds)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
    for pid in below:
        try:
            if os.getpgid(pid) == p.pid:
                os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


def _stat(pid):
    """The fields of /proc/PID/stat after the name."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
        return f.read().rpartition(")")[2].split()


def tree(pid):
    """A process and all below it, nearest first."""
    below = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                below.setdefault(int(_stat(name)[1]), []).append(int(name))
            except (OSError, IndexError):
                pass
    out, todo = [], [pid]
    while todo:
        out.append(todo.pop(0))
        todo += below.get(out[-1], [])
    return out


def cpu_of(pids):
    """CPU seconds (user, system) that these processes used so far, dead threads included."""
    user = system = 0
    for pid in pids:
        try:
            fields = _stat(pid)
            user += int(fields[11])
            system += int(fields[12])
        except (OSError, IndexError):
            pass
    return user / TICKS, system / TICKS


def memory_of(pids):
    """(RSS, PSS) in KiB, summed over the processes. PSS counts a shared page once."""
    rss = pss = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as f:
                for line in f:
                    if line.startswith("Rss:"):
                        rss += int(line.split()[1])
                    elif line.startswith("Pss:"):
                        pss += int(line.split()[1])
        except OSError:
            pass
    return rss, pss


def pin(pids, cpus):
    for pid in pids:
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                os.sched_setaffinity(int(thread), cpus)
        except OSError:
            pass


def server_cpus(workers):
    return {0} if workers == 1 else {0, 1}


def client_cpus(workers):
    """One worker: the server alone on core 0. Two workers: server and client share both cores."""
    if os.cpu_count() < 2:
        return {0}
    return {1} if workers == 1 else {0, 1}


def run_pinned(command, cpus, seconds):
    """A load generator; ended when it takes far longer than it was told to."""
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=pinned(cpus),
                          timeout=seconds * 6 + 60, check=False)


class Server:
    """A server under test: its processes, and where it is reached (`at`, also as attributes)."""

    def __init__(self, name, proc=None, pid=None, **at):
        self.name, self.proc, self.at = name, proc, at
        self.pid = pid or (proc.pid if proc else None)

    def pids(self):
        return tree(self.pid) if self.pid else []

    def __getattr__(self, key):
        try:
            return self.__dict__["at"][key]
        except KeyError:
            raise AttributeError(key) from None

    def stop(self):
        if self.proc:
            stop(self.proc)


def wait_port(port, proc=None, seconds=30):
    """Until the port of a server that was just started takes a connection."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and (proc is None or proc.poll() is None):
        try:
            socket.create_connection((HOST, port), 1).close()
            return True
        except OSError:
            time.sleep(0.02)
    name = getattr(proc, "bench_name", "?")
    log(f"!! {name} does not listen on {HOST}:{port}\n{log_tail(name)}")
    return False


def folder(*parts):
    path = os.path.join(WORK, *parts)
    os.makedirs(path, exist_ok=True)
    return path


def build_dir():
    return os.path.abspath(env("BUILD", os.path.join(ROOT, "build")))


def built(name):
    """A C program of this folder, built by the project's own build."""
    path = os.path.join(build_dir(), "tests", "bench", name)
    subprocess.run(["ninja", "-C", build_dir(), "tests/bench/" + name], check=True, capture_output=True)
    return path


def port(offset):
    return BASE_PORT + offset


_prepare()
