"""Datagrams on the loopback address."""

import asyncio
import socket

import pytest

from hts.base.errors import ConfigError
from hts.io import loop
from hts.io.udp import DATAGRAMS_PER_TURN, UdpReceiver, UdpResponder, UdpSender
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


def test_a_burst_lets_other_sockets_in_between():
    async def scenario():
        heard = []
        all_heard = asyncio.Event()

        def hear(who):
            heard.append(who)
            if len(heard) == 41:
                all_heard.set()

        receivers = [UdpReceiver(lambda _, who=who: hear(who)) for who in ("feed", "order")]
        feed, order = [UdpSender(await receiver.listen(0)) for receiver in receivers]
        for _ in range(40):
            feed.send(b"quote")
        order.send(b"buy")  # both wait before the loop looks at either
        async with asyncio.timeout(PATIENCE_S):
            await all_heard.wait()
        assert heard.index("order") <= DATAGRAMS_PER_TURN
        for one in (*receivers, feed, order):
            one.stop()

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


def test_a_responder_answers_where_the_question_comes_from():
    async def scenario():
        responder = UdpResponder(lambda data: None if data == b"quiet" else data[::-1])
        port = await responder.listen(0)
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}/udp"):
            await UdpResponder(lambda _: None).listen(port)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.setblocking(False)
            asking.bind(("127.0.0.1", 0))
            for question in (b"quiet", b"abc"):
                asking.sendto(question, ("127.0.0.1", port))
            async with asyncio.timeout(PATIENCE_S):
                assert await asyncio.get_running_loop().sock_recv(asking, 100) == b"cba"
        responder.stop()

    loop.run(scenario())


def test_a_feed_gives_way_to_a_connection_but_not_for_ever():
    async def scenario():
        heard = []
        done = asyncio.Event()

        def hear(data):
            heard.append(data)
            if len(heard) == 3:
                done.set()

        asked = []  # by how many had been read

        def must_yield():
            asked.append(len(heard))
            return True

        receiver = UdpReceiver(hear, must_yield)
        feed = UdpSender(await receiver.listen(0))
        for number in range(3):
            feed.send(bytes([number]))
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
        assert heard == [b"\0", b"\1", b"\2"]
        assert asked[:6] == [0, 0, 1, 1, 2, 2], "two turns are given away, then one is read whatever waits"
        receiver.stop()
        feed.stop()

    loop.run(scenario())
