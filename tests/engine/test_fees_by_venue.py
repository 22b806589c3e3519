"""Fees by venue, liquidity and tier in the running core: charged once, given back whole, weighed alike."""

import copy
from decimal import Decimal
from fractions import Fraction

import pytest
from msgspec.structs import replace

from hts.account.fee_plan import plan_on
from hts.base.errors import ConfigError
from hts.engine.bookings import undone_value
from hts.engine.engine import Engine
from hts.engine.work_costs import costs, steps_per_unit, weighed
from hts.model.enums import LastLiquidityInd, Market, Side
from hts.model.intents import RouteOrder
from hts.model.queries import RequestPlan
from hts.model.records import ReportReceived, RouteDecided
from hts.model.records_account import FeeSetChosen
from hts.model.routing import NANO, Remainder, RouteRequest, VenueCosts
from hts.model.views import AccountView, FillView
from hts.oms.order import Booked, Fill
from hts.rules.account_rules import AccountRules
from hts.rules.fee_sets import FeePlan
from hts.rules.fee_terms import FeeRate, FeeTerms
from hts.rules.fees import CostRates
from tests.engine.floor import BOTH, Floor, a_floor, book
from tests.engine.kit import a_config, an_engine, decode, fee, records, replies, views
from tests.support.account_rules import account_rules, account_tables
from tests.support.builders import ACCOUNT, AT, DATE, SYMBOL, an_instrument, an_intent

RULES = account_rules()
CASH = 1_000_000_000
ADDED, REMOVED, AUCTION, UNKNOWN = (
    LastLiquidityInd.ADDED, LastLiquidityInd.REMOVED, LastLiquidityInd.AUCTION, LastLiquidityInd.UNKNOWN,
)  # fmt: skip


def with_set(**fields) -> AccountRules:
    """The tables with a set of the test's own, "mine", that passes the venues' fees on."""
    tables = copy.deepcopy(account_tables())
    row = {"name": "mine", "market": "KR", "from": "2023-01-01", "broker_rate": Decimal("0.0001")}
    tables["fees"]["fee_set"].append(row | {"passes_venue": True} | fields)
    return AccountRules.parse(tables)


def a_paying_floor(fee_set="passed_on", rules=RULES) -> Floor:
    return a_floor(rules=rules, fee_set=fee_set)


def money(floor):
    return floor.desk.engine.core.state.ledger.money(ACCOUNT, "KRW")


def bought(floor, venue, *fills, px=71_000):
    """One order, accepted and filled piece by piece: (quantity, liquidity) each. Its number and the fees charged."""
    floor.intent(an_intent(f"r{floor.exec_id}", venue=venue, qty=sum(qty for qty, _ in fills) + 1, px=px))
    number = floor.orders[-1][0]
    floor.accept(number)
    stored = [records(floor.fill(number, qty, liquidity=how))[0] for qty, how in fills]
    return number, [record.fee for record in stored]


def test_every_fill_pays_its_venue_and_its_liquidity_once():
    """7,100,000 won: KRX takes 968.41; Nextrade 901.93 of who rests, 936.01 of who takes, 918.97 in an auction."""
    floor = a_paying_floor()
    assert bought(floor, "KRX", (100, ADDED), (100, REMOVED))[1] == [968, 968]
    assert bought(floor, "NXT", (100, ADDED), (100, REMOVED), (100, AUCTION), (100, UNKNOWN))[1] == [
        901, 936, 918, 936,
    ]  # fmt: skip
    assert money(floor).fees == 968 * 2 + 901 + 936 + 918 + 936
    assert money(floor).cash == CASH - 6 * 7_100_000 - money(floor).fees


def test_the_plain_fee_is_the_same_everywhere():
    floor = a_paying_floor(fee_set="")
    assert bought(floor, "NXT", (100, ADDED), (100, REMOVED))[1] == [1_065, 1_065]
    assert not [record for record in floor.desk.journal if isinstance(record, FeeSetChosen)]


@pytest.mark.parametrize("fee_set", ["passed_on", "by_volume"])
@pytest.mark.parametrize("liquidity", list(LastLiquidityInd))
def test_a_bust_gives_back_to_the_won_what_was_charged(fee_set, liquidity):
    floor = a_paying_floor(fee_set)
    number, _ = bought(floor, "NXT", (13, liquidity), (7, REMOVED))
    before = money(floor)
    floor.fill(number, 1, liquidity=liquidity)
    floor.undo(number, floor.exec_id, 1)
    assert money(floor) == replace(before, reserved=money(floor).reserved)
    floor.undo(number, 1, 13)
    floor.undo(number, 2, 7)
    assert (money(floor).cash, money(floor).fees) == (CASH, 0)


def test_a_correction_is_charged_at_the_liquidity_of_the_fill_it_corrects():
    floor = a_paying_floor()
    number, (fee,) = bought(floor, "NXT", (100, ADDED))
    assert fee == 901
    (stored,) = [r for r in records(floor.undo(number, 1, 100, qty=50, px=70_000)) if isinstance(r, ReportReceived)]
    assert stored.fee == 444  # 3,500,000 at 0.0127033 %
    assert (money(floor).cash, money(floor).fees) == (CASH - 3_500_000 - 444, 444)
    floor.undo(number, floor.exec_id, 50)
    assert (money(floor).cash, money(floor).fees) == (CASH, 0)


def test_an_order_billed_as_one_pays_its_least_and_its_charge_once():
    """100 won at least, 30 for the order: 71,000 won cost 9.68; the bill passes its least with the eleventh share."""
    rules = with_set(at_least=100, per_order=30, fee={"mode": "down", "scope": "order"})
    floor = a_paying_floor("mine", rules)
    number, fees = bought(floor, "KRX", (1, ADDED), (9, REMOVED), (1, REMOVED))
    assert fees == [130, 0, 0]  # 71,000 x 11 at 0.0122763 % is 95.8
    assert records(floor.fill(number, 1, liquidity=REMOVED))[0].fee == 4  # 104.5
    other, fees = bought(floor, "KRX", (1, ADDED))
    assert fees == [130]
    floor.undo(other, floor.exec_id, 1)
    assert money(floor).fees == 134
    told = views(floor.undo(number, 2, 9))  # three shares are left: 26.1, so the least again
    assert money(floor).fees == 130
    fills = [one for one in told if isinstance(one, FillView)]
    assert [(one.exec_id, one.exec_ref_id, one.fee) for one in fills] == [
        (4, 4, 0),
        (7, 2, 0),
    ]  # the 4 are in the row that bore them
    for exec_id, was in ((1, 1), (3, 1), (4, 1)):
        floor.undo(number, exec_id, was)
    assert (money(floor).cash, money(floor).fees) == (CASH, 0)


def test_what_was_charged_is_given_back_once_the_days_books_are_closed():
    """The least of 100 moves from the first fill to the second; then something else moves the holding."""
    rules = with_set(at_least=100, fee={"mode": "down", "scope": "order"})
    floor = a_paying_floor("mine", rules)
    number, fees = bought(floor, "NXT", (1, ADDED), (1, REMOVED))
    assert fees == [100, 0]
    floor.undo(number, 1, 1)
    assert money(floor).fees == 100
    ledger = floor.desk.engine.core.state.ledger
    ledger.put_row(ledger.row(ACCOUNT, SYMBOL, "", 0))
    floor.undo(number, 2, 1)
    assert (money(floor).cash, money(floor).fees) == (CASH, 0)


@pytest.mark.parametrize(("liquidity", "back"), [(ADDED, 901), (REMOVED, 936), (UNKNOWN, 901)])
def test_of_a_fill_that_nobody_kept_its_liquidity_is_given_back_or_the_least(liquidity, back):
    """As one of an earlier day: what it was charged is not known here any more."""
    floor = a_paying_floor()
    number, (fee,) = bought(floor, "NXT", (100, REMOVED))
    assert fee == 936
    state = floor.desk.engine.core.state
    state.ledger.put_row(state.ledger.row(ACCOUNT, SYMBOL, "", 0))
    state.orders._booked.clear()
    floor.undo(number, 1, 100, last_liquidity_ind=liquidity)
    assert money(floor).fees == 936 - back


def test_a_corrected_fill_stays_on_its_bill_as_what_it_was():
    """Its successor rested too: a fill that comes later is reckoned on top of that."""
    rules = with_set(fee={"mode": "down", "scope": "order"}, related_rate=Decimal(0))
    floor = a_paying_floor("mine", rules)
    number, _ = bought(floor, "NXT", (100, ADDED))
    floor.undo(number, 1, 100, qty=50)
    assert money(floor).fees == 402  # 3,550,000 at 0.01134 %: 402.57
    floor.fill(number, 1, liquidity=ADDED)
    assert money(floor).fees == 410  # 3,621,000: 410.62
    floor.undo(number, floor.exec_id, 1)
    assert money(floor).fees == 402


def test_a_days_bill_adds_up_over_venues():
    rules = with_set(fee={"mode": "up", "scope": "day"})
    floor = a_paying_floor("mine", rules)
    first = bought(floor, "KRX", (1, ADDED), (1, REMOVED))[1]
    second = bought(floor, "NXT", (1, ADDED))[1]
    exact = 71_000 * (2 * Fraction(122_763, 10**9) + Fraction(113_400, 10**9))  # 25.4
    assert sum(first + second) == -(-exact.numerator // exact.denominator) == 26
    assert first == [9, 9]  # 8.7, 17.4: begun won of the day, not of the fill


def test_the_tier_follows_what_the_books_traded_the_month_before():
    floor = a_paying_floor("by_volume")
    state, table = floor.desk.engine.core.state, RULES.fees
    number, _ = bought(floor, "NXT", (100, ADDED), (50, REMOVED))
    assert list(state.book.turnover.rows()) == [(ACCOUNT, "KRW", DATE, 150 * 71_000)]
    floor.undo(number, 1, 100, qty=40)
    floor.undo(number, 2, 50)
    assert list(state.book.turnover.rows()) == [(ACCOUNT, "KRW", DATE, 40 * 71_000)]
    state.book.turnover.add(ACCOUNT, "KRW", DATE, 10**9)
    assert plan_on(state.book, table, ACCOUNT, "KR", DATE).tier == 0
    assert plan_on(state.book, table, ACCOUNT, "KR", 20261201) == FeePlan(name="by_volume", tier=1)


def test_terminals_are_told_the_set_and_its_tier():
    floor = a_paying_floor("by_volume")
    floor.intent(an_intent("r0", venue="NXT"))
    floor.accept(1)
    shown = [view for view in views(floor.fill(1, 1)) if isinstance(view, AccountView)]
    assert [(view.fee_set, view.fee_tier, view.fees_from) for view in shown] == [("by_volume", 0, 0)]


def test_terminals_are_told_the_set_that_comes_next_and_the_one_of_today_holds_until_then():
    floor = a_paying_floor("by_volume")
    state = floor.desk.engine.core.state
    known = {"account": ACCOUNT, "trade_ns": 0, "mono_ns": 0}
    for day, fee_set in ((20261201, "venue_only"), (20261207, "passed_on"), (20261203, "")):
        state.apply(FeeSetChosen(**known, from_date=day, fee_set=fee_set))
    view = floor.desk.engine.core.books.account(money(floor))
    assert (view.fee_set, view.fees_from, view.next_fee_set) == ("by_volume", 20261201, "venue_only")
    assert [one.from_date for one in state.book.profiles[ACCOUNT].fee_choices] == [0, 20261201, 20261203]


def test_a_restart_knows_the_set_and_charges_on():
    floor = a_paying_floor("by_volume")
    bought(floor, "NXT", (13, ADDED))
    chosen = [record for record in floor.desk.journal if isinstance(record, FeeSetChosen)]
    assert [(record.fee_set, record.from_date) for record in chosen] == [("by_volume", 0)]
    again = Floor(floor.desk.journal, rules=RULES, fee_set="passed_on")  # a setting changes nothing later
    assert [record for record in again.desk.journal if isinstance(record, FeeSetChosen)] == chosen
    replayed = an_engine(floor.desk.journal, rules=RULES, venues=BOTH)
    assert replayed.state_hash == floor.desk.engine.state_hash


def test_an_account_that_is_added_later_begins_with_its_set_of_the_settings():
    def started(journal, *accounts):
        config = replace(a_config(venues=BOTH), accounts=accounts)
        engine = Engine(config, dict.fromkeys(BOTH, decode), fee, RULES)
        engine.recover(journal)
        found = records(engine.start(*AT.values(), 0))
        return [(one.account, one.fee_set) for one in found if isinstance(one, FeeSetChosen)]

    journal = a_paying_floor("").desk.journal
    plain = a_config().accounts[0]
    late, known = replace(plain, account="8801-9", fee_set="passed_on"), replace(plain, fee_set="by_volume")
    dollars = replace(late, currency="USD")
    assert started(journal, known) == []
    assert started(journal, known, late, dollars) == [("8801-9", "passed_on")]


def test_a_set_that_the_tables_do_not_have_stops_the_core():
    config = a_config()
    with pytest.raises(ConfigError, match="expected one of passed_on, venue_only, by_volume, or none; found 'cheap'"):
        an_engine(rules=RULES).core.rules.check_fee_sets(["cheap"])
    assert config.accounts[0].fee_set == ""
    with pytest.raises(ConfigError, match="found 'cheap'"):
        Floor(rules=RULES, fee_set="cheap")


# -- the router


def decided(floor, side=Side.BUY, qty=150, px=71_200):
    request = RouteRequest(side=side, qty=qty, px=px, remainder=Remainder.CANCEL)
    effects = floor.intent(RouteOrder(request_id="w1", account=ACCOUNT, symbol=SYMBOL, request=request))
    (record,) = [record for record in records(effects) if isinstance(record, RouteDecided)]
    return record.decision


def seen_by_hand(floor, venue, side):
    return costs(floor.desk.engine.core, floor.desk.engine.core.venues[venue], ACCOUNT, SYMBOL, side)


def test_the_router_weighs_what_the_account_is_charged():
    floor = a_paying_floor()
    assert seen_by_hand(floor, "NXT", Side.BUY) == VenueCosts(
        taker_ppb=131_833, maker_ppb=127_033, auction_ppb=129_433, rest_share_nano=0, auction_share_nano=0
    )
    assert seen_by_hand(floor, "KRX", Side.SELL) == VenueCosts(
        taker_ppb=136_396, maker_ppb=136_396, auction_ppb=136_396, sell_tax_ppb=2_000_000, rest_share_nano=0,
        auction_share_nano=0,
    )  # fmt: skip
    plain = a_paying_floor(fee_set="")
    assert seen_by_hand(plain, "NXT", Side.BUY) == VenueCosts(taker_ppb=150_000, maker_ppb=150_000)


@pytest.mark.parametrize("fee_set", ["", "passed_on", "venue_only", "by_volume"])
def test_the_cost_of_a_plan_is_what_the_ledger_then_charges(fee_set):
    """Each level of the displayed books is one fill: the ledger cuts each fill's fee, the router none."""
    floor = a_paying_floor(fee_set)
    floor.tell(book("NXT", asks=((71_000, 20), (71_100, 30)), bids=((70_900, 10),)))
    decision = decided(floor, qty=90)
    assert {part.venue for part in decision.plan.slices} == {"KRX", "NXT"}
    fills = 0
    for number, venue, _, qty, *_ in list(floor.orders):
        floor.accept(number)
        left = qty
        for px, level in next(one for one in decision.seen if one.venue == venue).asks:
            taken = min(level, left)
            if taken:
                floor.fill(number, taken, px, REMOVED)
                fills += 1
            left -= taken
    spent = CASH - money(floor).cash
    off = Fraction(decision.plan.cost_nano, NANO) - spent
    assert 0 <= off < fills
    assert fills == 3


def test_fees_decide_between_equal_prices():
    """At 71,000 both offer: Nextrade is cheaper where its fee is passed on, and equal where one fee is for all."""
    for fee_set, venue in (("passed_on", "NXT"), ("", "KRX")):
        floor = a_paying_floor(fee_set)
        floor.desk.engine.core.desk.note_ack("KRX", 400)
        floor.desk.engine.core.desk.note_ack("NXT", 900)
        floor.tell(book("NXT", asks=((71_000, 50),), bids=((70_900, 10),)))
        assert [part.venue for part in decided(floor, qty=50).plan.slices] == [venue]


def test_a_plan_that_is_only_asked_for_is_reckoned_at_the_askers_fees():
    floor = a_paying_floor()
    request = RouteRequest(side=Side.BUY, qty=50, px=71_000, remainder=Remainder.CANCEL)
    for account, ppb in ((ACCOUNT, 136_396), ("", 150_000)):
        query = RequestPlan(symbol=SYMBOL, request=request, account=account)
        (told,) = replies(floor.desk.engine.on_query(1, query, *floor.desk.at()))
        assert told.plan.cost_nano == 50 * 71_000 * (NANO + ppb)


def test_charges_count_in_steps_of_the_price():
    """Tenths of a yen and hundredths of a cent: one yen is ten steps, one cent a hundred; a won is a won."""
    tokyo = an_instrument("7203", market=Market.TSE, currency="JPY", px_decimals=1, venue="TSE")
    nasdaq = an_instrument("AAPL", market=Market.NASDAQ, currency="USD", px_decimals=4, venue="NASDAQ")
    steps = [steps_per_unit(RULES, issue) for issue in (tokyo, nasdaq, an_instrument())]
    assert steps == [10, 100, 1]
    per_share = FeeRate(per_share=Fraction(3, 10))  # 0.3 cents
    terms = FeeTerms(added=FeeRate(), removed=per_share, auction=per_share, scope="order", per_order=99)
    rates = CostRates(fee=Fraction(0), sell_tax=Fraction(0), per_share=Fraction(195, 10_000), fees=terms)
    assert weighed(rates, Side.BUY, steps[1]) == VenueCosts(
        per_share_nano=30 * NANO, per_order_nano=9_900 * NANO, auction_ppb=0, rest_share_nano=0,
        auction_share_nano=30 * NANO,
    )  # fmt: skip
    sale = weighed(rates, Side.SELL, steps[1])
    assert (sale.per_share_nano, sale.rest_share_nano) == (31_950_000_000, 1_950_000_000)


def test_what_is_taken_back_is_worth_its_money_where_prices_are_finer_than_it():
    """200 at 3,001.0 yen, corrected to 100 at 3,000.0: prices in tenths, money in yen."""
    was = Booked(px=30_010, qty=200)
    assert undone_value(Fill(px=30_000, qty=100, undone=was), 300_000) == 600_200
    assert undone_value(Fill(px=30_010, qty=0, undone=was), 600_200) == 600_200


def test_future_choices_leave_the_running_day_alone():
    floor = a_paying_floor("passed_on")
    state = floor.desk.engine.core.state
    state.apply(FeeSetChosen(account=ACCOUNT, from_date=20261124, fee_set="venue_only", **AT))
    assert bought(floor, "NXT", (100, ADDED))[1] == [901]
    core, issue = floor.desk.engine.core, an_instrument(venue="NXT")
    assert core.rates(ACCOUNT, issue, 20261124).fee_of(7_100_000, 100, ADDED) == 191  # 0.0027033 %
