"""Which expiry is the nearest, for RPCs that have to be told one."""

import grpc

from deltastream.analytics.v1.analytics_service_pb2 import (
    GetPutCallRatioRequest,
    GetPutCallRatioResponse,
)
from deltastream.edge.credentials import Metadata
from deltastream.edge.tables.methods import GET_PUT_CALL_RATIO
from deltastream.edge.transcoder.unary_call import UnaryCall


class NearestExpiry:
    """Asks analytics, which has the rule: the first not expired at the time of the newest chain.

    Args:
        channel: leads to analytics.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._call = UnaryCall(GET_PUT_CALL_RATIO, channel)

    async def of(self, product: str, *, seconds: float, metadata: Metadata) -> str:
        """Return the nearest expiry of a product.

        Args:
            product: the symbol.
            seconds: the longest that it may take.
            metadata: says who is calling.

        Raises:
            StatusError: the call failed; there may be no such product, or no chain of it.
        """
        request = GetPutCallRatioRequest(product=product)
        content = await self._call.content(request, seconds=seconds, metadata=metadata)
        return GetPutCallRatioResponse.FromString(content).latest.expiry
