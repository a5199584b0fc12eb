"""Products as documents."""

from collections.abc import Sequence
from typing import Final

from pymongo import ASCENDING

from deltastream.adapters.store.mongodb.connection import Document, MarketDatabase
from deltastream.adapters.store.mongodb.fields import read_stated, stated
from deltastream.adapters.store.mongodb.writing import Write, put
from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.ports.store import Written

_TEXTS: Final = ("name", "exchange", "currency", "time_zone")
_OPTIONAL: Final = ("lot_size", "tick_size", "strike_step")


async def put_products(database: MarketDatabase, products: Sequence[Product]) -> Written:
    """Write descriptions; the last of a symbol holds. The same one again changes nothing."""
    last = {product.symbol: product for product in products}
    stored = await put(database["products"], [_write_of(product) for product in last.values()])
    return Written(stored=stored, unchanged=len(products) - stored)


async def list_products(database: MarketDatabase) -> list[Product]:
    """Read all products, by symbol."""
    listed = await database["products"].find().sort("_id", ASCENDING).to_list()
    return [_product_of(document) for document in listed]


def _write_of(product: Product) -> Write:
    document = _document_of(product)
    # A condition on a field that is absent is that it is absent there too.
    same = dict.fromkeys(_OPTIONAL) | document
    return Write(document=document, older={"$nor": [same]})


def _document_of(product: Product) -> Document:
    return {
        "_id": product.symbol,
        "symbol": product.symbol,
        **{name: getattr(product, name) for name in _TEXTS},
        **stated(product, *_OPTIONAL),
        "quantity_unit": product.quantity_unit.name,
    }


def _product_of(document: Document) -> Product:
    return Product(
        symbol=document["symbol"],
        **{name: document[name] for name in _TEXTS},
        **read_stated(document, *_OPTIONAL),
        quantity_unit=QuantityUnit[document["quantity_unit"]],
    )
