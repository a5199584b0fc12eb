"""Columns that show one field of a message under the field's own name."""

from deltastream.edge.tables.columns import Column, Kind, Unit
from deltastream.edge.tables.readers import choice, figure, moment, text


def number(name: str, title: str, unit: Unit) -> Column:
    """Return a column of numbers."""
    return Column(name=name, title=title, read=figure(name), unit=unit)


def count(name: str, title: str) -> Column:
    """Return a column of whole numbers."""
    return Column(name=name, title=title, read=figure(name), kind=Kind.COUNT)


def flag(name: str, title: str) -> Column:
    """Return a column of truth values."""
    return Column(name=name, title=title, read=figure(name), kind=Kind.FLAG)


def words(name: str, title: str) -> Column:
    """Return a column of texts."""
    return Column(name=name, title=title, read=text(name), kind=Kind.TEXT)


def chosen(name: str, title: str) -> Column:
    """Return a column of an enum's names."""
    return Column(name=name, title=title, read=choice(name), kind=Kind.TEXT)


def day(name: str, title: str) -> Column:
    """Return a column of dates."""
    return Column(name=name, title=title, read=text(name), kind=Kind.DAY)


def instant(name: str, title: str) -> Column:
    """Return a column of times."""
    return Column(name=name, title=title, read=moment(name), kind=Kind.MOMENT)
