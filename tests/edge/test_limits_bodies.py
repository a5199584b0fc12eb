"""What request bodies may be."""

import gzip

import orjson
import pytest
from tests.edge.whole_edge import LOGIN, SOMEBODY, whole_edge

from deltastream.edge.errors.request_errors import MalformedValueError
from deltastream.edge.reading.json_text import parse_json


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_json_is_read_64_levels_deep_and_no_deeper(opening: bytes, closing: bytes) -> None:
    # The innermost value needs a level of its own, as an object cannot be empty here.
    inner = b"[]" if opening == b"[" else b"1"
    deepest = 63 if opening == b"[" else 64
    parse_json(opening * deepest + inner + closing * deepest)
    with pytest.raises(MalformedValueError, match="deeper than 64 levels"):
        parse_json(opening * (deepest + 1) + inner + closing * (deepest + 1))


def test_how_many_values_stand_side_by_side_does_not_matter() -> None:
    assert parse_json(b"[" + b",".join([b"[[]]"] * 1000) + b"]") == [[[]]] * 1000
    assert parse_json(b'["' + b"[" * 1000 + b'"]') == ["[" * 1000]


@pytest.mark.parametrize(
    ("encoding", "status"), [("gzip", 415), ("identity, gzip", 415), ("identity", 401)]
)
async def test_a_compressed_body_is_refused(encoding: str, status: int) -> None:
    body = orjson.dumps(SOMEBODY)
    sent = gzip.compress(body) if status == 415 else body
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    async with (
        whole_edge() as client,
        client.post(LOGIN, data=sent, headers=headers) as response,
    ):
        assert response.status == status


async def test_a_body_in_parts_is_refused() -> None:
    headers = {"Content-Type": " Multipart/Form-Data; boundary=x"}
    async with (
        whole_edge() as client,
        client.post(LOGIN, data=b"--x--\r\n", headers=headers) as response,
    ):
        assert response.status == 415
        assert (await response.json())["details"][0]["reason"] == "MALFORMED_REQUEST"
