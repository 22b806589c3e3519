"""Whatever an event does to a row, sums hold: no share and no won comes from nowhere."""

from hypothesis import assume, given
from hypothesis import strategies as st

from hts.account.adjust import exchange, fraction_left, lapse, marked, move, receive, spin_off, subscribe
from hts.account.position import MARGIN, Position, after_fill, check, mean_px
from hts.model.enums import Side

EMPTY = Position(account="a", symbol="t", currency="KRW")
FILLS = st.lists(st.tuples(st.sampled_from(Side), st.integers(1, 10_000), st.integers(1, 60)), min_size=1, max_size=12)
RATIOS = st.tuples(st.integers(1, 30), st.integers(1, 30))


def a_row(fills, credit="", ppm=0) -> Position:
    row = Position(account="a", symbol="s", currency="KRW", credit=credit)
    for day, (side, px, qty) in enumerate(fills, 1):
        wanted = Side.BUY if credit else side
        row = after_fill(row, wanted, px=px, qty=qty, fee=0, tax=0, trade_date=day, financed_ppm=ppm)
    return row


@given(FILLS, RATIOS)
def test_exchange_keeps_cost_and_cuts_the_quantity_once(fills, ratio):
    row, (new, old) = a_row(fills), ratio
    after = exchange(row, new, old, 0)
    (now,) = after.rows
    sign = 1 if row.qty >= 0 else -1
    assert now.qty == sign * (abs(row.qty) * new // old)
    over, under = fraction_left(row.qty, new, old)
    assert now.qty * under + over == row.qty * new
    if now.qty:
        assert (now.cost, now.fifo_cost, now.realised) == (row.cost, row.fifo_cost, row.realised)
        assert [lot.open_date for lot in now.lots] == sorted(lot.open_date for lot in now.lots)
    else:
        assert after.change.realised == -row.cost and now.realised == row.realised - row.cost


@given(FILLS, RATIOS)
def test_there_and_back_by_a_whole_ratio_is_nothing(fills, ratio):
    row = a_row(fills)
    assume(row.qty)
    there = exchange(row, ratio[0], 1, 0).rows[0]
    back = exchange(there, 1, ratio[0], 0).rows[0]
    assert (back.qty, back.cost, back.lots) == (row.qty, row.cost, row.lots)


@given(FILLS, RATIOS)
def test_merger_carries_everything_over(fills, ratio):
    row = a_row(fills, MARGIN, 600_000)
    left, arrived = move(row, EMPTY, new=ratio[0], old=ratio[1])
    if arrived.qty:
        assert (left.qty, left.cost, left.loan) == (0, 0, 0)
        assert (arrived.cost, arrived.loan) == (row.cost, row.loan)
        assert left.realised + arrived.realised == row.realised
        assert left.fifo_realised + arrived.fifo_realised == row.fifo_realised
        assert arrived.fifo_cost == row.fifo_cost


@given(FILLS, RATIOS, st.integers(0, 1_000_000))
def test_spin_off_parts_the_cost_without_a_leak(fills, ratio, ppm):
    row = a_row(fills)
    assume(row.qty > 0)
    left, arrived = spin_off(row, EMPTY, new=ratio[0], old=ratio[1], cost_ppm=ppm)
    assert left.cost + arrived.cost == row.cost
    assert left.fifo_cost + arrived.fifo_cost == row.fifo_cost
    assert left.realised + arrived.realised == row.realised
    assert (left.qty, arrived.qty) == (row.qty, row.qty * ratio[0] // ratio[1])


@given(FILLS, st.integers(1, 500), st.integers(0, 10_000))
def test_subscription_costs_the_rights_and_the_money(fills, part, amount):
    rights = a_row(fills)
    assume(rights.qty > 0)
    qty = min(part, rights.qty)
    left, arrived = subscribe(rights, EMPTY, qty, amount)
    assert (left.qty, arrived.qty) == (rights.qty - qty, qty)
    assert left.cost + arrived.cost == rights.cost + amount
    assert left.fifo_cost + arrived.fifo_cost == rights.fifo_cost + amount


@given(FILLS, st.integers(-200, 200))
def test_shares_that_come_for_nothing_move_the_average_only(fills, qty):
    row = a_row(fills)
    assume(row.qty and row.qty + qty and (row.qty > 0) == (row.qty + qty > 0))
    now = receive(row, qty, 99)
    assert (now.qty, now.cost, now.realised) == (row.qty + qty, row.cost, row.realised)
    if qty > 0 < row.qty:
        assert mean_px(now) <= mean_px(row)


@given(FILLS)
def test_what_lapses_is_lost(fills):
    row = a_row(fills)
    after = lapse(row)
    assert after.rows[0].qty == 0 and after.change.cash == 0
    assert after.rows[0].realised == row.realised - row.cost


@given(FILLS, st.integers(-(10**6), 10**6))
def test_marked_future_pays_the_difference(fills, value):
    row = a_row(fills, ppm=1_000_000)
    assume(row.qty)
    now, change = marked(row, value, 99, 100)
    check(now)
    assert (change.cash, change.settle_date) == (value - row.cost, 100)
    assert (now.cost, now.loan, now.realised) == (value, value, row.realised + value - row.cost)
