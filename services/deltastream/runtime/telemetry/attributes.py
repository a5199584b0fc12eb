"""The names of spans' attributes, once: those of OpenTelemetry's conventions, and a few of ours.

Nothing here holds what a client said: no path, no query, no token, no message of an error.
"""

from typing import Final

RPC_SYSTEM: Final = "rpc.system.name"
RPC_METHOD: Final = "rpc.method"
RPC_STATUS: Final = "rpc.response.status_code"
SERVER_ADDRESS: Final = "server.address"
"""The role that is called; which of its replicas it is, that one says."""

HTTP_METHOD: Final = "http.request.method"
HTTP_ROUTE: Final = "http.route"
HTTP_STATUS: Final = "http.response.status_code"
URL_SCHEME: Final = "url.scheme"

MESSAGING_SYSTEM: Final = "messaging.system"
MESSAGING_OPERATION: Final = "messaging.operation.name"
MESSAGING_OPERATION_TYPE: Final = "messaging.operation.type"
MESSAGING_COUNT: Final = "messaging.batch.message_count"

ERROR_TYPE: Final = "error.type"
"""Of what has failed, and by whose fault: a status, or the name of an exception's class."""
CAUSE: Final = "deltastream.cause"
"""The class of the error behind a status, also where the caller is at fault."""

SERVICE_NAME: Final = "service.name"
SERVICE_NAMESPACE: Final = "service.namespace"
SERVICE_INSTANCE: Final = "service.instance.id"
SERVICE_VERSION: Final = "service.version"

GRPC: Final = "grpc"
BUS: Final = "deltastream"
