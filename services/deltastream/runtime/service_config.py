"""What gRPC is told of the methods of a role, and how long a call of each may take."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """A role's service config.

    Attributes:
        text: JSON, for gRPC.
        timeouts: the seconds that a call may take, by method as gRPC names it; others may take as
            long as the server lets them.
    """

    text: str
    timeouts: Mapping[bytes, float]


@cache
def service_config(service: str) -> ServiceConfig:
    """Return the service config of a role, by its name.

    Timeouts are taken out of what gRPC is told. It counts its own from the clock of the day: once
    that has been set back by more than a timeout, each call ends as it begins, with
    DEADLINE_EXCEEDED, for as long as the process lives.
    """
    file = resources.files("deltastream.runtime") / "service_configs" / f"{service}.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    timeouts: dict[bytes, float] = {}
    for methods in config["methodConfig"]:
        seconds = float(methods.pop("timeout").removesuffix("s"))
        for name in methods["name"]:
            timeouts[f"/{name['service']}/{name['method']}".encode()] = seconds
    return ServiceConfig(text=json.dumps(config), timeouts=timeouts)
