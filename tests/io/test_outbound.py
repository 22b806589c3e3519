"""Where the process may connect to. The hook stays for the life of a process, so each case has one of its own."""

import subprocess
import sys
import textwrap

import pytest

from hts.io import loop, outbound
from hts.io.tcp import TcpClient
from tests.support.streams import Recorder

ELSEWHERE = "192.0.2.1"  # TEST-NET-1 of RFC 5737: nobody is there


def said(body: str) -> str:
    """What a process prints that watches and then does this."""
    code = "import socket\nfrom hts.io import outbound\noutbound.watch()\n" + textwrap.dedent(body)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def refused(action: str) -> str:
    return (
        f"try:\n    {action}\nexcept outbound.OutboundRefused as fault:\n    print(fault)\nelse:\n    print('went')\n"
    )


@pytest.mark.parametrize(
    "action",
    [
        f"socket.create_connection(('{ELSEWHERE}', 443), timeout=1)",
        f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('{ELSEWHERE}', 53))",
        f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('{ELSEWHERE}', 53))",
        "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 443))",
        "socket.getaddrinfo('updates.example', 443)",
        "socket.gethostbyname('updates.example')",
        f"__import__('http.client').client.HTTPConnection('{ELSEWHERE}', 80, timeout=1).request('GET', '/')",
    ],
)
def test_nothing_else_may_be_talked_to(action):
    assert said(refused(action)).startswith("refused to ")


def test_this_machine_may():
    assert (
        said("""
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()[:2]).close()
            socket.create_connection(("localhost", server.getsockname()[1])).close()
        a, b = socket.socketpair()
        a.sendmsg([b"x"])
        print(b.recv(1))
    """)
        == "b'x'\n"
    )


def test_what_the_configuration_names_may_and_only_at_its_port():
    body = f"""
outbound.allow([("{ELSEWHERE}", 443), ("venue.example", 9000)])
def told(host, port):
    print(host, port, outbound.is_allowed(host, port))
told("{ELSEWHERE}", 443); told("{ELSEWHERE}", 80); told("venue.example", 9000); told("venue.example", 9001)
"""
    expected = f"{ELSEWHERE} 443 True\n{ELSEWHERE} 80 False\nvenue.example 9000 True\nvenue.example 9001 False\n"
    assert said(body) == expected


def test_a_client_of_a_host_that_nobody_named_hears_why():
    """The loop connects in C: the interpreter's hook would not see it."""

    async def scenario():
        here = Recorder()
        client = TcpClient(here, [(ELSEWHERE, 4000)])
        client.dial()
        with pytest.raises(outbound.OutboundRefused) as fault:
            outbound.check(ELSEWHERE, 4000)
        await here.hears([str(fault.value)])
        client.stop()

    loop.run(scenario())


def test_names_of_this_machine():
    assert [outbound.is_this_machine(h) for h in ("127.0.0.1", "127.8.8.8", "::1", "localhost", "")] == [True] * 5
    assert [outbound.is_this_machine(h) for h in ("0.0.0.0", "10.0.0.1", "localhost.example", "::")] == [False] * 4
