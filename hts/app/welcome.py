"""The first start of a fresh home: what is asked before the core is started, and where the answers go.

Paper cash and limits are the core's and it takes them when it opens its journal for the first time, so they are asked
before. The question is a process of its own: the parent that keeps the window's process never touches Qt.
"""

from hts.app.desk_files import DeskFiles
from hts.app.home_file import replace_text
from hts.app.home_settings import HomeSettings
from hts.app.paths import HomePaths, prepare_home
from hts.app.terminal_keymap import load_keymap_book
from hts.app.theme_files import FALLBACK, ThemeShelf
from hts.desk.keymap_book import DEFAULT
from hts.desk.tour import FirstChoices


def is_fresh(paths: HomePaths) -> bool:
    """Whether nothing was ever set or traded here."""
    return not any(path.exists() for path in (paths.config, paths.journal, paths.home / "settings.toml"))


def ask(paths: HomePaths, language: str) -> int:
    """Show the dialog and keep what was chosen; 0."""
    from PySide6.QtWidgets import QDialog

    from hts.app.tables import resources_directory
    from hts.app.terminal import application
    from hts.app.terminal_tables import load_texts, system_language
    from themes import fonts
    from themes.conventions import custom_of
    from themes.style import palette, style_sheet
    from themes.tokens import Tokens
    from widgets.tour_welcome import WelcomeDialog

    app = application()
    fonts.load(resources_directory() / "fonts")
    language = language or system_language()
    shelf = ThemeShelf(paths.home)

    def tokens_of(choices: FirstChoices) -> Tokens:
        return shelf.tokens(FALLBACK, custom_of(choices.convention, choices.sides))

    choices = FirstChoices(language=language)
    tokens = tokens_of(choices)
    app.setPalette(palette(tokens))
    dialog = WelcomeDialog(load_texts, tokens_of, choices)
    dialog.setStyleSheet(style_sheet(tokens))
    if dialog.exec() == QDialog.DialogCode.Accepted:
        keep(paths, dialog.choices)
    return 0


def keep(paths: HomePaths, choices: FirstChoices) -> None:
    """Write the settings of terminal and core. Raises ConfigError."""
    prepare_home(paths)
    store = HomeSettings(paths.home)
    for name, value in choices.settings.items():
        store.settings.set(name, value)
    store.save()
    replace_text(paths.config, choices.config)
    if choices.keymap != DEFAULT:
        load_keymap_book(DeskFiles(paths.home)).choose(choices.keymap)
