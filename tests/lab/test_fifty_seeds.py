"""The promise of the first release: fifty seeds, every fault, no violation, a third of the orders filled."""

import os

import pytest

from hts.app.simulate import play_all, summary
from hts.lab.faults import ALL
from hts.model.enums import DisconnectPolicy

SEEDS = range(1, 51)
ORDERS = int(os.environ.get("HTS_SIMULATED_ORDERS", "100"))  # `make campaign` plays 1,000


@pytest.mark.timeout(600)  # half a minute of CPU, on whatever machine
def test_fifty_seeds_with_every_fault_and_no_violation():
    found = summary(list(play_all(SEEDS, orders=ORDERS, faults=ALL, policy=DisconnectPolicy.KEEP, jobs=1)))
    assert found["violated"] == []
    assert found["never_fired"] == []
    assert found["filled"] >= found["orders"] * 3 // 10
