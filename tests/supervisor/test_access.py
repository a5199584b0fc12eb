"""Who may read from `deltastream up`, and what its roles know of one another by."""

from pathlib import Path
from typing import Any

import pytest

from deltastream.supervisor import commands
from deltastream.supervisor.banner import banner
from deltastream.supervisor.plan import MeshPlan
from deltastream.supervisor.ports import free_listeners, is_loopback
from deltastream.supervisor.up import UpOptions, plan_of

SECRET = "DELTASTREAM_SERVICE_SECRET"  # noqa: S105 - a variable's name
ANONYMOUS = "DELTASTREAM_ALLOW_ANONYMOUS"
EVERYWHERE = {"DELTASTREAM_EDGE_LISTEN": "0.0.0.0:0"}


def planned(
    folder: Path, *, option: bool | None = None, environment: dict[str, str] | None = None
) -> MeshPlan:
    """Plan a mesh as the command line and an environment say, without looking at ports."""
    options = UpOptions(
        environment={},
        port=None,
        replicas=1,
        data_dir=folder,
        free_ports=True,
        allow_anonymous=option,
        verbose=False,
    )
    told = environment or {}
    listeners = free_listeners(port=None) | {
        name: address for name, address in told.items() if name.endswith("_LISTEN")
    }
    return plan_of(options, environment=told, listeners=listeners)


@pytest.mark.parametrize(
    ("option", "environment", "allowed"),
    [
        (None, {}, True),
        (False, {}, False),
        (None, EVERYWHERE, False),
        (True, EVERYWHERE, True),
        (None, {ANONYMOUS: "false"}, False),
        (None, {ANONYMOUS: "Yes"} | EVERYWHERE, True),
        (True, {ANONYMOUS: "false"}, True),
        (None, {ANONYMOUS: ""}, True),
    ],
)
def test_reading_needs_no_token_where_nobody_else_can_read_or_somebody_said_so(
    tmp_path: Path, *, option: bool | None, environment: dict[str, str], allowed: bool
) -> None:
    plan = planned(tmp_path, option=option, environment=environment)
    assert plan.allow_anonymous is allowed
    for command in commands.roles(plan):
        assert command.environment[ANONYMOUS] == str(allowed).lower()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:1", True),
        ("127.9.9.9:1", True),
        ("localhost:1", True),
        ("[::1]:1", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        (":1", False),
        ("10.0.0.7:1", False),
        ("mesh.example:1", False),
    ],
)
def test_only_loopback_addresses_are_of_this_machine_alone(address: str, *, expected: bool) -> None:
    assert is_loopback(address) is expected


def test_the_roles_know_one_another_by_a_secret_that_is_another_each_time(tmp_path: Path) -> None:
    plans = [planned(tmp_path) for _ in range(2)]
    secrets = [{each.environment[SECRET] for each in commands.roles(plan)} for plan in plans]
    assert [len(secret) for secret in secrets] == [1, 1]
    assert secrets[0] != secrets[1]
    assert all(len(secret) >= 32 for each in secrets for secret in each)


def test_the_secret_is_in_the_environment_of_the_roles_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(tmp_path, environment={SECRET: "the-persons-own"})
    monkeypatch.setenv(SECRET, plan.service_secret)
    everything: list[Any] = [plan, banner(plan, seconds=1.0), commands.redis(plan).environment]
    for command in commands.roles(plan):
        everything += [command, command.arguments]
    assert plan.service_secret not in repr(everything)


def test_a_secret_of_the_persons_own_is_kept(tmp_path: Path) -> None:
    plan = planned(tmp_path, environment={SECRET: "mine"})
    assert {each.environment[SECRET] for each in commands.roles(plan)} == {"mine"}


@pytest.mark.parametrize(
    ("option", "environment", "said"),
    [
        (None, {}, "Reading needs no token on this machine"),
        (True, EVERYWHERE, "Reading needs no token from any machine"),
        (False, {}, "Every call needs a token"),
    ],
)
def test_it_says_at_start_who_may_read(
    tmp_path: Path, *, option: bool | None, environment: dict[str, str], said: str
) -> None:
    assert said in banner(planned(tmp_path, option=option, environment=environment), seconds=1.0)
