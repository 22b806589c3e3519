"""Small files of the desk in the home directory: screens, alerts, lists. Written whole or not at all.

A file that does not hold is set aside under its own name with ".damaged" behind it; the desk begins with nothing and
the user reads one line about it. Two windows of one home each write whole files: what another one wrote since this
one read it is kept under ".other" before it is replaced, and that is told too.
"""

import shutil
from functools import partial
from pathlib import Path

from hts.app.home_file import free_place, put_aside, replace_bytes
from hts.base.errors import ConfigError
from hts.desk.presets import FILE as QUANTITIES
from hts.desk.presets import Presets

SIZE_MAX = 4 * 1024 * 1024
Stamp = tuple[int, int, int]


class DeskFiles:
    """`problems` collects one line for each file that could not be read or written, until somebody shows them."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._known: dict[str, Stamp | None] = {}  # what stood on the disk when this window last read or wrote it
        self.problems: list[str] = []

    def load(self, name: str) -> str:
        """The file's text; empty when there is none or it cannot be read."""
        path = self._home / name
        try:
            if path.stat().st_size > SIZE_MAX:
                self.set_aside(name, f"more than {SIZE_MAX} bytes")
                return ""
            self._known[name] = stamp_of(path)
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            self._known[name] = None
            return ""
        except (OSError, UnicodeDecodeError) as fault:
            self.set_aside(name, str(fault))
            return ""

    def save(self, name: str, text: str) -> bool:
        """Replace the file in one step; False, with a line in `problems`, when the disk refuses."""
        return self.keep(name, text.encode(errors="replace"))

    def keep(self, name: str, data: bytes) -> bool:
        """The same for bytes, as a picture is."""
        path = self._home / name
        try:
            self._keep_others(path, data)
            replace_bytes(path, data)
        except ConfigError as fault:
            self.problems.append(str(fault))
            return False
        if name in self._known:
            self._known[name] = stamp_of(path)
        return True

    def _keep_others(self, path: Path, data: bytes) -> None:
        """Another window of this home may have written since: what stands there is not lost."""
        found = stamp_of(path)
        if found is None or found == self._known.get(path.name, found):
            return
        try:
            if path.stat().st_size == len(data) and path.read_bytes() == data:
                return
            aside = free_place(path.with_name(f"{path.name}.other"))
            shutil.copyfile(path, aside)
        except OSError as fault:
            raise ConfigError(f"{path}: cannot keep what another window wrote: {fault.strerror or fault}") from fault
        self.problems.append(
            f"{path}: another window has written it since this one read it; that is kept as {aside.name}"
        )

    def picture(self, name: str) -> bytes:
        """What was kept under a name; nothing where it is gone or too large."""
        path = self._home / name
        try:
            return path.read_bytes() if path.stat().st_size <= SIZE_MAX else b""
        except OSError:
            return b""

    def set_aside(self, name: str, found: str) -> None:
        """Rename a file that does not hold, and say so."""
        path = self._home / name
        where = put_aside(path)
        self.problems.append(f"{path}: expected what this terminal stored, found {found}; {where}")

    def export(self, path: Path, text: str) -> str:
        """Write a file that the user named; one line for the user when that fails, empty when it is done."""
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as fault:
            return f"{path}: cannot write it: {fault.strerror}; choose another place"
        return ""

    def fetch(self, path: Path) -> tuple[str, str]:
        """The text of a file that the user named, and one line for the user when it cannot be read."""
        try:
            if path.stat().st_size > SIZE_MAX:
                return "", f"{path}: expected at most {SIZE_MAX} bytes; choose a smaller file"
            return path.read_text(encoding="utf-8-sig"), ""
        except OSError as fault:
            return "", f"{path}: cannot read it: {fault.strerror}; choose another file"
        except UnicodeDecodeError:
            return "", f"{path}: expected text in UTF-8, found other bytes; save it as UTF-8"


def stamp_of(path: Path) -> Stamp | None:
    """By what a file is known again: each write of ours is another file. None where none stands."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def take_quantities(files: DeskFiles, presets: Presets) -> None:
    """Quick quantities of single issues, as they were kept."""
    presets.load(files.load(QUANTITIES), partial(files.save, QUANTITIES), partial(files.set_aside, QUANTITIES))
