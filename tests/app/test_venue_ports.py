"""The blocks of ports."""

import pytest

from hts.app.venue_ports import PORTS, parse_venues, venue_ports
from hts.base.errors import ConfigError
from hts.model.venues import VENUES


def test_each_venue_has_a_block_of_its_own():
    krx, nasdaq = venue_ports(24_100, "KRX"), venue_ports(24_100, "NASDAQ")
    assert [krx.order_entry, krx.recovery, krx.line("A"), krx.line("B")] == [24_100, 24_101, 24_102, 24_103]
    assert [krx.fix_orders, krx.fix_market_data, krx.fix_fast, krx.drop_copy] == [24_105, 24_106, 24_107, 24_108]
    assert (nasdaq.order_entry, nasdaq.drop_copy) == (24_200, 24_208)
    assert venue_ports(0, "OSE").base + 20 == PORTS == 140


def test_venues_come_in_the_fixed_order_each_once():
    assert parse_venues("tse, KRX,TSE") == ("KRX", "TSE")
    assert parse_venues("all") == VENUES
    with pytest.raises(ConfigError, match="venue: one of KRX, .* expected, found LSE"):
        parse_venues("KRX,LSE")
