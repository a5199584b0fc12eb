"""The Bruno collection offers what the contract does, no less and no more."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.compatibility.bruno_collection import BrunoRequest, bruno_requests

DOCUMENT: Final = Path(__file__).parents[2] / "gen/openapi/deltastream.json"
OPERATIONS: Final[dict[str, Any]] = {
    f"{method.upper()} {path}": operation
    for path, item in json.loads(DOCUMENT.read_text())["paths"].items()
    for method, operation in item.items()
}
REQUESTS: Final = list(bruno_requests())


def test_every_route_has_a_request_and_every_request_a_route() -> None:
    assert {request.route for request in REQUESTS} == OPERATIONS.keys()


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.file.stem)
def test_a_request_offers_every_query_parameter_of_its_route(request_: BrunoRequest) -> None:
    parameters = OPERATIONS[request_.route].get("parameters", [])
    assert request_.parameters == {each["name"] for each in parameters if each.get("in") == "query"}
