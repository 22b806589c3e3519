"""The form's fee by the account's set: at the chosen venue or over all of them, for who rests and who takes."""

import pytest
from msgspec.structs import replace

from hts.desk.venue_tabs import COMBINED
from hts.model.quotes import InstrumentDef
from tests.support.desk_feed import busy_desk

PX, QTY = 191_400, 150  # 28,710,000 won


@pytest.fixture
def desk():
    made = busy_desk()
    samsung = made.market.instruments["005930"]
    made.market.on_quote(InstrumentDef(instrument=replace(samsung, venue="NXT")))
    made.orders.on_view(replace(made.orders.account, fee_set="passed_on"))
    made.selection.set_px(PX)
    made.selection.set_qty(QTY)
    return made


def fees(desk, venue):
    desk.selection.choose_venue(venue)
    preview = desk.form.preview()
    assert preview.total == PX * QTY + preview.fee
    return preview.fee_low, preview.fee


def test_a_fee_that_may_be_less_is_shown_as_a_range(desk):
    """KRX 0.0136396 %; Nextrade 0.0127033 % of who rests, 0.0131833 % of who takes."""
    assert fees(desk, "KRX") == (0, 3_915)
    assert fees(desk, "NXT") == (3_647, 3_784)
    assert fees(desk, COMBINED) == (3_647, 3_915)


def test_a_tier_lowers_the_fee(desk):
    desk.orders.on_view(replace(desk.orders.account, fee_set="by_volume", fee_tier=1))
    assert fees(desk, "NXT") == (2_498, 2_636)  # 0.004 % less


def test_who_has_the_plain_fee_sees_one(desk):
    desk.orders.on_view(replace(desk.orders.account, fee_set=""))
    assert fees(desk, COMBINED) == (0, 4_306)


def test_what_can_be_bought_pays_the_dearest_venue(desk):
    desk.selection.choose_venue(COMBINED)
    desk.orders.on_view(replace(desk.orders.account, buying_power=PX * 100 + 2_609))  # KRX asks 2,610
    assert desk.form.possible_qty() == 99
    desk.selection.choose_venue("NXT")
    assert desk.form.possible_qty() == 100
