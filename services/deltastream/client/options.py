"""What can be said about a stream when it is asked for."""

from typing import TypedDict

from deltastream.client.frames import OnGap
from deltastream.stream.v1.stream_pb2 import DeliveryPolicy


class StreamOptions(TypedDict, total=False):
    """What can be said about a stream. Everything may be left out.

    Attributes:
        delivery: LOSSLESS for every event, CONFLATED (the default) for the newest of each key.
        resume: a token that an earlier stream of the same kind had; it goes on exactly there.
            Without one, or with an empty one, the stream begins with the latest of everything.
        on_gap: told when events may have been missed; instead of the Mesh's.
        heartbeat: the longest silence in seconds, 1 to 60.
        give_up_after: the seconds of trouble after which the stream raises; instead of the Mesh's.
    """

    delivery: "DeliveryPolicy.ValueType"
    resume: str
    on_gap: OnGap
    heartbeat: float
    give_up_after: float | None
