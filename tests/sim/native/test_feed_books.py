"""The book built from a venue's feed equals the exchange's after every event; holes are asked for; snapshots agree."""

import pytest

from hts.model.enums import Side
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import AGENTS, Enter
from hts.wire.soupbin.client import SoupClient
from tests.support.native_feeds import FeedReader, FlexReader
from tests.support.native_market import DAY, Client, NativeMarket, RandomFlow
from tests.support.soup import events_of
from tests.support.wire_layout import layout_of

VENUES = ("NASDAQ", "JNX", "ODX", "OSE")
IN_QUEUE_ORDER = ("NASDAQ", "OSE")


def compared(market, reader):
    return [(i.symbol, reader.book(i.symbol), market.book(i.symbol)) for i in market.instruments]


def levels(book):
    """Without the queues' order: the PTS feeds cannot say that an order became smaller in its place."""
    return {side: [(px, sorted(queue)) for px, queue in rows] for side, rows in book.items()}


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_feed_s_book_is_the_exchange_s_after_every_event(venue, seed):
    market = NativeMarket(venue)
    reader = FeedReader(market)
    flow = RandomFlow(market, seed)
    for _ in range(400):
        market.apply(flow.command())
        reader.read(market.datagrams)
        market.datagrams.clear()
        for symbol, found, expected in compared(market, reader):
            if venue in IN_QUEUE_ORDER:
                assert found == expected, symbol
            assert levels(found) == levels(expected), symbol
    kinds = {name for name, _ in reader.messages}
    assert {"order_executed", "order_replace" if venue in IN_QUEUE_ORDER else "order_replaced"} <= kinds


def test_each_part_of_an_iceberg_has_a_name_of_its_own():
    market = NativeMarket("NASDAQ")
    reader = FeedReader(market)
    iceberg = {"symbol": "AAPL", "side": Side.SELL, "px": Px(2_600_000), "qty": Qty(250), "display_qty": Qty(100)}
    market.apply(Enter(session=AGENTS, cl_ord_id=ClOrdID(1), **iceberg))
    buy = {"symbol": "AAPL", "side": Side.BUY, "px": Px(2_600_000), "qty": Qty(220)}
    market.apply(Enter(session=AGENTS, cl_ord_id=ClOrdID(2), **buy))
    reader.read(market.datagrams)
    told = [(name, fields["order_reference_number"], fields.get("shares") or fields.get("executed_shares"))
            for name, fields in reader.messages if "order_reference_number" in fields]  # fmt: skip
    assert [(name, qty) for name, _, qty in told] == [
        ("add_order", 100), ("order_executed", 100), ("add_order", 100), ("order_executed", 100), ("add_order", 50),
        ("order_executed", 20),
    ]  # fmt: skip
    assert len({ref for _, ref, _ in told}) == 3


def test_a_hidden_order_s_trade_is_printed_apart():
    market = NativeMarket("NASDAQ")
    reader = FeedReader(market)
    hidden = {"symbol": "AAPL", "side": Side.SELL, "px": Px(2_600_000), "qty": Qty(100), "is_hidden": True}
    market.apply(Enter(session=AGENTS, cl_ord_id=ClOrdID(1), **hidden))
    buy = {"symbol": "AAPL", "side": Side.BUY, "px": Px(2_600_000), "qty": Qty(40)}
    market.apply(Enter(session=AGENTS, cl_ord_id=ClOrdID(2), **buy))
    reader.read(market.datagrams)
    name, fields = reader.messages[-1]
    assert (name, fields["shares"], fields["price"]) == ("trade_non_cross", 40, 2_600_000)


@pytest.mark.parametrize("venue", VENUES)
def test_a_gap_is_asked_for(venue):
    market = NativeMarket(venue)
    flow = RandomFlow(market, 7)
    for _ in range(300):
        market.apply(flow.command())
    reader = FeedReader(market)
    kept = [data for number, data in enumerate(market.datagrams) if number % 7]
    assert len(kept) < len(market.datagrams)
    reader.read(kept)
    assert reader.receiver.has_gap
    assert reader.recover() > 0
    for symbol, found, expected in compared(market, reader):
        assert levels(found) == levels(expected), symbol


@pytest.mark.parametrize("venue", VENUES)
def test_a_snapshot_and_the_feed_after_it_give_the_same_book(venue):
    market = NativeMarket(venue)
    flow = RandomFlow(market, 11)
    for _ in range(200):
        market.apply(flow.command())
    messages, next_seq = snapshot_of(market)
    reader = FeedReader(market, next_seq=next_seq)
    for message in messages:
        reader.apply(message)
    market.datagrams.clear()
    for symbol, found, expected in compared(market, reader):
        assert levels(found) == levels(expected), symbol
    for _ in range(200):
        market.apply(flow.command())
    reader.read(market.datagrams)
    for symbol, found, expected in compared(market, reader):
        assert levels(found) == levels(expected), symbol


def snapshot_of(market):
    """Over SoupBinTCP: the messages, and the number of the feed's message that follows."""
    soup = SoupClient(layout_of("soupbintcp"), username="HTS01", password="paper")
    market.glimpse.connected(1, market.trade_ns, 0)
    soup.connected(0)
    market.glimpse.receive_data(1, soup.data_to_send(), market.trade_ns, 0)
    while data := dict(market.glimpse.data_to_send()).get(1):
        soup.receive_data(data, 0)
    found = [event.message for event in events_of(soup) if hasattr(event, "message")]
    assert market.glimpse.closing() == [1]
    assert found[-1][:1] == b"G"
    return found[:-1], int(found[-1][1:])


def test_a_wrong_password_gets_no_snapshot():
    market = NativeMarket("NASDAQ")
    soup = SoupClient(layout_of("soupbintcp"), username="HTS01", password="wrong")
    market.glimpse.connected(1, market.trade_ns, 0)
    soup.connected(0)
    market.glimpse.receive_data(1, soup.data_to_send(), market.trade_ns, 0)
    soup.receive_data(dict(market.glimpse.data_to_send())[1], 0)
    assert [type(event).__name__ for event in events_of(soup)] == ["LoginRefused"]
    assert "HTS01" in market.glimpse.reasons()[0]


def test_a_venue_that_starts_again_tells_the_whole_book_in_a_new_session():
    market = NativeMarket("NASDAQ")
    flow = RandomFlow(market, 13)
    for _ in range(300):
        market.apply(flow.command())
    again = NativeMarket("NASDAQ")
    for trade_ns, command in market.log:
        again.exchange.apply(command, trade_ns)
    again.feed = again.kind.market_data(again.instruments, again.exchange, DAY, 1, 2)
    again.feed.open(market.trade_ns, 0)
    reader = FeedReader(again, session="2026112402")
    reader.read([data for line, data in again.feed.datagrams() if line == "B"])
    for symbol, found, expected in compared(market, reader):
        assert found == expected, symbol


def test_the_client_s_own_order_is_found_in_the_feed_under_its_number():
    market = NativeMarket("NASDAQ")
    reader = FeedReader(market)
    client = Client(market, 1)
    client.said()
    (accepted,) = client.send(
        "enter_order", user_ref_num=1, side="B", quantity=300, symbol="AAPL", price=2_600_000, time_in_force="0",
        display="Y", capacity="A", intermarket_sweep_eligibility="N", cross_type="N", cl_ord_id="mine", appendage={},
    )  # fmt: skip
    reader.read(market.datagrams)
    name, fields = reader.messages[-1]
    assert (name, fields["shares"], fields["price"]) == ("add_order", 300, 2_600_000)
    assert fields["order_reference_number"] == accepted[1]["order_reference_number"]


# -- FLEX --


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_book_of_flex_is_the_exchange_s_after_every_event(seed):
    market = NativeMarket("TSE")
    reader = FlexReader(market)
    flow = RandomFlow(market, seed)
    for _ in range(400):
        market.apply(flow.command())
        reader.read(market.datagrams)
        market.datagrams.clear()
        for symbol, found, expected in compared(market, reader):
            assert found == expected, symbol
    assert {"add_order", "order_delete", "order_executed"} <= {tag.name for tag in reader.tags}
    assert reader.missing == []


def test_a_hole_in_flex_is_asked_for():
    market = NativeMarket("TSE")
    flow = RandomFlow(market, 7)
    for _ in range(300):
        market.apply(flow.command())
    reader = FlexReader(market)
    reader.read([data for number, data in enumerate(market.datagrams) if number % 7 or number == 0])
    assert len(reader.missing) > 20
    for symbol, found, expected in compared(market, reader):
        assert found == expected, symbol


def test_a_flex_snapshot_and_the_feed_after_it():
    market = NativeMarket("TSE")
    flow = RandomFlow(market, 11)
    for _ in range(200):
        market.apply(flow.command())
    reader = FlexReader(market)
    packets = reader.ask("L")
    reader.read(packets, snapshot=True)
    reader.next_seq = reader.codec.decode(packets[0]).seq + 1
    market.datagrams.clear()
    for symbol, found, expected in compared(market, reader):
        assert found == expected, symbol
    for _ in range(200):
        market.apply(flow.command())
    reader.read(market.datagrams)
    assert reader.missing == []
    for symbol, found, expected in compared(market, reader):
        assert found == expected, symbol


def test_what_flex_does_not_have_ends_the_connection():
    market = NativeMarket("TSE")
    reader = FlexReader(market)
    assert reader.ask("R", 500, 1) is None
    assert market.recovery.closing() == [1]
    assert "packets of start 16" in market.recovery.reasons()[0]
