"""Both buses, told the same, answer the same."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.bus_entries import entries_of

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.ports.bus import Bus

Call = tuple[str, dict[str, Any]]

_SUBJECT = "subject of this run"
_sequences = st.integers(1, 12)
_limits = st.integers(1, 5)
_groups = st.sampled_from(["g", "h"])
_consumers = st.sampled_from(["a", "b"])
_entries = st.lists(_sequences, max_size=6).map(lambda numbers: entries_of(_SUBJECT, *numbers))
_taking = {"group": _groups, "consumer": _consumers, "limit": _limits}


def _calls(method: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Call]:
    return st.tuples(st.just(method), st.fixed_dictionaries(arguments))


_any_call = st.one_of(
    _calls("publish", entries=_entries),
    _calls("join", group=_groups, subjects=st.just([_SUBJECT])),
    _calls("receive", **_taking, subjects=st.just([_SUBJECT]), wait=st.just(0.0)),
    _calls("pending", **_taking, subject=st.just(_SUBJECT)),
    _calls("claim", **_taking, subject=st.just(_SUBJECT), idle=st.just(0.0)),
    _calls("acknowledge", group=_groups, entries=_entries),
    _calls("trim", subject=st.just(_SUBJECT), keep=st.integers(0, 4)),
    _calls("latest", subject=st.just(_SUBJECT), limit=_limits),
    _calls("first_sequence", subject=st.just(_SUBJECT)),
    _calls("last_sequence", subject=st.just(_SUBJECT)),
    _calls(
        "tail",
        positions=st.fixed_dictionaries({_SUBJECT: st.integers(0, 12)}),
        limit=_limits,
        wait=st.just(0.0),
    ),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(calls=st.lists(_any_call, max_size=40))
async def test_any_sequence_of_calls_has_the_same_answers(
    redis_url: str, calls: list[Call]
) -> None:
    memory, redis = MemoryBus(), RedisStreamsBus(redis_url)
    await redis._commands.flushdb()
    try:
        for method, arguments in calls:
            expected = await _answer(memory, method, arguments)
            assert await _answer(redis, method, arguments) == expected, method
    finally:
        await redis.close()


async def _answer(bus: Bus, method: str, arguments: dict[str, Any]) -> object:
    return await getattr(bus, method)(**arguments)
