"""What the original's Socket.IO clients are told, whatever their make and their transport."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from tests.compatibility.platform_under_test import PRODUCTS, Platform
from tests.compatibility.shapes import CHAIN, REFUSAL, SUMMARY, TICK, faults
from tests.compatibility.socket_client import CHAINS, DEADLINE, OF_PRODUCT, PRODUCT, counted, seqs
from tests.compatibility.ways import Way, every_way
from tests.fixtures.eventually import eventually

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]
EXPIRIES: Final = 3
UPDATES: Final = 6
REFUSED: Final = [
    ("subscribe", {"type": "chain", "symbol": "NIFTI"}, "PRODUCT_NOT_FOUND"),
    ("subscribe", {"type": "expiry", "symbol": "NIFTY"}, "VALIDATION_FAILED"),
    ("subscribe", "NIFTY", "MALFORMED_REQUEST"),
    ("unsubscribe", {"type": "chain"}, "VALIDATION_FAILED"),
    ("join", {"room": "chain:NIFTY"}, "ROUTE_NOT_FOUND"),
]


def of(product: str) -> Callable[[Any], bool]:
    return lambda update: bool(update["product"] == product)


@every_way
async def test_it_is_greeted_over_the_transport_it_asked_for(platform: Platform, way: Way) -> None:
    async with way.connected(platform) as client:
        await eventually(client.transport, way.final_transport.__eq__, seconds=DEADLINE)
        ((_, greeting),) = [heard for heard in client.heard if heard[0] == "connected"]
        assert greeting["rooms"] == ["general"]
        assert greeting["message"]


@every_way
async def test_it_is_given_prices_and_summaries_of_all_products(
    platform: Platform, way: Way
) -> None:
    async with way.connected(platform) as client:
        for product in PRODUCTS:
            tick = await client.until("underlying_update", of(product))
            assert faults(tick, TICK) == []
    async with way.connected(platform) as client:
        for product in PRODUCTS:
            summary = await client.until("chain_summary", of(product))
            assert faults(summary, SUMMARY) == []


@every_way
async def test_who_subscribes_to_chains_is_given_the_latest_of_each_expiry_and_then_each_update(
    platform: Platform, way: Way
) -> None:
    async with way.connected(platform) as client:
        ack = await client.request("subscribe", CHAINS)
        assert ack == {"ok": True, **CHAINS, "resumed": False, "seq": ack["seq"]}
        assert await client.until("subscribed") == CHAINS
        latest = [await client.until("chain_update") for _ in range(EXPIRIES)]
        assert len({chain["expiry"] for chain in latest}) == EXPIRIES
        assert all(chain["seq"] <= ack["seq"] for chain in latest)
        assert [faults(chain, CHAIN) for chain in latest] == [[]] * EXPIRIES
        assert (await client.until("chain_update"))["seq"] == ack["seq"] + 1


@every_way
async def test_an_update_comes_once_to_who_is_in_two_rooms_and_is_numbered(
    platform: Platform, way: Way
) -> None:
    async with way.connected(platform) as client:
        ack = await client.request("subscribe", PRODUCT)
        assert ack == {"ok": True, **PRODUCT, "resumed": False, "seq": ack["seq"]}
        assert await client.until("subscribed") == PRODUCT
        last = ack["seq"] + UPDATES
        await client.until_any(
            OF_PRODUCT, lambda update: update["product"] == "NIFTY" and update["seq"] >= last
        )
        new = seqs(client.heard, OF_PRODUCT, after=ack["seq"])
        assert new == counted(new, after=ack["seq"])


@every_way
async def test_the_latest_is_given_to_who_joins_alone(platform: Platform, way: Way) -> None:
    async with way.connected(platform) as member, way.connected(platform) as joiner:
        await member.request("subscribe", CHAINS)
        await member.until("subscribed")
        ack = await joiner.request("subscribe", CHAINS)
        await joiner.until("chain_update", lambda chain: chain["seq"] > ack["seq"])
        await member.until("chain_update", lambda chain: chain["seq"] > ack["seq"])
        heard = seqs(member.heard, {"chain_update"})
        assert len(heard) == len(set(heard))
        assert ("subscribed", CHAINS) in joiner.heard


@every_way
async def test_who_unsubscribes_from_chains_gets_no_more_of_them(
    platform: Platform, way: Way
) -> None:
    async with way.connected(platform) as client:
        await client.request("subscribe", CHAINS)
        await client.until("chain_update")
        assert await client.request("unsubscribe", CHAINS) == {"ok": True, **CHAINS}
        assert await client.until("unsubscribed") == CHAINS
        for _ in range(2):
            await client.until("chain_summary", of("NIFTY"))
        assert "chain_update" not in [event for event, _ in client.since("unsubscribed")]


@every_way
async def test_it_can_ask_for_the_products(platform: Platform, way: Way) -> None:
    async with way.connected(platform) as client:
        ack = await client.request("get_products")
        assert ack == {"ok": True, "products": list(PRODUCTS)}
        assert await client.until("products") == {"products": list(PRODUCTS)}


@every_way
async def test_what_is_asked_wrongly_is_refused_in_ack_and_error(
    platform: Platform, way: Way
) -> None:
    async with way.connected(platform) as client:
        for event, argument, reason in REFUSED:
            ack = await client.request(event, argument)
            assert (ack["ok"], ack["error"]["reason"]) == (False, reason)
            assert faults(ack["error"], REFUSAL) == []
            assert await client.until("error") == ack["error"]
