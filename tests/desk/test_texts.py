import ast
import re
import string
from pathlib import Path

import pytest

from hts.app.terminal_keymap import load_presets
from hts.base.errors import ConfigError
from hts.desk.texts import LANGUAGES, ONE, Texts
from hts.model.denials import Rule
from hts.model.enums import OrdStatus, Phase
from hts.model.reasons import LocalCause, Reason

ROOT = Path(__file__).resolve().parents[2]
KEY = re.compile(r"[a-z_]+(\.[a-zA-Z_0-9]+)+")


def catalogue(language):
    return Texts.parse(language, (ROOT / "resources" / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


def places(template):
    return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def literals(*tops):
    for top in tops:
        for path in sorted((ROOT / top).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docs = {
                id(node.body[0].value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
                and node.body
                and isinstance(node.body[0], ast.Expr)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                    yield path.relative_to(ROOT).as_posix(), node.lineno, node.value


def without_singulars(keys):
    return {key for key in keys if not key.endswith(ONE)}


def test_all_languages_hold_the_same_keys():
    korean = catalogue("ko").keys
    different = [(language, sorted(without_singulars(catalogue(language).keys) ^ korean)) for language in LANGUAGES]
    assert [pair for pair in different if pair[1]] == []


def test_all_languages_have_the_same_places():
    korean = catalogue("ko")
    different = [
        (language, key)
        for language, words in ((language, catalogue(language)) for language in LANGUAGES)
        for key in sorted(korean.keys)
        if places(words.template(key)) != places(korean.template(key))
    ]
    assert different == []


def test_a_singular_has_its_plural_and_its_places():
    english = catalogue("en")
    ones = sorted(key for key in english.keys if key.endswith(ONE))
    assert len(ones) > 4
    assert [k for k in ones if places(english.template(k)) != places(english.template(k.removesuffix(ONE)))] == []


@pytest.mark.parametrize(
    ("key", "values", "text"),
    [
        ("positions.count", {"count": 0}, "0 issues"),
        ("positions.count", {"count": 1}, "1 issue"),
        ("positions.count", {"count": 11}, "11 issues"),
        ("ladder.held_at", {"px": "1", "ticks": "0"}, "@ 1 · 0 ticks"),
        ("ladder.held_at", {"px": "272,500", "ticks": "−1"}, "@ 272,500 · −1 tick"),
        ("order_entry.ticks", {"count": "1"}, "+1 tick"),
        ("closing.title", {"count": 1}, "1 order is still working"),
    ],
)
def test_english_tells_one_from_many(key, values, text):
    assert catalogue("en")(key, **values) == text


def test_every_key_that_a_widget_or_desk_names_exists():
    korean = catalogue("ko")
    sections = {key.split(".")[0] for key in korean.keys}
    missing = [
        (path, line, value)
        for path, line, value in literals("widgets", "hts/desk")
        if KEY.fullmatch(value)
        and value.split(".")[0] in sections
        and not korean.has(value)
        and not korean.has(f"action.{value}")
    ]
    assert missing == []


def test_no_text_for_people_stands_in_a_widget():
    """Hangul, kana and kanji, and anything with a space that a person would read, belong in the catalogue."""
    foreign = re.compile(r"[\u3040-\u30ff\u3131-\u318e\u4e00-\u9fff\uac00-\ud7a3]")
    prose = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
    found = [
        (path, line, value)
        for path, line, value in literals("widgets")
        if foreign.search(value) or (prose.search(value) and "{" not in value and ":" not in value)
    ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_reason_has_its_words(language):
    texts = catalogue(language)
    wanted = [
        *(f"denial.{rule.value}" for rule in Rule),
        *(f"reason.{reason.name}" for reason in Reason),
        *(f"cause.{cause.name}" for cause in LocalCause),
        *(f"phase.{phase.value}" for phase in Phase),
        *(f"status.{status.name.lower()}" for status in OrdStatus),
    ]
    assert [key for key in wanted if not texts.has(key)] == []


def test_a_text_names_the_keys_as_they_are_now():
    texts = catalogue("en")
    keys = {"arm.toggle": "Ctrl+{"}
    texts.caps.keys_of = lambda action: keys.get(action, "")
    assert texts("refusal.locked") == "Orders are locked. Press Ctrl+{ to arm"
    keys["arm.toggle"] = "F9"
    assert texts("refusal.locked") == "Orders are locked. Press F9 to arm"
    assert texts("refusal.credit_short", lacking="7").endswith("unlock Credit orders (—)")  # that has no key


def test_every_key_that_a_text_names_is_an_actions():
    named = {
        (key, action)
        for texts in map(catalogue, LANGUAGES)
        for key in texts.keys
        for _, place, action, _ in string.Formatter().parse(texts.template(key))
        if place == "cap"
    }
    known = {action for table in load_presets()["default"].values() for action in table.values()}
    assert len(named) >= 5
    assert [pair for pair in sorted(named) if pair[1] not in known] == []


def test_a_missing_key_shows_as_itself():
    assert Texts("en", {})("no.such") == "no.such"


def test_a_damaged_catalogue_is_one_clear_line():
    with pytest.raises(ConfigError, match=r"text catalogue ko\.toml: expected TOML"):
        Texts.parse("ko", "[a\nb=")


def test_every_notice_of_the_core_has_its_words():
    named = re.compile(r"""(?:\.notice\(|key = )"([a-z_]+)\"(?: if .* else "([a-z_]+)")?""")
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "hts" / "engine").rglob("*.py")))
    keys = {key for pair in named.findall(text) for key in pair if key}
    assert len(keys) > 8
    assert sorted(key for key in keys if not catalogue("ko").has(f"notice.{key}")) == []
