import pytest

from hts.model.enums import Side
from hts.model.reasons import Reason
from tests.support.venue import an_exchange, enter


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"stop_px": 272_000}, Reason.BAD_STOP_PX),
        ({"display_qty": 1}, Reason.BAD_DISPLAY_QTY),
        ({"min_qty": 1}, Reason.BAD_MIN_QTY),
        ({"expire_ns": 1}, Reason.BAD_EXPIRY),
        ({"post_only": True}, Reason.TYPE_NOT_ALLOWED),
    ],
)
def test_what_the_venue_does_not_trade_is_refused_by_name(asked, reason):
    exchange = an_exchange("10:00:00")
    (event,) = exchange.apply(enter(1, Side.BUY, 272_000, 2, **asked), exchange.trade_ns)
    assert event.reason is reason
