"""How many of each role run: by hand, by an HPA or by KEDA, and never two of what must be one."""

import pytest
from tests.deploy.chart_rendering import each_role, needs_helm, refusal, rendered
from tests.deploy.deployment_files import chart_values

from deltastream.runtime.roles import ROLES, Resource, Role, role_named

pytestmark = needs_helm
FILES = {Resource.STORE, Resource.USERS, Resource.LOGS}
AUTH, STORAGE, EDGE, ENRICHMENT = map(role_named, ("auth", "storage", "edge", "enrichment"))
HPA = "services.edge.autoscaling.hpa.enabled=true"
KEDA = "services.enrichment.autoscaling.keda.enabled=true"
PROMETHEUS = "autoscaling.prometheusUrl=http://prometheus:9090"
MONGO = "store.url=mongodb://mongo:27017/market"
KEYS = "services.auth.secretFiles.DELTASTREAM_SIGNING_KEY_FILE.name=keys"


@each_role
def test_a_role_that_keeps_files_is_stopped_before_it_is_upgraded(role: Role) -> None:
    strategy = rendered().one("Deployment", role)["spec"]["strategy"]
    rolling = {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
    }
    kept = FILES & set(role.resources)
    assert strategy == ({"type": "Recreate"} if kept else rolling)


def test_what_is_in_mongodb_needs_no_volume_and_may_be_several() -> None:
    several = rendered(MONGO, "services.storage.replicas=3")
    deployment = several.one("Deployment", STORAGE)["spec"]
    assert deployment["replicas"] == 3
    assert deployment["strategy"]["type"] == "RollingUpdate"
    assert "storage" not in several.roles_with("PersistentVolumeClaim")
    assert {volume["name"] for volume in several.pod(STORAGE)["spec"]["volumes"]} == {"tmp"}


def test_auth_keeps_its_volume_for_its_key_unless_it_is_given_one() -> None:
    users = "users.url=mongodb://mongo:27017/users"
    assert "auth" in rendered(users).roles_with("PersistentVolumeClaim")
    assert "auth" not in rendered(users, KEYS).roles_with("PersistentVolumeClaim")
    several = rendered(users, KEYS, "services.auth.replicas=2")
    assert several.one("Deployment", AUTH)["spec"]["strategy"]["type"] == "RollingUpdate"


def test_volumes_stay_when_the_release_is_uninstalled() -> None:
    claims = rendered().of_kind("PersistentVolumeClaim")
    assert len(claims) == len(FILES)
    for claim in claims:
        assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


@pytest.mark.parametrize("example", ["minimal", "production"])
@each_role
def test_nodes_may_be_drained_but_not_of_everything_at_once(example: str, role: Role) -> None:
    found = rendered(example=example)
    if found.one("Deployment", role)["spec"]["strategy"]["type"] == "Recreate":
        # Of its one pod none may be spared: a budget would only keep nodes from being drained.
        assert role.name not in found.roles_with("PodDisruptionBudget")
        return
    budget = found.one("PodDisruptionBudget", role)["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    labels = found.pod(role)["metadata"]["labels"]
    assert budget["selector"]["matchLabels"].items() <= labels.items()


@each_role
def test_pods_of_one_role_are_spread_over_nodes_and_zones(role: Role) -> None:
    found = rendered(example="production")
    spread = found.pod(role)["spec"].get("topologySpreadConstraints", [])
    if role.name == "logs":
        assert not spread
        return
    keys = {each["topologyKey"] for each in spread}
    assert keys == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    labels = found.pod(role)["metadata"]["labels"]
    for each in spread:
        assert each["labelSelector"]["matchLabels"].items() <= labels.items()
        assert each["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == role.name


def test_nobody_scales_unless_asked_to() -> None:
    assert not rendered().of_kind("HorizontalPodAutoscaler")
    assert not rendered().of_kind("ScaledObject")
    for role in ROLES:
        replicas = chart_values()["services"][role.name]["replicas"]
        assert rendered().one("Deployment", role)["spec"]["replicas"] == replicas


def test_an_hpa_looks_at_cpu_and_at_streams() -> None:
    spec = rendered(HPA).one("HorizontalPodAutoscaler", EDGE)["spec"]
    values = chart_values()["services"]["edge"]["autoscaling"]
    assert spec["scaleTargetRef"]["name"] == "deltastream-edge"
    assert spec["minReplicas"] == values["minReplicas"]
    assert spec["maxReplicas"] == values["maxReplicas"]
    cpu, streams = spec["metrics"]
    assert cpu["resource"]["target"]["averageUtilization"] == values["hpa"]["cpuPercent"]
    assert streams["pods"]["metric"]["name"] == "deltastream_streams_active"
    assert streams["pods"]["target"] == {"type": "AverageValue", "averageValue": "500"}


def test_keda_asks_prometheus_about_this_release_alone() -> None:
    spec = rendered(KEDA, PROMETHEUS).one("ScaledObject", ENRICHMENT)["spec"]
    (trigger,) = spec["triggers"]
    assert spec["scaleTargetRef"] == {"name": "deltastream-enrichment"}
    assert spec["fallback"]["behavior"] == "currentReplicasIfHigher"
    assert trigger["metadata"] == {
        "serverAddress": "http://prometheus:9090",
        "query": 'sum(max by (subject) (deltastream_consumer_lag_entries{namespace="mesh",'
        'pod=~"deltastream-.+"}))',
        "threshold": "500",
        # A Prometheus that knows nothing of the mesh is no mesh at rest.
        "ignoreNullValues": "false",
    }


@pytest.mark.parametrize(("settings", "role"), [((HPA,), EDGE), ((KEDA, PROMETHEUS), ENRICHMENT)])
def test_what_scales_is_not_also_told_a_number(settings: tuple[str, ...], role: Role) -> None:
    # An upgrade would else take back what the autoscaler has decided.
    assert "replicas" not in rendered(*settings).one("Deployment", role)["spec"]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (("services.storage.replicas=2",), "services.storage.replicas: its database is a file"),
        (("services.logs.replicas=2",), "services.logs.replicas: its database is a file"),
        (
            ("users.url=mongodb://mongo/users", "services.auth.replicas=2"),
            "services.auth.secretFiles: several replicas need the same files",
        ),
        (("services.storage.persistence=null",), "services.storage.persistence: it keeps files"),
        ((HPA, "services.edge.autoscaling.keda.enabled=true"), "/services/edge/autoscaling"),
        (
            (HPA, "services.edge.autoscaling.maxReplicas=0"),
            "/services/edge/autoscaling/maxReplicas",
        ),
        (
            (HPA, "services.edge.autoscaling.minReplicas=9"),
            "services.edge.autoscaling: minReplicas is more than maxReplicas",
        ),
        (
            (
                "services.analytics.autoscaling.hpa.enabled=true",
                "services.analytics.autoscaling.hpa.cpuPercent=0",
            ),
            "/services/analytics/autoscaling/hpa",
        ),
        ((KEDA,), "autoscaling.prometheusUrl: say which Prometheus KEDA asks"),
        (("podDisruptionBudget.maxUnavailable=0",), "/podDisruptionBudget/maxUnavailable"),
    ],
)
def test_what_cannot_run_so_is_refused(settings: tuple[str, ...], problem: str) -> None:
    assert problem in refusal(*settings)
