"""Reaches one role of a mesh from the command line, as an operator."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

import grpc

from deltastream.client.credentials import Credentials
from deltastream.runtime import exit_codes
from deltastream.runtime.errors import STATUS_DETAILS_KEY
from deltastream.runtime.roles import role_named
from deltastream.runtime.settings import MeshSettings, SettingsError
from deltastream.runtime.tls.grpc_credentials import channel_credentials
from deltastream.supervisor.endpoints import MeshNotRunningError, read_endpoints

_AWAY: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})
_CALLERS_FAULT: Final = frozenset({grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorsRole:
    """A role, and how a command reaches it.

    Attributes:
        command: what the person has typed: "dlq".
        role: the name of the role.
        address: HOST:PORT; None is that of the mesh in the data directory.
        token: an access token of an administrator; None takes that of an operator of the mesh on
            this machine.
        data_dir: None is the usual one, or, if no mesh runs in it, the usual address.
        otherwise: the usual data directory.
    """

    command: str
    role: str
    address: str | None
    token: str | None = field(repr=False)
    data_dir: Path | None
    otherwise: Path

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[grpc.aio.Channel]:
        """Yield a channel to it; what goes wrong in the block is said, and ends the process."""
        try:
            # First: settings that cannot be used are said whether or not a mesh runs.
            credentials = Credentials(self._as_whom())
            target = self.address or self._address_in_data_dir()
            async with _channel(target, credentials.interceptors()) as channel:
                yield channel
        except (MeshNotRunningError, SettingsError) as error:
            self._end(str(error), exit_codes.USAGE)
        except grpc.aio.AioRpcError as error:
            if error.code() in _AWAY and not _has_said_why(error):
                self._end(
                    f"{self.role} does not answer at {target} ({error.details()}).\n"
                    "Start a mesh with `deltastream up`, or say where one is with --address or"
                    " --data-dir.",
                    exit_codes.FAILED,
                )
            at_fault = error.code() in _CALLERS_FAULT
            self._end(
                error.details() or error.code().name,
                exit_codes.USAGE if at_fault else exit_codes.FAILED,
            )

    def _as_whom(self) -> str | None:
        """Return the token to send.

        An address that was named by itself may be anywhere: nothing that the key of a mesh on
        this machine has signed goes there.
        """
        if self.token or (self.address and not self.data_dir):
            return self.token
        from deltastream.commands.operator_token import operator_token  # noqa: PLC0415

        return operator_token(self.data_dir or self.otherwise)

    def _address_in_data_dir(self) -> str:
        try:
            address: str = read_endpoints(self.data_dir or self.otherwise)["grpc"][self.role]
        except MeshNotRunningError:
            if self.data_dir is not None:
                raise
            return f"127.0.0.1:{role_named(self.role).grpc_port}"
        return address

    def _end(self, problem: str, status: int) -> NoReturn:
        sys.stderr.write(f"deltastream {self.command}: {problem}\n")
        sys.exit(status)


def _channel(target: str, interceptors: Sequence[grpc.aio.ClientInterceptor]) -> grpc.aio.Channel:
    """Open a channel as the roles themselves do: with the mesh's certificates, if it has any."""
    tls = MeshSettings.load().mesh_tls
    if tls is None:
        return grpc.aio.insecure_channel(target, interceptors=interceptors)
    credentials = channel_credentials(tls.current())
    return grpc.aio.secure_channel(target, credentials, interceptors=interceptors)


def _has_said_why(error: grpc.aio.AioRpcError) -> bool:
    """Say whether it is the role that has failed the call, and not the way to it."""
    return any(key == STATUS_DETAILS_KEY for key, _ in error.trailing_metadata() or ())
