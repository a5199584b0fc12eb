"""Whether and how a subscriber goes on from its token."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from deltastream.domain.subjects import product_of, subject_of
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.mailbox import Update
from deltastream.runtime.streams.subscription import Subscription
from deltastream.runtime.streams.token import Position, read_token
from deltastream.stream.v1 import stream_pb2

EventT = TypeVar("EventT")
_BATCH: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption(Generic[EventT]):
    """How a stream opens.

    Attributes:
        sequences: where to go on, per product; a product that is absent starts from a snapshot.
        missed: the newest event of each key between token and now, for CONFLATED delivery.
        reset: why the token could not be honoured; None when it was, or there was none.
    """

    sequences: dict[str, int]
    missed: Sequence[Update[EventT]] = ()
    reset: "stream_pb2.ResetReason.ValueType | None" = None


async def resume(
    hub: StreamHub[EventT], wants: Subscription, target: dict[str, int]
) -> Resumption[EventT]:
    """Decide how to open a stream that must end up at `target` before it is live."""
    if not wants.resume_token:
        return Resumption(sequences={})
    position = read_token(wants.resume_token)
    if position is None:
        return Resumption(sequences={}, reset=stream_pb2.RESET_REASON_TOKEN_INVALID)
    if position.epoch != hub.epoch:
        return Resumption(sequences={}, reset=stream_pb2.RESET_REASON_EPOCH_CHANGED)
    sequences = _continued(position, wants, target)
    for product, at in sequences.items():
        if at and not await is_held(hub, product, at):
            return Resumption(sequences={}, reset=stream_pb2.RESET_REASON_TOKEN_TOO_OLD)
    if wants.lossless:
        return Resumption(sequences=sequences)
    missed = await _missed(hub, dict(sequences), target)
    return Resumption(sequences=sequences, missed=missed)


def _continued(position: Position, wants: Subscription, target: dict[str, int]) -> dict[str, int]:
    """Return where each product goes on.

    One that the token lacks is new since then, if the subscriber wants all products: it goes on
    from its first event. If the subscriber names its products, it has named one more than before,
    which then starts from a snapshot.
    """
    missing = 0 if wants.products is None else None
    found = {product: position.sequences.get(product, missing) for product in target}
    return {product: at for product, at in found.items() if at is not None}


async def is_held(hub: StreamHub[EventT], product: str, at: int) -> bool:
    """Say whether the bus still has everything after `at`."""
    subject = subject_of(hub.kind, product)
    # The entry at the token being there proves that none after it was trimmed.
    return await hub.bus.last_sequence(subject) <= at or (
        0 < await hub.bus.first_sequence(subject) <= at
    )


async def _missed(
    hub: StreamHub[EventT], sequences: dict[str, int], target: dict[str, int]
) -> list[Update[EventT]]:
    newest: dict[str, Update[EventT]] = {}
    while behind := {p: at for p, at in sequences.items() if at < target[p]}:
        subjects = {subject_of(hub.kind, p): at for p, at in behind.items()}
        entries = await hub.bus.tail(subjects, limit=_BATCH, wait=0.0)
        if not entries:
            break
        for entry in entries:
            product = product_of(entry.subject)
            sequences[product] = entry.sequence
            # What lies beyond the target waits in the mailbox already.
            if entry.sequence <= target[product]:
                for update in hub.updates_of(entry):
                    newest.pop(update.key, None)
                    newest[update.key] = update
    return list(newest.values())
