"""Pictures of what the terminal says of itself: settings, theme editor, tour, notices, first questions; every theme."""

from hts.app.hand import Hand
from hts.app.shots_camera import Camera
from hts.desk.tour import STEPS, FirstChoices
from themes.palettes import THEMES

NOTICES_SIZE = (760, 420)


class LookPictures:
    """Takes them, and leaves the window as it found it."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._terminal, self._save, self._settle = camera.terminal, camera.save, camera.settle

    def take(self) -> None:
        """All of them."""
        self._notices()
        self._dialogs()
        self._tour()
        self._welcome()
        self._themes()

    def _notices(self) -> None:
        """The cards of what the session told, and the panel that keeps them."""
        self._save("notices", self._terminal.window)
        self._terminal.session.toasts.dismiss()
        panel = self._camera.open("notices", NOTICES_SIZE)
        self._save("panel_notices", panel)
        panel.close()

    def _dialogs(self) -> None:
        terminal, dialogs = self._terminal, self._terminal.dialogs
        for action, name in (("settings.open", "settings"), ("theme.edit", "editor")):
            terminal.window.run_action(action)
            self._settle()
            shown = getattr(dialogs, name)
            if name == "editor":  # the panel's ground, on which most stands
                Hand(shown).press("Down")
                self._settle()
            self._save("theme_editor" if name == "editor" else name, shown)
            shown.close()

    def _tour(self) -> None:
        terminal = self._terminal
        terminal.window.run_action("tour.start")
        for step in STEPS:
            self._settle()
            self._save(f"tour_{step}", terminal.window)
            card = terminal.dialogs.tour
            if card is not None:
                card.go(1)

    def _welcome(self) -> None:
        from hts.app.terminal_tables import load_texts
        from widgets.tour_welcome import WelcomeDialog

        language = self._terminal.context.texts.language
        dialog = WelcomeDialog(load_texts, lambda _: self._terminal.tokens, FirstChoices(language=language))
        dialog.show()
        self._settle()
        self._save("welcome", dialog)
        dialog.close()

    def _themes(self) -> None:
        """The window in every theme, and the dark one under every custom of colours."""
        terminal = self._terminal
        for name in THEMES:
            terminal.show_theme(name, terminal.custom)
            self._settle()
            self._save(f"theme_{name}", terminal.window)
        for convention in ("kr", "jp", "us"):
            terminal.show_theme("dark", convention)
            self._settle()
            self._save(f"convention_{convention}", terminal.window)
        terminal.show_tokens(terminal.chosen_tokens())
