"""Whether bytes wait on a connection, and a feed that lets them in."""

import asyncio
import socket
from contextlib import ExitStack, closing

import pytest

from hts.io import loop
from hts.io.inputs import Inputs
from hts.io.streams import StreamServer
from hts.io.tcp import TcpClient
from hts.io.udp import UdpReceiver, UdpSender
from tests.support.streams import PATIENCE_S, Recorder

BURST = 50


@pytest.fixture
def pair():
    here, there = socket.socketpair()
    with closing(here), closing(there):
        yield here, there


def test_bytes_that_wait_show_until_they_are_read(pair):
    here, there = pair
    inputs = Inputs()
    assert not inputs.wait()
    inputs.add(here.fileno(), "here")
    assert not inputs.wait()
    there.send(b"buy")
    assert inputs.wait()
    here.recv(3)
    assert not inputs.wait()
    there.close()
    assert inputs.wait(), "the end of a connection is news too"
    inputs.remove(here.fileno(), "here")
    assert not inputs.wait()


def test_a_number_that_is_somebody_elses_by_now_stays(pair):
    here, there = pair
    inputs = Inputs()
    inputs.add(here.fileno(), "old")
    inputs.add(here.fileno(), "new")
    inputs.remove(here.fileno(), "old")
    there.send(b"buy")
    assert inputs.wait()


def test_connections_of_servers_and_clients_are_looked_at_while_they_stand():
    async def scenario():
        inputs, owner, peer = Inputs(), Recorder(), Recorder()
        server = StreamServer(owner, inputs=inputs)
        client = TcpClient(peer, [("127.0.0.1", await server.listen_tcp(0))], inputs=inputs)
        client.dial()
        await owner.hears(["connected"])
        await peer.hears(["connected"])
        assert not inputs.wait()
        client.send(b"buy")  # with the kernel, and the loop has not looked yet
        assert inputs.wait()
        await owner.hears(["connected", b"buy"])
        assert not inputs.wait()
        client.hangup("enough")
        await owner.hears(["connected", b"buy", "closed by the peer"])
        await peer.hears(["connected", "enough"])
        assert not inputs.wait()
        server.stop()

    loop.run(scenario())


def test_an_order_waits_for_the_datagram_in_hand_and_not_for_the_burst():
    async def scenario():
        heard, inputs, done = [], Inputs(), asyncio.Event()

        def note(who):
            heard.append(who)
            if who == "A" and heard.count("A") == BURST // 2:
                terminal.send(b"buy")
            if len(heard) == 2 * BURST + 1:
                done.set()

        class Core(Recorder):
            def received(self, conn, data):
                note("order")

        with ExitStack() as open_ones:
            owner = Core()
            server = StreamServer(owner, inputs=inputs)
            open_ones.callback(server.stop)
            terminal = socket.create_connection(("127.0.0.1", await server.listen_tcp(0)))
            open_ones.enter_context(terminal)
            await owner.hears(["connected"])
            for line in ("A", "B"):
                receiver = UdpReceiver(lambda _, line=line: note(line), inputs.wait)
                feed = UdpSender(await receiver.listen(0))
                open_ones.callback(receiver.stop)
                open_ones.callback(feed.stop)
                for _ in range(BURST):
                    feed.send(b"quote")
            async with asyncio.timeout(PATIENCE_S):
                await done.wait()
        came = [place for place, who in enumerate(heard) if who == "A"][BURST // 2 - 1]
        assert heard[came:].index("order") == 1, heard[came : came + 20]

    loop.run(scenario())
