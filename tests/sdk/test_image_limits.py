# SPDX-License-Identifier: Apache-2.0
"""What an archive or a folder of images can make grow: the last that goes, and one more."""
import json
import os
import subprocess

import pytest
from test_image_import import BASE, MACHINE, blob, data, image, imported, layout, tar  # noqa: F401

MANY = {f"SCHILY.xattr.user.a{i:02}": "x" for i in range(65)}


def test_attributes_of_a_file(imported, data, tmp_path):
    """Those that are too many or too large are left out, and that is said."""
    few = {k: v for k, v in list(MANY.items())[:64]}
    archive = tar(*BASE, ("few", b"", {"pax_headers": few}), ("many", b"", {"pax_headers": MANY}),
                  ("large", b"", {"pax_headers": {"SCHILY.xattr.user.big": "x" * 65537}}))
    (tmp_path / "a.tar").write_bytes(archive)
    done = image(data, "import", "img", str(tmp_path / "a.tar"))
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "attributes" in line]
    assert len(said) == 2 and "many" in said[0] and "large" in said[1], done.stderr
    root = data / "images" / "img" / "rootfs"
    (root / "probe").touch()
    try:
        os.setxattr(root / "probe", "user.a", b"x")
    except OSError:
        return  # this file system has none
    assert len(os.listxattr(root / "few")) == len(os.listxattr(root / "many")) == 64 and os.listxattr(root / "large") == []


def test_bytes_of_an_image(imported, tmp_path):
    """Also when they are a hole."""
    (tmp_path / "sh").write_bytes(open("/bin/sh", "rb").read())
    for gib, fails in ((64, True), (1, False)):
        with open(tmp_path / "hole", "wb") as f:
            f.truncate(gib << 30)
            f.seek(0, os.SEEK_END)
            f.write(b"x")
        subprocess.run(["tar", "-C", tmp_path, "--sparse", "--transform", "s,^sh$,bin/sh,", "-cf", tmp_path / "a.tar", "sh", "hole"],
                       check=True)
        got = imported(tmp_path / "a.tar", fails=fails, name=f"n{gib}")
        if fails:
            assert "larger than 64 GiB" in got
        else:
            assert os.stat(got / "hole").st_size == (1 << 30) + 1


def nested(folder, depth):
    """A layout whose manifest lies below so many indexes."""
    layout(folder, tar(*BASE))
    inner = json.loads((folder / "index.json").read_text())
    for _ in range(depth):
        inner = {"schemaVersion": 2, "manifests": [{
            "mediaType": "application/vnd.oci.image.index.v1+json", **blob(folder, json.dumps(inner).encode()),
            "platform": {"os": "linux", "architecture": MACHINE}}]}
    (folder / "index.json").write_text(json.dumps(inner))
    return folder


def test_indexes_within_indexes(imported, tmp_path):
    assert (imported(nested(tmp_path / "four", 4), name="four") / "bin/sh").exists()
    with pytest.raises(AssertionError):
        imported(nested(tmp_path / "five", 5), name="five")
    assert not (tmp_path / "data" / "images" / "five").exists()


def test_documents_of_a_layout(data, tmp_path):
    folder = layout(tmp_path / "l", tar(*BASE))
    index = (folder / "index.json").read_text()
    for size, good in ((4 << 20, True), ((4 << 20) + 1, False)):
        (folder / "index.json").write_text(index.ljust(size))
        done = image(data, "import", f"n{size}", str(folder))
        assert (done.returncode == 0) == good, done.stderr
    assert "index.json is too large" in done.stderr


def test_images_of_a_data_directory(data, tmp_path):
    (tmp_path / "a.tar").write_bytes(tar(*BASE))
    assert image(data, "import", "first", str(tmp_path / "a.tar")).returncode == 0
    meta = (data / "images" / "first" / "image").read_bytes()
    for i in range(255):
        (data / "images" / f"n{i}").mkdir()
        (data / "images" / f"n{i}" / "image").write_bytes(meta)
    done = image(data, "import", "more", str(tmp_path / "a.tar"))
    assert done.returncode == 1 and "256 images already" in done.stderr
    assert not [n for n in os.listdir(data / "images") if "more" in n]
    assert image(data, "remove", "first", "--force").returncode == 0
    assert image(data, "import", "more", str(tmp_path / "a.tar")).returncode == 0
