"""A whole paper session talks to this machine alone: the kernel is asked, not the program."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: nobody watches the sockets"),
]

CALLS = "connect,bind,sendto,sendmsg,sendmmsg"
FAMILY = re.compile(r"sa_family=(AF_\w+)")
ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


def addresses(trace):
    """Families and internet addresses that a trace names."""
    return set(FAMILY.findall(trace)), {a or b for a, b in ADDRESS.findall(trace)}


def test_addresses_are_read_from_a_trace():
    trace = (
        '7 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0\n'
        '8 connect(4, {sa_family=AF_INET6, sin6_port=htons(1), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = 0\n'
        '9 bind(5, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0\n'
    )
    assert addresses(trace) == ({"AF_INET", "AF_INET6", "AF_UNIX"}, {"192.0.2.1", "::1"})


@pytest.mark.timeout(120)
def test_a_paper_session_talks_to_this_machine_alone(tmp_path):
    trace = tmp_path / "trace"
    hts = Path(sys.executable).with_name("hts")
    watch = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", str(trace)]
    session = [str(hts), "demo", "--headless", "--seconds", "3", "--json", "--home", str(tmp_path / "home")]
    done = subprocess.run([*watch, *session], capture_output=True, text=True, check=False, timeout=100)
    if "ptrace" in done.stderr and not done.stdout:
        pytest.skip("the kernel allows no tracing: nobody watches the sockets")
    told = json.loads(done.stdout)
    assert told["orders"] > 0 and told["users"] == ["api:demo"], "orders that did not come by the public door"
    assert (told["lost"], told["duplicated"], told["balanced"]) == (0, 0, True)
    families, found = addresses(trace.read_text(encoding="utf-8", errors="replace"))
    assert families <= {"AF_INET", "AF_INET6", "AF_UNIX"}
    assert "127.0.0.1" in found
    assert found <= {"127.0.0.1", "::1"}
