"""The ways into an installation: an Ingress, or routes of the Gateway API, to the edge alone."""

import pytest
from tests.deploy.chart_rendering import needs_helm, refusal, rendered

from deltastream.runtime.roles import role_named

pytestmark = needs_helm
EDGE = role_named("edge")
HOPS = "services.edge.settings.DELTASTREAM_TRUSTED_HOPS=1"
INGRESS = ("ingress.enabled=true", "ingress.hosts={mesh.example.com}")
HTTP = ("httpRoute.enabled=true", "httpRoute.parentRefs[0].name=public")
GRPC = ("grpcRoute.enabled=true", "grpcRoute.parentRefs[0].name=public")


def test_there_is_none_unless_it_is_asked_for() -> None:
    kinds = {item["kind"] for item in rendered().objects}
    assert not {"Ingress", "HTTPRoute", "GRPCRoute"} & kinds


def test_an_ingress_leads_everything_to_the_http_of_the_edge() -> None:
    tls = "ingress.tls.secretName=mesh-example-com"
    spec = rendered(*INGRESS, HOPS, tls).one("Ingress", EDGE)["spec"]
    (rule,) = spec["rules"]
    (path,) = rule["http"]["paths"]
    assert rule["host"] == "mesh.example.com"
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    service = {"name": "deltastream-edge", "port": {"name": "http"}}
    assert path["backend"] == {"service": service}
    assert spec["tls"] == [{"secretName": "mesh-example-com", "hosts": ["mesh.example.com"]}]


def test_a_route_leads_everything_to_the_http_of_the_edge_and_lets_streams_last() -> None:
    spec = rendered(*HTTP, HOPS).one("HTTPRoute", EDGE)["spec"]
    (rule,) = spec["rules"]
    assert spec["parentRefs"] == [{"name": "public"}]
    assert rule["backendRefs"] == [{"name": "deltastream-edge", "port": EDGE.http_port}]
    assert rule["timeouts"] == {"request": "0s"}


def test_another_leads_every_method_to_the_public_port_of_the_edge() -> None:
    routed = rendered(*GRPC, "grpcRoute.hostnames={mesh.example.com}")
    spec = routed.one("GRPCRoute", EDGE)["spec"]
    assert spec["parentRefs"] == [{"name": "public"}]
    assert spec["hostnames"] == ["mesh.example.com"]
    backend = {"name": "deltastream-edge", "port": EDGE.public_grpc_port}
    assert spec["rules"] == [{"backendRefs": [backend]}]


def test_a_load_balancer_may_lead_to_it_and_say_who_calls() -> None:
    local = ("service.type=LoadBalancer", "service.externalTrafficPolicy=Local")
    spec = rendered(*local).one("Service", EDGE)["spec"]
    assert (spec["type"], spec["externalTrafficPolicy"]) == ("LoadBalancer", "Local")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (INGRESS, "DELTASTREAM_TRUSTED_HOPS: it is 0, but an Ingress stands before it"),
        (HTTP, "DELTASTREAM_TRUSTED_HOPS: it is 0, but an HTTPRoute stands before it"),
        (("ingress.enabled=true", HOPS), "/ingress/hosts"),
        (("httpRoute.enabled=true", HOPS), "/httpRoute/parentRefs"),
        (("grpcRoute.enabled=true",), "/grpcRoute/parentRefs"),
        (("service.externalTrafficPolicy=Local",), "/service/externalTrafficPolicy"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused(settings: tuple[str, ...], problem: str) -> None:
    assert problem in refusal(*settings)
