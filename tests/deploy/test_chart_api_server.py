"""The chart on a real API server: installed, upgraded and uninstalled by helm.

Namespaces enforce Pod Security's `restricted`; the server warns of what a Deployment's pods would
be refused for, and refuses pods.
"""

import copy
from collections.abc import Iterator

import pytest
from tests.deploy.api_server import (
    DEFINITIONS,
    ApiServer,
    RefusedError,
    api_server,
    needs_api_server,
)
from tests.deploy.chart_rendering import (
    EXAMPLES,
    Rendered,
    helm,
    needs_helm,
    rendered,
    value_arguments,
)
from tests.deploy.deployment_files import CHART, Document

pytestmark = [needs_helm, needs_api_server]
each_example = pytest.mark.parametrize("example", EXAMPLES)
_HELM_SECONDS = 120.0
_LEVEL = "pod-security.kubernetes.io"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with api_server(tmp_path_factory.mktemp("kubernetes")) as started:
        started.define(DEFINITIONS)
        yield started


def namespace(server: ApiServer, name: str) -> str:
    """A new namespace, in which every pod must be restricted."""
    labels = {f"{_LEVEL}/{verb}": "restricted" for verb in ("enforce", "warn")}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    server.ask("POST", "/api/v1/namespaces", body)
    # What the controllers of a cluster make there.
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    server.ask("POST", f"/api/v1/namespaces/{name}/serviceaccounts", account)
    return name


def does(server: ApiServer, verb: str, space: str, *arguments: str) -> None:
    """Have helm do something to the release, which must go without a word of warning."""
    answer = helm(
        verb,
        "deltastream",
        *arguments,
        *("--namespace", space, "--kubeconfig", str(server.kubeconfig)),
        timeout=_HELM_SECONDS,
    )
    assert answer.returncode == 0, answer.stderr
    assert "warning" not in answer.stderr.lower(), answer.stderr


def install(server: ApiServer, space: str, example: str, *settings: str) -> None:
    does(server, "install", space, str(CHART), *value_arguments(settings, example))


def names(server: ApiServer, path: str) -> set[str]:
    """Which objects there are; one that has been deleted may wait for a controller to let it go."""
    every = (item["metadata"] for item in server.ask("GET", path)["items"])
    return {item["name"] for item in every if "deletionTimestamp" not in item}


@each_example
def test_it_takes_every_example(server: ApiServer, example: str) -> None:
    space = namespace(server, f"install-{example}")
    install(server, space, example, "monitoring.rules.enabled=true")
    deployments = names(server, f"/apis/apps/v1/namespaces/{space}/deployments")
    wanted = rendered(example=example).of_kind("Deployment")
    assert deployments == {item["metadata"]["name"] for item in wanted}


@each_example
def test_every_pod_is_one_that_a_restricted_namespace_admits(
    server: ApiServer, example: str
) -> None:
    space = namespace(server, f"pods-{example}")
    found = rendered(example=example)
    prepare(server, space, found)
    for name, pod in found.pods():
        admitted = dry_run(server, space, {**pod, "metadata": {"name": name}})
        assert admitted["metadata"]["name"] == name


def prepare(server: ApiServer, space: str, found: Rendered) -> None:
    """Make what pods must find to be admitted: their accounts, and their class of priority."""
    for account in found.of_kind("ServiceAccount"):
        server.ask("POST", f"/api/v1/namespaces/{space}/serviceaccounts", account)
    classes = {pod["spec"].get("priorityClassName") for _, pod in found.pods()} - {None}
    for name in classes:
        body = {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name},
            "value": 1000,
        }
        server.ask("POST", "/apis/scheduling.k8s.io/v1/priorityclasses", body)


def dry_run(server: ApiServer, space: str, pod: Document) -> Document:
    body = {"apiVersion": "v1", "kind": "Pod", **pod}
    query = "dryRun=All&fieldValidation=Strict"
    return server.ask("POST", f"/api/v1/namespaces/{space}/pods?{query}", body)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("allowPrivilegeEscalation", True, "violates PodSecurity"),
        ("runAsUser", 0, "violates PodSecurity"),
        ("readOnlyRootFileSystem", True, "unknown field"),
    ],
)
def test_others_it_refuses(server: ApiServer, field: str, value: object, problem: str) -> None:
    space = namespace(server, f"refused-{field.lower()}")
    prepare(server, space, rendered())
    name, pod = next(rendered().pods())
    broken = copy.deepcopy({**pod, "metadata": {"name": name}})
    broken["spec"]["containers"][0]["securityContext"][field] = value
    with pytest.raises(RefusedError, match=problem):
        dry_run(server, space, broken)


def test_a_release_grows_up_and_goes_back_and_keeps_its_data(server: ApiServer) -> None:
    space = namespace(server, "upgrade")
    claims = f"/api/v1/namespaces/{space}/persistentvolumeclaims"
    install(server, space, "minimal")
    before = names(server, claims)
    for example in ("production", "keda", "minimal"):
        does(server, "upgrade", space, str(CHART), *value_arguments((), example))
    does(server, "rollback", space, "2")
    does(server, "uninstall", space)
    assert not names(server, f"/apis/apps/v1/namespaces/{space}/deployments")
    assert names(server, claims) == before


def test_what_an_autoscaler_has_decided_stays_after_an_upgrade(server: ApiServer) -> None:
    space = namespace(server, "scaled")
    scale = f"/apis/apps/v1/namespaces/{space}/deployments/deltastream-edge/scale"
    install(server, space, "production")
    decided = server.ask("GET", scale)
    decided["spec"]["replicas"] = 5
    server.ask("PUT", scale, decided)
    does(server, "upgrade", space, str(CHART), *value_arguments(("image.tag=next",), "production"))
    assert server.ask("GET", scale)["spec"]["replicas"] == 5
