"""What can be wrong with an HTTP request before any service has seen it."""

from collections.abc import Collection
from difflib import SequenceMatcher
from typing import Final

_LONGEST_NAME: Final = 64


class RequestError(Exception):
    """The request names or holds something that its message does not.

    Attributes:
        field: path of the field, such as "options[3].strike"; empty for the body as a whole.
        problem: what is wrong with it: the end of a sentence that begins with the field.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem

    @property
    def message(self) -> str:
        """The whole sentence."""
        return f"{self.field or 'the body'} {self.problem}"

    def inside(self, parent: str) -> None:
        """Take note that the field belongs to another: "strike" inside "options[3]"."""
        joint = "." if self.field and not self.field.startswith("[") else ""
        self.field = f"{parent}{joint}{self.field}"


class MalformedValueError(RequestError):
    """A value does not fit its field, or the body is no JSON."""


class UnknownFieldError(RequestError):
    """The message has no field of this name.

    Attributes:
        nearest: the known name most like it; empty when there are no names.
    """

    def __init__(self, name: str, known: Collection[str], *, kind: str) -> None:
        name = _presentable(name)
        self.nearest = max(sorted(known), key=lambda other: _likeness(name, other), default="")
        super().__init__(name, f"is no {kind} of this method; {_advice(self.nearest, known)}")


def _presentable(name: str) -> str:
    """Return a client's own name for something: short, not empty, without lone surrogates."""
    return name[:_LONGEST_NAME].encode(errors="replace").decode() or '""'


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(a=name.casefold(), b=other.casefold()).ratio()


def _advice(nearest: str, known: Collection[str]) -> str:
    if not nearest:
        return "it has none"
    return f"the nearest is {nearest}; known are {', '.join(sorted(known))}"
