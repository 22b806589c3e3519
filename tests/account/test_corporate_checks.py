"""The accident of 2018 and its like: what may not be confirmed, and why."""

import pytest

from hts.account.corporate_checks import IssueFacts, check_event
from hts.account.events import Events
from hts.model.corporate import CorporateEvent, EventFinding, EventKind
from hts.model.records_account import EventConfirmed, EventEntered
from tests.account.nights import AT, FRI, MON, THU, TUE
from tests.support.account_rules import account_rules

LIMITS = account_rules().corporate.limits(MON)
# 2.83 million shares of the employees' plan, 89.3 million shares listed, a price of 39,800 won
SAMSUNG = IssueFacts(listed_shares=89_300_000, last_px=39_800, held_qty=2_830_000)


def an_event(kind, **given):
    terms = {"event_id": "E", "symbol": "016360", "market": "KR", "currency": "KRW"}
    terms |= {"ex_date": TUE, "record_date": THU, "pay_date": FRI}
    return CorporateEvent(kind=kind, **(terms | given))


def rules(event, facts=SAMSUNG):
    return [found.rule for found in check_event(event, facts, LIMITS)]


def test_thousand_won_as_a_thousand_shares_is_stopped_three_times():
    found = check_event(an_event(EventKind.STOCK_DIVIDEND, new=1_000), SAMSUNG, LIMITS)
    assert found == (
        EventFinding(rule="ratio", found=1_000, limit=0),
        EventFinding(rule="new_shares_over_listed", found=2_830_000_000, limit=8_930_000),
        EventFinding(rule="unit", found=1_000, limit=0, detail="money_as_shares"),
    )


def test_what_was_meant_passes():
    assert rules(an_event(EventKind.CASH_DIVIDEND, cash_milli=1_000_000)) == []
    assert rules(an_event(EventKind.CASH_DIVIDEND, cash_milli=1_000_000, announced_total=89_300_000_000)) == []
    assert rules(an_event(EventKind.STOCK_DIVIDEND, new=3, old=100)) == []
    assert rules(an_event(EventKind.BONUS, new=1, announced_total=89_300_000)) == []
    assert rules(an_event(EventKind.SPLIT, new=5)) == []
    assert rules(an_event(EventKind.RIGHTS, new=2, old=10, issue_px=30_000, other_symbol="016360R")) == []
    assert rules(an_event(EventKind.MERGER, new=2, old=3, other_symbol="000660")) == []


def test_shares_and_money_are_different_fields():
    assert rules(an_event(EventKind.STOCK_DIVIDEND, cash_milli=1_000_000)) == ["terms"]
    assert rules(an_event(EventKind.CASH_DIVIDEND, new=1_000)) == ["terms"]
    assert rules(an_event(EventKind.CASH_DIVIDEND, new=1_000, cash_milli=5)) == ["terms"]


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        (an_event(EventKind.STOCK_DIVIDEND, new=1, old=0), "terms"),
        (an_event(EventKind.SPLIT, new=1, old=5), "terms"),
        (an_event(EventKind.REVERSE_SPLIT, new=5, old=1), "terms"),
        (an_event(EventKind.MERGER, new=1), "terms"),
        (an_event(EventKind.RIGHTS, new=1, old=10, other_symbol="R"), "terms"),
        (an_event(EventKind.BONUS, new=1, ex_date=FRI), "dates"),
        (an_event(EventKind.BONUS, new=1, pay_date=MON), "dates"),
        (an_event(EventKind.SPLIT, new=101), "ratio"),
        (an_event(EventKind.REVERSE_SPLIT, new=1, old=101), "ratio"),
        (an_event(EventKind.CASH_DIVIDEND, cash_milli=19_900_001), "cash_of_price"),
        (an_event(EventKind.CASH_DIVIDEND, cash_milli=1_000_000, announced_total=2_000_000_000), "over_announced"),
        (an_event(EventKind.CASH_DIVIDEND, cash_milli=1_000_000, announced_total=10_000_000_000), "not_as_announced"),
        (an_event(EventKind.BONUS, new=1, announced_total=200_000_000), "not_as_announced"),
    ],
)
def test_each_bound_by_itself(event, rule):
    assert rules(event) == [rule]


def test_bounds_are_kept_to_the_last_share():
    at_limit = IssueFacts(listed_shares=1_000_000, last_px=10_000, held_qty=400_000)
    assert rules(an_event(EventKind.STOCK_DIVIDEND, new=1, old=4), at_limit) == []
    over = IssueFacts(listed_shares=1_000_000, last_px=10_000, held_qty=400_004)
    assert rules(an_event(EventKind.STOCK_DIVIDEND, new=1, old=4), over) == ["new_shares_over_listed"]
    impossible = IssueFacts(listed_shares=1_000_000, last_px=10_000, held_qty=1_000_001)
    assert rules(an_event(EventKind.SPLIT, new=2), impossible) == ["held_over_listed"]


def cash(**given):
    return an_event(EventKind.CASH_DIVIDEND, **{"cash_milli": 1_000_000, **given})


UNLISTED = IssueFacts(listed_shares=0, last_px=39_800, held_qty=2_830_000)


@pytest.mark.parametrize(
    ("event", "facts", "found"),
    [
        # a record date on the day itself, a payment on the record date
        (an_event(EventKind.BONUS, new=1, ex_date=THU), SAMSUNG, []),
        (an_event(EventKind.BONUS, new=1, pay_date=THU), SAMSUNG, []),
        # half the price in money
        (cash(cash_milli=19_899_999), SAMSUNG, []),
        (cash(cash_milli=19_900_000), SAMSUNG, []),
        (cash(cash_milli=19_900_001), SAMSUNG, ["cash_of_price"]),
        # a hundred for one, one for a hundred
        (an_event(EventKind.SPLIT, new=100), SAMSUNG, []),
        (an_event(EventKind.SPLIT, new=1), SAMSUNG, ["terms"]),
        (an_event(EventKind.REVERSE_SPLIT, new=1), SAMSUNG, ["terms"]),
        (an_event(EventKind.REVERSE_SPLIT, new=1, old=100), SAMSUNG, []),
        # more shares for one than could be money for one
        (an_event(EventKind.BONUS, new=19_900), SAMSUNG, ["ratio", "unit"]),
        (an_event(EventKind.BONUS, new=19_901), SAMSUNG, ["ratio"]),
        # what our clients get, of what was announced
        (cash(announced_total=2_830_000_000), UNLISTED, []),
        (cash(announced_total=2_829_999_999), UNLISTED, ["over_announced"]),
        # all shares together, between half of it and twice of it
        (cash(announced_total=44_650_000_000), SAMSUNG, []),
        (cash(announced_total=44_649_999_999), SAMSUNG, ["not_as_announced"]),
        (cash(announced_total=178_600_000_000), SAMSUNG, []),
        (cash(announced_total=178_600_000_002), SAMSUNG, ["not_as_announced"]),
    ],
)
def test_each_bound_at_its_figure(event, facts, found):
    assert rules(event, facts) == found


@pytest.mark.parametrize(("held", "found"), [(999_999, []), (1_000_000, []), (1_000_001, ["held_over_listed"])])
def test_clients_hold_no_more_than_there_is(held, found):
    facts = IssueFacts(listed_shares=1_000_000, last_px=10_000, held_qty=held)
    assert rules(an_event(EventKind.SPLIT, new=2), facts) == found


def test_four_eyes_are_of_two_people():
    events, event = Events(), an_event(EventKind.SPLIT, new=5)
    assert events.why_not_enter(event, "kim", SAMSUNG, LIMITS) == ()
    assert [one.rule for one in events.why_not_enter(event, "", SAMSUNG, LIMITS)] == ["no_user"]
    assert [one.rule for one in events.why_not_confirm("E", "lee")] == ["unknown_event"]
    events.enter(EventEntered(event=event, user="kim", **AT))
    assert [one.rule for one in events.why_not_enter(event, "lee", SAMSUNG, LIMITS)] == ["known_event"]
    assert [[one.rule for one in events.why_not_confirm("E", user)] for user in ("kim", "")] == [["same_user"]] * 2
    assert events.why_not_confirm("E", "lee") == ()
    events.confirm(EventConfirmed(event_id="E", user="lee", **AT))
    assert [one.rule for one in events.why_not_confirm("E", "park")] == ["known_event"]
