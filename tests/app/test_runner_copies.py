"""What goes by the drop copy's line."""

from hts.model.effects import Send
from hts.model.enums import Side
from hts.model.reports import SessionUp
from hts.model.requests import CancelOnBehalf, StartSession
from tests.app.test_runner import House, S


def test_a_cancel_of_another_systems_order_takes_the_drop_copys_line():
    house = House(copies=True)
    request = CancelOnBehalf(cl_ord_id=1, system="other", venue_order_id=7, account="a", symbol="005930", side=Side.BUY)
    assert house.intent(Send("KRX", request)) == [("copy line", b"CancelOnBehalf")]


def test_the_drop_copy_begins_when_the_order_session_has_told_the_day():
    house = House(copies=True)
    start = StartSession(epoch=3, next_in_seq=4, cancel_on_disconnect=False)
    happened = house.intent(Send("KRX", start))
    assert happened == [("order line", b"StartSession"), ("sent", 99)]
    del happened[:]
    up = SessionUp(venue="KRX", epoch=3, trading_date=20_261_123, trade_ns=1000 * S, speed_milli=1000)
    house.orders.events.append(up)
    house.engine.answers["copies_request"] = start
    house.runner.on_order_line("KRX", b"", 7)
    assert house.log == [
        ("on_line_heard", "KRX", 7),
        ("orders", b""),
        ("on_report", up, 1000 * S, 7),
        ("copies_request", "KRX"),
        ("copy line", b"StartSession"),
    ]
