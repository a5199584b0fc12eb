"""Requests that somebody thought of, each with the wanted differences that it must show."""

from collections.abc import Iterable
from typing import Final

from tests.gateway.case import Case
from tests.gateway.exchange import Request

_TICKS: Final = "/api/data/underlying/NIFTY"
_ENRICH: Final = "/api/enrich/chain"
_REPLAY: Final = "/api/admin/dead-letters:replay"
_STREAM: Final = "/api/stream/ticks"
_PRODUCTS: Final = "/api/data/products"


def _get(target: str, *differs: str, **headers: str) -> Case:
    return _case("GET", target, b"", differs, headers)


def _post(target: str, body: str | bytes, *differs: str, **headers: str) -> Case:
    return _case("POST", target, body, differs, headers)


def _put(target: str, body: str | bytes, *differs: str) -> Case:
    return _case("PUT", target, body, differs, {})


def _case(
    method: str, target: str, body: str | bytes, differs: Iterable[str], headers: dict[str, str]
) -> Case:
    content = body.encode() if isinstance(body, str) else body
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(method=method, target=target, body=content, headers=names)
    return Case(request=request, differs=frozenset(differs))


_PATHS: Final = (
    _get("/api/nothing", "refusal-words"),
    _get("/", "refusal-words"),
    _get("//", "refusal-words"),
    _get("/API/data/products"),
    _get(f"{_PRODUCTS}/"),
    _get(f"{_PRODUCTS}/?a=b"),
    _get("//api/data/products"),
    _get("/api//data/products"),
    _get("/api/data/./products"),
    _get("/api/data/../data/products"),
    _get("/api/data/%70roducts"),
    _get("/api%2Fdata/products", "escaped-slash"),
    _get("/api/data/underlying/", "empty-segment"),
    _get("/api/data/underlying//"),
    _get("/api/data/underlying/A/B"),
    _get("/api/data/chain/NIFTY/2026-01-27"),
    _get("/api/data/chain/NIFTY/", "empty-segment"),
    _get("/api/data/chain//2026-01-27", "empty-segment"),
    _get("/api/data/underlying/M&M"),
    _get("/api/data/underlying/M%26M"),
    _get("/api/data/underlying/a+b"),
    _get("/api/data/underlying/a%20b%2Bc"),
    _get("/api/data/underlying/A%2FB", "escaped-slash"),
    _get("/api/data/underlying/A%2fB", "escaped-slash"),
    _get("/api/data/underlying/A%252FB"),
    _get("/api/data/underlying/%25"),
    _get("/api/data/underlying/%3F%23%3B%3D"),
    _get("/api/data/underlying/A;b=c"),
    _get("/api/data/underlying/A:b"),
    _get("/api/data/underlying/%E2%82%AC"),
    _get("/api/data/underlying/%00"),
    _get("/api/data/underlying/."),
    _get("/api/data/underlying/.."),
    _get("/api/data/underlying/%2e%2e"),
    _get("/api/data/underlying/%", "malformed-escape"),
    _get("/api/data/underlying/%zz", "malformed-escape"),
    _get("/api/data/underlying/%f", "malformed-escape"),
    _get("/api/data/underlying/%ff", "malformed-escape"),
    _get("/api/data/underlying/%C3%28", "malformed-escape"),
    _post("/api/admin/dead-letters%3Areplay", "{}"),
    _post("/api/admin/dead-letters:nope", "{}"),
    _post("/api/admin/dead-letters", "{}", "wrong-method"),
    _get("/probe/path/5/true/COLOR_RED"),
    _get("/probe/path/-5/F/700"),
    _get("/probe/path/5/true/99"),
    _get("/probe/path/x/true/1"),
    _get("/probe/path/5/maybe/1"),
    _get("/probe/path/9223372036854775808/true/1"),
    _get("/probe/path/5//1", "empty-segment"),
    _get("/probe/nested/a"),
    _get("/probe/nested/a?inner.number=5"),
    _get("/probe/nested/a?inner.name=b", "given-twice"),
    _get("/probe/file/files/a/b"),
    _get("/probe/file/files/a%2Fb/c%20d"),
    _get("/probe/file/files/a//b"),
    _get("/probe/file/files/", "empty-segment"),
    _get("/probe/file/files", "empty-segment"),
    _get("/probe/file/other/a"),
    _get("/probe/pair/pairs/a/b"),
    _get("/probe/pair/pairs/a"),
    _get("/probe/pair/pairs/a/b/c"),
    _get("/probe/pair/pairs/a%2Fb/c", "escaped-slash"),
    _get("/probe/verb/x:run"),
    _get("/probe/verb/x:run:run"),
    _get("/probe/verb/x%3Arun"),
    _get("/probe/verb/:run"),
    _get("/probe/verb/x:walk"),
    _get("/probe/verb/x"),
    _get("/probe/time/2026-01-27T09:30:00Z"),
    _get("/probe/time/2026-01-27T09%3A30%3A00%2B05%3A30"),
    _get("/probe/time/today"),
)
_QUERIES: Final = (
    _get(f"{_PRODUCTS}?"),
    _get(f"{_PRODUCTS}?&&"),
    _get(f"{_PRODUCTS}?=", "unknown-name"),
    _get(f"{_PRODUCTS}?x", "unknown-name"),
    _get(f"{_PRODUCTS}?x=1&y=2", "unknown-name"),
    _get(f"{_TICKS}?page_token=a+b%20c%2Bd%26e"),
    _get(f"{_TICKS}?page_token"),
    _get(f"{_TICKS}?page_token="),
    _get(f"{_TICKS}?page_token=a=b"),
    _get(f"{_TICKS}?page_token=%E2%82%AC%00"),
    _get(f"{_TICKS}?page_token=%zz"),
    _get(f"{_TICKS}?page_token=%"),
    _get(f"{_TICKS}?page_token=%ff", "malformed-escape"),
    _get(f"{_TICKS}?page_token=a;limit=5", "semicolon"),
    _get(f"{_TICKS}?page_token=a&page_token=b"),
    _get(f"{_TICKS}?page_token=a&pageToken=b"),
    _get(f"{_TICKS}?page%5Ftoken=a"),
    _get(f"{_TICKS}?pageToken=a&pageSize=5"),
    _get(f"{_TICKS}?PAGE_TOKEN=a", "unknown-name"),
    _get(f"{_TICKS}?page_sise=5", "unknown-name"),
    _get(f"{_TICKS}?product=SPY", "given-twice"),
    _get(f"{_TICKS}?page_size="),
    _get(f"{_TICKS}?page_size=%2B5"),
    _get(f"{_TICKS}?page_size=+5"),
    _get(f"{_TICKS}?limit[x]=5"),
    _get(f"{_TICKS}?start.seconds=5", "unknown-name"),
    _get(f"{_TICKS}?start=2026-01-27T09:30:00%2B05:30&end=2026-01-27T09:30:00Z"),
    _get(f"{_TICKS}?start=2026-01-27T09:30:00+05:30"),
    _get(f"{_TICKS}?start=2026-01-27T09:30:00,5Z", "time-notation"),
    _get("/api/data/chain/NIFTY?view=CHAIN_VIEW_SUMMARY"),
    _get("/api/data/chain/NIFTY?view=2"),
    _get("/api/data/chain/NIFTY?view=9"),
    _get("/api/data/chain/NIFTY?view=summary"),
    _get("/api/data/chain/NIFTY?interval=90m&expiry=2026-01-27"),
    _get("/api/data/chain/NIFTY?interval=315576000000s", "long-duration"),
    _get("/api/analytics/volatility-surface/NIFTY?log_moneyness=-1&log_moneyness=.5"),
    _get("/api/analytics/volatility-surface/NIFTY?log_moneyness=-1,0.5"),
    _get("/api/analytics/volatility-surface/NIFTY?log_moneyness=0x1p-2", "number-notation"),
    _get("/api/analytics/pcr/NIFTY?history=T"),
    _get("/api/analytics/pcr/NIFTY?history"),
    _get(f"{_STREAM}?products=A&products=B&heartbeat_interval=5s"),
    _get(f"{_STREAM}?products=A,B"),
    _get(f"{_STREAM}?products="),
    _get(f"{_STREAM}?products[]=A", "unknown-name"),
    _get(f"{_STREAM}?delivery=DELIVERY_LOSSLESS"),
    _get(f"{_STREAM}?delivery=lossless"),
    _get("/probe/query?values=5"),
    _get("/probe/query?values.a_string.x=5"),
    _get("/probe/query?values.aString=x&values.anInner.name=y"),
    _get("/probe/query?values.doubles_by_name[x]=5", "unknown-name"),
    _get("/probe/query?values.some_color=COLOR_RED&values.some_color=700"),
    _get("/probe/query?values.chosen_number=5&values.chosen_text=x"),
    _get("/probe/query?values.chosen_number=5&values.chosen_number=6"),
)
_BODIES: Final = (
    _post(_REPLAY, b""),
    _post(_REPLAY, b" \r\n\t"),
    _post(_REPLAY, "{}"),
    _post(_REPLAY, '{"ids":["1","2"]}'),
    _post(_REPLAY, '{"ids":null}'),
    _post(_REPLAY, '{"ids":"1"}'),
    _post(_REPLAY, '{"ids":[null]}'),
    _post(_REPLAY, "null"),
    _post(_REPLAY, "[]"),
    _post(_REPLAY, "1"),
    _post(_REPLAY, "{"),
    _post(_REPLAY, '{"ids":[],}'),
    _post(_REPLAY, "{'ids':[]}"),
    _post(_REPLAY, '{"ids":[]} x', "more-after-the-body"),
    _post(_REPLAY, "{}{}", "more-after-the-body"),
    _post(_REPLAY, b"\xef\xbb\xbf{}"),
    _post(_REPLAY, "{}".encode("utf-16")),
    _post(_REPLAY, b'{"ids":["\xff"]}'),
    _post(_REPLAY, '{"ids":["\u20ac\\u20ac"]}'),
    _post(_REPLAY, '{"idz":[]}', "unknown-name"),
    _post(_REPLAY, '{"ids":[],"ids":[]}'),
    _post(_REPLAY, '{"zzz":1,"zzz":2}', "given-twice"),
    _post(f"{_REPLAY}?ids=1", "{}", "unknown-name"),
    _post(_REPLAY, "{}", Content_Type="text/plain"),
    _post(_REPLAY, '{"ids":["1"]}', Content_Type="application/xml; charset=utf-16"),
    _post(_REPLAY, "ids=1", Content_Type="application/x-www-form-urlencoded"),
    _post(_REPLAY, '{"ids":["' + "a" * (1 << 20) + '"]}', "body-limit"),
    _post(_ENRICH, '{"chain":{"spotPrice":1,"spot_price":2}}'),
    _post(_ENRICH, '{"chain":{"calls":[{"strike":1},{"strike":"x"}]}}'),
    _post(_ENRICH, '{"chain":{"sequence":18446744073709551615,"spot_price":"1e-7"}}'),
    _post(_ENRICH, '{"chain":{"sequence":1e18}}', "rounded-integer"),
    _post(_ENRICH, '{"chain":{"sequence":9007199254740993.0}}', "rounded-integer"),
    _post(_ENRICH, '{"chain":{"sequence":"9007199254740993.0"}}'),
    _post(_ENRICH, '{"chain":{"sequence":1e-400}}', "vanishing-number"),
    _post(_ENRICH, '{"chain":{"spot_price":-0}}', "negative-zero"),
    _post(_ENRICH, '{"chain":{"spot_price":-0.0}}'),
    _post(_ENRICH, '{"chain":{"timestamp":"2026-01-27T9:30:00Z"}}', "time-notation"),
    _post("/api/auth/api-keys", '{"name":"a","expires_in":".s"}', "no-digits"),
    _post("/api/auth/api-keys", '{"name":"a","expiresIn":"3600s","roles":["reader"]}'),
    _post("/api/analytics/calculate", '{"model":"BLACK"}', "unknown-enum-name"),
    _post("/api/analytics/calculate", '{"options":[{"option_type":1,"price":"NaN"}]}'),
    _post("/probe/body", '{"values":{"an_inner":' + '{"inner":' * 40 + "{}" + "}" * 42),
    _post(
        "/probe/body", '{"values":{"an_inner":' + '{"inner":' * 70 + "{}" + "}" * 72, "deep-body"
    ),
    _post("/probe/body", '{"values":{"chosen_number":"1","chosen_text":"y"}}'),
    _post("/probe/body", '{"values":{"chosen_number":null,"chosen_text":"y"}}'),
    _post("/probe/body", '{"values":{"texts_by_number":{"1":"a","x":"b"}}}'),
    _post("/probe/body", '{"values":{"doubles_by_name":{"a":null}}}'),
    _put("/api/auth/users/x/roles", '{"roles":["reader"]}'),
    _put("/api/auth/users/x/roles", '{"user_id":"y","roles":["reader"]}'),
    _put("/api/auth/users/x/roles?user_id=z", '{"roles":["reader"]}', "given-twice"),
    _put("/probe/field/n?number=5", '{"a_string":"x"}'),
    _put("/probe/field/n?name=5", "{}", "given-twice"),
    _put("/probe/field/n?values.a_string=5", "{}", "unknown-name"),
    _put("/probe/field/n", b"", "field-body"),
    _put("/probe/field/n", "null", "field-body"),
    _put("/probe/field/n", "5"),
    _put("/probe/field/n", "[]"),
    _post("/probe/list/n", '[{"name":"x"},{}]'),
    _post("/probe/list/n", '{"name":"x"}'),
    _post("/probe/list/n", "[null]"),
    _post("/probe/list/n", "null"),
    _post("/probe/list/n", b""),
    _case("GET", _TICKS, '{"page_size":5}', (), {}),
    _case("DELETE", "/api/auth/api-keys/x", '{"id":"y"}', (), {}),
)
_METHODS: Final = (
    *(
        _case(method, _PRODUCTS, b"", ("wrong-method",), {})
        for method in ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
    ),
    *(
        _case(method, "/api/auth/login", b"", ("wrong-method",), {})
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
    ),
    _case("HEAD", "/api/nothing", b"", (), {}),
    _case("DELETE", "/api/nothing", b"", (), {}),
    _post(
        f"{_TICKS}?limit=5",
        "page_token=a",
        "method-fallback",
        Content_Type="application/x-www-form-urlencoded",
    ),
    _post(
        _PRODUCTS,
        b"",
        "method-fallback",
        Content_Type="application/x-www-form-urlencoded",
        X_HTTP_Method_Override="GET",
    ),
    _post(_PRODUCTS, b"", "wrong-method", X_HTTP_Method_Override="GET"),
)
_HEADERS: Final = (
    _get(_PRODUCTS, Accept="text/html"),
    _get(_PRODUCTS, Accept="text/event-stream"),
    _get(_PRODUCTS, Grpc_Timeout="5S"),
    _get(_PRODUCTS, Grpc_Timeout="500m"),
    _get(_PRODUCTS, Grpc_Timeout="5"),
    _get(_PRODUCTS, Grpc_Timeout="S"),
    _get(_PRODUCTS, Grpc_Timeout="5 S"),
    _get(_PRODUCTS, Authorization="Bearer x"),
    _get(_STREAM, "stream-media-type", Accept="application/json"),
)
CASES: Final = (*_PATHS, *_QUERIES, *_BODIES, *_METHODS, *_HEADERS)
"""All of them. An empty answer is what they get, if they get one."""
