import pytest

from hts.model.enums import Phase
from hts.rules.dates import krx_date, krx_local_ns
from hts.rules.sessions import day_schedule
from tests.support.market_rules import market_tables, recorded_facts

TABLE = market_tables()["sessions"]
NS = 1_000_000_000


def local_times(trading_date: int, venue: str = "KRX") -> list[tuple[str, str, int]]:
    midnight = krx_local_ns(trading_date, 0)
    found = []
    for step in day_schedule(TABLE, trading_date, venue).steps:
        minutes = (step.start_ns - midnight) // (60 * NS)
        found.append((step.phase.value, f"{minutes // 60:02}:{minutes % 60:02}", step.random_s))
    return found


NORMAL = [
    ("pre_open", "08:00", 0),
    ("open_call", "08:30", 0),
    ("continuous", "09:00", 30),
    ("close_call", "15:20", 0),
    ("accept", "15:30", 30),
    ("post_close_price", "15:40", 0),
]
SINGLE_PRICES = [
    ("single_price", "16:00", 0),
    *(("single_price", f"{h}:{m:02}", 30) for h in (16, 17) for m in range(0, 60, 10) if (h, m) > (16, 0)),
    ("closed", "18:00", 30),
]


def fixed_times(trading_date: int, venue: str = "KRX") -> list[tuple[str, str]]:
    midnight = krx_local_ns(trading_date, 0)
    found = []
    for step in day_schedule(TABLE, trading_date, venue).fixed:
        minutes = (step.start_ns - midnight) // (60 * NS)
        found.append((step.phase.value, f"{minutes // 60:02}:{minutes % 60:02}"))
    return found


def test_an_ordinary_day_under_both_regimes():
    assert local_times(20261123) == [*NORMAL, ("after_market", "16:00", 0), ("closed", "20:00", 0)]
    assert local_times(20260911) == [*NORMAL, *SINGLE_PRICES]
    assert len(SINGLE_PRICES) == 13  # the twelve auctions end as the next begins, the last with the day
    assert day_schedule(TABLE, 20260911).regime == "KR_2025_03_04"
    assert day_schedule(TABLE, 20260914).regime == "KR_2026_09_14"


def test_an_exam_day_is_an_hour_late():
    assert local_times(20261119) == [
        ("pre_open", "09:00", 0),
        ("open_call", "09:30", 0),
        ("continuous", "10:00", 30),
        ("close_call", "16:20", 0),
        ("accept", "16:30", 30),
        ("post_close_price", "16:40", 0),
        ("after_market", "17:00", 0),
        ("closed", "20:00", 0),
    ]
    assert local_times(20251113)[5:8] == [
        ("post_close_price", "16:40", 0), ("single_price", "17:00", 0), ("single_price", "17:10", 30),
    ]  # fmt: skip


def test_the_board_of_one_price_has_its_own_hours():
    krx = [
        ("pre_close_price", "08:30"), ("closed", "08:40"), ("accept", "15:30"), ("post_close_price", "15:40"),
        ("closed", "16:00"),
    ]  # fmt: skip
    assert fixed_times(20261123) == fixed_times(20260911) == krx
    assert fixed_times(20261123, "NXT") == [("accept", "15:00"), ("post_close_price", "15:30"), ("closed", "16:00")]


def test_nextrade_pauses_while_krx_holds_its_calls():
    nxt = [
        ("pre_market", "08:00", 0), ("pause", "08:50", 0), ("continuous", "09:00", 0), ("pause", "15:20", 0),
        ("open_call", "15:30", 0), ("after_market", "15:40", 0), ("closed", "20:00", 0),
    ]  # fmt: skip
    assert local_times(20261123, "NXT") == nxt
    assert local_times(20261119, "NXT") == [
        (phase, f"{int(at[:2]) + (phase != 'closed'):02}{at[2:]}", s) for phase, at, s in nxt[2:]
    ]


def test_the_first_day_of_the_year_opens_late_and_closes_as_ever():
    assert [row[1] for row in local_times(20260102)][:5] == ["09:00", "09:30", "10:00", "15:20", "15:30"]


def test_the_scheduled_phase_by_time():
    day = day_schedule(TABLE, 20261123)
    at = [(7, 59), (8, 0), (8, 30), (8, 59), (9, 0), (15, 19), (15, 20), (15, 29), (15, 30), (15, 40), (16, 0), (23, 0)]
    assert [day.phase_at(krx_local_ns(20261123, h * 3600 + m * 60)) for h, m in at] == [
        Phase.CLOSED, Phase.PRE_OPEN, Phase.OPEN_CALL, Phase.OPEN_CALL, Phase.CONTINUOUS, Phase.CONTINUOUS,
        Phase.CLOSE_CALL, Phase.CLOSE_CALL, Phase.ACCEPT, Phase.POST_CLOSE_PRICE, Phase.AFTER_MARKET, Phase.CLOSED,
    ]  # fmt: skip


def test_a_call_is_dark_for_its_first_ten_minutes():
    call = day_schedule(TABLE, 20261123).steps[1]
    assert call.disclosed_from_ns - call.start_ns == 600 * NS


def test_a_day_before_every_regime_is_refused():
    with pytest.raises(LookupError):
        day_schedule(TABLE, 20240102)


def test_local_time_is_nine_hours_ahead():
    assert krx_local_ns(19700101, 9 * 3600) == 0
    assert krx_date(krx_local_ns(20261123, 0)) == 20261123
    assert krx_date(krx_local_ns(20261123, 0) - 1) == 20261122


def test_times_are_the_recorded_ones():
    sessions = {row["id"]: row for row in recorded_facts("sessions")["session"] if row["venue"] == "KRX"}
    found = {phase: at for phase, at, _ in local_times(20261123)}
    assert {
        "open_call": found["open_call"],
        "continuous": found["continuous"],
        "close_call": found["close_call"],
    } == {
        "open_call": sessions["open_call"]["accept"][0][:5],
        "continuous": sessions["continuous"]["match"][0][:5],
        "close_call": sessions["close_call"]["accept"][0][:5],
    }
    assert found["accept"] == sessions["close_call"]["match_at"][:5]
    assert [found["post_close_price"], found["after_market"], found["closed"]] == [
        sessions["post_close_price"]["match"][0][:5], *(at[:5] for at in sessions["after_market"]["match"]),
    ]  # fmt: skip
    assert sessions["open_call"]["random_end_s"] == sessions["close_call"]["random_end_s"] == [0, 30]
