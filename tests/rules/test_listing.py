from hts.model.enums import Market
from hts.rules.isin import is_valid
from hts.rules.listing import build_instruments
from tests.support.market_rules import market_rules, market_tables, recorded_facts

TABLES = market_tables()
ISSUES = build_instruments(TABLES["universe"], TABLES["ticks_limits"], 20261123)
BY_CODE = {issue.symbol: issue for issue in ISSUES}


def test_twenty_issues_of_two_markets_in_order():
    assert [issue.symbol for issue in ISSUES] == [
        "005930", "000660", "005935", "005380", "035420", "0126Z0", "012450", "034020", "105560", "015760", "010140",
        "069500", "196170", "247540", "086520", "028300", "277810", "041510", "058470", "240810",
    ]  # fmt: skip
    assert [issue.market for issue in ISSUES] == [Market.KOSPI] * 12 + [Market.KOSDAQ] * 8


def test_limits_of_the_day_follow_from_the_base_price():
    samsung, hynix, etf = BY_CODE["005930"], BY_CODE["000660"], BY_CODE["069500"]
    assert (samsung.base_px, samsung.upper_px, samsung.lower_px) == (272_000, 353_500, 190_500)
    assert (hynix.base_px, hynix.upper_px, hynix.lower_px) == (1_718_000, 2_233_000, 1_203_000)
    assert (etf.base_px, etf.upper_px, etf.lower_px) == (80_000, 104_000, 56_000)
    assert (etf.is_etf, etf.ticks.step_at(80_000)) == (True, 5)


def test_isins_have_their_check_digit_and_only_lettered_codes_are_flagged():
    assert all(is_valid(issue.isin) for issue in ISSUES)
    assert [issue.symbol for issue in ISSUES if issue.isin_is_synthetic] == ["0126Z0"]
    assert BY_CODE["005930"].isin == "KR7005930003"
    assert BY_CODE["005935"].isin == "KR7005931001"


def test_a_simulated_close_becomes_the_next_base():
    later = build_instruments(TABLES["universe"], TABLES["ticks_limits"], 20261124, {"005930": 280_001})
    assert (later[0].prev_close_px, later[0].base_px, later[0].upper_px) == (280_001, 280_500, 364_500)
    assert later[1].base_px == 1_718_000


def test_every_name_is_there_in_three_languages():
    assert [issue.symbol for issue in ISSUES if not (issue.name_ko and issue.name_en and issue.name_ja)] == []


def test_base_prices_are_the_recorded_marks_or_closes():
    facts = recorded_facts("instruments")
    prices = {row["code"]: row["ref_price"] for kind in ("kospi", "kosdaq", "etf") for row in facts[kind]}
    prices |= {mark["code"]: mark["price"] for mark in facts["meta"]["later_marks"]}
    assert {issue.symbol: issue.base_px for issue in ISSUES} == {code: prices[code] for code in BY_CODE}


def test_every_issue_has_names_that_differ_within_a_narrow_column():
    rules = market_rules()
    issues = rules.instruments(20261123)
    for names in ([i.name_ko for i in issues], [i.name_en[:13] for i in issues], list(rules.names_ja.values())):
        assert sorted(names) == sorted(set(names))
    assert list(rules.names_ja) == [issue.symbol for issue in issues]
