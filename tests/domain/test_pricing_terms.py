"""By what a chain is priced: time, rate, contract size."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deltastream.domain.figures import PricingConvention
from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.pricing_terms import PricingTerms

EXPIRY = date(2026, 1, 27)
EXPIRES_AT = datetime(2026, 1, 27, 10, tzinfo=UTC)
BLACK76 = PricingTerms()
NSE = PricingTerms(convention=PricingConvention.NSE)


def product(currency: str = "INR", unit: QuantityUnit = QuantityUnit.CONTRACTS) -> Product:
    return Product(
        symbol="NIFTY",
        name="Nifty 50",
        exchange="XNSE",
        currency=currency,
        time_zone="Asia/Kolkata",
        lot_size=75.0,
        quantity_unit=unit,
    )


def years(terms: PricingTerms, at: datetime, expires_at: datetime | None = EXPIRES_AT) -> float:
    found = terms.years_to_expiry(at=at, expiry=EXPIRY, expires_at=expires_at)
    assert found is not None
    return found


def test_time_is_counted_by_the_second_over_365_days() -> None:
    assert years(BLACK76, EXPIRES_AT - timedelta(days=365)) == 1.0
    assert years(BLACK76, EXPIRES_AT - timedelta(seconds=1)) == pytest.approx(1 / 31_536_000)


def test_time_never_runs_below_nothing() -> None:
    assert years(BLACK76, EXPIRES_AT) == 0.0
    assert years(BLACK76, EXPIRES_AT + timedelta(days=1)) == 0.0
    assert years(NSE, EXPIRES_AT + timedelta(days=9)) == 0.0


def test_without_the_instant_of_expiry_the_time_is_unknown() -> None:
    at = EXPIRES_AT - timedelta(days=1)

    assert BLACK76.years_to_expiry(at=at, expiry=EXPIRY, expires_at=None) is None


def test_the_nse_convention_counts_whole_days_of_india() -> None:
    assert years(NSE, datetime(2026, 1, 20, 4, tzinfo=UTC)) == 7 / 365
    assert years(NSE, datetime(2026, 1, 20, 18, 29, tzinfo=UTC)) == 7 / 365
    assert years(NSE, datetime(2026, 1, 20, 18, 30, tzinfo=UTC)) == 6 / 365
    assert years(NSE, datetime(2026, 1, 20, 4, tzinfo=UTC), expires_at=None) == 7 / 365


def test_the_rate_is_that_of_the_currency_and_of_the_exchange_in_its_convention() -> None:
    policy = PricingPolicy(rates={"INR": 0.06})

    assert policy.terms(product()).rate == 0.06
    assert policy.terms(product("XYZ")).rate == 0.0
    assert policy.terms(None).rate == 0.0
    assert policy.terms(product(), convention=PricingConvention.NSE).rate == 0.10
    assert policy.terms(product(), rate=-0.01).rate == -0.01
    assert policy.terms(product(), rate=0.0).rate == 0.0


@pytest.mark.parametrize(
    ("unit", "size"),
    [(QuantityUnit.CONTRACTS, 75.0), (QuantityUnit.SHARES, 1.0), (QuantityUnit.UNKNOWN, None)],
)
def test_the_contract_size_follows_from_what_quantities_count(
    unit: QuantityUnit, size: float | None
) -> None:
    assert PricingPolicy().terms(product(unit=unit)).contract_size == size
    assert PricingPolicy().terms(product(unit=unit), contract_size=25.0).contract_size == 25.0
