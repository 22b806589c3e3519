"""Free ports."""

import socket

import pytest

from hts.io.ports import PORTS_MAX, free_port_base


@pytest.mark.parametrize(("number", "kind"), [(1, socket.SOCK_STREAM), (3, socket.SOCK_DGRAM)])
def test_neighbours_of_a_busy_port_are_passed_over(number, kind):
    first = free_port_base()
    with socket.socket(type=kind) as busy:
        busy.bind(("127.0.0.1", first + number))
        taken = free_port_base()
        assert first + number not in range(taken, taken + PORTS_MAX)
