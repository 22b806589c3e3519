import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.desk.workspace_docks import (
    DEPTH_MAX,
    SIDE_MAX,
    Parts,
    Stack,
    Window,
    docks_xml,
    kept_part,
    panels_in,
    part_fault,
    place_fault,
    read_docks,
)

CHART = Stack(panels=("chart.1",), front="chart.1")
TABLES = Stack(panels=("orders.1", "fills.1"), front="fills.1")
INSIDE = Parts(along="row", sizes=(700, 300), parts=(CHART, TABLES))
TORN = Window(inside=Parts(along="column", sizes=(200,), parts=(Stack(panels=("log.1",), front="log.1"),)))


@st.composite
def windows(draw):
    """Trees over panels that each stand at one place, as the library would write them."""
    names = [f"panel.{n}" for n in range(draw(st.integers(1, 12)))]

    def part(left, depth):
        if len(left) == 1 or depth == 3 or draw(st.booleans()):
            return Stack(panels=tuple(left), front=draw(st.sampled_from(left)))
        cut = draw(st.integers(1, len(left) - 1))
        parts = (part(left[:cut], depth + 1), part(left[cut:], depth + 1))
        sizes = tuple(draw(st.integers(0, SIDE_MAX)) for _ in parts)
        return Parts(along=draw(st.sampled_from(("row", "column"))), sizes=sizes, parts=parts)

    def outer(left):
        return Parts(along="column", sizes=(SIDE_MAX,), parts=(part(left, 0),))

    cut = draw(st.integers(0, len(names)))
    made = [Window(inside=outer(names[:cut]) if cut else None)]
    if cut < len(names):
        x, y, w, h = draw(st.tuples(*[st.integers(-9_000, 9_000)] * 2, *[st.integers(1, 9_000)] * 2))
        made.append(Window(inside=outer(names[cut:]), place=(x, y, w, h)))
    return tuple(made)


def test_the_librarys_words_for_a_row_of_a_chart_and_two_tables():
    assert docks_xml([Window(inside=INSIDE)]).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><QtAdvancedDockingSystem Version="1" UserVersion="1" Containers="1">'
        '<Container Floating="0"><Splitter Orientation="|" Count="2">'
        '<Area Tabs="1" Current="chart.1"><Widget Name="chart.1" Closed="0"/></Area>'
        '<Area Tabs="2" Current="fills.1"><Widget Name="orders.1" Closed="0"/>'
        '<Widget Name="fills.1" Closed="0"/></Area>'
        "<Sizes>700 300 </Sizes></Splitter></Container></QtAdvancedDockingSystem>"
    )


@given(windows())
def test_what_is_written_is_read_again(made):
    assert read_docks(docks_xml(made)) == made


@given(windows(), st.sets(st.integers(0, 11)))
def test_panels_that_are_not_kept_leave_no_hole(made, dropped):
    gone = {f"panel.{n}" for n in dropped}
    for window in made:
        kept = kept_part(window.inside, lambda name: name not in gone)
        assert list(panels_in(kept)) == [name for name in panels_in(window.inside) if name not in gone]
        assert part_fault(kept) == ""


def test_the_panel_behind_comes_to_the_front():
    assert kept_part(INSIDE, lambda name: name == "orders.1") == Stack(panels=("orders.1",), front="orders.1")
    assert kept_part(INSIDE, lambda _: False) is None


def test_a_tree_that_does_not_hold_is_told():
    deep = CHART
    for _ in range(DEPTH_MAX + 1):
        deep = Parts(along="row", sizes=(1,), parts=(deep,))
    assert part_fault(deep) == "expected at most 20 rows and columns within one another"
    assert part_fault(Stack(panels=("chart.1",), front="x")) == "expected a front that is one of the stack's panels"
    assert part_fault(Stack(panels=(), front="")) == "expected a front that is one of the stack's panels"
    short = Parts(along="row", sizes=(1,), parts=(CHART, TABLES))
    assert part_fault(Parts(along="row", sizes=(1,), parts=(short,))) == "expected a size for each of 2 parts, found 1"
    wide = Parts(along="row", sizes=(1, -40_000), parts=(CHART, TABLES))
    assert part_fault(wide) == "expected sizes from 0 to 30000, found -40000"
    assert place_fault((0, 0, 0, 100)) == "expected a place within 30000 pixels, found [0, 0, 0, 100]"
    assert place_fault((0, 10**20, 5, 5)) != ""
    assert place_fault(None) == place_fault((-100, 0, 800, 600)) == ""


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a",
        b"\xff\xfe<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 5_000,
        b"<Container><Splitter><Area><Widget Name='x'/></Area><Sizes>wide</Sizes></Splitter></Container>",
        b"<Container><Splitter><Area><Widget Name='x'/></Area><Sizes>1 2</Sizes></Splitter></Container>",
        b"<Container><Geometry>00 11</Geometry></Container>",
        b"<Container><Geometry>zz</Geometry></Container>",
        b"<Container><Geometry>" + b"00 " * 66 + b"</Geometry></Container>",
        b" " * 1_048_577,
    ],
)
def test_what_the_library_did_not_write_is_refused(xml):
    with pytest.raises(ValueError, match="."):
        read_docks(xml)


def test_the_place_of_a_torn_off_window_is_qts_own():
    """The bytes as Qt wrote them for a window of 529 by 268 at 976, 789."""
    bytes_of_qt = (
        "01 d9 d0 cb 00 03 00 00 00 00 03 ce 00 00 03 13 00 00 05 e2 00 00 04 22 00 00 03 d0 00 00 03 15 00 00 05 e0"
        " 00 00 04 20 00 00 00 00 00 00 00 00 03 20 00 00 03 d0 00 00 03 15 00 00 05 e0 00 00 04 20"
    )
    xml = docks_xml([Window(inside=TORN.inside, place=(1, 2, 3, 4))]).decode()
    head, _, rest = xml.partition("<Geometry>")
    with_qts = f"{head}<Geometry>{bytes_of_qt}</Geometry>{rest.partition('</Geometry>')[2]}"
    assert read_docks(with_qts.encode())[0].place == (976, 789, 529, 268)
