"""Free ports for roles that may be started again."""

from pathlib import Path

import pytest

from deltastream.supervisor.ports import free_listeners, replica_listeners

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def ports() -> list[int]:
    addresses = [*free_listeners(port=None).values(), *replica_listeners(3)]
    return [int(address.rpartition(":")[2]) for address in addresses if address]


def test_no_port_is_handed_out_twice() -> None:
    listeners = [address for address in free_listeners(port=None).values() if address]
    assert len(set(listeners)) == len(listeners)
    assert len(set(replica_listeners(20))) == 20


@pytest.mark.skipif(not RANGE.exists(), reason="this system does not say which ports callers get")
def test_none_is_one_that_the_system_may_give_to_a_caller_while_a_role_is_away() -> None:
    lowest, _ = map(int, RANGE.read_text().split())
    assert max(ports()) < lowest


def test_a_chosen_port_is_that_of_the_edge() -> None:
    assert free_listeners(port=8123)["DELTASTREAM_EDGE_LISTEN"] == "127.0.0.1:8123"
