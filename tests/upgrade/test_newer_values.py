"""What the roles of this release make of values that only the next one has names for."""

import asyncio

from tests.client.scripted_mesh import batch, chain, client, reset, scripted_mesh
from tests.streams.streamed import product

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.client.frames import Gap
from deltastream.domain.instruments import QuantityUnit
from deltastream.domain.missing import MissingReason
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import MARKETS
from deltastream.market.v1 import chain_pb2, missing_pb2, session_pb2
from deltastream.ports.bus import Entry
from deltastream.runtime.clock import utc_now
from deltastream.runtime.codec.metrics import decode_metrics
from deltastream.runtime.codec.products import decode_product, encode_product
from deltastream.runtime.market_sessions import MarketSessions
from deltastream.stream.v1.stream_pb2 import ResetReason

NEW = 90
SECONDS = 20


def says(sequence: int, name: str, session: int) -> Entry:
    state = session_pb2.MarketState(
        product=name, session=session_pb2.MarketSession.ValueType(session)
    )
    return Entry(subject=MARKETS, sequence=sequence, payload=state.SerializeToString())


async def test_a_session_that_is_new_is_unknown_and_stops_nobody() -> None:
    bus = MemoryBus()
    await bus.publish([says(1, "NIFTY", NEW), says(2, "SPY", MarketSession.OPEN)])
    sessions = MarketSessions(bus, clock=utc_now)
    await sessions.refresh()
    await bus.close()
    assert sessions.session({"NIFTY"}) is MarketSession.UNKNOWN
    assert sessions.session({"SPY"}) is MarketSession.OPEN


def test_a_unit_that_is_new_is_unknown() -> None:
    message = encode_product(product("NIFTY"))
    message.quantity_unit = NEW  # type: ignore[assignment]
    assert decode_product(message).quantity_unit is QuantityUnit.UNKNOWN


def test_a_reason_that_is_new_is_none_and_a_basis_that_is_new_is_absent() -> None:
    message = chain_pb2.EnrichedChain(forward_basis=NEW)  # type: ignore[arg-type]
    for name, reason in (("pcr_oi", NEW), ("pcr_volume", MissingReason.NO_CALL_VOLUME)):
        number = missing_pb2.MissingReason.ValueType(reason)
        message.missing.append(missing_pb2.MissingValue(field=name, reason=number))
    metrics = decode_metrics(message)
    assert metrics.missing == {"pcr_volume": MissingReason.NO_CALL_VOLUME}
    assert metrics.forward_basis is None


async def test_a_reset_for_a_reason_that_is_new_is_a_gap_of_no_stated_reason() -> None:
    gaps: list[Gap] = []
    async with scripted_mesh() as server, client(server, on_gap=gaps.append) as mesh:
        reading = asyncio.create_task(anext(mesh.chains("NIFTY")))
        call = await server.opened()
        new = ResetReason.ValueType(NEW)
        call.send(reset(new), batch(chain(1), after="t1", snapshot=True))
        async with asyncio.timeout(SECONDS):
            assert (await reading).sequence == 1
    assert [gap.reason for gap in gaps] == ["UNSPECIFIED"]
