"""What the core's shell tells the runner of who is attached."""

import asyncio

from hts.app.core_shell import CoreShell
from hts.io.clock import SystemClock
from hts.link.client import LinkClient
from hts.link.server import LinkServer


class Runner:
    """Remembers what it was told."""

    def __init__(self):
        self.told = []

    def on_clients(self, count, _mono_ns):
        self.told.append(("clients", count))

    def on_other_builds(self, names):
        self.told.append(("other builds", names))

    def next_timer_ns(self):
        return None


def test_terminals_of_another_build_are_told_as_they_come_and_go_and_count_as_nobody():
    async def play():
        link = LinkServer(token="t", build="b1", run_id="r", state=tuple, market=tuple)
        shell, runner = CoreShell(link, SystemClock()), Runner()
        shell.begin(runner)
        for conn, build in ((1, "b2"), (2, "b1"), (3, "b2")):
            shell.connected(conn)
            shell.received(conn, LinkClient(token="t", build=build, name="desk").hello())
        for conn in (1, 2, 3):
            shell.disconnected(conn, "gone")
        shell.stop()
        return runner.told

    assert asyncio.run(play()) == [
        ("other builds", ("desk b2",)),
        ("clients", 1),
        ("clients", 0),
        ("other builds", ()),
    ]
