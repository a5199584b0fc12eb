"""A process in the image's tree, as near to a container as there is without an engine.

The tree is read-only and its root; the process is the first of its own, of user 10001 and without
privileges that could be gained; /tmp and the data folder are its only places to write. The network
is this machine's.
"""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
from tests.deploy.deployment_files import DATA_DIRECTORY
from tests.image.private_mounts import PRIVATE, mount_commands

_USER: Final = 10001
_SECONDS: Final = 60.0
_DATA: Final = DATA_DIRECTORY.removeprefix("/")


class Container:
    """A running one."""

    def __init__(
        self, process: subprocess.Popen[str], *, environment: Mapping[str, str], said: Path
    ) -> None:
        self._process = process
        self._said = said
        self._environment = dict(environment)

    def first_process(self) -> psutil.Process:
        """Return its first process, as this machine sees it, once the tree is its root."""
        deadline = time.monotonic() + _SECONDS
        while True:
            children = psutil.Process(self._process.pid).children()
            if children and Path(f"/proc/{children[0].pid}/root").readlink() != Path("/"):
                return children[0]
            assert time.monotonic() < deadline, "nothing was started"
            time.sleep(0.05)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one more command inside, as the engine runs a health check."""
        nsenter = shutil.which("nsenter") or "nsenter"
        within = [nsenter, f"--target={self.first_process().pid}", "--mount", "--pid", "--root"]
        user = [f"--setuid={_USER}", f"--setgid={_USER}", "--wd=/"]
        executable = f"{self._environment['PATH'].partition(':')[0]}/{command[0]}"
        return subprocess.run(  # noqa: S603 - a command of the test's
            [*within, *user, executable, *command[1:]],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def wait_until_healthy(self, *check: str) -> None:
        """Run a health check until it says yes."""
        deadline = time.monotonic() + _SECONDS
        while (answer := self.run(*check)).returncode != 0:
            waits = time.monotonic() < deadline and not self.has_ended()
            assert waits, f"{answer.stderr}\n{self._said.read_text(encoding='utf-8')[-4000:]}"

    def has_ended(self) -> bool:
        """Say whether it ended by itself."""
        return self._process.poll() is not None

    def end(self) -> tuple[int, float]:
        """Ask it to end; return its exit status and how many seconds it took."""
        started = time.monotonic()
        self.first_process().terminate()
        status = self._process.wait(timeout=_SECONDS)
        return status, time.monotonic() - started


@contextmanager
def container(
    tree: Path, command: list[str], *, environment: Mapping[str, str], data: Path, said: Path
) -> Iterator[Container]:
    """Run a command as a container would, until the end of the block.

    Args:
        tree: the image's files.
        command: the first word is in the image's PATH.
        environment: all of it.
        data: what stands at the data folder, for user 10001 to write.
        said: the file that takes what it says.
    """
    os.chown(data, _USER, _USER)
    script = "\n".join([*_mounts(tree, data), f"exec {shlex.join(_inside(tree, command))}"])
    with (
        said.open("w", encoding="utf-8") as output,
        subprocess.Popen(  # noqa: S603 - the image's own entry point
            [*PRIVATE, "sh", "-ec", script],
            env=dict(environment, PATH=f"{environment['PATH']}:{os.environ['PATH']}"),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            yield Container(process, environment=environment, said=said)
        finally:
            if process.poll() is None:
                # Who takes another user's id forgets that it is to die with its parent.
                for first in psutil.Process(process.pid).children():
                    first.kill()
                process.kill()


def _mounts(tree: Path, data: Path) -> list[str]:
    root, volume = shlex.quote(str(tree)), shlex.quote(str(data))
    return [
        f"mount --bind {root} {root}",
        f"mount -o remount,bind,ro {root}",
        f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp",  # noqa: S108 - of its own
        f"mount --bind {volume} {root}/{_DATA}",
        *mount_commands(tree),
    ]


def _inside(tree: Path, command: list[str]) -> list[str]:
    place = [f"--root={tree}", f"--wd=/{_DATA}", f"--setgid={_USER}", f"--setuid={_USER}"]
    return ["setpriv", "--no-new-privs", "--clear-groups", "unshare", *place, *command]
