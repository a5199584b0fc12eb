"""The contract's rules of single fields, as checks that cost little.

They are for saying yes quickly. A check may doubt what the contract allows, such as a value without
bounds in the contract that is not finite; it never passes what the contract refuses.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

import numpy as np
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2
from deltastream.domain.arrays import BoolArray, FloatArray

_REMEMBERED_TEXTS: Final = 16_384


class UnknownRuleError(TypeError):
    """The contract has a rule for which there is no quick check: it has to be written."""

    def __init__(self, field: FieldDescriptor, rule: str) -> None:
        super().__init__(f"there is no quick check for the rule {rule} of {field.full_name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Finite numbers above a bound, or from it on."""

    bound: float
    open: bool

    @classmethod
    def of(cls, field: FieldDescriptor) -> Self:
        """Read the rules of a double; without a bound it may be any finite number."""
        _require_known(field, "double", {"gt", "gte", "finite"})
        rules = _rules(field).double
        if rules.HasField("gt"):
            return cls(bound=rules.gt, open=True)
        return cls(bound=rules.gte if rules.HasField("gte") else -np.inf, open=False)

    def holds(self, values: FloatArray) -> BoolArray:
        """Say which values lie within; NaN does not."""
        above = values > self.bound if self.open else values >= self.bound
        within: BoolArray = above & (np.abs(values) < np.inf)
        return within


def text_check(field: FieldDescriptor) -> Callable[[str], bool]:
    """Return a check of the field's pattern; it remembers the texts that it has seen lately."""
    _require_known(field, "string", {"pattern"})
    pattern = _rules(field).string.pattern
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise UnknownRuleError(field, "pattern of a part of the text")
    expression = re.compile(pattern)
    return lru_cache(_REMEMBERED_TEXTS)(lambda text: expression.fullmatch(text) is not None)


def least_count(field: FieldDescriptor) -> int:
    """Return the least number that an unsigned field may hold."""
    _require_known(field, "uint64", {"gt"})
    return int(_rules(field).uint64.gt) + 1


def item_counts(field: FieldDescriptor) -> range:
    """Return how many items a repeated field may have."""
    _require_known(field, "repeated", {"min_items", "max_items"})
    rules = _rules(field).repeated
    return range(rules.min_items, rules.max_items + 1)


def fields_with_rules(message: Descriptor) -> frozenset[str]:
    """Return the fields of a message for which the contract has rules."""
    return frozenset(field.name for field in message.fields if _rules(field).ListFields())


def has_rules(message: Descriptor) -> bool:
    """Say whether the contract has rules for a message or its fields."""
    whole: Message = message.GetOptions().Extensions[validate_pb2.message]
    return bool(whole.ListFields() or fields_with_rules(message))


def _rules(field: FieldDescriptor) -> validate_pb2.FieldRules:
    rules: validate_pb2.FieldRules = field.GetOptions().Extensions[validate_pb2.field]
    return rules


def _require_known(field: FieldDescriptor, kind: str, known: set[str]) -> None:
    for rule, value in _rules(field).ListFields():
        if rule.name != kind:
            raise UnknownRuleError(field, rule.name)
        for part, _ in value.ListFields():
            if part.name not in known:
                raise UnknownRuleError(field, part.name)
