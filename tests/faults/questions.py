"""Questions to the edge, each of which only one role behind it can answer."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
from google.protobuf import json_format
from tests.faults.generator import chain_of

from deltastream.runtime.codec.chains import encode_chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that may be repeated: asking changes nothing.

    Attributes:
        role: who answers it.
        path: of the edge.
        body: JSON to post; None gets.
    """

    role: str
    path: str
    body: str | None = None

    def ask(self, session: aiohttp.ClientSession) -> "aiohttp.client._RequestContextManager":
        """Ask it."""
        if self.body is None:
            return session.get(self.path)
        headers = {"Content-Type": "application/json"}
        return session.post(self.path, data=self.body, headers=headers)


def _chain_to_enrich() -> str:
    chain = encode_chain(chain_of("QUESTION", datetime.now(UTC) + timedelta(days=7)))
    chain.sequence = 1
    return json.dumps({"chain": json_format.MessageToDict(chain, preserving_proto_field_name=True)})


ENRICH: Final = Question(role="enrichment", path="/api/enrich/chain", body=_chain_to_enrich())
"""What a chain of 21 strikes means, which takes some computing."""

QUESTIONS: Final = (
    Question(role="auth", path="/.well-known/jwks.json"),
    Question(role="storage", path="/api/data/products"),
    Question(role="feed", path="/api/feed/status"),
    Question(role="analytics", path="/api/analytics/pcr/NIFTY"),
    ENRICH,
    Question(role="edge", path="/api/openapi.json"),
)
"""One for each role."""
