"""One run of a case: what it may use, and what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final, TypeVar

import click
from tests.faults.ledger import Differences

T = TypeVar("T")
SOURCE_ROOTS: Final = ("gen/python", "services", "edge")


class Profile(StrEnum):
    """How long a case takes."""

    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that was measured.

    Attributes:
        holds: whether it is as it has to be; None where nothing is demanded.
    """

    what: str
    measured: str
    holds: bool | None = None

    def __str__(self) -> str:
        mark = {True: "ok", False: "FAILED", None: ""}[self.holds]
        return f"{self.what}: {self.measured} {mark}".rstrip()


@dataclass(slots=True, kw_only=True)
class Trial:
    """What a case may use, and where it says what it found.

    Attributes:
        profile: how long it may take.
        seed: of all chance in it.
        folder: empty, for this trial alone.
        load: share of the stated rates that is applied; below 1 on a machine that is busy or slow.
        strict: whether times count. They say little of the mesh where others use the machine too;
            what is lost, doubled or refused says as much anywhere.
        tree: the repository, or the copy of it, whose mesh is started.
        findings: what was found so far.
        chance: decides what is left to chance.
    """

    profile: Profile
    seed: int
    folder: Path
    tree: Path
    load: float = 1.0
    strict: bool = True
    findings: list[Finding] = field(default_factory=list)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311 - chance that can be repeated, not secrets

    @property
    def roots(self) -> Sequence[Path]:
        """The source roots that the processes of the mesh import from."""
        return [self.tree / root for root in SOURCE_ROOTS]

    @property
    def passes(self) -> bool:
        """Whether something was demanded, and all of it held."""
        verdicts = [each.holds for each in self.findings if each.holds is not None]
        return bool(verdicts) and all(verdicts)

    def choose(self, *, short: T, long: T) -> T:
        """Return what is meant for this trial's profile."""
        return short if self.profile is Profile.SHORT else long

    def rate(self, per_second: float) -> float:
        """Return the rate to apply where this one is stated."""
        return per_second * self.load

    def demand(self, what: str, measured: object, *, holds: bool) -> None:
        """Say what was measured of something that is demanded."""
        self._add(Finding(what=what, measured=str(measured), holds=holds))

    def note(self, what: str, measured: object) -> None:
        """Say what was measured where nothing is demanded."""
        self._add(Finding(what=what, measured=str(measured)))

    def progress(self, text: str) -> None:
        """Say how far it is, to who waits before a terminal."""
        click.echo(f"    ... {text}")

    def at_most(self, what: str, values: Sequence[float], limit: float, unit: str = "s") -> None:
        """Demand that none of some measurements exceeds a limit, and that there is one."""
        worst = f"worst {max(values):.2f} {unit} of {len(values)}" if values else "nothing measured"
        self.demand_time(
            f"{what} (at most {limit:g} {unit})",
            worst,
            holds=bool(values) and max(values) <= limit,
        )

    def demand_time(self, what: str, measured: object, *, holds: bool) -> None:
        """Say what was measured of a time that is demanded, if times count."""
        if holds or self.strict:
            self.demand(what, measured, holds=holds)
        else:
            self.note(what, f"{measured}, which is more")

    def no_differences(self, found: Mapping[str, Differences]) -> None:
        """Demand that nobody's events differ from the ledger."""
        for who, differences in found.items():
            self.demand(who, differences, holds=differences.none)

    def _add(self, finding: Finding) -> None:
        self.findings.append(finding)
        click.echo(f"    {finding}")
