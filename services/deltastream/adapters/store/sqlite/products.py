"""Products as rows."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from deltastream.adapters.store.sqlite.table import Row, Table
from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.ports.store import Written

_COLUMNS: Final = (
    "symbol",
    "name",
    "exchange",
    "currency",
    "time_zone",
    "lot_size",
    "tick_size",
    "strike_step",
    "quantity_unit",
)
_DESCRIPTION: Final = _COLUMNS[1:]
_TABLE: Final = Table(
    name="products",
    columns=_COLUMNS,
    key=("symbol",),
    replaces=(
        f"({', '.join(f'excluded.{column}' for column in _DESCRIPTION)})"
        f" IS NOT ({', '.join(f'products.{column}' for column in _DESCRIPTION)})"
    ),
)
QUERY: Final = f"SELECT {', '.join(_COLUMNS)} FROM products ORDER BY symbol"  # noqa: S608 - constant names


def put_products(connection: sqlite3.Connection, products: Sequence[Product]) -> Written:
    """Write descriptions; the last of a symbol holds. The same one again changes nothing."""
    last = {product.symbol: product for product in products}
    stored = _TABLE.put(connection, map(_row_of, last.values()))
    return Written(stored=stored, unchanged=len(products) - stored)


def list_products(connection: sqlite3.Connection) -> list[Product]:
    """Read all products, by symbol."""
    return [_product_of(row) for row in connection.execute(QUERY)]


def _row_of(product: Product) -> Row:
    return (
        product.symbol,
        product.name,
        product.exchange,
        product.currency,
        product.time_zone,
        product.lot_size,
        product.tick_size,
        product.strike_step,
        product.quantity_unit.name,
    )


def _product_of(row: Row) -> Product:
    product = dict(zip(_COLUMNS, row, strict=True))
    product["quantity_unit"] = QuantityUnit[product["quantity_unit"]]
    return Product(**product)
