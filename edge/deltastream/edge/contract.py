"""The services whose methods the edge offers, and what it reads from their descriptors."""

from collections.abc import Callable
from typing import Final, TypedDict

from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message

from deltastream.analytics.v1 import analytics_service_pb2
from deltastream.auth.v1 import auth_service_pb2
from deltastream.enrichment.v1 import enrichment_service_pb2
from deltastream.feed.v1 import feed_service_pb2
from deltastream.logs.v1 import logs_service_pb2
from deltastream.storage.v1 import storage_service_pb2

SERVICES: Final[tuple[ServiceDescriptor, ...]] = (
    feed_service_pb2.DESCRIPTOR.services_by_name["FeedService"],
    enrichment_service_pb2.DESCRIPTOR.services_by_name["EnrichmentService"],
    storage_service_pb2.DESCRIPTOR.services_by_name["StorageService"],
    analytics_service_pb2.DESCRIPTOR.services_by_name["AnalyticsService"],
    auth_service_pb2.DESCRIPTOR.services_by_name["AuthService"],
    logs_service_pb2.DESCRIPTOR.services_by_name["LogsService"],
)
"""Every service of the mesh, in the order of the data's way; beside it, auth and logs."""


class Codec(TypedDict):
    """How a method's messages are written and read."""

    request_serializer: Callable[[Message], bytes]
    response_deserializer: Callable[[bytes], Message]


def path_of(method: MethodDescriptor) -> str:
    """Return a method's gRPC path: "/deltastream.feed.v1.FeedService/GetFeedStatus"."""
    return f"/{method.containing_service.full_name}/{method.name}"


def codec_of(method: MethodDescriptor) -> Codec:
    """Return how a method's messages are written and read, as stubs take it."""
    return Codec(
        request_serializer=message_factory.GetMessageClass(method.input_type).SerializeToString,
        response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
    )


def role_of(service: ServiceDescriptor) -> str:
    """Return the name of the role that serves it: "feed" for deltastream.feed.v1.FeedService."""
    return service.full_name.split(".")[1]


def is_secret(method: MethodDescriptor) -> bool:
    """Say whether its answers are for one caller alone: all of auth but its public keys."""
    return role_of(method.containing_service) == "auth" and method.name != "ListSigningKeys"
