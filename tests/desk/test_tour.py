import tomllib

import pytest

from hts.app.config import load_config
from hts.desk.settings import Settings
from hts.desk.texts import LANGUAGES
from hts.desk.tour import CASH_CHOICES, RISKS, STEPS, FirstChoices, Tour
from hts.risk.limits import RiskLimits
from tests.desk.test_texts import catalogue


def test_five_steps_forward_and_back():
    tour = Tour()
    seen = []
    while tour.step is not None:
        seen.append((tour.number, tour.step))
        tour.go(1)
    assert seen == list(enumerate(STEPS, 1))
    assert len(STEPS) == 5
    tour.go(-1)
    assert (tour.step, tour.number) == (None, 0)
    other = Tour()
    other.go(-1)
    assert other.number == 1
    other.skip()
    assert other.step is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_choice_has_its_words(language):
    texts = catalogue(language)
    keys = [f"tour.{step}{end}" for step in STEPS for end in ("", "_why")]
    keys += [f"welcome.risk_{risk}" for risk in RISKS]
    assert [key for key in keys if not texts.has(key)] == []


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("cash", CASH_CHOICES)
def test_first_choices_are_what_core_and_terminal_take(tmp_path, risk, cash):
    choices = FirstChoices(language="ja", convention="jp", cash=cash, risk=risk)
    (tmp_path / "config.toml").write_text(choices.config, encoding="utf-8")
    config = load_config(tmp_path / "config.toml")
    assert config.core.cash == cash
    limits = RISKS[risk]
    assert (config.limits.order_qty_max, config.limits.order_value_max) == (
        limits.order_qty_max,
        limits.order_value_max,
    )
    settings = Settings(choices.settings)
    assert settings.word("look.language") == "ja"
    assert settings.number("entry.warn_qty") == limits.warn_qty < limits.order_qty_max
    assert settings.number("entry.warn_krw") == limits.warn_krw < limits.order_value_max


def test_ordinary_limits_are_the_cores_own():
    ordinary = tomllib.loads(FirstChoices(language="ko", convention="kr").config)
    defaults = RiskLimits()
    assert ordinary["limits"] == {
        "order_qty_max": defaults.order_qty_max,
        "order_value_max": defaults.order_value_max,
    }
