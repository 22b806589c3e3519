"""Any template, any values: what the encoder writes the decoder reads, in any cut, and writes the same again."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.encoder import FastEncoder
from hts.wire.fast.errors import FastLocalError
from tests.wire.fast.support import decode_all, templates

TEXT = st.text(st.characters(codec="ascii"), max_size=8)
INTEGERS = {
    "int32": st.integers(-(2**31), 2**31 - 1),
    "uInt32": st.integers(0, 2**32 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uInt64": st.integers(0, 2**64 - 1),
}
DECIMALS = st.builds(
    lambda sign, mantissa, exponent: Decimal((sign, tuple(map(int, str(mantissa))), exponent)),
    st.just(0),
    st.integers(0, 2**63 - 1),
    st.integers(-63, 63),
)
VALUES = {
    **INTEGERS,
    "string": TEXT,
    "unicode": st.text(max_size=6),
    "byteVector": st.binary(max_size=8),
    "decimal": DECIMALS | DECIMALS.map(lambda value: -value if value else value),
}
OPERATORS = ["", "<copy/>", "<delta/>", '<copy key="shared-{kind}"/>', '<delta dictionary="template"/>']


@st.composite
def fields(draw, name, depth):
    """XML of one instruction, and a strategy of its values."""
    kind = draw(st.sampled_from([*VALUES, "twin", *(["group", "sequence"] if depth else [])]))
    optional = draw(st.booleans())
    head = f'name="{name}" presence="{"optional" if optional else "mandatory"}"'
    if kind in ("group", "sequence"):
        inner = draw(bodies(depth - 1, f"{name}-"))
        length = draw(st.sampled_from(["", "<length/>", "<length><copy/></length>", "<length><delta/></length>"]))
        xml = f"<{kind} {head}>{length if kind == 'sequence' else ''}{inner[0]}</{kind}>"
        values = inner[1] if kind == "group" else st.lists(inner[1], max_size=3).map(tuple)
    elif kind == "twin":
        operator = st.sampled_from(["", "<copy/>", "<delta/>", '<default value="0"/>', "<increment/>"])
        exponent, mantissa = draw(operator), draw(operator)
        xml = f"<decimal {head}><exponent>{exponent}</exponent><mantissa>{mantissa}</mantissa></decimal>"
        values = VALUES["decimal"]
    else:
        more = ["<increment/>", '<default value="0"/>'] if kind in INTEGERS else []
        more += ["<tail/>"] if kind in ("string", "unicode", "byteVector") else []
        operator = draw(st.sampled_from(OPERATORS + more)).format(kind=kind)
        element = "string" if kind == "unicode" else kind
        charset = ' charset="unicode"' if kind == "unicode" else ""
        xml = f"<{element} {head}{charset}>{operator}</{element}>"
        values = VALUES[kind]
    return name, xml, st.none() | values if optional else values


@st.composite
def bodies(draw, depth, path=""):
    # A name twice would mean one previous value for two types (D4).
    parts = [draw(fields(f"{path}f{n}", depth)) for n in range(draw(st.integers(1, 4)))]
    values = st.fixed_dictionaries({name: value for name, _, value in parts}).map(
        lambda row: {name: value for name, value in row.items() if value is not None}
    )
    return "".join(xml for _, xml, _ in parts), values


def exact(value):
    """Decimals with their exponents: 1.5 and 1.50 are different on this wire."""
    if isinstance(value, dict):
        return {name: exact(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(exact(inner) for inner in value)
    return value.as_tuple() if isinstance(value, Decimal) else value


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_message_of_any_template_comes_back(data):
    body, values = data.draw(bodies(2))
    found = templates(body)
    encoder, sent, stream = FastEncoder(found), [], b""
    for row in data.draw(st.lists(values, min_size=1, max_size=4)):
        try:
            stream += encoder.encode("T1", row)
        except FastLocalError as error:
            # A tail cannot make a value shorter; a delta has no base where a field of the same key was absent.
            assert error.code in ("D3", "D6")
        else:
            sent.append(row)
    messages = decode_all(found, stream, strict=True)
    assert [exact(message.fields) for message in messages] == [exact(row) for row in sent]
    again = FastEncoder(found)
    assert b"".join(again.encode_message(message) for message in messages) == stream
    decoder, count = FastDecoder(found), 0
    for at in range(len(stream)):
        decoder.receive_data(stream[at : at + 1])
        while decoder.next_event() is not None:
            count += 1
    assert count == len(sent)
