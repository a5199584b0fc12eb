"""The time zone of a product's exchange."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deltastream.domain.instruments import Product


def zone_of(product: Product) -> tzinfo:
    """Return the zone that a product states; UTC when this machine does not know it."""
    try:
        return ZoneInfo(product.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
