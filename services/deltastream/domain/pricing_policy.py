"""By what terms each product's chains are priced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from deltastream.domain.figures import PricingConvention
from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.domain.pricing_terms import NSE_RATE, PricingTerms

USUAL_RATES: Final[Mapping[str, float]] = MappingProxyType({"INR": 0.055, "USD": 0.04})
"""Interest by currency, continuous, per year: about the rates of short treasury bills in 2026.

Options near the money hardly feel a rate, because parity gives their forward; those of long
expiries do. Whoever prices those states the rate of the day.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingPolicy:
    """How to price the chains of any product.

    Attributes:
        convention: of all chains.
        rates: interest by ISO 4217 code of the currency, continuous, per year; 0 for others.
    """

    convention: PricingConvention = PricingConvention.BLACK76
    rates: Mapping[str, float] = field(default_factory=lambda: USUAL_RATES)

    def terms(
        self,
        product: Product | None,
        *,
        convention: PricingConvention | None = None,
        rate: float | None = None,
        contract_size: float | None = None,
    ) -> PricingTerms:
        """Return the terms for a product's chains; None is one of which nothing is known.

        Args:
            product: whose chains.
            convention: instead of the policy's.
            rate: instead of the usual one of its currency.
            contract_size: instead of the one that it states.
        """
        chosen = convention or self.convention
        return PricingTerms(
            convention=chosen,
            rate=self._rate(product, chosen) if rate is None else rate,
            contract_size=contract_size or contract_size_of(product),
        )

    def _rate(self, product: Product | None, convention: PricingConvention) -> float:
        if convention is PricingConvention.NSE:
            return NSE_RATE
        return 0.0 if product is None else self.rates.get(product.currency, 0.0)


def contract_size_of(product: Product | None) -> float | None:
    """Return how many units of the underlying one unit of open interest is; None if unknown."""
    if product is None:
        return None
    match product.quantity_unit:
        case QuantityUnit.CONTRACTS:
            return product.lot_size
        case QuantityUnit.SHARES:
            return 1.0
        case QuantityUnit.UNKNOWN:
            return None
