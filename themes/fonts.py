"""The bundled type: Pretendard JP for everything that is read, D2Coding for wire bytes.

Digits are tabular everywhere. A missing file is not fatal: `load` returns one line per problem and Qt's own
choice of family is used for that weight.
"""

import sys
from functools import lru_cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FAMILY = "Pretendard JP"
MONO_FAMILY = "D2Coding"

FILES = (
    "PretendardJP-Regular.otf",
    "PretendardJP-Medium.otf",
    "PretendardJP-SemiBold.otf",
    "PretendardJP-Bold.otf",
)
MONO_FILE = "D2Coding.ttf"  # loaded when a panel with wire bytes opens
LICENCES = ("licences/PretendardJP-OFL.txt", "licences/D2Coding-OFL.txt")

# Role -> (pixel size, weight).
ROLES = {
    "body": (12, 400),
    "body_medium": (12, 500),
    "price": (13, 500),
    "price_plain": (13, 400),  # outside the published levels
    "price_strong": (13, 600),  # best level, last, own
    "price_bold": (13, 700),
    "secondary": (11, 400),
    "cap": (10, 400),
    "cap_strong": (10, 600),
    "title": (12, 600),
    "tab": (11, 500),
    "name": (16, 600),
    "quote": (21, 700),
    "expected": (26, 700),
    "pnl": (24, 700),
    "clock": (16, 600),
    "send": (13, 600),
    "figure": (16, 500),  # a hop's time, a figure of a strip
    "mono": (12, 400),  # wire bytes
    "narrow": (12, 400),  # a name too long for its column
    "narrower": (12, 400),
}
STRETCHES = {"narrow": 87, "narrower": 70}  # of the roles whose signs are set closer, in hundredths of their width
MONO_ROLES = frozenset({"mono"})


def missing_files(directory: Path | None = None) -> tuple[str, ...]:
    """Names of bundled files and licences that are not there."""
    where = directory or Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1])) / "resources" / "fonts"
    return tuple(name for name in (*FILES, MONO_FILE, *LICENCES) if not (where / name).is_file())


_loaded: list[Path] = []  # where faces were loaded from, each time


def revision() -> int:
    """Another number when faces were loaded since: what was measured before may be of another face."""
    return len(_loaded)


def load(directory: Path, files: tuple[str, ...] = FILES) -> tuple[str, ...]:
    """Register the font files; returns one clear line for each that cannot be used."""
    _loaded.append(directory)
    return _load_each(directory, files)


def _load_each(directory: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(problem for name in files if (problem := _load_one(directory / name)))


@lru_cache(maxsize=1)
def load_mono() -> tuple[str, ...]:
    """Register the font of wire bytes, once; a line for the problem there may be."""
    where = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1])) / "resources" / "fonts"
    return _load_each(where, (MONO_FILE,))


def _load_one(path: Path) -> str:
    if not path.is_file():
        return f"font file {path} is missing; the system's own font is used: reinstall, or put the file back"
    if QFontDatabase.addApplicationFont(str(path)) < 0:
        return f"font file {path} is not a usable font; the system's own font is used: reinstall it"
    return ""


@lru_cache(maxsize=256)
def font(role: str) -> QFont:
    """The font of a role in ROLES; the same object every time, so do not change it."""
    size, weight = ROLES[role]
    if role in STRETCHES:
        made = QFont(sized(size, weight))
        made.setStretch(STRETCHES[role])
        return made
    return mono(size) if role in MONO_ROLES else sized(size, weight)


@lru_cache(maxsize=256)
def sized(size_px: int, weight: int) -> QFont:
    """Pretendard JP at a size, with tabular digits."""
    made = QFont(FAMILY)
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return made


@lru_cache(maxsize=16)
def mono(size_px: int = 12) -> QFont:
    """D2Coding at a size."""
    made = QFont(MONO_FAMILY)
    made.setStyleHint(QFont.StyleHint.Monospace)
    made.setPixelSize(size_px)
    return made
