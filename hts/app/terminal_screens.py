"""Screen numbers of a terminal: those that ship, and the user's own beside them."""

from hts.app.desk_files import DeskFiles
from hts.app.tables import resources_directory
from hts.base.errors import ConfigError
from hts.desk.screens import ScreenNumbers

FILE = "screens.toml"


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
