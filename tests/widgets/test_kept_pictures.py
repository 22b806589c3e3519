"""Regions of the window against the pictures that are kept beside the tests; `make pictures` renews those.

Tolerance. A kept picture has 256 colours, which moves a channel by at most 10 of 255 (see `keep`). A pixel counts as
another one when a channel differs by more than DIFFERENCE; one of a thousand may, for another processor rounds an edge
of a letter otherwise. A hairline that moves by a pixel, or a text in another colour, is several times as much.
"""

import numpy as np
import pytest
from PIL import Image

from tests.widgets.kept_pictures import KEPT, TOTAL_MAX, names, paint_all

DIFFERENCE = 16
SHARE_MAX = 0.001


@pytest.fixture(scope="module")
def painted(tmp_path_factory):
    """All pictures, painted by processes of their own."""
    to = tmp_path_factory.mktemp("painted")
    paint_all(to)
    return to


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(np.int16)


def share_of_others(one, other) -> float:
    return float((np.abs(one - other).max(axis=2) > DIFFERENCE).mean())


@pytest.mark.parametrize("name", names())
def test_a_region_looks_as_it_did(painted, name):
    found, kept = pixels(painted / f"{name}.png"), pixels(KEPT / f"{name}.png")
    assert found.shape == kept.shape, f"{name}: another size; look at it, then `make pictures`"
    share = share_of_others(found, kept)
    assert share <= SHARE_MAX, f"{name}: {share:.2%} differs; look at {painted}, then `make pictures` if it is meant"


def test_only_what_is_painted_is_kept_and_it_is_little():
    files = sorted(KEPT.glob("*.png"))
    assert [file.stem for file in files] == sorted(names())
    assert sum(file.stat().st_size for file in files) <= TOTAL_MAX


@pytest.mark.parametrize("shift", [(0, 1), (1, 0)])
def test_a_picture_moved_by_one_pixel_would_be_noticed(shift):
    for name in names():
        kept = pixels(KEPT / f"{name}.png")
        assert share_of_others(np.roll(kept, shift, axis=(0, 1)), kept) > 5 * SHARE_MAX, name
