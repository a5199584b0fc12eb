"""Puts together the tree of the shipped image: `assemble.py ENVIRONMENT TREE`.

The environment, the interpreter below it, and the shared libraries that these load. No shell, no
package manager, no installer: nothing that a role does not run.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

_NOBODY: Final = 10001
_DATA: Final = Path("var/lib/deltastream")
_CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
_UNUSED_OF_THE_LIBRARY: Final = (
    *("__pycache__", "config-*", "dist-packages", "ensurepip", "idlelib", "lib2to3", "pydoc_data"),
    *("site-packages", "test", "tests", "tkinter", "turtledemo"),
)
_ACCOUNTS: Final = {
    "etc/passwd": "root:x:0:0:root:/:/sbin/nologin\n"
    f"deltastream:x:{_NOBODY}:{_NOBODY}:deltastream:/{_DATA}:/sbin/nologin\n",
    "etc/group": f"root:x:0:\ndeltastream:x:{_NOBODY}:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}
_MERGED: Final = ("lib", "lib64")
"""Folders of the root that Debian keeps below /usr."""


class Tree:
    """The tree of an image in the making."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._taken: set[Path] = set()

    def prepare(self) -> None:
        """Make its folders and its few written files."""
        for name in _MERGED:
            (self._root / "usr" / name).mkdir(parents=True)
            (self._root / name).symlink_to(f"usr/{name}")
        for name in ("dev", "etc", "proc", "sys"):
            (self._root / name).mkdir()
        for path, text in _ACCOUNTS.items():
            (self._root / path).write_text(text, encoding="utf-8")
        (self._root / "tmp").mkdir(mode=0o1777)
        (self._root / "tmp").chmod(0o1777)
        data = self._root / _DATA
        data.mkdir(parents=True, mode=0o750)
        shutil.chown(data, _NOBODY, _NOBODY)

    def take_folder(self, folder: Path, *, without: tuple[str, ...] = ()) -> None:
        """Copy a folder to the same place."""
        ignored = shutil.ignore_patterns(*without)
        shutil.copytree(folder, self._at(folder), symlinks=True, ignore=ignored)

    def take(self, file: Path) -> None:
        """Copy a file to the same place, and every link that leads to it."""
        while file.is_symlink():
            self._copy(file)
            file = file.parent / file.readlink()
        self._copy(file)

    def take_libraries(self) -> None:
        """Copy what the programs and modules in the tree load, and the loader."""
        files = self._elf_files()
        # Libraries that wheels bring find one another by the folder of who loads them first.
        brought = {file.name for file in files}
        for library in sorted(_loaded_by(files, brought=brought)):
            if not self._at(library).exists():
                self.take(library)

    def list_packages(self) -> None:
        """Say which of Debian's packages files came from, where scanners of images look for it."""
        listed = self._root / "var/lib/dpkg/status.d"
        listed.mkdir(parents=True)
        for package in sorted(_packages_of(self._taken)):
            status = _said("dpkg-query", "--status", package)
            (listed / package.partition(":")[0]).write_text(status, encoding="utf-8")

    def index_libraries(self) -> None:
        """Write the loader's cache: it finds some of them by nothing else."""
        self.take(Path("/etc/ld.so.conf"))
        shutil.copytree("/etc/ld.so.conf.d", self._root / "etc/ld.so.conf.d")
        _said("ldconfig", "-r", str(self._root))

    def _at(self, path: Path) -> Path:
        # Through the links of its folders, as Debian's /lib is one.
        return self._root / (path.parent.resolve() / path.name).relative_to("/")

    def _copy(self, file: Path) -> None:
        to = self._at(file)
        to.parent.mkdir(parents=True, exist_ok=True)
        if not to.is_symlink():
            shutil.copy2(file, to, follow_symlinks=False)
        self._taken.add(file.parent.resolve() / file.name)

    def _elf_files(self) -> list[Path]:
        """All programs and libraries in it, by where they were copied from.

        There they find their own libraries beside them.
        """
        files = (file for file in self._root.rglob("*") if file.is_file() and not file.is_symlink())
        return [Path("/", file.relative_to(self._root)) for file in files if _is_elf(file)]


def _is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def _loaded_by(files: Iterable[Path], *, brought: AbstractSet[str]) -> set[Path]:
    """Return the libraries that these load, but for those that they bring themselves."""
    said = _said("ldd", *map(str, files))
    missing = set(re.findall(r"(\S+) => not found", said)) - brought
    if missing:
        raise SystemExit(f"libraries are missing: {', '.join(sorted(missing))}")
    found: list[str] = re.findall(r"^\s+(?:\S+ => )?(/\S+) \(0x", said, flags=re.MULTILINE)
    return {Path(path) for path in found}


def _packages_of(files: Iterable[Path]) -> set[str]:
    """Return Debian's packages of these files; some are listed below /lib, some below /usr/lib."""
    names = [str(file) for file in files]
    names += [name.removeprefix("/usr") for name in names if name.startswith("/usr/lib")]
    answer = subprocess.run(  # noqa: S603 - it names those that are in none, and fails for them
        ["dpkg-query", "--search", *names],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    owners = (line.rpartition(": ")[0] for line in answer.stdout.splitlines())
    return {owner for owner in owners if owner and " " not in owner}


def _said(*command: str) -> str:
    return subprocess.run(  # noqa: S603 - programs of the build's own image
        command, check=True, capture_output=True, text=True
    ).stdout


def interpreter_of(environment: Path) -> Iterator[Path]:
    """Every link from the environment's own python to the program, and the program."""
    link = environment / "bin" / "python"
    while link.is_symlink():
        link = link.parent / link.readlink()
        yield link


def main(environment: Path, root: Path) -> None:
    """Make the tree."""
    tree = Tree(root)
    tree.prepare()
    tree.take_folder(environment)
    for file in interpreter_of(environment):
        if not file.is_relative_to(environment):
            tree.take(file)
    library = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    tree.take_folder(library, without=_UNUSED_OF_THE_LIBRARY)
    tree.take_libraries()
    tree.take(_CERTIFICATES)
    tree.take(Path("/etc/os-release"))
    tree.list_packages()
    tree.index_libraries()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
