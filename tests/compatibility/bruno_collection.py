"""The requests in examples/bruno, as far as they can be compared with the contract."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COLLECTION: Final = Path(__file__).parents[2] / "examples/bruno"
_BLOCK: Final = re.compile(r"^([a-z:-]+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_METHODS: Final = ("get", "post", "put", "delete")


@dataclass(frozen=True, kw_only=True)
class BrunoRequest:
    """One request of the collection.

    Attributes:
        file: where it stands.
        route: method and path, as the contract writes them: `GET /api/data/chain/{product}`.
        parameters: the names of all query parameters that it offers.
    """

    file: Path
    route: str
    parameters: frozenset[str]


def bruno_requests() -> Iterator[BrunoRequest]:
    """Yield all requests."""
    for file in sorted(COLLECTION.glob("*/*.bru")):
        if file.name == "folder.bru" or file.parent.name == "environments":
            continue
        blocks = dict(_BLOCK.findall(file.read_text()))
        (method,) = blocks.keys() & _METHODS
        (url,) = re.findall(r"url: \{\{url\}\}([^?\n]*)", blocks[method])
        names = re.findall(r"^ +~?(\w+):", blocks.get("params:query", ""), re.MULTILINE)
        path = re.sub(r"/:(\w+)", r"/{\1}", url)
        yield BrunoRequest(
            file=file,
            route=f"{method.upper()} {path}",
            parameters=frozenset(names),
        )
