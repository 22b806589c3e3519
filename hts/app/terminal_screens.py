"""Screen numbers of a terminal: those that ship, and the user's own beside them."""

from pathlib import Path

from hts.app.tables import resources_directory
from hts.app.user_file import read_user_file
from hts.base.errors import ConfigError
from hts.desk.screens import ScreenNumbers

FILE = "screens.toml"


def load_screens(home: Path) -> tuple[ScreenNumbers, list[str]]:
    """The numbers, and a line for each file that could not be used."""
    shipped = resources_directory() / "screens" / FILE
    problems: list[str] = []
    numbers = ScreenNumbers()
    try:
        numbers = ScreenNumbers.parse(shipped.read_text(encoding="utf-8"), str(shipped))
        own = read_user_file(home / FILE, lambda text: ScreenNumbers.parse(text, FILE))
    except OSError as fault:
        own = None
        problems.append(f"{shipped}: cannot read: {fault.strerror}; install again")
    except ConfigError as fault:
        own = None
        problems.append(str(fault))
    return (numbers.with_rows_of(own) if own is not None else numbers), problems
