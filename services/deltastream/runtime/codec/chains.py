"""Chains on the wire and as values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.events import EnrichedChain, Legs, OptionChain
from deltastream.domain.figures import ChainAnalysis
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.figures import decode_enriched_legs, encode_enriched_legs
from deltastream.runtime.codec.legs import EncodedLegs, decode_legs, encode_legs
from deltastream.runtime.codec.metrics import decode_metrics, encode_metrics
from deltastream.runtime.codec.moments import to_date, to_datetime, to_timestamp


def encode_chain(chain: OptionChain) -> chain_pb2.OptionChain:
    """Encode a raw chain."""
    message = chain_pb2.OptionChain(
        product=chain.product,
        expiry=chain.expiry.isoformat(),
        spot_price=chain.spot_price,
        timestamp=to_timestamp(chain.timestamp),
        sequence=chain.sequence,
        expires_at=_optional(chain.expires_at),
        published_at=_optional(chain.published_at),
    )
    if len(chain.calls) or len(chain.puts):
        message.MergeFromString(
            encode_legs(chain.calls, chain.puts, product=chain.product, expiry=chain.expiry)
        )
    return message


def decode_chain(message: chain_pb2.OptionChain) -> OptionChain:
    """Decode a raw chain.

    Raises:
        InvalidValueError: its expiry is not a calendar day, or strikes do not ascend.
    """
    (received,) = receive_chains([message])
    return received.chain


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedChain:
    """A raw chain as it came, and as a value."""

    message: chain_pb2.OptionChain
    legs: EncodedLegs
    chain: OptionChain


def receive_chains(messages: Sequence[chain_pb2.OptionChain]) -> list[ReceivedChain]:
    """Decode raw chains that shall be encoded again once enriched, all at once.

    Raises:
        InvalidValueError: the expiry of one is not a calendar day, or strikes do not ascend.
    """
    encoded = [EncodedLegs.of(message) for message in messages]
    return [
        ReceivedChain(message=message, legs=legs, chain=_chain_of(message, *sides))
        for message, legs, sides in zip(messages, encoded, decode_legs(encoded), strict=True)
    ]


def _chain_of(
    message: chain_pb2.OptionChain | chain_pb2.EnrichedChain, calls: Legs, puts: Legs
) -> OptionChain:
    return OptionChain(
        product=message.product,
        expiry=to_date(message.expiry),
        spot_price=message.spot_price if message.HasField("spot_price") else None,
        timestamp=to_datetime(message.timestamp),
        sequence=message.sequence,
        expires_at=to_datetime(message.expires_at) if message.HasField("expires_at") else None,
        published_at=(
            to_datetime(message.published_at) if message.HasField("published_at") else None
        ),
        calls=calls,
        puts=puts,
    )


def encode_enriched_from(
    raw: chain_pb2.OptionChain, analysis: ChainAnalysis, processed_at: datetime
) -> chain_pb2.EnrichedChain:
    """Encode an enriched chain, taking the raw part as it came: its legs are not rebuilt."""
    enriched = _without_legs(raw, analysis, processed_at)
    legs = EncodedLegs.of(raw), analysis.call_figures, analysis.put_figures
    enriched.MergeFromString(next(encode_enriched_legs([legs])))
    return enriched


def encode_enriched_chains(
    received: Sequence[ReceivedChain],
    analyses: Sequence[ChainAnalysis],
    processed_at: datetime,
) -> list[bytes]:
    """Encode enriched chains as `encode_enriched_from` does each, all at once, to the last byte.

    Whoever only passes them on is spared a message with all its legs.
    """
    legs = encode_enriched_legs(
        [
            (each.legs, analysis.call_figures, analysis.put_figures)
            for each, analysis in zip(received, analyses, strict=True)
        ]
    )
    # Encoded messages that follow one another are one message.
    return [
        _without_legs(each.message, analysis, processed_at).SerializeToString() + encoded
        for each, analysis, encoded in zip(received, analyses, legs, strict=True)
    ]


def _without_legs(
    raw: chain_pb2.OptionChain, analysis: ChainAnalysis, processed_at: datetime
) -> chain_pb2.EnrichedChain:
    message = encode_metrics(analysis.metrics)
    message.product = raw.product
    message.expiry = raw.expiry
    if raw.HasField("spot_price"):
        message.spot_price = raw.spot_price
    message.timestamp.CopyFrom(raw.timestamp)
    message.sequence = raw.sequence
    if raw.HasField("expires_at"):
        message.expires_at.CopyFrom(raw.expires_at)
    if raw.HasField("published_at"):
        message.published_at.CopyFrom(raw.published_at)
    message.processed_at.CopyFrom(to_timestamp(processed_at))
    return message


def encode_enriched(enriched: EnrichedChain) -> chain_pb2.EnrichedChain:
    """Encode an enriched chain."""
    raw = encode_chain(enriched.chain)
    return encode_enriched_from(raw, enriched.analysis, enriched.processed_at)


def decode_enriched(message: chain_pb2.EnrichedChain) -> EnrichedChain:
    """Decode an enriched chain.

    Raises:
        InvalidValueError: its expiry is not a calendar day, or strikes do not ascend.
    """
    return next(decode_enriched_chains([message]))


def decode_enriched_chains(
    messages: Sequence[chain_pb2.EnrichedChain],
) -> Iterator[EnrichedChain]:
    """Decode enriched chains, which together costs less than one by one.

    Raises:
        InvalidValueError: the next one's expiry is not a calendar day, or its strikes do not
            ascend.
    """
    for message, (legs, (call_figures, put_figures)) in zip(
        messages, decode_enriched_legs(messages), strict=True
    ):
        yield EnrichedChain(
            chain=_chain_of(message, *legs),
            call_figures=call_figures,
            put_figures=put_figures,
            metrics=decode_metrics(message),
            processed_at=to_datetime(message.processed_at),
        )


def _optional(moment: datetime | None) -> Timestamp | None:
    return None if moment is None else to_timestamp(moment)
