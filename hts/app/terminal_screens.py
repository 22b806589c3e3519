"""What the command box finds by: screen numbers, the user's own beside those that ship, and how names are read."""

from hts.app.desk_files import DeskFiles
from hts.app.tables import resources_directory
from hts.base.errors import ConfigError
from hts.desk.readings import NO_READINGS, Readings
from hts.desk.screens import FILE, ScreenNumbers

READINGS = "readings.toml"


def load_screens(files: DeskFiles) -> tuple[ScreenNumbers, list[str]]:
    """The numbers, and a line for what ships and could not be used; `files` says what of the user's could not."""
    shipped = resources_directory() / "screens" / FILE
    try:
        numbers = ScreenNumbers.parse(shipped.read_text(encoding="utf-8"), str(shipped))
    except (OSError, ConfigError) as fault:
        return ScreenNumbers(), [f"{shipped}: cannot be used: {fault}; install again"]
    text = files.load(FILE)
    try:
        return numbers.with_rows_of(ScreenNumbers.parse(text, FILE)), []
    except ConfigError as fault:
        files.set_aside(FILE, str(fault))
        return numbers, []


def load_readings() -> tuple[Readings, list[str]]:
    """How Japanese names are read, and a line when what ships cannot be used."""
    path = resources_directory() / "screens" / READINGS
    try:
        return Readings.parse(path.read_text(encoding="utf-8"), str(path)), []
    except (OSError, ConfigError) as fault:
        return NO_READINGS, [f"{path}: cannot be used: {fault}; install again"]
