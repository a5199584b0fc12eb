"""What network policies let through: a small model of what a cluster's network enforces.

Of selectors it knows `matchLabels`, and of peers pods and namespaces: what the chart and its
examples use. What it does not know it refuses to judge.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.deploy.deployment_files import Document

Direction = Literal["ingress", "egress"]
_NAMESPACE_NAME = "kubernetes.io/metadata.name"
_PEER_SIDE: Mapping[Direction, str] = {"ingress": "from", "egress": "to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A pod, or what is outside of the cluster, which has no namespace."""

    name: str
    namespace: str | None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The NetworkPolicies of one namespace."""

    namespace: str
    documents: Sequence[Document]

    def allow(
        self, caller: Endpoint, callee: Endpoint, port: int, *, protocol: str = "TCP"
    ) -> bool:
        """Whether a connection comes about: both ends must agree to it."""
        return self._agrees("egress", caller, callee, port, protocol) and self._agrees(
            "ingress", callee, caller, port, protocol
        )

    def _agrees(
        self, direction: Direction, pod: Endpoint, peer: Endpoint, port: int, protocol: str
    ) -> bool:
        """Whether one end does. Policies add up, and a pod that none selects is open."""
        selecting = [
            document["spec"]
            for document in self.documents
            if pod.namespace == self.namespace
            and direction.capitalize() in document["spec"]["policyTypes"]
            and _selects(document["spec"]["podSelector"], pod.labels)
        ]
        rules = [rule for spec in selecting for rule in spec.get(direction, [])]
        return not selecting or any(
            self._is_among(rule.get(_PEER_SIDE[direction]), peer)
            and _has_port(rule.get("ports"), port, protocol)
            for rule in rules
        )

    def _is_among(self, peers: Iterable[Document] | None, endpoint: Endpoint) -> bool:
        """Whether a rule is about an endpoint; one that names no peers is about every one."""
        return peers is None or any(self._is(peer, endpoint) for peer in peers)

    def _is(self, peer: Document, endpoint: Endpoint) -> bool:
        assert set(peer) <= {"podSelector", "namespaceSelector"}, f"not modelled: {peer}"
        if endpoint.namespace is None:
            return False
        named = {_NAMESPACE_NAME: endpoint.namespace}
        if "namespaceSelector" not in peer and endpoint.namespace != self.namespace:
            return False
        return _selects(peer.get("namespaceSelector", {}), named) and _selects(
            peer.get("podSelector", {}), endpoint.labels
        )


def _selects(selector: Document, labels: Mapping[str, str]) -> bool:
    assert set(selector) <= {"matchLabels"}, f"not modelled: {selector}"
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()


def _has_port(ports: Iterable[Document] | None, port: int, protocol: str) -> bool:
    return ports is None or any(
        each["port"] == port and each.get("protocol", "TCP") == protocol for each in ports
    )
