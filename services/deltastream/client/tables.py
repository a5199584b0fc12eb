"""Market data as pandas tables: `pip install deltastream[pandas]`.

    chains = (await mesh.storage.ListChains(ListChainsRequest(product="NIFTY"))).chains
    options = to_frame(chains)
    options[options.option_type == "CALL"].plot(x="strike", y="iv")

A figure that the mesh left out is pandas' NA, never 0 or NaN. Times are UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.market.v1.candle_pb2 import Candle
from deltastream.market.v1.chain_pb2 import EnrichedChain, OptionChain, OptionLeg
from deltastream.market.v1.tick_pb2 import UnderlyingTick

if TYPE_CHECKING:
    import pandas as pd

_TYPES: Final = {
    FieldDescriptor.CPPTYPE_DOUBLE: "Float64",
    FieldDescriptor.CPPTYPE_BOOL: "boolean",
    FieldDescriptor.CPPTYPE_INT32: "Int64",
    FieldDescriptor.CPPTYPE_INT64: "Int64",
    FieldDescriptor.CPPTYPE_UINT64: "UInt64",
    FieldDescriptor.CPPTYPE_STRING: "string",
    FieldDescriptor.CPPTYPE_ENUM: "string",
}
_TIME: Final = "datetime64[ns, UTC]"
_OF_CHAIN: Final = ("product", "expiry", "timestamp", "sequence", "spot_price")


def to_frame(chains: Iterable[EnrichedChain | OptionChain]) -> "pd.DataFrame":
    """Return a row an option: what its chain is, whether it is a CALL or a PUT, all its figures."""
    legs = list(_options_of(chains))
    head = {name: type_ for name, type_ in _columns(EnrichedChain.DESCRIPTOR) if name in _OF_CHAIN}
    columns = {**head, "option_type": "string", **dict(_columns(OptionLeg.DESCRIPTOR))}
    return _table(columns, legs)


def chain_frame(chain: EnrichedChain | OptionChain) -> "pd.DataFrame":
    """Return a row an option of one chain; see to_frame."""
    return to_frame([chain])


def summaries_frame(chains: Iterable[EnrichedChain]) -> "pd.DataFrame":
    """Return a row a chain, with the figures of the chain as a whole."""
    return _messages(EnrichedChain.DESCRIPTOR, chains)


def candles_frame(candles: Iterable[Candle]) -> "pd.DataFrame":
    """Return a row a candle."""
    return _messages(Candle.DESCRIPTOR, candles)


def ticks_frame(ticks: Iterable[UnderlyingTick]) -> "pd.DataFrame":
    """Return a row a tick."""
    return _messages(UnderlyingTick.DESCRIPTOR, ticks)


def _messages(descriptor: Descriptor, messages: Iterable[Message]) -> "pd.DataFrame":
    return _table(dict(_columns(descriptor)), [_row(message) for message in messages])


def _options_of(chains: Iterable[EnrichedChain | OptionChain]) -> Iterator[dict[str, Any]]:
    for chain in chains:
        whole = _row(chain)
        head = {name: whole[name] for name in _OF_CHAIN}
        for option_type, legs in (("CALL", chain.calls), ("PUT", chain.puts)):
            for leg in legs:
                yield {**head, "option_type": option_type, **_row(leg)}


def _columns(descriptor: Descriptor) -> Iterator[tuple[str, str]]:
    """Yield the fields that fit in a cell, and pandas' type for each."""
    for field in descriptor.fields:
        if field.is_repeated:
            continue
        if field.message_type is Timestamp.DESCRIPTOR:
            yield field.name, _TIME
        elif field.cpp_type in _TYPES:
            yield field.name, _TYPES[field.cpp_type]


def _row(message: Any) -> dict[str, Any]:
    """Return the figures of a message; None for one that is absent."""
    fields = message.DESCRIPTOR.fields_by_name
    return {name: _cell(message, fields[name]) for name, _ in _columns(message.DESCRIPTOR)}


def _cell(message: Any, field: FieldDescriptor) -> Any:
    if field.has_presence and not message.HasField(field.name):
        return None
    value = getattr(message, field.name)
    if field.enum_type is not None:
        return _name_of(field, value)
    return value.ToNanoseconds() if isinstance(value, Timestamp) else value


def _name_of(field: FieldDescriptor, number: int) -> str | None:
    """Return an enum's value without its type's name; None where nothing is stated."""
    known = field.enum_type.values_by_number.get(number) if field.enum_type is not None else None
    if known is None or number == 0 or field.enum_type is None:
        return None
    prefix = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(known.name).removeprefix(prefix)


def _table(columns: Mapping[str, str], rows: list[dict[str, Any]]) -> "pd.DataFrame":
    try:
        import pandas as pd  # noqa: PLC0415 - only who wants tables needs it
    except ImportError as error:
        raise ImportError("tables need pandas: pip install deltastream[pandas]") from error
    series: dict[str, Any] = {}
    for name, type_ in columns.items():
        values = [row[name] for row in rows]
        if type_ == _TIME:
            series[name] = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="ns", utc=True)
        else:
            series[name] = pd.Series(values, dtype=type_)
    return pd.DataFrame(series)
