"""Writes the generated calendar files anew, for a range of years.

The package exchange_calendars knows the holidays. It is needed by this tool alone and belongs to
no requirement of ours:

    uv run --with exchange_calendars --with click --no-project tools/calendars.py --last-year 2027

What it does not know (hours of derivatives, Muhurat and weekend sessions, corrections) stands in
the files beside the generated ones, which are kept by hand and win.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Final

import click

FOLDER: Final = Path(__file__).parents[1] / "services/deltastream/adapters/calendar/exchanges"
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one exchange's file is made.

    Attributes:
        code: the exchange's market identifier code.
        library_name: the calendar of exchange_calendars to take.
        last_year: the last whose holidays the exchange has announced.
    """

    code: str
    library_name: str
    last_year: int

    @property
    def path(self) -> Path:
        """Where the file is."""
        return FOLDER / f"{self.code.lower()}.generated.toml"


FIRST_YEAR: Final = 2015
RECIPES: Final = {
    # The exchanges of Mumbai keep the same holidays; the library has one of them.
    "XNSE": Recipe(code="XNSE", library_name="XBOM", last_year=2026),
    "XBOM": Recipe(code="XBOM", library_name="XBOM", last_year=2026),
    "XNYS": Recipe(code="XNYS", library_name="XNYS", last_year=2028),
}


def calendar_text(recipe: Recipe, *, first_year: int, last_year: int) -> str:
    """Return the file of an exchange.

    Raises:
        ValueError: the library does not know these years.
    """
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    lines = [
        f"# {recipe.code}: holidays and early closes by exchange_calendars' {recipe.library_name},",
        f"# written by tools/calendars.py. Corrections belong in {recipe.code.lower()}.toml.",
        f"[{recipe.code}]",
        f"first = {first}",
        f"valid_through = {last}",
        "",
        f"[{recipe.code}.days]",
        *_special_days(recipe.library_name, first, last),
    ]
    return "\n".join(lines) + "\n"


def _special_days(library_name: str, first: date, last: date) -> Iterator[str]:
    """Yield a line for each day that differs from an ordinary week."""
    # Imported here, so that everything else works without it.
    import exchange_calendars  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415

    library = exchange_calendars.get_calendar(library_name, start=str(first), end=str(last))
    usual = (library.open_times[-1][1], library.close_times[-1][1])
    hours = {session.date(): _local_hours(library, session) for session in library.sessions}
    day = first
    while day <= last:
        weekend = day.weekday() >= _SATURDAY
        if day in hours and hours[day] != usual:
            start, end = hours[day]
            yield f'{day} = {{ open = "{start:%H:%M}-{end:%H:%M}" }} # {day:%A}'
        elif day in hours and weekend:
            yield f'{day} = "regular" # {day:%A}'
        elif day not in hours and not weekend:
            yield f'{day} = "closed" # {day:%A}'
        day += timedelta(days=1)


def _local_hours(library: Any, session: Any) -> tuple[time, time]:
    start, end = library.session_open_close(session)
    return start.tz_convert(library.tz).time(), end.tz_convert(library.tz).time()


@click.command()
@click.option("--first-year", type=int, default=FIRST_YEAR, show_default=True)
@click.option("--last-year", type=int, default=None, help="[each exchange's last announced year]")
@click.argument("codes", nargs=-1, type=click.Choice(sorted(RECIPES)))
def main(*, first_year: int, last_year: int | None, codes: Sequence[str]) -> None:
    """Write the generated calendar files of some exchanges, or of all."""
    for code in codes or RECIPES:
        recipe = RECIPES[code]
        try:
            text = calendar_text(
                recipe, first_year=first_year, last_year=last_year or recipe.last_year
            )
        except ValueError as error:
            raise click.ClickException(f"{code}: {error}") from error
        recipe.path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {recipe.path}")


if __name__ == "__main__":
    main()
