"""Reads PromQL: which labels a result has, and whether all metrics and labels named exist."""

from collections.abc import Mapping

import promql_parser as promql

Known = Mapping[str, frozenset[str]]


class UnknownNameError(Exception):
    """A query names a metric or a label that does not exist."""


def labels_of(expression: str, known: Known) -> frozenset[str]:
    """Return the labels that a result can have.

    Args:
        expression: in PromQL.
        known: the labels of every metric.

    Raises:
        UnknownNameError: it names what there is not.
        ValueError: it is no PromQL.
    """
    return _of(promql.parse(expression), known)


def _of(node: promql.Expr, known: Known) -> frozenset[str]:  # noqa: PLR0911 - one a kind of node
    match node:
        case promql.VectorSelector():
            return _of_selector(node, known)
        case promql.MatrixSelector():
            return _of_selector(node.vector_selector, known)
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _of(node.expr, known)
        case promql.AggregateExpr():
            return _of_aggregation(node, known)
        case promql.BinaryExpr():
            return _of_pair(node, known)
        case promql.Call():
            return _of_call(node, known)
        case promql.NumberLiteral() | promql.StringLiteral():
            return frozenset()
    raise NotImplementedError(type(node).__name__)


def _of_selector(selector: promql.VectorSelector, known: Known) -> frozenset[str]:
    if selector.name is None:
        raise UnknownNameError("a selector without a name")
    if selector.name not in known:
        raise UnknownNameError(selector.name)
    labels = known[selector.name]
    _require({matcher.name for matcher in selector.matchers.matchers}, labels, selector.name)
    return labels


def _of_aggregation(node: promql.AggregateExpr, known: Known) -> frozenset[str]:
    inner = _of(node.expr, known)
    # topk and its like choose series, and leave them as they are.
    if node.param is not None:
        return inner
    if node.modifier is None:
        return frozenset()
    named = frozenset(node.modifier.labels)
    _require(named, inner, node.prettify())
    return named if node.modifier.type == promql.AggModifierType.By else inner - named


def _of_pair(node: promql.BinaryExpr, known: Known) -> frozenset[str]:
    left, right = _of(node.lhs, known), _of(node.rhs, known)
    matching = node.modifier.matching if node.modifier else None
    if matching is not None:
        _require(matching.labels, left & right, node.prettify())
    if str(node.op) == "or":
        return left | right
    # A number has no labels, and takes those of what it is compared with.
    return right if isinstance(node.lhs, promql.NumberLiteral) else left


def _of_call(node: promql.Call, known: Known) -> frozenset[str]:
    if node.func.name == "absent":
        (selector,) = node.args
        labels = _of(selector, known)
        return labels & {matcher.name for matcher in selector.matchers.matchers}
    labels = frozenset[str]().union(*(_of(argument, known) for argument in node.args))
    if node.func.name == "histogram_quantile":
        _require({"le"}, labels, node.prettify())
        return labels - {"le"}
    return labels


def _require(
    named: set[str] | frozenset[str] | list[str], there: frozenset[str], where: str
) -> None:
    if missing := set(named) - there:
        raise UnknownNameError(f"{', '.join(sorted(missing))} in {where}")
