"""An ETF's two quotes by hand, and the clock of the obligation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.algo.quoting import hedge_qty, is_within, meets, quotes, watch_duty
from hts.model.instruments import TickTable
from hts.model.quoting import Duty, DutyState, EtfView, Obligation, QuoteParams, TwoSided
from tests.algo.market import T0, S

TICKS = TickTable(starts=(0, 2_000), steps=(1, 5))
PARAMS = QuoteParams(half_spread_ppm=1_000, qty=500, inventory_max=2_000, skew_ppm=2_000, hedge_qty=1_000)
VIEW = EtfView(
    inav_px=10_000, inav_age_ms=0, bid_px=9_970, ask_px=10_030, inventory=0, upper_px=13_000, lower_px=7_000,
    ticks=TICKS, is_continuous=True,
)  # fmt: skip
DUTY = Obligation(spread_ppm_max=5_000, qty_min=100, react_s=300)


def both(bid, ask, bid_qty=500, ask_qty=500, **more):
    return TwoSided(bid_px=bid, bid_qty=bid_qty, ask_px=ask, ask_qty=ask_qty, **more)


CASES = {
    "around the value": (VIEW, None, both(9_990, 10_010)),
    "rounded away from the value": (replace(VIEW, inav_px=10_002), None, both(9_990, 10_015)),
    "long: both lower": (replace(VIEW, inventory=1_000), None, both(9_980, 10_000)),
    "short: both higher": (replace(VIEW, inventory=-1_000), None, both(9_995, 10_025)),  # around 10,010
    "nearly full: a smaller bid": (replace(VIEW, inventory=1_700), None, both(9_970, 9_995, 300, 500, hedge=-1_700)),
    "full: no bid": (replace(VIEW, inventory=2_000), None, both(0, 9_990, 0, 500, hedge=-2_000)),
    "does not take the others' offer": (replace(VIEW, ask_px=9_985), None, both(9_980, 10_010)),
    "does not take the others' bid": (replace(VIEW, bid_px=10_015), None, both(9_990, 10_020)),
    "inside the day's limits": (replace(VIEW, upper_px=10_005), None, both(9_990, 10_005)),
    "stale value": (replace(VIEW, inav_age_ms=20_001), None, TwoSided(pulled="quoting.pulled.stale")),
    "no value": (replace(VIEW, inav_px=0), None, TwoSided(pulled="quoting.pulled.stale")),
    "no continuous trading": (replace(VIEW, is_continuous=False), None, TwoSided(pulled="quoting.pulled.phase")),
    "near enough: left alone": (VIEW, both(9_985, 10_015), both(9_985, 10_015)),
    "too far: moved": (VIEW, both(9_980, 10_020), both(9_990, 10_010)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.items(), ids=lambda case: case[0])
def test_quotes(case):
    view, standing, wanted = case[1]
    assert quotes(PARAMS, view, standing) == wanted


@pytest.mark.parametrize(("inventory", "hedge"), [(0, 0), (1_000, 0), (1_001, -1_001), (-1_000, 0), (-1_001, 1_001)])
def test_the_hedge_begins_beyond_its_threshold(inventory, hedge):
    assert hedge_qty(PARAMS, inventory) == hedge


def test_the_spread_limit_is_inclusive_and_one_tick_is_always_allowed():
    assert is_within(DUTY, replace(VIEW, bid_px=10_000, ask_px=10_050))
    assert not is_within(DUTY, replace(VIEW, bid_px=10_000, ask_px=10_055))
    assert is_within(DUTY, replace(VIEW, bid_px=100, ask_px=101))  # one per cent, and one tick
    assert not is_within(DUTY, replace(VIEW, bid_px=0))
    assert not is_within(DUTY, replace(VIEW, ask_px=0))


def test_our_quotes_meet_the_obligation_from_its_quantity_on():
    assert meets(DUTY, both(9_990, 10_010, 100, 100))
    assert not meets(DUTY, both(9_990, 10_010, 99, 100))
    assert not meets(DUTY, both(9_990, 10_045, 100, 100))
    assert not meets(DUTY, TwoSided(pulled="quoting.pulled.stale"))


def test_the_obligation_has_five_minutes_and_counts_a_breach_once():
    wide, none = replace(VIEW, bid_px=9_900, ask_px=10_100), TwoSided(pulled="quoting.pulled.stale")
    states, state = [], DutyState()
    for at_s in (0, 300, 301, 400):
        state = watch_duty(DUTY, state, wide, none, T0 + at_s * S)
        states.append((state.duty, state.breaches))
    assert states == [(Duty.DUE, 0), (Duty.DUE, 0), (Duty.BREACHED, 1), (Duty.BREACHED, 1)]
    assert watch_duty(DUTY, state, wide, both(9_990, 10_010), T0 + 401 * S) == DutyState(breaches=1)
    assert watch_duty(DUTY, state, replace(wide, is_continuous=False), none, T0 + 401 * S) == DutyState(breaches=1)
    again = watch_duty(DUTY, DutyState(breaches=1), wide, none, T0 + 500 * S)
    assert again == DutyState(outside_since_ns=T0 + 500 * S, breaches=1, duty=Duty.DUE)


@given(
    inav=st.integers(500, 50_000),
    inventory=st.integers(-5_000, 5_000),
    half=st.integers(1, 20_000),
    skew=st.integers(0, 50_000),
    others=st.tuples(st.integers(0, 60_000), st.integers(1, 500)),
)
def test_quotes_never_cross_each_other_or_the_market_and_stay_on_the_grid(inav, inventory, half, skew, others):
    bid_px = int(TICKS.floor(others[0]))
    ask_px = int(TICKS.ceil(others[0] + others[1])) if bid_px else 0
    view = replace(VIEW, inav_px=inav, inventory=inventory, bid_px=bid_px, ask_px=ask_px, upper_px=100_000, lower_px=1)
    found = quotes(replace(PARAMS, half_spread_ppm=half, skew_ppm=skew), view)
    if found.bid_qty:
        assert TICKS.is_valid(found.bid_px) and (not ask_px or found.bid_px < ask_px)
    if found.ask_qty:
        assert TICKS.is_valid(found.ask_px) and found.ask_px > bid_px
    if found.bid_qty and found.ask_qty:
        assert found.bid_px < found.ask_px
    assert found.bid_qty + max(inventory, 0) <= max(2_000, inventory)
