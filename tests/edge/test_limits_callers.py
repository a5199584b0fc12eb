"""Whose request it is."""

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from tests.edge.known_accounts import Known
from tests.fixtures.token_authority import TokenAuthority

from deltastream.edge.limits.callers import Callers, network_of

PROXIED = {"X-Forwarded-For": "203.0.113.66, 198.51.100.7, 10.0.0.2"}


def address(hops: int, headers: dict[str, str]) -> str:
    request = make_mocked_request("GET", "/", headers=headers)
    return Callers(trusted_hops=hops).address_of_request(request.clone(remote="192.0.2.1"))


def test_without_trusted_proxies_the_connection_says_who_it_is() -> None:
    assert address(0, PROXIED) == "192.0.2.1"


@pytest.mark.parametrize(
    ("hops", "expected"), [(1, "10.0.0.2"), (2, "198.51.100.7"), (3, "203.0.113.66")]
)
def test_each_trusted_proxy_is_believed_one_address(hops: int, expected: str) -> None:
    assert address(hops, PROXIED) == expected


def test_what_a_client_writes_itself_changes_nothing() -> None:
    honest = {"X-Forwarded-For": "198.51.100.7"}
    forged = {"X-Forwarded-For": "1.2.3.4, 5.6.7.8, 198.51.100.7"}
    assert address(1, honest) == address(1, forged) == "198.51.100.7"


def test_who_comes_round_the_proxies_is_known_by_the_connection() -> None:
    assert address(1, {}) == "192.0.2.1"
    assert address(2, {"X-Forwarded-For": "1.2.3.4"}) == "192.0.2.1"


def test_what_is_no_address_is_one_caller_for_all() -> None:
    assert address(1, {"X-Forwarded-For": "unknown"}) == ""
    assert address(1, {"X-Forwarded-For": "x" * 4000}) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_an_ipv6_network_is_one_caller_and_an_ipv4_address_too(
    one: str, other: str, *, same: bool
) -> None:
    assert (network_of(one) == network_of(other)) is same


async def test_an_account_is_the_same_whichever_token_or_key_it_sends() -> None:
    authority = TokenAuthority()
    one, another = authority.token("reader"), authority.token("reader", session="session/2")
    known = await Known(authority=authority, keys={"ds_1": authority.token("admin")}).accounts()
    assert one != another
    assert known.of(f"Bearer {one}", None) == known.of(f"bEARER {another}", None) == "ada"
    assert known.of(None, "ds_1") == "ada"
    assert known.of(f"Bearer {authority.token('reader', subject='bob')}", None) == "bob"


@pytest.mark.parametrize(
    "sent",
    [
        (None, None),
        ("", ""),
        ("ada", None),
        ("Bearer ada", None),
        ("Basic YWRhOng=", None),
        (b"Bearer ada", None),
        (None, "ds_2"),
        (None, b"ds_1"),
        ("Bearer ada", "ds_1"),
    ],
)
async def test_what_proves_nothing_is_nobodys(sent: tuple[Any, Any]) -> None:
    authority = TokenAuthority()
    known = await Known(authority=authority, keys={"ds_1": authority.token("admin")}).accounts()
    assert known.of(*sent) is None


async def test_a_token_that_is_good_no_more_is_nobodys() -> None:
    known = Known()
    authority = known.authority
    accounts = await known.accounts()
    good, ended = authority.token("reader"), authority.token("reader", session="session/2")
    assert accounts.of(f"Bearer {ended}", None) == "ada"
    authority.revocations["session/2"] = 4e9
    await known.revocations.refresh()
    expired = authority.token("reader", lifetime=-1.0)
    forged = TokenAuthority().token("reader")
    for text in (expired, forged, ended):
        assert accounts.of(f"Bearer {text}", None) is None
    assert accounts.of(f"Bearer {good}", None) == "ada"


@pytest.mark.parametrize(
    ("hops", "stated", "secure"),
    [
        (0, "https", False),
        (1, "https", True),
        (1, "http", False),
        (1, "https, http", False),
        (1, "http, https", True),
    ],
)
def test_tls_is_believed_of_a_trusted_proxy_alone(hops: int, stated: str, *, secure: bool) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-Proto": stated})
    assert Callers(trusted_hops=hops).is_secure(request) is secure
