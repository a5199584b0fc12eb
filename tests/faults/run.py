"""`make faults`: does to the mesh what may happen to it, and demands that nothing is lost.

    python -m tests.faults.run                                   every case, the short profile
    python -m tests.faults.run kill-redis --seed 7               one case
    python -m tests.faults.run --broken                          every case on its broken builds
    python -m tests.faults.run --broken kill-redis               one case on its broken builds
    python -m tests.faults.run --report docs/reliability.md      and write the page

The exit status is 1 when a case fails, or when a broken build passes.
"""

import asyncio
import logging
import secrets
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import click
import structlog
from tests.faults.broken.apply import copied_tree
from tests.faults.broken.mutations import mutation_named
from tests.faults.case import Case
from tests.faults.cases.every import CASES
from tests.faults.report import page
from tests.faults.results import Outcome, Results
from tests.faults.trial import Profile, Trial

ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = Path("tests/faults/outcomes/latest.json")
_BY_NAME: Final = {case.name: case for case in CASES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How cases are run.

    Attributes:
        profile, seed, load, strict, tree: as `Trial` has them.
    """

    profile: Profile
    seed: int
    load: float
    strict: bool
    tree: Path


def run_case(case: Case, how: Circumstances, *, mutation: str = "") -> Outcome:
    """Run one case in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="deltastream-faults-") as folder:
        trial = Trial(folder=Path(folder), **asdict(how))
        begun = time.monotonic()
        try:
            asyncio.run(_attempt(case, trial))
        except (asyncio.CancelledError, KeyboardInterrupt):
            raise click.Abort from None
    seconds = time.monotonic() - begun
    return Outcome.of(case, trial, seconds=seconds, mutation=mutation)


async def _attempt(case: Case, trial: Trial) -> None:
    task = asyncio.current_task()
    assert task is not None
    # As Ctrl-C does: whoever ends the suite wants no process of it left behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        async with asyncio.timeout(case.seconds):
            await case.run(trial)
    except Exception as error:  # noqa: BLE001 - whatever it is, the case has not passed
        trial.demand("the case runs to its end", "; ".join(_reasons(error)), holds=False)


def _reasons(error: BaseException) -> Iterator[str]:
    """Say of each error what it is, and at which lines of the suite it was met."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _reasons(each)
        return
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(f.filename).stem}:{f.lineno}" for f in frames if "tests/faults" in f.filename]
    yield f"{error!r} at {' < '.join(reversed(places)) or 'an unknown place'}"


def run_sound(cases: Sequence[Case], how: Circumstances) -> Iterator[Outcome]:
    """Run cases on the sources as they are; yield how each ended."""
    for case in cases:
        click.echo(f"\n{case.name}: {case.fault}")
        outcome = run_case(case, how)
        click.echo(f"    {'passes' if outcome.passes else 'FAILS'} after {outcome.seconds:.0f} s")
        yield outcome


def run_broken(cases: Sequence[Case], how: Circumstances) -> Iterator[Outcome]:
    """Run cases on builds that are broken on purpose; yield how each ended."""
    for case in cases:
        for name in case.broken:
            mutation = mutation_named(name)
            click.echo(f"\n{case.name}, on a build in which {mutation.mistake}")
            with copied_tree(how.tree) as copy:
                copy.apply(mutation)
                outcome = run_case(case, replace(how, tree=copy.folder), mutation=name)
            found = "NOT FOUND" if outcome.passes else "found"
            click.echo(f"    {found} after {outcome.seconds:.0f} s")
            yield outcome


@click.command(context_settings={"max_content_width": 100})
@click.argument("names", nargs=-1, type=click.Choice(list(_BY_NAME)), metavar="[CASE]...")
@click.option(
    "--profile",
    type=click.Choice([each.value for each in Profile]),
    default=Profile.SHORT.value,
    show_default=True,
)
@click.option("--seed", type=int, help="Of all chance; by default another one each time.")
@click.option(
    "--load",
    type=click.FloatRange(min=0.01, max=1.0),
    default=1.0,
    show_default=True,
    help="Share of the stated rates, for a machine that is busy or slow.",
)
@click.option(
    "--strict/--lenient",
    default=True,
    show_default=True,
    help="Whether times count, which say little on a machine that others use too.",
)
@click.option("--broken", is_flag=True, help="Show that the cases fail on broken builds.")
@click.option("--tree", default=ROOT, hidden=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=RESULTS,
    show_default=True,
    help="Where the outcomes are kept, beside those of earlier runs.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all outcomes that are kept as a page.",
)
def main(
    *,
    names: tuple[str, ...],
    profile: str,
    seed: int | None,
    broken: bool,
    load: float,
    strict: bool,
    tree: Path,
    file: Path,
    report: Path | None,
) -> None:
    """Do to the mesh what may happen to it, and demand that nothing is lost."""
    chosen = [_BY_NAME[name] for name in names] or list(CASES)
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    click.echo(f"profile {profile}, seed {seed}")
    _keep_quiet()
    how = Circumstances(profile=Profile(profile), seed=seed, load=load, strict=strict, tree=tree)
    run = run_broken if broken else run_sound
    results, outcomes = Results.read(file), []
    for outcome in run(chosen, how):
        outcomes.append(outcome)
        results.add(outcome)
        # Each at once: it has taken a minute, and what comes after may be interrupted.
        results.write(file)
    if report is not None:
        times = "" if strict else " --lenient"
        command = f"make faults ARGS='--profile {profile} --load {load:g}{times}'"
        report.write_text(page(CASES, results, command=command), encoding="utf-8")
    click.echo("")
    for line in _summary(outcomes, broken=broken):
        click.echo(line)
    click.echo(f"seed {seed}; kept in {file}")
    sys.exit(int(any(outcome.passes == broken for outcome in outcomes)))


def _summary(outcomes: Sequence[Outcome], *, broken: bool) -> Iterator[str]:
    """Say at the end, where everybody looks, what was not as it has to be."""
    wrong = [outcome for outcome in outcomes if outcome.passes == broken]
    yield f"{len(outcomes) - len(wrong)} of {len(outcomes)} as they have to be"
    for outcome in wrong:
        if broken:
            yield f"  {outcome.case} does not find {outcome.mutation}"
        for finding in outcome.findings:
            if finding["holds"] is False:
                yield f"  {outcome.case}: {finding['what']}: {finding['measured']}"


def _keep_quiet() -> None:
    """Show of our own events what matters: the figures are what a person wants to read."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


if __name__ == "__main__":
    main()
