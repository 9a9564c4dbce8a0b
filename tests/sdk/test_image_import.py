# SPDX-License-Identifier: Apache-2.0
"""`nephele image`: tar files, OCI images and folders become root file systems; what is hostile in them leaves
nothing outside of the new root, and what fails leaves nothing at all."""
import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import tarfile

import pytest
from region import clean_env, program

SHELL = "/bin/sh"
BASE = [("bin/sh", SHELL), ("etc/os-release", b'ID=debian\nPRETTY_NAME="Debian GNU/Linux 99 (test)"\n')]
DIR, LINK, HARD, CHAR, FIFO = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE
MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]


def image(data, *argv, **env):
    return subprocess.run([program(), "image", *argv, f"--data={data}"], env=clean_env(**env), capture_output=True,
                          text=True, check=False)


def tar(*entries, mode="w"):
    """(name, bytes or path of a file, or (type, target), {fields})"""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.PAX_FORMAT) as t:
        for name, what, *more in entries:
            info = tarfile.TarInfo(name)
            info.mtime, info.mode = 1700000000, 0o755
            if isinstance(what, str):
                with open(what, "rb") as f:
                    what = f.read()
            if isinstance(what, tuple):
                info.type, info.linkname = what[0], what[1] if len(what) > 1 else ""
                what = b""
            info.size = len(what)
            for key, value in (more[0] if more else {}).items():
                setattr(info, key, value)
            t.addfile(info, io.BytesIO(what))
    return out.getvalue()


def blob(folder, data):
    digest = hashlib.sha256(data).hexdigest()
    (folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
    (folder / "blobs" / "sha256" / digest).write_bytes(data)
    return {"digest": f"sha256:{digest}", "size": len(data)}


def layout(folder, *layers, arch=MACHINE):
    folder.mkdir()
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    of = "application/vnd.oci.image."
    parts = [{"mediaType": of + "layer.v1.tar" + ("+gzip" if layer[:2] == b"\x1f\x8b" else ""), **blob(folder, layer)}
             for layer in layers]
    manifest = {"schemaVersion": 2, "config": {"mediaType": of + "config.v1+json", **blob(folder, b"{}")},
                "layers": parts}
    index = {"schemaVersion": 2, "manifests": [
        {"mediaType": of + "manifest.v1+json", **blob(folder, json.dumps(manifest).encode()),
         "platform": {"os": "linux", "architecture": arch},
         "annotations": {"org.opencontainers.image.ref.name": "example:1"}}]}
    (folder / "index.json").write_text(json.dumps(index))
    return folder


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def imported(data, tmp_path):
    """imported(bytes) is the root that they became; fails=True: what was said instead."""
    def do(archive, fails=False, name="img"):
        path = archive if not isinstance(archive, bytes) else tmp_path / "archive"
        if isinstance(archive, bytes):
            path.write_bytes(archive)
        done = image(data, "import", name, str(path))
        if fails:
            assert done.returncode == 1, done.stdout
            assert os.listdir(data / "images") == [], "nothing stays"
            return done.stderr
        assert done.returncode == 0, done.stderr
        return data / "images" / name / "rootfs"
    return do


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_in_any_compression(imported, data, mode):
    root = imported(tar(*BASE, mode=mode))
    assert (root / "bin/sh").read_bytes() == open(SHELL, "rb").read()
    assert os.access(root / "bin/sh", os.X_OK)
    shown = image(data, "list").stdout
    assert "Debian GNU/Linux 99 (test)" in shown and "admin" in shown and "builtin" in shown


def test_zstd(imported, tmp_path):
    (tmp_path / "a.tar").write_bytes(tar(*BASE))
    if subprocess.run(["zstd", "-q", str(tmp_path / "a.tar")], check=False).returncode != 0:
        pytest.skip("no zstd")
    assert (imported(tmp_path / "a.tar.zst") / "bin/sh").exists()


def test_folder(imported, tmp_path):
    (tmp_path / "r" / "bin").mkdir(parents=True)
    (tmp_path / "r" / "bin" / "sh").write_bytes(open(SHELL, "rb").read())
    (tmp_path / "r" / "link").symlink_to("/etc/passwd")
    root = imported(tmp_path / "r")
    assert os.readlink(root / "link") == "/etc/passwd" and (root / "bin/sh").is_file()
    assert stat.S_IMODE((root / "tmp").stat().st_mode) == 0o1777, "places to mount are there"


@pytest.mark.skipif(os.geteuid() != 0, reason="owners are kept by root")
def test_owners_modes_and_times(imported):
    root = imported(tar(*BASE, ("var", (DIR,), {"uid": 8, "gid": 12, "mode": 0o2775}),
                        ("bin/su", b"x", {"mode": 0o4755, "uid": 0}), ("var/f", b"x", {"uid": 1000, "gid": 33, "mode": 0o640}),
                        ("var/l", (LINK, "f"), {"uid": 5})))
    got = os.stat(root / "var/f")
    assert (got.st_uid, got.st_gid, stat.S_IMODE(got.st_mode), int(got.st_mtime)) == (1000, 33, 0o640, 1700000000)
    got = os.stat(root / "var")
    assert (got.st_uid, got.st_gid, stat.S_IMODE(got.st_mode), int(got.st_mtime)) == (8, 12, 0o2775, 1700000000)
    assert stat.S_IMODE(os.stat(root / "bin/su").st_mode) == 0o4755
    assert os.lstat(root / "var/l").st_uid == 5


def test_hard_links(imported):
    root = imported(tar(*BASE, ("bin/dash", (HARD, "bin/sh"))))
    assert os.stat(root / "bin/dash").st_ino == os.stat(root / "bin/sh").st_ino


# --- what is hostile ---

@pytest.mark.parametrize("entries", [
    [("../evil", b"x")],
    [("a/../../evil", b"x")],
    [("/../evil", b"x")],
    [("h", (HARD, "../../../etc/passwd"))],
    [("h", (HARD, "nowhere"))],
], ids=["up", "up-inside", "absolute-up", "hard-link-up", "hard-link-to-nothing"])
def test_paths_out_of_the_image_are_refused(imported, tmp_path, entries):
    said = imported(tar(*BASE, *entries), fails=True)
    assert "out of the image" in said or "not there" in said
    assert not list(tmp_path.rglob("evil"))


def test_links_lead_nowhere_else(imported, tmp_path):
    """A link to a folder of the host, then a file through it: it goes below the root, not to the host."""
    target = tmp_path / "host"
    target.mkdir()
    root = imported(tar(*BASE, ("up", (LINK, "../../../../../..")), ("up/evil", b"x"), ("abs", (LINK, str(target))),
                        ("self", (LINK, "self")), (str(target)[1:], (DIR,)), ("abs/evil", b"y")))
    assert os.listdir(target) == []
    assert (root / "evil").read_bytes() == b"x", "'..' of the root is the root"
    assert (root / str(target)[1:] / "evil").read_bytes() == b"y"


def test_hard_links_to_the_host_through_a_link(imported):
    """/etc of the link is the image's own."""
    assert "not there" in imported(tar(*BASE, ("e", (LINK, "/etc")), ("h", (HARD, "e/passwd"))), fails=True)


def test_devices_and_sockets_are_left_out(imported, data, tmp_path):
    (tmp_path / "a").write_bytes(tar(*BASE, ("dev/mem", (CHAR,)), ("run/fifo", (FIFO,))))
    done = image(data, "import", "img", str(tmp_path / "a"))
    assert done.returncode == 0 and "left out: /dev/mem" in done.stderr
    root = data / "images/img/rootfs"
    assert not (root / "dev/mem").exists() and stat.S_ISFIFO(os.stat(root / "run/fifo").st_mode)


def test_what_is_no_image(imported, tmp_path):
    assert "no /bin/sh" in imported(tar(("etc/os-release", b"")), fails=True)
    assert "cannot be read" in imported(b"no archive at all" * 100, fails=True)
    whole = tar(*BASE)
    assert "cannot be read" in imported(whole[: len(whole) // 2], fails=True)


def test_names(data, tmp_path):
    (tmp_path / "a").write_bytes(tar(*BASE))
    for name in ("../x", "A", "builtin", "x" * 64, "-x"):
        done = image(data, "import", name, str(tmp_path / "a"))
        assert done.returncode != 0 and not (tmp_path / "x").exists(), name
    assert image(data, "import", "x", str(tmp_path / "a")).returncode == 0
    again = image(data, "import", "x", str(tmp_path / "a"))
    assert again.returncode == 1 and "already" in again.stderr


# --- OCI ---

def test_layers_and_whiteouts(imported, tmp_path):
    first = tar(*BASE, ("usr/bin", (DIR,)), ("sbin", (LINK, "usr/bin")), ("d/a", b"1"), ("d/b", b"1"), ("o/old", b"1"),
                ("gone/x", b"1"), ("was-file", b"1"), ("was-dir/x", b"1"))
    second = gzip.compress(tar(("d/.wh.a", b""), ("d/c", b"2"), ("o/new", b"2"), ("o/.wh..wh..opq", b""), (".wh.gone", b""),
                               ("sbin", (DIR,)), ("sbin/tool", b"2"), ("was-file", (DIR,)), ("was-dir", b"2"),
                               ("never/.wh.there", b"")))
    root = imported(layout(tmp_path / "oci", first, second))
    assert sorted(os.listdir(root / "d")) == ["b", "c"]
    assert os.listdir(root / "o") == ["new"], "opaque hides what is below, not its own"
    assert not (root / "gone").exists() and not (root / "never").exists()
    assert os.readlink(root / "sbin") == "usr/bin" and (root / "usr/bin/tool").exists(), "a folder keeps the link"
    assert (root / "was-file").is_dir() and (root / "was-dir").is_file()


def test_archive_of_a_layout(imported, data, tmp_path):
    folder = layout(tmp_path / "oci", tar(*BASE))
    files = [(str(p.relative_to(folder)), str(p)) for p in folder.rglob("*") if p.is_file()]
    root = imported(tar(*files, mode="w:gz"))
    assert (root / "bin/sh").exists() and not (root / "oci-layout").exists()
    assert os.listdir(root.parent).count("layout") == 0
    assert "example:1" in image(data, "list").stdout


def test_damaged_blob(imported, tmp_path):
    folder = layout(tmp_path / "oci", tar(*BASE))
    big = max((folder / "blobs/sha256").iterdir(), key=lambda p: p.stat().st_size)
    raw = bytearray(big.read_bytes())
    raw[600] ^= 1
    big.write_bytes(raw)
    assert "damaged" in imported(folder, fails=True)


def test_blobs_are_no_links_to_the_host(imported, tmp_path):
    folder = layout(tmp_path / "oci", tar(*BASE))
    big = max((folder / "blobs/sha256").iterdir(), key=lambda p: p.stat().st_size)
    big.rename(tmp_path / "elsewhere")
    big.symlink_to(tmp_path / "elsewhere")
    assert "lacks" in imported(folder, fails=True)


def test_another_architecture(imported, tmp_path):
    assert "holds no image for" in imported(layout(tmp_path / "oci", tar(*BASE), arch="s390x"), fails=True)


def test_too_many_layers(imported, tmp_path):
    assert "more than 128 layers" in imported(layout(tmp_path / "oci", *[tar(*BASE)] * 129), fails=True)


# --- build and remove ---

@pytest.fixture
def mmdebstrap(tmp_path):
    """One that writes a tar file of ours to where it is told, and its words beside it."""
    folder = tmp_path / "path"
    folder.mkdir()
    (tmp_path / "debian.tar").write_bytes(tar(*BASE))
    script = folder / "mmdebstrap"
    script.write_text(f"#!/bin/sh\necho \"$@\" > {tmp_path}/words\n[ \"$5\" = bad ] && exit 3\n"
                      f"cp {tmp_path}/debian.tar \"$5\"\n".replace("$5\" = bad", "$4\" = bad"))
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_build_debian(data, tmp_path, mmdebstrap):
    done = image(data, "build", "debian", "--suite=trixie", "--mirror=http://127.0.0.1:9/debian", PATH=mmdebstrap)
    assert done.returncode == 0, done.stderr
    assert "user admin" in done.stdout and (data / "images/debian-13/rootfs/bin/sh").exists()
    words = (tmp_path / "words").read_text().split()
    assert "trixie" in words and words[-1] == "http://127.0.0.1:9/debian"
    assert os.listdir(data / "images") == ["debian-13"]


def test_a_build_that_fails(data, mmdebstrap):
    done = image(data, "build", "debian", "--suite=bad", PATH=mmdebstrap)
    assert done.returncode == 1 and "has failed" in done.stderr
    assert os.listdir(data / "images") == []


def test_build_without_the_program(data):
    done = image(data, "build", "debian", PATH="/nowhere")
    assert done.returncode == 1 and "apt install mmdebstrap" in done.stderr


def test_remove(data, tmp_path):
    (tmp_path / "a").write_bytes(tar(*BASE, ("ro/x", b"1"), ("ro", (DIR,), {"mode": 0o500})))
    assert image(data, "import", "x", str(tmp_path / "a")).returncode == 0
    asked = image(data, "remove", "x")
    assert asked.returncode == 1 and "--force" in asked.stderr
    assert image(data, "remove", "x", "--force").returncode == 0
    assert os.listdir(data / "images") == []
    assert "no image" in image(data, "remove", "x", "--force").stderr
