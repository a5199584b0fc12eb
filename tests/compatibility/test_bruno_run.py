"""The Bruno collection, run by Bruno's own command line."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any, Final

import pytest
from tests.compatibility.asked_for import NODE_FOLDER
from tests.compatibility.bruno_collection import COLLECTION, bruno_requests
from tests.compatibility.node_program import node
from tests.compatibility.platform_under_test import PASSWORD, Platform

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]
EMAIL: Final = "bruno@example.com"
BRU: Final = NODE_FOLDER / "node_modules/@usebruno/cli/bin/bru.js"


async def test_every_request_of_the_collection_succeeds(platform: Platform, tmp_path: Path) -> None:
    await platform.create_administrator(EMAIL)
    report = tmp_path / "report.json"
    process = await asyncio.create_subprocess_exec(
        *(node(), BRU, "run", "-r", "--env", "local", "--env-var", f"url={platform.url}"),
        # Its other sandbox is not ready for the first request on a slow machine.
        *("--sandbox", "developer", "--noproxy", "--reporter-json", report),
        cwd=COLLECTION,
        env={**os.environ, "DELTASTREAM_EMAIL": EMAIL, "DELTASTREAM_PASSWORD": PASSWORD},
        stdout=PIPE,
        stderr=STDOUT,
    )
    output, _ = await process.communicate()
    results = json.loads(report.read_text())[0]["results"]
    assert {result["test"]["filename"]: faults(result) for result in results} == {
        str(request.file.relative_to(COLLECTION)): [] for request in bruno_requests()
    }, output.decode()
    assert process.returncode == 0, output.decode()


def faults(result: Any) -> list[str]:
    """Return what is wrong with a request's result; a request that checks nothing is."""
    checks = [*result["assertionResults"], *result["testResults"]]
    failed = [check for check in checks if check["status"] != "pass"]
    found = [f"{check.get('lhsExpr', check.get('description'))}: {check}" for check in failed]
    if result["error"]:
        found.append(str(result["error"]))
    return found if checks else [*found, "it checks nothing"]
