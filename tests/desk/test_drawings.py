import json

import pytest
from msgspec.structs import replace

from hts.desk.drawings import DRAWINGS_MAX, Anchor, Drawing, Kind, drawings_of, table_of
from tests.desk.scene import NINE


def drawing(kind: Kind, number: int = 1, text: str = "") -> Drawing:
    anchors = tuple(Anchor(NINE + i, 100.5 + i) for i in range(kind.anchors))
    return Drawing(drawing_id=number, kind=kind, anchors=anchors, text=text)


def test_all_kinds_come_back_from_their_file():
    drawings = tuple(drawing(kind, i + 1, "글 <b>") for i, kind in enumerate(Kind))
    assert drawings_of(json.loads(json.dumps(table_of(drawings)))) == (drawings, 0)


def test_a_colour_comes_back_and_one_that_is_none_is_left_out():
    red = replace(drawing(Kind.TREND), color="ma20")
    table = table_of((red, drawing(Kind.RAY, 2)))
    assert [row.get("color") for row in table["drawings"]] == ["ma20", None]
    assert drawings_of(table)[0][0] == red
    for found in ("red", 5, ["ma20"], None):
        table["drawings"][0]["color"] = found
        assert drawings_of(table) == ((replace(red, color=""), drawing(Kind.RAY, 2)), 0)


@pytest.mark.parametrize("table", [None, [], "x", {}, {"version": 2, "drawings": []}, {"version": 1, "drawings": 3}])
def test_a_file_that_is_none_is_refused(table):
    with pytest.raises(ValueError, match="expected drawings of version 1"):
        drawings_of(table)


@pytest.mark.parametrize(
    "row",
    [
        7,
        {},
        {"kind": "spiral", "anchors": [[1, 2]]},
        {"kind": "trend", "anchors": [[1, 2.0]]},
        {"kind": "horizontal", "anchors": [[1, float("nan")]]},
        {"kind": "horizontal", "anchors": [[1, float("inf")]]},
        {"kind": "horizontal", "anchors": [[-1, 2.0]]},
        {"kind": "horizontal", "anchors": [[1 << 80, 2.0]]},
        {"kind": "horizontal", "anchors": [[1, -2.0]]},
        {"kind": "horizontal", "anchors": [["1", 2.0]]},
        {"kind": "horizontal", "anchors": [[True, 2.0]]},
        {"kind": "horizontal", "anchors": [1, 2.0]},
        {"kind": "text", "anchors": [[1, 2.0]], "text": 5},
    ],
)
def test_broken_entries_are_counted_and_the_others_kept(row):
    good = table_of((drawing(Kind.TREND),))["drawings"][0]
    kept, lost = drawings_of({"version": 1, "drawings": [row, good]})
    assert ([d.kind for d in kept], lost) == ([Kind.TREND], 1)


def test_a_file_is_read_to_a_bound():
    good = table_of((drawing(Kind.TEXT, text="x" * 9_999),))["drawings"]
    kept, lost = drawings_of({"version": 1, "drawings": good * (DRAWINGS_MAX + 5)})
    assert (len(kept), lost, len(kept[0].text)) == (DRAWINGS_MAX, 5, 200)
