"""Chains on the wire and as values."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.events import ChainMetrics, EnrichedChain, OptionChain, PriceBasis
from deltastream.domain.instruments import OptionType
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2, missing_pb2
from deltastream.runtime.codec.legs import decode_legs, encode_legs
from deltastream.runtime.codec.moments import to_date, to_datetime, to_timestamp


def encode_chain(chain: OptionChain) -> chain_pb2.OptionChain:
    """Encode a raw chain."""
    return chain_pb2.OptionChain(
        product=chain.product,
        expiry=chain.expiry.isoformat(),
        spot_price=chain.spot_price,
        timestamp=to_timestamp(chain.timestamp),
        sequence=chain.sequence,
        expires_at=_optional(chain.expires_at),
        published_at=_optional(chain.published_at),
        calls=encode_legs(
            chain.calls, product=chain.product, expiry=chain.expiry, option_type=OptionType.CALL
        ),
        puts=encode_legs(
            chain.puts, product=chain.product, expiry=chain.expiry, option_type=OptionType.PUT
        ),
    )


def decode_chain(message: chain_pb2.OptionChain | chain_pb2.EnrichedChain) -> OptionChain:
    """Decode a raw chain, or the raw part of an enriched one.

    Raises:
        InvalidValueError: its expiry is not a calendar day, or strikes do not ascend.
    """
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
        calls=decode_legs(message.calls, side="calls"),
        puts=decode_legs(message.puts, side="puts"),
    )


def encode_enriched_from(
    raw: chain_pb2.OptionChain, metrics: ChainMetrics, processed_at: datetime
) -> chain_pb2.EnrichedChain:
    """Encode an enriched chain, taking the raw part as it came: its legs are not rebuilt."""
    message = _encode_metrics(metrics)
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
    message.calls.MergeFrom(raw.calls)
    message.puts.MergeFrom(raw.puts)
    message.processed_at.CopyFrom(to_timestamp(processed_at))
    return message


def encode_enriched(enriched: EnrichedChain) -> chain_pb2.EnrichedChain:
    """Encode an enriched chain."""
    raw = encode_chain(enriched.chain)
    return encode_enriched_from(raw, enriched.metrics, enriched.processed_at)


def decode_enriched(message: chain_pb2.EnrichedChain) -> EnrichedChain:
    """Decode an enriched chain.

    Raises:
        InvalidValueError: its expiry is not a calendar day, or strikes do not ascend.
    """
    return EnrichedChain(
        chain=decode_chain(message),
        metrics=_decode_metrics(message),
        processed_at=to_datetime(message.processed_at),
    )


def encode_missing(missing: dict[str, MissingReason]) -> list[missing_pb2.MissingValue]:
    """Encode why figures are absent, in the order of the fields' names."""
    return [
        missing_pb2.MissingValue(
            field=field, reason=missing_pb2.MissingReason.ValueType(missing[field])
        )
        for field in sorted(missing)
    ]


def _encode_metrics(metrics: ChainMetrics) -> chain_pb2.EnrichedChain:
    return chain_pb2.EnrichedChain(
        pcr_oi=metrics.pcr_oi,
        pcr_volume=metrics.pcr_volume,
        atm_strike=metrics.atm_strike,
        atm_straddle_price=metrics.atm_straddle_price,
        atm_straddle_basis=chain_pb2.PriceBasis.ValueType(metrics.atm_straddle_basis or 0),
        max_pain_strike=metrics.max_pain_strike,
        max_pain_ties=metrics.max_pain_ties,
        total_call_oi=metrics.total_call_oi,
        total_put_oi=metrics.total_put_oi,
        total_call_volume=metrics.total_call_volume,
        total_put_volume=metrics.total_put_volume,
        missing=encode_missing(metrics.missing),
    )


def _decode_metrics(message: chain_pb2.EnrichedChain) -> ChainMetrics:
    basis = message.atm_straddle_basis
    return ChainMetrics(
        total_call_oi=message.total_call_oi,
        total_put_oi=message.total_put_oi,
        total_call_volume=message.total_call_volume,
        total_put_volume=message.total_put_volume,
        pcr_oi=message.pcr_oi if message.HasField("pcr_oi") else None,
        pcr_volume=message.pcr_volume if message.HasField("pcr_volume") else None,
        atm_strike=message.atm_strike if message.HasField("atm_strike") else None,
        atm_straddle_price=(
            message.atm_straddle_price if message.HasField("atm_straddle_price") else None
        ),
        atm_straddle_basis=PriceBasis(basis) if basis else None,
        max_pain_ties=tuple(message.max_pain_ties),
        missing={value.field: MissingReason(value.reason) for value in message.missing},
    )


def _optional(moment: datetime | None) -> Timestamp | None:
    return None if moment is None else to_timestamp(moment)
