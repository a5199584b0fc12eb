"""The image that the Tiltfile runs: a saved source is live in it, without a new one."""

import json
import time
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.deploy.dockerfile import stages
from tests.fixtures.free_port import free_port
from tests.image.build import Images
from tests.image.container import Container, container

pytestmark = pytest.mark.timeout(1800)

DEV = stages()["dev"]
ENTRY_POINT = json.loads(DEV.all("ENTRYPOINT")[0])
SOURCE: Final = "src/services/deltastream/auth/__main__.py"
SECONDS: Final = 60.0


def _role(watcher: Container) -> psutil.Process | None:
    children = watcher.first_process().children(recursive=True)
    return next((each for each in children if each.cmdline()[-1:] == ["auth"]), None)


def test_a_saved_source_restarts_the_role_in_its_container(
    images: Images, data: Path, tmp_path: Path
) -> None:
    path = f"/opt/deltastream/bin:{'/usr/local/bin:/usr/bin:/bin'}"
    told = {"PATH": path, "DELTASTREAM_AUTH_LISTEN": f"127.0.0.1:{free_port()}"}
    said = tmp_path / "said"
    check = ("python", "-m", "deltastream.runtime.probe", "auth")
    with container(
        images.dev,
        [*ENTRY_POINT, "auth"],
        environment=DEV.environment | told,
        data=data,
        said=said,
    ) as watcher:
        watcher.wait_until_healthy(*check)
        before = _role(watcher)
        assert before is not None
        # As a live update does, into the running container.
        with (images.dev / SOURCE).open("a", encoding="utf-8") as source:
            source.write('\nprint("this was saved a moment ago", flush=True)\n')
        deadline = time.monotonic() + SECONDS
        while before.is_running() or "saved a moment ago" not in said.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline, said.read_text(encoding="utf-8")[-4000:]
            time.sleep(0.05)
        watcher.wait_until_healthy(*check)
        after = _role(watcher)
        assert after is not None
        assert after.pid != before.pid
    # Nothing outlives its container.
    after.wait(timeout=SECONDS)
