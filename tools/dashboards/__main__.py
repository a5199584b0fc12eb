"""Writes the dashboards that Grafana is given: `python -m tools.dashboards`."""

import json
from pathlib import Path
from typing import Final

from tools.dashboards.delivery import delivery
from tools.dashboards.edge import edge
from tools.dashboards.market import market
from tools.dashboards.mesh_overview import mesh_overview
from tools.dashboards.queries import Json

FOLDER: Final = Path(__file__).parents[2] / "observability" / "grafana" / "dashboards"


def files() -> dict[str, str]:
    """Return what is to stand in each file."""
    made = (mesh_overview(), delivery(), edge(), market())
    return {f"{_name(each)}.json": json.dumps(each, indent=2) + "\n" for each in made}


def _name(made: Json) -> str:
    identifier: str = made["uid"]
    return identifier.removeprefix("deltastream-")


def main() -> None:
    """Write all files."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
