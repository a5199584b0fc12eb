"""Page tokens are bound to their filter, and nothing else is one."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.errors import PageTokenInvalidError
from deltastream.ports.store import Cursor
from deltastream.runtime.pages import filter_digest, read_page_token, write_page_token

DIGEST = filter_digest("chains", "NIFTY")
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(moment=MOMENTS, key=st.text())
def test_a_token_leads_back_to_its_place(moment: datetime, key: str) -> None:
    cursor = Cursor(timestamp=moment, key=key)
    assert read_page_token(write_page_token(cursor, DIGEST), DIGEST) == cursor


@given(moment=MOMENTS)
def test_a_token_of_another_filter_is_refused(moment: datetime) -> None:
    token = write_page_token(Cursor(timestamp=moment, key=""), filter_digest("chains", "SPY"))
    with pytest.raises(PageTokenInvalidError):
        read_page_token(token, DIGEST)


def test_no_token_is_no_place() -> None:
    assert read_page_token("", DIGEST) is None


@pytest.mark.parametrize(
    "content",
    [
        "hello",
        [DIGEST],
        [DIGEST, "yesterday", ""],
        [DIGEST, 5, ""],
        [DIGEST, "0001-01-01T00:00:00+23:59", ""],
        {"digest": DIGEST},
        None,
    ],
)
def test_what_was_never_issued_is_refused(content: object) -> None:
    token = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    with pytest.raises(PageTokenInvalidError):
        read_page_token(token, DIGEST)


@given(text=st.text(min_size=1))
def test_no_text_raises_anything_else(text: str) -> None:
    with pytest.raises(PageTokenInvalidError):
        read_page_token(text, DIGEST)
