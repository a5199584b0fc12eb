"""What the runs found, as a page for people."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from tests.faults.broken.mutations import mutation_named
from tests.faults.case import Case
from tests.faults.results import Outcome, Results

_OPENING: Final = """\
# Reliability

What is done to a running mesh, and what came of it. `make faults` runs the suite in `tests/faults`
and writes this page: the real processes as `deltastream up` starts them, a real Redis, SQLite on
disk, loopback only.

A ledger is the oracle. A generator numbers its events and writes down what the bus acknowledged; at
the end the ledger, the store and what every subscriber got are compared. *Lost* is acknowledged
and absent; *duplicate* is there twice; *disordered* is behind a later event of its product. The
real feed runs beside it: whatever it put on its raw streams must be stored, once.

For every case there are builds, broken on purpose, that it is to fail on (`--broken`): the table
says which of them it has been run on. With `--lenient` a time that is too long is noted and does
not count: it says so in the row.
"""


def page(cases: Sequence[Case], results: Results, *, command: str) -> str:
    """Return the page, in Markdown."""
    return "\n".join(
        [
            _OPENING,
            *_circumstances(results, command),
            "",
            *_summary(cases, results),
            *(line for case in cases for line in _chapter(case, results)),
        ]
    )


def _circumstances(results: Results, command: str) -> Iterator[str]:
    where = results.machine
    yield f"Machine: {where['cpu']}, {where['cores']} cores; Python {where['python']}."
    yield f"Command: `{command}`."


def _summary(cases: Sequence[Case], results: Results) -> Iterator[str]:
    yield "| fault | passes when | verdict | fails on a build in which |"
    yield "| --- | --- | --- | --- |"
    for case in cases:
        cells = (
            f"[{case.fault}](#{case.name})",
            case.criterion,
            _verdict(results.of(case)),
            "<br>".join(_shown_to_fail(case, results)) or "-",
        )
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    yield ""


def _verdict(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not run"
    return "**passes**" if outcome.passes else "**FAILS**"


def _shown_to_fail(case: Case, results: Results) -> Iterator[str]:
    for name in case.broken:
        outcome = results.of(case, name)
        mistake = mutation_named(name).mistake
        if outcome is None:
            yield f"{mistake} (not run)"
        else:
            yield f"{mistake} (NOT FOUND)" if outcome.passes else mistake


def _chapter(case: Case, results: Results) -> Iterator[str]:
    outcome = results.of(case)
    yield f"## {case.name}"
    yield ""
    yield f"{case.fault}. Passes when: {case.criterion}."
    yield ""
    if outcome is None:
        yield "Not run.\n"
        return
    load = "" if outcome.load == 1.0 else f", at {outcome.load:.0%} of the stated rates"
    yield (
        f"{outcome.at}, profile {outcome.profile}, seed {outcome.seed}{load},"
        f" {outcome.seconds:.0f} s: {_verdict(outcome)}"
    )
    yield ""
    yield from _table(outcome.findings)
    for name in case.broken:
        broken = results.of(case, name)
        if broken is not None:
            yield from _found(name, broken)


def _table(findings: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "| measured | | |"
    yield "| --- | --- | --- |"
    marks = {True: "ok", False: "**fails**", None: ""}
    for each in findings:
        measured = _cell(each["measured"])
        yield f"| {_cell(each['what'])} | {measured} | {marks[each['holds']]} |"
    yield ""


def _found(name: str, broken: Outcome) -> Iterator[str]:
    """Say which demands a broken build did not meet."""
    failures = [each for each in broken.findings if each["holds"] is False]
    yield f"On the broken build `{name}` ({mutation_named(name).mistake}):"
    yield ""
    for each in failures:
        yield f"- {_cell(each['what'])}: {_cell(each['measured'])}"
    if not failures:
        yield "- nothing was found"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")[:400]
