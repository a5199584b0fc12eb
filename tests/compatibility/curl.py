"""The real curl, as a person uses it; what nobody else may see goes by its standard input."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_DEADLINE: Final = 30.0
_ABOUT: Final = "%{stderr}%{http_code} %{content_type}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request was answered with."""

    status: int
    content_type: str
    body: Any


async def curl(
    url: str, *options: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask for something; the answer must be JSON.

    Args:
        url: what.
        options: of curl.
        body: to post, in JSON; None asks by GET.
        headers: that are nobody else's business.
    """
    settings = [f"header = {_quoted(f'{name}: {text}')}" for name, text in (headers or {}).items()]
    if body is not None:
        # Without more, curl says that a body is a form's.
        settings.append(f"data-raw = {_quoted(json.dumps(body))}")
    process = await asyncio.create_subprocess_exec(
        *("curl", "--silent", "--globoff", "--config", "-", "--write-out", _ABOUT, *options, url),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    async with asyncio.timeout(_DEADLINE):
        output, about = await process.communicate("\n".join(settings).encode())
    assert process.returncode == 0, about.decode()
    status, _, content_type = about.decode().partition(" ")
    return Answer(status=int(status), content_type=content_type, body=json.loads(output))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
