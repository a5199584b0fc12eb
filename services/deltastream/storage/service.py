"""StorageService: what the mesh remembers."""

from deltastream.domain.errors import (
    ExpiryNotFoundError,
    ProductNotFoundError,
    SymbolNotFoundError,
)
from deltastream.domain.events import Candle, EnrichedChain, OptionQuote, UnderlyingTick
from deltastream.ports.store import Cursor, Kind, MarketStore, Window
from deltastream.runtime.codec.candles import decode_candle, encode_candle
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.runtime.codec.moments import to_date
from deltastream.runtime.codec.products import decode_product, encode_product
from deltastream.runtime.codec.ticks import decode_quote, encode_quote, encode_tick
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.interceptors.validation import validates_itself
from deltastream.storage.decoding import decode_chains, decode_ticks
from deltastream.storage.latest import LatestValues
from deltastream.storage.listing import Listing
from deltastream.storage.measures import written
from deltastream.storage.runs import page_of_chains, page_of_ticks
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceServicer

_DEFAULT_CANDLE_MINUTES = 5


class StorageServicer(StorageServiceServicer):
    """Translates between the contract and the market store."""

    def __init__(self, *, store: MarketStore, latest: LatestValues) -> None:
        self._store = store
        self._latest = latest

    async def PutProducts(
        self, request: pb.PutProductsRequest, context: Context
    ) -> pb.PutProductsResponse:
        """Store descriptions of products."""
        done = await self._store.put_products([decode_product(p) for p in request.products])
        return pb.PutProductsResponse(stored=done.stored, unchanged=done.unchanged)

    @validates_itself
    async def PutTicks(self, request: pb.PutTicksRequest, context: Context) -> pb.PutTicksResponse:
        """Store ticks."""
        ticks = decode_ticks(request)
        done = await written(Kind.TICKS, ticks, self._store.put_ticks)
        self._latest.put_ticks(ticks)
        return pb.PutTicksResponse(stored=done.stored, unchanged=done.unchanged)

    async def PutQuotes(
        self, request: pb.PutQuotesRequest, context: Context
    ) -> pb.PutQuotesResponse:
        """Store quotes."""
        quotes = [decode_quote(quote) for quote in request.quotes]
        done = await written(Kind.QUOTES, quotes, self._store.put_quotes)
        return pb.PutQuotesResponse(stored=done.stored, unchanged=done.unchanged)

    @validates_itself
    async def PutChains(
        self, request: pb.PutChainsRequest, context: Context
    ) -> pb.PutChainsResponse:
        """Store enriched chains."""
        done = await written(Kind.CHAINS, decode_chains(request), self._store.put_chains)
        self._latest.put_chains(request.chains)
        return pb.PutChainsResponse(stored=done.stored, unchanged=done.unchanged)

    async def PutCandles(
        self, request: pb.PutCandlesRequest, context: Context
    ) -> pb.PutCandlesResponse:
        """Store candles."""
        candles = [decode_candle(candle) for candle in request.candles]
        done = await written(Kind.CANDLES, candles, self._store.put_candles)
        return pb.PutCandlesResponse(stored=done.stored, unchanged=done.unchanged)

    async def ReadTicks(
        self, request: pb.ReadTicksRequest, context: Context
    ) -> pb.ReadTicksResponse:
        """Read ticks in the order of their sequence."""
        return await page_of_ticks(self._store, request)

    async def ReadChains(
        self, request: pb.ReadChainsRequest, context: Context
    ) -> pb.ReadChainsResponse:
        """Read chains in the order of their sequence."""
        return await page_of_chains(self._store, request)

    async def ListProducts(
        self, request: pb.ListProductsRequest, context: Context
    ) -> pb.ListProductsResponse:
        """List the products."""
        products = await self._store.products()
        return pb.ListProductsResponse(
            products=[product.symbol for product in products],
            details=[encode_product(product) for product in products],
        )

    async def ListExpiries(
        self, request: pb.ListExpiriesRequest, context: Context
    ) -> pb.ListExpiriesResponse:
        """List a product's expiries."""
        expiries = await self._store.expiries(request.product, past=request.include_past)
        if not expiries:
            await self._require_product(request.product)
        return pb.ListExpiriesResponse(
            product=request.product, expiries=[expiry.isoformat() for expiry in expiries]
        )

    async def ListTicks(
        self, request: pb.ListTicksRequest, context: Context
    ) -> pb.ListTicksResponse:
        """List ticks."""
        listing = Listing.of(request, "ticks", request.product)
        if listing.newest_only and (tick := await self._latest.tick(request.product)):
            return pb.ListTicksResponse(
                product=request.product,
                count=1,
                ticks=[tick],
                next_page_token=listing.token_after(tick.timestamp, str(tick.sequence)),
            )
        rows, token = listing.page(
            await self._store.ticks(request.product, listing.window), _tick_cursor
        )
        if not rows:
            await self._require_product(request.product)
        return pb.ListTicksResponse(
            product=request.product,
            count=len(rows),
            ticks=[encode_tick(row) for row in rows],
            next_page_token=token,
        )

    async def ListQuotes(
        self, request: pb.ListQuotesRequest, context: Context
    ) -> pb.ListQuotesResponse:
        """List quotes of one option."""
        listing = Listing.of(request, "quotes", request.symbol)
        rows, token = listing.page(
            await self._store.quotes(request.symbol, listing.window), _quote_cursor
        )
        if not rows and listing.unbounded:
            raise SymbolNotFoundError(request.symbol)
        return pb.ListQuotesResponse(
            symbol=request.symbol,
            count=len(rows),
            quotes=[encode_quote(row) for row in rows],
            next_page_token=token,
        )

    async def ListChains(
        self, request: pb.ListChainsRequest, context: Context
    ) -> pb.ListChainsResponse:
        """List chains of one expiry, or of all."""
        thinning = request.interval.ToJsonString()
        listing = Listing.of(
            request, "chains", request.product, request.expiry, request.view, thinning
        )
        if listing.newest_only and request.expiry and request.view != pb.CHAIN_VIEW_SUMMARY:
            chain = await self._latest.chain(request.product, request.expiry)
            if chain is not None:
                return pb.ListChainsResponse(
                    product=request.product,
                    count=1,
                    chains=[chain],
                    next_page_token=listing.token_after(chain.timestamp, chain.expiry),
                )
        rows, token = listing.page(await self._chains(request, listing.window), _chain_cursor)
        if not rows:
            await self._require_expiry(request.product, request.expiry)
        return pb.ListChainsResponse(
            product=request.product,
            count=len(rows),
            chains=[encode_enriched(row) for row in rows],
            next_page_token=token,
        )

    async def ListCandles(
        self, request: pb.ListCandlesRequest, context: Context
    ) -> pb.ListCandlesResponse:
        """List candles."""
        minutes = request.window_minutes or _DEFAULT_CANDLE_MINUTES
        listing = Listing.of(request, "candles", request.product, minutes)
        rows, token = listing.page(
            await self._store.candles(request.product, minutes, listing.window), _candle_cursor
        )
        if not rows:
            await self._require_product(request.product)
        return pb.ListCandlesResponse(
            product=request.product,
            count=len(rows),
            candles=[encode_candle(row) for row in rows],
            next_page_token=token,
        )

    async def _chains(self, request: pb.ListChainsRequest, window: Window) -> list[EnrichedChain]:
        with_legs = request.view != pb.CHAIN_VIEW_SUMMARY
        expiry = to_date(request.expiry) if request.expiry else None
        if expiry is None or not request.HasField("interval"):
            return await self._store.chains(request.product, expiry, window, with_legs=with_legs)
        interval = request.interval.ToTimedelta()
        return await self._store.sampled_chains(
            request.product, expiry, interval, window, with_legs=with_legs
        )

    async def _require_product(self, product: str) -> None:
        """Tell an empty listing from a product that does not exist."""
        known = [known.symbol for known in await self._store.products()]
        if product not in known:
            raise ProductNotFoundError(product, known)

    async def _require_expiry(self, product: str, expiry: str) -> None:
        await self._require_product(product)
        if expiry and to_date(expiry) not in await self._store.expiries(product, past=True):
            raise ExpiryNotFoundError(product, expiry)


def _tick_cursor(tick: UnderlyingTick) -> Cursor:
    return Cursor(timestamp=tick.timestamp, key=str(tick.sequence))


def _quote_cursor(quote: OptionQuote) -> Cursor:
    return Cursor(timestamp=quote.timestamp, key="")


def _chain_cursor(enriched: EnrichedChain) -> Cursor:
    return Cursor(timestamp=enriched.chain.timestamp, key=enriched.chain.expiry.isoformat())


def _candle_cursor(candle: Candle) -> Cursor:
    return Cursor(timestamp=candle.start, key="")
