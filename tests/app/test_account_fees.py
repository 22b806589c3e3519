"""`hts account fees`: a set is chosen for days that have not begun, and what is wrong is said."""

import pytest

from hts.app.config import parse_config
from hts.app.core import engine_config
from tests.app.test_account import office, shown  # noqa: F401  a fixture
from tests.app.test_batch import home  # noqa: F401  a fixture
from tests.support.builders import ACCOUNT


def choices(office):  # noqa: F811
    return [profile["fee_choices"] for profile in shown(office)["profiles"]]


def test_a_set_holds_from_the_next_day_on_and_plain_fees_come_back(office):  # noqa: F811
    assert choices(office) == []
    status, said = office("fees", ACCOUNT, "by_volume", "--traded", "2026-10=1200000000")
    assert (status, said) == (0, {"done": f"{ACCOUNT}: by_volume fees from 20261124 on"})
    first = {"from_date": 20261124, "fee_set": "by_volume", "month": 202610, "traded": 1_200_000_000}
    assert choices(office) == [[first]]
    assert office("fees", ACCOUNT, "plain", "--from", "2026-12-01")[0] == 0
    assert choices(office) == [[first, {"from_date": 20261201, "fee_set": "", "month": 0, "traded": 0}]]


def test_what_the_books_traded_is_shown_by_day(office):  # noqa: F811
    assert shown(office)["traded"] == [[ACCOUNT, "KRW", 20261123, 710_000 + 286_000]]


def test_dollars_traded_elsewhere_are_kept_in_cents(office):  # noqa: F811
    assert office("fees", ACCOUNT, "passed_on", "--traded", "2026-10=5", "--market", "US")[0] == 0
    assert choices(office)[0][0]["traded"] == 500


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("cheap",), "expected one of plain, passed_on, venue_only, by_volume, found 'cheap'"),
        (("passed_on", "--from", "2026-11-23"), "expected a day after 20261123, which has begun, found 20261123"),
        (("passed_on", "--from", "tomorrow"), "expected a day like 2026-12-29, found 'tomorrow'"),
        (("passed_on", "--traded", "2026-13=5"), "expected something like 2026-10=1200000000, found '2026-13=5'"),
        (("passed_on", "--traded", "2026-10"), "found '2026-10'"),
        (("passed_on", "--traded", "2026-10=-5"), "found '2026-10=-5'"),
        (("passed_on", "--traded", "2026-10=much"), "found '2026-10=much'"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(office, words, expected):  # noqa: F811
    status, said = office("fees", ACCOUNT, *words)
    assert status == 2
    assert expected in said
    assert choices(office) == []


def test_settings_choose_the_set_of_the_very_first_start(tmp_path):
    table = {"core": {"fee_set": "passed_on"}, "account": [{"account": "8801-9", "fee_set": "venue_only"}]}
    config = parse_config(tmp_path / "config.toml", table)
    sets = {account.account: account.fee_set for account in engine_config(config).accounts}
    assert sets == {"8801-2745-01": "passed_on", "8801-9": "venue_only"}
