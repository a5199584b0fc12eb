"""Where nothing is traced, nothing of OpenTelemetry is there."""

import asyncio
import json
import sys

from tests.fixtures.running_mesh import environment

_ROLES = """
import importlib, json, sys
from deltastream.runtime.roles import ROLES
for role in ROLES:
    importlib.import_module(f"deltastream.{role.name}.__main__")
from deltastream.runtime.channels import open_channel
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.interceptors.access import allow_everyone
from deltastream.runtime.interceptors.chain import server_interceptors
limits = Concurrency(calls=1, streams=1)
found = [type(each).__name__ for each in server_interceptors(allow_everyone, limits)]
modules = [name for name in sys.modules if name.startswith("opentelemetry")]
print(json.dumps({"interceptors": found, "modules": modules}))
"""
_ONE_ROLE = """
import json, sys
from typing import ClassVar
from deltastream.runtime.lifecycle import run_role
from deltastream.runtime.settings import RoleSettings

class Settings(RoleSettings):
    role: ClassVar[str] = "tested"

async def work(settings, shutdown):
    from deltastream.runtime.concurrency import Concurrency
    from deltastream.runtime.interceptors.access import allow_everyone
    from deltastream.runtime.interceptors.chain import server_interceptors
    limits = Concurrency(calls=1, streams=1)
    found = [type(each).__name__ for each in server_interceptors(allow_everyone, limits)]
    modules = [name for name in sys.modules if name.startswith("opentelemetry")]
    print(json.dumps({"interceptors": found, "modules": modules}))

sys.exit(run_role(Settings, work))
"""
SECONDS = 30.0


async def found_by(code: str, **settings: str) -> dict[str, list[str]]:
    """Run some code as a process, and return the line of JSON that it prints of itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        env=environment(DELTASTREAM_LOG_LEVEL="critical", **settings),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(SECONDS):
        output, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, list[str]] = json.loads(output)
    return found


async def test_no_role_imports_any_of_it() -> None:
    found = await found_by(_ROLES)

    assert found["modules"] == []
    assert "TracingInterceptor" not in found["interceptors"]
    assert "FailureInterceptor" in found["interceptors"]


async def test_a_role_that_runs_without_an_endpoint_has_neither_spans_nor_interceptor() -> None:
    found = await found_by(_ONE_ROLE)

    assert found["modules"] == []
    assert "TracingInterceptor" not in found["interceptors"]


async def test_a_role_that_runs_with_one_has_both() -> None:
    found = await found_by(_ONE_ROLE, DELTASTREAM_OTLP_ENDPOINT="http://127.0.0.1:9")

    assert "opentelemetry.sdk.trace" in found["modules"]
    assert "TracingInterceptor" in found["interceptors"]
