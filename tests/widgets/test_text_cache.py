"""Figures are put together from signs and look as if they were laid out; what is kept is bounded for all panels."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from tests.widgets.scene import naver_scene
from themes import fonts
from widgets import text_cache
from widgets.text_cache import TextCache

INK = QColor(220, 30, 70)
FIGURES = [
    *(f"{digit:,}" for digit in (0, 7, 13, 986, 1_234, 56_789, 120_405, 9_876_543, 3_141_592_653)),
    *("0.42", "12.34", "+0.05", "−1,204.50", "+30", "−9,999,999", "1.000001", "0,1"),
]


@pytest.fixture(autouse=True)
def _faces(qapp):
    naver_scene()


def laid_out(found, role, text, ends_right):
    """As Qt draws the whole text, in the place where the cache puts it."""
    pixmap = QPixmap(found.pixmap.size())
    pixmap.setDevicePixelRatio(found.pixmap.devicePixelRatio())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setFont(fonts.font(role))
    painter.setPen(INK)
    painter.translate(-found.left, -found.top)
    painter.drawText(QPointF(-found.advance if ends_right else 0.0, 0.0), text)
    painter.end()
    return pixmap.toImage()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("ends_right", [True, False])
def test_a_figure_has_the_pixels_of_its_whole_text(qapp, ratio, ends_right):
    texts = TextCache()
    texts.set_ratio(ratio)
    for role in fonts.ROLES:
        for figure in FIGURES:
            found = texts.rendered(role, figure, INK, ends_right=ends_right)
            assert found.pixmap.toImage() == laid_out(found, role, figure, ends_right), (role, figure)
            assert (found.left * ratio).is_integer(), "on a pixel of the device"
            assert (found.top * ratio).is_integer()


def written(texts, role, text, ends_right):
    """What `write` leaves on a ground of the size of the text's own picture, and that picture for its place."""
    found = texts.rendered(role, text, INK, ends_right=ends_right)
    pixmap = QPixmap(found.pixmap.size())
    pixmap.setDevicePixelRatio(found.pixmap.devicePixelRatio())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    advance = texts.write(painter, -found.left, -found.top, role, text, INK, ends_right=ends_right)
    painter.end()
    assert advance == found.advance
    return pixmap.toImage(), found


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("ends_right", [True, False])
def test_a_figure_written_sign_by_sign_has_the_pixels_of_its_whole_text(qapp, ratio, ends_right):
    texts = TextCache()
    texts.set_ratio(ratio)
    for role in fonts.ROLES:
        for figure in FIGURES:
            picture, found = written(texts, role, figure, ends_right)
            assert picture == laid_out(found, role, figure, ends_right), (role, figure)


def test_a_word_is_laid_out_as_a_whole(qapp):
    texts = TextCache()
    for word in ("삼성전자", "+", "12:34", "−", "1.2M", "KRX 3"):
        found = texts.rendered("body", word, INK, ends_right=False)
        assert found.pixmap.toImage() == laid_out(found, "body", word, ends_right=False), word


def test_a_picture_is_made_once_for_all_caches(qapp):
    first, second = TextCache(), TextCache()
    found = first.rendered("body", "78,100", INK, ends_right=True)
    assert second.rendered("body", "78,100", INK, ends_right=True) is found
    assert second.rendered("body", "78,100", QColor(1, 2, 3), ends_right=True) is not found
    second.set_ratio(2.0)
    assert second.rendered("body", "78,100", INK, ends_right=True) is not found
    assert first.rendered("body", "78,100", INK, ends_right=True) is found


def test_a_full_store_keeps_what_is_still_asked_for(qapp, monkeypatch):
    monkeypatch.setattr(text_cache, "PIXMAPS_KEPT_MAX", 50)
    texts = TextCache()
    texts.set_ratio(3.0)
    lasting = texts.rendered("body", "last", INK, ends_right=True)
    for number in range(400):
        texts.rendered("body", f"{number}", INK, ends_right=True)
        assert texts.rendered("body", "last", INK, ends_right=True) is lasting
        assert len(texts._store.texts) <= 50
        assert len(texts._store.older) <= 50
        assert len(texts._store.signs) <= 50


def test_other_faces_are_measured_anew(qapp, monkeypatch):
    texts = TextCache()
    found = texts.rendered("body", "78,100", INK, ends_right=True)
    monkeypatch.setattr(fonts, "_loaded", [*fonts._loaded, fonts._loaded[0]])
    texts.set_ratio(1.0)
    assert texts.rendered("body", "78,100", INK, ends_right=True) is not found


def written_alone(texts, figure):
    ground = QPixmap(100, 40)
    painter = QPainter(ground)
    texts.write(painter, 90, 25, "body", figure, INK, ends_right=True)
    painter.end()


def test_figures_leave_no_pictures_but_those_of_their_signs(qapp):
    texts = TextCache()
    texts.set_ratio(1.0)
    before = len(texts._store.texts), len(texts._store.older)
    for figure in range(100_000, 100_200):
        written_alone(texts, f"{figure:,}.7")
    assert (len(texts._store.texts), len(texts._store.older)) == before


def test_signs_are_bounded_too(qapp, monkeypatch):
    monkeypatch.setattr(text_cache, "PIXMAPS_KEPT_MAX", 30)
    texts = TextCache()
    texts.set_ratio(1.0)
    for figure in range(200_000, 200_100):
        written_alone(texts, f"{figure:,}")
        assert len(texts._store.signs) <= 30


def test_all_digits_of_a_face_are_equally_wide(qapp):
    """Figures of one form are laid out once."""
    texts = TextCache()
    for role in fonts.ROLES:
        assert len({texts.width(role, digit) for digit in "0123456789"}) == 1, role
        assert len({texts.width(role, f"+{digit}") for digit in "0123456789"}) == 1, role


def test_an_older_generation_goes_picture_by_picture(qapp, monkeypatch):
    monkeypatch.setattr(text_cache, "PIXMAPS_KEPT_MAX", 20)
    texts = TextCache()
    texts.set_ratio(4.0)
    sizes = []
    for number in range(60):
        texts.rendered("body", f"word {number}", INK, ends_right=True)
        sizes.append(len(texts._store.older))
    assert max(sizes) == 20
    assert all(a - b <= 1 for a, b in pairwise(sizes))
