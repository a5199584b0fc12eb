"""What runs found is kept, judged and shown."""

import asyncio
import math
from pathlib import Path

import pytest
from tests.faults.case import Case
from tests.faults.cases.every import CASES
from tests.faults.latencies import Latencies
from tests.faults.ledger import Differences
from tests.faults.report import page
from tests.faults.results import Outcome, Results
from tests.faults.run import Circumstances, run_case
from tests.faults.trial import Profile, Trial
from tests.faults.waiting import moment_when

ROOT = Path(__file__).parents[2]
HOW = Circumstances(profile=Profile.SHORT, seed=7, load=1.0, strict=True, tree=ROOT)


def _trial(folder: Path) -> Trial:
    return Trial(profile=Profile.SHORT, seed=7, folder=folder, tree=ROOT)


def _case(*, fails: bool = False, breaks: bool = False) -> Case:
    async def run(trial: Trial) -> None:
        if breaks:
            raise TimeoutError("too slow")
        trial.demand("what was asked", "seen", holds=not fails)

    return Case(name="kill-redis", fault="a fault", criterion="a criterion", run=run)


def test_a_case_that_demanded_nothing_does_not_pass(tmp_path: Path) -> None:
    trial = _trial(tmp_path)
    trial.note("a figure", 1)
    assert not trial.passes
    trial.demand("something", 1, holds=True)
    assert trial.passes


@pytest.mark.parametrize(
    ("values", "passes"),
    [([1.0, 2.0], True), ([1.0, 2.1], False), ([], False), ([math.inf], False)],
)
def test_a_bound_holds_for_the_worst_of_some_measurements(
    tmp_path: Path, *, values: list[float], passes: bool
) -> None:
    trial = _trial(tmp_path)
    trial.at_most("took", values, 2.0)
    assert trial.passes == passes


def test_one_difference_anywhere_fails(tmp_path: Path) -> None:
    trial = _trial(tmp_path)
    trial.no_differences({"stored": Differences(), "delivered": Differences(lost=1)})
    assert not trial.passes


def test_a_case_that_breaks_off_fails_and_says_where() -> None:
    outcome = run_case(_case(breaks=True), HOW)
    assert not outcome.passes
    (finding,) = outcome.findings
    assert "too slow" in finding["measured"]
    assert "test_results" in finding["measured"]


def test_outcomes_are_kept_and_replaced_by_later_ones(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    for case in (_case(fails=True), _case()):
        results = Results.read(file)
        results.add(run_case(case, HOW))
        results.write(file)
    results.add(run_case(_case(fails=True), HOW, mutation="redis-forgets"))
    results.write(file)
    kept = Results.read(file)
    assert [(o.mutation, o.passes) for o in kept.outcomes.values()] == [
        ("", True),
        ("redis-forgets", False),
    ]


def test_the_page_tells_each_case_and_what_was_not_run() -> None:
    results = Results()
    results.add(run_case(_case(), HOW))
    results.add(run_case(_case(), HOW, mutation="redis-forgets"))
    text = page(CASES, results, command="make faults")
    assert all(f"## {case.name}" in text for case in CASES)
    assert "**passes**" in text
    assert "(NOT FOUND)" in text
    assert "seed 7" in text
    assert "Not run." in text


def test_percentiles_are_those_of_what_arrived() -> None:
    latencies = Latencies()
    assert str(latencies) == "none"
    for number in range(1, 1001):
        latencies.add_seconds(number / 1000.0)
    assert latencies.p99 == pytest.approx(0.991)
    with pytest.raises(ValueError, match="nothing"):
        Latencies().percentile(0.5)


async def test_what_never_becomes_so_took_infinitely_long() -> None:
    async def never() -> bool:
        return False

    async def at_once() -> bool:
        return True

    assert await moment_when(never, seconds=0.02) == math.inf
    assert await moment_when(at_once, seconds=1.0) <= asyncio.get_running_loop().time()


def test_an_outcome_survives_its_file() -> None:
    outcome = run_case(_case(), HOW)
    assert isinstance(outcome, Outcome)
    assert (outcome.seed, outcome.profile, outcome.load) == (7, "short", 1.0)


def test_times_count_only_where_they_are_to(tmp_path: Path) -> None:
    strict, lenient = _trial(tmp_path), _trial(tmp_path)
    lenient.strict = False

    for trial in (strict, lenient):
        trial.at_most("it answers", [5.0], 3.0)
        trial.demand("stored", "nothing lost", holds=True)

    assert not strict.passes
    assert lenient.passes
    assert "which is more" in str(lenient.findings[0])
