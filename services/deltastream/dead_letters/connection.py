"""Reaches enrichment from the command line."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NoReturn

import grpc

from deltastream.client.credentials import Credentials
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime import exit_codes
from deltastream.runtime.errors import STATUS_DETAILS_KEY
from deltastream.runtime.roles import role_named
from deltastream.runtime.settings import MeshSettings, SettingsError
from deltastream.runtime.tls.grpc_credentials import channel_credentials
from deltastream.supervisor.endpoints import MeshNotRunningError, read_endpoints

_AWAY: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})
_CALLERS_FAULT: Final = frozenset({grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND})


@asynccontextmanager
async def connected(
    address: str | None, data_dir: Path | None, *, token: str | None, otherwise: Path
) -> AsyncIterator[EnrichmentServiceStub]:
    """Yield a stub of enrichment; what goes wrong in the block is said, and ends the process.

    Args:
        address: HOST:PORT; None is that of the mesh in the data directory.
        data_dir: None is the usual one, or, if no mesh runs in it, the usual address.
        token: an access token of an administrator; None calls as nobody.
        otherwise: the usual data directory.
    """
    try:
        target = address or _address_in(data_dir, otherwise)
        interceptors = Credentials(token).interceptors()
        async with _channel(target, interceptors) as channel:
            yield EnrichmentServiceStub(channel)
    except (MeshNotRunningError, SettingsError) as error:
        _end(str(error), exit_codes.USAGE)
    except grpc.aio.AioRpcError as error:
        if error.code() in _AWAY and not _has_said_why(error):
            _end(
                f"enrichment does not answer at {target} ({error.details()}).\n"
                "Start a mesh with `deltastream up`, or say where one is with --address or"
                " --data-dir.",
                exit_codes.FAILED,
            )
        at_fault = error.code() in _CALLERS_FAULT
        _end(
            error.details() or error.code().name,
            exit_codes.USAGE if at_fault else exit_codes.FAILED,
        )


def _channel(target: str, interceptors: Sequence[grpc.aio.ClientInterceptor]) -> grpc.aio.Channel:
    """Open a channel as the roles themselves do: with the mesh's certificates, if it has any."""
    tls = MeshSettings.load().mesh_tls
    if tls is None:
        return grpc.aio.insecure_channel(target, interceptors=interceptors)
    credentials = channel_credentials(tls.current())
    return grpc.aio.secure_channel(target, credentials, interceptors=interceptors)


def _address_in(data_dir: Path | None, otherwise: Path) -> str:
    try:
        address: str = read_endpoints(data_dir or otherwise)["grpc"]["enrichment"]
    except MeshNotRunningError:
        if data_dir is not None:
            raise
        return f"127.0.0.1:{role_named('enrichment').grpc_port}"
    return address


def _has_said_why(error: grpc.aio.AioRpcError) -> bool:
    """Say whether it is enrichment that has failed the call, and not the way to it."""
    return any(key == STATUS_DETAILS_KEY for key, _ in error.trailing_metadata() or ())


def _end(problem: str, status: int) -> NoReturn:
    sys.stderr.write(f"deltastream dlq: {problem}\n")
    sys.exit(status)
