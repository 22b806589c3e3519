"""Each operator by the examples of FAST 1.1, appendix 3.2, and the rules of sections 6.3 and 10.5.1.

The first byte of a message is its presence map with the template identifier's bit first; 81 is template 1, sent once.
"""

from decimal import Decimal

import pytest

from hts.wire.fast.encoder import FastEncoder
from hts.wire.fast.errors import FastLocalError, FastRemoteError
from tests.wire.fast.support import decode_all, encode_all, templates


def field(kind, operator="", presence="mandatory"):
    return f'<{kind} name="F" presence="{presence}">{operator}</{kind}>'


OPTIONAL = "optional"
TWIN = "<exponent><copy/></exponent><mantissa>{}</mantissa>"
D = Decimal
# Instructions, then what is sent message by message.
EXAMPLES = {
    "constant": (field("uInt32", '<constant value="0"/>'), [(0, "c0 81"), (0, "80")]),
    "optional constant": (field("uInt32", '<constant value="0"/>', OPTIONAL), [(0, "e0 81"), (None, "80"), (0, "a0")]),
    "default": (field("uInt32", '<default value="0"/>'), [(0, "c0 81"), (1, "a0 81"), (0, "80")]),
    "optional default": (field("uInt32", "<default/>", OPTIONAL), [(None, "c0 81"), (0, "a0 81"), (None, "80")]),
    "optional default with a value": (
        field("uInt32", '<default value="7"/>', OPTIONAL),
        [(7, "c0 81"), (None, "a0 80"), (7, "80"), (8, "a0 89")],
    ),
    "copy": (field("string", "<copy/>"), [("CME", "e0 81 434dc5"), ("CME", "80"), ("ISE", "a0 4953c5")]),
    "copy with an initial value": (field("string", '<copy value="CME"/>'), [("CME", "c0 81"), ("ISE", "a0 4953c5")]),
    "optional copy": (
        field("string", "<copy/>", OPTIONAL),
        [(None, "c0 81"), (None, "80"), ("CME", "a0 434dc5"), ("CME", "80"), (None, "a0 80"), (None, "80")],
    ),
    "optional copy with an initial value": (
        field("uInt32", '<copy value="5"/>', OPTIONAL),
        [(None, "e0 81 80"), (None, "80"), (5, "a0 86"), (5, "80")],
    ),
    "increment": (
        field("uInt32", '<increment value="1"/>'),
        [(1, "c0 81"), (2, "80"), (4, "a0 84"), (5, "80"), (5, "a0 85")],
    ),
    "increment wraps": (
        field("int32", "<increment/>"),
        [(2**31 - 1, "e0 81 077f7f7fff"), (-(2**31), "80"), (1 - 2**31, "80")],
    ),
    "optional increment": (
        field("uInt32", "<increment/>", OPTIONAL),
        [(None, "c0 81"), (3, "a0 84"), (4, "80"), (None, "a0 80"), (None, "80"), (5, "a0 86")],
    ),
    "delta": (
        field("int32", "<delta/>"),
        [(942755, "c0 81 3945a3"), (942750, "80 fb"), (942745, "80 fb"), (942745, "80 80")],
    ),
    "delta over the whole range": (
        field("uInt64", '<delta value="18446744073709551615"/>'),
        [(0, "c0 81 7e000000000000000081"), (2**64 - 1, "80 017f7f7f7f7f7f7f7fff"), (2**64 - 1, "80 80")],
    ),
    "optional delta keeps its base when absent": (
        field("uInt32", "<delta/>", OPTIONAL),
        [(10, "c0 81 8b"), (None, "80 80"), (12, "80 83"), (11, "80 ff")],
    ),
    "delta of a decimal": (
        field("decimal", "<delta/>"),
        [(D("9427.55"), "c0 81 fe 3945a3"), (D("9427.51"), "80 80 fc"), (D("9427.46"), "80 80 fb")],
    ),
    "delta of a decimal on a normalized initial value": (
        field("decimal", '<delta value="12000"/>'),
        [(D("1.210E4"), "c0 81 fe 09ae"), (D("1.215E4"), "80 80 85"), (D("1.220E4"), "80 80 85")],
    ),
    "delta of a string": (
        field("string", "<delta/>"),
        [("GEH6", "c0 81 80 474548b6"), ("GEM6", "80 82 4db6"), ("ESM6", "80 fd 45d3"), ("RSESM6", "80 ff 52d3")],
    ),
    "optional delta of a string": (
        field("string", "<delta/>", OPTIONAL),
        [("AB", "c0 81 81 41c2"), (None, "80 80"), ("ABC", "80 81 c3"), ("", "80 84 80")],
    ),
    "delta of bytes": (
        field("byteVector", '<delta value="0102"/>'),
        [(b"\1\2\3", "c0 81 80 81 03"), (b"\xff\1\2\3", "80 ff 81 ff"), (b"\2\3", "80 fd 80")],
    ),
    "tail": (
        field("string", "<tail/>"),
        [("ABCD", "e0 81 414243c4"), ("ABCX", "a0 d8"), ("ABCX", "80"), ("ABCXY", "a0 41424358d9")],
    ),
    "optional tail falls back on the initial value": (
        field("string", '<tail value="AB"/>', OPTIONAL),
        [("AB", "c0 81"), (None, "a0 80"), (None, "80"), ("AC", "a0 c3"), ("AC", "80")],
    ),
    "tail of bytes": (
        field("byteVector", "<tail/>"),
        [(b"\1\2", "e0 81 82 0102"), (b"\1\3", "a0 81 03"), (b"\1\3", "80")],
    ),
    # The specification prints 3945a4 for the first mantissa here, one too high: by its own rule (10.5.1) the mantissa
    # is mandatory, and the next line of the same example is sent so.
    "twin decimal, two presence bits": (
        field("decimal", TWIN.format("<copy/>"), OPTIONAL),
        [(D("9427.55"), "f0 81 fe 3945a3"), (D("9427.60"), "90 3945a8"), (None, "a0 80"), (None, "80")],
    ),
    "twin decimal, one presence bit": (
        field("decimal", TWIN.format("<delta/>"), OPTIONAL),
        [(D("9427.55"), "e0 81 fe 3945a3"), (D("9427.56"), "80 81"), (None, "a0 80"), (D("9427.57"), "a0 fe 81")],
    ),
    "twin decimal with a fixed exponent": (
        field("decimal", '<exponent><constant value="-2"/></exponent><mantissa><delta/></mantissa>'),
        [(D("1.25"), "c0 81 00fd"), (D("1.26"), "80 81")],
    ),
}


@pytest.mark.parametrize("case", EXAMPLES)
def test_example_encodes_and_decodes(case):
    instructions, rows = EXAMPLES[case]
    found = templates(instructions)
    golden = [bytes.fromhex(data) for _, data in rows]
    fields = [{} if value is None else {"F": value} for value, _ in rows]
    assert encode_all(found, fields) == golden
    messages = decode_all(found, b"".join(golden))
    assert [(m.fields, m.reported) for m in messages] == [(row, ()) for row in fields]
    assert [str(m.fields.get("F")) for m in messages] == [str(row.get("F")) for row in fields]


def test_absent_copy_may_also_be_sent_as_null():
    found = templates(field("string", "<copy/>", OPTIONAL))
    assert [m.fields for m in decode_all(found, bytes.fromhex("e0818080a0434dc580"))] == [
        {},
        {},
        {"F": "CME"},
        {"F": "CME"},
    ]


SHARED_KEY = '<uInt32 name="A" presence="optional"><copy key="k"/></uInt32>'
FAULTS = [
    ("copy of nothing", field("uInt32", "<copy/>"), "c081", "D5"),
    ("increment of nothing", field("uInt32", "<increment/>"), "c081", "D5"),
    ("tail of nothing", field("string", "<tail/>"), "c081", "D6"),
    ("copy of an empty value", SHARED_KEY + '<uInt32 name="F"><copy key="k"/></uInt32>', "e08180", "D6"),
    ("increment of an empty value", SHARED_KEY + '<uInt32 name="F"><increment key="k"/></uInt32>', "e08180", "D6"),
    ("delta on an empty value", SHARED_KEY + '<uInt32 name="F"><delta key="k"/></uInt32>', "e0818081", "D6"),
    (
        "tail of an empty value",
        '<string name="A" presence="optional"><copy key="k"/></string><string name="F"><tail key="k"/></string>',
        "e08180",
        "D7",
    ),
    ("another type under the key", SHARED_KEY + '<string name="F"><copy key="k"/></string>', "e08182", "D4"),
    ("subtraction of more than there is", field("string", "<delta/>"), "c08181c1", "D7"),
    ("subtraction at the front of more than there is", field("string", "<delta/>"), "c081fec1", "D7"),
    ("subtraction beyond int32", field("string", "<delta/>"), "c0810800000080c1", "D7"),
    ("integer beyond its type", field("uInt32"), "c0811000000080", "D2"),
    ("sum below its type", field("uInt32", "<delta/>"), "c081ff", "R4"),
    ("sum above its type", field("int32", '<delta value="2147483647"/>'), "c08181", "R4"),
    ("exponent beyond 63", field("decimal"), "c08100c081", "R1"),
    ("sum of exponents beyond 63", field("decimal", "<delta/>"), "c08100c081", "R1"),
    ("mantissa beyond int64", field("decimal", '<delta value="9223372036854775807"/>'), "c0818081", "R1"),
    ("half a character", '<string name="F" charset="unicode"/>', "c08181ea", "R2"),
    ("half a character by tail", '<string name="F" charset="unicode"><tail/></string>', "e08181ea", "R2"),
    ("unknown template", field("uInt32"), "c08281", "D9"),
    ("no template identifier", field("uInt32"), "8081", "D5"),
]


@pytest.mark.parametrize(("instructions", "data", "code"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_fault_in_the_stream_has_the_specifications_code(instructions, data, code):
    with pytest.raises(FastRemoteError, match=rf"\[ERR {code}\]") as error:
        decode_all(templates(instructions), bytes.fromhex(data))
    assert error.value.code == code


@pytest.mark.parametrize(
    ("instructions", "rows", "code"),
    [
        (field("uInt32", '<constant value="0"/>'), [99], "D3"),
        (field("string", "<tail/>"), ["ABC", "AB"], "D3"),
        (field("decimal", '<exponent><constant value="2"/></exponent>'), [D("0.01")], "D3"),
        (field("uInt32"), [None], "D1"),
        (field("uInt32"), [-1], "R4"),
        (SHARED_KEY + '<string name="F" presence="optional"><copy key="k"/></string>', ["x"], "D4"),
    ],
)
def test_value_that_cannot_be_encoded_changes_nothing(instructions, rows, code):
    found = templates(instructions)
    fields = [{} if row is None else {"F": row} for row in rows]
    if code == "D4":
        fields[0]["A"] = 1
    with pytest.raises(FastLocalError, match=rf"\[ERR {code}\]"):
        encode_all(found, fields)


def test_mandatory_constant_need_not_be_given():
    found = templates(field("uInt32", '<constant value="7"/>'))
    (data,) = encode_all(found, [{}])
    assert data == bytes.fromhex("c081")
    assert [m.fields for m in decode_all(found, data)] == [{"F": 7}]


def test_bad_value_leaves_the_stream_in_step():
    encoder = FastEncoder(templates(field("uInt32", "<delta/>")))
    assert encoder.encode("T1", {"F": 10}) == bytes.fromhex("c0818a")
    for bad in ({"F": -1}, {"F": 1, "G": 2}, {}):
        with pytest.raises(FastLocalError):
            encoder.encode("T1", bad)
    assert encoder.encode("T1", {"F": 11}) == bytes.fromhex("8081")
