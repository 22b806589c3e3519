"""The core is killed with SIGKILL at random moments of a running session; the venue must agree with it afterwards."""

import sys

import pytest

from tests.support.kills import kill_and_compare

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]


@pytest.mark.parametrize(("disconnect", "kills"), [("keep", 14), ("cancel", 6)])
def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path, disconnect, kills):
    audit, wrong, trader = kill_and_compare(tmp_path, kills=kills, seed=7, disconnect=disconnect)
    assert (wrong, audit.lost, audit.duplicated, audit.entered_twice, audit.examples) == ([], 0, 0, 0, ())
    assert audit.orders > kills
    assert len(trader.fills) == audit.fills > 0
