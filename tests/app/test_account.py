"""`hts account`: what a back office does by hand, and what it is kept from."""

import json

import pytest

from hts.app.cli import main
from hts.app.config import load_config
from hts.app.core import engine_config
from hts.base.errors import ConfigError
from tests.app.test_batch import home  # noqa: F401  a fixture
from tests.support.builders import ACCOUNT

DIVIDEND = ["--ex", "2026-12-29", "--record", "2026-12-30", "--pay", "2027-04-16"]
LISTED = ["--listed-shares", "89300000", "--last-px", "39800"]


@pytest.fixture
def office(home, capsys):  # noqa: F811
    def run(*words):
        status = main(["account", words[0], "--home", str(home), "--json", *words[1:]])
        said = capsys.readouterr()
        return status, json.loads(said.out.splitlines()[-1]) if said.out else said.err

    return run


def shown(office):
    return office("show")[1]


def test_dividend_of_1000_won_entered_as_shares_is_stopped(office):
    status, said = office(
        "event-enter", "D1", "stock_dividend", "005930", "--new", "1000", *DIVIDEND, *LISTED, "--user", "kim"
    )
    assert status == 1
    assert [one["rule"] for one in said["refused"]] == ["ratio", "unit"]  # six shares held are no 10 % of it yet
    assert shown(office)["events"] == []


def test_event_needs_two_people(office):
    words = ("event-enter", "D1", "cash_dividend", "005930", "--cash", "361.5", *DIVIDEND, *LISTED)
    assert office(*words, "--user", "kim")[0] == 0
    assert office(*words, "--user", "kim")[1]["refused"][0]["rule"] == "known_event"
    assert office("event-confirm", "D1", "--user", "kim")[1]["refused"][0]["rule"] == "same_user"
    assert office("event-confirm", "D1", "--user", "lee")[0] == 0
    (event,) = shown(office)["events"]
    assert (event["event"]["cash_milli"], event["entered_by"], event["confirmed_by"]) == (361_500, "kim", "lee")
    assert office("event-withdraw", "D1", "--user", "lee")[0] == 0
    assert office("event-withdraw", "D1", "--user", "lee")[0] == 2


def test_money_leaves_only_when_it_has_settled(office):
    assert office("pay", ACCOUNT, "5000000", "KRW", "--ref", "in1")[0] == 0
    assert office("pay", ACCOUNT, "1", "KRW", "--ref", "in1")[1]["refused"][0]["rule"] == "known_ref"
    (won,) = shown(office)["money"]
    assert (won["flows"], won["cash"]) == (5_000_000, 100_000_000 - 710_106 + 285_386 + 5_000_000)
    status, said = office("pay", ACCOUNT, "-104999999", "KRW", "--ref", "out1")
    assert (status, said["refused"][0]["limit"]) == (1, won["cash"])
    assert office("pay", ACCOUNT, "-104000000", "KRW", "--ref", "out2")[0] == 0
    assert office("pay", ACCOUNT, "0.5", "KRW", "--ref", "half")[0] == 2


def test_currency_at_the_desks_rate_and_spread(office):
    assert office("rate", "USD", "KRW", "1452.30")[0] == 0
    status, _ = office("convert", ACCOUNT, "1000.01", "USD", "--with", "KRW", "--ref", "c1")
    assert status == 0
    money = {one["currency"]: one for one in shown(office)["money"]}
    # 100,001 cents at 14.523 won, the day's spread of a quarter percent on top, begun up
    assert (money["USD"]["cash"], money["KRW"]["flows"]) == (100_001, -1_455_946)
    assert office("convert", ACCOUNT, "1000000", "USD", "--with", "KRW", "--ref", "c2")[1]["refused"][0]["rule"] == (
        "buying_power"
    )


def test_kind_of_account_and_unpaid_purchases(office):
    assert office("set", ACCOUNT, "--kind", "kr_margin", "--cost", "fifo")[0] == 0
    assert office("unpaid", ACCOUNT, "on")[0] == 0
    (profile,) = shown(office)["profiles"]
    assert (profile["kind"], profile["cost_method"], profile["may_leave_unpaid"]) == ("kr_margin", "fifo", True)
    assert office("set", "nobody", "--kind", "cash")[0] == 2


def test_entering_an_event_tells_the_base_price(office, home):  # noqa: F811
    assert main(["batch", "--home", str(home), "--date", "2026-11-23"]) == 0
    words = ("bonus", "005930", "--new", "3", "--old", "10", *DIVIDEND, *LISTED, "--user", "kim")
    status, said = office("event-enter", "B1", *words)
    assert (status, said["done"].endswith("base price 55000 after a close of 71500")) == (0, True)


def test_accounts_and_currencies_add_up(office, home, capsys):  # noqa: F811
    assert office("rate", "USD", "KRW", "1450")[0] == 0
    assert office("convert", ACCOUNT, "1000", "USD", "--with", "KRW", "--ref", "c1")[0] == 0
    assert main(["statement", "totals", "--home", str(home), "--json"]) == 0
    one, together = json.loads(capsys.readouterr().out)["totals"]
    won = 100_000_000 - 710_106 + 285_386 - 1_453_625  # the spread of a quarter percent is gone
    assert (one["account"], one["currency"], one["cash"]) == (ACCOUNT, "KRW", won + 1_450_000)
    assert (one["holdings"], one["total"]) == (6 * 71_500, won + 1_450_000 + 6 * 71_500)
    assert together == {**one, "account": "all"}


def test_more_accounts_are_opened_by_the_settings(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[[account]]\naccount = "JP1"\ncurrency = "JPY"\ncash = 5000000\nkind = "jp_margin"\n')
    _, yen = engine_config(load_config(path)).accounts
    assert (yen.account, yen.currency, yen.cash, yen.kind) == ("JP1", "JPY", 5_000_000, "jp_margin")
    path.write_text(f'[[account]]\naccount = "{ACCOUNT}"\n')
    with pytest.raises(ConfigError, match="a name of its own for each account"):
        load_config(path)


@pytest.mark.parametrize(("market", "ex_date"), [("KR", 20261229), ("JP", 20261229), ("US", 20261230)])
def test_ex_date_follows_from_the_record_date(office, market, ex_date):
    days = ("--record", "2026-12-30", "--pay", "2027-04-16", "--market", market)
    assert office("event-enter", "D1", "cash_dividend", "005930", "--cash", "361", *days, *LISTED)[0] == 0
    assert shown(office)["events"][0]["event"]["ex_date"] == ex_date
