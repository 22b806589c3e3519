"""Each rule at the limit less one, at the limit, and one beyond."""

import pytest

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.risk.checks import AMEND_CHECKS, CHECKS, FLATTEN_CHECKS, Proposal, first_denial
from hts.risk.guard import Guard
from hts.risk.limits import RiskLimits
from tests.support.builders import SYMBOL, an_instrument

LIMITS = RiskLimits(
    order_qty_max=100,
    order_value_max=10_000_000,
    price_band_bp=300,
    price_band_ticks=10,
    orders_per_second=3,
    working_orders_max=5,
    duplicate_window_ms=50,
    stale_data_ms=2_000,
)
NOW = 10_000_000_000
MS = 1_000_000


def a_guard(*sent_ns, key=(SYMBOL, Side.BUY, OrdType.LIMIT, 1, 1)):
    guard = Guard(LIMITS)
    for mono_ns in sent_ns:
        guard.note_order(key, mono_ns)
    return guard


def a_proposal(**fields):
    values = {
        "symbol": SYMBOL,
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": 71_000,
        "qty": 10,
        "instrument": an_instrument(),
        "phase": Phase.CONTINUOUS,
        "last_px": 71_000,
        "is_ready": True,
        "venue_up": True,
        "has_listing": True,
        "md_age_ms": 5,
        "needed": 710_106,
        "buying_power": 100_000_000,
        "sellable_qty": 50,
        "working_count": 0,
        "guard": a_guard(),
        "mono_ns": NOW,
    }
    return Proposal(**{**values, **fields})


def denials(name, values, checks=CHECKS, **fields):
    return [first_denial(a_proposal(**fields, **{name: value}), LIMITS, checks) for value in values]


def test_sane_order_passes_every_check():
    assert first_denial(a_proposal(), LIMITS, CHECKS) is None


@pytest.mark.parametrize(
    ("fields", "denial"),
    [
        ({"is_ready": False}, Denial(rule=Rule.NOT_READY)),
        ({"has_listing": False}, Denial(rule=Rule.NOT_READY)),
        ({"venue_up": False}, Denial(rule=Rule.VENUE_DOWN)),
        ({"account_known": False}, Denial(rule=Rule.UNKNOWN_ACCOUNT)),
        ({"instrument": None}, Denial(rule=Rule.UNKNOWN_SYMBOL, detail=SYMBOL)),
    ],
)
def test_state_of_core_and_venue(fields, denial):
    assert first_denial(a_proposal(**fields), LIMITS, CHECKS) == denial


def test_kill_switch_blocks_every_new_order():
    guard = a_guard()
    guard.set_kill_switch(on=True, reason="fat finger")
    killed = Denial(rule=Rule.KILL_SWITCH, detail="fat finger")
    for checks in (CHECKS, AMEND_CHECKS, FLATTEN_CHECKS):
        assert first_denial(a_proposal(guard=guard, old_qty=11), LIMITS, checks) == killed
    guard.set_kill_switch(on=False, reason="")
    assert first_denial(a_proposal(guard=guard), LIMITS, CHECKS) is None


@pytest.mark.parametrize("phase", Phase, ids=lambda p: p.name)
def test_phases_that_take_orders(phase):
    denial = first_denial(a_proposal(phase=phase), LIMITS, CHECKS)
    takes = phase not in {Phase.CLOSED, Phase.PRE_OPEN, Phase.PAUSE, Phase.HALTED}
    assert denial == (None if takes else Denial(rule=Rule.PHASE_CLOSED, detail=phase.value))


@pytest.mark.parametrize("time_in_force", TimeInForce, ids=lambda t: t.name)
def test_call_auction_takes_day_orders_only(time_in_force):
    found = denials("phase", [Phase.OPEN_CALL, Phase.CONTINUOUS, Phase.CLOSE_CALL], time_in_force=time_in_force)
    refused = Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=time_in_force.name)
    call = None if time_in_force is TimeInForce.DAY else refused
    assert found == [call, None, call]


def test_quantity_is_at_least_one_share():
    assert denials("qty", [-1, 0, 1]) == [
        Denial(rule=Rule.BAD_QTY, figure=-1, limit=1, unit=Unit.QTY),
        Denial(rule=Rule.BAD_QTY, figure=0, limit=1, unit=Unit.QTY),
        None,
    ]


def test_quantity_is_whole_lots():
    issue = an_instrument(lot=10)
    assert denials("qty", [19, 20, 21], instrument=issue) == [
        Denial(rule=Rule.BAD_LOT, figure=19, limit=10, unit=Unit.QTY),
        None,
        Denial(rule=Rule.BAD_LOT, figure=21, limit=10, unit=Unit.QTY),
    ]


def test_upper_and_lower_limit_of_the_day():
    wide = {"last_px": 92_000}
    assert denials("px", [92_200, 92_300, 92_400], **wide) == [
        None,
        None,
        Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=92_400, limit=92_300, unit=Unit.PX),
    ]
    assert denials("px", [49_750, 49_700, 49_650, 0, -100]) == [
        None,
        None,
        *(Denial(rule=Rule.PRICE_BELOW_LIMIT, figure=px, limit=49_700, unit=Unit.PX) for px in (49_650, 0, -100)),
    ]


def test_price_stands_on_the_tick_grid_of_its_band():
    assert denials("px", [71_000, 71_050, 71_100, 49_950, 49_960]) == [
        None,
        Denial(rule=Rule.BAD_TICK, figure=71_050, limit=100, unit=Unit.PX),
        None,
        None,
        Denial(rule=Rule.BAD_TICK, figure=49_960, limit=50, unit=Unit.PX),
    ]


def test_buy_stays_within_the_band_above_the_last_price():
    """3% of 71,000 is 2,130, more than ten ticks of 100."""
    assert denials("px", [73_000, 73_100, 73_200]) == [
        None,
        None,
        Denial(rule=Rule.PRICE_BAND, figure=73_200, limit=73_130, unit=Unit.PX),
    ]
    assert denials("px", [60_000]) == [None]


def test_sell_stays_within_the_band_below_the_last_price():
    assert denials("px", [69_000, 68_900, 68_800, 80_000], side=Side.SELL) == [
        None,
        None,
        Denial(rule=Rule.PRICE_BAND, figure=68_800, limit=68_870, unit=Unit.PX),
        None,
    ]


def test_band_of_a_cheap_issue_is_in_ticks():
    issue = an_instrument(base_px=100, upper_px=130, lower_px=70)
    assert denials("px", [109, 110, 111], instrument=issue, last_px=100) == [
        None,
        None,
        Denial(rule=Rule.PRICE_BAND, figure=111, limit=110, unit=Unit.PX),
    ]


def test_quantity_limit():
    assert denials("qty", [99, 100, 101]) == [
        None,
        None,
        Denial(rule=Rule.QTY_LIMIT, figure=101, limit=100, unit=Unit.QTY),
    ]


def test_value_limit():
    issue = an_instrument(base_px=100_000, upper_px=130_000, lower_px=70_000)
    limits = RiskLimits(order_value_max=10_000_000, order_qty_max=0)
    orders = [a_proposal(instrument=issue, last_px=100_000, px=100_000, qty=qty) for qty in (99, 100, 101)]
    assert [first_denial(order, limits, CHECKS) for order in orders] == [
        None,
        None,
        Denial(rule=Rule.VALUE_LIMIT, figure=10_100_000, limit=10_000_000, unit=Unit.NOTIONAL),
    ]


def test_market_buy_is_reckoned_at_the_upper_limit_and_market_sell_at_the_last_price():
    limits = RiskLimits(order_value_max=9_229_999)
    market = {"ord_type": OrdType.MARKET, "px": 0, "qty": 100, "sellable_qty": 100}
    found = [first_denial(a_proposal(side=side, **market), limits, CHECKS) for side in (Side.BUY, Side.SELL)]
    assert found == [Denial(rule=Rule.VALUE_LIMIT, figure=9_230_000, limit=9_229_999, unit=Unit.NOTIONAL), None]


def test_market_data_must_be_fresh():
    stale = [
        Denial(rule=Rule.STALE_DATA, figure=2_001, limit=2_000, unit=Unit.MS),
        Denial(rule=Rule.STALE_DATA, figure=0, limit=2_000, unit=Unit.MS),
    ]
    assert denials("md_age_ms", [1_999, 2_000, 2_001, -1]) == [None, None, *stale]


def test_number_of_working_orders():
    assert denials("working_count", [3, 4, 5]) == [
        None,
        None,
        Denial(rule=Rule.WORKING_ORDERS, figure=6, limit=5, unit=Unit.COUNT),
    ]


def test_same_order_again_within_the_window():
    key = (SYMBOL, Side.BUY, OrdType.LIMIT, 71_000, 10)
    found = denials("guard", [a_guard(NOW - age * MS, key=key) for age in (49, 50, 51)])
    assert found == [Denial(rule=Rule.DUPLICATE, figure=49, limit=50, unit=Unit.MS), None, None]
    assert denials("qty", [10, 11], guard=a_guard(NOW, key=key))[1] is None


def test_cash_covers_price_and_costs():
    assert denials("buying_power", [710_107, 710_106, 710_105]) == [
        None,
        None,
        Denial(rule=Rule.CASH, figure=710_106, limit=710_105, unit=Unit.NOTIONAL),
    ]
    assert denials("buying_power", [0], side=Side.SELL) == [None]


def test_no_short_sale():
    assert denials("sellable_qty", [11, 10, 9], side=Side.SELL) == [
        None,
        None,
        Denial(rule=Rule.HOLDINGS, figure=10, limit=9, unit=Unit.QTY),
    ]


def test_orders_per_second():
    second = 1_000_000_000
    oldest = [NOW - second - 1, NOW - second, NOW - second + 1]
    found = denials("guard", [a_guard(ns, NOW - 60 * MS, NOW - 55 * MS) for ns in oldest])
    assert found == [None, None, Denial(rule=Rule.ORDER_RATE, figure=4, limit=3, unit=Unit.PER_SECOND)]
    assert denials("guard", [a_guard(NOW, NOW)]) == [None]


def test_zero_switches_a_limit_off():
    off = RiskLimits(**dict.fromkeys(RiskLimits.__struct_fields__, 0))
    guard = Guard(off)
    for _ in range(100):
        guard.note_order((SYMBOL, Side.BUY, OrdType.LIMIT, 90_000, 1_000_000), NOW)
    order = a_proposal(px=90_000, qty=1_000_000, working_count=999, md_age_ms=-1, guard=guard)
    assert first_denial(order, off, CHECKS) is None


AMEND = {"old_px": 70_900, "old_qty": 10, "cum_qty": 4}


def test_amend_keeps_more_than_has_filled_and_never_raises_the_quantity():
    assert denials("qty", [4, 5, 10, 11], AMEND_CHECKS, **AMEND) == [
        Denial(rule=Rule.BAD_QTY, figure=4, limit=5, unit=Unit.QTY),
        None,
        None,
        Denial(rule=Rule.QTY_INCREASE, figure=11, limit=10, unit=Unit.QTY),
    ]


def test_amend_that_changes_nothing():
    assert denials("px", [70_900, 71_000], AMEND_CHECKS, **AMEND) == [Denial(rule=Rule.NOTHING_TO_DO), None]


def test_market_order_has_no_price_to_amend():
    market = {"ord_type": OrdType.MARKET, "old_px": 0, "old_qty": 11, "phase": Phase.OPEN_CALL}
    assert denials("px", [0, 71_000], AMEND_CHECKS, **market) == [
        None,
        Denial(rule=Rule.TYPE_NOT_ALLOWED, detail="MARKET"),
    ]


def test_closing_a_position_passes_size_and_rate():
    order = a_proposal(side=Side.SELL, px=0, ord_type=OrdType.MARKET, qty=5_000, sellable_qty=5_000, md_age_ms=-1)
    assert first_denial(order, LIMITS, FLATTEN_CHECKS) is None
