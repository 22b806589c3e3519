"""Texts in small files of the user's."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hts.desk.keymap_book import DEFAULT, KeymapBook
from hts.desk.parsed import toml_of, toml_text


@settings(max_examples=50)
@given(st.text(max_size=20))
@example('\x7f\0\x1b"\\\r\n\u2028\U0001f642')
def test_any_text_is_read_back_from_toml_as_it_was(text):
    assert toml_of(f"a = {toml_text(text)}") == {"a": text}


def test_keys_with_signs_beyond_the_basic_plane_do_not_make_the_keymap_unreadable():
    book = KeymapBook({DEFAULT: {"always": {"G B": "panel.log"}}})
    assert book.assign("panel.log", "Ctrl+\U0001f642") is None
    other = KeymapBook({DEFAULT: {"always": {"G B": "panel.log"}}})
    other.take(book.text(), "mine")
    assert other.keymap.all_keys_of("panel.log") == ("G B", "Ctrl+\U0001f642")
