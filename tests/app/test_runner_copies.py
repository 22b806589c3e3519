"""What goes by the drop copy's line."""

from hts.model.effects import Send
from hts.model.enums import Side
from hts.model.requests import CancelOnBehalf
from tests.app.test_runner import House


def test_a_cancel_of_another_systems_order_takes_the_drop_copys_line():
    house = House(copies=True)
    request = CancelOnBehalf(cl_ord_id=1, system="other", venue_order_id=7, account="a", symbol="005930", side=Side.BUY)
    assert house.intent(Send("KRX", request)) == [("copy line", b"CancelOnBehalf")]
