"""What the chart renders: hardened pods that are told what the mesh of the table needs."""

import pytest
from tests.deploy.chart_rendering import (
    EXAMPLES,
    Rendered,
    each_grpc_role,
    each_role,
    environment_of,
    helm,
    needs_helm,
    refusal,
    rendered,
    template,
    value_arguments,
)
from tests.deploy.deployment_files import (
    CHART,
    DATA_DIRECTORY,
    Document,
    ending,
    expected_addresses,
    expected_listeners,
    known_variables,
)

from deltastream.runtime.roles import ROLES, Resource, Role, role_named

pytestmark = needs_helm
each_example = pytest.mark.parametrize("example", EXAMPLES)
FILES = {Resource.STORE, Resource.USERS, Resource.LOGS}


@pytest.fixture(scope="module")
def minimal() -> Rendered:
    return rendered()


@each_example
def test_helm_lint_finds_nothing(example: str) -> None:
    answer = helm("lint", "--strict", "--quiet", str(CHART), *value_arguments((), example))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "WARNING" not in answer.stdout


@each_role
def test_a_pod_is_told_where_to_listen_and_whom_to_call(minimal: Rendered, role: Role) -> None:
    environment = minimal.environment(role)
    assert minimal.container(role)["args"] == [role.name]
    assert ending(environment, "_LISTEN") == expected_listeners(role)
    assert ending(environment, "_ADDRESS") == expected_addresses(
        role, "dns:///deltastream-{name}:{port}"
    )
    assert set(ending(environment, "_URL")) == {item.url_variable for item in role.resources}


@each_example
@each_role
def test_every_variable_is_a_setting_of_its_role(example: str, role: Role) -> None:
    assert set(rendered(example=example).environment(role)) <= known_variables(role)


@each_example
def test_every_pod_is_hardened(example: str) -> None:
    pods = dict(rendered(example=example).pods())
    assert len(pods) == len(ROLES) + 1
    for pod in pods.values():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        # Kubernetes would add DELTASTREAM_..._PORT and its like in the midst of our settings.
        assert spec["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(spec)
        for container in spec["containers"]:
            _is_hardened(container)


def _is_hardened(container: Document) -> None:
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    assert "memory" in container["resources"]["limits"]
    assert not container["image"].endswith((":", ":latest"))


@each_example
@each_role
def test_every_role_is_an_account_of_its_own_that_the_api_server_is_closed_to(
    example: str, role: Role
) -> None:
    found = rendered(example=example)
    assert found.pod(role)["spec"]["serviceAccountName"] == f"deltastream-{role.name}"
    assert found.one("ServiceAccount", role)["automountServiceAccountToken"] is False
    assert not {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"} & {
        item["kind"] for item in found.objects
    }


@each_grpc_role
def test_liveness_does_not_ask_about_dependencies(minimal: Rendered, role: Role) -> None:
    container = minimal.container(role)
    alive, ready = {"port": role.grpc_port}, {"port": role.grpc_port, "service": role.service}
    assert container["livenessProbe"]["grpc"] == alive
    assert container["startupProbe"]["grpc"] == alive
    assert container["readinessProbe"]["grpc"] == ready


@each_role
def test_a_pod_has_time_to_drain(minimal: Rendered, role: Role) -> None:
    drain = float(minimal.environment(role)["DELTASTREAM_DRAIN_SECONDS"])
    hook = minimal.container(role)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert minimal.pod(role)["spec"]["terminationGracePeriodSeconds"] > drain + hook


@each_role
def test_a_grpc_service_is_headless_and_the_edge_has_one_address(
    minimal: Rendered, role: Role
) -> None:
    spec = minimal.one("Service", role)["spec"]
    assert (spec.get("clusterIP") == "None") == (role.grpc_port is not None)
    assert [port["port"] for port in spec["ports"]] == list(role.ports)
    assert spec["selector"].items() <= minimal.pod(role)["metadata"]["labels"].items()


@each_role
def test_proxies_of_a_service_mesh_are_told_what_is_spoken(minimal: Rendered, role: Role) -> None:
    ports = minimal.one("Service", role)["spec"]["ports"]
    spoken = {port["port"]: port["appProtocol"] for port in ports}
    grpc = {role.grpc_port, role.public_grpc_port}
    assert spoken == {port: "grpc" if port in grpc else "http" for port in role.ports}


@each_role
def test_the_writable_places_are_tmp_and_the_volume(minimal: Rendered, role: Role) -> None:
    mounts = {mount["mountPath"] for mount in minimal.container(role)["volumeMounts"]}
    kept = FILES & set(role.resources)
    assert mounts == ({"/tmp", DATA_DIRECTORY} if kept else {"/tmp"})  # noqa: S108 - compared


@each_example
def test_no_text_of_a_secret_is_in_what_is_rendered(example: str) -> None:
    found = rendered(example=example)
    assert not found.of_kind("Secret")
    assert not found.of_kind("ConfigMap")
    for _, pod in found.pods():
        for container in pod["spec"]["containers"]:
            for name, value in environment_of(container).items():
                if name.endswith("_SECRET"):
                    assert set(value) == {"secretKeyRef"}
                assert "@" not in str(value)


def test_a_url_can_come_from_a_secret_of_the_installation() -> None:
    secret = rendered("bus.url=", "bus.existingSecret.name=mine")
    expected = {"secretKeyRef": {"name": "mine", "key": "url"}}
    for role in ROLES:
        for resource in {Resource.BUS, Resource.CACHE} & set(role.resources):
            assert secret.environment(role)[resource.url_variable] == expected


def test_several_edges_count_together_in_a_redis_where_there_is_one() -> None:
    edge = role_named("edge")
    assert "DELTASTREAM_LIMITS_URL" not in rendered().environment(edge)
    counting = rendered("limits.url=redis://limits:6379/0").environment(edge)
    assert counting["DELTASTREAM_LIMITS_URL"] == "redis://limits:6379/0"
    assert set(counting) <= known_variables(edge)


def test_a_signing_key_can_come_from_a_secret_of_the_installation() -> None:
    name = "services.auth.secretFiles.DELTASTREAM_SIGNING_KEY_FILE.name=keys"
    secret, auth = rendered(name), role_named("auth")
    path = secret.environment(auth)["DELTASTREAM_SIGNING_KEY_FILE"]
    (mount,) = (
        mount
        for mount in secret.container(auth)["volumeMounts"]
        if path == f"{mount['mountPath']}/signing-key.pem"
    )
    volumes = {volume["name"]: volume for volume in secret.pod(auth)["spec"]["volumes"]}
    assert volumes[mount["name"]]["secret"]["secretName"] == "keys"


def test_an_image_may_be_named_by_its_digest() -> None:
    digest = f"sha256:{'ab' * 32}"
    pinned = rendered(f"image.digest={digest}", "image.tag=newest")
    images = {
        container["image"] for _, pod in pinned.pods() for container in pod["spec"]["containers"]
    }
    assert images == {f"registry.example.com/deltastream@{digest}"}


@each_role
def test_services_know_one_another_by_a_secret_of_yours(minimal: Rendered, role: Role) -> None:
    environment = minimal.environment(role)
    secret = {"secretKeyRef": {"name": "deltastream-service", "key": "secret"}}
    assert environment["DELTASTREAM_SERVICE_SECRET"] == secret
    assert environment["DELTASTREAM_ALLOW_ANONYMOUS"] == "false"


@each_role
def test_every_role_may_be_traced(role: Role) -> None:
    assert "DELTASTREAM_OTLP_ENDPOINT" not in rendered().environment(role)
    environment = rendered(
        "tracing.endpoint=http://collector:4317", "tracing.ratio=0.5"
    ).environment(role)
    assert environment["DELTASTREAM_OTLP_ENDPOINT"] == "http://collector:4317"
    assert environment["DELTASTREAM_TRACE_RATIO"] == "0.5"
    assert set(environment) <= known_variables(role)


def test_what_is_optional_may_be_left_out_and_nobody_calls_it() -> None:
    without = rendered("services.logs.enabled=false")
    assert without.roles_with("Deployment") == {role.name for role in ROLES} - {"logs"}
    assert "deltastream-logs" not in without.text


def test_a_parent_chart_may_speak_to_it() -> None:
    assert template("global.region=west", "enabled=true").returncode == 0


ANALYTICS = role_named("analytics")


def test_a_role_has_volumes_and_variables_of_yours() -> None:
    yours = rendered(
        "extraEnv[0].name=TZ,extraEnv[0].value=UTC",
        "services.feed.extraVolumes[0].name=days",
        "services.feed.extraVolumes[0].persistentVolumeClaim.claimName=recordings",
        "services.feed.extraVolumeMounts[0].name=days",
        "services.feed.extraVolumeMounts[0].mountPath=/recordings",
    )
    feed = role_named("feed")
    (volume,) = (item for item in yours.pod(feed)["spec"]["volumes"] if item["name"] == "days")
    assert volume["persistentVolumeClaim"] == {"claimName": "recordings"}
    assert {"name": "days", "mountPath": "/recordings"} in yours.container(feed)["volumeMounts"]
    assert all(yours.environment(role)["TZ"] == "UTC" for role in ROLES)
    assert "days" not in str(yours.pod(ANALYTICS))


def test_a_role_may_run_elsewhere_than_the_others() -> None:
    placed = rendered(
        "priorityClassName=production",
        "nodeSelector.pool=mesh",
        "services.analytics.nodeSelector.pool=compute",
    )
    assert all(placed.pod(role)["spec"]["priorityClassName"] == "production" for role in ROLES)
    pools = {role.name: placed.pod(role)["spec"]["nodeSelector"]["pool"] for role in ROLES}
    assert pools == {role.name: "mesh" for role in ROLES} | {"analytics": "compute"}


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("image.repository=", "image.repository: say where your build of the image is"),
        ("image.digest=sha256:12", "/image/digest"),
        ("bus.url=", "bus: set bus.url, or bus.existingSecret.name"),
        ("bus.existingSecret.name=mine", "bus.url or bus.existingSecret.name, not both"),
        ("services.feed.calls={nobody}", "services.feed.calls: there is no service nobody"),
        ("services.feed.calls={edge}", "services.feed.calls: edge serves no gRPC"),
        ("services.auth.enabled=false", "services.auth.enabled: analytics cannot do without it"),
        ("services.feed.colour=red", "additional properties 'colour' not allowed"),
        ("services.feed.resources.limits.memory=null", "/services/feed/resources/limits"),
        ("colour=red", "additional properties 'colour' not allowed"),
        ("settings.DELTASTREAM_BUS_URL=redis://x", "invalid propertyName 'DELTASTREAM_BUS_URL'"),
        ("settings.DELTASTREAM_TLS_KEY=/k", "invalid propertyName 'DELTASTREAM_TLS_KEY'"),
        ("settings.DELTASTREAM_ADMIN_LISTEN=x", "'DELTASTREAM_ADMIN_LISTEN'"),
        ("settings.DELTASTREAM_OTLP_ENDPOINT=x", "'DELTASTREAM_OTLP_ENDPOINT'"),
        ("extraEnv[0].name=DELTASTREAM_BUS_URL", "/extraEnv/0/name"),
        ("tracing.endpoint=http://me:password@collector", "/tracing/endpoint"),
        ("tls.secret=mesh", "additional properties 'secret' not allowed"),
        ("podSecurityContext.runAsNonRoot=false", "/podSecurityContext/runAsNonRoot"),
        ("podSecurityContext.runAsUser=0", "/podSecurityContext/runAsUser"),
        ("securityContext.capabilities.add={NET_RAW}", "/securityContext/capabilities/add"),
        ("securityContext.capabilities.drop={CHOWN}", "/securityContext/capabilities/drop"),
        ("serviceSecret.name=", "serviceSecret.name"),
        ("settings.DELTASTREAM_SERVICE_SECRET=text", "DELTASTREAM_SERVICE_SECRET"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(setting: str, problem: str) -> None:
    assert problem in refusal(setting)
