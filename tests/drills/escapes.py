# SPDX-License-Identifier: Apache-2.0
"""Runs inside a guest, as its root: tries each way out and prints "name errno", or "name got" if it worked.
argv: the data directory of the agent outside, an abstract socket outside, a pid outside."""
import ctypes
import errno
import os
import socket
import struct
import sys

DATA, ABSTRACT, PID = sys.argv[1], sys.argv[2], int(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)
CALLS = {"ptrace": 101, "syslog": 103, "pivot_root": 155, "adjtimex": 159, "mount": 165, "umount2": 166,
         "swapon": 167, "init_module": 175, "clock_settime": 227, "kexec_load": 246, "add_key": 248, "keyctl": 250,
         "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308, "finit_module": 313,
         "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "iopl": 172}
tries = {}


def attempt(name):
    def add(fn):
        tries[name] = fn
        return fn
    return add


def call(name, *args):
    got = libc.syscall(CALLS[name], *[ctypes.c_char_p(a) if isinstance(a, bytes) else ctypes.c_long(a) for a in args])
    if got < 0:
        raise OSError(ctypes.get_errno(), name)


def mount(source, at, kind, flags=0):
    call("mount", source, at, kind, flags, 0)


def put(path, text="1"):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


# --- files of the host ---

@attempt("data directory of the agent")
def _():
    os.listdir(DATA)


@attempt("socket of the agent")
def _():
    socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect(DATA + "/agent.sock")


@attempt("abstract socket of the host")
def _():
    socket.socket(socket.AF_UNIX).connect("\0" + ABSTRACT)


@attempt("root of a process outside")
def _():
    os.listdir(f"/proc/{PID}/root")


@attempt("file by handle")
def _():
    call("open_by_handle_at", -100, b"\0" * 24, 0)


@attempt("owner beyond the range")
def _():
    put("/tmp/owned")
    os.chown("/tmp/owned", 70000, 70000)


@attempt("the image below the overlay")
def _():
    put("/run/nephele/guest")


# --- processes ---

@attempt("signal to a process outside")
def _():
    os.kill(PID, 0)


@attempt("ptrace of a process outside")
def _():
    call("ptrace", 16, PID, 0, 0)


# --- devices ---

@attempt("node of the host's disk")
def _():
    os.mknod("/tmp/disk", 0o60600, os.makedev(254, 0))


@attempt("node of memory")
def _():
    os.mknod("/dev/mem", 0o20600, os.makedev(1, 1))


@attempt("the host's disk")
def _():
    os.open("/dev/vda", os.O_RDONLY)


@attempt("loop control")
def _():
    os.open("/dev/loop-control", os.O_RDWR)


# --- mounts ---

@attempt("mount of a file system from a device")
def _():
    mount(b"/dev/vda", b"/mnt", b"ext4")


@attempt("mount of devtmpfs")
def _():
    mount(b"none", b"/mnt", b"devtmpfs")


@attempt("mount of cgroups")
def _():
    mount(b"none", b"/mnt", b"cgroup")


@attempt("mount of debugfs")
def _():
    mount(b"none", b"/mnt", b"debugfs")


@attempt("a sysctl by a fresh proc")
def _():
    mount(b"proc", b"/mnt", b"proc")  # of its own pid namespace: the kernel allows that
    put("/mnt/sys/kernel/core_pattern", "|/tmp/x")


# --- the kernel, also where a mask was taken off ---

def unmask(path):
    call("umount2", path, 2)


@attempt("kcore")
def _():
    try:
        unmask(b"/proc/kcore")
    except OSError:
        pass
    os.open("/proc/kcore", os.O_RDONLY)


@attempt("sysrq")
def _():
    for path in (b"/proc/sysrq-trigger", b"/proc/sys"):
        try:
            unmask(path)
        except OSError:
            pass
    put("/proc/sysrq-trigger", "h")


@attempt("a sysctl of the kernel")
def _():
    put("/proc/sys/kernel/core_pattern", "|/tmp/x")


@attempt("a sysctl of the network")
def _():
    put("/proc/sys/net/ipv4/ip_forward")


@attempt("a file of sysfs")
def _():
    try:
        unmask(b"/sys/kernel")
    except OSError:
        pass
    put("/sys/kernel/mm/transparent_hugepage/enabled", "never")


@attempt("modules")
def _():
    call("init_module", b"", 0, b"")


@attempt("kexec")
def _():
    call("kexec_load", 0, 0, 0, 0)


@attempt("bpf")
def _():
    call("bpf", 0, b"\0" * 72, 72)


@attempt("perf")
def _():
    call("perf_event_open", b"\0" * 128, 0, -1, -1, 0)


@attempt("userfaultfd")
def _():
    call("userfaultfd", 0)


@attempt("keys")
def _():
    call("add_key", b"user", b"x", b"x", 1, -3)


@attempt("io_uring")
def _():
    call("io_uring_setup", 1, b"\0" * 120)


@attempt("the clock")
def _():
    call("clock_settime", 0, struct.pack("qq", 0, 0))


@attempt("the kernel's log")
def _():
    call("syslog", 3, b"\0" * 64, 64)


@attempt("swap")
def _():
    call("swapon", b"/tmp/owned", 0)


@attempt("ports of the machine")
def _():
    call("iopl", 3)


# --- the network ---

def netlink(kind, body, flags=5, family=0):
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family)
    s.bind((0, 0))
    s.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
    code = struct.unpack_from("=i", s.recv(4096), 16)[0]
    if code:
        raise OSError(-code, "netlink")


@attempt("an address of one's own choice")
def _():  # RTM_NEWADDR 10.9.9.9/32 on lo
    netlink(20, struct.pack("=BBBBI", 2, 32, 0, 0, 1) + struct.pack("=HH4s", 8, 2, bytes([10, 9, 9, 9])), 0x605)


@attempt("a route of one's own choice")
def _():
    netlink(24, struct.pack("=BBBBBBBBI", 2, 8, 0, 0, 254, 3, 253, 1, 0) +
            struct.pack("=HHI", 8, 4, 1) + struct.pack("=HH4s", 8, 1, bytes([11, 0, 0, 0])), 0x605)


@attempt("the loopback's state")
def _():
    netlink(16, struct.pack("=BBHiII", 0, 0, 0, 1, 0, 1), 5)


@attempt("rules of the firewall")
def _():  # NFNL_SUBSYS_NFTABLES, a batch would follow
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    body = struct.pack("=BBH", 2, 0, 0) + struct.pack("=HH2s2x", 6, 1, b"t\0")
    s.send(struct.pack("=IHHII", 20, 0x10, 1, 0, 0) + struct.pack(">BBH", 0, 0, 10) +
           struct.pack("=IHHII", 16 + len(body), 10 << 8, 0x405, 1, 0) + body +
           struct.pack("=IHHII", 20, 0x11, 1, 2, 0) + struct.pack(">BBH", 0, 0, 10))
    s.settimeout(2)
    code = struct.unpack_from("=i", s.recv(4096), 16)[0]
    if code:
        raise OSError(-code, "nft")


@attempt("raw packets")
def _():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))


@attempt("raw IP")
def _():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 255)


@attempt("a foreign source address")
def _():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.77.77.77", 0))


@attempt("a foreign source address, freely bound")
def _():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_IP, 15, 1)  # IP_FREEBIND
    s.bind(("10.77.77.77", 0))
    s.sendto(b"x", ("127.0.0.1", 9))


@attempt("transparent sockets")
def _():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).setsockopt(socket.SOL_IP, 19, 1)


@attempt("marks of packets")
def _():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).setsockopt(socket.SOL_SOCKET, 36, 1)


@attempt("the network of the first process outside")
def _():
    fd = os.open("/proc/1/ns/net", os.O_RDONLY)
    call("setns", fd, 0x40000000)


for name, fn in tries.items():
    try:
        fn()
        print(name, "got", sep="\t")
    except OSError as e:
        print(name, errno.errorcode.get(e.errno, e.errno), sep="\t")
