"""The payloads of events, requests and acks that are not messages of the contract.

The code makes them by these types, and the AsyncAPI document is read from them: each member says
what it is, and what JSON Schema can say of its limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, NotRequired, TypedDict, get_type_hints

from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.errors import reason_name

# The contract's pattern of a product symbol.
SYMBOL_PATTERN: Final = "[A-Z0-9][A-Z0-9._&-]{0,31}"
# Beyond this JavaScript cannot count.
LARGEST_SEQ: Final = 2**53 - 1
LONGEST_TOKEN: Final = 8192


@dataclass(frozen=True, slots=True)
class About:
    """What a member of a payload is.

    Attributes:
        text: for people.
        limits: further keywords of JSON Schema.
    """

    text: str
    limits: Mapping[str, object] = field(default_factory=dict)


def members_of(shape: type) -> tuple[str, ...]:
    """Return the names of a payload's members."""
    return tuple(get_type_hints(shape))


Kind = Annotated[
    Literal["product", "chain"],
    About(
        "`product`: prices and summaries of one product; `chain`: whole chains of all its expiries."
    ),
]
Symbol = Annotated[
    str,
    About("The product's symbol.", {"pattern": f"^{SYMBOL_PATTERN}$", "examples": ["NIFTY"]}),
]
Seq = Annotated[
    int,
    About(
        "The number of an update within its subject: one more than the subject's update before.",
        {"minimum": 0, "maximum": LARGEST_SEQ},
    ),
]
Symbols = Annotated[list[str], About("The symbols of all known products, ascending.")]
Reason = Annotated[
    str,
    About(
        "Why, for programs: a name of ErrorReason.",
        {"enum": [reason_name(number) for number in ErrorReason.values() if number]},
    ),
]


class Credentials(TypedDict):
    """Who is calling: one of both."""

    token: NotRequired[
        Annotated[
            str | None, About("An access token, without Bearer.", {"maxLength": LONGEST_TOKEN})
        ]
    ]
    api_key: NotRequired[
        Annotated[str | None, About("An API key, for programs.", {"maxLength": LONGEST_TOKEN})]
    ]


class Expiry(TypedDict):
    """Until when a client may stay."""

    expires_at: NotRequired[
        Annotated[
            str,
            About(
                "When the token ends, UTC: `authenticate` before. Absent for who sent none.",
                {"format": "date-time"},
            ),
        ]
    ]


class Refusal(TypedDict):
    """Why something is refused."""

    reason: Reason
    message: Annotated[str, About("Why, for people.")]


class Rejection(TypedDict):
    """Why a connection is refused."""

    message: Annotated[str, About("Why, for people.")]
    data: Annotated[Refusal, About("The same, for programs.")]


class Connected(Expiry):
    """The client is admitted."""

    message: Annotated[str, About("A greeting.")]
    rooms: Annotated[list[str], About("What it receives updates of from now on.")]


class Named(TypedDict):
    """One thing to subscribe to."""

    type: Kind
    symbol: Symbol


class Wanted(Named):
    """What to subscribe to, and where to go on."""

    resume: NotRequired[
        Annotated[
            int | None,
            About(
                "The seq of the last update received of it. Absent or null starts with the latest.",
                {"minimum": 0, "maximum": LARGEST_SEQ},
            ),
        ]
    ]


class Products(TypedDict):
    """The products that can be subscribed to."""

    products: Symbols


class SubscribeAck(Named):
    """The client is subscribed."""

    ok: Literal[True]
    seq: Seq
    resumed: Annotated[
        bool, About("Whether every update after `resume` follows; else the latest does.")
    ]


class UnsubscribeAck(Named):
    """The client is not subscribed any more."""

    ok: Literal[True]


class ProductsAck(Products):
    """The products that can be subscribed to."""

    ok: Literal[True]


class AuthenticateAck(Expiry):
    """The client may stay by its newer credentials."""

    ok: Literal[True]


class RefusedAck(TypedDict):
    """The request is refused, and nothing has changed."""

    ok: Literal[False]
    error: Annotated[Refusal, About("Why; the `error` event says so too.")]
