import pytest
from msgspec import structs

from hts.base.errors import ConfigError
from hts.desk.finder import Finder, folded
from hts.desk.readings import Readings, has_kana
from tests.support.desk_feed import ROOT, instruments, texts

SHIPPED = Readings.parse(
    (ROOT / "resources" / "screens" / "readings.toml").read_text(encoding="utf-8"), "readings.toml"
)
TOKYO = (
    "トヨタ自動車",
    "三菱UFJフィナンシャル・グループ",
    "三菱商事",
    "三菱重工業",
    "本田技研工業",
    "NTT",
    "セブン&アイ・ホールディングス",
)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("三菱重工業", "ミツビシジュウコウギョウ"),
        ("三井住友フィナンシャルグループ", "ミツイスミトモフィナンシャルグループ"),
        ("三菱UFJフィナンシャル・グループ", "ミツビシユーエフジェイフィナンシャルグループ"),
        ("NTT", "エヌティーティー"),
        ("日本製鉄", "ニッポンセイテツ"),
        ("日本郵船", "ニホンユウセン"),
        ("セブン&アイ・ホールディングス", "セブンアンドアイホールディングス"),
        ("鸞", "鸞"),
        ("", ""),
    ],
)
def test_the_longest_word_at_each_place_counts(name, reading):
    assert SHIPPED.of(name) == reading


def test_every_listed_issue_of_tokyo_can_be_read_whole():
    listed = (ROOT / "resources" / "market" / "jp_universe.toml").read_text(encoding="utf-8")
    names = [line.split('"')[1] for line in listed.splitlines() if line.startswith("name_ja")]
    assert len(names) >= 35
    unread = [name for name in names if any("一" <= sign <= "鿿" for sign in SHIPPED.of(name))]
    assert unread == []


def found(query: str) -> list[str]:
    base = instruments()[0]
    issues = {name: structs.replace(base, symbol=name, name_ko="", name_en="", name_ja=name) for name in TOKYO}
    return [line.symbol for line in Finder(issues, tuple, texts("ja"), readings=SHIPPED).find(query)]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("みつびし", ["三菱UFJフィナンシャル・グループ", "三菱商事", "三菱重工業"]),
        ("ﾐﾂﾋﾞｼｼﾞ", ["三菱重工業"]),
        ("しょうじ", ["三菱商事"]),
        ("ほんだ", ["本田技研工業"]),
        ("えぬてぃー", ["NTT"]),
        ("じどうしゃ", ["トヨタ自動車"]),
        ("とよた", ["トヨタ自動車"]),
        ("みつびじ", []),
    ],
)
def test_kana_finds_what_is_written_in_kanji_or_letters(typed, names):
    assert found(typed) == names


def test_only_what_has_kana_is_looked_for_in_readings():
    assert [has_kana(folded(text)) for text in ("とよた", "ﾄﾖﾀ", "トヨタ", "三菱", "ㅅㅅ", "7203", "")] == [
        True
    ] * 3 + [False] * 4


@pytest.mark.parametrize(
    "toml", ["[a", "a = 1", '[a]\n"三菱" = 1', '[a]\n"三菱" = "みつびし"', '[a]\n"三菱" = "mitsubishi"']
)
def test_what_holds_no_readings_is_named(toml):
    with pytest.raises(ConfigError, match="readings mine: expected"):
        Readings.parse(toml, "mine")
