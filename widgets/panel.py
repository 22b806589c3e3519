"""What every docked panel is: a widget that repaints from snapshots, once per frame at most.

Theory of operation: the frame clock drains the link, makes one Frame, and calls `on_frame` of every visible panel.
`on_frame` only marks the panel dirty when the frame `concerns` it. Dirty panels then get `refresh`, where they ask
desk for rows and call `update` on the rectangles that changed. Gestures go to `context.actions` at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtWidgets import QWidget

from hts.desk.actions import Actions
from hts.desk.algo_form import AlgoForm
from hts.desk.answers import Answers
from hts.desk.basket_draft import BasketDraft
from hts.desk.chart_pointer import Pointer
from hts.desk.frame import Frame
from hts.desk.keymap_book import KeymapBook, no_presets
from hts.desk.market import MarketState
from hts.desk.order_entry import OrderForm
from hts.desk.orders import OrderChanges, OrdersState
from hts.desk.price_alerts import PriceAlerts
from hts.desk.readings import NO_READINGS, Readings
from hts.desk.regular_hours import Hours, always_whole
from hts.desk.screener_universe import Universe
from hts.desk.screens import ScreenNumbers
from hts.desk.selection import Selection
from hts.desk.settings import Settings
from hts.desk.texts import Texts
from hts.desk.toasts import Toasts
from hts.model.instruments import Instrument
from hts.model.queries import AnyQuery
from themes.tokens import Fork, Tokens
from widgets.restyle import restyle

if TYPE_CHECKING:
    from hts.desk.drawings_board import Board  # a chart's, which is not there before the first paint

T = TypeVar("T")
NO_SCREENS = ScreenNumbers()


def no_key(_action: str) -> str:
    """Without a keymap no action has a key."""
    return ""


def no_vi(_issue: Instrument) -> Fraction | None:
    """Without a table of rules no interruption is foretold."""
    return None


def always_open(_currency: str, _date: int) -> bool:
    """Without a calendar no day is known to be closed."""
    return False


class Files(Protocol):
    """Small files in the home directory by name; see hts.app.desk_files."""

    def load(self, name: str) -> str: ...

    def save(self, name: str, text: str) -> bool: ...

    def keep(self, name: str, data: bytes) -> bool: ...

    def picture(self, name: str) -> bytes: ...

    def set_aside(self, name: str, found: str) -> None: ...

    def export(self, path: Path, text: str) -> str: ...

    def fetch(self, path: Path) -> tuple[str, str]: ...


class NoFiles:
    """Files of a desk without a home: nothing is kept."""

    def load(self, _name: str) -> str:
        return ""

    def save(self, _name: str, _text: str) -> bool:
        return True

    def set_aside(self, _name: str, _found: str) -> None:
        return

    def keep(self, _name: str, _data: bytes) -> bool:
        return True

    def picture(self, _name: str) -> bytes:
        return b""

    def export(self, _path: Path, _text: str) -> str:
        return ""

    def fetch(self, _path: Path) -> tuple[str, str]:
        return "", ""


def no_action(_name: str) -> object:
    """Without a window no action by name."""
    return None


def say_nothing(_sentence: str) -> None:
    """Without a window nobody reads."""


@dataclass(frozen=True, slots=True)
class PanelContext:
    """What panels share.

    `query` asks the core for history; the answer comes through `market.bars`. `keys` tells an action's key as it is
    written on a cap, empty when it has none. `settings` are the trader's, as they are now. `universe` has all issues as
    columns; `static_vi` how far from the last call's price a trade is interrupted; `is_closed` whether the markets of
    a currency are closed on a day, `hours` when a venue's regular session is; `files` keeps what the user made;
    `price_alerts` watches what was asked for.
    `other_texts` are the catalogues of the other languages, by which actions are found too; `screens` their numbers;
    `readings` how names are spoken; `keymap_book` the actions' keys. `pointer` is the crosshair that charts of a group
    share, `boards` the drawings by file; `made` is what `once` made. `answers` are those to other queries; `basket` is
    one on its way into the form; `run` does an action by its name; `say` shows a sentence at the window's foot.
    """

    tokens: Tokens
    texts: Texts
    market: MarketState
    orders: OrdersState
    selection: Selection
    actions: Actions
    form: OrderForm
    algo: AlgoForm
    query: Callable[[AnyQuery], None]
    keys: Callable[[str], str] = no_key
    settings: Settings = field(default_factory=Settings)
    toasts: Toasts = field(default_factory=lambda: Toasts(Settings()))
    universe: Universe = field(default_factory=Universe)
    static_vi: Callable[[Instrument], Fraction | None] = no_vi
    is_closed: Callable[[str, int], bool] = always_open
    hours: Hours = always_whole
    files: Files = field(default_factory=NoFiles)
    price_alerts: PriceAlerts = field(default_factory=PriceAlerts)
    other_texts: Callable[[], tuple[Texts, ...]] = tuple
    screens: ScreenNumbers = NO_SCREENS
    readings: Readings = NO_READINGS
    keymap_book: KeymapBook = field(default_factory=no_presets)
    pointer: Pointer = field(default_factory=Pointer)
    boards: "dict[str, Board]" = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    basket: BasketDraft = field(default_factory=BasketDraft)
    run: Callable[[str], object] = no_action
    say: Callable[[str], None] = say_nothing

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What all panels of the window share of a file: of two that each had their own, one would lose its changes."""
        if name not in self.made:
            self.made[name] = make()
        found: T = self.made[name]
        return found


LEAST = 260  # what a panel that sends nothing may be squeezed to: its row of chips is shortened, and the window fits


class Panel(QWidget):
    """Base of all panels. `group` is the link group whose symbol the panel shows."""

    title_key = ""  # text catalogue key of the header's title
    can_send = False  # panels that send by one click get the armed frame
    keeps_width = False  # it is not squeezed below what its content needs, as those that send are not
    shows_money = False  # orders, fills or positions: refreshed in the frame that brings news of them
    is_calm = False  # not refreshed at every frame while it changes all the time
    shows_issue = False  # one issue at a time: its `context.tokens` are in the colours of that issue's market

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(parent)
        self._fork = Fork(context.tokens) if self.shows_issue else None
        self.context = replace(context, tokens=self._fork.tokens) if self._fork is not None else context
        self.group = group
        self._dirty = True
        self._is_retired = False

    @property
    def symbol(self) -> str:
        """The issue this panel shows."""
        return self.context.selection.symbol(self.group)

    def tells_of(self, orders: OrderChanges) -> bool:
        """Whether it shows what changed of orders, fills or holdings: then it may not rest."""
        return self.shows_money and self.symbol in orders.symbols

    @property
    def leads(self) -> bool:
        """Whether it comes first of all panels in each frame: what the keys act on does."""
        return False

    @property
    def subtitle(self) -> str:
        """Grey text beside the title in the header; asked for after each refresh."""
        return ""

    @property
    def is_dirty(self) -> bool:
        """Whether the next frame must refresh the panel."""
        return self._dirty

    def mark_dirty(self) -> None:
        """Ask for a refresh at the next frame."""
        self._dirty = True

    def retire(self) -> None:
        """The panel was closed and is about to go: it is not refreshed any more."""
        self._is_retired = True

    @property
    def least_width(self) -> int:
        """What it is never narrower than in a workspace."""
        needed = max(self.minimumWidth(), self.minimumSizeHint().width())
        return needed if self.can_send or self.keeps_width else min(needed, LEAST)

    def concerns(self, frame: Frame) -> bool:
        """Whether the frame changes anything that this panel shows."""
        return bool(frame)

    def on_frame(self, frame: Frame) -> None:
        """Note what changed; panels that need the changes themselves extend this."""
        if self.concerns(frame):
            self._dirty = True

    def refresh_if_dirty(self, now_ns: int) -> bool:
        """Refresh when needed; True when it was."""
        if not self._dirty or self._is_retired:
            return False
        self._dirty = False
        if self._fork is not None:
            self._follow_market(self._fork)
        self.refresh(now_ns)
        return True

    def _follow_market(self, fork: Fork) -> None:
        issue = self.context.market.instruments.get(self.symbol)
        if issue is not None and fork.follow(issue.currency):
            restyle(self)
            self._dirty = False

    def show_more(self) -> bool:
        """Once what was updated is painted: update another part of what the refresh found; False when none was left."""
        return False

    def refresh_whole(self, now_ns: int) -> bool:
        """Refresh when needed, with all parts in one piece; True when it was."""
        is_refreshed = self.refresh_if_dirty(now_ns)
        while self.show_more():
            continue
        return is_refreshed

    def stored(self) -> dict[str, Any]:
        """What the user chose in this panel, for the layout file; empty for nothing."""
        return {}

    def take_stored(self, stored: dict[str, Any]) -> None:
        """Take what a layout file holds."""

    def refresh(self, now_ns: int) -> None:
        """Ask desk for what is shown and `update` what changed. `now_ns` is the terminal's monotonic time."""
        raise NotImplementedError
