"""The example programs, and which of them are to be tested."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ASKED_FOR: Final = "DELTASTREAM_TEST_EXAMPLES"
NOT_ASKED_FOR: Final = (
    "needs the example of this language built: `make test-examples` builds and tests all;"
    f" {ASKED_FOR}=go,typescript asks for some once tests/examples/build has built them"
)
_EXAMPLES: Final = Path(__file__).parents[2] / "examples"
_ALL: Final = frozenset({"1", "all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An example, built.

    Attributes:
        name: of its folder.
        command: what runs it, in its folder.
    """

    name: str
    command: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it was built."""
        return _EXAMPLES / self.name

    @property
    def asked_for(self) -> bool:
        """Whether it is to be tested."""
        names = set(os.environ.get(ASKED_FOR, "").split(","))
        return self.name in names or not names.isdisjoint(_ALL)


PROGRAMS: Final = (
    Program(name="go", command=("./stream-chains",)),
    Program(name="java", command=("java", "-jar", "target/stream-chains.jar")),
    Program(name="rust", command=("target/release/stream-chains",)),
    Program(name="typescript", command=("node", "dist/main.js")),
)
