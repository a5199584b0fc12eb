"""How many sessions and requests one client address may have."""

import grpc
from aiohttp import web

from deltastream.edge.errors.statuses import StatusError, retry_info, status_of
from deltastream.edge.limits.callers import Caller, Callers
from deltastream.edge.limits.limiter import RateLimiter
from deltastream.edge.sockets.engine_sessions import EngineSessions
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.errors.v1.error_reason_pb2 import ErrorReason


class AddressLimits:
    """Bounds what comes from one address, however many sessions that address opens.

    Args:
        sessions: that there are.
        callers: says whose a session is.
        most_sessions: of one address; 0 is any number.
        limiter: counts the requests; None for any number.
    """

    def __init__(
        self,
        sessions: EngineSessions,
        callers: Callers,
        *,
        most_sessions: int,
        limiter: RateLimiter | None,
    ) -> None:
        self._sessions = sessions
        self._callers = callers
        self._most_sessions = most_sessions
        self._limiter = None if limiter is None or limiter.unlimited else limiter

    def check_session(self, request: web.Request) -> None:
        """Do nothing if a request may open a session, or opens none.

        Raises:
            StatusError: its address has as many as it may have.
        """
        if not self._most_sessions or "sid" in request.query:
            return
        address = self._callers.address_of_request(request)
        opened = self._sessions.opened_by(
            lambda other: self._callers.address_of_request(other) == address
        )
        if opened >= self._most_sessions:
            raise StatusError(
                status_of(
                    grpc.StatusCode.RESOURCE_EXHAUSTED,
                    ErrorReason.ERROR_REASON_RATE_LIMITED,
                    f"one address can have {self._most_sessions} sessions; close one first",
                    metadata={"limit": f"{self._most_sessions} sessions"},
                    details=[retry_info()],
                )
            )

    async def check_request(self, sid: str, *, account: str | None) -> None:
        """Do nothing if a client of an account may send a request.

        Raises:
            RefusedError: its address, or its account, has sent too many.
        """
        request = self._sessions.request_of(sid)
        if self._limiter is None or request is None:
            return
        caller = Caller(self._callers.address_of_request(request), lambda: account)
        verdict = await self._limiter.ask(caller)
        if verdict.refused is not None:
            raise RefusedError(
                ErrorReason.ERROR_REASON_RATE_LIMITED,
                f"at most {verdict.refused.rate} requests are answered",
            )
