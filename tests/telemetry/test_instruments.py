"""Instruments: made once, of the kind that is declared, and bound to labels that are."""

import pytest
from prometheus_client import CollectorRegistry, Counter

from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import ByValue, Instruments


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(CollectorRegistry())


def test_whoever_asks_for_a_metric_gets_the_same_instrument(instruments: Instruments) -> None:
    instruments.counter(names.RETRIES, operation="a").inc()
    instruments.counter(names.RETRIES, operation="a").inc()
    value = instruments.registry.get_sample_value(names.RETRIES.name, {"operation": "a"})
    assert value == 2.0


def test_a_metric_is_no_instrument_of_another_kind(instruments: Instruments) -> None:
    with pytest.raises(TypeError, match="deltastream_ready is a gauge"):
        instruments.counter(names.READY)


def test_a_label_that_is_not_declared_is_refused(instruments: Instruments) -> None:
    with pytest.raises(ValueError, match="label names"):
        instruments.counter(names.RETRIES, client="10.0.0.1")


def test_values_that_are_known_beforehand_are_there_at_zero(instruments: Instruments) -> None:
    instruments.counters(names.CACHE_REQUESTS, "result", ("hit", "miss"), cache="latest")
    read = instruments.registry.get_sample_value
    labels = {"cache": "latest"}
    assert read(names.CACHE_REQUESTS.name, labels | {"result": "hit"}) == 0.0
    assert read(names.CACHE_REQUESTS.name, labels | {"result": "miss"}) == 0.0


def test_a_child_is_bound_when_it_is_first_needed_and_once(instruments: Instruments) -> None:
    asked: list[str] = []

    def bind(value: str) -> Counter:
        asked.append(value)
        return instruments.counter(names.RETRIES, operation=value)

    children = ByValue(bind)
    assert children["a"] is children["a"]
    assert asked == ["a"]


def test_two_processes_in_one_do_not_see_each_other() -> None:
    one, other = Instruments(CollectorRegistry()), Instruments(CollectorRegistry())
    one.gauge(names.READY).set(1)
    assert other.registry.get_sample_value(names.READY.name) is None


def test_when_a_series_began_is_not_scraped(instruments: Instruments) -> None:
    instruments.counter(names.RETRIES, operation="a").inc()
    (family,) = instruments.registry.collect()
    assert [sample.name for sample in family.samples] == [names.RETRIES.name]
