"""What a fill did to the book, from the simulated venue over each protocol into the core's report."""

import pytest

from hts.gateway.arrowhead import LIQUIDITY
from hts.gateway.osaka_dialect import AUCTION_DEAL, OsakaDialect
from hts.gateway.ouch_dialects import NasdaqDialect, PtsDialect
from hts.model.enums import ExecType, LastLiquidityInd
from hts.model.reports import ExecutionReport
from hts.model.units import Px, Qty
from hts.sim.commands import VENUE, BreakTrade
from hts.sim.native.arrowhead_orders import LIQUIDITY as WIRE
from hts.wire.layout.codec import Decoded
from tests.support.order_member import a_member

ADDED, REMOVED, AUCTION, UNKNOWN = (
    LastLiquidityInd.ADDED, LastLiquidityInd.REMOVED, LastLiquidityInd.AUCTION, LastLiquidityInd.UNKNOWN,
)  # fmt: skip


def fills(reports):
    return [
        report.last_liquidity_ind
        for report in reports
        if isinstance(report, ExecutionReport) and report.exec_type is ExecType.TRADE
    ]


@pytest.mark.parametrize(
    ("venue", "rested", "took"),
    [
        ("TSE", ADDED, REMOVED),
        ("JNX", ADDED, REMOVED),
        ("ODX", ADDED, REMOVED),
        ("NASDAQ", ADDED, REMOVED),
        ("OSE", UNKNOWN, UNKNOWN),  # its messages tell auctions apart, and nothing else
    ],
)
def test_who_rested_and_who_took(venue, rested, took):
    member = a_member(venue)
    member.want(member.order(1, qty=100))
    assert fills(member.offer(100)) == [rested]
    member.offer(100)
    assert fills(member.want(member.order(2, qty=100))) == [took]


def test_tokyo_tells_of_a_fill_that_is_taken_back_what_it_had_done():
    member = a_member("TSE")
    member.want(member.order(1, qty=100))
    (fill,) = member.offer(100)
    trades = member.market.exchange.trades
    match = trades.match_of_fill(fill.exec_id)
    member.market.apply(BreakTrade(session=VENUE, match_id=match, px=Px(member.px - member.step), qty=Qty(100)))
    member.market.apply(BreakTrade(session=VENUE, match_id=match))
    found = [(report.exec_type, report.last_liquidity_ind) for report in member.carry()]
    assert found == [(ExecType.TRADE_CORRECT, ADDED), (ExecType.TRADE_CANCEL, ADDED)]


def heard(dialect, name, **fields):
    return dialect.read(Decoded(name=name, sender="venue", fields=fields)).liquidity


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("A", ADDED), ("J", ADDED), ("R", REMOVED), ("m", REMOVED), ("O", AUCTION), ("C", AUCTION), ("H", AUCTION),
     ("d", UNKNOWN), ("?", UNKNOWN)],
)  # fmt: skip
def test_flags_of_nasdaq(flag, expected):
    terms = {"user_ref_num": 1, "quantity": 1, "price": 1, "match_number": 1}
    assert heard(NasdaqDialect(), "order_executed", liquidity_flag=flag, **terms) is expected


@pytest.mark.parametrize(("flag", "expected"), [("A", ADDED), ("R", REMOVED), (" ", UNKNOWN)])
def test_flags_of_the_pts(flag, expected):
    terms = {"order_token": 1, "executed_quantity": 1, "execution_price": 1, "match_number": 1}
    assert heard(PtsDialect(7), "order_executed", liquidity_indicator=flag, **terms) is expected


@pytest.mark.parametrize(("source", "expected"), [(AUCTION_DEAL, AUCTION), (1, UNKNOWN), (7, UNKNOWN)])
def test_deals_of_osaka(source, expected):
    terms = {"order_token": "1", "traded_quantity": 1, "trade_price": 1, "match_id": 1}
    assert heard(OsakaDialect(dict), "order_executed", deal_source=source, **terms) is expected


def test_letters_of_tokyo_are_those_of_its_venue():
    assert {WIRE[how]: how for how in (ADDED, REMOVED, AUCTION)} == LIQUIDITY
