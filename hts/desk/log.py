"""The log: every notice, refusal and fired alert as a line, newest on top, with a filter.

A line keeps the time that came with it, a refusal that of its order; one that has none was told before the log was
opened or by a core that does not say, and gets the venue's time of its arrival where that is known.

What is told again within AGAIN_NS of the last time is one line, with the newest time, how often and since when:
notices and warnings by their text, refusals by issue, side and rule, whatever their figures. Of what has no row of its
own (routed orders, amends) issue and side are not told: then by rule and figures. An alert of the trader's is always a
line of its own.
"""

from collections.abc import Iterable

from msgspec import Struct, structs

from hts.desk.figures import clock_text
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.sentences import denial_text, notice_text
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts
from hts.model.denials import Denial
from hts.model.views import NoticeView, OrderView, OutcomeView

LINES_MAX = 5_000
ALERT_KEY = "notice.price_alert"
KINDS = ("notice", "warning", "refusal", "alert")
AGAIN_NS = 10_000_000_000  # of the venue's time


class LogRow(Struct, frozen=True, kw_only=True):
    """One line; `kind` is one of KINDS. `count`: how often it was told from `first_ns` to `trade_ns`.

    `told` counts everything told, so that the newest has the highest.
    """

    number: int
    trade_ns: int
    kind: str
    text: str
    count: int = 1
    first_ns: int = 0
    told: int = 0

    @property
    def key(self) -> int:
        """Numbers are never used twice."""
        return self.number


def line_text(row: LogRow) -> str:
    """What was told; before it, where that is more than once, how often: a long text is cut at its end."""
    return f"×{row.count}  {row.text}" if row.count > 1 else row.text


def log_columns(texts: Texts) -> tuple[Column[LogRow], ...]:
    """Time, kind, text."""
    tones = {"warning": None, "notice": None, "refusal": None, "alert": 2}
    return (
        Column(
            key="time",
            head=texts("log.time"),
            width=66,
            text=lambda r: clock_text(r.trade_ns) if r.trade_ns else "—",
            order=lambda r: r.told,
            is_right=False,
            role="body_quiet",
            rank=1,
        ),
        Column(
            key="kind",
            head=texts("log.kind"),
            width=60,
            text=lambda r: texts(f"log.{r.kind}"),
            order=lambda r: KINDS.index(r.kind),
            is_right=False,
            tone=lambda r: tones[r.kind],
            rank=2,
        ),
        Column(key="text", head=texts("log.text"), width=230, text=line_text, order=lambda r: r.text, is_right=False),
    )


class LogTable(ListTable[LogRow]):
    """`wanted` kinds, all when empty; `words` must all stand in a line's text, in any case."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(log_columns(texts))
        self.wanted: frozenset[str] = frozenset()
        self.words: tuple[str, ...] = ()
        self.unfiltered = 0
        self._texts = texts
        self._lines: dict[int, LogRow] = {}  # by number, the newest last
        self._newest: dict[str, int] = {}  # what a line is gathered by -> its number
        self._notices = self._refusals = self._told = 0

    def take(self, orders: OrdersState, market: MarketState, trade_ns: int) -> bool:
        """Add what is new; whether anything was."""
        notices, refusals = orders.notices[self._notices :], orders.refusals[self._refusals :]
        self._notices, self._refusals = len(orders.notices), len(orders.refusals)
        for notice in notices:
            kind, text = self._kind(notice), notice_text(notice, self._texts)
            self._add(kind, notice.trade_ns or trade_ns, text, "" if kind == "alert" else text)
        for refusal in refusals:
            if refusal.denial is not None:
                order = orders.orders.get(refusal.order_id)
                at_ns = (order.entered_ns if order is not None else 0) or trade_ns
                self._add("refusal", at_ns, self._refused(refusal, order, market), _rule(refusal.denial, order))
        if notices or refusals:
            self.show()
        return bool(notices or refusals)

    def _kind(self, notice: NoticeView) -> str:
        if notice.key == ALERT_KEY:
            return "alert"
        return "warning" if notice.is_warning else "notice"

    def _refused(self, refusal: OutcomeView, order: OrderView | None, market: MarketState) -> str:
        assert refusal.denial is not None
        issue = market.instruments.get(order.symbol) if order is not None else None
        text = denial_text(refusal.denial, self._texts, issue.px_decimals if issue is not None else 0)
        return f"{self._texts.name(issue)} · {text}" if issue is not None else text

    def _add(self, kind: str, trade_ns: int, text: str, about: str) -> None:
        """`about`: what it is gathered by; empty for a line of its own."""
        about = f"{kind} {about}" if about else ""
        before = self._lines.get(self._newest.get(about, -1))
        if before is not None and trade_ns - before.trade_ns <= AGAIN_NS:
            del self._lines[before.number]
            last_ns = max(trade_ns, before.trade_ns)
            row = structs.replace(before, trade_ns=last_ns, text=text, count=before.count + 1, told=self._told)
        else:
            number = self._told
            row = LogRow(number=number, told=number, trade_ns=trade_ns, first_ns=trade_ns, kind=kind, text=text)
        self._told += 1
        self._lines[row.number] = row
        if about:
            self._newest[about] = row.number
        if len(self._lines) > LINES_MAX:
            del self._lines[next(iter(self._lines))]
        if len(self._newest) > 2 * LINES_MAX:
            self._newest = {key: number for key, number in self._newest.items() if number in self._lines}

    def set_filter(self, wanted: Iterable[str], words: str) -> None:
        """Show these kinds, and lines with all these words."""
        self.wanted, self.words = frozenset(wanted), tuple(words.casefold().split())
        self.show()

    def show(self) -> None:
        """Pick from all lines, newest first."""
        self.unfiltered = len(self._lines)
        self.replace(row for row in reversed(self._lines.values()) if self._passes(row))

    def _passes(self, row: LogRow) -> bool:
        if self.wanted and row.kind not in self.wanted:
            return False
        text = row.text.casefold()
        return all(word in text for word in self.words)


def _rule(denial: Denial, order: OrderView | None) -> str:
    """What was refused and why, without figures where the issue is known. The detail names which reason of a rule."""
    what = f"{order.symbol} {order.side.name}" if order is not None else f"{denial.figure} {denial.limit}"
    return f"{what} {denial.rule.value} {denial.scope} {denial.detail}"
