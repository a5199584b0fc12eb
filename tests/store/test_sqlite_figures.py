"""Figures as bytes: exact and compact, and refused when another version wrote them."""

import struct

import numpy as np
import pytest
from tests.store.market_events import figure_facts, figures

from deltastream.adapters.store.sqlite.figures import decode_figures, encode_figures
from deltastream.domain.figures import FIGURE_CODES, FIGURE_COLUMNS, LegFigures


def test_the_columns_keep_their_places() -> None:
    assert FIGURE_COLUMNS == (
        "iv",
        "delta",
        "gamma",
        "theta",
        "vega",
        "rho",
        "vanna",
        "volga",
        "charm",
    ), "stored figures are read by position: write a new layout"
    assert FIGURE_CODES == ("iv_missing", "price_basis", "buildup")


def test_the_bytes_are_a_header_then_doubles_then_signed_bytes() -> None:
    encoded = encode_figures(figures(2))
    assert encoded[:16] == struct.pack("<HBBId", 1, 9, 3, 2, 0.0)
    assert np.isnan(struct.unpack_from("<d", encoded, 16))
    assert struct.unpack_from("<d", encoded, 24) == (2.0,)
    assert encoded[8 + 9 * 2 * 8 :] == bytes(range(6))


def test_figures_of_columns_that_are_views_are_those_of_the_views() -> None:
    whole = figures(6)
    names = (*FIGURE_COLUMNS, *FIGURE_CODES)
    every_other = LegFigures(**{name: getattr(whole, name)[::2] for name in names})
    read = decode_figures(encode_figures(every_other), count=3)
    assert figure_facts(read) == figure_facts(every_other)


def test_figures_of_no_legs_are_figures() -> None:
    read = decode_figures(encode_figures(LegFigures.none(0)), count=0)
    assert figure_facts(read) == figure_facts(LegFigures.none(0))


def test_legs_without_stored_figures_have_none() -> None:
    assert figure_facts(decode_figures(None, count=4)) == figure_facts(LegFigures.none(4))


@pytest.mark.parametrize("header", [(2, 9, 3), (1, 10, 3), (1, 9, 4)])
def test_figures_of_another_version_are_refused(header: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="of another version"):
        decode_figures(struct.pack("<HBBI", *header, 0), count=0)


def test_decoded_figures_cannot_be_changed() -> None:
    read = decode_figures(encode_figures(figures(2)), count=2)
    for column in (read.iv, read.buildup):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
