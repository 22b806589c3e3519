"""The keymap of a terminal: presets that ship, and the user's own in the home directory."""

from hts.app.desk_files import DeskFiles
from hts.app.tables import load_folder
from hts.base.errors import ConfigError
from hts.desk.keymap import Keymap
from hts.desk.keymap_book import DEFAULT, Bindings, KeymapBook, over

FILE = "keymap.toml"
FOLDER = "keymaps"


def load_presets() -> dict[str, Bindings]:
    """Every preset that ships, by name. Raises ConfigError."""
    tables = load_folder(FOLDER)
    for name, table in tables.items():
        Keymap.of(table, name)
    default = tables[DEFAULT]
    return {name: table if name == DEFAULT else over(default, table) for name, table in tables.items()}


def load_keymap_book(files: DeskFiles, preset: str = DEFAULT) -> KeymapBook:
    """The user's keymap; another `preset` than the default goes before the file's. Raises ConfigError.

    `files` says when the user's file did not hold and was set aside.
    """
    presets = load_presets()
    if preset not in presets:
        raise ConfigError(f"--keymap: expected {', '.join(sorted(presets))}, found {preset!r}")
    book = KeymapBook(presets, save=lambda text: files.save(FILE, text))
    text = files.load(FILE)
    if text:
        try:
            book.take(text, FILE, keeps=False)
        except ConfigError as fault:
            files.set_aside(FILE, str(fault))
    if preset != DEFAULT:
        book.choose(preset, keeps=False)
    return book
