"""A basket that another panel has made up, on its way into the basket form."""

from collections.abc import Callable
from weakref import WeakMethod


class BasketDraft:
    """`name` says where it came from, `text` is the file as hts.model.basket_file reads it; empty when none waits."""

    def __init__(self) -> None:
        self.name = self.text = ""
        self._takers: list[WeakMethod[Callable[[], None]]] = []

    def watch(self, taker: Callable[[], None]) -> None:
        """Tell a bound method of each draft as long as its owner lives."""
        self._takers.append(WeakMethod(taker))

    def put(self, name: str, text: str) -> None:
        """Leave a draft: a form that is open takes it now, else the next one that opens."""
        self.name, self.text = name, text
        self._takers = [one for one in self._takers if one() is not None]
        for one in self._takers:
            taker = one()
            if taker is not None:
                taker()

    def take(self) -> tuple[str, str]:
        """Name and text; once."""
        found = self.name, self.text
        self.name = self.text = ""
        return found
