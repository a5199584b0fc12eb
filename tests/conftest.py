"""Fixtures for all tests."""

pytest_plugins = ["tests.fixtures.redis_server"]
