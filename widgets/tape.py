"""The tape panel (체결 틱): the newest print on top, a filter over it, the pace at its right.

Scrolling away from the top holds the picture still while prints go on to arrive; their number is told, and Home or a
click on it goes back to the newest. The list itself is widgets.tape_view.
"""

from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.tape import QTY_DIGITS_MAX, Tape, TapeFilter, figure_of, stored_figure
from hts.desk.venue_tabs import COMBINED, new_trades
from themes import metrics
from widgets.controls import Button, EntryField
from widgets.panel import Panel, PanelContext
from widgets.tape_pace import PaceLine
from widgets.tape_view import TapeView

TAPES_KEPT = 8
BAR_H = metrics.FIELD + 6
SIDES = (0, 1, -1)


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
                tape.note(new_trades(frame.market, symbol, COMBINED), frame.now_ns)
        super().on_frame(frame)

    def refresh(self, now_ns: int) -> None:
        symbol = self.symbol
        tape = self._tape(symbol)
        if symbol != self._symbol:
            self._symbol = symbol
            self.view.show_tape(tape, self.context.market.instruments.get(symbol))
            self._show_filter()
        self.view.show_issue(self.context.market.instruments.get(symbol))
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
        tape.take()
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
