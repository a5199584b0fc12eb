"""What runs have found, kept in a file that later runs add to."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from benchmarks.report import machine
from tests.faults.case import Case
from tests.faults.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one run of a case ended.

    Attributes:
        case: its name.
        passes: whether all that is demanded held.
        profile, seed, load: of the run.
        seconds: how long it took.
        at: when it began, in UTC.
        mutation: the mistake that was made on purpose; empty for the sources as they are.
        findings: what was measured, as `Finding` has it.
    """

    case: str
    passes: bool
    profile: str
    seed: int
    load: float
    seconds: float
    at: str
    mutation: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, case: Case, trial: Trial, *, seconds: float, mutation: str = "") -> Self:
        """Return how a trial ended just now."""
        return cls(
            case=case.name,
            passes=trial.passes,
            profile=trial.profile,
            seed=trial.seed,
            load=trial.load,
            seconds=round(seconds, 1),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            mutation=mutation,
            findings=[asdict(each) for each in trial.findings],
        )


@dataclass(slots=True, kw_only=True)
class Results:
    """The newest outcome of each case, and of each case on each broken build.

    Attributes:
        machine: where they were obtained.
        outcomes: by case, and by case and mutation.
    """

    machine: Mapping[str, Any] = field(default_factory=machine)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return what earlier runs have found; nothing if there is no file."""
        results = cls()
        if file.exists():
            for each in json.loads(file.read_text(encoding="utf-8"))["outcomes"]:
                results.add(Outcome(**each))
        return results

    def add(self, outcome: Outcome) -> None:
        """Add an outcome, instead of an earlier one of the same."""
        self.outcomes[_key(outcome.case, outcome.mutation)] = outcome

    def of(self, case: Case, mutation: str = "") -> Outcome | None:
        """Return the outcome of a case; None if it did not run yet."""
        return self.outcomes.get(_key(case.name, mutation))

    def write(self, file: Path) -> None:
        """Keep them."""
        content = {
            "machine": dict(self.machine),
            "outcomes": [asdict(outcome) for outcome in self.outcomes.values()],
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _key(case: str, mutation: str) -> str:
    return f"{case}:{mutation}"
