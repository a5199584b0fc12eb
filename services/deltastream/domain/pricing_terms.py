"""What a chain is priced by, besides its own quotes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from deltastream.domain.figures import PricingConvention

NSE_RATE: Final = 0.10
"""The interest rate of the exchange's published volatilities, continuous, per year."""

_DAYS_PER_YEAR: Final = 365
_SECONDS_PER_YEAR: Final = _DAYS_PER_YEAR * 86_400
# India keeps one time, without summer time.
_INDIA: Final = timezone(timedelta(hours=5, minutes=30))


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingTerms:
    """What a chain is priced by.

    Attributes:
        convention: how.
        rate: interest, continuously compounded, a fraction per year.
        contract_size: units of the underlying that one unit of open interest stands for; None
            when unknown.
    """

    convention: PricingConvention = PricingConvention.BLACK76
    rate: float = 0.0
    contract_size: float | None = None

    def years_to_expiry(
        self, *, at: datetime, expiry: date, expires_at: datetime | None
    ) -> float | None:
        """Return the time to expiry in years of 365 days, at least 0; None when it is unknown.

        BLACK76 counts the seconds to the instant of expiry, NSE whole days by the calendar of
        India, so that it has no time left on the day of expiry.
        """
        if self.convention is PricingConvention.NSE:
            return max((expiry - at.astimezone(_INDIA).date()).days, 0) / _DAYS_PER_YEAR
        if expires_at is None:
            return None
        return max((expires_at - at).total_seconds(), 0.0) / _SECONDS_PER_YEAR
