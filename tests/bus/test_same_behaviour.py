"""All buses, told the same, answer the same."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.bus_entries import entries_of

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.domain.errors import LeaseLostError
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Bus
from deltastream.ports.leases import Lease

Call = tuple[str, dict[str, Any]]

_ONE, _OTHER = "subject of this run", "another subject"
_LONG = 60.0
_subjects = st.sampled_from([_ONE, _OTHER])
_several = st.lists(_subjects, min_size=1, max_size=3)
_sequences = st.integers(1, 12)
_positions = st.integers(0, 13)
_limits = st.integers(1, 5)
_groups = st.sampled_from(["g", "h"])
_names = st.lists(st.sampled_from(["p", "q", "r"]), max_size=3, unique=True)
_letters = st.lists(st.binary(max_size=3), max_size=2)
_traces = st.none() | st.sampled_from(["00-" + "a" * 32 + "-" + "b" * 16 + "-01"])
_traced = st.lists(st.tuples(_sequences, _traces), max_size=6)
_entries = st.tuples(_subjects, _traced).map(
    lambda drawn: [
        entry
        for sequence, trace in drawn[1]
        for entry in entries_of(drawn[0], sequence, traceparent=trace)
    ]
)
# Leases are drawn by their place among all that were ever granted, lost ones included.
_under = st.lists(st.integers(0, 9), max_size=2)


def _calls(method: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Call]:
    return st.tuples(st.just(method), st.fixed_dictionaries(arguments))


# Drawn more often than the others, because what they do shows only together.
_writing = st.one_of(
    _calls("publish", entries=_entries, under=_under),
    _calls("take_up", group=_groups, subjects=_several, under=_under),
    _calls(
        "commit",
        group=_groups,
        positions=st.dictionaries(_subjects, _positions, max_size=2),
        under=_under,
        letters=_letters,
    ),
)
_other_call = st.one_of(
    _calls("positions", group=_groups, subjects=_several),
    _calls("remove", subject=_subjects, sequences=st.lists(_sequences, max_size=3)),
    _calls(
        "trim", subject=_subjects, keep=st.integers(0, 4), through=st.none() | st.integers(0, 13)
    ),
    _calls("backlog", subject=_subjects),
    _calls("latest", subject=_subjects, limit=_limits),
    _calls("extents", subjects=_several),
    _calls("last_sequence", subject=_subjects),
    _calls(
        "tail", positions=st.dictionaries(_subjects, _positions), limit=_limits, wait=st.just(0.0)
    ),
    _calls(
        "leases.acquire",
        group=_groups,
        names=_names,
        holder=st.sampled_from(["a", "b"]),
        seconds=st.just(_LONG),
    ),
    _calls("leases.renew", leases=_under, seconds=st.just(_LONG)),
    _calls("leases.release", leases=_under),
    _calls("leases.holders", group=_groups, names=_names),
    _calls("leases.present", group=_groups, member=st.sampled_from("abc"), seconds=st.just(_LONG)),
    _calls("leases.leave", group=_groups, member=st.sampled_from("abc")),
)
_call = st.booleans().flatmap(lambda writes: _writing if writes else _other_call)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(calls=st.lists(_call, min_size=10, max_size=40))
async def test_any_sequence_of_calls_has_the_same_answers(
    redis_url: str, oldest_redis_url: str, calls: list[Call]
) -> None:
    told = [_Told(MemoryBus())]
    for url in (redis_url, oldest_redis_url):
        bus = RedisStreamsBus(url)
        await bus._commands.flushdb()
        told.append(_Told(bus))
    try:
        for method, arguments in calls:
            expected, *others = [await each.answer(method, arguments) for each in told]
            assert others == [expected] * len(others), method
    finally:
        for each in told:
            await each.bus.close()


class _Told:
    """A bus, and the leases that it has granted, which the others number otherwise."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self._granted: list[Lease] = []

    async def answer(self, method: str, arguments: dict[str, Any]) -> object:
        arguments = {
            name: self._leases(value) if name in {"under", "leases"} else value
            for name, value in arguments.items()
        }
        target: Any = self.bus
        for part in method.split("."):
            target = getattr(target, part)
        try:
            return await self._comparable(method, await target(**arguments))
        except LeaseLostError as error:
            return error.names

    def _leases(self, places: Sequence[int]) -> list[Lease]:
        known = len(self._granted)
        return [self._granted[place % known] for place in places] if known else []

    async def _comparable(self, method: str, result: Any) -> object:
        """Name leases without their numbers; after a commit, tell the letters there are."""
        match method:
            case "leases.acquire":
                self._granted += result
                return [lease.name for lease in result]
            case "leases.renew":
                return [lease.name for lease in result]
            case "commit":
                letters = await self.bus.latest(DEAD_LETTERS, limit=100)
                return [letter.payload for letter in letters]
        return result
