"""Server and client joined back to back: what one publishes, the other receives, whatever happens between."""

import pytest
from msgspec.structs import replace

from hts.base.errors import RemoteProtocolError
from hts.link.client import LinkClient
from hts.link.server import EVENTS_WAITING_MAX, RING_LENGTH, TRADES_WAITING_MAX, LinkServer
from hts.model.denials import Denial, Rule
from hts.model.enums import Phase
from hts.model.intents import CancelAll
from hts.model.queries import RequestBars, Subscribe
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.model.views import NoticeView, OutcomeView
from hts.wire.link.frames import FrameType, frame
from hts.wire.link.messages import VERSION, Refused, SnapshotBegin, SnapshotEnd, Welcome


def a_server(state=(), market=(), run_id="run-1"):
    return LinkServer(token="t", build="b1", run_id=run_id, state=lambda: state, market=lambda: market)


def a_client(token="t", build="b1"):
    return LinkClient(token=token, build=build, name="test")


def notice(n):
    return NoticeView(key="fill", detail=str(n))


def book(symbol, px):
    return BookUpdate(symbol, 1, (px,) * 40, 0, 0, 0, 0, Phase.CONTINUOUS)


def trade(symbol, px):
    return TradeUpdate(symbol, 1, px, 1, "1", px, px, px, 1, px, Phase.CONTINUOUS)


def attach(server, client, number=1):
    server.connected(number)
    assert server.receive_data(number, client.hello()) == []
    return client.receive_data(server.data_to_send(number))


def test_hello_gives_the_whole_state_then_numbered_events():
    server, client = a_server(state=(notice(1), notice(2))), a_client()
    first = attach(server, client)
    server.publish(notice(3))
    assert first == [
        Welcome(version=VERSION, build="b1", run_id="run-1", client=1, resumed=False),
        SnapshotBegin(),
        notice(1),
        notice(2),
        SnapshotEnd(last_event=0),
    ]
    assert client.receive_data(server.data_to_send(1)) == [notice(3)]
    assert client.last_event == 1


def test_a_returning_client_gets_exactly_what_it_missed():
    server, client = a_server(), a_client()
    attach(server, client)
    server.publish(notice(1))
    client.receive_data(server.data_to_send(1))
    server.disconnected(1)
    server.publish(notice(2))
    server.publish(notice(3))
    assert attach(server, client, 2) == [
        Welcome(version=VERSION, build="b1", run_id="run-1", client=2, resumed=True),
        notice(2),
        notice(3),
    ]


def test_a_new_run_of_the_core_means_the_whole_state():
    client = a_client()
    attach(a_server(), client)
    assert attach(a_server(state=(notice(9),), run_id="run-2"), client)[1:] == [
        SnapshotBegin(),
        notice(9),
        SnapshotEnd(last_event=0),
    ]


def test_a_client_that_missed_more_than_the_ring_gets_the_whole_state():
    server, client = a_server(state=(notice(0),)), a_client()
    attach(server, client)
    server.disconnected(1)
    for n in range(RING_LENGTH + 1):
        server.publish(notice(n))
    assert attach(server, client, 2)[1:] == [SnapshotBegin(), notice(0), SnapshotEnd(last_event=RING_LENGTH + 1)]


def test_a_client_that_does_not_read_is_cut_off_and_nobody_else_waits():
    server, slow, quick = a_server(), a_client(), a_client()
    attach(server, slow, 1)
    attach(server, quick, 2)
    for n in range(EVENTS_WAITING_MAX + 1):
        server.publish(notice(n))
        if n % 1000 == 0:
            quick.receive_data(server.data_to_send(2, budget=1 << 20))
    assert server.closing() == [1]
    assert server.attached == 1
    quick.receive_data(server.data_to_send(2, budget=1 << 20))
    assert quick.last_event == EVENTS_WAITING_MAX + 1
    server.disconnected(1)
    resumed = attach(server, slow, 3)
    assert resumed[1] == SnapshotBegin()  # one more than the ring holds


def test_books_conflate_and_trades_keep_the_newest():
    server, client = a_server(), a_client()
    attach(server, client)
    for px in range(100):
        server.publish_quote(book("005930", px))
        server.publish_quote(trade("005930", px))
    found = client.receive_data(server.data_to_send(1))
    assert found == [trade("005930", px) for px in range(100 - TRADES_WAITING_MAX, 100)] + [book("005930", 99)]


def test_order_events_overtake_market_data():
    server, client = a_server(), a_client()
    attach(server, client)
    server.publish_quote(book("005930", 1))
    server.publish(notice(1))
    assert client.receive_data(server.data_to_send(1, market=False)) == [notice(1)]
    assert client.receive_data(server.data_to_send(1)) == [book("005930", 1)]


def test_a_subscription_leaves_other_symbols_out():
    server, client = a_server(), a_client()
    attach(server, client)
    assert server.receive_data(1, client.query(Subscribe(symbols=("000660",)))) == []
    server.publish_quote(book("005930", 1))
    server.publish_quote(book("000660", 2))
    assert client.receive_data(server.data_to_send(1)) == [book("000660", 2)]


def test_intents_and_queries_come_out_whole_whatever_the_cut():
    server, client = a_server(), a_client()
    attach(server, client)
    intent = CancelAll(request_id="r1", account="a")
    query = RequestBars(symbol="005930", timeframe_s=60, count=10)
    stream = client.intent(intent) + client.query(query)
    assert [w for byte in stream for w in server.receive_data(1, bytes([byte]))] == [intent, query]


def test_an_answer_goes_to_the_asker_only():
    server, one, two = a_server(), a_client(), a_client()
    attach(server, one, 1)
    attach(server, two, 2)
    answer = OutcomeView(request_id="r", accepted=True)
    server.reply(1, answer)
    server.reply(77, answer)  # has gone meanwhile
    assert one.receive_data(server.data_to_send(1)) == [answer]
    assert server.data_to_send(2) == b""


def test_a_client_of_another_build_may_look_and_not_trade():
    server = a_server(state=(notice(1),))
    other = a_client(build="b2")
    welcome, *seen = attach(server, other)
    assert (welcome.read_only, welcome.build) == (True, "b1")
    assert notice(1) in seen
    assert (server.attached, server.closing()) == (0, [])
    assert server.receive_data(1, other.intent(CancelAll(request_id="r", account="A"))) == []
    denial = Denial(rule=Rule.BUILD_MIX, detail="b1, b2")
    answer = OutcomeView(request_id="r", accepted=False, denial=denial, count=0)
    assert other.receive_data(server.data_to_send(1)) == [answer]
    assert "client 1 may only look" in server.faults[-1]


def test_the_clients_of_other_builds_are_named_while_they_are_there():
    server, like, odd, same = a_server(), a_client(), a_client(build="b2"), a_client(build="b2")
    assert server.other_builds == ()
    for number, client in enumerate((like, odd, same), 1):
        attach(server, client, number)
    (named,) = server.other_builds
    assert named.endswith(" b2")
    server.disconnected(2)
    assert server.other_builds == (named,)
    server.disconnected(3)
    assert server.other_builds == ()


def test_the_core_states_its_build_and_settings():
    server = LinkServer(token="t", build="b1", run_id="r", state=tuple, market=tuple, config_hash="0badcafe")
    welcome, *_ = attach(server, a_client())
    assert (welcome.build, welcome.config_hash, welcome.read_only) == ("b1", "0badcafe", False)


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (a_client(token="wrong"), "link token: expected the one in the core's home directory"),
    ],
)
def test_a_stranger_is_told_why_and_gets_nothing_else(client, reason):
    server = a_server(state=(notice(1),))
    [refused] = attach(server, client)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(reason)
    assert server.attached == 0
    assert server.closing() == [1]


@pytest.mark.parametrize(
    "data",
    [
        frame(FrameType.INTENT, b"x"),
        b"GET / HTTP/1.1\r\n\r\n",
        frame(FrameType.HELLO, b"\xc1"),
        frame(FrameType.HELLO, b"\x81\xa4name\xa2\xff\xfe"),  # a text that is none
        frame(FrameType.HELLO, b"\x81\xa4more" + b"\x91" * 4_000),  # lists in lists without end
        (1 << 20).to_bytes(4, "big") + bytes(5),
    ],
)
def test_rubbish_before_the_hello_is_refused(data):
    server = a_server()
    server.connected(1)
    assert server.receive_data(1, data) == []
    [refused] = a_client().receive_data(server.data_to_send(1))
    assert "expected" in refused.reason
    assert server.closing() == [1]


def test_an_attached_client_may_not_send_more_than_a_record_can_hold():
    server, client = a_server(), a_client()
    attach(server, client)
    wish = CancelAll(request_id="r1", account="a" * 40_000)
    assert server.receive_data(1, client.intent(wish)) == [wish]
    assert server.receive_data(1, client.intent(CancelAll(request_id="r2", account="a" * 70_000))) == []
    [refused] = client.receive_data(server.data_to_send(1))
    assert refused.reason.startswith("frame length: expected 5..65536, found 70")
    assert server.attached == 0


def test_a_hole_in_the_event_numbers_asks_for_the_whole_state():
    server, client = a_server(), a_client()
    attach(server, client)
    with pytest.raises(RemoteProtocolError, match="expected 1, found 2"):
        client.receive_data(frame(FrameType.EVENT, b"", 2))
    server.disconnected(1)
    assert attach(server, client, 2)[1] == SnapshotBegin()


def test_of_books_that_came_together_the_newest_of_each_venue_and_issue_is_read():
    server, client = a_server(), a_client()
    attach(server, client)
    elsewhere, sent = replace(book("005930", 4), venue="NXT"), b""
    for number, quote in enumerate((book("005930", 1), elsewhere, book("000660", 2), book("005930", 3)), 1):
        server.publish(notice(number))
        server.publish_quote(quote)
        server.publish_quote(trade("005930", number))
        sent += server.data_to_send(1)
    found = client.receive_newest(sent)
    assert [each for each in found if isinstance(each, BookUpdate)] == [elsewhere, book("000660", 2), book("005930", 3)]
    assert [each.px for each in found if isinstance(each, TradeUpdate)] == [1, 2, 3, 4]
    assert [each.detail for each in found if isinstance(each, NoticeView)] == ["1", "2", "3", "4"]
    assert found[-1] == book("005930", 3)
