"""How long a read through a stub may take that does not say so itself."""

from collections.abc import Iterable
from typing import Any, Final

import grpc

READ_SECONDS: Final = 10.0


class ReadTimeout(grpc.aio.UnaryUnaryClientInterceptor):
    """Gives reads without a deadline one.

    gRPC counts the timeout of a service config from the clock of the day. Once that has been set
    back by more, every call with one ends as it begins.
    """

    def __init__(self, reads: Iterable[str]) -> None:
        """Heed some methods, by their names on the wire."""
        self._reads = frozenset(read.encode() for read in reads)

    async def intercept_unary_unary(
        self,
        continuation: Any,
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Make the call."""
        # Bytes, whatever the type stubs say.
        method: Any = client_call_details.method
        if client_call_details.timeout is None and method in self._reads:
            client_call_details = grpc.aio.ClientCallDetails(
                method=client_call_details.method,
                timeout=READ_SECONDS,
                metadata=client_call_details.metadata,
                credentials=client_call_details.credentials,
                wait_for_ready=client_call_details.wait_for_ready,
            )
        return await continuation(client_call_details, request)
