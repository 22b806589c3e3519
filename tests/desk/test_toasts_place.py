from hypothesis import given, settings
from hypothesis import strategies as st

from hts.desk.toasts_place import place_for

ROOM = (10, 64, 1_900, 980)
LADDER, FORM = (1_070, 60, 510, 723), (1_582, 60, 334, 723)


def test_the_lower_right_corner_when_nothing_is_in_the_way():
    assert place_for(360, 200, ROOM, []) == (1_550, 844)


def test_below_the_panels_that_send_when_there_is_room():
    assert place_for(360, 200, ROOM, [LADDER, FORM]) == (1_550, 844)


def test_beside_them_when_they_reach_the_foot():
    tall = [(1_070, 60, 510, 1_000), (1_582, 60, 334, 1_000)]
    assert place_for(360, 200, ROOM, tall) == (1_070 - 360 - 8, 844)


def test_nowhere_when_they_fill_the_room():
    assert place_for(360, 200, ROOM, [(0, 0, 1_920, 1_080)]) is None
    assert place_for(2_000, 200, ROOM, []) is None


rects = st.tuples(st.integers(0, 1_500), st.integers(0, 900), st.integers(50, 900), st.integers(50, 900))


@settings(max_examples=100, deadline=None)
@given(st.lists(rects, max_size=4), st.integers(50, 400), st.integers(30, 400))
def test_nothing_that_sends_is_ever_covered(forbidden, width, height):
    at = place_for(width, height, ROOM, forbidden)
    tried = [
        (x, y)
        for x in range(ROOM[0], ROOM[0] + ROOM[2] - width + 1, 150)
        for y in range(ROOM[1], ROOM[1] + ROOM[3] - height + 1, 100)
    ]
    if at is None:
        assert all(_covers(x, y, width, height, forbidden) for x, y in tried)
    else:
        assert not _covers(*at, width, height, forbidden)
        assert ROOM[0] <= at[0] <= ROOM[0] + ROOM[2] - width
        assert ROOM[1] <= at[1] <= ROOM[1] + ROOM[3] - height


def _covers(x, y, width, height, forbidden):
    return any(x < a + w and a < x + width and y < b + h and b < y + height for a, b, w, h in forbidden)
