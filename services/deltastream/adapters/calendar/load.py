"""The calendars of all exchanges: those of this release, and what an operator adds."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from deltastream.adapters.calendar.calendar_file import CalendarFileError, read_calendar_file
from deltastream.adapters.calendar.draft import CalendarDraft
from deltastream.domain.calendar.exchange_calendar import Calendars, ExchangeCalendar
from deltastream.domain.errors import InvalidValueError

GENERATED: Final = ".generated.toml"
"""How the names of files end that `tools/calendars.py` writes; all others win over them."""


def load_calendars(overrides: Path | None = None) -> Calendars:
    """Load the calendars of this release, with an operator's file laid over them.

    A table of an exchange whose calendar others share holds for those too; a table of one of the
    others holds for it alone.

    Raises:
        InvalidValueError: the operator's file cannot be used; the text says why.
    """
    if overrides is None:
        return shipped_calendars()
    try:
        text = overrides.read_text(encoding="utf-8")
        return _calendars(_laid_over(_shipped_drafts(), read_calendar_file(text)))
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    except CalendarFileError as error:
        problem = f"cannot be used: {error}"
    raise InvalidValueError("calendar_overrides", f"{overrides} {problem}")


@cache
def shipped_calendars() -> Calendars:
    """Return the calendars of this release."""
    return _calendars(_shipped_drafts())


def _shipped_drafts() -> dict[str, CalendarDraft]:
    folder = resources.files("deltastream.adapters.calendar") / "exchanges"
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    drafts: dict[str, CalendarDraft] = {}
    for file in sorted(files, key=lambda file: (not file.name.endswith(GENERATED), file.name)):
        drafts = _laid_over(drafts, read_calendar_file(file.read_text(encoding="utf-8")))
    return drafts


def _laid_over(
    drafts: Mapping[str, CalendarDraft], later: Mapping[str, CalendarDraft]
) -> dict[str, CalendarDraft]:
    return {
        code: drafts.get(code, CalendarDraft()).overridden_by(later.get(code, CalendarDraft()))
        for code in [*drafts, *(code for code in later if code not in drafts)]
    }


def _calendars(drafts: Mapping[str, CalendarDraft]) -> Calendars:
    owners = {other: code for code, draft in drafts.items() for other in draft.shared_by}
    calendars: dict[str, ExchangeCalendar] = {}
    for code, draft in drafts.items():
        whole = drafts[owners[code]].overridden_by(draft) if code in owners else draft
        try:
            calendars[code] = whole.calendar(code)
        except ValueError as error:
            raise CalendarFileError(f"{code}: {error}") from None
    return {other: calendars[owner] for other, owner in owners.items()} | calendars
