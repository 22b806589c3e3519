"""The ladder panel: book, presets, actions, position of one issue; gestures become intents within the mouse handler."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from hts.desk.actions import Wanted
from hts.desk.combined import with_day
from hts.desk.figures import qty_text
from hts.desk.frame import Frame
from hts.desk.ladder import LadderState
from hts.desk.sentences import refusal_text
from hts.desk.trade_rules import ClickMode
from hts.desk.venue_tabs import COMBINED, HOME, books_of, has_new_book, new_trades, phases_text, tabs_of, trades_of
from hts.model.enums import OrdType, Side
from hts.model.quotes import BookUpdate
from hts.model.units import ClOrdID
from hts.model.views import LinkState
from hts.model.work import WorkAct
from widgets.ladder_book import LadderBook
from widgets.ladder_controls import ActionRow, PositionRow, Presets
from widgets.ladder_switches import AskBar, SwitchRow
from widgets.ladder_tabs import VenueTabs
from widgets.menus import pop_up
from widgets.panel import Panel, PanelContext

NS_PER_S = 1_000_000_000


class LadderPanel(Panel):
    """One issue's ladder at one venue, or at all of them together where it trades at several.

    The state of each issue and tab shown before is kept, with its volumes and queues. The tab stays with the panel
    through other issues; orders go to its venue, and are routed on the one of all venues.
    """

    title_key = "ladder.title"
    shows_issue = True
    can_send = True
    shows_money = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        context = self.context  # in the colours of the issue's market
        tokens, texts = context.tokens, context.texts
        self.tabs = VenueTabs(tokens, texts)
        self.book = LadderBook(tokens, texts)
        self.presets = Presets(tokens, texts, context.selection.quick.usual)
        self.switches = SwitchRow(tokens, texts, context.keys)
        self.ask = AskBar(tokens, texts, self)
        self.actions_row = ActionRow(tokens, texts, context.keys)
        self.position_row = PositionRow(tokens, texts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.book, 1)
        for widget in (self.presets, self.switches, self.actions_row, self.position_row):
            column.addWidget(widget)
        self.tabs.chosen.connect(self.choose_venue)
        self.tabs.standing.chosen.connect(self._turn_standing)
        self.book.placed.connect(self._place)
        self.book.picked.connect(context.selection.set_px)
        self.book.canceled.connect(self._cancel)
        self.book.amended.connect(self._amend)
        self.book.left.connect(self.mark_dirty)
        self.book.stopped.connect(self._stop)
        self.book.stop_canceled.connect(self._cancel_stops)
        self.book.stop_moved.connect(self._move_stops)
        self.book.head_clicked.connect(lambda side: context.actions.cancel_all(self.symbol, side))
        self.book.lost.connect(context.actions.note)
        self.presets.chosen.connect(context.selection.set_qty)
        self.presets.menu_asked.connect(self._preset_menu)
        self.switches.chosen.connect(self._switch)
        self.ask.answered.connect(self._answer)
        self.actions_row.chosen.connect(self._act)
        self._states: dict[tuple[str, str], LadderState] = {}
        self._state: LadderState | None = None
        self._books: tuple[BookUpdate, ...] = ()
        self._refusals_seen = len(context.orders.refusals)
        self._last_book_ns = 0
        self._now_ns = 0
        self._has_new_rows = True  # tabs, presets, switches: they change when somebody does something

    @property
    def state(self) -> LadderState | None:
        """The ladder that is shown; None before an issue is chosen."""
        return self._state

    @property
    def leads(self) -> bool:
        return self.group == self.context.selection.active

    @property
    def subtitle(self) -> str:
        return self.context.texts.name(self._state.instrument) if self._state is not None else ""

    @property
    def venue(self) -> str:
        """Venue of the tab that is shown: COMBINED for all, HOME where there are no tabs."""
        return self.context.actions.venue_at(self.group)

    def choose_venue(self, venue: str) -> None:
        """Show another tab at once, and trade there: the next click must not meet the rows of the one before."""
        self.context.selection.choose_venue(venue, self.group)
        self.mark_dirty()
        self.refresh_if_dirty(self._now_ns)

    def next_venue(self) -> None:
        """The tab after this one, as the key does."""
        venues = [tab.venue for tab in tabs_of(self.context.market, self.symbol, self.context.texts)]
        if venues:
            self.choose_venue(venues[(venues.index(self.venue) + 1) % len(venues)])

    def center(self) -> None:
        """Put the market in the middle, as the key does."""
        self.book.recentre()

    def concerns(self, frame: Frame) -> bool:
        """Only this issue's changes, and those of the order form, the arming and the links."""
        symbol = self.symbol
        orders = frame.orders
        ours = symbol in orders.symbols or orders.notices or orders.status or orders.works
        market = frame.market
        elsewhere = any(of_symbol in {symbol, ""} for _, of_symbol in market.elsewhere)
        moved = market.touches(symbol) or elsewhere or market.instruments or market.phases
        return bool(moved or ours or frame.selection or frame.armed)

    def mark_dirty(self) -> None:
        """Somebody changed what the rows around the book show: keys, rules, the group."""
        self._has_new_rows = True
        super().mark_dirty()

    def on_frame(self, frame: Frame) -> None:
        """Trades must all be seen: they make the volume profile and shorten the queues."""
        self._now_ns = frame.now_ns
        if frame.selection or frame.armed or frame.market.instruments or frame.market.phases:
            self._has_new_rows = True
        if frame.market.trades or frame.market.trades_elsewhere:
            for (symbol, venue), state in self._states.items():
                self._take_trades(frame, state, symbol, venue)
        if self._has_new_book(frame):
            self._last_book_ns = frame.now_ns
        if frame.orders.works:
            for state in self._states.values():
                state.on_works(self.context.orders.works.values())
        if frame.orders.orders or frame.orders.positions:
            for (symbol, venue), state in self._states.items():
                self._take_orders(state, symbol, venue)
        super().on_frame(frame)

    def _take_trades(self, frame: Frame, state: LadderState, symbol: str, venue: str) -> None:
        trades = new_trades(frame.market, symbol, venue)
        if trades and venue == COMBINED:
            newest = trades_of(self.context.market, symbol, venue)
            trades = [with_day(trade, newest) for trade in trades]
        for trade in trades:
            state.on_trade(trade)

    def _has_new_book(self, frame: Frame) -> bool:
        issue = self.context.market.instruments.get(self.symbol)
        return issue is not None and has_new_book(frame.market, issue, self.venue)

    def refresh(self, now_ns: int) -> None:
        """Build the rows and update what differs."""
        state = self._current()
        self._now_ns = now_ns
        actions = self.context.actions
        armed, rules = actions.is_armed, actions.rules
        if self._has_new_rows or self.venue != HOME:
            self._show_tabs()  # another venue's phase comes as a change of its quotes
        if self._has_new_rows:
            self._has_new_rows = False
            self.actions_row.show_armed(armed)
            self._show_presets()
            self.switches.show_rules(rules)
        self._show_question()
        if state is None:
            return
        self._take_refusals(state)
        self._take_books(state)
        state.follow()
        if state.orders.pick(self.context.selection.picked):
            state.has_changed = True
        stale_s = self._age_s(now_ns)
        if stale_s >= 0:
            self.mark_dirty()  # the age grows without anything arriving
        self.book.check_drag(is_armed=armed, is_linked=actions.is_linked)
        preview = self.context.selection.qty if armed and rules.click is not ClickMode.PRICE else 0
        self.book.show_state(preview_qty=preview, stale_s=stale_s)
        self.position_row.show_holding(state.holding(), state.instrument.px_decimals)

    def show_more(self) -> bool:
        return self.book.show_more()

    def _show_presets(self) -> None:
        selection, symbol = self.context.selection, self.symbol
        issue = self.context.market.instruments.get(symbol)
        self.presets.show_presets(selection.quick.of(issue), is_own=selection.quick.has_own(symbol))
        self.presets.show_qty(selection.qty)

    def _preset_menu(self, slot: int, point: QPoint) -> None:
        """Keep the order's quantity for this issue, or have the usual ones again. It is about the active issue."""
        context = self.context
        context.selection.activate(self.group)
        menu = QMenu(self)
        qty = qty_text(context.selection.qty)
        rows = [(context.texts("ladder.keep_qty", qty=qty, number=slot + 1), f"qty.keep_{slot + 1}")]
        if context.selection.quick.has_own(self.symbol):
            rows.append((context.texts("action.qty.usual"), "qty.usual"))
        for text, action in rows:
            menu.addAction(text).triggered.connect(lambda _=False, action=action: context.run(action))
        pop_up(menu, point)

    def _show_tabs(self) -> None:
        market, texts, symbol, venue = self.context.market, self.context.texts, self.symbol, self.venue
        tabs = tabs_of(market, symbol, texts)
        self.tabs.show_tabs(tabs, venue, phases_text(market, symbol, venue, texts) if tabs else "")
        self._show_standing(symbol, venue)
        self.actions_row.show_keys(is_active=self.context.selection.active == self.group)

    def _show_standing(self, symbol: str, venue: str) -> None:
        standing, context = self.context.form.standing, self.context
        tip = context.texts("ladder.standing_why", key=context.keys("standing.clear"))
        self.tabs.show_standing(standing.of(symbol), standing.offered(symbol, venue), tip)

    def _show_question(self) -> None:
        """Over the presets, so that nothing moves; it is looked at again until it is answered or its time is over."""
        asked = self.context.actions.asked
        is_ours = asked is not None and asked.wanted.symbol == self.symbol
        self.ask.setGeometry(self.presets.geometry())
        self.ask.show_question(refusal_text(asked.refusal, self.context.texts) if asked is not None and is_ours else "")
        if is_ours:
            self.mark_dirty()

    def _take_books(self, state: LadderState) -> None:
        books = books_of(self.context.market, state.instrument.symbol, self.venue)
        is_new = len(books) != len(self._books) or any(a is not b for a, b in zip(books, self._books, strict=True))
        if not books or not is_new:
            return
        self._books = books
        if self.venue == COMBINED:
            state.on_combined(books)
        else:
            state.on_book(books[0])

    def _current(self) -> LadderState | None:
        symbol, venue = self.symbol, self.venue
        instrument = self.context.market.instruments.get(symbol)
        state = self._states.get((symbol, venue))
        is_made = instrument is not None and (state is None or state.instrument != instrument)
        if instrument is not None and is_made:
            static_vi = self.context.static_vi(instrument)
            state = LadderState(instrument, has_queues=venue != COMBINED, static_vi=static_vi)
            self._states[symbol, venue] = state
        if state is not self._state:
            self._books = ()
        if state is not None and is_made:
            self._begin(state, symbol, venue)
        if state is not self._state:
            self._show_state(state)
        return state

    def _show_state(self, state: LadderState | None) -> None:
        """Another issue's ladder is centred; another tab of the same issue leaves every price in its row."""
        before, self._state = self._state, state
        stays = before is not None and state is not None and before.instrument == state.instrument
        if before is not None and state is not None and stays:
            state.scroll.take_place(before.scroll)
        self.book.set_state(state)
        if state is not None:
            self._take_books(state)
            if not stays:
                state.recentre()

    def _begin(self, state: LadderState, symbol: str, venue: str) -> None:
        """What is known of the issue when its ladder is first shown."""
        self._take_books(state)
        trades = trades_of(self.context.market, symbol, venue)
        if trades:
            newest = max(trades, key=lambda trade: trade.trade_ns)
            state.on_trade(with_day(newest, trades))
        self._take_orders(state, symbol, venue)
        state.recentre()

    def _take_orders(self, state: LadderState, symbol: str, venue: str) -> None:
        """Working orders of the symbol at a tab as they are now, and those that ended since."""
        orders = self.context.orders
        working = [view for view in orders.working(symbol) if venue in {HOME, COMBINED, view.venue}]
        ids = {view.order_id for view in working}
        for gone in [view.order_id for view in state.orders if view.order_id not in ids]:
            ended = orders.orders.get(gone)
            if ended is not None:
                state.on_order(ended)
            else:
                state.forget_order(gone)
        for view in working:
            state.on_order(view)
        state.on_works(orders.works.values())
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
        orders, venue = self.context.orders, self.venue
        names = self.context.market.venues_of(self.symbol) if venue == COMBINED else (venue,)
        statuses = [orders.statuses.get(name, orders.status) for name in names]
        if all(status is None or status.market_data is LinkState.UP for status in statuses):
            return -1
        return (now_ns - self._last_book_ns) // NS_PER_S if self._last_book_ns else 0

    def _place(self, side: Side, px: int, is_second: bool) -> None:
        """A click in a side's column: what it means is the trader's rule."""
        context, rules = self.context, self.context.actions.rules
        sends = rules.click is ClickMode.ONE or (rules.click is ClickMode.DOUBLE and is_second)
        if not sends:
            context.selection.set_px(px)
            return
        wanted = Wanted(symbol=self.symbol, side=side, px=px, qty=context.selection.qty, venue=self.venue)
        with context.actions.haste:
            # The second press of a double click is no answer to the question that the first one brought up.
            context.form.standing.place(wanted, answers=not is_second or rules.click is ClickMode.DOUBLE)
        self.mark_dirty()

    def _stop(self, side: Side, px: int) -> None:
        self.context.actions.stop(self.symbol, side, px, venue=self.venue)

    def _cancel_stops(self, work_ids: tuple[ClOrdID, ...]) -> None:
        for work_id in work_ids:
            self.context.actions.control_work(work_id, WorkAct.CANCEL)

    def _move_stops(self, work_ids: tuple[ClOrdID, ...], px: int) -> None:
        for work_id in work_ids:
            self.context.actions.move_stop(work_id, px)

    def _turn_standing(self, action: str) -> None:
        """As the key does, for this ladder's issue."""
        self.context.selection.activate(self.group)
        self.context.run(action)
        self.mark_dirty()

    def _answer(self, is_yes: bool) -> None:
        if is_yes:
            self.context.actions.confirm()
        else:
            self.context.actions.withdraw()
        self.mark_dirty()

    def _switch(self, action: str) -> None:
        """A switch below the book does what its key does, for this ladder's issue."""
        actions = self.context.actions
        if action == "bracket.protect":
            actions.protect(self.symbol, venue=self.venue)
        else:
            actions.switch(action)
        self.mark_dirty()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape first answers the question that stands here."""
        if event.key() == Qt.Key.Key_Escape and self.ask.text:
            self._answer(is_yes=False)
        else:
            super().keyPressEvent(event)

    def _cancel(self, order_ids: tuple[ClOrdID, ...]) -> None:
        for order_id in order_ids:
            self.context.actions.cancel(order_id)

    def _amend(self, order_ids: tuple[ClOrdID, ...], px: int) -> None:
        for order_id in order_ids:
            if self.context.actions.replace(order_id, px) is None and self._state is not None:
                self._state.orders.asked(order_id, px)
                self._state.has_changed = True
        self.mark_dirty()

    def _act(self, name: str) -> None:
        actions, symbol = self.context.actions, self.symbol
        if name in {"market_sell", "market_buy"}:
            side = Side.SELL if name == "market_sell" else Side.BUY
            qty = self.context.selection.qty
            wanted = Wanted(symbol=symbol, side=side, px=0, qty=qty, ord_type=OrdType.MARKET, venue=self.venue)
            self.context.form.standing.place(wanted)
        elif name == "cancel_all":
            actions.cancel_all(symbol)
        elif name == "reverse":
            actions.reverse(symbol)
        else:
            actions.flatten(symbol)
        self.mark_dirty()
