from hypothesis import given
from hypothesis import strategies as st

from hts.account.position import Lot, Position, after_fill
from hts.model.enums import Side

FLAT = Position(account="a", symbol="s", currency="KRW")


def after(*fills, position=FLAT):
    for side, px, qty, fee, tax in fills:
        position = after_fill(position, side, px=px, qty=qty, fee=fee, tax=tax)
    return position


def test_buying_adds_cost_and_fees_lower_the_profit():
    held = after((Side.BUY, 100, 3, 1, 0), (Side.BUY, 200, 1, 2, 0))
    assert held == Position(
        account="a",
        symbol="s",
        currency="KRW",
        qty=4,
        cost=500,
        realised=-3,
        fees=3,
        taxes=0,
        bought_qty=4,
        fifo_realised=-3,
        lots=(Lot(open_date=0, qty=3, cost=300), Lot(open_date=0, qty=1, cost=200)),
    )


def test_selling_moves_cost_out_rounded_down():
    held = after((Side.BUY, 100, 3, 0, 0), (Side.BUY, 101, 4, 0, 0), (Side.SELL, 110, 2, 1, 2))
    assert (held.cost, held.realised) == (704 - 201, 220 - 201 - 3)  # 704 * 2 // 7


def test_last_share_takes_all_that_is_left():
    held = after((Side.BUY, 100, 3, 0, 0), (Side.SELL, 90, 2, 0, 0), (Side.SELL, 90, 1, 0, 0))
    assert (held.qty, held.cost, held.realised) == (0, 0, -30)


def test_fill_through_zero_closes_and_opens():
    short = after((Side.BUY, 100, 3, 0, 0), (Side.SELL, 120, 5, 0, 0))
    assert (short.qty, short.cost, short.realised) == (-2, -240, 60)
    flat = after((Side.BUY, 110, 2, 0, 0), position=short)
    assert (flat.qty, flat.cost, flat.realised) == (0, 0, 80)


FILLS = st.lists(
    st.tuples(st.sampled_from(Side), st.integers(1, 10_000), st.integers(1, 50), st.integers(0, 9), st.integers(0, 9)),
    max_size=30,
)


@given(FILLS)
def test_cash_paid_plus_cost_is_the_realised_profit(fills):
    held = after(*fills)
    cash = sum(-side.sign * px * qty - fee - tax for side, px, qty, fee, tax in fills)
    assert cash + held.cost == held.realised
    assert held.qty == sum(side.sign * qty for side, _, qty, _, _ in fills)
    assert held.cost * held.qty >= 0


def test_oldest_shares_go_first_at_what_they_cost():
    held = after((Side.BUY, 100, 3, 0, 0), (Side.BUY, 101, 4, 0, 0), (Side.SELL, 110, 5, 0, 0))
    assert held.lots == (Lot(open_date=0, qty=2, cost=202),)
    assert held.fifo_realised == 550 - 300 - 202
    assert (held.cost, held.realised) == (704 - 502, 550 - 502)  # 704 * 5 // 7


def test_fills_of_one_day_and_price_are_one_lot():
    held = after((Side.BUY, 100, 3, 0, 0), (Side.BUY, 100, 4, 0, 0), (Side.BUY, 101, 1, 0, 0))
    assert held.lots == (Lot(open_date=0, qty=7, cost=700), Lot(open_date=0, qty=1, cost=101))


@given(FILLS)
def test_both_ways_of_costing_end_in_the_same_cash(fills):
    held = after(*fills)
    cash = sum(-side.sign * px * qty - fee - tax for side, px, qty, fee, tax in fills)
    assert cash + held.fifo_cost == held.fifo_realised
    assert sum(lot.qty for lot in held.lots) == held.qty
    assert all(lot.qty * held.qty > 0 for lot in held.lots)
