"""Reads what is deployed: the compose file, the chart and the Dockerfile."""

import importlib
import tomllib
from pathlib import Path
from typing import Any

import yaml

from deltastream.runtime.roles import ROLES, Role
from deltastream.runtime.settings import ENVIRONMENT_PREFIX, RoleSettings

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "deltastream"
DATA_DIRECTORY = "/var/lib/deltastream"

Document = dict[str, Any]


def read_yaml(path: Path) -> Document:
    document: Document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def compose_services() -> Document:
    services: Document = read_yaml(ROOT / "docker-compose.yml")["services"]
    return services


def chart_values() -> Document:
    return read_yaml(CHART / "values.yaml")


def project_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version: str = project["version"]
    return version


def settings_of(role: Role) -> type[RoleSettings]:
    module = importlib.import_module(f"deltastream.{role.name}.settings")
    settings: type[RoleSettings] = getattr(module, f"{role.name.capitalize()}Settings")
    return settings


def known_variables(role: Role) -> set[str]:
    """The environment variables that a role reads."""
    return {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in settings_of(role).model_fields}


def expected_listeners(role: Role) -> dict[str, str]:
    """Where a role is told to listen; what it has for operators is of every role by one name."""
    listeners = {**role.listeners, f"{ENVIRONMENT_PREFIX}ADMIN_LISTEN": role.admin_port}
    return {name: f"0.0.0.0:{port}" for name, port in listeners.items()}


def expected_addresses(role: Role, target: str) -> dict[str, str]:
    """The addresses that a role must be given; `target` has {name} and {port}."""
    return {
        callee.address_variable: target.format(name=callee.name, port=callee.grpc_port)
        for callee in ROLES
        if callee.name in role.calls
    }


def ending(environment: dict[str, str], suffix: str) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.endswith(suffix)}
