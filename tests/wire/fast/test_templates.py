import pytest

from hts.wire.fast.errors import TemplateError
from hts.wire.fast.instructions import DynamicRef, Group, Operator, Scalar, Sequence, TwinDecimal
from hts.wire.fast.templates import TemplateSet
from hts.wire.fast.values import FieldType, Scaled
from tests.wire.fast.support import NAMESPACE, SHARED, templates

FILES = SHARED / "data" / "fast" / "openfast_resources"


def program(found, name="T1"):
    return found.program(found.named(name)).body


def test_every_instruction_is_understood():
    found = templates(
        '<typeRef name="X"/><int32 name="a" id="7"/>'
        '<string name="b" charset="unicode" presence="optional"><length name="bl"/><tail value="x"/></string>'
        '<decimal name="c"><exponent><default value="-2"/></exponent></decimal>'
        '<sequence name="d" presence="optional"><length name="n"><copy value="2"/></length>'
        '<uInt64 name="e"/></sequence>'
        '<group name="f" presence="optional"><byteVector name="g"><length name="gl"/></byteVector></group>'
        "<templateRef/>"
    )
    a, b, c, d, f, ref = program(found)
    assert (a.name, a.identifier, a.kind, a.operator, a.takes_bit) == ("a", "7", FieldType.INT32, Operator.NONE, False)
    assert (b.kind, b.operator, b.initial, b.is_optional, b.takes_bit) == (
        FieldType.UNICODE,
        Operator.TAIL,
        "x",
        True,
        True,
    )
    assert isinstance(c, TwinDecimal)
    assert (c.exponent.initial, c.exponent.takes_bit, c.mantissa.operator) == (-2, True, Operator.NONE)
    assert isinstance(d, Sequence)
    assert (d.is_optional, d.length.name, d.length.initial, d.has_map, d.takes_bit) == (True, "n", 2, False, True)
    assert isinstance(f, Group)
    assert (f.is_optional, f.takes_bit, f.has_map, f.body[0].kind) == (True, True, False, FieldType.BYTES)
    assert isinstance(ref, DynamicRef)
    assert ref.type_name == "X"


def test_dictionary_of_the_nearest_element_and_key_name_the_entry():
    found = templates(
        '<typeRef name="A"/><int32 name="g"><copy/></int32><int32 name="t"><copy dictionary="template"/></int32>'
        '<group name="x" dictionary="type"><int32 name="y"><copy key="k" ns="n"/></int32>'
        '<int32 name="u"><delta dictionary="mine"/></int32></group>'
        '<group name="z"><typeRef name="B"/><int32 name="w"><copy dictionary="type"/></int32></group>'
        '<decimal name="d"><mantissa><delta/></mantissa></decimal><sequence name="s"/>',
        attributes='dictionary="global"',
    )
    g, t, x, z, d, s = program(found)
    entries = [g.entry, t.entry, x.body[0].entry, x.body[1].entry, z.body[0].entry, d.mantissa.entry, s.length.entry]
    assert entries == [
        ("global", "", "g"),
        ("template", "T1", "t"),
        ("type", "A", "{n}k"),
        ("user", "mine", "u"),
        ("type", "B", "w"),
        ("global", "", "d\0mantissa"),
        ("global", "", "s\0length"),
    ]


def test_static_reference_changes_the_current_template_and_passes_the_type_on():
    found = templates(
        '<typeRef name="A"/><templateRef name="T2"/><int32 name="c"><copy dictionary="template"/></int32>',
        '<int32 name="a"><copy dictionary="template"/></int32><int32 name="b"><copy dictionary="type"/></int32>',
    )
    assert [i.entry for i in program(found)] == [("template", "T2", "a"), ("type", "A", "b"), ("template", "T1", "c")]
    assert [i.entry for i in program(found, "T2")] == [("template", "T2", "a"), ("type", "", "b")]


def test_namespaces_qualify_names():
    found = templates('<int32 name="a" ns="v"><copy/></int32><int32 name="a"/>', attributes='ns="u" templateNs="t"')
    assert [i.name for i in program(found, "{t}T1")] == ["{v}a", "{u}a"]


def test_foreign_elements_and_attributes_are_passed_over():
    found = templates('<x:note xmlns:x="urn:x"><deep/></x:note><int32 name="a" x:k="1" xmlns:x="urn:x"/>')
    assert [i.name for i in program(found)] == ["a"]


def test_decimal_initial_value_is_normalized():
    (a,) = program(templates('<decimal name="a"><copy value="12000"/></decimal>'))
    assert isinstance(a, Scalar)
    assert a.initial == Scaled(3, 12)


def test_numbers_from_outside_and_reset():
    text = f'<template xmlns="{NAMESPACE}" name="X" id="x1" reset="yes"/>'.encode()
    found = TemplateSet.parse(text, {"X": 120})
    assert (found.named(120).name, found.named("X").resets) == ("X", True)
    assert TemplateSet.parse(text).by_id == {}


def with_operator(kind, operator, presence="mandatory"):
    return f'<{kind} name="F" presence="{presence}">{operator}</{kind}>'


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ('<int33 name="a"/>', "S1", "a field or templateRef expected, found <int33>"),
        ("<int32/>", "S1", "attribute name expected"),
        ('<int32 name="a" size="4"/>', "S1", "expected, found size"),
        ('<int32 name="a" charset="ascii"/>', "S1", "expected, found charset"),
        ('<int32 name="a" presence="maybe"/>', "S1", "presence mandatory or optional expected"),
        ('<string name="a" charset="latin"/>', "S1", "charset ascii or unicode expected"),
        ('<int32 name="a"><copy/><delta/></int32>', "S1", "one operator expected"),
        ('<int32 name="a"><copy><delta/></copy></int32>', "S1", "without elements"),
        ('<int32 name="a">text</int32>', "S1", "found text 'text'"),
        ('<int32 name="a"><constant value="1" key="k"/></int32>', "S1", "expected, found key"),
        ('<int32 name="a"/><uInt32 name="a"/>', "S1", "found a twice"),
        ('<decimal name="a"><mantissa/><exponent/></decimal>', "S1", "in this order"),
        ('<templateRef name="T1"/>', "S1", "references without a circle"),
        ('<templateRef name="T9"/>', "D8", "a known template expected, found T9"),
        (with_operator("string", "<increment/>"), "S2", "found increment"),
        (with_operator("decimal", "<increment/>"), "S2", "found increment"),
        (with_operator("int32", "<tail/>"), "S2", "found tail"),
        (with_operator("decimal", "<exponent><tail/></exponent>"), "S2", "found tail"),
        (with_operator("uInt32", '<copy value="-1"/>'), "S3", r"initial value: .*\[D11\]"),
        (with_operator("int32", '<copy value="2147483648"/>'), "S3", r"\[R4\]"),
        (with_operator("byteVector", '<copy value="abc"/>'), "S3", r"\[D11\]"),
        (with_operator("string", '<copy value="é"/>'), "S3", r"\[R3\]"),
        (with_operator("int32", "<constant/>"), "S4", "a constant with a value"),
        (with_operator("int32", "<constant/>", "optional"), "S4", "a constant with a value"),
        (with_operator("int32", "<default/>"), "S5", "a mandatory default with a value"),
    ],
)
def test_bad_template_has_its_code_and_line(body, code, line):
    with pytest.raises(TemplateError, match=line) as error:
        templates(body)
    assert error.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "<templates><template name='a'/><template name='a'/></templates>",
        "<templates><template name='a' id='1'/><template name='b' id='1'/></templates>",
        "<templates><int32 name='a'/></templates>",
        "<other/>",
        "<template xmlns='urn:other' name='a'/>",
        "<templates>",
        '<!DOCTYPE templates [<!ENTITY a "b">]><templates/>',
    ],
)
def test_bad_document_is_s1(text):
    with pytest.raises(TemplateError) as error:
        TemplateSet.parse(text.encode())
    assert error.value.code == "S1"


def test_references_that_double_at_each_step_are_refused():
    pair = '<group name="a"><templateRef name="T{0}"/></group><group name="b"><templateRef name="T{0}"/></group>'
    doubling = [pair.format(number) for number in range(2, 20)] + ['<int32 name="x"/>']
    with pytest.raises(TemplateError, match="at most 20000 instructions"):
        templates(*doubling)


def test_public_template_files_are_read():
    if not FILES.exists():
        pytest.skip(f"recorded templates not found at {FILES}; set HTS_SHARED")
    counts = {
        path.relative_to(FILES).as_posix(): len(TemplateSet.parse(path.read_bytes()).by_name)
        for path in FILES.rglob("*.xml")
        if path.name != "data.xml"
    }
    assert counts == {
        "CME/templates.xml": 23,
        "EBS/templates.xml": 21,
        "FPL/FASTTestTemplate.xml": 1,
        "FPL/mdIncrementalRefreshTemplate.xml": 1,
    }
