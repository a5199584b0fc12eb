"""Whom an access token identifies, asked of AuthService."""

from collections.abc import Awaitable, Callable
from typing import Final

import grpc

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub

_REFUSED: Final = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.INVALID_ARGUMENT}
_SECONDS: Final = 5.0


def token_verifier(auth: AuthServiceStub) -> Callable[[str], Awaitable[pb.User | None]]:
    """Return a function that names a token's user; None when the token is not valid.

    It raises grpc.aio.AioRpcError when auth cannot be asked.
    """

    async def verify(token: str) -> pb.User | None:
        try:
            answer = await auth.Verify(pb.VerifyRequest(token=token), timeout=_SECONDS)
        except grpc.aio.AioRpcError as error:
            if error.code() in _REFUSED:
                return None
            raise
        return answer.user

    return verify
