"""What a case is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, and what has to hold under it.

    Attributes:
        name: of the case, on the command line.
        fault: what is done.
        criterion: what has to hold.
        run: does it, and says what it found.
        broken: names of the mutations under which the case has to fail.
        seconds: how long it may take before it is given up, in the long profile.
    """

    name: str
    fault: str
    criterion: str
    run: Callable[[Trial], Awaitable[None]]
    broken: tuple[str, ...] = ()
    seconds: float = 900.0
