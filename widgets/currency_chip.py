"""A chip that names the currency that is shown and goes on to the next; where there is only one it is not seen."""

from collections.abc import Callable, Sequence

from themes import metrics
from themes.tokens import Tokens
from widgets.controls import Button


class CurrencyChip(Button):
    """`choose(currency)` is called with the next one."""

    def __init__(self, tokens: Tokens, name: str, choose: Callable[[str], None]) -> None:
        super().__init__(tokens, look="chosen", height=metrics.CHIP)
        self._name = name
        self.setAccessibleName(name)
        self._currencies: Sequence[str] = ()
        self._choose = choose
        self.hide()
        self.clicked.connect(self._next)

    def tell(self, currencies: Sequence[str], shown: str) -> None:
        """What there is."""
        self._currencies = currencies
        self.show_as(shown, "chosen")
        self.setAccessibleName(f"{self._name} {shown}")
        self.setVisible(len(currencies) > 1)

    def _next(self) -> None:
        at = self._currencies.index(self.text())
        self._choose(self._currencies[(at + 1) % len(self._currencies)])
