"""Asks a mesh everything that its OpenAPI document allows and forbids.

`python -m tests.schemathesis.run` starts a mesh that demands credentials, and runs schemathesis on
it: examples, coverage, fuzzing and sequences of calls. It fails on a server error, an undocumented
status or media type, an answer that its schema does not describe, and a request that is taken or
refused against the contract.
"""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import aiohttp
from tests.fixtures.running_mesh import RunningMesh, command, environment, running_mesh
from tests.schemathesis.credentials import API_KEY

_HERE: Final = Path(__file__).parent
_ROOT: Final = _HERE.parents[1]
_ADMINISTRATOR: Final = "admin@example.com"
# So many that they are told of, and never stand in the way.
_PLENTY: Final = "10000000"
_GRACE_SECONDS: Final = 60.0


async def run(options: argparse.Namespace) -> int:
    """Run schemathesis against a mesh of its own; return its exit status."""
    password = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "mesh"
        async with running_mesh(data_dir, **_settings()) as mesh:
            await _create_administrator(data_dir, password)
            key = await _api_key(mesh, password)
            return await _schemathesis(mesh, key, options)


def _settings() -> dict[str, str]:
    limits = ("CLIENT_RATE", "CLIENT_BURST", "ACCOUNT_RATE", "ACCOUNT_BURST")
    credentials = ("CREDENTIALS_RATE", "CREDENTIALS_BURST")
    plenty = {f"DELTASTREAM_{name}": _PLENTY for name in (*limits, *credentials)}
    return {"DELTASTREAM_ALLOW_ANONYMOUS": "false", **plenty}


async def _create_administrator(data_dir: Path, password: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command("users", "create-admin", "--email", _ADMINISTRATOR, "--data-dir", str(data_dir)),
        env=environment(DELTASTREAM_ADMIN_PASSWORD=password),
    )
    if await process.wait() != 0:
        raise SystemExit("there is no administrator to ask as")


async def _api_key(mesh: RunningMesh, password: str) -> str:
    """Return a key that outlives the sessions which the run will end."""
    async with aiohttp.ClientSession(mesh.http, raise_for_status=True) as client:
        credentials = {"email": _ADMINISTRATOR, "password": password}
        session = await _post(client, "/api/auth/login", credentials)
        client.headers["Authorization"] = f"Bearer {session['token']}"
        wanted = {"name": "schemathesis", "roles": ["reader", "admin"]}
        return str((await _post(client, "/api/auth/api-keys", wanted))["secret"])


async def _post(client: aiohttp.ClientSession, path: str, body: object) -> Any:
    async with client.post(path, json=body) as response:
        return await response.json()


async def _schemathesis(mesh: RunningMesh, key: str, options: argparse.Namespace) -> int:
    sys.stdout.write(f"seed {options.seed}\n")
    sys.stdout.flush()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli"),
        *("--config-file", str(_HERE / "schemathesis.toml")),
        *("run", f"{mesh.http}/api/openapi.json", "--seed", str(options.seed)),
        *("--max-examples", str(options.examples), *options.more),
        # It remembers things where it runs: no run is to depend on another.
        cwd=mesh.data_dir.parent,
        env={**os.environ, **environment(**{API_KEY: key}), **_paths()},
    )
    try:
        async with asyncio.timeout(options.seconds + _GRACE_SECONDS):
            return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _paths() -> dict[str, str]:
    roots = [str(_ROOT / root) for root in ("gen/python", "services", "edge", ".")]
    return {"PYTHONPATH": os.pathsep.join(roots)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.schemathesis.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("--examples", type=int, default=25, help="of each operation and phase")
    parser.add_argument("--seconds", type=float, default=600.0, help="the most it may take")
    parser.add_argument("more", nargs="*", help="further options of schemathesis, after --")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(run(_options())))
