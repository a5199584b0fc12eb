"""Reads the Dockerfile: its stages, and the instructions of each."""

import re
import shlex
from dataclasses import dataclass
from typing import Final

from tests.deploy.deployment_files import ROOT

_WITHOUT_COMMENTS: Final = re.compile(r"^\s*#.*\n", flags=re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, its lines joined.

    Attributes:
        keyword: such as RUN.
        rest: what follows it, with one space between two words.
    """

    keyword: str
    rest: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: FROM and what follows.

    Attributes:
        name: what other stages call it.
        base: the image or stage that it starts from.
        instructions: all but FROM.
    """

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def all(self, keyword: str) -> list[str]:
        """Return what follows each instruction of this keyword."""
        return [each.rest for each in self.instructions if each.keyword == keyword]

    @property
    def environment(self) -> dict[str, str]:
        """What its ENV instructions set, by themselves."""
        pairs = [pair for rest in self.all("ENV") for pair in shlex.split(rest)]
        return dict(pair.split("=", 1) for pair in pairs)


def instructions() -> list[Instruction]:
    """Return every instruction of the file."""
    text = _WITHOUT_COMMENTS.sub("", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = text.replace("\\\n", " ").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return [Instruction(keyword, " ".join(rest.split())) for keyword, rest in pairs]


def stages() -> dict[str, Stage]:
    """Return every stage by its name, in order."""
    found: dict[str, Stage] = {}
    for each in instructions():
        if each.keyword == "FROM":
            base, _, name = each.rest.split()
            found[name] = Stage(name, base, ())
        elif found:
            last = next(reversed(found.values()))
            found[last.name] = Stage(last.name, last.base, (*last.instructions, each))
    return found
