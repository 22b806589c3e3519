"""The size of everything: Qt's own factor, which it reads once, before the application is made."""

import os
from pathlib import Path

from hts.app.home_settings import HomeSettings

SCALE_VARIABLE = "QT_SCALE_FACTOR"


def take_scale(home: Path) -> None:
    """Let Qt draw at the size that the settings say, times what the system says; before the application is made."""
    percent = HomeSettings(home).settings.number("look.scale")
    if percent != 100:
        given = os.environ.get(SCALE_VARIABLE, "")
        factor = float(given) if given.replace(".", "", 1).isdecimal() else 1.0
        os.environ[SCALE_VARIABLE] = f"{factor * percent / 100:g}"
