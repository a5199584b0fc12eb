"""The services whose methods the edge offers, and what it reads from their descriptors."""

from typing import Final

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from deltastream.analytics.v1 import analytics_service_pb2
from deltastream.auth.v1 import auth_service_pb2
from deltastream.enrichment.v1 import enrichment_service_pb2
from deltastream.feed.v1 import feed_service_pb2
from deltastream.storage.v1 import storage_service_pb2

SERVICES: Final[tuple[ServiceDescriptor, ...]] = (
    feed_service_pb2.DESCRIPTOR.services_by_name["FeedService"],
    enrichment_service_pb2.DESCRIPTOR.services_by_name["EnrichmentService"],
    storage_service_pb2.DESCRIPTOR.services_by_name["StorageService"],
    analytics_service_pb2.DESCRIPTOR.services_by_name["AnalyticsService"],
    auth_service_pb2.DESCRIPTOR.services_by_name["AuthService"],
)
"""Every service of the mesh, in the order of the data's way."""


def path_of(method: MethodDescriptor) -> str:
    """Return a method's gRPC path: "/deltastream.feed.v1.FeedService/GetFeedStatus"."""
    return f"/{method.containing_service.full_name}/{method.name}"


def role_of(service: ServiceDescriptor) -> str:
    """Return the name of the role that serves it: "feed" for deltastream.feed.v1.FeedService."""
    return service.full_name.split(".")[1]
