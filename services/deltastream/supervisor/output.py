"""What the roles print: kept in files, and the part that matters shown to the person in front."""

import json
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import click

_FILE_BYTES: Final = 10 * 1024 * 1024
_ALARMING: Final = {"warning": "yellow", "error": "red", "critical": "red"}
_HIDDEN: Final = {"level", "timestamp", "service", "event", "exception"}


class Output:
    """Writes each role's lines to its own file, of bounded size, and shows warnings and errors."""

    def __init__(self, folder: Path, *, verbose: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._verbose = verbose
        self._files: dict[str, RotatingFileHandler] = {}

    def line(self, role: str, text: str) -> None:
        """Take one line of a role's output."""
        record = logging.LogRecord(role, logging.INFO, "", 0, text, None, None)
        self._file(role).emit(record)
        shown = _readable(text, verbose=self._verbose)
        if shown is not None:
            click.echo(f"{role:>10}  {shown}", err=True)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _file(self, role: str) -> RotatingFileHandler:
        if role not in self._files:
            self._files[role] = RotatingFileHandler(
                self._folder / f"{role}.log", maxBytes=_FILE_BYTES, backupCount=1, encoding="utf-8"
            )
        return self._files[role]


def _readable(text: str, *, verbose: bool) -> str | None:
    """Return what to show of a line; None when it need not be seen."""
    try:
        event = json.loads(text)
        level = event["level"]
    except (ValueError, KeyError, TypeError):
        # Not one of our events: a traceback, or what another program says.
        return text if verbose else None
    colour = _ALARMING.get(level)
    if colour is None and not verbose:
        return None
    facts = " ".join(f"{name}={value}" for name, value in event.items() if name not in _HIDDEN)
    return f"{click.style(event.get('event', ''), fg=colour)} {facts}".rstrip()
