"""The venue knows of each fill whether the order rested, took, traded in a call, or beside the book."""

import pytest

from hts.model.enums import LastLiquidityInd, Side
from hts.sim.commands import VENUE, BreakTrade
from hts.sim.events import OrderTraded, TradeUndone
from hts.sim.exchange_saved import save
from tests.sim.fix_shell import FixShell
from tests.sim.native.test_ouch import nasdaq, trader
from tests.sim.test_fix_orders import a_trader, order
from tests.sim.tse.test_tse_day import Tokyo
from tests.support.venue import an_exchange, at, enter

ADDED, REMOVED, AUCTION, UNKNOWN = (
    LastLiquidityInd.ADDED, LastLiquidityInd.REMOVED, LastLiquidityInd.AUCTION, LastLiquidityInd.UNKNOWN,
)  # fmt: skip
CALL_MS = 2 * 60 * 1_000


def liquidity(events):
    """By side, of the fills among events."""
    return [(event.side, event.liquidity) for event in events if isinstance(event, OrderTraded | TradeUndone)]


def test_outside_of_calls_one_order_rests_and_the_other_takes():
    exchange = an_exchange("10:00:00")
    exchange.apply(enter(1, Side.BUY, 272_000, 10), exchange.trade_ns)
    events = exchange.apply(enter(1, Side.SELL, 272_000, 4, session="HTS02"), exchange.trade_ns)
    assert liquidity(events) == [(Side.BUY, ADDED), (Side.SELL, REMOVED)]
    (undone, *_) = exchange.apply(BreakTrade(session=VENUE, match_id=1), exchange.trade_ns)
    assert liquidity([undone]) == [(Side.BUY, ADDED)]


def test_in_a_call_nobody_rests_or_takes():
    exchange = an_exchange("08:40:00")
    exchange.apply(enter(1, Side.BUY, 272_000, 10), exchange.trade_ns)
    exchange.apply(enter(1, Side.SELL, 272_000, 10, session="HTS02"), exchange.trade_ns)
    assert liquidity(exchange.advance(at("09:01:00"))) == [(Side.BUY, AUCTION), (Side.SELL, AUCTION)]


def test_a_trade_beside_the_book_says_neither():
    tokyo = Tokyo()
    for side, member, other in ((Side.SELL, "A", "B"), (Side.BUY, "B", "A")):
        tokyo.enter(side, 30_500, 1_000, member, counterparty=other)
    assert liquidity(tokyo.events) == [(Side.SELL, UNKNOWN), (Side.BUY, UNKNOWN)]


@pytest.mark.parametrize(("comp_id", "auction"), [("HTS01-OE44", ""), ("HTS01-OE50", "4")])
def test_fix_4_4_has_no_word_for_an_auction(comp_id, auction):
    shell = FixShell(start_s=8 * 3600 + 59 * 60)
    us = a_trader(shell, comp_id)
    shell.tell(us, "D", *order("a"))
    shell.tell(us, "D", *order("b", "2"))
    shell.run(CALL_MS, every_ms=60_000)
    assert [m.text(851) for m in us.messages if m.text(150) == "F"] == [auction] * 2


@pytest.mark.parametrize(("opens", "ends", "flag"), [("09:00:00", "09:30:00", "O"), ("15:50:00", "16:00:00", "C")])
def test_nasdaq_flags_every_order_of_a_cross(opens, ends, flag):
    market, client = trader("NASDAQ", at=opens)
    nasdaq(client, 1, cross_type=flag)
    nasdaq(client, 2, side="S")
    client.said()
    market.advance(market.at(ends))
    client.carry()
    fills = [(f["user_ref_num"], f["liquidity_flag"]) for name, f in client.said() if name == "order_executed"]
    assert fills == [(1, flag), (2, flag)]  # an order for the cross, and one of the day that trades in it


def test_a_checkpoint_keeps_what_a_fill_had_done():
    exchange = an_exchange("10:00:00")
    exchange.apply(enter(1, Side.BUY, 272_000, 10), exchange.trade_ns)
    exchange.apply(enter(1, Side.SELL, 272_000, 4, session="HTS02"), exchange.trade_ns)
    assert [side.liquidity for side in save(exchange).trades] == [ADDED, REMOVED]
