from pathlib import Path

from PySide6.QtGui import QFontInfo, QFontMetricsF

from themes import fonts

RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "fonts"


def test_bundled_fonts_load_without_a_problem(qapp):
    assert fonts.load(RESOURCES, (*fonts.FILES, fonts.MONO_FILE)) == ()
    assert QFontInfo(fonts.font("price")).family() == fonts.FAMILY
    assert QFontInfo(fonts.font("price_strong")).weight() == 600
    assert QFontInfo(fonts.mono()).family() == fonts.MONO_FAMILY


def test_digits_and_signs_are_tabular(qapp):
    fonts.load(RESOURCES)
    for role in ("body", "price", "secondary", "price_strong"):
        metrics = QFontMetricsF(fonts.font(role))
        assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
        assert metrics.horizontalAdvance("−") == metrics.horizontalAdvance("+")


def test_a_missing_file_gives_one_line_and_the_rest_loads(qapp, tmp_path):
    (tmp_path / "PretendardJP-Regular.otf").write_bytes((RESOURCES / "PretendardJP-Regular.otf").read_bytes())
    problems = fonts.load(tmp_path, ("PretendardJP-Regular.otf", "PretendardJP-Bold.otf"))
    missing = tmp_path / "PretendardJP-Bold.otf"
    assert problems == (
        f"font file {missing} is missing; the system's own font is used: reinstall, or put the file back",
    )


def test_a_damaged_file_gives_one_line(qapp, tmp_path):
    (tmp_path / "bad.otf").write_bytes(b"not a font")
    assert fonts.load(tmp_path, ("bad.otf",)) == (
        f"font file {tmp_path / 'bad.otf'} is not a usable font; the system's own font is used: reinstall it",
    )
