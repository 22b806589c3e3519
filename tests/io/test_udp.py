"""Datagrams on the loopback address."""

import asyncio

import pytest

from hts.base.errors import ConfigError
from hts.io import loop
from hts.io.udp import UdpReceiver, UdpSender
from tests.support.streams import PATIENCE_S


def test_datagrams_arrive_whole_and_in_order():
    async def scenario():
        packets = asyncio.Queue()
        receiver = UdpReceiver(packets.put_nowait)
        sender = UdpSender(await receiver.listen(0))
        sent = [bytes([number]) * (number + 1) for number in range(50)]
        for packet in sent:
            sender.send(packet)
        async with asyncio.timeout(PATIENCE_S):
            assert [await packets.get() for _ in sent] == sent
        assert sender.lost == 0
        sender.stop()
        receiver.stop()

    loop.run(scenario())


def test_a_busy_port_is_one_clear_line():
    async def scenario():
        first = UdpReceiver(lambda _: None)
        port = await first.listen(0)
        with pytest.raises(ConfigError, match=f"cannot receive market data on 127.0.0.1:{port}/udp"):
            await UdpReceiver(lambda _: None).listen(port)
        first.stop()

    loop.run(scenario())


def test_sending_to_nobody_is_no_error():
    sender = UdpSender(1)
    sender.send(b"x")
    sender.send(b"y")
    sender.stop()


def test_a_sender_takes_nothing_from_other_machines():
    sender = UdpSender(1)
    assert sender._socket.getsockname()[0] == "127.0.0.1"
    sender.stop()
