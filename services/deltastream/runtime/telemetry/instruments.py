"""What measures: the metrics of `names`, each made once in the registry of its process."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics import MetricWrapperBase

from deltastream.runtime.telemetry.names import Kind, Metric

InstrumentT = TypeVar("InstrumentT", bound=MetricWrapperBase)

# When each series began doubles what is scraped, and Prometheus does not keep it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's own omission


class Instruments:
    """The instruments over one registry, made when they are first asked for.

    Where something happens often, its instrument is bound to its labels once, beforehand: asking
    here takes longer than counting.

    Attributes:
        registry: what is scraped.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._made: dict[str, MetricWrapperBase] = {}

    def counter(self, metric: Metric, **labels: str) -> Counter:
        """Return the counter of a metric, or its child where labels are given."""
        return _bound(self._of(metric, Counter), labels)

    def gauge(self, metric: Metric, **labels: str) -> Gauge:
        """Return the gauge of a metric, or its child where labels are given."""
        return _bound(self._of(metric, Gauge), labels)

    def histogram(self, metric: Metric, **labels: str) -> Histogram:
        """Return the histogram of a metric, or its child where labels are given."""
        return _bound(self._of(metric, Histogram), labels)

    def counters(
        self, metric: Metric, label: str, values: Iterable[str], **others: str
    ) -> dict[str, Counter]:
        """Return a counter for each value of a label: they are there, at 0, from the start."""
        return {value: self.counter(metric, **{label: value}, **others) for value in values}

    def declare(self, metrics: Iterable[Metric]) -> None:
        """Show metrics by name, type and help, before anything has happened to count."""
        for metric in metrics:
            self._instrument(metric)

    def _of(self, metric: Metric, wanted: type[InstrumentT]) -> InstrumentT:
        made = self._instrument(metric)
        if not isinstance(made, wanted):
            raise TypeError(f"{metric.name} is a {metric.kind}")
        return made

    def _instrument(self, metric: Metric) -> MetricWrapperBase:
        made = self._made.get(metric.name)
        if made is None:
            made = self._made[metric.name] = self._make(metric)
        return made

    def _make(self, metric: Metric) -> MetricWrapperBase:
        described = (metric.name, metric.help, metric.labels)
        match metric.kind:
            case Kind.COUNTER:
                return Counter(*described, registry=self.registry)
            case Kind.GAUGE:
                return Gauge(*described, registry=self.registry)
            case Kind.HISTOGRAM:
                return Histogram(*described, registry=self.registry, buckets=metric.buckets)


class ByValue(dict[str, InstrumentT]):
    """Children of an instrument by the value of a label, each bound when it is first needed."""

    def __init__(self, bind: Callable[[str], InstrumentT]) -> None:
        super().__init__()
        self._bind = bind

    def __missing__(self, value: str) -> InstrumentT:
        child = self[value] = self._bind(value)
        return child


def _bound(instrument: InstrumentT, labels: dict[str, str]) -> InstrumentT:
    return instrument.labels(**labels) if labels else instrument


def registry_of_a_process() -> CollectorRegistry:
    """Return a registry that says what the process itself needs: memory, files, time, garbage."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


PROCESS: Final = Instruments(registry_of_a_process())
"""The instruments of this process: as with logs, there is one place where they are read."""
