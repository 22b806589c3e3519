"""The tape panel (체결 틱): the newest print on top, a filter over it, the pace at its right.

Only rows that can be seen are asked for and painted, so twenty thousand prints cost what forty do. Scrolling away from
the top holds the picture still while prints go on to arrive; their number is told, and Home or a click on it goes back
to the newest.
"""

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.figures import px_text, qty_text
from hts.desk.frame import Frame
from hts.desk.ratios import bp_text, change_bp, sign
from hts.desk.tape import QTY_DIGITS_MAX, Print, Tape, TapeFilter, figure_of, stored_figure
from hts.desk.venue_tabs import COMBINED, new_trades
from hts.model.instruments import Instrument
from themes import metrics
from widgets.controls import Button, EntryField
from widgets.painting import Brush, TextCache, dirty_rows
from widgets.panel import Panel, PanelContext
from widgets.tables_parts import RowParts
from widgets.tape_pace import PaceLine

ROW = 20
HEAD = metrics.TABLE_HEAD
TAPES_KEPT = 8
BAR_H = metrics.FIELD + 6
SCROLL_STEP = 3
WIDE, WIDE_PX, WIDE_PERCENT = 460, 176, 236  # with more columns; right edges of price and percent
WIDE_VALUE = 56  # from the value's right edge to the venue's
SIDES = (0, 1, -1)


class TapeView(QWidget):
    """The painted list. `offset`: rows scrolled away from the newest; above 0 the picture holds still."""

    scrolled = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(context.texts("tape.title"))
        self.setMinimumSize(220, HEAD + 3 * ROW)
        self.painted_rows = 0  # rows painted since the start, for tests
        self._context, self._cache = context, TextCache()
        self._tape = Tape()
        self._issue: Instrument | None = None
        self._top: int | None = None  # number of the first row while the picture holds still
        self._rows: list[Print] = []
        self._looks: list[tuple[Print, bool]] = []  # the same, and whether a print is a big one
        self.parts = RowParts(lambda i: self.update(self.spoken_rect(i)))

    def show_tape(self, tape: Tape, issue: Instrument | None) -> None:
        """Show another issue's tape, from its newest print."""
        self._tape, self._issue, self._top = tape, issue, None
        self._rows, self._looks = [], []
        self.update()

    @property
    def is_still(self) -> bool:
        """Whether the picture holds still."""
        return self._top is not None

    @property
    def waiting(self) -> int:
        """Prints that arrived above a picture that holds still."""
        return self._tape.total - 1 - self._top if self._top is not None else 0

    @property
    def rows(self) -> list[Print]:
        """The rows that are shown, newest first."""
        return self._rows

    def show_rows(self) -> bool:
        """Update when anything differs; whether it did."""
        tape = self._tape
        oldest = tape.total - len(tape)
        first = tape.total - 1 if self._top is None else max(self._top, min(oldest + self._capacity(), tape.total) - 1)
        rows = [tape.row(number) for number in range(first, max(first - self._capacity(), oldest - 1), -1)]
        before, self._rows = self._looks, rows
        self._looks = [(row, tape.is_big(row.qty)) for row in rows]
        if self._looks == before:
            return False
        if len(self._looks) != len(before):
            self.update()
        for i, (old, new) in enumerate(zip(before, self._looks, strict=False)):
            if old != new:
                self.parts.note(i)
        self.parts.update()
        return True

    def spoken_count(self) -> int:
        """Prints that are shown."""
        return len(self._rows)

    def spoken_row(self, number: int) -> str:
        """Time, price, quantity, venue and side of a print."""
        row = self._rows[number]
        decimals = self._issue.px_decimals if self._issue is not None else 0
        word = self._context.texts({1: "tape.buy", -1: "tape.sell", 0: "tape.call"}[row.side])
        return f"{row.time} {px_text(row.px, decimals)} {qty_text(row.qty)} {row.venue} {word}"

    def spoken_rect(self, number: int) -> QRect:
        """Where a print stands."""
        return QRect(0, HEAD + number * ROW, self.width(), ROW)

    def spoken_current(self) -> int:
        """No print has the keyboard: it scrolls."""
        return -1

    def scroll_by(self, rows: int) -> None:
        """Towards older prints when positive; at the newest the picture moves again."""
        tape = self._tape
        newest, oldest = tape.total - 1, tape.total - len(tape)
        top = (newest if self._top is None else self._top) - rows
        top = max(top, min(oldest + self._capacity() - 1, newest))
        self._top = top if top < newest else None
        self._show_whole()
        self.scrolled.emit()

    def go_live(self) -> None:
        """Back to the newest print."""
        self._top = None
        self._show_whole()
        self.scrolled.emit()

    def _show_whole(self) -> None:
        if self.show_rows():
            self.update()

    def _capacity(self) -> int:
        return max((self.height() - HEAD) // ROW, 1)

    def _edges(self) -> tuple[int, int, int, int]:
        """Right edges of price and quantity, of the venue's column, and of the side's."""
        width = self.width()
        side = width - metrics.EDGE_PAD
        venue = side - 34
        if self._is_wide:
            return WIDE_PX, round(WIDE_PERCENT + (venue - WIDE_PERCENT) * 0.38), venue, side
        return round(width * 0.53), round(width * 0.76), venue, side

    @property
    def _is_wide(self) -> bool:
        """Whether there is room for the change in percent and the value too."""
        return self.width() >= WIDE

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rows, self._looks = [], []
        self.show_rows()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        painter.fillRect(event.rect(), tokens.panel)
        if event.rect().top() < HEAD:
            self._paint_head(brush)
        for i in dirty_rows(event.region(), HEAD, ROW, len(self._rows)):
            self._paint_row(brush, *self._looks[i], HEAD + i * ROW)
            self.painted_rows += 1
        if not self._rows:
            base = metrics.baseline(HEAD, min(self.height() - HEAD, 80))
            brush.center(self.width() / 2, base, self._context.texts("tape.empty"), "body", tokens.text3)
        if self.hasFocus():
            brush.hline(0, HEAD - 1, self.width(), tokens.own)

    def _paint_head(self, brush: Brush) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        base = metrics.baseline(0, HEAD)
        px_end, qty_end, venue_end, _ = self._edges()
        brush.hline(0, HEAD - 1, self.width(), tokens.line)
        brush.left(metrics.EDGE_PAD, base, texts("tape.time"), "secondary", tokens.text3)
        brush.right(px_end, base, texts("tape.px"), "secondary", tokens.text3)
        brush.right(qty_end, base, texts("tape.qty"), "secondary", tokens.text3)
        if self._is_wide:
            brush.right(WIDE_PERCENT, base, texts("tape.percent"), "secondary", tokens.text3)
            brush.right(venue_end - WIDE_VALUE, base, texts("tape.value"), "secondary", tokens.text3)
        brush.right(venue_end, base, texts("tape.venue"), "secondary", tokens.text3)
        brush.right(self.width() - metrics.EDGE_PAD, base, texts("tape.side"), "secondary", tokens.text3)

    def _paint_row(self, brush: Brush, row: Print, is_big: bool, y: int) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        issue = self._issue
        decimals, base_px = (issue.px_decimals, issue.base_px) if issue is not None else (0, 0)
        base = metrics.baseline(y, ROW)
        px_end, qty_end, venue_end, end = self._edges()
        ink = {1: tokens.buy, -1: tokens.sell, 0: tokens.text2}[row.side]
        if is_big:
            brush.fill(0, y, self.width(), ROW, {1: tokens.buy_tint, -1: tokens.sell_tint, 0: tokens.raised}[row.side])
            brush.fill(0, y, metrics.SELECTED_BAR, ROW, ink)
        brush.left(metrics.EDGE_PAD, base, row.time, "secondary", tokens.text2)
        tone = {1: tokens.up, -1: tokens.down, 0: tokens.text}[sign(row.px - base_px)]
        brush.right(px_end, base, px_text(row.px, decimals), "price_strong" if is_big else "price", tone)
        qty = brush.right(qty_end, base, qty_text(row.qty), "price_bold" if is_big else "price", tokens.text)
        if row.count > 1 and qty - px_end > 34:
            brush.right(qty - 5, base, f"×{row.count}", "cap", tokens.text3)
        if self._is_wide:
            brush.right(WIDE_PERCENT, base, bp_text(change_bp(row.px, base_px)), "secondary", tone)
            value = qty_text(row.px * row.qty // 10 ** (decimals + 3))
            brush.right(venue_end - WIDE_VALUE, base, value, "body", tokens.text2)
        brush.right(venue_end, base, row.venue, "secondary", tokens.text2)
        if row.side:
            word = texts(f"tape.{'buy' if row.side > 0 else 'sell'}")
            begin = brush.right(end, base, word, "secondary", ink)
            small = metrics.TRIANGLE_SMALL_W
            if begin - small - 3 > venue_end + 2:
                brush.triangle(round(begin) - small - 3, y + ROW // 2, row.side > 0, ink, small)
        else:
            brush.right(end, base, texts("tape.call"), "secondary", ink)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -self._capacity(),
            Qt.Key.Key_PageDown: self._capacity(),
        }
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers():
            self.scroll_by(steps[key])
        elif key is Qt.Key.Key_Home and not event.modifiers():
            self.go_live()
        elif key is Qt.Key.Key_End and not event.modifiers():
            self.scroll_by(len(self._tape))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.scroll_by(-SCROLL_STEP if event.angleDelta().y() > 0 else SCROLL_STEP)
        event.accept()


class TapePanel(Panel):
    """체결 틱: all prints of the chosen issue at all venues."""

    title_key = "tape.title"
    shows_issue = True
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        context = self.context  # in the colours of the issue's market
        self._tapes: dict[str, Tape] = {}
        self._symbol = ""
        self._filter = TapeFilter()
        self._big_qty = 0
        self.view = TapeView(context)
        self.view.parts.is_whole = False
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.pace = PaceLine(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_controls())
        column.addWidget(self.view, 1)
        column.addWidget(self.pace)
        self.setFocusProxy(self.view)
        self.view.scrolled.connect(self.mark_dirty)
        self.pace.clicked.connect(self.view.go_live)

    def _make_controls(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 3, metrics.CELL_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        self.qty_min, self.big_qty = EntryField(tokens, texts("tape.at_least")), EntryField(tokens, texts("tape.big"))
        for field, name in ((self.qty_min, "tape.at_least_name"), (self.big_qty, "tape.big_name")):
            field.setAccessibleName(texts(name))
            field.setToolTip(texts(name))
            field.setFixedHeight(metrics.FIELD)
            field.setMinimumWidth(64)
            field.setMaxLength(QTY_DIGITS_MAX)
            field.textEdited.connect(self._read_fields)
            field.left.connect(self.view.setFocus)
            row.addWidget(field, 1)
        self.side_button = Button(tokens, texts("tape.all"), look="chip", height=metrics.FIELD)
        self.venue_button = Button(tokens, texts("tape.all_venues"), look="chip", height=metrics.FIELD)
        self.join_button = Button(tokens, texts("tape.join"), look="chip", height=metrics.FIELD)
        for button, act in (
            (self.side_button, self._next_side),
            (self.venue_button, self._next_venue),
            (self.join_button, self._toggle_join),
        ):
            button.clicked.connect(act)
            row.addWidget(button)
        return row

    @property
    def subtitle(self) -> str:
        issue = self.context.market.instruments.get(self.symbol)
        return self.context.texts.name(issue) if issue is not None else ""

    def concerns(self, frame: Frame) -> bool:
        market, symbol = frame.market, self.symbol
        elsewhere = any(of_symbol == symbol for _, of_symbol in market.trades_elsewhere)
        return bool(symbol in market.trades or elsewhere or market.instruments or frame.selection)

    def on_frame(self, frame: Frame) -> None:
        """Every print counts, also of issues shown before and while the panel is hidden."""
        if frame.market.trades or frame.market.trades_elsewhere:
            for symbol, tape in self._tapes.items():
                tape.add(new_trades(frame.market, symbol, COMBINED), frame.now_ns)
        super().on_frame(frame)

    def refresh(self, now_ns: int) -> None:
        symbol = self.symbol
        tape = self._tape(symbol)
        if symbol != self._symbol:
            self._symbol = symbol
            self.view.show_tape(tape, self.context.market.instruments.get(symbol))
            self._show_filter()
        self.view.show_rows()
        prints, qty = tape.pace(now_ns)
        self.pace.show_pace(prints, qty, self.view.waiting, is_still=self.view.is_still)
        if prints:
            self.mark_dirty()  # the pace falls without anything arriving

    def show_more(self) -> bool:
        return self.view.parts.update()

    def _tape(self, symbol: str) -> Tape:
        tape = self._tapes.get(symbol)
        if tape is None:
            if len(self._tapes) >= TAPES_KEPT:
                del self._tapes[next(iter(self._tapes))]
            tape = self._tapes[symbol] = Tape()
            known = self.context.universe.recent.items()
            before = [trade for (_, of), trades in known if of == symbol for trade in trades]
            tape.add(sorted(before, key=lambda trade: trade.trade_ns), 0)
        tape.set_filter(self._filter)
        tape.big_qty = self._big_qty
        return tape

    # The filter

    def set_filter(self, wanted: TapeFilter) -> None:
        """Pick anew; the newest picked print is on top again."""
        self._filter = wanted
        self._tape(self.symbol).set_filter(wanted)
        self.view.go_live()
        self._show_filter()
        self.mark_dirty()

    def stored(self) -> dict[str, Any]:
        wanted = self._filter
        if wanted == TapeFilter() and not self._big_qty:
            return {}
        return {"least": wanted.qty_min, "side": wanted.side, "venue": wanted.venue, "joined": wanted.is_joined,
                "big": self._big_qty}  # fmt: skip

    def take_stored(self, stored: dict[str, Any]) -> None:
        """What does not hold is as it was at first."""
        least, big = (stored_figure(stored.get(name)) for name in ("least", "big"))
        side, venue = stored.get("side"), stored.get("venue")
        self._big_qty = big
        self._filter = TapeFilter(
            qty_min=least,
            side=side if side in SIDES else 0,
            venue=venue if isinstance(venue, str) else "",
            is_joined=stored.get("joined") is True,
        )
        self.qty_min.setText(str(least) if least else "")
        self.big_qty.setText(str(big) if big else "")
        self._show_filter()

    def _show_filter(self) -> None:
        texts, wanted = self.context.texts, self._filter
        word = {0: "tape.all", 1: "tape.buy", -1: "tape.sell"}[wanted.side]
        self.side_button.show_as(texts(word), "chosen" if wanted.side else "chip")
        self.venue_button.show_as(wanted.venue or texts("tape.all_venues"), "chosen" if wanted.venue else "chip")
        self.venue_button.setVisible(len(self.context.market.venues_of(self.symbol)) > 1)
        self.join_button.show_as(texts("tape.join"), "chosen" if wanted.is_joined else "chip")

    def _read_fields(self) -> None:
        self._big_qty = figure_of(self.big_qty.text())
        self.set_filter(replace(self._filter, qty_min=figure_of(self.qty_min.text())))
        self.view.update()

    def _next_side(self) -> None:
        side = SIDES[(SIDES.index(self._filter.side) + 1) % len(SIDES)]
        self.set_filter(replace(self._filter, side=side))

    def _next_venue(self) -> None:
        wanted = self._filter
        venues = ("", *self.context.market.venues_of(self.symbol))
        at = venues.index(wanted.venue) if wanted.venue in venues else 0
        self.set_filter(replace(wanted, venue=venues[(at + 1) % len(venues)]))

    def _toggle_join(self) -> None:
        self.set_filter(replace(self._filter, is_joined=not self._filter.is_joined))
