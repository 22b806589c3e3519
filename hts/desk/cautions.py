"""What the trader wants to be asked about before an order leaves: every order, many shares, much money, a far price.

The question is a Refusal with the figure and the limit; the same order within AGAIN_NS is sent. So no dialog takes the
keyboard, and an answer is one more press of the same key or one more click at the same price.
"""

from typing import Final

from msgspec import Struct

from hts.desk.order_terms import PLAIN_ATTRIBUTES, Attributes
from hts.desk.settings import Settings
from hts.model.enums import Side
from hts.model.instruments import Instrument

AGAIN_NS: Final = 3_000_000_000
FLATTEN_WINDOW_NS: Final = 2_000_000_000
VALUE_OPTIONS: Final = {"KRW": "entry.warn_krw", "JPY": "entry.warn_jpy", "USD": "entry.warn_usd"}


class Wish(Struct, frozen=True, kw_only=True):
    """One order as it was asked for. `px` 0: at any price; `last_px` then tells what it may cost."""

    issue: Instrument
    side: Side
    qty: int
    px: int
    last_px: int
    venue: str = ""
    attributes: Attributes = PLAIN_ATTRIBUTES

    @property
    def value(self) -> int:
        """In the currency's own unit (won, yen, dollars)."""
        value = self.issue.money(self.px or self.last_px, self.qty)
        return value // int(10**self.issue.money_decimals)


class Caution(Struct, frozen=True, kw_only=True):
    """Why an order is asked about: a text key below `refusal`. `figure` and `limit` are 0 where there is none."""

    reason: str
    figure: int = 0
    limit: int = 0


class Cautions:
    """Remembers the one order that was asked about last."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asked: Wish | None = None
        self._asked_ns = 0

    def about(self, wish: Wish, now_ns: int, *, answers: bool = True) -> Caution | None:
        """The reason to ask, None when the order may go: nothing to ask, or the answer was given by asking again.

        Without `answers` it cannot be an answer: the second press of a double click is none.
        """
        reason = self.reason(wish)
        if reason is None:
            return None
        is_answer = (
            answers and self._asked is not None and _same(self._asked, wish) and now_ns - self._asked_ns <= AGAIN_NS
        )
        self._asked, self._asked_ns = (None, 0) if is_answer else (wish, now_ns)
        return None if is_answer else reason

    @property
    def asks_before_flatten(self) -> bool:
        """Whether closing a position takes two presses."""
        return self._settings.flag("entry.confirm_flatten")

    def reason(self, wish: Wish) -> Caution | None:
        """The gravest one: money, then shares, then the price, then any order."""
        settings = self._settings
        option = VALUE_OPTIONS.get(wish.issue.currency)
        limit = settings.number(option) if option is not None else 0
        if limit and wish.value > limit:
            return Caution(reason="warn_value", figure=wish.value, limit=limit)
        limit = settings.number("entry.warn_qty")
        if limit and wish.qty > limit:
            return Caution(reason="warn_qty", figure=wish.qty, limit=limit)
        limit = settings.number("entry.warn_ticks")
        if limit and is_far(wish.issue, wish.px, wish.last_px, limit):
            return Caution(reason="warn_ticks", figure=wish.px, limit=limit)
        return Caution(reason="confirm_order") if settings.flag("entry.confirm") else None


def stands_ns(key: str) -> int:
    """How long a second press answers a question, by its text key; 0 for a refusal that asks nothing."""
    name = key.removeprefix("refusal.")
    if name in {"flatten_again", "flatten_all_again"}:
        return FLATTEN_WINDOW_NS
    return AGAIN_NS if name == "workspace_again" or name.startswith(("confirm_", "warn_")) else 0


def is_far(issue: Instrument, px: int, last_px: int, limit: int) -> bool:
    """Whether a limit price is more than so many ticks from the last one.

    Counting ticks is slow, so what is near by the smaller step of both is not counted.
    """
    if px <= 0 or last_px <= 0:
        return False
    ticks = issue.ticks
    if abs(px - last_px) <= limit * min(ticks.step_at(px), ticks.step_at(last_px)):
        return False
    edge = ticks.move(ticks.floor(last_px), limit if px > last_px else -limit)
    return px > edge if px > last_px else px < edge


def _same(one: Wish, other: Wish) -> bool:
    """Whether it is the same order: what the last price did meanwhile does not matter."""
    return (one.issue.symbol, one.side, one.qty, one.px, one.venue, one.attributes) == (
        other.issue.symbol,
        other.side,
        other.qty,
        other.px,
        other.venue,
        other.attributes,
    )
