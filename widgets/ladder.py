"""The ladder panel: book, presets, actions, position of one issue; gestures become intents within the mouse handler."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.ladder import LadderState
from hts.model.enums import Side
from hts.model.units import ClOrdID
from hts.model.views import LinkState
from widgets.ladder_book import LadderBook
from widgets.ladder_controls import ActionRow, PositionRow, Presets
from widgets.panel import Panel, PanelContext

NS_PER_S = 1_000_000_000


class LadderPanel(Panel):
    """One issue's ladder. The state of each issue shown before is kept, with its volumes and queues."""

    title_key = "ladder.title"
    can_send = True
    shows_money = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        tokens, texts = context.tokens, context.texts
        self.book = LadderBook(tokens, texts)
        self.presets = Presets(tokens, texts, context.selection.presets)
        self.actions_row = ActionRow(tokens, texts, context.keys)
        self.position_row = PositionRow(tokens, texts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.book, 1)
        for widget in (self.presets, self.actions_row, self.position_row):
            column.addWidget(widget)
        self.book.placed.connect(self._place)
        self.book.picked.connect(context.selection.set_px)
        self.book.canceled.connect(self._cancel)
        self.book.amended.connect(self._amend)
        self.book.left.connect(self.mark_dirty)
        self.presets.chosen.connect(self._choose_qty)
        self.presets.one_click.connect(self._set_one_click)
        self.actions_row.chosen.connect(self._act)
        self._states: dict[str, LadderState] = {}
        self._state: LadderState | None = None
        self._is_one_click = True
        self._refusals_seen = len(context.orders.refusals)
        self._last_book_ns = 0

    @property
    def state(self) -> LadderState | None:
        """The ladder that is shown; None before an issue is chosen."""
        return self._state

    @property
    def subtitle(self) -> str:
        return self.context.texts.name(self._state.instrument) if self._state is not None else ""

    def center(self) -> None:
        """Put the market in the middle, as the key does."""
        self.book.recentre()

    def concerns(self, frame: Frame) -> bool:
        """Only this issue's changes, and those of the order form, the arming and the links."""
        symbol = self.symbol
        orders = frame.orders
        ours = symbol in orders.symbols or orders.notices or orders.status
        return bool(frame.market.touches(symbol) or ours or frame.selection or frame.armed or frame.market.instruments)

    def on_frame(self, frame: Frame) -> None:
        """Trades must all be seen: they make the volume profile and shorten the queues."""
        for symbol, trades in frame.market.trades.items():
            state = self._states.get(symbol)
            if state is not None:
                for trade in trades:
                    state.on_trade(trade)
        if self.symbol in frame.market.books:
            self._last_book_ns = frame.now_ns
        if frame.orders.orders or frame.orders.positions:
            for symbol, state in self._states.items():
                self._take_orders(state, symbol)
        super().on_frame(frame)

    def refresh(self, now_ns: int) -> None:
        """Build the rows and update what differs."""
        state = self._current()
        armed = self.context.actions.is_armed
        self.actions_row.show_armed(armed)
        self.presets.show_qty(self.context.selection.qty)
        if state is None:
            return
        self._take_refusals(state)
        book = self.context.market.books.get(state.instrument.symbol)
        if book is not None and book is not state.book:
            state.on_book(book)
        state.follow()
        stale_s = self._age_s(now_ns)
        if stale_s >= 0:
            self.mark_dirty()  # the age grows without anything arriving
        preview = self.context.selection.qty if armed and self._is_one_click else 0
        self.book.show_state(preview_qty=preview, stale_s=stale_s)
        self.position_row.show_holding(state.holding(), state.instrument.px_decimals)

    def _current(self) -> LadderState | None:
        symbol = self.symbol
        instrument = self.context.market.instruments.get(symbol)
        state = self._states.get(symbol)
        if instrument is not None and (state is None or state.instrument != instrument):
            state = self._states[symbol] = LadderState(instrument)
            book, trade = self.context.market.books.get(symbol), self.context.market.trades.get(symbol)
            if book is not None:
                state.on_book(book)
            if trade is not None:
                state.on_trade(trade)
            self._take_orders(state, symbol)
            state.recentre()
        if state is not self._state:
            self._state = state
            self.book.set_state(state)
            if state is not None:
                state.recentre()
        return state

    def _take_orders(self, state: LadderState, symbol: str) -> None:
        """Working orders of the symbol as they are now, and those that ended since."""
        orders = self.context.orders
        working = orders.working(symbol)
        ids = {view.order_id for view in working}
        for gone in [view.order_id for view in state.orders if view.order_id not in ids]:
            ended = orders.orders.get(gone)
            if ended is not None:
                state.on_order(ended)
            else:
                state.forget_order(gone)
        for view in working:
            state.on_order(view)
        position = orders.positions.get(symbol)
        if position is not None:
            state.on_position(position)

    def _take_refusals(self, state: LadderState) -> None:
        count = len(self.context.orders.refusals)
        if count != self._refusals_seen:
            self._refusals_seen = count
            state.on_refusal()

    def _age_s(self, now_ns: int) -> int:
        """Age of the book in seconds while its feed is down, -1 while it is up."""
        status = self.context.orders.status
        if status is None or status.market_data is LinkState.UP:
            return -1
        return (now_ns - self._last_book_ns) // NS_PER_S if self._last_book_ns else 0

    def _place(self, side: Side, px: int) -> None:
        if self._is_one_click:
            self.context.actions.enter(self.symbol, side, px)
        else:
            self.context.selection.set_px(px)

    def _cancel(self, order_ids: tuple[ClOrdID, ...]) -> None:
        for order_id in order_ids:
            self.context.actions.cancel(order_id)

    def _amend(self, order_ids: tuple[ClOrdID, ...], px: int) -> None:
        for order_id in order_ids:
            if self.context.actions.replace(order_id, px) is None and self._state is not None:
                self._state.orders.asked(order_id, px)
                self._state.has_changed = True
        self.mark_dirty()

    def _choose_qty(self, qty: int) -> None:
        self.context.selection.set_qty(qty)

    def _set_one_click(self, on: bool) -> None:
        self._is_one_click = on
        self.mark_dirty()

    def _act(self, name: str) -> None:
        actions, symbol = self.context.actions, self.symbol
        if name == "market_sell":
            actions.market(symbol, Side.SELL)
        elif name == "market_buy":
            actions.market(symbol, Side.BUY)
        elif name == "cancel_all":
            actions.cancel_all(symbol)
        else:
            actions.flatten(symbol)
