"""A bare Debian tree with Python, laid out as the base image of the Dockerfile is.

No engine is needed: debootstrap puts it together from Debian's own packages.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.image.private_mounts import run_in_tree

_RELEASE: Final = "bookworm"
_MIRROR: Final = "http://deb.debian.org/debian"
_PREPARE: Final = """
set -e
apt-get update --quiet=2
apt-get install --yes --quiet=2 --no-install-recommends python3.11 python3.11-venv netbase tzdata
# The base image has its Python and pip in /usr/local, and lets pip install there.
python3.11 -m venv /usr/local
/usr/local/bin/python -m pip --version
apt-get clean
rm -rf /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /var/lib/apt/lists/*
"""


def bare_debian(folder: Path) -> Path:
    """Return a tree like this, made in `folder` unless it is there from an earlier run."""
    tree = folder / "debian"
    recipe = hashlib.sha256(f"{_RELEASE} {_MIRROR} {_PREPARE}".encode()).hexdigest()
    mark = folder / "debian.made"
    if not (mark.exists() and mark.read_text(encoding="utf-8") == recipe):
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        _debootstrap(tree)
        reach_registries(tree)
        run_in_tree(tree, _PREPARE, environment={"PATH": os.environ["PATH"]})
        mark.write_text(recipe, encoding="utf-8")
    return tree


def _debootstrap(tree: Path) -> None:
    include = "--include=ca-certificates"
    command = ["debootstrap", "--variant=minbase", include, _RELEASE, str(tree), _MIRROR]
    subprocess.run(  # noqa: S603 - a fixed command
        command, check=True, stdout=subprocess.DEVNULL, timeout=900
    )


def reach_registries(tree: Path) -> None:
    """Give a tree this machine's way to the registries: names, authorities, pip's settings."""
    for path in ("etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt"):
        shutil.copyfile(Path("/", path), tree / path)
    if Path("/etc/pip.conf").exists():
        shutil.copyfile("/etc/pip.conf", tree / "etc/pip.conf")
