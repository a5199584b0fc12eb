"""The few bytes of protobuf that frames are joined from: encoded messages concatenate.

All streaming RPCs number these fields alike, which a test holds them to.
"""

from typing import Final

from deltastream.runtime.codec.wire import BYTES, VARINT, tag, varint

EVENTS: Final = tag(1, BYTES)
"""The events of a batch."""
SNAPSHOT: Final = tag(2, VARINT) + varint(1)
"""A batch's statement that it is a snapshot."""
SEQUENCE: Final = tag(1, VARINT)
RESUME_TOKEN: Final = tag(2, BYTES)
BATCH: Final = tag(3, BYTES)
TRACEPARENTS: Final = tag(10, BYTES)


def element(of: bytes, data: bytes) -> bytes:
    """Write one value of a field of messages, strings or bytes, given by its tag."""
    return b"".join((of, varint(len(data)), data))
