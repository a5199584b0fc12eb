"""The curl script: what it shows, that it loses nothing, and that it keeps secrets."""

import shutil
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from tests.compatibility.curl import curl
from tests.compatibility.curl_script import bare_path, running_script
from tests.compatibility.platform_under_test import Platform
from tests.faults.proxy import fault_proxy, to_url
from tests.fixtures.eventually import eventually

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]
PASSWORD: Final = 'a "difficult" \\ password, 100 % Straße'  # noqa: S105 - a test's
LATEST: Final = 3


def settings(name: str, url: str, folder: Path, *, jq: bool = False) -> dict[str, str]:
    if jq and shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    path = {} if jq else {"PATH": bare_path(folder / "bin")}
    return {
        "DELTASTREAM_URL": url,
        "DELTASTREAM_EMAIL": f"{name}@example.com",
        "DELTASTREAM_PASSWORD": PASSWORD,
        **path,
    }


async def stored_since(platform: Platform, time: str) -> list[tuple[str, str]]:
    """Return the stored chains from a time on, oldest first: expiry and time of each."""
    url = f"{platform.url}/api/data/chain/NIFTY?view=CHAIN_VIEW_SUMMARY&limit=1000"
    found = await curl(
        f"{url}&start={quote(time)}", headers={"Authorization": f"Bearer {platform.token}"}
    )
    return [(chain["expiry"], chain["timestamp"]) for chain in reversed(found.body["chains"])]


@pytest.mark.parametrize("jq", [True, False], ids=["with jq", "without jq"])
async def test_its_stream_goes_on_after_a_lost_connection_and_after_ctrl_c(
    platform: Platform, tmp_path: Path, *, jq: bool
) -> None:
    async with fault_proxy(to_url(platform.url), seed=0) as wire:
        url = f"http://{wire.address}"
        environment = settings(f"stream-{jq}".lower(), url, tmp_path, jq=jq)
        async with running_script(tmp_path, **environment) as script:
            await script.until("The chains of NIFTY")
            printed = await script.chains(LATEST + 2)
            wire.reset()
            printed += await script.chains(2)
            printed += await script.interrupt()
        async with running_script(tmp_path, **environment) as script:
            await script.until("The chains of NIFTY")
            printed += await script.chains(2)
            printed += await script.interrupt()
    new = printed[LATEST:]
    stored = await eventually(
        lambda: stored_since(platform, new[0][1]), lambda found: new[-1] in found, seconds=30
    )
    assert new == stored[: len(new)]


async def test_it_shows_the_market(platform: Platform, tmp_path: Path) -> None:
    environment = settings("walk", platform.url, tmp_path)
    async with running_script(tmp_path, **environment) as script:
        for path, answer in {
            "/api/data/products": '{"products":["BANKNIFTY","NIFTY"]',
            "/api/data/expiries/NIFTY": '{"product":"NIFTY","expiries":["20',
            "/api/data/chain/NIFTY?limit=1": '{"product":"NIFTY","count":1,"chains":[{',
            "/api/analytics/pcr/NIFTY": '{"product":"NIFTY","latest":{',
            "/api/analytics/max-pain/NIFTY": '{"product":"NIFTY","expiry":"20',
            "/api/analytics/volatility-surface/NIFTY": '{"product":"NIFTY","expiries":[{',
        }.items():
            await script.until(f"GET {path}")
            assert (await script.line()).startswith(answer)
        await script.until("The chains of NIFTY")


async def test_no_secret_is_among_the_arguments_of_what_it_runs(
    platform: Platform, tmp_path: Path
) -> None:
    environment = settings("secret", platform.url, tmp_path)
    async with running_script(tmp_path, **environment) as script:
        await script.until("The chains of NIFTY")
        await script.chains(1)
        arguments = script.arguments()
    assert "text/event-stream" in arguments
    assert "Bearer" not in arguments
    assert PASSWORD not in arguments
