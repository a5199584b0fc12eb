"""Results on their way to this replica's own streams, without being read back from the bus."""

from collections.abc import Iterable

from deltastream.domain.subjects import kind_of, product_of
from deltastream.ports.bus import Entry
from deltastream.runtime.streams.hub import StreamHub


class Handover:
    """Knows between which results of a subject nothing lies, and hands those on.

    While a product's lease is held nobody else publishes anything of it, but for dead letters that
    are replayed, and those find no place between two results, unless an event was given up there.
    Before the first result under a lease there may be others. All that is not handed on reaches
    the streams from the bus.
    """

    def __init__(self, hubs: Iterable[StreamHub] = ()) -> None:
        self._hubs = {hub.kind.subjects: hub for hub in hubs}
        self._newest: dict[str, int] = {}

    def published(self, entry: Entry) -> None:
        """Hand on what the bus has taken. To be told of every result, in their order."""
        hub = self._hubs.get(kind_of(entry.subject))
        before = self._newest.get(entry.subject)
        self._newest[entry.subject] = entry.sequence
        if hub is not None and before is not None:
            hub.take_published(entry, after=before)

    def forget(self, product: str) -> None:
        """Take note that something of a product may be published elsewhere from now on."""
        for subject in [each for each in self._newest if product_of(each) == product]:
            del self._newest[subject]
