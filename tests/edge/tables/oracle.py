"""The rows of each table, worked out from what the same mesh answers over REST.

It shares no line with what writes tables: names of fields are looked up in canonical proto JSON,
in which absent ones are absent.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, Final

from tests.edge.tables.tables_mesh import TablesMesh

Json = Any
Row = dict[str, Any]
Oracle = Callable[[TablesMesh], Awaitable[list[Row]]]

_LEG: Final = (
    "open_interest", "change_in_open_interest", "buildup", "volume", "bid_size", "bid", "ask",
    "ask_size", "last", "price_change", "iv", "iv_missing", "delta", "gamma", "theta", "vega",
    "rho",
)  # fmt: skip
_INTEREST: Final = ("open_interest", "change_in_open_interest", "buildup")
_PREFIXES: Final = {
    "buildup": "BUILDUP_",
    "call": "BUILDUP_",
    "put": "BUILDUP_",
    "iv_missing": "MISSING_REASON_",
    "reason": "MISSING_REASON_",
    "baseline": "BUILDUP_BASELINE_",
    "price_basis": "PRICE_BASIS_",
    "method": "SLICE_METHOD_",
    "state": "CANDLE_STATE_",
    "quantity_unit": "QUANTITY_UNIT_",
}
_ABOUT: Final = ("product", "expiry", "timestamp")


def value(message: Json, name: str) -> Any:
    """Return a field; an enum by its short name, None for what is absent or not stated."""
    found = message.get(name)
    if name in _PREFIXES and isinstance(found, str):
        short = found.removeprefix(_PREFIXES[name])
        return None if short == "UNSPECIFIED" else short
    return found


def some(message: Json, *names: str) -> Row:
    return {name: value(message, name) for name in names}


def timed(message: Json, field: str = "timestamp") -> Row:
    at = message[field]
    return {
        "timestamp": at,
        "time_ms": round(datetime.fromisoformat(at).timestamp() * 1000),
    }


def why(message: Json) -> Row:
    reasons = (f"{each['field']}: {value(each, 'reason')}" for each in message["missing"])
    return {"missing": "; ".join(reasons) or None}


async def nearest_chain(mesh: TablesMesh) -> Json:
    pcr = await mesh.get("/api/analytics/pcr/NIFTY")
    expiry = pcr["latest"]["expiry"]
    page = await mesh.get(f"/api/data/chain/NIFTY/{expiry}", limit="1")
    return page["chains"][0]


def by_strike(legs: Iterable[Json]) -> dict[float, Json]:
    return {leg["strike"]: leg for leg in legs}


def mirrored(names: Iterable[str]) -> Oracle:
    async def rows(mesh: TablesMesh) -> list[Row]:
        chain = await nearest_chain(mesh)
        sides = {"call": by_strike(chain["calls"]), "put": by_strike(chain["puts"])}
        strikes = sorted({strike for legs in sides.values() for strike in legs})
        return [
            some(chain, *_ABOUT)
            | {"strike": strike}
            | {
                f"{side}_{name}": value(legs.get(strike, {}), name)
                for side, legs in sides.items()
                for name in names
            }
            for strike in strikes
        ]

    return rows


def entries(path: str, field: str, *names: str, **query: str) -> Oracle:
    """Return what has a row an entry of a list in an answer."""

    async def rows(mesh: TablesMesh) -> list[Row]:
        answer = await mesh.get(f"/api/analytics/{path}/NIFTY", **query)
        return [some(answer, *_ABOUT) | some(each, *names) for each in answer[field]]

    return rows


def series(path: str, *names: str) -> Oracle:
    async def rows(mesh: TablesMesh) -> list[Row]:
        answer = await mesh.get(f"/api/analytics/{path}/NIFTY", history="true")
        expiry = answer.get("expiry") or answer["latest"]["expiry"]
        return [
            {"product": "NIFTY", "expiry": expiry} | timed(each) | some(each, *names) | why(each)
            for each in answer["history"]
        ]

    return rows


async def buildup(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/analytics/oi-buildup/NIFTY")
    return [
        some(answer, *_ABOUT, "baseline", "baseline_at")
        | some(each, "strike", "call_oi_change", "call_price_change")
        | some(each, "put_oi_change", "put_price_change")
        | {"call_buildup": value(each, "call"), "put_buildup": value(each, "put")}
        for each in answer["strikes"]
    ]


async def profile(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/analytics/gamma-exposure/NIFTY")
    return [
        some(answer, *_ABOUT) | {"price": each["spot_price"], "net_gamma": each["net_gamma"]}
        for each in answer["profile"]
    ]


async def figures(mesh: TablesMesh) -> list[Row]:
    chain = await nearest_chain(mesh)
    missing = {each["field"]: value(each, "reason") for each in chain["missing"]}
    rows = await mesh.rows("figures", product="NIFTY")
    # Which figures there are, and what they are called, is the table's own.
    return [
        some(chain, *_ABOUT)
        | some(row, "figure", "label", "unit")
        | {"value": chain.get(row["figure"]), "missing": missing.get(row["figure"])}
        for row in rows
    ]


async def smile(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/analytics/volatility-surface/NIFTY")
    nearest = answer["expiries"][0]
    points = zip(nearest["strikes"], nearest["ivs"], nearest["fitted_ivs"], strict=True)
    return [
        {"product": "NIFTY", "strike": strike, "iv": iv, "fitted_iv": fitted}
        | some(nearest, "expiry", "timestamp", "forward")
        for strike, iv, fitted in points
    ]


async def term_structure(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/analytics/volatility-surface/NIFTY")
    names = ("expiry", "timestamp", "years_to_expiry", "forward", "atm_iv", "method", "fit_error")
    flags = ("butterfly_arbitrage", "calendar_arbitrage")
    return [
        {"product": "NIFTY"} | some(each, *names, *flags) | why(each) for each in answer["expiries"]
    ]


async def surface(mesh: TablesMesh) -> list[Row]:
    grid = [step / 40 for step in range(-12, 13)]
    wanted = "&".join(f"log_moneyness={each}" for each in grid)
    answer = await mesh.get(f"/api/analytics/volatility-surface/NIFTY?{wanted}")
    return [
        some(answer, "product", "timestamp")
        | some(row, "expiry", "years_to_expiry")
        | {"log_moneyness": place, "iv": iv}
        for row in answer["grid"]
        for place, iv in zip(grid, row["ivs"], strict=True)
    ]


async def candles(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/analytics/ohlc/NIFTY")
    names = ("product", "open", "high", "low", "close", "volume", "state", "imputed")
    return [
        timed(each, "start") | some(each, *names) | {"tick_count": int(each["tick_count"])}
        for each in answer["candles"]
    ]


async def prices(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/data/underlying/NIFTY")
    return [
        timed(each) | some(each, "product", "price", "volume") for each in answer["ticks"][::-1]
    ]


async def products(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/data/products")
    names = ("name", "exchange", "currency", "time_zone", "quantity_unit", "lot_size", "tick_size")
    return [
        {"product": each["symbol"]} | some(each, *names, "strike_step")
        for each in answer["details"]
    ]


async def product_options(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/data/products")
    return [{"label": each, "value": each} for each in answer["products"]]


async def expiries(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/data/expiries/NIFTY")
    return [{"product": "NIFTY", "expiry": each} for each in answer["expiries"]]


async def expiry_options(mesh: TablesMesh) -> list[Row]:
    answer = await mesh.get("/api/data/expiries/NIFTY")
    days = [{"label": each, "value": each} for each in answer["expiries"]]
    return [{"label": "Nearest", "value": "nearest"}, *days]


ORACLES: Final[dict[str, Oracle]] = {
    "chain": mirrored(_LEG),
    "figures": figures,
    "open-interest": mirrored(_INTEREST),
    "oi-buildup": buildup,
    "max-pain": entries("max-pain", "curve", "strike", "call_pain", "put_pain", "total_pain"),
    "smile": smile,
    "term-structure": term_structure,
    "surface": surface,
    "gamma-exposure": entries(
        "gamma-exposure", "strikes", "strike", "call_gamma", "put_gamma", "net_gamma"
    ),
    "gamma-profile": profile,
    "straddle-history": series(
        "straddle", "atm_strike", "call_price", "put_price", "straddle_price", "price_basis",
        "atm_iv", "expected_move", "expected_move_straddle", "spot_price",
    ),
    "pcr-history": series(
        "pcr", "pcr_oi", "pcr_volume", "total_call_oi", "total_put_oi", "total_call_volume",
        "total_put_volume",
    ),
    "max-pain-history": series("max-pain", "max_pain_strike", "spot_price"),
    "candles": candles,
    "prices": prices,
    "products": products,
    "expiries": expiries,
    "product-options": product_options,
    "expiry-options": expiry_options,
}  # fmt: skip
