"""What a client of a stream reads when its token ends."""

import orjson
import pytest
from tests.edge.test_service_away import batch, event_of, started, ticks_of
from tests.edge.test_transcoder_refusals import reason_of
from tests.edge.test_transcoder_streams import hand, line_of
from tests.edge.transcoder_mesh import mesh

from deltastream.domain.errors import CredentialsInvalidError, DomainError, TokenExpiredError

PATH = "/api/stream/ticks"
EVENTS = {"Accept": "text/event-stream"}
WITH_TOKEN = {"Authorization": "Bearer one.that.ends"}
WITH_KEY = {"X-Api-Key": "ds_1"}
ENDINGS = pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (TokenExpiredError(), "TOKEN_EXPIRED"),
        (CredentialsInvalidError("the token is not valid"), "CREDENTIALS_INVALID"),
    ],
)


@ENDINGS
async def test_the_last_event_is_an_error(ending: DomainError, reason: str) -> None:
    async with mesh() as edge:
        hand(edge, started(), batch(2, 1), ending)
        async with edge.client.get(PATH, headers=EVENTS | WITH_TOKEN) as response:
            events = [await event_of(response) for _ in range(3)]
            assert await response.read() == b""
        assert [event["event"] for event in events] == ["started", "batch", "error"]
        assert reason_of(orjson.loads(events[-1]["data"])) == reason
        assert len(edge.seen.requests) == 1


@ENDINGS
async def test_the_last_line_is_an_error(ending: DomainError, reason: str) -> None:
    async with mesh() as edge:
        hand(edge, started(), batch(2, 1), ending)
        async with edge.client.get(PATH, headers=WITH_TOKEN) as response:
            lines = [await line_of(response) for _ in range(3)]
            assert await response.read() == b""
        assert [next(iter(line)) for line in lines] == ["result", "result", "error"]
        assert reason_of(lines[-1]["error"]) == reason


async def test_a_program_with_an_api_key_reads_on_as_its_token_is_only_lent() -> None:
    async with mesh() as edge:
        hand(edge, started(), batch(2, 1), TokenExpiredError(), started(), batch(2, 2))
        async with edge.client.get(PATH, headers=EVENTS | WITH_KEY) as response:
            events = [await event_of(response) for _ in range(4)]
        assert [event["event"] for event in events] == ["started", "batch"] * 2
        assert [ticks_of(event) for event in events[1::2]] == [[1], [2]]
        assert edge.seen.requests[-1].resume_token == "t1"  # type: ignore[attr-defined]  # noqa: S105 - a place in a stream


async def test_a_key_that_gets_no_good_token_ends_the_stream_at_the_second_refusal() -> None:
    invalid = CredentialsInvalidError("the token is not valid")
    async with mesh() as edge:
        hand(edge, started(), batch(2, 1), invalid, invalid)
        async with edge.client.get(PATH, headers=EVENTS | WITH_KEY) as response:
            events = [await event_of(response) for _ in range(3)]
            assert await response.read() == b""
        assert reason_of(orjson.loads(events[-1]["data"])) == "CREDENTIALS_INVALID"
