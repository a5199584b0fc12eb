"""What enrichment can be told of its replicas' names."""

import subprocess
import sys

import pytest
from pydantic import TypeAdapter, ValidationError
from tests.fixtures.running_mesh import environment

from deltastream.enrichment.settings import ReplicaName

SECONDS = 30.0
MEGABYTE = 1024 * 1024
MOST_BYTES = 4 * MEGABYTE
# All that they need comes before, and is not counted.
GROWTH = """
import psutil
import deltastream.enrichment.replica, deltastream.runtime.settings
process = psutil.Process()
before = process.memory_info().rss
import deltastream.enrichment.settings
print(process.memory_info().rss - before)
"""


@pytest.mark.parametrize("name", ["e", "enrichment-0.mesh_a", "ähre", "n" * 200])
def test_a_replica_has_a_name_of_letters_digits_dots_and_dashes(name: str) -> None:
    assert TypeAdapter(ReplicaName).validate_python(name) == name


@pytest.mark.parametrize("name", ["", "a/b", "a b", "a\n", "n" * 201])
def test_no_other_and_none_too_long(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ReplicaName).validate_python(name)


def test_the_settings_take_next_to_no_memory() -> None:
    process = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", GROWTH],
        env=environment(),
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    assert int(process.stdout) < MOST_BYTES
