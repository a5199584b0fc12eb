"""Products on the wire and as values."""

from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.market.v1 import product_pb2
from deltastream.runtime.codec.enums import known


def encode_product(product: Product) -> product_pb2.Product:
    """Encode a product."""
    return product_pb2.Product(
        symbol=product.symbol,
        name=product.name,
        exchange=product.exchange,
        currency=product.currency,
        time_zone=product.time_zone,
        lot_size=product.lot_size,
        tick_size=product.tick_size,
        strike_step=product.strike_step,
        quantity_unit=product_pb2.QuantityUnit.ValueType(product.quantity_unit),
    )


def decode_product(message: product_pb2.Product) -> Product:
    """Decode a product."""
    return Product(
        symbol=message.symbol,
        name=message.name,
        exchange=message.exchange,
        currency=message.currency,
        time_zone=message.time_zone,
        lot_size=message.lot_size if message.HasField("lot_size") else None,
        tick_size=message.tick_size if message.HasField("tick_size") else None,
        strike_step=message.strike_step if message.HasField("strike_step") else None,
        quantity_unit=known(QuantityUnit, message.quantity_unit) or QuantityUnit.UNKNOWN,
    )
