import pytest

from hts.base.histogram import Histogram
from hts.desk.order_xray import HOP_BUDGET_NS, MS, UNKNOWN, US, make_way, ruler_of, took_text, usual_ns
from hts.desk.order_xray_stamps import TerminalTimes
from hts.model.trace import Hop, HopCounts, LatencyView, OrderWay

CORE = OrderWay(
    key_ns=1_000,
    read_ns=201_000,
    decided_ns=251_000,
    journaled_ns=281_000,
    encoded_ns=301_000,
    wire_ns=331_000,
    ack_ns=931_000,
    published_ns=951_000,
)
TERMINAL = TerminalTimes(key_ns=1_000, sent_ns=101_000, heard_ns=8_000_000, painted_ns=20_000_000)


def took(way):
    return {hop.hop: hop.took_ns for hop in way.hops}


def test_each_hop_begins_where_the_one_before_ended():
    way = make_way(CORE, TERMINAL)
    assert [(hop.hop, hop.begin_ns, hop.took_ns) for hop in way.hops] == [
        (Hop.KEY, 0, 100_000),
        (Hop.LINK, 100_000, 100_000),
        (Hop.CHECK, 200_000, 50_000),
        (Hop.JOURNAL, 250_000, 30_000),
        (Hop.ENCODE, 280_000, 20_000),
        (Hop.WIRE, 300_000, 30_000),
        (Hop.VENUE, 330_000, 600_000),
        (Hop.PUBLISH, 930_000, 20_000),
        (Hop.RETURN, 950_000, 7_049_000),
        (Hop.PAINT, 7_999_000, 12_000_000),
    ]
    assert (way.total_ns, way.answer_ns, way.over_count) == (19_999_000, 930_000, 0)
    assert sum(hop.took_ns for hop in way.hops) == way.total_ns
    assert [(span.took_ns, span.budget_ns) for span in way.spans] == [
        (330_000, MS),
        (750_000, 10 * MS),
        (19_999_000, 50 * MS),
    ]


def test_budgets_to_the_wire_add_up_to_ours():
    ours = (Hop.KEY, Hop.LINK, Hop.CHECK, Hop.JOURNAL, Hop.ENCODE, Hop.WIRE)
    assert sum(HOP_BUDGET_NS[hop] for hop in ours) == MS


def test_the_slowest_hop_is_looked_for_before_the_screens_own_frames():
    way = make_way(CORE, TERMINAL)
    assert way.slowest.hop is Hop.VENUE
    late = make_way(OrderWay(key_ns=1, read_ns=2, ack_ns=0))
    assert (late.slowest.hop, late.answer_ns) == (Hop.LINK, UNKNOWN)


def test_without_the_terminals_stamps_the_link_begins_at_the_key():
    way = make_way(CORE)
    assert (took(way)[Hop.KEY], took(way)[Hop.LINK], took(way)[Hop.PAINT]) == (UNKNOWN, 200_000, UNKNOWN)
    assert way.spans[2].took_ns == UNKNOWN


def test_an_order_of_a_program_begins_when_the_core_read_it():
    way = make_way(OrderWay(read_ns=500, decided_ns=700))
    assert (took(way)[Hop.LINK], took(way)[Hop.CHECK], way.hops[2].begin_ns) == (UNKNOWN, 200, 0)


def test_a_core_that_read_before_send_returned_has_no_negative_hop():
    way = make_way(CORE, TerminalTimes(key_ns=1_000, sent_ns=900_000))
    assert (took(way)[Hop.KEY], took(way)[Hop.LINK], took(way)[Hop.CHECK]) == (200_000, 0, 50_000)


def test_nothing_is_known_of_an_old_order():
    way = make_way(OrderWay())
    assert {hop.took_ns for hop in way.hops} == {UNKNOWN}
    assert (way.slowest, way.total_ns) == (None, 0)


def test_late_hops_are_counted():
    way = make_way(OrderWay(key_ns=1, read_ns=1 + 250 * US, decided_ns=1 + 401 * US))
    assert [hop.hop for hop in way.hops if hop.is_over] == [Hop.CHECK]


def test_the_usual_time_is_that_of_the_venue():
    own, krx, nxt = Histogram(), Histogram(), Histogram()
    own.record(50)
    krx.record(10)
    nxt.record(20)
    hops = tuple(
        HopCounts(hop=Hop.VENUE, venue=venue, counts=one.counts, largest=one.largest)
        for venue, one in (("KRX", krx), ("NXT", nxt))
    )
    latency = LatencyView(hops=hops, venues=(), mono_ns=1, trade_ns=1)
    assert usual_ns(latency, {Hop.KEY: own, Hop.PAINT: Histogram()}, "NXT") == {Hop.KEY: 50, Hop.VENUE: 20}
    assert usual_ns(None, {}, "KRX") == {}


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (-1, "—"),
        (0, "0.0 µs"),
        (7_160, "7.1 µs"),
        (99_999, "99.9 µs"),
        (212_400, "212 µs"),
        (1_340_000, "1.34 ms"),
        (16_700_000, "16.7 ms"),
        (999_999_999, "999.9 ms"),
        (2_105_000_000, "2.10 s"),
    ],
)
def test_durations_are_written_with_their_unit(ns, text):
    assert took_text(ns) == text


def test_the_ruler_reaches_the_last_hop_though_the_screen_takes_most_of_it():
    way = make_way(CORE, TERMINAL)
    ruler = ruler_of(way)
    places = [(ruler.place(hop.begin_ns), ruler.place(hop.begin_ns + hop.took_ns)) for hop in way.hops]
    assert (ruler.is_bent, ruler.bend_ns) == (True, 950_000)
    assert [round(begin) for begin, _ in places] == [0, 82, 164, 205, 229, 246, 270, 763, 780, 861]
    assert [end for _, end in places[:-1]] == [begin for begin, _ in places[1:]]
    assert places[-1][1] == ruler.place(way.total_ns) == ruler.place(way.total_ns + 5) == 1_000


def test_the_ruler_has_one_scale_where_the_screen_squeezes_nothing():
    for times in (TerminalTimes(), TerminalTimes(key_ns=1_000, sent_ns=101_000, heard_ns=1_100_000)):
        way = make_way(CORE, times)
        ruler = ruler_of(way)
        assert not ruler.is_bent
        assert (ruler.place(0), ruler.place(way.total_ns // 2), ruler.place(way.total_ns)) == (0, 500, 1_000)
    unanswered = make_way(OrderWay(key_ns=1_000, read_ns=201_000), TERMINAL)
    assert not ruler_of(unanswered).is_bent
    assert ruler_of(make_way(OrderWay())).place(0) == 0


def test_messages_and_reports_count_from_where_the_way_begins():
    """A part has no key of its own in the core's stamps; the terminal's key begins its way."""
    part = OrderWay(read_ns=201_000, wire_ns=331_000, ack_ns=931_000)
    assert (make_way(part, TERMINAL).start_ns, make_way(part, TERMINAL).has_key) == (1_000, True)
    assert (make_way(part).start_ns, make_way(part).has_key) == (201_000, False)
