"""Commands in another tree of files, with mounts and processes that end with them."""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_DEVICES: Final = ("null", "zero", "full", "random", "urandom")
_SECONDS: Final = 900

# Mounts made in it are seen by nobody else, and are gone with the last process in it.
PRIVATE: Final = ("unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL")


def mount_commands(tree: Path) -> list[str]:
    """Return shell commands that give a tree /proc and the devices that every container has."""
    quoted = shlex.quote(str(tree))
    made = [f"mount -t proc proc {quoted}/proc", f"mount -t tmpfs tmpfs {quoted}/dev"]
    for name in _DEVICES:
        made += [f"touch {quoted}/dev/{name}", f"mount --bind /dev/{name} {quoted}/dev/{name}"]
    return made


def run_in_tree(
    tree: Path, script: str, *, environment: Mapping[str, str], folder: str = "/"
) -> str:
    """Run a shell script as root with `tree` as its root, as an image's RUN does.

    Raises:
        AssertionError: it failed; the text ends with what it said.
    """
    shell = f"cd {shlex.quote(folder)} && {script}"
    inside = ["chroot", str(tree), "/bin/sh", "-c", shell]
    commands = [*mount_commands(tree), f"exec {shlex.join(inside)}"]
    answer = subprocess.run(  # noqa: S603 - the steps of our own Dockerfile
        [*PRIVATE, "sh", "-ec", "\n".join(commands)],
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert answer.returncode == 0, f"{script}\n{answer.stdout[-4000:]}"
    return answer.stdout
