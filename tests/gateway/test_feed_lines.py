"""One line of a feed falls silent beside the other."""

from hts.gateway.feed_lines import FeedLines

S = 1_000_000_000


def test_a_line_that_falls_silent_is_told_once_and_so_is_its_return():
    lines = FeedLines(2 * S)
    told = [lines.heard(line, at * S) for line, at in [("A", 0), ("B", 1), ("A", 2), ("A", 3), ("A", 4), ("B", 9)]]
    assert told == [
        "",
        "",
        "",
        "line B has been silent for 2000 ms; line A carries on",
        "",
        "line B speaks again",
    ]


def test_a_line_that_never_spoke_is_told():
    lines = FeedLines(2 * S)
    assert [lines.heard("B", at * S) for at in range(3)] == [
        "",
        "",
        ("line A has been silent for 2000 ms; line B carries on"),
    ]


def test_after_both_were_silent_each_line_has_its_time_again():
    lines = FeedLines(2 * S)
    lines.heard("A", 0)
    lines.all_silent()
    assert [lines.heard("A", at * S) for at in (50, 51, 52)] == [
        "",
        "",
        ("line B has been silent for 2000 ms; line A carries on"),
    ]
