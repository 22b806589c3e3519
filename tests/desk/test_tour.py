import tomllib

import pytest
from msgspec import structs

from hts.app.config import Config, load_config
from hts.app.terminal_keymap import load_presets
from hts.desk.settings import Settings
from hts.desk.texts import LANGUAGES
from hts.desk.tour import CASH_CHOICES, JPY_CHOICES, KEYMAPS, OWN, RISKS, STEPS, USD_CHOICES, FirstChoices, Tour
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
    config = config_of(tmp_path, choices)
    assert (config.core.cash, config.venue) == (cash, Config().venue)
    limits = RISKS[risk]
    assert (config.limits.order_qty_max, config.limits.order_value_max) == (
        limits.order_qty_max,
        limits.order_value_max,
    )
    settings = Settings(choices.settings)
    assert settings.word("look.language") == "ja"
    assert settings.number("entry.warn_qty") == limits.warn_qty < limits.order_qty_max
    assert settings.number("entry.warn_krw") == limits.warn_krw < limits.order_value_max
    assert settings.number("entry.warn_jpy") == limits.warn_jpy
    assert settings.number("entry.warn_usd") == limits.warn_usd


def config_of(tmp_path, choices):
    (tmp_path / "config.toml").write_text(choices.config, encoding="utf-8")
    return load_config(tmp_path / "config.toml")


@pytest.mark.parametrize("jpy", JPY_CHOICES)
@pytest.mark.parametrize("usd", USD_CHOICES)
def test_cash_is_chosen_by_currency_and_yen_opens_tokyo(tmp_path, jpy, usd):
    config = config_of(tmp_path, FirstChoices(language="en", cash_jpy=jpy, cash_usd=usd))
    assert (config.core.cash_jpy, config.core.cash_usd_cents) == (jpy, usd * 100)
    tokyo = ("TSE", "JNX", "ODX") if jpy else ()
    assert config.venue.venues == ("KRX", "NXT", *tokyo)


def test_what_holds_now_is_what_is_shown_later():
    settings = Settings(RISKS["wide"].settings)
    settings.set("look.convention", "us")
    now = FirstChoices.of(settings, "ko", "tws")
    assert now == FirstChoices(language="ko", convention="us", keymap="tws", cash=0, risk="wide")
    settings.set("entry.warn_qty", 123)
    assert FirstChoices.of(settings, "ko", "tws").risk == OWN


def test_only_what_is_chosen_otherwise_is_changed():
    now = FirstChoices(language="ko", risk=OWN)
    assert structs.replace(now, keymap="tws").changed(now) == {}
    assert structs.replace(now, language="en").changed(now) == {"look.language": "en"}
    assert structs.replace(now, convention="us").changed(now) == {"look.convention": "us", "look.sides": "us"}
    assert structs.replace(now, risk="careful").changed(now) == RISKS["careful"].settings
    careful = structs.replace(now, risk="careful")
    assert careful.changed(careful) == {}


def test_all_keymaps_that_ship_are_offered():
    assert set(KEYMAPS) == set(load_presets())


def test_ordinary_limits_are_the_cores_own():
    ordinary = tomllib.loads(FirstChoices(language="ko", convention="kr").config)
    defaults = RiskLimits()
    assert ordinary["limits"] == {
        "order_qty_max": defaults.order_qty_max,
        "order_value_max": defaults.order_value_max,
    }
