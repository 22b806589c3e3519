"""The table of screen numbers: what each opens and whose it is. One row for each number, one for what has none."""

from collections.abc import Sequence

from msgspec import Struct

from hts.desk.action_names import label
from hts.desk.screens import ScreenNumbers
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts


def title_of(action: str, texts: Texts) -> str:
    """What a number opens: a panel's own title, else the action's name."""
    kind, _, name = action.partition(".")
    return texts(f"{name}.title") if kind == "panel" and texts.has(f"{name}.title") else label(action, texts)


class ScreenRow(Struct, frozen=True, kw_only=True):
    """`number` is empty for what has none."""

    number: str
    action: str
    title: str
    is_own: bool

    @property
    def key(self) -> tuple[str, str]:
        """An action may have several numbers."""
        return self.action, self.number


def screen_columns(texts: Texts) -> tuple[Column[ScreenRow], ...]:
    """Number, what it opens, whose it is."""

    def whose(row: ScreenRow) -> str:
        return texts("screen_numbers.own" if row.is_own else "screen_numbers.ships") if row.number else "—"

    return (
        Column(
            key="number", head=texts("screen_numbers.number"), width=84, text=lambda r: r.number or "—",
            order=lambda r: (not r.number, r.number), role="price_strong", is_right=False,
        ),
        Column(key="title", head=texts("screen_numbers.opens"), width=240, text=lambda r: r.title,
               order=lambda r: r.title, is_right=False),
        Column(key="whose", head=texts("screen_numbers.whose"), width=96, rank=1, text=whose, order=whose,
               tone=lambda r: 2 if r.is_own else 0, is_right=False),
    )  # fmt: skip


class ScreensTable(ListTable[ScreenRow]):
    """`update` after every change; `wanted` narrows it to numbers and titles that have it in them."""

    def __init__(self, texts: Texts, numbers: ScreenNumbers, actions: Sequence[str]) -> None:
        """`actions`: what can have a number, in their order; whatever has one is added to them."""
        super().__init__(screen_columns(texts))
        self._texts, self._numbers, self._actions = texts, numbers, tuple(actions)
        self.update()

    def update(self, wanted: str = "") -> None:
        """Make the rows anew."""
        found = wanted.strip().casefold()
        numbers = dict(self._numbers)
        actions = dict.fromkeys((*self._actions, *numbers.values()))
        rows = [row for action in actions for row in self._rows_of(action)]
        self.replace(row for row in rows if found in row.title.casefold() or row.number.casefold().startswith(found))

    def _rows_of(self, action: str) -> list[ScreenRow]:
        title = title_of(action, self._texts)
        numbers = sorted(self._numbers.of(action)) or [""]
        return [ScreenRow(number=n, action=action, title=title, is_own=n in self._numbers.own) for n in numbers]
