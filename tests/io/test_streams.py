"""Connections on the loopback address: bytes both ways, bounds, busy ports."""

import asyncio
import socket

import pytest

from hts.base.errors import ConfigError
from hts.io import loop
from hts.io.streams import CONNECTIONS_MAX, StreamServer
from hts.io.tcp import TcpClient
from tests.support.streams import PATIENCE_S, Recorder


def test_bytes_go_both_ways_and_each_side_hears_the_end():
    async def scenario():
        there, here = Recorder(), Recorder()
        server = StreamServer(there)
        client = TcpClient(here, [("127.0.0.1", await server.listen_tcp(0))])
        client.dial()
        await here.hears(["connected"])
        client.send(b"ping")
        await there.hears(["connected", b"ping"])
        server.send(there.conns[0], b"pong")
        await here.hears(["connected", b"pong"])
        client.hangup("enough")
        await here.hears(["connected", b"pong", "enough"])
        await there.hears(["connected", b"ping", "closed by the peer"])
        client.dial()
        await here.hears(["connected", b"pong", "enough", "connected"])
        server.stop()
        await here.hears(["connected", b"pong", "enough", "connected", "closed by the peer"])
        assert here.conns[0] != here.conns[1]

    loop.run(scenario())


def test_a_dial_that_nobody_answers_is_one_clear_line():
    async def scenario():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        here = Recorder()
        TcpClient(here, [("127.0.0.1", port)]).dial()
        await here.hears([f"127.0.0.1:{port}: Connection refused"])

    loop.run(scenario())


def test_a_busy_port_is_one_clear_line():
    async def scenario():
        first = StreamServer(Recorder())
        port = await first.listen_tcp(0)
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}: .*--port-base"):
            await StreamServer(Recorder()).listen_tcp(port)
        first.stop()

    loop.run(scenario())


def test_the_listener_is_on_the_loopback_address_only():
    async def scenario():
        server = StreamServer(Recorder())
        await server.listen_tcp(0)
        assert [sock.getsockname()[0] for sock in server._server.sockets] == ["127.0.0.1"]
        server.stop()

    loop.run(scenario())


def test_a_peer_that_does_not_read_is_cut_off():
    async def scenario():
        there = Recorder()
        server = StreamServer(there, write_bytes_max=100_000)
        port = await server.listen_tcp(0)
        with socket.create_connection(("127.0.0.1", port)):
            await there.hears(["connected"])
            async with asyncio.timeout(PATIENCE_S):
                while len(there.heard) == 1:
                    server.send(there.conns[0], bytes(200_000))
                    await asyncio.sleep(0)
        assert there.heard[1].startswith("does not read: ")
        server.stop()

    loop.run(scenario())


def test_one_connection_too_many_is_closed_and_the_others_stay():
    async def scenario():
        there = Recorder()
        server = StreamServer(there)
        port = await server.listen_tcp(0)
        peers = []
        for number in range(1, CONNECTIONS_MAX + 1):
            peers.append(TcpClient(Recorder(), [("127.0.0.1", port)]))
            peers[-1].dial()
            await there.hears(["connected"] * number)
        extra = Recorder()
        TcpClient(extra, [("127.0.0.1", port)]).dial()
        await extra.hears(["connected", "closed by the peer"])
        assert there.heard == ["connected"] * CONNECTIONS_MAX
        for peer in peers:
            peer.stop()
        server.stop()

    loop.run(scenario())
