"""Legs as bytes: exact, and readable in later versions."""

import struct

import numpy as np
import pytest
from tests.store.market_events import legs

from deltastream.adapters.store.sqlite.legs import NO_LEGS, decode_legs, encode_legs
from deltastream.domain.events import LEG_COLUMNS

COLUMNS_OF_LAYOUT_1 = (
    "strikes",
    "bid",
    "ask",
    "last",
    "volume",
    "open_interest",
    "change_in_open_interest",
    "price_change",
    "bid_size",
    "ask_size",
    "quoted_iv",
)


def test_columns_that_were_stored_keep_their_places() -> None:
    assert LEG_COLUMNS[: len(COLUMNS_OF_LAYOUT_1)] == COLUMNS_OF_LAYOUT_1, (
        "stored legs are read by position: append new columns, or write a new layout"
    )


def test_the_bytes_are_a_header_and_columns_of_doubles() -> None:
    encoded = encode_legs(legs(24_400, 24_500))
    columns = len(LEG_COLUMNS)
    assert encoded[:24] == struct.pack("<HHIdd", 1, columns, 2, 24_400.0, 24_500.0)
    assert struct.unpack_from("<dd", encoded, 24) == (0.05, 1.05)
    assert len(encoded) == 8 + 8 * 2 * columns


def test_legs_of_fewer_columns_state_nothing_in_the_others() -> None:
    encoded = struct.pack("<HHIdddd", 1, 2, 2, 24_400.0, 24_500.0, 1.5, 2.5)
    decoded = decode_legs(encoded)
    assert decoded.strikes.tolist() == [24_400.0, 24_500.0]
    assert decoded.bid.tolist() == [1.5, 2.5]
    for name in LEG_COLUMNS[2:]:
        column = getattr(decoded, name)
        assert column.shape == (2,)
        assert np.isnan(column).all()


@pytest.mark.parametrize("header", [(2, len(LEG_COLUMNS), 0), (1, len(LEG_COLUMNS) + 1, 0)])
def test_legs_of_a_later_version_are_refused(header: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="of a later version"):
        decode_legs(struct.pack("<HHI", *header))


def test_legs_of_no_strikes_are_legs() -> None:
    decoded = decode_legs(encode_legs(NO_LEGS))
    assert len(decoded) == 0
    assert decoded.table().shape == (0, len(LEG_COLUMNS))


def test_decoded_legs_cannot_be_changed() -> None:
    decoded = decode_legs(encode_legs(legs(24_400)))
    with pytest.raises(ValueError, match="read-only"):
        decoded.bid[0] = 1.0
