import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.errors import ConfigError
from hts.desk.workspace_docks import Parts, Stack, Window, docks_xml
from hts.desk.workspace_file import Imported, copy_of, read, text_of

KNOWN = frozenset({"chart", "orders", "fills", "log"})
SHIPPED = ("day", "scalper")
CHART = {"timeframe_s": 180, "studies": [{"name": "sma", "values": ["5"]}]}
WINDOWS = (
    Window(
        inside=Parts(
            along="row",
            sizes=(700, 300),
            parts=(
                Stack(panels=("chart.1",), front="chart.1"),
                Stack(panels=("orders.1", "fills.1"), front="fills.1"),
            ),
        )
    ),
    Window(
        inside=Parts(along="column", sizes=(200,), parts=(Stack(panels=("log.1",), front="log.1"),)),
        place=(40, 50, 600, 200),
    ),
)


def layout(windows=WINDOWS, own=None):
    names = ("chart.1", "orders.1", "fills.1", "log.1")
    return {
        "version": 1,
        "panels": [[name, 2 if name == "log.1" else 1] for name in names],
        "docks": base64.b64encode(docks_xml(windows)).decode(),
        "own": {"chart.1": CHART} if own is None else own,
    }


def written(**changes):
    """An exported workspace as a table, with some of it replaced."""
    table = json.loads(text_of([copy_of("Mine", "scalper", layout())]))
    table["workspaces"][0] |= changes
    return table


def taken(table, known=KNOWN):
    text = table if isinstance(table, str) else json.dumps(table)
    return read(text, "file.json", known, SHIPPED)


def fault(table, known=KNOWN):
    with pytest.raises(ConfigError) as told:
        taken(table, known)
    return str(told.value)


def test_a_workspace_comes_back_as_it_was():
    assert taken(written()) == (Imported(title="Mine", base="scalper", layout=layout()),)


def test_several_come_back_in_their_order():
    text = text_of([copy_of(title, "day", layout(own={})) for title in ("하나", "二", "three")])
    assert [one.title for one in taken(text)] == ["하나", "二", "three"]
    assert "하나" in text  # to be read by people


def test_a_layout_that_does_not_hold_cannot_be_written():
    for broken in ({}, {**layout(), "docks": "!"}, {**layout(), "panels": [7]}, {**layout(), "docks": "AAAA"}):
        with pytest.raises(ValueError, match="."):
            copy_of("Mine", "day", broken)


def test_panels_that_this_build_does_not_know_are_left_out_and_named():
    [one] = taken(written(), known={"chart", "orders"})
    assert one.left_out == ("fills", "log")
    assert [name for name, _ in one.layout["panels"]] == ["chart.1", "orders.1"]
    kept = Parts(
        along="row",
        sizes=(700, 300),
        parts=(Stack(panels=("chart.1",), front="chart.1"), Stack(panels=("orders.1",), front="orders.1")),
    )
    assert base64.b64decode(one.layout["docks"]) == docks_xml([Window(inside=kept)])  # its torn-off window is gone


def test_a_base_that_this_build_does_not_ship_is_the_first_one():
    assert taken(written(base="gone"))[0].base == "day"


def test_a_file_of_nothing_that_this_build_knows_is_refused():
    assert fault(written(), known={"news"}) == (
        "file.json: workspace 1: expected panels that this version has, found chart, fills, log, orders; "
        "update this terminal"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "expected exported workspaces (JSON), found Input data was truncated"),
        ("{", "expected exported workspaces (JSON), found Input data was truncated"),
        ("[]", "expected exported workspaces (JSON), found Expected `object`, got `array`"),
        ("[" * 100_000, "expected exported workspaces (JSON), found Expected `object`, got `array`"),
        ("{}", 'expected "format": "hts-workspaces", found another file; choose exported workspaces'),
        ('{"look": {"theme": "dark"}}', 'expected "format": "hts-workspaces", found another file'),
        ('{"format": "hts-workspaces"}', "expected version 1 of exported workspaces, found none"),
        ('{"format": "hts-workspaces", "version": 2, "workspaces": 7}', "expected version 1 of exported"),
        ('{"format": "hts-workspaces", "version": 1}', "Object missing required field `workspaces`"),
        ('{"format": "hts-workspaces", "version": 1, "workspaces": []}', "expected 1 to 16 workspaces, found 0"),
        ('{"format": "hts-workspaces", "version": 1, "a": ' + '{"a":' * 100_000, "found lists nested too deep"),
        ("\ud800", "expected exported workspaces (JSON), found "),
    ],
)
def test_a_foreign_file_is_told(text, found):
    assert found in fault(text)


def parts(depth):
    return json.loads(
        '{"kind": "parts", "along": "row", "sizes": [1], "parts": [' * depth
        + '{"kind": "stack", "panels": ["chart.1"], "front": "chart.1"}'
        + "]}" * depth
    )


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"title": "\u202e\n"}, "workspace 1: expected a title that can be read, found '\\u202e\\n'"),
        ({"title": 7}, "Expected `str`, got `int` - at `$.workspaces[0].title`"),
        ({"more": 7}, "Object contains unknown field `more`"),
        ({"windows": []}, "expected the main window first"),
        ({"windows": [{"place": [0, 0, 9, 9]}]}, "expected the main window first"),
        ({"windows": [{"inside": parts(1)}] * 2}, "expected the main window first"),
        ({"windows": [{"inside": parts(1)}]}, "expected 1 to 40 panels, each at one place, found 4 panels at 1"),
        ({"windows": [{"inside": parts(21)}]}, "expected at most 20 rows and columns within one another"),
        ({"windows": [{"inside": parts(400)}]}, "expected at most 20 rows and columns within one another"),
        ({"windows": [{}], "panels": {}}, "expected 1 to 40 panels, each at one place, found 0 panels at 0"),
        ({"panels": {"chart.1": {"group": 1}}}, "each at one place, found 1 panels at 4"),
    ],
)  # fmt: skip
def test_a_workspace_that_does_not_hold_is_told(changes, found):
    assert found in fault(written(**changes))


def one_panel(name="chart.1", **panel):
    stack = {"kind": "stack", "panels": [name], "front": name}
    return written(windows=[{"inside": stack}], panels={name: {"group": 1, **panel}})


def nested(depth):
    return {"a": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (one_panel("chart"), "expected a panel's name and number as chart.1, found 'chart'"),
        (one_panel('chart"/>.1'), "expected a panel's name and number as chart.1"),
        (one_panel("chart.1²"), "expected a panel's name and number as chart.1"),
        (one_panel(group=9), "chart.1: expected a group of 1 to 4, found 9"),
        (one_panel(own={"a": "x" * 70_000}), "chart.1: expected at most 65536 bytes and 12 levels of its own"),
        (one_panel(own=nested(12)), "chart.1: expected at most 65536 bytes and 12 levels of its own"),
        (one_panel(own={"a": 10**400}), "chart.1: expected at most 65536 bytes and 12 levels of its own"),
        (one_panel(own={"a": "\ud800"}), "file.json: "),
        (one_panel(own=7), "Expected `object`, got `int`"),
    ],
)
def test_a_panel_that_does_not_hold_is_told(table, found):
    assert found in fault(table)


def test_a_stack_alone_fills_the_window():
    [one] = taken(one_panel())
    assert b'<Splitter Orientation="-" Count="1"><Area Tabs="1"' in base64.b64decode(one.layout["docks"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places_in(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places_in(one, (*path, key))


@settings(max_examples=150)
@given(st.data())
def test_anything_in_any_place_is_taken_or_told(data):
    """Nothing but a ConfigError, and what is taken can be exported again."""
    table = written()
    path = data.draw(st.sampled_from([path for path in places_in(table) if path]))
    at = table
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = data.draw(JSON)
    try:
        [one] = taken(table)
    except ConfigError as told:
        assert str(told).startswith("file.json: ")
        assert len(str(told)) < 400
        return
    text_of([copy_of(one.title, one.base, one.layout)])


@settings(max_examples=100)
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=4))
def test_a_file_with_broken_bytes_is_taken_or_told(at, spoilt):
    data = json.dumps(written()).encode()
    broken = data[:at] + spoilt + data[at + len(spoilt) :]
    try:
        taken(broken.decode("utf-8", "replace"))
    except ConfigError as told:
        assert str(told).startswith("file.json: ")
