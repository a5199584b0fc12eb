"""Collects what was found of a chain, and why the rest was not."""

from typing import Any

from deltastream.domain.figures import ChainMetrics
from deltastream.domain.missing import MissingReason


class Findings:
    """Figures of a chain under the names of the contract, as they are found."""

    def __init__(self) -> None:
        self._figures: dict[str, Any] = {}
        self._missing: dict[str, MissingReason] = {}

    def note(self, **figures: Any) -> None:
        """State what is always known, or needs no reason when it is None."""
        self._figures |= figures

    def state(self, name: str, figure: float | None, otherwise: MissingReason) -> None:
        """State a figure, or why there is none."""
        if figure is None:
            self._missing[name] = otherwise
        else:
            self._figures[name] = figure

    def give_up(self, reason: MissingReason, *names: str) -> None:
        """Say why some figures are absent."""
        self._missing |= dict.fromkeys(names, reason)

    def metrics(self) -> ChainMetrics:
        """Return everything that was found."""
        return ChainMetrics(**self._figures, missing=self._missing)
