"""Limits reckon other currencies at the rate that a person entered; a slip of the pen loosens none."""

from fractions import Fraction

import pytest

from hts.account.book import AccountBook
from hts.engine.engine import Engine
from hts.engine.limit_rates import HOUSE, TABLE, LimitRates
from hts.model.enums import Side
from hts.model.records_account import FxRateSet
from hts.risk.exposure import Exposure
from hts.risk.reckoning import Rates
from tests.engine.kit import a_config, decode, fee, records
from tests.support.account_rules import account_rules
from tests.support.builders import AT

SETTINGS = Rates(ratios={"USD": (14, 1), "JPY": (19, 2)})


def rate(base, quote, num, den=1, source="kim"):
    return FxRateSet(base=base, quote=quote, num=num, den=den, source=source, **AT)


def reckon(*records, unit="USD", amount=100):
    book = AccountBook()
    for record in records:
        book.apply(record)
    return LimitRates(SETTINGS, book).in_house(unit, amount)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((), 1_400),
        ((rate("USD", HOUSE, 15),), 1_500),
        ((rate(HOUSE, "USD", 1, 15),), 1_500),  # told the other way round
        ((rate("USD", HOUSE, 145_230, 10_000),), 1_453),  # 1452.3: rounded away from zero
        ((rate("USD", HOUSE, 15, source=TABLE),), 1_400),  # nobody's word
        ((rate("USD", HOUSE, 15), rate("USD", HOUSE, 13)), 1_300),  # the newest
        ((rate("USD", HOUSE, 7),), 700),  # half is the most that is believed
        ((rate("USD", HOUSE, 69, 10),), 1_400),  # below it the settings' stands
        ((rate("USD", HOUSE, 1_452),), 145_200),  # a slip that only tightens
        ((rate("JPY", HOUSE, 9),), 1_400),
        ((rate("USD", HOUSE, 14, source=TABLE), rate(HOUSE, "USD", 1, 15)), 1_500),  # the table tells the other way
        ((rate(HOUSE, "USD", 1, 15), rate("USD", HOUSE, 13)), 1_300),
    ],
)
def test_what_was_entered_counts_where_it_can_be(records, expected):
    assert reckon(*records) == expected
    assert reckon(*records, amount=-100) == -expected


@pytest.mark.parametrize(("num", "expected"), [(1_450, 1_400), (15, 1_500), (7, 700), (6, 600)])
def test_a_slip_lets_no_gain_set_off_a_loss(num, expected):
    book = AccountBook()
    book.apply(rate("USD", HOUSE, num))
    rates = LimitRates(SETTINGS, book)
    assert [rates.gain_in_house(unit, 100) for unit in ("USD", HOUSE)] == [expected, 100]
    engine = Engine(a_config(rates=SETTINGS), {"KRX": decode}, fee)
    engine.recover((rate("USD", HOUSE, num),))
    exposure = Exposure()
    exposure.book_fill("AAPL", "USD", side=Side.SELL, px=100, qty=1, costs=0)  # bought back for nothing
    exposure.book_fill("AAPL", "USD", side=Side.BUY, px=0, qty=1, costs=0)
    exposure.book_fill("005930", HOUSE, side=Side.BUY, px=5_000, qty=1, costs=0)
    exposure.book_fill("005930", HOUSE, side=Side.SELL, px=0, qty=1, costs=0)
    assert exposure.pnl(engine.core) == expected - 5_000


def test_a_rate_told_the_other_way_round_is_not_replaced_by_the_table_at_the_next_start():
    def started(journal):
        engine = Engine(a_config(rates=SETTINGS), {"KRX": decode}, fee, account_rules())
        engine.recover(journal)
        return [*journal, *records(engine.start(*AT.values(), 0))], engine

    journal, _ = started(())
    journal, engine = started([*journal, rate(HOUSE, "USD", 1, 15)])
    assert engine.core.in_house("USD", 100) == 1_500
    assert engine.core.state.book.rate("USD", HOUSE) == Fraction(15)
    assert sum(isinstance(one, FxRateSet) and {one.base, one.quote} == {"USD", HOUSE} for one in journal) == 2


def test_units_finer_than_the_currency_and_the_house_itself():
    entered = rate("USD", HOUSE, 15)
    assert [reckon(entered, unit=unit) for unit in (HOUSE, "USD/100", "USD*2", "EUR")] == [100, 15, 3_000, 100]


def test_a_core_reckons_by_it_after_a_replay_and_from_an_image():
    def made():
        return Engine(a_config(rates=SETTINGS), {"KRX": decode}, fee)

    engine = made()
    engine.recover((rate("USD", HOUSE, 15),))
    again = made()
    assert again.core.in_house("USD", 100) == 1_400
    assert again.restore(engine.image(), engine.state_hash)
    assert [one.core.in_house("USD", 100) for one in (engine, again)] == [1_500, 1_500]
    assert engine.core.state.guards._in_house("USD", 100) == 1_500
    assert Fraction(15) == engine.core.state.book.rate("USD", HOUSE)
