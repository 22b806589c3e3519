"""Toasts: short notices that come and go by themselves, and the list of all that were told.

Theory of operation: whoever has news calls `tell`. News of the same kind about the same thing is one card with a count
while that card is on the screen, so a burst of fills is one card and not a wall. At most SHOWN_MAX cards are shown; an
older one makes room. Do-not-disturb shows and sounds critical ones alone; the list has everything. A sound is asked for
by name at most every SOUND_GAP_NS, the gravest of those that wait.
"""

from collections import deque
from enum import Enum
from typing import Final

from msgspec import Struct, structs

from hts.desk.settings import Settings

SHOWN_MAX: Final = 4
KEPT_MAX: Final = 1_000
SOUND_GAP_NS: Final = 150_000_000
SECOND: Final = 1_000_000_000
CRITICAL_FACTOR: Final = 3  # a critical card stays so many times as long


class ToastKind(Enum):
    """What it is about; the value is the key of the text catalogue ("toast.fill")."""

    FILL = "fill"
    REFUSAL = "refusal"
    ALERT = "alert"
    LINK = "link"


SWITCHES: Final = {
    ToastKind.FILL: "notify.fills",
    ToastKind.REFUSAL: "notify.refusals",
    ToastKind.ALERT: "notify.alerts",
    ToastKind.LINK: "notify.links",
}
SOUNDS: Final = ("down", "refusal", "alert", "up", "fill")  # the gravest first


class News(Struct, frozen=True, kw_only=True):
    """What is told. `about` is what news of the same kind is gathered by; `panel` is opened by a click."""

    kind: ToastKind
    about: str
    title: str
    detail: str = ""
    sound: str = ""
    panel: str = ""
    symbol: str = ""
    tone: int = 0  # 1 a buy, -1 a sale, 0 by its kind
    is_critical: bool = False
    is_good: bool = False  # something is well again
    trade_ns: int = 0


class Toast(Struct, frozen=True, kw_only=True):
    """One card, or one line of the list. `count`: how often it was told."""

    number: int
    news: News
    count: int
    until_ns: int

    @property
    def key(self) -> int:
        """Numbers are never used twice."""
        return self.number


class Toasts:
    """`shown` cards, oldest first; `kept` everything told, newest first; `version` changes with either."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.shown: tuple[Toast, ...] = ()
        self.kept: deque[Toast] = deque(maxlen=KEPT_MAX)
        self.version = 0
        self._count = 0
        self._sounds: set[str] = set()
        self._sounded_ns = -SOUND_GAP_NS

    def tell(self, news: News, now_ns: int) -> None:
        """Take news."""
        self.version += 1
        before = next((toast for toast in self.shown if _same(toast.news, news)), None)
        self._count += 1
        toast = Toast(
            number=before.number if before is not None else self._count,
            news=news,
            count=before.count + 1 if before is not None else 1,
            until_ns=now_ns + self._stay_ns(news),
        )
        if before is not None and self.kept and any(one.number == toast.number for one in self.kept):
            self.kept = deque((toast if one.number == toast.number else one for one in self.kept), maxlen=KEPT_MAX)
        else:
            self.kept.appendleft(toast)
        if not self._is_seen(news):
            return
        others = [one for one in self.shown if one is not before and not _is_over(one.news, news)]
        self.shown = (*_room(others), toast)
        if news.sound and self._settings.flag("sound.on"):
            self._sounds.add(news.sound)

    def _stay_ns(self, news: News) -> int:
        return self._settings.number("notify.seconds") * SECOND * (CRITICAL_FACTOR if news.is_critical else 1)

    def _is_seen(self, news: News) -> bool:
        settings = self._settings
        if settings.flag("notify.quiet"):
            return news.is_critical
        return news.is_critical or settings.flag(SWITCHES[news.kind])

    def expire(self, now_ns: int) -> None:
        """Let cards go whose time is over."""
        left = tuple(toast for toast in self.shown if toast.until_ns > now_ns)
        if len(left) != len(self.shown):
            self.shown = left
            self.version += 1

    def hold(self, number: int, now_ns: int) -> None:
        """The pointer is on a card: its time begins anew."""
        self.shown = tuple(
            structs.replace(toast, until_ns=max(toast.until_ns, now_ns + SECOND)) if toast.number == number else toast
            for toast in self.shown
        )

    def dismiss(self, number: int = 0) -> None:
        """Take a card away, or all of them; the list keeps them."""
        self.shown = tuple(toast for toast in self.shown if number not in (0, toast.number))
        self.version += 1

    def drain_sound(self, now_ns: int) -> str:
        """The sound to be played now; empty for none."""
        if not self._sounds or now_ns - self._sounded_ns < SOUND_GAP_NS:
            return ""
        self._sounded_ns = now_ns
        gravest = next((name for name in SOUNDS if name in self._sounds), "")
        self._sounds.clear()
        return gravest


def _same(one: News, other: News) -> bool:
    return (one.kind, one.about, one.is_good) == (other.kind, other.about, other.is_good)


def _is_over(before: News, news: News) -> bool:
    """What was gone is back, or the other way round: the card of before is not true any more."""
    return (before.kind, before.about) == (news.kind, news.about) and before.is_good is not news.is_good


def _room(toasts: list[Toast]) -> list[Toast]:
    """All but the oldest, so that one more fits; a critical one goes last."""
    while len(toasts) >= SHOWN_MAX:
        gone = next((toast for toast in toasts if not toast.news.is_critical), toasts[0])
        toasts = [toast for toast in toasts if toast is not gone]
    return toasts
