from hts.desk.order_xray_wire import (
    WireField,
    WireMessage,
    asked_fields,
    field_of_bytes,
    fields_text,
    hex_rows,
    hex_text,
)
from hts.model.enums import CashMargin, Side
from tests.desk.scene import an_order


def a_message(data=b"\x00\x9eD" + b"AB" * 8, fields=()):
    return WireMessage(venue="KRX", protocol="ums", name="D", is_sent=True, mono_ns=1, data=data, fields=fields)


def test_bytes_lie_in_rows_of_sixteen():
    first, second = hex_rows(a_message())
    assert (first.offset, first.cells[:4], first.ascii) == (0, ("00", "9e", "44", "41"), "··DABABABABABABA")
    assert (second.offset, second.cells, second.ascii) == (16, ("42", "41", "42"), "BAB")


def test_each_byte_knows_its_field_and_the_shorter_one_wins():
    fields = (
        WireField(name="head", offset=0, length=3, value=""),
        WireField(name="kind", offset=2, length=1, value=""),
        WireField(name="beyond", offset=17, length=9, value=""),
    )
    assert field_of_bytes(a_message(fields=fields)) == (0, 0, 1, *[-1] * 14, 2, 2)
    assert hex_rows(a_message(fields=fields))[1].marks == (-1, 2, 2)


def test_text_for_the_clipboard():
    message = a_message(b"AB", (WireField(name="side", offset=1, length=1, value="BUY"),))
    assert hex_text(message) == "41 42\n"
    assert fields_text(message) == "D\tums\t2\nside\tBUY\t1\t1\n"


def test_an_order_that_never_left_is_told_by_the_names_of_the_wire():
    fields = asked_fields(an_order(7, Side.SELL, 237_000, 50, strategy="twap-1", credit=CashMargin.MARGIN_OPEN))
    told = {field.name: field.value for field in fields}
    wanted = {"side": "SELL", "px": "237000", "order_qty": "50", "strategy": "twap-1", "credit": "MARGIN_OPEN"}
    assert wanted.items() <= told.items()
    assert len(told) == len(fields)
