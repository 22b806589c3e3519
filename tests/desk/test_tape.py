from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.desk.tape import NOTED_MAX, PACE_NS, Print, Tape, TapeFilter
from tests.desk.scene import NINE, SECOND, a_trade

KEPT = 16
SIDES = {"1": 1, "2": -1, "": 0}


def prints(tape):
    """What is shown, oldest first, without numbers."""
    return [tape.row(n) for n in range(tape.total - len(tape), tape.total)]


def figures(tape):
    return [(p.trade_ns, p.px, p.qty, p.side, p.venue, p.count) for p in prints(tape)]


def naive(trades, wanted, kept):
    """The same from the whole history, one print at a time."""
    rows = [(t.trade_ns, t.px, t.qty, SIDES[t.side], t.venue, 1) for t in trades]
    if wanted.is_joined:
        groups = [list(group) for _, group in groupby(rows, key=lambda r: (r[0], r[3], r[4]))]
        rows = [(g[-1][0], g[-1][1], sum(r[2] for r in g), g[0][3], g[0][4], len(g)) for g in groups]
    return [
        row
        for row in rows
        if row[2] >= wanted.qty_min
        and (not wanted.side or row[3] == wanted.side)
        and (not wanted.venue or row[4] == wanted.venue)
    ][-kept:]


trades = st.builds(
    lambda at, px, qty, side, venue: a_trade(px=px, qty=qty, side=side, venue=venue, trade_ns=NINE + at),
    st.integers(0, 3),
    st.sampled_from([237_000, 237_500]),
    st.integers(1, 9),
    st.sampled_from(["1", "2", ""]),
    st.sampled_from(["KRX", "NXT"]),
)
filters = st.builds(
    TapeFilter,
    qty_min=st.integers(0, 9),
    side=st.sampled_from([0, 1, -1]),
    venue=st.sampled_from(["", "KRX", "NXT"]),
    is_joined=st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(st.lists(trades, max_size=4), max_size=4), filters)
def test_batches_show_what_a_plain_list_would(batches, wanted):
    tape = Tape(kept=64)
    tape.set_filter(wanted)
    for batch in batches:
        tape.add(batch, 1)
    assert figures(tape) == naive([t for batch in batches for t in batch], wanted, 64)


@settings(max_examples=30)
@given(st.lists(trades, max_size=12), filters)
def test_another_filter_picks_from_all_that_is_kept(history, wanted):
    tape = Tape(kept=64)
    tape.add(history, 1)
    tape.set_filter(wanted)
    assert figures(tape) == naive(history, wanted, 64)


def test_the_ring_forgets_the_oldest_and_numbers_go_on():
    tape = Tape(kept=KEPT)
    for i in range(40):
        tape.add([a_trade(qty=i + 1)], 1)
    tape.add([a_trade(qty=100 + i) for i in range(50)], 1)
    shown = prints(tape)
    assert (tape.total, len(tape), [p.qty for p in shown]) == (90, KEPT, list(range(134, 150)))
    assert [p.number for p in shown] == list(range(74, 90))


def test_a_joined_row_stays_open_until_another_instant():
    tape = Tape()
    tape.set_filter(TapeFilter(is_joined=True, qty_min=10))
    tape.add([a_trade(qty=6)], 1)
    small = len(tape)
    tape.add([a_trade(px=238_000, qty=5)], 1)
    at = a_trade().trade_ns
    assert (small, prints(tape)) == (
        0,
        [Print(number=0, trade_ns=at, px=238_000, qty=11, side=1, venue="KRX", count=2)],
    )


def test_the_pace_counts_the_last_seconds():
    tape = Tape()
    tape.add([a_trade(qty=100)] * 5, 0)  # before we looked
    tape.add([a_trade(qty=40)] * 10, 1_000)
    tape.add([a_trade(qty=20)] * 5, 2_000)
    now = [tape.pace(3_000), tape.pace(1_000 + PACE_NS), tape.pace(2_000 + PACE_NS)]
    assert now == [(30, 1_000), (10, 200), (0, 0)]


@pytest.mark.parametrize(("given_qty", "big"), [(0, [False, True]), (100, [True, True]), (201, [False, False])])
def test_a_big_print_is_the_users_figure_or_eight_times_the_mean(given_qty, big):
    """Ten prints of 10 and one of 200: the mean is 27.3, eight times 218, with 100 prints of 10 more it is 94."""
    tape = Tape()
    tape.add([a_trade(qty=10)] * 10 + [a_trade(qty=200)], 1)
    tape.big_qty = given_qty
    before = tape.is_big(200)
    tape.add([a_trade(qty=10)] * 100, 1)
    assert [before, tape.is_big(200)] == big


def test_an_empty_tape_has_no_big_print():
    assert (Tape().is_big(1), len(Tape()), Tape().total) == (False, 0, 0)


def test_figures_alone_are_no_print():
    tape = Tape()
    tape.add([a_trade(qty=6), a_trade(qty=0)], 1)
    tape.add([a_trade(qty=0)], 2)
    assert [one[2] for one in figures(tape)] == [6]


@pytest.mark.parametrize("is_joined", [False, True])
def test_prints_that_were_noted_are_those_that_were_added(is_joined):
    added, noted = Tape(), Tape()
    for tape in (added, noted):
        tape.set_filter(TapeFilter(is_joined=is_joined))
    for frame in range(1, 31):
        trades = [a_trade(qty=frame * 10 + i, side="12"[i % 2], at_s=frame // 3) for i in range(frame % 4)]
        added.add(trades, frame * SECOND)
        noted.note(trades, frame * SECOND)
        if frame % 7 == 0 or frame == 30:
            noted.take()
    rows = [[tape.row(number) for number in range(tape.total)] for tape in (added, noted)]
    assert rows[0] == rows[1] != []
    assert added.pace(31 * SECOND) == noted.pace(31 * SECOND)


def test_prints_that_nobody_looks_at_do_not_wait_for_ever():
    tape = Tape()
    for frame in range(NOTED_MAX):
        assert tape.total == 0
        tape.note([a_trade(qty=5)], frame + 1)
    assert tape.total == NOTED_MAX
