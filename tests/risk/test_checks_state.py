"""Who may send what kind of order where and when."""

import pytest

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.scopes import FIRM, HaltCause, TradingState
from hts.risk.eligibility import Eligibility
from hts.risk.proposal import Act
from tests.risk.kit import OF_STRATEGY, a_guard, denial_of, denials, holding, the_firm, working
from tests.support.builders import SYMBOL


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize(
    ("fields", "denial"),
    [
        ({"is_ready": False}, Denial(rule=Rule.NOT_READY)),
        ({"has_listing": False}, Denial(rule=Rule.NOT_READY)),
        ({"venue_up": False}, Denial(rule=Rule.VENUE_DOWN)),
        ({"account_known": False, "account": "A9"}, Denial(rule=Rule.UNKNOWN_ACCOUNT, detail="A9")),
        ({"instrument": None}, Denial(rule=Rule.UNKNOWN_SYMBOL, detail=SYMBOL)),
    ],
)
def test_state_of_core_and_venue(act, fields, denial):
    assert denial_of(act, old_qty=11, **fields) == denial


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("scope", [FIRM, OF_STRATEGY])
def test_a_halt_of_any_scope_stops_orders_and_amends(act, scope):
    guard = a_guard(scope)
    guard.set_state(TradingState.HALTED, HaltCause.REJECT_STORM, "100 rejects")
    found = denial_of(act, old_qty=11, guards=(a_guard(), guard))
    assert found == Denial(rule=Rule.HALTED, detail="100 rejects", scope=str(scope))
    guard.set_state(TradingState.ACTIVE, HaltCause.NONE, "")
    assert denial_of(act, old_qty=11, old_px=71_000, side=Side.SELL, guards=(a_guard(), guard)) is None


@pytest.mark.parametrize("act", Act)
def test_kill_switch_of_the_account_says_its_reason(act):
    guard = a_guard()
    guard.set_state(TradingState.HALTED, HaltCause.KILL_SWITCH, "fat finger")
    assert denial_of(act, old_qty=11, guards=(guard,)) == Denial(rule=Rule.KILL_SWITCH, detail="fat finger")


def test_reducing_lets_through_what_makes_the_position_smaller_and_no_more():
    guard = holding(a_guard(), 50)
    guard.set_state(TradingState.REDUCING, HaltCause.PERSON, "")
    refused = Denial(rule=Rule.REDUCING, figure=51, limit=50, unit=Unit.QTY, scope=str(guard.scope))
    assert denials("qty", [49, 50, 51], side=Side.SELL, guards=(guard,)) == [None, None, refused]
    none_left = Denial(rule=Rule.REDUCING, figure=10, limit=0, unit=Unit.QTY, scope=str(guard.scope))
    assert denial_of(guards=(guard,)) == none_left


def test_reducing_counts_what_is_already_offered():
    guard = working(holding(a_guard(), 50), 20, side=Side.SELL, px=72_000)
    guard.set_state(TradingState.REDUCING, HaltCause.PERSON, "")
    found = denials("qty", [29, 30, 31], side=Side.SELL, guards=(guard,))
    refused = Denial(rule=Rule.REDUCING, figure=31, limit=30, unit=Unit.QTY, scope=str(guard.scope))
    assert found == [None, None, refused]


def test_reducing_of_a_strategy_looks_at_its_own_position():
    strategy = holding(a_guard(OF_STRATEGY), 5)
    strategy.set_state(TradingState.REDUCING, HaltCause.PERSON, "")
    found = denials("qty", [4, 5, 6], side=Side.SELL, guards=(a_guard(), strategy))
    refused = Denial(rule=Rule.REDUCING, figure=6, limit=5, unit=Unit.QTY, scope="strategy:twap")
    assert found == [None, None, refused]


def test_restricted_issue_can_only_be_closed():
    guard = holding(the_firm(restricted={SYMBOL: "insider list"}), 50)
    refused = Denial(rule=Rule.RESTRICTED, detail="insider list", scope="firm")
    assert denial_of(guards=(a_guard(), guard)) == refused
    assert denials("qty", [49, 50, 51], side=Side.SELL, guards=(a_guard(), guard))[:2] == [None, None]
    assert denial_of(guards=(a_guard(), the_firm(restricted={"000660": "x"}))) is None


@pytest.mark.parametrize("phase", Phase, ids=lambda p: p.name)
def test_phases_that_take_orders(phase):
    takes = phase not in {Phase.CLOSED, Phase.PRE_OPEN, Phase.PAUSE, Phase.HALTED}
    assert denial_of(phase=phase) == (None if takes else Denial(rule=Rule.PHASE_CLOSED, detail=phase.value))


@pytest.mark.parametrize("time_in_force", TimeInForce, ids=lambda t: t.name)
def test_without_a_table_a_call_auction_takes_day_orders_only(time_in_force):
    found = denials("phase", [Phase.OPEN_CALL, Phase.CONTINUOUS, Phase.CLOSE_CALL], time_in_force=time_in_force)
    refused = Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=time_in_force.name)
    call = None if time_in_force is TimeInForce.DAY else refused
    assert found == [call, None, call]


TABLE = Eligibility.parse(
    {
        "allow": [
            {
                "venue": "KRX",
                "phases": ["CONTINUOUS"],
                "types": ["LIMIT", "MARKET"],
                "conditions": ["DAY", "IOC"],
                "features": ["min_qty"],
            },
            {"venue": "KRX", "phases": ["OPEN_CALL"], "types": ["LIMIT"], "conditions": ["DAY"]},
        ]
    }
)


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({}, None),
        ({"time_in_force": TimeInForce.IOC}, None),
        ({"time_in_force": TimeInForce.FOK}, "FOK"),
        ({"ord_type": OrdType.MIDPOINT, "px": 0}, "MIDPOINT"),
        ({"ord_type": OrdType.MARKET, "px": 0, "phase": Phase.OPEN_CALL}, "MARKET"),
        ({"time_in_force": TimeInForce.IOC, "phase": Phase.OPEN_CALL}, "IOC"),
        ({"min_qty": 5}, None),
        ({"post_only": True}, "post_only"),
        ({"display_qty": 5}, "display_qty"),
        ({"min_qty": 5, "phase": Phase.OPEN_CALL}, "min_qty"),
    ],
)
def test_types_conditions_and_features_by_venue_and_phase(fields, detail):
    denial = None if detail is None else Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=detail)
    assert denial_of(**fields, eligibility=TABLE) == denial


def test_venue_that_takes_nothing_in_this_phase_or_is_not_in_the_table():
    assert [
        denial_of(phase=Phase.POST_CLOSE_PRICE, eligibility=TABLE),
        denial_of(venue="JNX", eligibility=TABLE),
    ] == [
        Denial(rule=Rule.VENUE_NOT_ELIGIBLE, detail="KRX"),
        Denial(rule=Rule.VENUE_NOT_ELIGIBLE, detail="JNX"),
    ]


def test_market_data_must_be_fresh():
    guards = (a_guard(stale_data_ms=2_000),)
    stale = [
        Denial(rule=Rule.STALE_DATA, figure=2_001, limit=2_000, unit=Unit.MS),
        Denial(rule=Rule.STALE_DATA, figure=0, limit=2_000, unit=Unit.MS),
    ]
    assert denials("md_age_ms", [0, 1_999, 2_000, 2_001, -1], guards=guards) == [None, None, None, *stale]


AMEND = {"old_px": 70_900, "old_qty": 10, "order_id": 1}


def test_amend_that_changes_nothing():
    assert denials("px", [70_900, 71_000], Act.AMEND, **AMEND) == [Denial(rule=Rule.NOTHING_TO_DO), None]


def test_market_order_has_no_price_to_amend():
    market = {"ord_type": OrdType.MARKET, "old_px": 0, "old_qty": 11, "phase": Phase.OPEN_CALL}
    refused = Denial(rule=Rule.TYPE_NOT_ALLOWED, detail="MARKET")
    assert denials("px", [0, 71_000], Act.AMEND, **market) == [None, refused]
