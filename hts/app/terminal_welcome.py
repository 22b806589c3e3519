"""The first choices once more, over a terminal that runs: what was chosen otherwise takes effect, the rest stays.

The account has begun with its cash, so that is shown and not asked. Limits are asked of the core, which says whether
they hold now or wait for the close.
"""

from typing import TYPE_CHECKING

from hts.app.terminal_tables import load_texts
from hts.desk.actions import Refusal
from hts.desk.commands import Commands
from hts.desk.figures import money_text
from hts.desk.tour import OWN, RISKS, FirstChoices
from hts.model.scopes import Scope, ScopeKind
from themes.conventions import custom_of
from themes.tokens import Tokens
from widgets.tour_welcome import WelcomeDialog

if TYPE_CHECKING:
    from hts.app.terminal import Terminal

ROWS = {"KRW": "cash", "JPY": "cash_jpy", "USD": "cash_usd"}


class TerminalWelcome:
    """`dialog` is the open one, None while there is none."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self.dialog: WelcomeDialog | None = None

    def register(self, commands: Commands) -> None:
        """Add the action to the commands of a window that is being made; a dialog went with the window before."""
        self.dialog = None
        commands.register("welcome.open", self.open)

    def open(self) -> Refusal | None:
        """Show what holds now."""
        terminal = self._terminal
        if self.dialog is None:
            context = terminal.context
            now = FirstChoices.of(terminal.settings, context.texts.language, terminal.context.keymap_book.preset)
            dialog = WelcomeDialog(load_texts, self._tokens, now, held=self._held(), parent=terminal.window)
            dialog.finished.connect(lambda _result: self._end(now))
            self.dialog = dialog
        self.dialog.show()
        self.dialog.activateWindow()
        return None

    def _tokens(self, choices: FirstChoices) -> Tokens:
        """The theme of now in the colours that are chosen."""
        terminal = self._terminal
        name = terminal.settings.word("look.theme")
        return terminal.themes.usual(name, custom_of(choices.convention, choices.sides))

    def _held(self) -> dict[str, str]:
        """What the account has in each currency."""
        orders = self._terminal.session.orders
        return {
            ROWS[money.currency]: money_text(money.cash, money.currency)
            for money in orders.monies.values()
            if money.account == orders.account_id and money.currency in ROWS
        }

    def _end(self, before: FirstChoices) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is None:
            return
        dialog.deleteLater()
        if dialog.is_skipped:
            return
        terminal, choices = self._terminal, dialog.choices
        if choices.keymap != before.keymap:
            terminal.context.keymap_book.choose(choices.keymap)
        if choices.risk not in (before.risk, OWN):
            scope = Scope(kind=ScopeKind.ACCOUNT, name=terminal.session.orders.account_id)
            terminal.window.tell(terminal.session.actions.set_limits(scope, RISKS[choices.risk].limits))
        for name, value in choices.changed(before).items():
            terminal.settings.set(name, value)
        terminal.dialogs.take()
