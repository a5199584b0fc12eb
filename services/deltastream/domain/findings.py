"""Collects what was found of several chains, and why the rest was not."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray, known
from deltastream.domain.figures import ChainMetrics
from deltastream.domain.missing import MissingReason

Reasons = MissingReason | Callable[[int], MissingReason]
"""Why a figure is absent where it is: the same of all chains, or that of a chain by its place."""


class Findings:
    """Figures of some chains under the names of the contract, as they are found."""

    def __init__(self, chains: int) -> None:
        """Begin with nothing found of so many chains."""
        self._notes: dict[str, Sequence[Any]] = {}
        self._figures: dict[str, FloatArray] = {}
        self._reasons: dict[str, Reasons] = {}
        self._missing: Final[list[dict[str, MissingReason]]] = [{} for _ in range(chains)]

    def note(self, name: str, values: Sequence[Any]) -> None:
        """State what is always known of each chain, or needs no reason when it is None."""
        self._notes[name] = values

    def state(self, name: str, figures: FloatArray, otherwise: Reasons) -> None:
        """State a figure of each chain, shape (chains,), or why it is NaN."""
        self._figures[name] = figures
        self._reasons[name] = otherwise

    def explain(self, name: str, absent: BoolArray, reasons: Reasons) -> None:
        """Say of which chains something is absent, shape (chains,), and why."""
        for chain in np.flatnonzero(absent).tolist():
            reason = reasons if isinstance(reasons, MissingReason) else reasons(chain)
            self._missing[chain][name] = reason

    def metrics(self) -> list[ChainMetrics]:
        """Return everything that was found, chain by chain."""
        table = np.array([*self._figures.values()])
        columns: list[list[Any]] = table.tolist()
        absent = np.isnan(table)
        names = [*self._notes, *self._figures]
        for row in np.flatnonzero(absent.any(axis=1)).tolist():
            name = names[len(self._notes) + row]
            self.explain(name, absent[row], self._reasons[name])
            columns[row] = [known(number) for number in columns[row]]
        chains = zip(*self._notes.values(), *columns, self._missing, strict=True)
        return [
            ChainMetrics(**dict(zip(names, figures, strict=True)), missing=missing)
            for *figures, missing in chains
        ]
