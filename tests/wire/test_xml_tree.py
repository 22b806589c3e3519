import tracemalloc

import pytest

from hts.base.errors import RemoteProtocolError
from hts.wire.xml_tree import XmlLimits, parse_xml


def test_elements_attributes_text_and_lines():
    root = parse_xml(b'<a xmlns="u" k="1" xmlns:f="v" f:k="2">\n <b>x &amp; y<!-- no --></b>\n <f:c/></a>')
    assert (root.namespace, root.name, root.attributes, root.line) == ("u", "a", {"k": "1", "{v}k": "2"}, 1)
    assert [(e.namespace, e.name, e.text, e.line) for e in root.children] == [("u", "b", "x & y", 2), ("v", "c", "", 3)]
    assert [e.name for e in root.walk()] == ["a", "b", "c"]


def test_places_of_elements():
    data = '<a>\n <b k="1">한</b ><c k=">"/><d></d>/></a>'.encode()
    assert [data[e.start : e.end].decode() for e in parse_xml(data).walk()] == [
        data.decode(),
        '<b k="1">한</b >',
        '<c k=">"/>',
        "<d></d>",
    ]


BOMB = "<!DOCTYPE a [" + '<!ENTITY b0 "boom">' + "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "entity bomb": (BOMB + "]><a>&b9;</a>", "no document type expected"),
    "external entity": (
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "no document type expected",
    ),
    "external doctype": ('<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>', "no document type expected"),
    "unknown entity": ("<a>&x;</a>", "undefined entity"),
    "processing instruction": ('<?xml-stylesheet href="x"?><a/>', "no processing instruction expected"),
    "other encoding": ('<?xml version="1.0" encoding="UTF-7"?><a/>', "encoding UTF-8 expected, found UTF-7"),
    "other version": ('<?xml version="1.1"?><a/>', "version 1.0 expected|well-formed"),
    "deep nesting": ("<a>" * 1000 + "</a>" * 1000, "at most 40 levels"),
    "many attributes": ("<a " + " ".join(f"k{n}='v'" for n in range(100)) + "/>", "at most 32 attributes"),
    "attribute twice": ('<a k="1" k="2"/>', "duplicate attribute"),
    "long text": (f"<a>{'x' * 70_000}</a>", "at most 65536 characters"),
    "ten megabytes": (f"<a>{' ' * 10_000_000}</a>", "at most 8388608 bytes expected, found 10000007"),
    "half": ("<a><b>", "line 1 column 7: a well-formed document expected"),
    "two roots": ("<a/><b/>", "junk after document element"),
    "nothing": ("", "no element found"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_document_is_refused_with_its_place(case):
    text, line = HOSTILE[case]
    with pytest.raises(RemoteProtocolError, match=line):
        parse_xml(text.encode())


def test_many_elements_stop_the_parser_at_the_limit():
    with pytest.raises(RemoteProtocolError, match="line 1 column 6997: at most 1000 elements"):
        parse_xml(b"<a>" + b"<b></b>" * 5000 + b"</a>", XmlLimits(elements_max=1000))


def test_utf_16_and_broken_utf_8_are_refused():
    for data in ("<a/>".encode("utf-16"), "<a/>".encode("utf-16-be"), b"<a>\xff</a>"):
        with pytest.raises(RemoteProtocolError, match="well-formed|UTF-8 expected"):
            parse_xml(data)


def test_refusing_costs_no_memory_beyond_the_document():
    documents = [HOSTILE[case][0].encode() for case in ("entity bomb", "deep nesting", "many attributes")]
    tracemalloc.start()
    for data in documents:
        with pytest.raises(RemoteProtocolError):
            parse_xml(data, XmlLimits(elements_max=1000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000
