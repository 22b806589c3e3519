from hts.app.terminal_market import hours_by_day
from hts.desk.watchlist import SPARK_STEPS, Course, GroupRow, IssueRow, WatchlistTable, own_name
from hts.desk.watchlist_groups import WatchGroups
from hts.model.quotes import Bar
from hts.model.views import BarsView
from hts.rules.dates import krx_local_ns
from tests.desk.scene import NAVER, NINE, SAMSUNG, SECOND, Scene, a_position, a_trade

DAY = 86_400 * SECOND
SLICE = 23_400 * SECOND // SPARK_STEPS + 1


def a_table(scene: Scene, changed=None) -> WatchlistTable:
    table = WatchlistTable(scene.texts)
    table.on_trades(scene.market.trades.values())
    table.update(scene.market, scene.orders, changed)
    return table


def shown(table: WatchlistTable) -> list:
    return [table.row(i) for i in range(len(table))]


def test_groups_have_heads_and_holdings_come_first():
    scene = Scene()
    scene.market.on_quote(a_trade(SAMSUNG, px=191_400, at_s=0))
    scene.orders.on_view(a_position(SAMSUNG, 320, 1))
    samsung = {"symbol": SAMSUNG, "name": "삼성전자", "px_decimals": 0, "px": 191_400, "change": 2_700, "bp": 143}
    samsung |= {"base_px": 188_700, "course": (191_400,), "currency": "KRW"}
    naver = {"symbol": NAVER, "name": "NAVER", "px_decimals": 0, "px": 218_000, "change": 0, "bp": 0}
    naver |= {"base_px": 218_000, "course": (), "currency": "KRW"}
    assert shown(a_table(scene)) == [
        GroupRow(group="held", name="보유", count=1, up=1, down=0, average_bp=143, currency="KRW"),
        IssueRow(group="held", **samsung),
        GroupRow(group="kospi", name="KOSPI", count=2, up=1, down=0, average_bp=72, currency="KRW"),
        IssueRow(group="kospi", **naver),
        IssueRow(group="kospi", **samsung),
    ]


def test_sorting_stays_within_the_groups_and_heads_are_not_exported():
    scene = Scene()
    scene.market.on_quote(a_trade(SAMSUNG, px=191_400))
    table = a_table(scene)
    table.toggle_sort("percent")
    assert [row.key for row in shown(table)] == ["group kospi", ("kospi", SAMSUNG), ("kospi", NAVER)]
    assert table.csv().split("\r\n")[1:] == ["삼성전자,,191400,2700,+1.43", "NAVER,,218000,0,0.00", ""]
    assert table.count == 2


def test_only_changed_issues_are_looked_at_again():
    scene = Scene()
    table = a_table(scene)
    scene.market.on_quote(a_trade(SAMSUNG, px=191_400))
    scene.market.on_quote(a_trade(NAVER, px=237_500))
    table.update(scene.market, scene.orders, {NAVER})
    assert [row.px for row in table.exported()] == [237_500, 188_700]


def test_a_course_keeps_one_price_per_slice_and_fills_quiet_ones():
    course = Course()
    seen = []
    for at_ns, px in ((NINE - SECOND, 99), (NINE, 100), (NINE + 1, 101), (NINE + 3 * SLICE, 104), (NINE + SLICE, 1)):
        course.add(at_ns, px)
        seen.append(course.prices)
    assert seen == [(99,), (100,), (101,), (101, 101, 101, 104), (101, 101, 101, 104)]


def test_what_was_before_the_first_known_price_stays_unknown():
    course = Course()
    course.add(NINE + 2 * SLICE, 100)
    assert course.prices == (0, 0, 100)


def test_a_course_ends_with_the_session_and_begins_anew_the_next_day():
    course = Course()
    course.add(NINE, 100)
    course.add(NINE + 8 * 3600 * SECOND, 200)
    assert (len(course.prices), course.prices[-1]) == (SPARK_STEPS, 200)
    course.add(NINE + DAY, 300)
    assert course.prices == (300,)


def test_a_course_runs_over_the_session_of_its_venue():
    hours = hours_by_day()
    evening = krx_local_ns(20261130, 23 * 3600 + 1800)  # New York opens
    course, seen = Course("NASDAQ", hours), []
    for after_s in (-3600, 0, 3 * 3600, 6 * 3600 + 1000, 9 * 3600):
        course.add(evening + after_s * SECOND, 100 + after_s)
        seen.append(len(course.prices))
    assert seen == [1, 1, 21, 43, SPARK_STEPS]  # of 390 minutes, and what comes later at the end
    assert (course.prices[0], course.prices[-1]) == (100, 100 + 9 * 3600)
    late = Course("KRX", hours)
    late.add(krx_local_ns(20261119, 10 * 3600), 7)  # the day of the entrance exam begins at ten
    assert late.prices == (7,)


def test_a_night_of_new_york_is_one_day_whatever_the_date_here():
    course = Course("NASDAQ", hours_by_day())
    for at_s in (23 * 3600 + 1800, 24 * 3600 + 1800):
        course.add(krx_local_ns(20261130, 0) + at_s * SECOND, at_s)
    assert (len(course.prices), course.prices[0]) == (7, 23 * 3600 + 1800)


def test_a_short_answer_for_somebody_else_is_not_the_whole_course():
    """A screen asks for a few minutes: the list asks for the day all the same, and takes it when it comes."""
    scene = Scene()
    table, minute = WatchlistTable(scene.texts), 60 * SECOND
    scene.market.on_quote(a_trade(SAMSUNG, px=190_100, at_s=6_000))
    path = tuple(Bar(NINE + i * minute, 1, 1, 1, 190_000 + i, 1, 1) for i in range(100))
    for view in (path[90:], path):
        scene.market.on_bars(BarsView(symbol=SAMSUNG, timeframe_s=60, bars=view))
        table.seed(scene.market)
        assert SAMSUNG in table.unseeded(scene.market), "no session's number of minutes, and none from before it"
    assert table._courses[SAMSUNG].prices[0] > 0
    assert table._courses[SAMSUNG].prices[-1] == 190_099
    early = Bar(NINE - 3 * DAY, 1, 1, 1, 1, 1, 1)
    scene.market.on_bars(BarsView(symbol=SAMSUNG, timeframe_s=60, bars=(early, *path)))
    table.seed(scene.market)
    assert SAMSUNG not in table.unseeded(scene.market)


def test_courses_are_seeded_from_minute_bars_of_the_day():
    scene = Scene()
    bars = tuple(Bar(NINE + i * SLICE, 1, 1, 1, 100 + i, 1, 1) for i in range(3))
    scene.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=bars))
    scene.market.on_bars(BarsView(symbol=SAMSUNG, timeframe_s=86_400, bars=bars))
    table = WatchlistTable(scene.texts)
    table.seed(scene.market)
    table.update(scene.market, scene.orders)
    assert [row.course for row in table.exported()] == [(100, 101, 102), ()]


def test_a_course_from_bars_keeps_the_trades_that_came_before_them():
    early, late = Course(), Course()
    for step, px in enumerate((100, 101, 102)):
        early.add(NINE + step * SLICE, px)
    late.add(NINE + 2 * SLICE, 105)
    late.add(NINE + 3 * SLICE, 106)
    early.follow(late)
    assert early.prices == (100, 101, 105, 106)
    tomorrow = Course()
    tomorrow.add(NINE + 24 * 3600 * SECOND, 90)
    early.follow(tomorrow)
    late.follow(Course())
    assert (early.prices, late.prices) == ((90,), (0, 0, 105, 106))


def test_own_groups_stand_between_holdings_and_segments_in_their_own_order():
    scene = Scene()
    scene.orders.on_view(a_position(SAMSUNG, 320, 1))
    own = WatchGroups()
    for name, symbol in (("둘", SAMSUNG), ("둘", "999999"), ("둘", NAVER), ("빈", SAMSUNG)):
        own.add(name, symbol)
    own.remove("빈", SAMSUNG)
    table = WatchlistTable(scene.texts, own)
    table.update(scene.market, scene.orders)
    assert [row.key for row in shown(table)][2:6] == [
        "group own:둘",
        ("own:둘", SAMSUNG),
        ("own:둘", NAVER),
        "group own:빈",
    ]
    assert [(row.name, row.count) for row in shown(table) if isinstance(row, GroupRow)][1:3] == [("둘", 2), ("빈", 0)]
    assert [own_name("own:둘"), own_name("kospi")] == ["둘", ""]


def test_a_folded_group_shows_its_head_with_the_sums():
    scene = Scene()
    own = WatchGroups()
    own.fold("kospi")
    table = WatchlistTable(scene.texts, own)
    table.update(scene.market, scene.orders)
    assert [(row.key, row.count, row.is_folded) for row in shown(table)] == [("group kospi", 2, True)]
    assert table.count == 2
