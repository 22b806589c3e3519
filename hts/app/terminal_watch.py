"""What watches the market while the terminal is open: the trader's alerts and the screens that tell of newcomers.

A few times per second everything is compared with the newest figures. What fires becomes a notice, like the core's
own, so that it is shown, listed and kept where those are.
"""

from collections.abc import Callable

from hts.app.desk_files import DeskFiles
from hts.desk import price_alerts as alerts
from hts.desk import screener
from hts.desk.figures import px_text
from hts.desk.log import ALERT_KEY
from hts.desk.orders import OrdersState
from hts.desk.price_alerts import Fired, PriceAlerts
from hts.desk.price_alerts_texts import fired_text
from hts.desk.screener import ScreenBook
from hts.desk.screener_expr import Node
from hts.desk.screener_universe import DAY_S, DAYS, Universe
from hts.desk.texts import Texts
from hts.desk.toasts import News, ToastKind, Toasts
from hts.model.queries import AnyQuery, RequestBars
from hts.model.views import NoticeView

LOOK_NS = 250_000_000
ASK_NS = 60_000_000  # between two questions for an issue's past days
ASK_MINUTES_NS = 100_000_000  # for an issue's minutes, of which there are more


class TerminalWatch:
    """`look` once per frame; what fires is told on a card, with its sound, and as a notice."""

    def __init__(
        self,
        files: DeskFiles,
        orders: OrdersState,
        universe: Universe,
        price_alerts: PriceAlerts,
        *,
        query: Callable[[AnyQuery], None],
        toasts: Toasts,
    ) -> None:
        self._files, self._orders = files, orders
        self._texts: Texts | None = None
        self._universe, self._alerts, self._query = universe, price_alerts, query
        self._looked_ns = self._asked_ns = self._minutes_ns = 0
        self._asked: set[str] = set()
        self._toasts = toasts

    def speak(self, texts: Texts, names: dict[str, str]) -> None:
        """Tell in these words from now on; `names` are all words for conditions. The first time loads what was kept."""
        is_first, self._texts, self._alerts.names = self._texts is None, texts, names
        if is_first:
            self._load(texts, names)

    def _load(self, texts: Texts, names: dict[str, str]) -> None:
        """Take what earlier runs kept; what cannot be used is set aside or named."""
        text = self._files.load(alerts.FILE)
        if text:
            try:
                lost = self._alerts.load(text)
            except ValueError as fault:
                self._files.set_aside(alerts.FILE, str(fault))
            else:
                if lost:
                    self._files.set_aside(alerts.FILE, f"{lost} rules that cannot be used")
                    self._files.save(alerts.FILE, self._alerts.dump())
        self._alerts.watch_screens(_watched(load_screens(self._files, texts, names), names))

    def look(self, now_ns: int, trade_ns: int) -> None:
        """Ask for past days and minutes while anything needs them; compare; tell what fired."""
        if (self._alerts.needs_days or self._universe.wants_days) and now_ns - self._asked_ns >= ASK_NS:
            self._asked_ns = now_ns
            self._ask_next()
        if now_ns - self._minutes_ns >= ASK_MINUTES_NS:
            self._minutes_ns = now_ns
            question = self._universe.ask_minutes()
            if question is not None:
                self._query(question)
        if now_ns - self._looked_ns < LOOK_NS:
            return
        self._looked_ns = now_ns
        self._universe.minutes.turn()
        held = frozenset(symbol for symbol, view in self._orders.positions.items() if view.qty)
        fired = self._alerts.look(self._universe, held, trade_ns)
        for one in fired:
            self._tell(one, now_ns)
        if any(one.kind for one in fired):
            self._files.save(alerts.FILE, self._alerts.dump())

    def _ask_next(self) -> None:
        waiting = next((one for one in self._universe.without_days() if one not in self._asked), "")
        if waiting:
            self._asked.add(waiting)
            venue = self._universe.issue(waiting).venue
            self._query(RequestBars(symbol=waiting, timeframe_s=DAY_S, count=DAYS, venue=venue))

    def _tell(self, one: Fired, now_ns: int) -> None:
        texts, issue = self._texts, self._universe.issue(one.symbol)
        assert texts is not None, "speak comes first"
        title, why = f"{texts.name(issue)} {px_text(one.px, issue.px_decimals)}", fired_text(one, texts)
        self._orders.on_view(NoticeView(key=ALERT_KEY, detail=f"{title} · {why}", trade_ns=one.trade_ns))
        news = News(
            kind=ToastKind.ALERT,
            about=f"{one.symbol} {one.kind} {one.value} {one.screen}",
            title=title,
            detail=why,
            sound="alert" if one.sounds else "",
            panel="alerts",
            symbol=one.symbol,
            trade_ns=one.trade_ns,
        )
        self._toasts.tell(news, now_ns)


def load_screens(files: DeskFiles, texts: Texts, names: dict[str, str]) -> ScreenBook:
    """The trader's screens, those that ship before the first was kept."""
    text = files.load(screener.FILE)
    if not text:
        return screener.shipped(texts)
    try:
        return screener.load(text, names)[0]
    except ValueError:
        return screener.shipped(texts)  # the panel sets the file aside and says so


def _watched(book: ScreenBook, names: dict[str, str]) -> dict[str, Node]:
    return {screen.name: screener.check(screen, names) for screen in book.screens if screen.alerts}
