import copy
import re

import pytest

from hts.base.errors import ConfigError
from hts.model.reasons import Reason
from hts.wire.ums.codec import FrameReader, encode
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import EnterOrder, SessionReason
from tests.support.wire_ums import LAYOUT, ROOT, an_order, table

PAGE = (ROOT / "docs" / "wire" / "ums.md").read_text(encoding="utf-8")


def rows_after(heading):
    """Cells of the table below a heading of the page."""
    section = PAGE.split(f"\n{heading}\n", 1)
    assert len(section) == 2, f"a heading {heading!r} expected in docs/wire/ums.md"
    rows = []
    for line in section[1].splitlines():
        if line.startswith("#"):
            break
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[2:]


def table_rows(fields):
    return [[str(f.offset), str(f.length), f"{f.type} {f.codes}".strip(), f"`{f.name}`", f.notes] for f in fields]


def test_page_and_layout_give_the_same_header():
    assert rows_after("### Header") == table_rows(LAYOUT.header_fields)


@pytest.mark.parametrize("message", LAYOUT.by_class.values(), ids=lambda m: m.name)
def test_page_and_layout_give_the_same_message(message):
    sender = {"client": "client to venue", "venue": "venue to client", "both": "both ways"}[message.sender]
    kind = "application" if message.application else "administrative"
    heading = f"### {message.name} `{chr(message.msg_type)}`"
    assert rows_after(heading) == table_rows(message.fields)
    assert f"{heading}\n\n{message.notes} {sender}, {kind}, {message.length} bytes.\n" in PAGE


def test_page_and_layout_give_the_same_codes():
    found = {name: dict(re.findall(r"(\w+) `(.)`", cells)) for name, cells in rows_after("### Codes")}
    assert found == table()["codes"]


@pytest.mark.parametrize(
    ("heading", "enum"), [("## Reason codes of orders", Reason), ("## Reason codes of sessions", SessionReason)]
)
def test_page_names_every_reason_code(heading, enum):
    assert [(int(code), name) for code, name, _ in rows_after(heading)] == [(r.value, f"`{r.name}`") for r in enum]


def test_only_application_messages_use_numbers_and_none_goes_both_ways():
    assert {m.name: m.sender for m in LAYOUT.by_class.values() if m.application} == {
        "EnterOrder": "client",
        "CancelOrder": "client",
        "AmendOrder": "client",
        "MassCancel": "client",
        "MassStatusRequest": "client",
        "KillSwitchRequest": "client",
        "Execution": "venue",
        "CancelReject": "venue",
        "MassStatusEnd": "venue",
        "MassCancelReport": "venue",
        "KillSwitchNotice": "venue",
    }


def order_row(changed):
    return next(row for row in changed["messages"] if row["name"] == "EnterOrder")


def test_a_layout_with_other_places_and_codes_needs_no_code():
    changed = copy.deepcopy(table())
    changed["byte_order"] = "little"
    row = order_row(changed)
    row["length"] += 4
    row["msg_type"] = "O"
    changed["codes"]["Side"] = {"BUY": "B", "SELL": "S"}
    places = {f["name"]: f for f in row["fields"]}
    for name in row["fields"]:
        name["offset"] += 4 * (name["offset"] >= places["qty"]["offset"])
    order = an_order()
    layout = UmsLayout.parse(changed)
    frame = encode(layout, order, 7, 0)
    assert (frame[:4], frame[88:89], frame[99:103], frame[103:111]) == (
        b"\xa2\x00O\x00",
        b"B",
        b"\x00" * 4,
        b"\x0a" + b"\x00" * 7,
    )
    reader = FrameReader(layout)
    reader.append(frame)
    assert reader.next_frame().message == order


def without_messages(t):
    del t["messages"]


def bad_byte_order(t):
    t["byte_order"] = "middle"


def overlap(t):
    order_row(t)["fields"][1]["offset"] = 20


def too_long(t):
    order_row(t)["fields"][-1]["offset"] = 155


def wrong_length(t):
    order_row(t)["fields"][0]["length"] = 4


def unknown_type(t):
    order_row(t)["fields"][0]["type"] = "u128"


def missing_field(t):
    del order_row(t)["fields"][0]


def unknown_message(t):
    order_row(t)["name"] = "EnterQuote"


def missing_message(t):
    t["messages"].remove(order_row(t))


def same_type_twice(t):
    order_row(t)["msg_type"] = "F"


def long_type(t):
    order_row(t)["msg_type"] = "DD"


def bad_sender(t):
    order_row(t)["sender"] = "trader"


def small_frames(t):
    t["frame_length_max"] = 100


def unknown_codes(t):
    t["codes"]["Colour"] = {"RED": "R"}


def unknown_member(t):
    t["codes"]["Side"]["HOLD"] = "H"


def same_code_twice(t):
    t["codes"]["Side"]["SELL"] = "1"


def no_codes(t):
    del t["codes"]["Side"]


DAMAGES = {
    without_messages: "a complete table expected, found KeyError('messages'); restore the file",
    bad_byte_order: 'byte_order "big" or "little" expected, found \'middle\'',
    overlap: "EnterOrder.request_id: offset 24 or more expected, found 20",
    too_long: "EnterOrder: fields within 158 bytes expected, found 159",
    wrong_length: "EnterOrder.cl_ord_id: length 8 expected, found 4",
    unknown_type: "EnterOrder.cl_ord_id: a known type expected, found 'u128'",
    missing_field: f"EnterOrder: {sorted(EnterOrder.__struct_fields__)} expected",
    unknown_message: "found 'EnterQuote'",
    missing_message: "messages: [",
    same_type_twice: "one msg_type per message expected, found a repeated one",
    long_type: "EnterOrder: one printable ASCII character expected, found 'DD'",
    bad_sender: "EnterOrder: sender out of ('client', 'venue', 'both') expected, found 'trader'",
    small_frames: "frame_length_max of at least 271 expected, found 100",
    unknown_codes: "found 'Colour'",
    unknown_member: "a complete table expected, found KeyError('HOLD')",
    same_code_twice: "codes.Side: one character per member expected, found a repeated one",
    no_codes: "a complete table expected, found KeyError('Side')",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_damaged_layout_is_one_clear_line(damage):
    changed = copy.deepcopy(table())
    damage(changed)
    with pytest.raises(ConfigError) as caught:
        UmsLayout.parse(changed)
    assert str(caught.value).startswith("order layout")
    assert DAMAGES[damage] in str(caught.value)
    assert "\n" not in str(caught.value)
