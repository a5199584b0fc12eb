"""Fixtures for all tests."""

import gc

from hypothesis import settings

pytest_plugins = ["tests.fixtures.mongo_server", "tests.fixtures.redis_server"]

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("untimed", deadline=None)
# What `make test` tries of each property; `make test-properties` tries all examples.
settings.register_profile("few", deadline=None, max_examples=25)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Have the garbage of a test looked for among what it made, not among thousands of tests."""
    gc.collect()
    gc.freeze()
