import pytest

from hts.desk.orders import OrdersState
from hts.desk.price_alerts import KINDS, PriceAlerts
from hts.desk.price_alerts_texts import AlertRow, core_rows, fired_rows, rule_rows, rule_text
from hts.desk.texts import LANGUAGES
from hts.model.alerts import AlertKind, AlertView, Severity
from tests.desk.scene import ACCOUNT, NAVER, NINE, SECOND, a_trade
from tests.desk.test_screener_universe import Desk
from tests.support.desk_feed import texts


@pytest.fixture
def universe():
    desk = Desk()
    desk.frame(a_trade(px=230_000))
    return desk.universe


def an_alert(alert_id, severity, at, **changes):
    fields = {"kind": AlertKind.LATENCY, "subject": "KRX", "figure": 48, "limit": 40}
    return AlertView(**{**fields, "alert_id": alert_id, "severity": severity, "first_ns": at, "last_ns": at, **changes})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_words(language):
    words = texts(language)
    assert [k for k in KINDS if not words.has(f"alerts.kind_of.{k}") or not words.has(f"alerts.name.{k}")] == []
    assert "77" in rule_text("price_above", "77", words)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("273500", "273,500"), ("-3", "−3"), ("1234.50", "1,234.50"), ("230,000", "230,000"), ("rsi(14) > 70",) * 2],
)
def test_a_typed_figure_is_shown_as_all_figures_are(typed, shown):
    assert rule_text("price_above", typed, texts("en")) == rule_text("price_above", "@", texts("en")).replace(
        "@", shown
    )


def test_rules_stand_newest_first_with_their_state(universe):
    alerts, korean = PriceAlerts(), texts()
    alerts.add(NAVER, "price_above", "230,000", repeats=False, sounds=True)
    alerts.add(NAVER, "change_below", "-3", repeats=True, sounds=False)
    alerts.add("999999", "price_above", "5", repeats=False, sounds=False)
    alerts.look(universe, frozenset(), NINE)
    alerts.snooze(2, NINE)
    rows = rule_rows(alerts, universe, korean, NINE)
    assert [(row.number, row.title, row.text, row.tone, row.time_ns) for row in rows] == [
        (3, "999999", "가격 5 이상 · 1회", "quiet", 0),
        (2, "NAVER", "등락률 −3% 이하 · 반복", "quiet", 0),
        (1, "NAVER", "가격 230,000 이상 · 1회 · 소리", "done", NINE),
    ]


def test_what_fired_stands_newest_first_and_is_new_until_seen(universe):
    alerts = PriceAlerts()
    alerts.add(NAVER, "price_above", "1", repeats=False, sounds=False)
    alerts.look(universe, frozenset(), NINE)
    before = fired_rows(alerts, universe, texts())
    alerts.mark_seen()
    assert before == [
        AlertRow(
            kind="fired",
            number=1,
            time_ns=NINE,
            title="NAVER",
            text="가격 1 이상 · 230,000",
            state="발생",
            tone="new",
            symbol=NAVER,
        )
    ]
    assert [row.tone for row in fired_rows(alerts, universe, texts())] == ["old"]


def test_the_cores_alerts_stand_by_what_is_open_and_grave():
    orders = OrdersState(ACCOUNT)
    for alert in (
        an_alert(1, Severity.INFO, NINE),
        an_alert(2, Severity.CRITICAL, NINE, acknowledged_by="x"),
        an_alert(3, Severity.WARNING, NINE),
        an_alert(4, Severity.WARNING, NINE + SECOND),
        an_alert(5, Severity.CRITICAL, NINE),
        an_alert(6, Severity.WARNING, NINE, is_over=True),
    ):
        orders.on_view(alert)
    rows = core_rows(orders, texts("en"))
    assert [(row.number, row.state, row.tone) for row in rows] == [
        (5, "Open", "critical"),
        (4, "Open", "warning"),
        (3, "Open", "warning"),
        (1, "Open", "info"),
        (2, "Seen", "old"),
        (6, "Over", "old"),
    ]
