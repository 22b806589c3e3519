"""The protocol pages hold what the tables hold, and say whether a layout is real or ours."""

import pytest

from tests.support.wire_layout import NAMES, layout_of
from tools.wire_pages import BEGIN, PAGES, generated, page_path


@pytest.mark.parametrize("page", PAGES)
def test_page_and_tables_are_in_step(page):
    head, begin, rest = page_path(page).read_text(encoding="utf-8").partition(BEGIN)
    assert begin + rest == generated(page), "run tools/wire_pages.py"
    assert "**Real" in head or "**This layout is ours.**" in head
    assert ("**This layout is ours.**" in head) == (page == "arrowhead")


def test_every_table_has_a_page():
    assert sorted(name for names in PAGES.values() for name in names) == sorted(NAMES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_every_field(page):
    text = page_path(page).read_text(encoding="utf-8")
    for name in PAGES[page]:
        layout = layout_of(name)
        for message in layout.names:
            for field in layout.row(message).fields:
                assert f"| {field.name} |" in text
