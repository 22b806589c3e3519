"""An order's messages are found in the bytes of the line and decoded by the decoders of `hts decode`."""

import pytest

from hts.app.config import VenueSettings
from hts.app.core_gateways import ORDER_TABLES, order_protocol
from hts.app.decoders import LOADERS
from hts.app.trace_wire import MESSAGES_MAX, wire_messages
from hts.model.trace import TraceView, WireChunk
from hts.wire.soupbin.packets import SEQUENCED, packet
from hts.wire.ums.codec import encode
from tests.support.wire_layout import layout_of, zeros
from tests.support.wire_ums import LAYOUT, TRADE_NS, an_execution, an_order


def entered(cl_ord_id):
    return encode(LAYOUT, an_order(cl_ord_id), 7, TRADE_NS)


def executed(cl_ord_id):
    return encode(LAYOUT, an_execution(cl_ord_id), 8, TRADE_NS)


def a_trace(*chunks, ids=(9,)):
    return TraceView(order_id=9, ids=ids, chunks=chunks)


def a_chunk(data, *, before=b"", protocol="ums", is_sent=False):
    return WireChunk(venue="KRX", protocol=protocol, is_sent=is_sent, mono_ns=5, data=data, before=before)


def test_a_request_and_its_answer_among_those_of_others():
    data = executed(8) + executed(9) + executed(10)
    sent, heard = wire_messages(a_trace(a_chunk(entered(9), is_sent=True), a_chunk(data)))
    assert (sent.name, sent.is_sent, sent.data, sent.fault) == ("EnterOrder", True, entered(9), "")
    assert (heard.name, heard.is_sent, heard.data) == ("Execution", False, executed(9))
    fields = {field.name: field for field in sent.fields}
    assert (fields["px"].value, fields["side"].value, fields["qty"].value) == ("71000", "BUY", "10")
    px = fields["px"]
    assert int.from_bytes(sent.data[px.offset : px.offset + px.length], "big") == 71_000


def test_a_message_that_began_in_the_chunk_before_is_put_together():
    data = executed(8) + executed(9)
    (found,) = wire_messages(a_trace(a_chunk(data[-20:], before=data[:-20])))
    assert found.data == executed(9)


def test_the_beginning_of_the_next_message_is_left_alone():
    (found,) = wire_messages(a_trace(a_chunk(executed(9) + executed(11)[:30])))
    assert found.data == executed(9)


def test_every_id_of_the_chain_is_looked_for():
    data = executed(12) + executed(9)
    assert [m.data for m in wire_messages(a_trace(a_chunk(data), ids=(9, 12)))] == [executed(12), executed(9)]


def test_a_fill_that_names_the_order_as_its_venue_does():
    """Tokyo tells fills by its own number of the order, which the acceptance has told beside ours."""
    layout = layout_of("arrowhead_ours")

    def said(name, **fields):
        return packet(SEQUENCED, layout.encode(name, {**zeros(layout, name), **fields}))

    accepted = said("order_accepted", request_number=3, order_number=70, client_reference="9")
    others, ours = (said("order_executed", order_number=number, executed_quantity=9_000) for number in (71, 70))
    found = wire_messages(a_trace(a_chunk(accepted, protocol="arrowhead_ours"),
                                  a_chunk(others + ours, protocol="arrowhead_ours")))  # fmt: skip
    assert [(message.name, message.data) for message in found] == [
        ("order_accepted", accepted[3:]),
        ("order_executed", ours[3:]),
    ]


def test_what_cannot_be_read_is_shown_whole_with_the_reason():
    unknown, strange, foreign = wire_messages(
        a_trace(a_chunk(b"abc", protocol=""), a_chunk(b"\xff" * 9), a_chunk(executed(8)))
    )
    assert (unknown.data, unknown.fault) == (b"abc", "no decoder for KRX")
    assert [one.fault for one in (strange, foreign)] == ["no message in it names the order"] * 2
    assert foreign.data == executed(8)


def test_the_number_of_messages_is_bounded():
    assert len(wire_messages(a_trace(*[a_chunk(executed(9) * 3)] * 100))) == MESSAGES_MAX


@pytest.mark.parametrize("protocol", ["native", "fix44", "fix50"])
@pytest.mark.parametrize("venue", ["KRX", "NXT", *ORDER_TABLES])
def test_every_order_gateway_has_a_decoder(venue, protocol):
    settings = VenueSettings(order_protocol=protocol)
    assert order_protocol(venue, settings, is_live=False) in LOADERS
    assert order_protocol(venue, settings, is_live=True) == "ums"
