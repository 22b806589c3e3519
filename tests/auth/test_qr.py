"""QR codes, read by a program that has never heard of us."""

import shutil
import subprocess

import pytest
from PIL import Image

from hts.auth.qr import QUIET, qr_matrix, qr_text

URI = b"otpauth://totp/HTS:kim?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=HTS&algorithm=SHA1&digits=6&period=30"
SCALE = 4
# The largest text of each version, ISO/IEC 18004 table 7, level M.
CAPACITIES = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213]


def read_by_zbar(matrix, path):
    if shutil.which("zbarimg") is None:
        pytest.skip("needs zbarimg: apt-get install zbar-tools")
    side = len(matrix) + 2 * QUIET
    image = Image.new("L", (side, side), 255)
    for row, modules in enumerate(matrix):
        for column, is_dark in enumerate(modules):
            image.putpixel((column + QUIET, row + QUIET), 0 if is_dark else 255)
    image.resize((side * SCALE, side * SCALE), Image.Resampling.NEAREST).save(path)
    words = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "--nodbus", path]
    return subprocess.run(words, capture_output=True, check=False).stdout.removesuffix(b"\n")


@pytest.mark.parametrize("size", [1, *CAPACITIES, len(URI)])
def test_a_camera_reads_every_version_filled_to_its_brim(size, tmp_path):
    text = (URI * 3)[:size]
    assert read_by_zbar(qr_matrix(text), tmp_path / "qr.png") == text


def test_versions_grow_with_the_text_and_end():
    assert [len(qr_matrix(b"x" * size)) for size in CAPACITIES] == [17 + 4 * version for version in range(1, 11)]
    assert len(qr_matrix(b"x" * 15)) == 25
    with pytest.raises(ValueError, match="213"):
        qr_matrix(b"x" * 214)


def test_text_holds_the_matrix_and_its_quiet_zone():
    matrix = qr_matrix(URI)
    lines = qr_text(matrix).split("\n")
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    rows = [[light[one][half] == 0 for one in line] for line in lines for half in (0, 1)]
    assert [row[QUIET:-QUIET] for row in rows[QUIET : QUIET + len(matrix)]] == matrix
    assert {one for row in rows[:QUIET] for one in row} == {False}
