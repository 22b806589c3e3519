from hts.desk.settings import OPTIONS, Settings
from hts.desk.settings_search import rows_of
from tests.desk.test_texts import catalogue


def found(wanted, language="en"):
    return [row.option.name for row in rows_of(Settings(), catalogue(language), wanted)]


def test_nothing_looked_for_shows_everything_in_order():
    assert found("") == [option.name for option in OPTIONS]


def test_titles_come_before_explanations():
    assert found("flatten") == ["entry.confirm_flatten"]
    assert found("소리", "ko") == ["sound.on", "notify.quiet", "sound.volume"]
    assert found("confirm")[:2] == ["entry.confirm", "entry.confirm_flatten"]


def test_every_word_must_be_there_in_any_order_and_case():
    assert found("RED green Japan") == ["look.convention"]
    assert found("red nowhere") == []
    assert found("x" * 10_000) == []


def test_what_was_found_in_the_title_is_marked_and_own_values_too():
    rows = rows_of(Settings({"look.density": "compact"}), catalogue("en"), "sity")
    assert [(row.title, row.start, row.length, row.is_default) for row in rows] == [("Density", 3, 4, False)]
