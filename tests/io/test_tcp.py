"""The client that dials when told to."""

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
