"""Whether and how a subscriber goes on from its token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from deltastream.domain.subjects import product_of, subject_of
from deltastream.runtime.streams.bus_log import gaps_after
from deltastream.runtime.streams.event import Update
from deltastream.runtime.streams.followed_log import FollowedLog
from deltastream.runtime.streams.history import History
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.mailbox import Mailbox
from deltastream.runtime.streams.subscription import Subscription
from deltastream.runtime.streams.token import Position
from deltastream.stream.v1 import stream_pb2

_ENTRIES: Final = 256
_ALL: Final = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """How a stream opens.

    Attributes:
        sequences: where to go on, per product; a product that is absent starts from a snapshot.
        missed: the newest event of each key between token and now, for CONFLATED delivery.
        folded: how many events these replace.
        reset: why the token could not be honoured; None when it was, or there was none.
    """

    sequences: Mapping[str, int] = field(default_factory=dict)
    missed: Sequence[Update] = ()
    folded: int = 0
    reset: "stream_pb2.ResetReason.ValueType | None" = None


async def resume(
    hub: StreamHub,
    log: FollowedLog,
    wants: Subscription,
    target: Mapping[str, int],
    *,
    history: History | None,
) -> Resumption:
    """Decide how to open a stream that must end up at `target` before it is live.

    Args:
        hub: whose events are streamed.
        log: the event log of the stream.
        wants: the subscriber's wishes, the token among them.
        target: per product, how far the hub has read.
        history: what is remembered of events that the bus does not hold any more.

    Raises:
        DependencyUnavailableError: bus or history do not answer.
    """
    if not wants.resume_token:
        return Resumption()
    if wants.resume_after is None:
        return Resumption(reset=stream_pb2.RESET_REASON_TOKEN_INVALID)
    position = wants.resume_after
    if position.epoch != log.epoch:
        return Resumption(reset=stream_pb2.RESET_REASON_EPOCH_CHANGED)
    sequences = _continued(position, wants, target)
    behind = {p: at for p, at in sequences.items() if at < target[p]}
    missed, folded = ([], 0) if wants.lossless else await _missed(hub, wants, behind, target)
    # Asked after reading: trimming may come between.
    if not await _are_kept(hub, behind, history if wants.lossless else None):
        return Resumption(reset=stream_pb2.RESET_REASON_TOKEN_TOO_OLD)
    return Resumption(sequences=sequences, missed=missed, folded=folded)


def _continued(
    position: Position, wants: Subscription, target: Mapping[str, int]
) -> dict[str, int]:
    """Return where each product goes on.

    One that the token lacks is new since then, if the subscriber wants all products: it goes on
    from the first event that the bus holds. If the subscriber names its products, it has named
    one more than before, which then starts from a snapshot.
    """
    missing = 0 if wants.products is None else None
    found = {product: position.sequences.get(product, missing) for product in target}
    return {product: at for product, at in found.items() if at is not None}


async def _are_kept(hub: StreamHub, positions: Mapping[str, int], history: History | None) -> bool:
    """Say whether everything after some positions can be had, from the bus or from history."""
    begun = {subject_of(hub.kind.subjects, p): at for p, at in positions.items() if at}
    for subject, gap in (await gaps_after(hub.bus, begun)).items():
        if history is None:
            return False
        past = await history.read(product_of(subject), after=gap.after, through=gap.through)
        if not past.complete:
            return False
    return True


async def _missed(
    hub: StreamHub, wants: Subscription, behind: Mapping[str, int], target: Mapping[str, int]
) -> tuple[list[Update], int]:
    """Read what came between token and now, as a mailbox would have kept it."""
    mailbox = Mailbox(None, accepts=wants.accepts)
    sequences = dict(behind)
    while sequences:
        subjects = {subject_of(hub.kind.subjects, p): at for p, at in sequences.items()}
        most = max(1, _ENTRIES // len(subjects))
        entries = await hub.bus.tail(subjects, limit=most, wait=0.0)
        if not entries:
            break
        for entry in entries:
            product = product_of(entry.subject)
            # What lies beyond the target waits in the subscriber's own mailbox already.
            if product in sequences and entry.sequence <= target[product]:
                mailbox.offer(hub.kind.updates(entry))
            if entry.sequence < target[product]:
                sequences[product] = entry.sequence
            else:
                sequences.pop(product, None)
    return mailbox.take(_ALL)
