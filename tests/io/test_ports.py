"""Free ports."""

import os
import socket
import subprocess
import sys

import pytest

from hts.io.ports import PORTS_MAX, free_port_base


@pytest.mark.parametrize(("number", "kind"), [(1, socket.SOCK_STREAM), (3, socket.SOCK_DGRAM)])
def test_neighbours_of_a_busy_port_are_passed_over(number, kind):
    first = free_port_base()
    with socket.socket(type=kind) as busy:
        busy.bind(("127.0.0.1", first + number))
        taken = free_port_base()
        assert first + number not in range(taken, taken + PORTS_MAX)


def test_what_one_program_has_found_another_does_not():
    """Both begin to look at the same place, and nobody listens yet."""
    ours = free_port_base()
    look = f"import os; os.getpid = lambda: {os.getpid()}; from hts.io import ports; print(ports.free_port_base())"
    theirs = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)
    assert int(theirs.stdout) != ours
    assert free_port_base() == ours
