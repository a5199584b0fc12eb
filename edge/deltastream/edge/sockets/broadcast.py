"""From market events to the mailboxes of clients."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import partial
from typing import Final

from deltastream.edge.sockets import events, payloads
from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.ledger import Ledger, Update
from deltastream.edge.sockets.measures import CONFLATED, SENT
from deltastream.edge.sockets.rooms import Rooms
from deltastream.edge.sockets.subjects import Subject, SubjectKind, UpdateKey
from deltastream.log_library import structlog
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.market.v1.tick_pb2 import UnderlyingTick

_log = structlog.get_logger()
# Clients that updates go to before anybody else gets a turn: a few milliseconds' work. One update
# goes to all of its own at once, or another could overtake it.
_TURN: Final = 200
# An expiry date two days past is past in every time zone.
_EXPIRED_AFTER: Final = timedelta(days=2)


class Broadcast:
    """Passes market events on to the clients that they concern, and to those that join later.

    An update is encoded here, once, when it first concerns anybody: what cannot be encoded must
    not get as far as the clients' writers, which would take it for a broken connection.
    """

    def __init__(self, *, ledger: Ledger, rooms: Rooms[ClientMailbox]) -> None:
        """Pass on to the members of `rooms`, and keep account in `ledger`."""
        self._ledger = ledger
        self._rooms = rooms
        self._offered = 0

    async def ticks(self, ticks: Iterable[UnderlyingTick]) -> None:
        """Pass on ticks that came together."""
        for tick in ticks:
            await self._pass_on([self._record_tick(tick)])

    async def chains(self, chains: Iterable[EnrichedChain]) -> None:
        """Pass on enriched chains that came together."""
        for chain in chains:
            await self._pass_on(self._record_chain(chain))

    def forget_ticks(self) -> None:
        """Drop the known prices: a snapshot follows."""
        self._ledger.forget({events.UNDERLYING_UPDATE.name})

    def forget_chains(self) -> None:
        """Drop the known chains: a snapshot follows."""
        self._ledger.forget({events.CHAIN_SUMMARY.name, events.CHAIN_UPDATE.name})

    def seq(self, subject: Subject) -> int:
        """Return the number of the subject's newest update."""
        return self._ledger.seq(subject)

    def welcome(self, mailbox: ClientMailbox) -> None:
        """Give a client that has connected the latest of all products."""
        for subject in self._ledger.subjects(SubjectKind.PRODUCT):
            self.give_latest(subject, mailbox)

    def give_latest(self, subject: Subject, mailbox: ClientMailbox) -> None:
        """Give one client the latest of a subject, in the place of what waits for it."""
        latest = _encodable(self._ledger.latest(subject))
        _count_sent(latest)
        mailbox.replace(subject, [(update.key, update.frame) for update in latest])

    def give_missed(self, subject: Subject, seq: int, mailbox: ClientMailbox) -> bool:
        """Give one client all updates after `seq`; False when they are no longer at hand."""
        missed = self._ledger.since(subject, seq)
        if missed is None:
            return False
        encodable = _encodable(missed)
        _count_sent(encodable)
        # Every single one, so each is its own key.
        mailbox.replace(subject, [(update.seq, update.frame) for update in encodable])
        return True

    def _record_tick(self, tick: UnderlyingTick) -> Update | None:
        return self._ledger.record(
            Subject(SubjectKind.PRODUCT, tick.product),
            UpdateKey(events.UNDERLYING_UPDATE.name),
            sequence=tick.sequence,
            payload=partial(payloads.underlying_update, tick),
        )

    def _record_chain(self, chain: EnrichedChain) -> list[Update | None]:
        product = Subject(SubjectKind.PRODUCT, chain.product)
        whole = Subject(SubjectKind.CHAIN, chain.product)
        for subject in (product, whole):
            self._ledger.forget_expired(subject, before=_expired_before(chain))
        return [
            self._ledger.record(
                product,
                UpdateKey(events.CHAIN_SUMMARY.name, chain.expiry),
                sequence=chain.sequence,
                payload=partial(payloads.chain_summary, chain),
            ),
            self._ledger.record(
                whole,
                UpdateKey(events.CHAIN_UPDATE.name, chain.expiry),
                sequence=chain.sequence,
                payload=partial(payloads.chain_update, chain),
            ),
        ]

    async def _pass_on(self, updates: Iterable[Update | None]) -> None:
        for update in updates:
            if update is None:
                continue
            recipients = self._rooms.recipients(update.subject)
            if recipients and _encodable([update]):
                folded = 0
                for mailbox in recipients:
                    folded += mailbox.offer(update.subject, update.key, update.frame)
                SENT[update.key.event].inc(len(recipients))
                CONFLATED[update.key.event].inc(folded)
            self._offered += len(recipients)
        if self._offered >= _TURN:
            self._offered = 0
            await asyncio.sleep(0)


def _count_sent(updates: Iterable[Update]) -> None:
    for update in updates:
        SENT[update.key.event].inc()


def _expired_before(chain: EnrichedChain) -> str:
    """Return the date before which expiries are surely past, by the market's own time."""
    try:
        return (chain.timestamp.ToDatetime() - _EXPIRED_AFTER).date().isoformat()
    except (ValueError, OverflowError):
        return ""


def _encodable(updates: Collection[Update]) -> list[Update]:
    """Encode updates; leave out, and log, those that break the contract too much for that."""
    encoded = []
    for update in updates:
        try:
            update.frame.message()
        except (ValueError, TypeError) as error:
            _log.error("update_not_encodable", subject=update.subject, error=str(error))
        else:
            encoded.append(update)
    return encoded
