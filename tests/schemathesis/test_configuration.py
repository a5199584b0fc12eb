"""How schemathesis asks, of what the contract offers."""

import re
import tomllib
from pathlib import Path

from deltastream.edge.contract import SERVICES
from deltastream.edge.transcoder.http_rule import bindings_of


def test_no_stream_is_waited_for_to_its_end() -> None:
    document = tomllib.loads(Path(__file__).with_name("schemathesis.toml").read_text())
    (streams,) = document["operations"]
    # Schemathesis counts the events of this notation alone.
    assert streams["headers"] == {"Accept": "text/event-stream"}
    assert streams["max-stream-events"] > 0
    cut = re.compile(streams["include-path-regex"])

    for service in SERVICES:
        for binding in bindings_of(service):
            path = binding.template
            assert bool(cut.search(path)) == binding.method.server_streaming, path
