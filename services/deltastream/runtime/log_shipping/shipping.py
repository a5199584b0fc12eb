"""Ships what a role logs, where it was told to whom."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import grpc

from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.identity.service_token import Identity
from deltastream.runtime.log_shipping.outbox import OUTBOX, Outbox
from deltastream.runtime.log_shipping.shipper import Send, Shipper
from deltastream.runtime.settings import RoleSettings

_SECONDS: Final = 5.0


@asynccontextmanager
async def shipping_logs(
    settings: RoleSettings, identity: Identity, *, outbox: Outbox = OUTBOX
) -> AsyncIterator[None]:
    """Ship what is in an outbox to the log service while the block runs, if there is one.

    Nothing waits for it: while it is away, the outbox is what is kept.

    Args:
        settings: of the role; they say where the log service answers.
        identity: as whom to call it.
        outbox: where the events of this process are, by default.
    """
    if not settings.logs_address:
        yield
        return
    async with open_channel(
        settings.logs_address, service="logs", patient=False, tls=settings.mesh_tls
    ) as channel:
        send = _sending(channel, identity, service=settings.role)
        shipper = Shipper(outbox, send, service=settings.role)
        async with running(shipper.run()):
            yield


def _sending(channel: grpc.aio.Channel, identity: Identity, *, service: str) -> Send:
    logs = LogsServiceStub(channel)

    async def send(entries: Sequence[pb.LogEntry]) -> None:
        # One message a call: its answer says that these are durable.
        requests = iter((pb.IngestRequest(service=service, entries=entries),))
        await logs.Ingest(requests, metadata=await identity.metadata(), timeout=_SECONDS)

    return send
