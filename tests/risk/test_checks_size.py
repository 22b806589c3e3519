"""Quantities at the limit less one, at the limit, and one beyond; and those that nobody can have meant."""

import pytest

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Side
from hts.risk.proposal import Act
from tests.risk.kit import OF_STRATEGY, a_guard, by_guard, denial_of, denials, the_firm, working
from tests.support.builders import an_instrument


def qty_denial(rule, figure, limit, **fields):
    return Denial(rule=rule, figure=figure, limit=limit, unit=Unit.QTY, **fields)


def test_sane_order_passes_every_check():
    assert denial_of() is None


def test_quantity_is_at_least_one_share():
    refused = [qty_denial(Rule.BAD_QTY, qty, 1) for qty in (-1, 0)]
    assert denials("qty", [-1, 0, 1]) == [*refused, None]


def test_quantity_is_whole_lots():
    refused = [qty_denial(Rule.BAD_LOT, qty, 10) for qty in (19, 21)]
    assert denials("qty", [19, 20, 21], instrument=an_instrument(lot=10)) == [refused[0], None, refused[1]]


def test_amend_keeps_more_than_has_filled_and_never_raises_the_quantity():
    amend = {"old_px": 70_900, "old_qty": 10, "cum_qty": 4, "order_id": 1}
    assert denials("qty", [4, 5, 10, 11], Act.AMEND, **amend) == [
        qty_denial(Rule.BAD_QTY, 4, 5),
        None,
        None,
        qty_denial(Rule.QTY_INCREASE, 11, 10),
    ]


RICH = {"buying_power": 10**15, "needed": 0, "sellable_qty": 10**12}


@pytest.mark.parametrize("act", Act)
def test_more_than_all_listed_shares_can_never_leave(act):
    """Even with every limit off and for a position that is closed."""
    issue = an_instrument(listed_shares=1_000)
    found = denials("qty", [999, 1_000, 1_001], act, side=Side.SELL, instrument=issue, old_qty=5_000, **RICH)
    assert found == [None, None, qty_denial(Rule.LISTED_SHARES, 1_001, 1_000)]


def test_what_the_whole_house_works_counts_towards_the_listed_shares():
    issue = an_instrument(listed_shares=1_000)
    guards = (a_guard(), working(the_firm(), 500, 300))
    found = denials("qty", [199, 200, 201], instrument=issue, guards=guards, **RICH)
    assert found == [None, None, qty_denial(Rule.LISTED_SHARES, 1_001, 1_000)]
    assert denial_of(qty=900, side=Side.SELL, px=72_000, instrument=issue, guards=guards, **RICH) is None


def test_unknown_number_of_shares_leaves_the_width_of_the_field():
    most = 999_999_999
    found = denials("qty", [most, most + 1], instrument=an_instrument(), **RICH)
    assert found == [None, qty_denial(Rule.LISTED_SHARES, most + 1, most)]


@pytest.mark.parametrize(
    ("px", "qty", "is_swapped"),
    [
        (10, 71_000, True),
        (10, 63_900, True),  # a tenth below the price
        (10, 63_899, False),
        (10, 78_100, True),
        (10, 78_101, False),
        (49_700, 71_000, True),  # 30% below
        (49_750, 71_000, False),
        (71_000, 71_000, False),
    ],
)
def test_price_and_quantity_the_wrong_way_round(px, qty, is_swapped):
    found = denial_of(px=px, qty=qty, **RICH)
    assert (found is not None and found.rule is Rule.PX_QTY_SWAP) == is_swapped
    if is_swapped:
        assert found == qty_denial(Rule.PX_QTY_SWAP, qty, 71_000)


def test_swap_of_a_dollar_issue_is_seen_in_dollars():
    """585.33 dollars and 10 shares, entered as 10.00 dollars and 585 shares."""
    issue = an_instrument(currency="USD", px_decimals=2, upper_px=0, lower_px=1)
    found = denial_of(px=1_000, qty=585, last_px=58_533, instrument=issue, **RICH)
    assert found == qty_denial(Rule.PX_QTY_SWAP, 585, 58_533)


@pytest.mark.parametrize(
    ("qty", "is_mixed"), [(70_999, False), (71_000, True), (1_000_000, True), (5_000_000, True), (5_000_001, False)]
)
def test_buy_of_so_many_shares_as_there_is_money(qty, is_mixed):
    """Unaffordable as shares, affordable as won: the won were meant. Otherwise cash says no, as always."""
    found = denial_of(qty=qty, needed=qty * 71_000, buying_power=5_000_000, instrument=an_instrument())
    assert found.rule is (Rule.UNIT_MIX if is_mixed else Rule.CASH)
    if is_mixed:
        assert found == qty_denial(Rule.UNIT_MIX, qty, 71_000)


@pytest.mark.parametrize(("needed", "rule"), [(4_999_999, None), (5_000_000, None), (5_000_001, Rule.UNIT_MIX)])
def test_what_can_just_be_paid_is_meant_as_shares(needed, rule):
    """A loan holds a part of the value only."""
    found = denial_of(qty=71_000, needed=needed, buying_power=5_000_000, instrument=an_instrument())
    assert (found.rule if found else None) is rule


@pytest.mark.parametrize(("px", "rule"), [(1, Rule.CASH), (2, Rule.UNIT_MIX)])
def test_where_a_share_costs_one_won_nothing_can_be_mixed_up(px, rule):
    issue = an_instrument(base_px=px, upper_px=0, lower_px=1)
    found = denial_of(
        qty=1_000, px=px, last_px=px, needed=1_000 * px + 1, buying_power=1_000 * px, instrument=issue, books=()
    )
    assert found.rule is rule


@pytest.mark.parametrize(("qty", "rule"), [(999, None), (1_000, None), (1_001, Rule.UNIT_MIX)])
def test_a_whole_holding_of_dollar_shares_is_sold(qty, rule):
    """At 1.05 dollars the number of shares is nearly what they are worth."""
    issue = an_instrument(currency="USD", px_decimals=2, base_px=105, upper_px=0, lower_px=1)
    found = denial_of(qty=qty, side=Side.SELL, px=105, last_px=105, sellable_qty=1_000, instrument=issue, books=())
    assert (found.rule if found else None) is rule


@pytest.mark.parametrize(
    ("qty", "rule"),
    [
        (1_000, None),
        (1_001, Rule.HOLDINGS),
        (63_899_999, Rule.HOLDINGS),
        (63_900_000, Rule.UNIT_MIX),
        (78_100_000, Rule.UNIT_MIX),
        (78_100_001, Rule.HOLDINGS),
    ],
)
def test_sale_of_so_many_shares_as_the_holding_is_worth(qty, rule):
    found = denial_of(qty=qty, side=Side.SELL, sellable_qty=1_000, instrument=an_instrument())
    assert (found.rule if found else None) is rule


# -- limits of scopes


def test_quantity_limit():
    guards = (a_guard(order_qty_max=100),)
    assert denials("qty", [99, 100, 101], guards=guards) == [None, None, qty_denial(Rule.QTY_LIMIT, 101, 100)]


def test_tightest_scope_wins_and_is_named():
    guards = (a_guard(order_qty_max=100), the_firm(order_qty_max=50), a_guard(OF_STRATEGY, order_qty_max=70))
    found = denials("qty", [49, 50, 51], guards=guards)
    assert found == [None, None, qty_denial(Rule.QTY_LIMIT, 51, 50, scope="firm")]


def test_value_limit():
    issue = an_instrument(base_px=100_000, upper_px=130_000, lower_px=70_000)
    guards = (a_guard(order_value_max=10_000_000),)
    found = denials("qty", [99, 100, 101], instrument=issue, last_px=100_000, px=100_000, guards=guards)
    refused = Denial(rule=Rule.VALUE_LIMIT, figure=10_100_000, limit=10_000_000, unit=Unit.NOTIONAL)
    assert found == [None, None, refused]


def test_value_of_a_dollar_order_is_reckoned_in_the_house_currency():
    issue = an_instrument(currency="USD", px_decimals=2, upper_px=0, lower_px=1)
    guards = (a_guard(order_value_max=100 * 58_500 * 14),)
    found = denials("qty", [99, 100, 101], px=58_500, last_px=58_500, instrument=issue, books=(), guards=guards)
    refused = Denial(rule=Rule.VALUE_LIMIT, figure=101 * 58_500 * 14, limit=100 * 58_500 * 14, unit=Unit.NOTIONAL)
    assert found == [None, None, refused]


def test_market_buy_is_reckoned_at_the_upper_limit_and_market_sell_at_the_last_price():
    guards = (a_guard(order_value_max=9_229_999),)
    market = {"ord_type": OrdType.MARKET, "px": 0, "qty": 100, "sellable_qty": 100}
    refused = Denial(rule=Rule.VALUE_LIMIT, figure=9_230_000, limit=9_229_999, unit=Unit.NOTIONAL)
    assert denials("side", [Side.BUY, Side.SELL], guards=guards, **market) == [refused, None]


def test_part_of_the_listed_shares():
    issue = an_instrument(listed_shares=100_000)
    found = denials("qty", [999, 1_000, 1_001], instrument=issue, guards=(a_guard(listed_share_bp=100),))
    assert found == [None, None, Denial(rule=Rule.LISTED_SHARE_BP, figure=101, limit=100, unit=Unit.BP)]
    assert denial_of(qty=1_001, instrument=an_instrument(), guards=(a_guard(listed_share_bp=100),)) is None


def test_part_of_a_usual_days_volume():
    issue = an_instrument(prev_volume=20_000)
    guards = (a_guard(average_volume_bp=1_000),)
    refused = Denial(rule=Rule.AVERAGE_VOLUME_BP, figure=1_001, limit=1_000, unit=Unit.BP)
    assert denials("qty", [1_999, 2_000, 2_001], instrument=issue, guards=guards) == [None, None, refused]
    assert denial_of(qty=2_001, average_qty=30_000, instrument=issue, guards=guards) is None
    assert denial_of(qty=2_001, instrument=an_instrument(), guards=guards) is None


def test_number_of_working_orders():
    guards = [working(a_guard(working_orders_max=5), *[1] * count) for count in (3, 4, 5)]
    refused = Denial(rule=Rule.WORKING_ORDERS, figure=6, limit=5, unit=Unit.COUNT)
    assert by_guard(guards) == [None, None, refused]
