"""Fixtures for all tests."""

from hypothesis import settings

pytest_plugins = ["tests.fixtures.mongo_server", "tests.fixtures.redis_server"]

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
