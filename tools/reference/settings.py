"""Every setting of every role, read from the classes that read them."""

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from textwrap import dedent
from typing import Any, Final, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from deltastream.domain.pricing_policy import USUAL_RATES
from deltastream.runtime.ages import Age, write_age
from deltastream.runtime.roles import ROLES, Role
from deltastream.runtime.settings import ENVIRONMENT_PREFIX, RoleSettings

NONE: Final = "none"
_ATTRIBUTE: Final = re.compile(r"^(\w+): ", re.MULTILINE)
_MADE: Final = {
    "enrichment_consumer": "the machine's name and the process's number",
    "interest_rates": f"`{','.join(f'{name}={rate}' for name, rate in USUAL_RATES.items())}`",
}
_TRIVIAL: Final = "at least 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable that a role reads.

    Attributes:
        variable: its name.
        default: what it is when nobody says.
        meaning: what the class says of it, and which numbers it takes.
        common: whether every role reads it.
    """

    variable: str
    default: str
    meaning: str
    common: bool


def class_of(role: Role) -> type[RoleSettings]:
    """Return the class of a role's settings."""
    module = importlib.import_module(f"deltastream.{role.name}.settings")
    found: type[RoleSettings] = getattr(module, f"{role.name.capitalize()}Settings")
    return found


def settings_of(role: Role) -> Iterator[Setting]:
    """Yield the settings of a role, its own before those of all.

    Raises:
        KeyError: a field is not described in the docstring of any of its classes.
    """
    settings = class_of(role)
    described = _descriptions(settings)
    common = RoleSettings.model_fields
    for name, field in sorted(settings.model_fields.items(), key=lambda item: item[0] in common):
        yield Setting(
            variable=f"{ENVIRONMENT_PREFIX}{name.upper()}",
            default=_default(name, field),
            meaning=" ".join(filter(None, (_sentence(described[name]), _range(field)))),
            common=name in common,
        )


def all_settings() -> list[tuple[Setting, str]]:
    """Return all settings by name, each with the roles that read it."""
    readers: dict[Setting, list[str]] = {}
    for role in ROLES:
        for setting in settings_of(role):
            readers.setdefault(setting, []).append(role.name)
    return [(each, _readers(readers[each])) for each in sorted(readers, key=_by_name)]


def _by_name(setting: Setting) -> tuple[str, str]:
    return setting.variable, setting.default


def _readers(names: list[str]) -> str:
    others = [role.name for role in ROLES if role.name not in names]
    match others:
        case []:
            return "every role"
        case [other]:
            return f"all but {other}"
        case _:
            return ", ".join(names)


def _descriptions(settings: type[RoleSettings]) -> Mapping[str, str]:
    described: dict[str, str] = {}
    for each in reversed(settings.__mro__):
        described |= _attributes(inspect.getdoc(each) or "")
    return described


def _attributes(docstring: str) -> dict[str, str]:
    """Return what stands under "Attributes:", by name."""
    _, _, text = docstring.partition("Attributes:\n")
    parts = _ATTRIBUTE.split(dedent(text))
    return {
        name: " ".join(said.split()) for name, said in zip(parts[1::2], parts[2::2], strict=True)
    }


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _default(name: str, field: FieldInfo) -> str:
    if name in _MADE:
        return _MADE[name]
    value = field.default
    if isinstance(value, timedelta) or field.metadata == list(get_args(Age)[1:]):
        return f"`{write_age(value)}`"
    return _written(value)


def _written(value: object) -> str:
    """Write a value as one would in the environment."""
    match value:
        case None | () | frozenset() | "" | SecretStr():
            return NONE
        case bool():
            return f"`{str(value).lower()}`"
        case Enum():
            return f"`{value.value}`"
        case float():
            return f"`{value:g}`"
        case _:
            return f"`{value}`"


def _range(field: FieldInfo) -> str:
    """Say which numbers a field takes; nothing where it takes any."""
    low, high = "", ""
    for bound in _bounds(field.metadata, field.annotation):
        match bound:
            case Ge(ge=number):
                low = f"at least {number:,}"
            case Gt(gt=number):
                low = f"above {number:,}"
            case Le(le=number) | Lt(lt=number):
                high = f"at most {number:,}"
    if low == _TRIVIAL and not high:
        return ""
    stated = ", ".join(filter(None, (low, high)))
    return f"{_sentence(stated)}." if stated else ""


def _bounds(metadata: list[Any], annotation: Any) -> Iterator[Any]:
    yield from metadata
    for inner in get_args(annotation):
        if hasattr(inner, "__metadata__"):
            yield from _flat(inner.__metadata__)


def _flat(metadata: tuple[Any, ...]) -> Iterator[Any]:
    for each in metadata:
        yield from getattr(each, "metadata", (each,))
