import json

import pytest

from hts.desk.price_alerts import KINDS, REPEAT_NS, RULES_MAX, SNOOZE_NS, Fired, PriceAlerts, is_figure
from hts.desk.screener_expr import ConditionError, parse
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NINE, SAMSUNG, SECOND, a_trade
from tests.desk.test_screener_universe import Desk

MINUTE = 60 * SECOND


class Watched:
    """Alerts over a market whose time goes on by a minute with each trade."""

    def __init__(self):
        self.desk, self.alerts, self.at = Desk(), PriceAlerts(), NINE

    def add(self, kind, value, symbol=NAVER, *, repeats=False, sounds=True):
        return self.alerts.add(symbol, kind, value, repeats=repeats, sounds=sounds).rule_id

    def trade(self, px, symbol=NAVER, held=frozenset(), after=MINUTE):
        self.at += after
        self.desk.frame(a_trade(symbol, px=px))
        return self.alerts.look(self.desk.universe, held, self.at)


@pytest.fixture
def watched():
    return Watched()


def test_a_rule_fires_when_its_price_is_reached_and_then_is_done(watched):
    rule_id = watched.add("price_above", "230,000")
    fired = [watched.trade(px) for px in (229_500, 230_000, 231_000, 229_000, 232_000)]
    assert fired == [
        [],
        [
            Fired(
                number=1,
                trade_ns=NINE + 2 * MINUTE,
                symbol=NAVER,
                px=230_000,
                kind="price_above",
                value="230,000",
                sounds=True,
            )
        ],
        [],
        [],
        [],
    ]
    assert watched.alerts.rules[rule_id].is_done
    assert watched.alerts.fired_ns(rule_id) == NINE + 2 * MINUTE


def test_a_rule_that_repeats_fires_again_after_it_was_false(watched):
    watched.add("price_below", "229,000", repeats=True)
    assert [len(watched.trade(px)) for px in (228_000, 228_500, 230_000, 229_000)] == [1, 0, 0, 1]


def test_a_rule_that_flaps_keeps_quiet_for_a_while(watched):
    watched.add("price_above", "230,000", repeats=True)
    fired = [len(watched.trade(px, after=SECOND)) for px in (230_000, 229_000, 230_000, 229_000)]
    later = len(watched.trade(230_000, after=REPEAT_NS))
    assert (fired, later) == ([1, 0, 0, 0], 1)


def test_what_is_met_already_fires_at_once(watched):
    watched.trade(231_000)
    watched.add("price_above", "230,000")
    assert len(watched.trade(231_000)) == 1


@pytest.mark.parametrize(
    ("kind", "value", "met", "unmet"),
    [
        ("change_above", "+5", 229_000, 228_500),  # 218,000 and 5 % are 228,900
        ("change_below", "-2.5", 212_500, 213_000),
        ("volume_above", "4,218,905", 218_000, None),
        ("strength_above", "100", None, 218_000),  # nothing was sold: not known
        ("condition", "price > 220,000 and not etf", 220_500, 220_000),
    ],
)
def test_each_kind_watches_its_figure(watched, kind, value, met, unmet):
    if unmet is not None:
        watched.add(kind, value)
        assert watched.trade(unmet) == []
    if met is not None:
        watched.add(kind, value)
        assert len(watched.trade(met)) >= 1


def test_every_kind_is_a_condition():
    parsed = {kind: parse(text.format(value="20" if kind != "condition" else "etf")) for kind, text in KINDS.items()}
    assert len(parsed) == len(KINDS)


def test_an_issue_alone_fires_its_own_rule(watched):
    watched.add("price_above", "1", symbol=SAMSUNG)
    watched.add("price_above", "1", symbol="999999")
    assert [one.symbol for one in watched.trade(230_000)] == [SAMSUNG]


def test_a_snoozed_rule_keeps_quiet_and_wakes(watched):
    rule_id = watched.add("price_above", "230,000", repeats=True)
    watched.alerts.snooze(rule_id, watched.at)
    quiet = watched.trade(231_000)
    watched.trade(229_000)
    loud = watched.trade(231_000, after=SNOOZE_NS)
    watched.alerts.snooze(rule_id, watched.at)
    watched.alerts.snooze(rule_id, watched.at)
    assert (quiet, len(loud), watched.alerts.rules[rule_id].snoozed_ns) == ([], 1, 0)


def test_a_rule_armed_again_waits_until_its_condition_was_false(watched):
    rule_id = watched.add("price_above", "230,000")
    watched.trade(231_000)
    watched.alerts.change(rule_id, is_done=False)
    assert [len(watched.trade(px)) for px in (231_000, 229_000, 231_000)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("price_above", "abc", "alerts.fault.figure"),
        ("price_above", "", "alerts.fault.figure"),
        ("price_above", "1 or etf", "alerts.fault.figure"),
        ("price_above", "٣", "alerts.fault.figure"),
        ("ma_above", "0", "screener.fault.whole"),
        ("ma_above", "2.5", "screener.fault.whole"),
        ("condition", "price", "screener.fault.figure"),
        ("condition", "", "screener.fault.end_value"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_and_nothing_is_kept(watched, kind, value, key):
    with pytest.raises(ConditionError) as fault:
        watched.add(kind, value)
    assert (fault.value.key, watched.alerts.rules) == (key, {})


def test_there_are_only_so_many_rules(watched):
    for _ in range(RULES_MAX):
        watched.add("price_above", "1")
    with pytest.raises(ConditionError) as fault:
        watched.add("price_above", "1")
    assert fault.value.key == "screener.fault.many"


def test_newcomers_to_a_screen_are_told_but_not_those_of_the_first_look(watched):
    watched.alerts.watch_screens({"up": parse("change > 5")})
    first = watched.trade(230_000)
    second = watched.trade(230_000, symbol=SAMSUNG)  # +21.9 % on 188,700
    third = watched.trade(231_000)
    watched.alerts.watch_screens({"up": parse("change > 5"), "all": parse("price > 0")})
    fourth = watched.trade(232_000)
    assert [first, third, fourth] == [[], [], []]
    assert [(one.symbol, one.screen) for one in second] == [(SAMSUNG, "up")]


def test_what_fired_is_unseen_until_the_trader_looks(watched):
    watched.add("price_above", "1")
    watched.trade(230_000)
    before = watched.alerts.unseen
    watched.alerts.mark_seen()
    assert (before, watched.alerts.unseen) == (1, 0)


def test_rules_survive_a_restart_and_one_that_repeats_begins_with_what_it_finds(watched):
    watched.trade(231_000)
    once = watched.add("price_above", "230,000")
    again = watched.add("price_above", "230,000", repeats=True, sounds=False)
    kept, watched.alerts = watched.alerts, PriceAlerts()
    assert watched.alerts.load(kept.dump()) == 0
    assert watched.alerts.rules == kept.rules
    assert [one.number for one in watched.trade(231_500)] == [1]
    assert watched.alerts.rules[once].is_done
    watched.trade(229_000)
    assert len(watched.trade(231_000)) == 1
    assert watched.add("price_above", "1") == again + 1


@pytest.mark.parametrize("text", ["{", "[]", '{"rules": 3}', '"x"', "null"])
def test_what_is_no_list_of_rules_is_refused(text):
    with pytest.raises(ValueError):
        PriceAlerts().load(text)


def test_bad_rules_of_a_file_are_counted_and_good_ones_kept():
    good = {"rule_id": 3, "symbol": NAVER, "kind": "price_above", "value": "1"}
    bad = [{**good, "kind": "no"}, {**good, "value": "x", "rule_id": 4}, {**good, "rule_id": "5"}, 7, good, {"a": 1}]
    alerts = PriceAlerts()
    assert alerts.load(json.dumps({"rules": [good, *bad]})) == len(bad)
    assert list(alerts.rules) == [3]


def test_days_are_needed_while_an_indicator_is_watched(watched):
    rule_id = watched.add("rsi_above", "0")
    before = watched.alerts.needs_days
    watched.alerts.remove(rule_id)
    after = watched.alerts.needs_days
    watched.alerts.watch_screens({"x": parse("price > ma(5)")})
    assert (before, after, watched.alerts.needs_days) == (True, False, True)


@pytest.mark.parametrize(
    ("text", "is_one"), [("1", True), ("-2.5", True), ("1,000", True), ("1.2.3", False), ("", False), ("9" * 30, False)]
)
def test_figures(text, is_one):
    assert is_figure(text) is is_one


def past(symbol, minutes, closes):
    """History of an issue: days before today, or minutes up to now."""
    step = minutes * MINUTE
    bars = tuple(Bar(NINE - (len(closes) - n) * step, px, px, px, px, 5, 1) for n, px in enumerate(closes))
    return BarsView(symbol=symbol, timeframe_s=60 * minutes, bars=bars, venue="KRX")


@pytest.mark.parametrize(("condition", "minutes"), [("price < ma(3)", 1_440), ("price < ma(3, 1m)", 1)])
def test_a_rule_that_repeats_begins_with_what_it_finds_once_its_history_has_come(watched, condition, minutes):
    rule_id = watched.add("condition", condition, repeats=True)
    kept, watched.alerts = watched.alerts, PriceAlerts()
    assert watched.alerts.load(kept.dump()) == 0
    desk = watched.desk
    assert watched.trade(230_000) == []
    desk.universe.minutes.turn()
    desk.universe.ask_minutes()
    desk.market.on_bars(past(NAVER, minutes, [300_000, 310_000, 320_000, 330_000]))
    desk.frame()
    assert [len(watched.trade(px)) for px in (230_000, 900_000, 230_000)] == [0, 0, 1]
    assert watched.alerts.rules[rule_id].repeats


def test_what_a_rule_denies_is_not_so_while_nobody_knows(watched):
    watched.add("condition", "not price < ma(3)")
    watched.add("condition", "price > 1 or price < ma(3)")
    assert [one.value for one in watched.trade(230_000)] == ["price > 1 or price < ma(3)"], "that holds in any case"
    watched.desk.market.on_bars(past(NAVER, 1_440, [300_000, 310_000, 320_000]))
    watched.desk.frame()
    assert [len(watched.trade(px)) for px in (230_000, 900_000)] == [0, 1]
