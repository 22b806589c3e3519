"""What an issue's prices and quantities are worth, in the units of its own market."""

import pytest
from msgspec.structs import replace

from tests.support.desk_feed import instruments


@pytest.mark.parametrize(
    ("unit", "lot", "money", "px", "shares"),
    [
        (("KRW", 0), 1, 1_000_000, 71_000, 14),
        (("JPY", 1), 100, 1_000_000, 23_455, 400),  # 2,345.5 yen: 426 shares, four lots
        (("USD", 4), 1, 1_000_050, 2_000_000, 50),  # 10,000.50 dollars at 200
        (("USD", 4), 1, 19_999, 2_000_000, 0),
    ],
)
def test_money_pays_for_whole_lots(unit, lot, money, px, shares):
    currency, px_decimals = unit
    issue = replace(instruments()[0], currency=currency, px_decimals=px_decimals, lot=lot)
    assert issue.shares_for(money, px) == shares
    assert issue.money(px, shares) <= money
