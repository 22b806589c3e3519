"""The client that dials when told to."""

import asyncio

from hts.io import loop
from hts.io.streams import StreamServer
from hts.io.tcp import TcpClient
from tests.support.streams import Recorder


def test_a_second_dial_while_connected_makes_no_second_connection():
    async def scenario():
        there, here = Recorder(), Recorder()
        server = StreamServer(there)
        client = TcpClient(here, [("127.0.0.1", await server.listen_tcp(0))])
        client.dial()
        client.dial()
        await here.hears(["connected"])
        client.dial()
        client.send(b"x")
        await there.hears(["connected", b"x"])
        client.stop()
        server.stop()

    loop.run(scenario())


def test_sending_without_a_connection_does_nothing():
    async def scenario():
        here = Recorder()
        client = TcpClient(here, [("127.0.0.1", 1)])
        client.send(b"lost")
        client.hangup("none")
        client.stop()
        assert here.heard == []

    loop.run(scenario())


class _Turns(Recorder):
    """Also writes down in which turn of the loop each piece came, and how large it was."""

    def __init__(self):
        super().__init__()
        self.pieces = []
        self.turn = 0
        self.is_over = False

    def received(self, conn, data):
        self.pieces.append((self.turn, len(data)))
        super().received(conn, data)

    def next_turn(self):
        self.turn += 1
        if not self.is_over:
            asyncio.get_running_loop().call_soon(self.next_turn)


def test_a_burst_is_read_in_slices_one_per_turn_and_nothing_of_it_is_lost():
    burst = bytes(range(250)) * 40

    async def scenario():
        there, here = Recorder(), _Turns()
        server = StreamServer(there)
        client = TcpClient(here, [("127.0.0.1", await server.listen_tcp(0))], slice_bytes=1_000)
        client.dial()
        await here.hears(["connected"])
        await there.hears(["connected"])
        here.next_turn()
        try:
            server.send(there.conns[0], burst)
            await here.hears(["connected", burst])
        finally:
            here.is_over = True
            server.stop()
        await here.hears(["connected", burst, "closed by the peer"])
        turns = [turn for turn, _ in here.pieces]
        assert len(turns) == len(set(turns)) >= 10
        assert max(size for _, size in here.pieces) <= 1_000

    loop.run(scenario())
