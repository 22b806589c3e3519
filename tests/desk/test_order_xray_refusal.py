"""The card of a refusal: rule, figure, limit, distance, advice, and how often today."""

from msgspec.structs import replace

from hts.desk.order_xray import make_way
from hts.desk.order_xray_checks import check_rows
from hts.desk.order_xray_refusal import WhyRow, why_rows
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdStatus, Side
from hts.model.reasons import Reason
from hts.model.trace import CheckTold, OrderWay
from tests.desk.scene import Scene, an_order

TEXTS = Scene(language="en").texts
NOTHING = make_way(OrderWay())
REFUSED = make_way(OrderWay(key_ns=1, read_ns=300_001, decided_ns=450_001, journaled_ns=500_001, published_ns=600_001))


def denied(rule, figure=0, limit=0, unit=Unit.NONE, *, number=1, scope=""):
    denial = Denial(rule=rule, figure=figure, limit=limit, unit=unit, scope=scope)
    return replace(an_order(number, Side.BUY, 237_000, 50), ord_status=OrdStatus.DENIED, denial=denial)


def rows(view, way=NOTHING, checks=(), others=()):
    return why_rows(view, way, checks, TEXTS, 0, others=(view, *others))


def test_rule_figure_limit_and_distance_of_a_price():
    told = [CheckTold(rule=Rule.BAD_LOT, figure=50, limit=1, unit=Unit.QTY)]
    told.append(CheckTold(rule=Rule.PRICE_ABOVE_LIMIT, figure=354_000, limit=353_500, unit=Unit.PX, is_passed=False))
    view = denied(Rule.PRICE_ABOVE_LIMIT, 354_000, 353_500, Unit.PX)
    assert rows(view, REFUSED, check_rows(told, TEXTS, 0)) == (
        WhyRow(label="Rule", value="Upper limit · PRICE_ABOVE_LIMIT"),
        WhyRow(label="This order", value="354,000", is_main=True),
        WhyRow(label="Limit", value="353,500", is_main=True),
        WhyRow(label="Over by", value="+500  (0.14 %)"),
        WhyRow(label="What to do", value="Enter at most the limit"),
        WhyRow(label="Check", value="rule 2, 1 before it passed"),
        WhyRow(label="Refused after", value="450 µs"),
    )


def test_a_limit_of_a_scope_in_its_unit():
    found = {
        row.label: row.value for row in rows(denied(Rule.LISTED_SHARE_BP, 105, 100, Unit.BP, scope="strategy:twap"))
    }
    assert (found["This order"], found["Limit"]) == ("1.05 %", "1.00 %")
    assert (found["Over by"], found["Whose limit"]) == ("+0.05 %", "Strategy twap")


def test_a_yes_or_no_has_no_figures():
    labels = [row.label for row in rows(denied(Rule.KILL_SWITCH))]
    assert labels == ["Rule", "What to do"]


def test_what_has_no_distance_tells_none():
    labels = [row.label for row in rows(denied(Rule.COLLAR, 71_000, 73_000, Unit.PX))]
    assert "Over by" not in labels
    assert "Limit" in labels


def test_a_venues_own_word_with_its_time_and_our_rules():
    view = replace(
        an_order(1, Side.BUY, 237_000, 50), ord_status=OrdStatus.REJECTED, reason_code=Reason.TYPE_NOT_ALLOWED
    )
    way = make_way(OrderWay(read_ns=1, decided_ns=11, journaled_ns=21, encoded_ns=31, wire_ns=41, ack_ns=2_000_001))
    checks = check_rows([CheckTold(rule=Rule.KILL_SWITCH)], TEXTS, 0)
    assert rows(view, way, checks) == (
        WhyRow(label="Refused by", value="KRX"),
        WhyRow(label="Reason", value=f"{TEXTS('reason.TYPE_NOT_ALLOWED')} · 7", is_main=True),
        WhyRow(label="Answered after", value="2.00 ms"),
        WhyRow(label="Our own rules", value="1 passed"),
    )


def test_the_same_refusals_of_the_day_are_counted():
    view = denied(Rule.BAD_TICK, 1, 5, Unit.PX)
    others = (
        denied(Rule.BAD_TICK, 3, 5, Unit.PX, number=2),
        denied(Rule.CASH, 3, 5, Unit.NOTIONAL, number=3),
        an_order(4, Side.BUY, 237_000, 50),
    )
    assert rows(view, others=others)[-1] == WhyRow(label="The same today", value="2 times")
    assert rows(an_order(4, Side.BUY, 237_000, 50), others=others) == ()
