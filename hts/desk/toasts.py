"""Toasts: short notices that come and go by themselves, and the list of all that were told.

Theory of operation: whoever has news calls `tell`. News of the same kind about the same thing is one card, and one line
of the list, with a count and the newest time, as long as it comes before the time of the one before is over, whether or
not its card could be seen: a burst of fills, or a key that is held against a limit, is one card and not a wall. At most
SHOWN_MAX cards are shown; an older one makes room. Do-not-disturb shows and sounds critical ones alone; the list has
everything. A sound is asked for by name at most every SOUND_GAP_NS, the gravest of those that wait.
"""

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
    """One card, or one line of the list. `count`: how often it was told; `first_ns`: the venue's time of the first.

    `told`: counts everything told, so that the newest has the highest.
    """

    number: int
    news: News
    count: int
    until_ns: int
    first_ns: int = 0
    told: int = 0

    @property
    def key(self) -> int:
        """Numbers are never used twice."""
        return self.number


Thing = tuple[ToastKind, str, bool]
"""What news is gathered by: its kind, what it is about, whether it is good."""


class Toasts:
    """`shown` cards, oldest first; `kept` everything told, newest first; `version` changes with either."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.shown: tuple[Toast, ...] = ()
        self.version = 0
        self._kept: dict[int, Toast] = {}  # by number, the newest last
        self._newest: dict[Thing, int] = {}  # numbers of what goes on
        self._count = self._told = 0
        self._sounds: set[str] = set()
        self._sounded_ns = -SOUND_GAP_NS

    @property
    def kept(self) -> tuple[Toast, ...]:
        """Everything told, newest first; of more than KEPT_MAX the oldest are gone."""
        return tuple(reversed(self._kept.values()))

    def tell(self, news: News, now_ns: int) -> None:
        """Take news."""
        self.version += 1
        self._told += 1
        before = self._going_on(news, now_ns)
        if before is None:
            self._count += 1
        toast = Toast(
            number=before.number if before is not None else self._count,
            news=news,
            count=before.count + 1 if before is not None else 1,
            until_ns=now_ns + self._stay_ns(news),
            first_ns=before.first_ns if before is not None else news.trade_ns,
            told=self._told,
        )
        self._keep(toast)
        if not self._is_seen(news):
            return
        others = [one for one in self.shown if one.number != toast.number and not _is_over(one.news, news)]
        self.shown = (*_room(others), toast)
        if news.sound and self._settings.flag("sound.on"):
            self._sounds.add(news.sound)

    def _going_on(self, news: News, now_ns: int) -> Toast | None:
        """What this news is more of."""
        before = self._kept.get(self._newest.get(_thing(news), 0))
        return before if before is not None and now_ns < before.until_ns else None

    def _keep(self, toast: Toast) -> None:
        kind, about, is_good = thing = _thing(toast.news)
        self._newest.pop((kind, about, not is_good), None)
        self._newest[thing] = toast.number
        self._kept.pop(toast.number, None)
        self._kept[toast.number] = toast
        while len(self._kept) > KEPT_MAX:
            gone = self._kept.pop(next(iter(self._kept)))
            if self._newest.get(_thing(gone.news)) == gone.number:
                del self._newest[_thing(gone.news)]

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


def _thing(news: News) -> Thing:
    return news.kind, news.about, news.is_good


def _is_over(before: News, news: News) -> bool:
    """What was gone is back, or the other way round: the card of before is not true any more."""
    return (before.kind, before.about) == (news.kind, news.about) and before.is_good is not news.is_good


def _room(toasts: list[Toast]) -> list[Toast]:
    """All but the oldest, so that one more fits; a critical one goes last."""
    while len(toasts) >= SHOWN_MAX:
        gone = next((toast for toast in toasts if not toast.news.is_critical), toasts[0])
        toasts = [toast for toast in toasts if toast is not gone]
    return toasts
