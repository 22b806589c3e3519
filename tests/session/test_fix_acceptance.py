"""The public FIX 4.4 acceptance suite against our acceptor: all under a virtual clock, the quick ones over TCP."""

import subprocess
import sys
from pathlib import Path

import pytest

from hts.io.ports import free_port_base
from tests.session.fix_player import ABSENT, DEFINITIONS, play, suite_player

# These wait for heartbeats of six seconds: over TCP they are played by hand.
SLOW = ("4a_NoDataSentDuringHeartBtInt.def", "6_SendTestRequest.def")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not DEFINITIONS, reason=ABSENT)
def test_the_suite_has_all_its_scenarios():
    assert len(DEFINITIONS) == 59


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda p: p.stem)
def test_scenario(path):
    play(path)


# FIX 4.2 has no SessionRejectReason(373) above 11, no tag 454, and wants ExecTransType(20) in each report.
ONLY_44 = ("14g_", "14h_", "14i_", "21_", "2r_")


@pytest.mark.parametrize(
    "path", [path for path in DEFINITIONS if not path.name.startswith(ONLY_44)], ids=lambda path: path.stem
)
def test_scenario_in_fix_42(path):
    play(path, "FIX.4.2")


# FIX 5.0 SP2 has a field 999, and codes for TradingSessionID(336) that these messages do not use.
NOT_50 = ("14a_", "14i_", "21_")


@pytest.mark.parametrize(
    "path", [path for path in DEFINITIONS if not path.name.startswith(NOT_50)], ids=lambda path: path.stem
)
def test_scenario_in_fixt_11(path):
    play(path, "FIXT.1.1")


@pytest.fixture
def server():
    if not DEFINITIONS:
        pytest.skip(ABSENT)
    port = free_port_base()
    words = [
        sys.executable,
        "-m",
        "hts.app.cli",
        "conformance",
        "fix",
        "--begin-string",
        "FIX.4.4",
        "--port",
        str(port),
    ]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == f"FIX FIX.4.4 acceptor on 127.0.0.1:{port}\n"
        yield port
        process.terminate()


@pytest.mark.processes
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the suite's player leaves its files open
def test_over_tcp(server):
    suite = suite_player()
    found = [suite.play(str(path), "127.0.0.1", server) for path in DEFINITIONS if path.name not in SLOW]
    assert [row for row in found if not row[1]] == []
