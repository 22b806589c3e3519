from hts.base.histogram import Histogram
from hts.desk.latency import BARS, WHOLE, LatencyState, is_silent
from hts.desk.order_xray_stamps import TerminalStamps
from hts.model.enums import OrdStatus, Side
from hts.model.trace import Hop, HopCounts, LatencyView, VenueHealth
from tests.desk.scene import Scene, an_order

MS = 1_000_000


def of(*values):
    made = Histogram()
    for value in values:
        made.record(value)
    return made


def a_view(**hops):
    counts = tuple(
        HopCounts(hop=Hop[name.partition("_")[0]], venue=name.partition("_")[2] or "KRX", counts=found.counts,
                  largest=found.largest)
        for name, found in hops.items()
    )  # fmt: skip
    health = VenueHealth(venue="KRX", gaps=2, silent_ms=7)
    return LatencyView(hops=counts, venues=(health,), mono_ns=1, trade_ns=1)


def a_state(view, stamps=None):
    state = LatencyState(Scene(language="en").texts)
    state.update(view, stamps or TerminalStamps())
    return state


def rows(state):
    return [state.hops.row(i) for i in range(len(state.hops))]


def test_hops_stand_in_the_order_of_the_way_and_venues_apart():
    stamps = TerminalStamps()
    stamps.sent("r", 1, 90_001)
    state = a_state(a_view(VENUE_NXT=of(3 * MS), VENUE_KRX=of(MS), LINK_KRX=of(40_000)), stamps)
    assert [(row.hop, row.venue, row.total, row.name) for row in rows(state)] == [
        ("key", "", 1, "Key handler"),
        ("link", "KRX", 1, "Link"),
        ("venue", "KRX", 1, "Venue"),
        ("venue", "NXT", 1, "Venue"),
    ]
    assert WHOLE not in [row.hop for row in rows(state)]  # nothing was painted yet


def test_the_way_back_from_the_core_stands_before_the_paint_with_a_budget_of_a_frame():
    stamps = TerminalStamps()
    for order_id, heard_ns in enumerate((5 * MS, 20 * MS, 40 * MS), 1):
        stamps.sent(f"r{order_id}", 1, 2)
        stamps.heard(an_order(order_id, Side.BUY, 100, 1, ord_status=OrdStatus.NEW), f"r{order_id}", heard_ns)
    stamps.painted(41 * MS)
    stamps.returned(((1, 4 * MS), (2, 4 * MS), (3, 5 * MS)))
    state = a_state(a_view(PUBLISH_KRX=of(40_000)), stamps)
    assert [(row.hop, row.venue, row.total) for row in rows(state)] == [
        ("key", "", 3),
        ("publish", "KRX", 1),
        ("return", "", 3),
        ("paint", "", 3),
        ("whole", "", 3),
    ]
    back = rows(state)[2]
    assert (back.name, back.budget, back.largest, back.is_over) == ("Back to screen", 17 * MS, 35 * MS, True)


def test_percentiles_budget_and_bars():
    (row,) = rows(a_state(a_view(VENUE_KRX=of(*[MS] * 98, 60 * MS, 70 * MS))))
    assert (row.p50 // 10_000, row.p99 // 100_000, row.largest, row.is_over) == (101, 608, 70 * MS, True)
    assert (sum(row.bars), len(row.bars)) == (100, BARS)
    assert [i for i, count in enumerate(row.bars) if count and i > row.mark] != []


def test_a_reset_counts_what_comes_after_it():
    state = a_state(a_view(CHECK_KRX=of(1_000, 2_000)))
    state.reset()
    state.update(a_view(CHECK_KRX=of(1_000, 2_000)), TerminalStamps())
    assert rows(state) == []
    state.update(a_view(CHECK_KRX=of(1_000, 2_000, 90_000)), TerminalStamps())
    assert [(row.total, row.largest) for row in rows(state)] == [(1, 90_000)]
    state.update(a_view(CHECK_KRX=of(5)), TerminalStamps())  # the core began anew: all of it is new
    assert [row.total for row in rows(state)] == [1]


def test_lines_health_is_told():
    state = a_state(a_view())
    cells = {column.key: column.text(state.health.row(0)) for column in state.health.columns}
    assert (cells["venue"], cells["silent"], cells["gaps"]) == ("KRX", "7 ms", "2")
    assert [is_silent(VenueHealth(venue="K", silent_ms=ms)) for ms in (-1, 0, 3_001)] == [True, False, True]
    assert len(a_state(None).health) == 0
