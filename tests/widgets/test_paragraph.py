import pytest

from widgets.painting import TextCache
from widgets.paragraph import lines_of

KANA = "口座 8801-2745-01の停止解除を受付、コード 7362。30秒以内にもう一度押して確認"
HANGUL = "계좌 8801-2745-01 정지 해제 요청, 코드 3704. 30초 안에 한 번 더 눌러 확인하세요"


@pytest.fixture
def cache(qtbot):
    return TextCache()


@pytest.mark.parametrize("text", [KANA, HANGUL, "a" * 400, "word " * 40, "。" * 30])
@pytest.mark.parametrize("width", [60, 120, 240])
def test_every_line_fits_and_no_letter_is_lost(cache, text, width):
    lines = lines_of(cache, "body", text, width)
    assert all(cache.width("body", line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_line_of_kana_is_filled_and_neither_figure_nor_ending_begins_apart(cache):
    lines = lines_of(cache, "title", KANA, 226)
    assert lines[0].startswith("口座 8801-2745-01の")
    assert not [line for line in lines if line[0] in "。、ー"]
    assert any("7362" in line for line in lines)


def test_hangul_is_broken_at_its_spaces(cache):
    words = HANGUL.split(" ")
    assert [word for line in lines_of(cache, "title", HANGUL, 226) for word in line.split(" ")] == words
