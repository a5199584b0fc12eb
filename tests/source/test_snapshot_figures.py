"""From a file to the figures of its chains, against figures computed by plain loops."""

import pytest
from tests.domain.chain_builders import measure
from tests.fixtures.nse_snapshot import EXPIRIES, Shape, nse_snapshot
from tests.fixtures.snapshot_files import snapshot_file

from deltastream.adapters.source.snapshots.recognition import read_snapshot


@pytest.mark.parametrize("shape", ["classic", "v3"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_the_figures_of_a_generated_snapshot_are_those_of_brute_force(
    shape: Shape, seed: int
) -> None:
    generated = nse_snapshot(seed=seed, shape=shape)
    snapshot = read_snapshot(snapshot_file(generated.text()))
    for chain in snapshot.chains:
        expected, metrics = generated.expected[chain.expiry], measure(chain)
        assert metrics.pcr_oi == expected.pcr_oi
        assert metrics.pcr_volume == expected.pcr_volume
        assert metrics.max_pain_ties == expected.max_pain_ties
        assert metrics.atm_strike == expected.atm_strike
        assert metrics.total_call_oi == expected.call_oi
        assert metrics.total_put_volume == expected.put_volume


def test_a_generated_snapshot_has_a_single_pain_minimum_many_and_none() -> None:
    expected = nse_snapshot().expected
    assert [len(expected[expiry].max_pain_ties) for expiry in EXPIRIES] == [1, 1, 11, 0]
    assert [expected[expiry].pcr_oi is None for expiry in EXPIRIES] == [False, False, False, True]


def test_the_same_seed_gives_the_same_snapshot_and_another_gives_another() -> None:
    assert nse_snapshot(seed=3).text() == nse_snapshot(seed=3).text()
    assert nse_snapshot(seed=3).text() != nse_snapshot(seed=4).text()
