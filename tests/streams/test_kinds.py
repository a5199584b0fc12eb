"""What subscribers are owed of a bus entry with several events."""

from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.market.v1 import chain_pb2
from deltastream.ports.bus import Entry
from deltastream.runtime.streams.kind import EventKind

QUOTES: EventKind[chain_pb2.OptionQuote] = EventKind(
    subjects=SubjectKind.RAW_QUOTES,
    decode=lambda payload: chain_pb2.OptionQuoteBatch.FromString(payload).quotes,
    batched=True,
    key_of=lambda quote: quote.symbol,
    time_of=lambda quote: quote.timestamp,
)


def test_the_newest_event_of_a_key_stands_for_all_in_the_order_that_remains() -> None:
    quotes = [
        chain_pb2.OptionQuote(symbol=symbol, bid=bid, timestamp=Timestamp(seconds=second))
        for second, (symbol, bid) in enumerate([("A", 1.0), ("B", 2.0), ("A", 3.0), ("C", 4.0)])
    ]
    entry = Entry(
        subject=subject_of(SubjectKind.RAW_QUOTES, "NIFTY"),
        sequence=4,
        payload=chain_pb2.OptionQuoteBatch(quotes=quotes).SerializeToString(),
    )

    reading = QUOTES.read(entry)

    assert reading is not None
    assert reading.piece.count == 4
    assert [(update.key, update.count, update.at) for update in reading.updates] == [
        ("B", 1, 1_000_000_000),
        ("A", 2, 2_000_000_000),
        ("C", 1, 3_000_000_000),
    ]
    encoded = b"".join(update.encoded for update in reading.updates)
    assert list(chain_pb2.OptionQuoteBatch.FromString(encoded).quotes) == quotes[1:]
