# SPDX-License-Identifier: Apache-2.0
"""What the machine of tests/vm is made of, in a folder that may be deleted: Debian's kernel as its package has it, and
a file system with the files of some of this host's own packages and of all that they depend on. Made again only
when a package has changed."""
import glob
import hashlib
import os
import re
import shutil
import stat
import subprocess
import time

KERNEL = "linux-image-cloud-amd64"
PACKAGES = ("base-files base-passwd bash coreutils dash crun e2fsprogs fuse2fs fuse3 findutils gawk grep hostname iproute2 kmod libc-bin "
            "login mawk mount nftables openssh-server passwd procps python3 python3-boto3 python3-pytest sed tar "
            "uidmap util-linux openssl").split()
LEFT_OUT = re.compile(r"/usr/share/(doc|man|locale|info|lintian|i18n|fonts|icons|perl|perl5|mime|vim|zoneinfo)/|"
                      r"/usr/lib/(x86_64-linux-gnu/perl|x86_64-linux-gnu/gconv|systemd|udev|locale)|/__pycache__/|"
                      r"/usr/lib/python3/dist-packages/(numpy|docutils|sphinx|PIL)|"
                      r"/botocore/data/(?!ec2/|s3/|sts/|ssm/|endpoints|partitions|sdk-default|_retry)|"
                      r"\.(a|h|mo|gz)$|^/(boot|dev|proc|sys|run|tmp)/")
MERGED = ("bin", "sbin", "lib", "lib64", "lib32", "libx32")
FOLDERS = ("boot dev etc home media mnt opt proc root run srv sys tmp usr var var/lib/dpkg/info var/tmp vm").split()
DISK = "2G"
KEPT_SECONDS = 86400
MODULES = ("virtio_pci", "virtio_blk")  # the disk; the others are loaded from it


def out(*argv, **more):
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True, **more).stdout


# --- packages ---

def installed():
    """name: (version, what it needs as lists of alternatives); names that are provided are there, too."""
    form = "${db:Status-Status}\t${Package}\t${binary:Package}\t${Version}\t${Pre-Depends}, ${Depends}\t${Provides}\n"
    found, provided = {}, {}
    for line in out("dpkg-query", "-W", "-f", form).splitlines():
        state, name, full, version, needs, gives = line.split("\t")
        if state != "installed":
            continue
        wants = [[re.split(r"[ (:]", a.strip())[0] for a in need.split("|")] for need in needs.split(",") if need.strip()]
        found.setdefault(name, (full, version, wants))
        for given in gives.split(","):
            if given.strip():
                provided.setdefault(re.split(r"[ (:]", given.strip())[0], name)
    return found, provided


def closure(names):
    found, provided = installed()
    todo, seen = list(names), {}
    while todo:
        name = todo.pop()
        name = name if name in found else provided.get(name)
        if name is None or name in seen:
            continue
        seen[name] = found[name][:2]
        for need in found[name][2]:
            todo += [next((a for a in need if a in found or a in provided), need[0])]
    return seen


def owners(program):
    """Packages of the libraries of a program."""
    paths = re.findall(r"=> (/\S+)", out("ldd", program))
    forms = {form for path in paths for form in (path, path.removeprefix("/usr"), os.path.realpath(path))}
    said = subprocess.run(["dpkg", "-S", *forms], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=False).stdout
    return {line.split(":")[0] for line in said.splitlines()}


# --- the kernel ---

def kernel(folder):
    """(path of the kernel, folder of its modules, release)"""
    name = next(line.split()[-1] for line in out("apt-cache", "depends", KERNEL).splitlines() if "Depends:" in line)
    tree = os.path.join(folder, name)
    if not os.path.exists(tree + "/done"):
        shutil.rmtree(tree, ignore_errors=True)
        os.makedirs(tree)
        subprocess.run(["apt-get", "download", "-q", name], cwd=tree, check=True)
        [package] = glob.glob(tree + "/*.deb")
        subprocess.run(["dpkg-deb", "-x", package, tree], check=True)
        [release] = os.listdir(tree + "/lib/modules")
        subprocess.run(["/usr/sbin/depmod", "-b", tree, release], check=True)
        open(tree + "/done", "w", encoding="utf-8").close()
    [release] = os.listdir(tree + "/lib/modules")
    return f"{tree}/boot/vmlinuz-{release}", f"{tree}/lib/modules/{release}", release


def wanted_modules(modules):
    """Files of MODULES in the order of their loading."""
    with open(modules + "/modules.dep", encoding="utf-8") as f:
        needs = {os.path.basename(k).removesuffix(".ko"): [k, *v.split()] for k, v in
                 (line.strip().split(":") for line in f)}
    order = []
    for name in MODULES:
        for path in reversed(needs.get(name, [])):
            if path not in order:
                order.append(path)
    return [os.path.join(modules, path) for path in order]


def member(name, mode, data):
    """Of a cpio archive as the kernel reads it; of root, whoever makes it."""
    numbers = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % n for n in numbers) + name.encode() + b"\0"
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def put_member(to, tree, name):
    path = os.path.join(tree, name)
    mode, data = os.stat(path).st_mode, b""
    if stat.S_ISREG(mode):
        with open(path, "rb") as f:
            data = f.read()
    to.write(member(name, mode, data))


def initramfs(folder, modules):
    tree, here = os.path.join(folder, "initramfs"), os.path.dirname(os.path.abspath(__file__))
    shutil.rmtree(tree, ignore_errors=True)
    os.makedirs(tree + "/modules")
    subprocess.run(["gcc", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", tree + "/init", here + "/init.c"], check=True)
    for i, path in enumerate(wanted_modules(modules)):
        shutil.copy(path, f"{tree}/modules/{i:02}-{os.path.basename(path)}")
    with open(tree + ".new", "wb") as f:
        for at, folders, files in os.walk(tree):
            for name in sorted(folders + files):
                put_member(f, tree, os.path.relpath(os.path.join(at, name), tree))
        f.write(member("TRAILER!!!", 0, b""))
    os.rename(tree + ".new", tree + ".cpio")
    return tree + ".cpio"


# --- the disk ---

def place(tree, path):
    first = path.lstrip("/").split("/")[0]
    return tree + ("/usr" if first in MERGED else "") + path


def copy(tree, path):
    try:
        st = os.lstat(path)
    except OSError:
        return  # a diversion, or taken away by whoever made this host small
    at = place(tree, path)
    if stat.S_ISDIR(st.st_mode):
        os.makedirs(at, exist_ok=True)
    elif stat.S_ISLNK(st.st_mode):
        os.makedirs(os.path.dirname(at), exist_ok=True)
        if not os.path.lexists(at):
            os.symlink(os.readlink(path), at)
    elif stat.S_ISREG(st.st_mode) and os.access(path, os.R_OK):
        os.makedirs(os.path.dirname(at), exist_ok=True)
        shutil.copy2(path, at)


def copy_package(tree, full):
    info = f"/var/lib/dpkg/info/{full}"
    info = info if os.path.exists(info + ".list") else info.split(":")[0]
    with open(info + ".list", encoding="utf-8") as f:
        for path in f.read().splitlines()[1:]:
            if path.lstrip("/") not in MERGED and not LEFT_OUT.search(path):
                copy(tree, path)
    for end in ("list", "md5sums", "conffiles"):
        if os.path.exists(f"{info}.{end}"):
            shutil.copy(f"{info}.{end}", tree + "/var/lib/dpkg/info")


def settle(tree, modules, release):
    """What no package has as a file."""
    shutil.copytree(modules, f"{tree}/usr/lib/modules/{release}", symlinks=True)
    for name in ("passwd", "group"):
        shutil.copy(f"/usr/share/base-passwd/{name}.master", f"{tree}/etc/{name}")
    for folder in ("/etc/alternatives", "/etc/ssl/certs"):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            copy(tree, f"{folder}/{name}")
    for link in glob.glob("/usr/bin/*") + glob.glob("/usr/sbin/*"):
        if os.path.islink(link) and os.readlink(link).startswith("/etc/alternatives/"):
            copy(tree, link)
    shutil.copy("/var/lib/dpkg/status", tree + "/var/lib/dpkg/status")
    subprocess.run(["/usr/sbin/ldconfig", "-r", tree], check=True)


def disk(folder, program, kernel_files, start):
    _, modules, release = kernel_files
    packages = closure({*PACKAGES, *owners(program)})
    with open(__file__, "rb") as f:
        sign = hashlib.sha256(repr((sorted(packages.items()), release, start)).encode() + f.read()).hexdigest()[:16]
    path = os.path.join(folder, f"disk-{sign}.ext4")
    if os.path.exists(path):
        return path
    for old in glob.glob(os.path.join(folder, "disk-*.ext4")):
        if os.stat(old).st_mtime < time.time() - KEPT_SECONDS:  # a younger one may be just about to be booted
            os.unlink(old)
    tree = os.path.join(folder, "tree")
    shutil.rmtree(tree, ignore_errors=True)
    for name in FOLDERS:
        os.makedirs(f"{tree}/{name}")
    for name in MERGED[:4]:
        os.makedirs(f"{tree}/usr/{name}", exist_ok=True)
        os.symlink("usr/" + name, f"{tree}/{name}")
    for full, _ in packages.values():
        copy_package(tree, full)
    settle(tree, modules, release)
    with open(tree + "/vm/start", "w", encoding="utf-8") as f:
        f.write(start)
    os.chmod(tree + "/vm/start", 0o755)
    subprocess.run(["/usr/sbin/mke2fs", "-q", "-t", "ext4", "-O", "^has_journal,^metadata_csum", "-E", "root_owner=0:0",
                    "-d", tree, path + ".new", DISK], check=True)
    shutil.rmtree(tree)
    os.rename(path + ".new", path)
    return path


def make(folder, program, start):
    """Paths of all by name. `start`: text of the script that the machine begins with."""
    files = kernel(folder)
    return {"kernel": files[0], "initramfs": initramfs(folder, files[1]), "disk": disk(folder, program, files, start)}
