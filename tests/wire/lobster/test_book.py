"""The rebuilt book against the recorded one."""

import pytest

from hts.wire.lobster.book import BookReport, Depth, Difference, DifferenceKind, compare, in_view, rebuild
from hts.wire.lobster.messages import LobsterError, LobsterMessage, parse_messages
from hts.wire.lobster.orderbook import BookRow, parse_orderbook
from tests.support.lobster import recorded_texts


def test_the_recorded_excerpt_differs_only_where_it_could_not_be_seen():
    message_text, book_text = recorded_texts()
    report = compare(parse_messages(message_text), parse_orderbook(book_text))
    assert (report.events, report.depth) == (999, 10)
    assert (report.top_equal, report.depth_equal) == (955, 113)
    assert (report.informed_top_equal, report.informed_depth_equal) == (999, 999)
    assert report.unexplained == ()
    kinds = [d.kind for d in report.differences]
    assert {kind: kinds.count(kind) for kind in DifferenceKind} == {
        DifferenceKind.SURFACED: 70,
        DifferenceKind.GONE: 35,
        DifferenceKind.CHANGED: 17,
    }


def test_a_level_that_surfaces_from_below_is_explained():
    """Of two recorded levels; the bid at 90 was never told of."""
    messages = flow("1,1,5,110,1", "1,2,5,105,1", "3,1,5,110,1", "3,2,5,105,1")
    rows = (
        a_row(bids=((110, 5), (100, 5))),
        a_row(bids=((110, 5), (105, 5))),
        a_row(bids=((105, 5), (100, 5))),
        a_row(bids=((100, 5), (90, 1))),
    )
    assert compare(messages, rows) == BookReport(
        events=4,
        depth=2,
        top_equal=4,
        depth_equal=3,
        informed_top_equal=4,
        informed_depth_equal=4,
        differences=(
            Difference(
                first_event=4,
                until_event=5,
                is_buy=True,
                price=90,
                rebuilt_size=0,
                recorded_size=1,
                kind=DifferenceKind.SURFACED,
                is_explained=True,
            ),
        ),
    )


def test_a_level_cancelled_out_of_view_is_gone_and_one_reduced_is_changed():
    messages = flow("1,1,5,101,1", "1,2,5,102,1", "1,3,5,103,1", "3,3,5,103,1", "3,2,5,102,1")
    rows = (
        a_row(bids=((101, 5), (100, 9))),
        a_row(bids=((102, 5), (101, 5))),
        a_row(bids=((103, 5), (102, 5))),
        a_row(bids=((102, 5), (101, 2))),
        a_row(bids=((101, 2), (99, 1))),
    )
    report = compare(messages, rows)
    assert [(d.first_event, d.until_event, d.price, d.kind, d.is_explained) for d in report.differences] == [
        (4, 6, 101, DifferenceKind.CHANGED, True),
        (5, 6, 99, DifferenceKind.SURFACED, True),
        (5, 6, 100, DifferenceKind.GONE, True),
    ]
    assert (report.informed_top_equal, report.informed_depth_equal) == (5, 5)
    assert (report.top_equal, report.depth_equal) == (4, 3)


def test_a_difference_in_full_view_is_not_explained():
    messages = flow("1,1,5,110,1", "1,2,5,120,-1", "1,3,5,119,-1")
    rows = (
        a_row(bids=((110, 5), (100, 5)), asks=((130, 1),)),
        a_row(bids=((110, 4), (100, 5)), asks=((120, 5), (130, 1))),
        a_row(bids=((110, 5), (100, 5)), asks=((119, 5), (120, 5))),
    )
    report = compare(messages, rows)
    assert [(d.first_event, d.until_event, d.is_buy, d.price, d.kind) for d in report.unexplained] == [
        (2, 3, True, 110, DifferenceKind.CHANGED)
    ]
    assert report.top_equal == report.informed_top_equal == 2


def test_the_book_before_the_first_event_has_it_undone():
    row = a_row(bids=((110, 5), (100, 5)), asks=((120, 8),))
    starts = {
        "1,1,5,110,1": ({100: 5}, {120: 8}),
        "2,1,5,110,1": ({110: 10, 100: 5}, {120: 8}),
        "3,1,5,111,1": ({111: 5, 110: 5, 100: 5}, {120: 8}),
        "4,1,5,119,-1": ({110: 5, 100: 5}, {119: 5, 120: 8}),
        "5,0,5,119,-1": ({110: 5, 100: 5}, {120: 8}),
        "7,0,0,-1,-1": ({110: 5, 100: 5}, {120: 8}),
    }
    for line, (bids, asks) in starts.items():
        depth = Depth.before(flow(line)[0], row)
        assert (depth.bids, depth.asks) == (bids, asks), line


def test_rebuild_without_a_start_knows_only_the_messages():
    messages = flow("1,1,5,110,1", "1,2,7,120,-1", "4,9,3,120,-1", "3,8,99,110,1", "5,0,4,120,-1")
    assert rebuild(messages, None, 1) == [
        a_row(bids=((110, 5),), depth=1),
        a_row(bids=((110, 5),), asks=((120, 7),), depth=1),
        a_row(bids=((110, 5),), asks=((120, 4),), depth=1),
        a_row(asks=((120, 4),), depth=1),
        a_row(asks=((120, 4),), depth=1),
    ]


def test_what_is_in_view():
    row = a_row(bids=((110, 5), (100, 5)), asks=((120, 8),))
    assert [in_view(row, px, is_buy=True) for px in (130, 100, 99)] == [True, True, False]
    assert [in_view(row, px, is_buy=False) for px in (90, 120, 999)] == [True, True, True]
    assert not in_view(a_row(asks=((120, 8), (121, 8))), 122, is_buy=False)


def test_files_of_different_length_are_refused():
    with pytest.raises(LobsterError, match="line 2: expected as many books as messages, 1, found 2"):
        compare(flow("1,1,5,110,1"), (a_row(), a_row()))


def flow(*lines: str) -> tuple[LobsterMessage, ...]:
    return parse_messages("\n".join(f"34200,{line}" for line in lines))


def a_row(bids=(), asks=(), depth=2) -> BookRow:
    return BookRow(asks=asks, bids=bids, depth=depth)
