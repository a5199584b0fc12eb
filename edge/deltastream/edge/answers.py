"""What services answer, as JSON, and what is made of that for clients."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final

from aiohttp import hdrs
from google.protobuf.message import Message

from deltastream.edge.compression import PLAIN, encoded
from deltastream.edge.proto_json.encoding import to_json

Read = Callable[[bytes], Message]

_KEPT: Final = 128
# A chain of 21 strikes has 10 kB, its JSON three times as many.
_MOST_KEPT_BYTES: Final = 16_384
_TAG_LENGTH: Final = 24
_JSON: Final[Mapping[str, str]] = {hdrs.CONTENT_TYPE: "application/json"}


class Answer:
    """The body of an answer; its tag and its encodings are made once, when they are wanted.

    Attributes:
        body: what is sent, in no encoding.
        headers: say what it is: JSON, if nothing else.
    """

    __slots__ = ("_digest", "_encoded", "body", "headers")

    def __init__(self, body: bytes, headers: Mapping[str, str] = _JSON) -> None:
        self.body = body
        self.headers = headers
        self._digest = ""
        self._encoded: dict[str, bytes] = {PLAIN: body}

    def tag(self, encoding: str) -> str:
        """Return its tag in an encoding."""
        self._digest = self._digest or digest_of(self.body)
        return tag_of(self._digest, encoding)

    async def encoded(self, encoding: str) -> bytes:
        """Return its body in an encoding that `encoding_for` has named."""
        if encoding not in self._encoded:
            self._encoded[encoding] = await encoded(self.body, encoding)
        return self._encoded[encoding]


class Answers:
    """Makes answers of what services send.

    They send many clients the same bytes: the newest chain, the products. What those come to is
    worked out once, and kept: the 128 answers that were given last, of 16 kB each at most. The one
    that was not given for longest goes when another comes.
    """

    def __init__(self) -> None:
        self._kept = lru_cache(maxsize=_KEPT)(answer_of)

    def of(self, content: bytes, read: Read) -> Answer:
        """Return an answer, perhaps one that was given before.

        Args:
            content: what the service sent.
            read: makes a message of it.

        Raises:
            DecodeError: it is no such message.
            ValueError: it cannot be written as JSON.
        """
        make = self._kept if len(content) <= _MOST_KEPT_BYTES else answer_of
        return make(content, read)


def answer_of(content: bytes, read: Read) -> Answer:
    """Return an answer that is not kept; see `Answers.of`."""
    return Answer(to_json(read(content)))


def digest_of(body: bytes) -> str:
    """Return what stands for a body in its tags."""
    # Processors compute it by themselves, in half the time of others.
    return sha256(body).hexdigest()[:_TAG_LENGTH]


def tag_of(digest: str, encoding: str) -> str:
    """Return a strong tag: other bytes, other tag, also where only their encoding differs."""
    return f'"{digest}"' if encoding == PLAIN else f'"{digest}-{encoding}"'
