"""The order form: what will be sent, what it costs, and one large button that says it.

Only the fields for price and quantity are Qt's own; everything else is painted. The form holds no state: it shows
`context.form` and passes gestures to it.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from hts.desk.figures import px_text, qty_text, typed_figure
from hts.desk.frame import Frame
from hts.desk.order_entry import SHARES, PxChip, Tab
from hts.desk.orders import OrderChanges
from hts.desk.venue_tabs import best_prices, last_px_of
from hts.model.enums import Side
from hts.model.queries import RequestPlan
from themes import fonts, metrics
from widgets.controls import TEXTS, Button, FigureField, SpinButton, Tabs
from widgets.order_attributes import AttributeRow
from widgets.order_fields import ATTRIBUTES, OrderFields
from widgets.order_preview import CostPreview
from widgets.order_refusal import ROOM, RefusalLines
from widgets.own_orders import OwnOrders
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext

TABS = (Tab.BUY, Tab.SELL, Tab.AMEND, Tab.RESERVE)
TOP = 41  # the first form row
HEIGHT_MIN = 392  # so that no button stands on a field
FIGURES_MAX = 15  # characters of a price or a quantity
PLAN_NS = 1_000_000_000  # so often the route of an order that stands in the form is asked for anew
WHOLE_NS = 1_000_000_000  # so often everything is looked at anew: settings, the times that are offered
REPLY_KEY = "order_entry.enter"


class OrderEntryPanel(Panel):
    """Buy, sell or amend, with price and quantity by tick, chip or typing."""

    title_key = "order_entry.title"
    can_send = True
    shows_money = True
    is_calm = True  # the price that follows the market is taken anew when the order is sent

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(300, HEIGHT_MIN)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._labels: list[tuple[int, str]] = []  # baseline y, text key
        self._possible = ""
        self._refusal = RefusalLines(context)
        self._possible_y = 0
        self._rows: tuple[str, ...] = ("account", "issue", "venue", "type")
        self._row_labels = tuple(f"order_entry.{row}" for row in self._rows)
        self._asked: RequestPlan | None = None
        self._asked_ns = 0
        self._keys_seen = -1
        self._is_whole = True  # more is to be shown than what follows from prices
        self._shown_of: tuple[object, ...] = (None,)
        self._whole_ns = 0
        self._make_fields()
        self._make_buttons()

    def _make_fields(self) -> None:
        tokens, texts, form = self.context.tokens, self.context.texts, self.context.form
        caps = [""] * len(TABS)
        fills = (tokens.buy_fill, tokens.sell_fill, tokens.line2, tokens.line2)
        self._tabs = Tabs(tokens, [texts(f"order_entry.tab.{tab.value}") for tab in TABS], caps, fills)
        self._tabs.chosen.connect(lambda index: form.choose_tab(TABS[index]))
        self._fields = OrderFields(self.context, lambda: self.group, self._tell)
        self._attributes = AttributeRow(self.context, self._tell)
        self._px = self._figure_field("order_entry.price", self._on_px_typed)
        self._qty = self._figure_field("order_entry.qty", self._on_qty_typed)
        self._px_spin = self._spinner("order_entry.price", form.step_px)
        self._qty_spin = self._spinner("order_entry.qty", form.step_qty)

    @property
    def _symbol(self) -> str:
        """The form speaks of the issue that keys act on."""
        return self.context.selection.symbol()

    def _figure_field(self, key: str, typed: Callable[[str], None]) -> FigureField:
        field = FigureField(self.context.tokens, self.context.texts(f"{key}_unit"))
        field.is_of_order = True  # keys that send work while it is typed into
        field.setObjectName(key)
        field.setFont(fonts.font("price"))
        field.setFixedHeight(metrics.FIELD)
        field.setMaxLength(FIGURES_MAX)
        field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        field.setAccessibleName(self.context.texts(key))
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.textEdited.connect(typed)
        return field

    def _spinner(self, key: str, step: Callable[[int], None]) -> tuple[SpinButton, SpinButton]:
        texts = self.context.texts
        pair = []
        for up in (False, True):
            button = SpinButton(self.context.tokens, f"{texts(key)} {'+' if up else '−'}", up=up)
            button.clicked.connect(partial(step, 1 if up else -1))
            pair.append(button)
        return pair[0], pair[1]

    def _make_buttons(self) -> None:
        tokens, texts, form = self.context.tokens, self.context.texts, self.context.form
        self._px_chips = {
            chip: Button(tokens, texts(f"order_entry.chip.{chip.value}"), look="chip", height=metrics.CHIP)
            for chip in PxChip
        }
        for chip, button in self._px_chips.items():
            button.clicked.connect(lambda _=False, chip=chip: self._tell(form.choose_px(chip)))
        self._qty_chips = [Button(tokens, f"{share}%", look="chip", height=metrics.CHIP) for share in SHARES]
        for share, button in zip(SHARES, self._qty_chips, strict=True):
            button.clicked.connect(lambda _=False, share=share: self._tell(form.choose_share(share)))
        self._money = Button(tokens, texts("order_entry.by_amount"), look="chip", height=metrics.CHIP)
        self._money.clicked.connect(form.next_qty_mode)
        self._preview = CostPreview(self.context)
        self._own = OwnOrders(self.context)
        self._send = Button(tokens, look="buy", height=metrics.BUTTON_SEND)
        self._send.clicked.connect(self.send)
        actions = self.context.actions
        self._cancel = self._act("hint.cancel.all", "cancel.all", actions.cancel_all)
        self._flatten = self._act("hint.flatten", "flatten", lambda: self._tell(actions.flatten(self.symbol)))
        self._algo = self._act("order_entry.algo", "algo.open", self._act_third)
        for child in (
            *(self._tabs, *self._fields.by_row.values(), self._attributes),
            *(self._px, self._qty, self._money, *self._px_spin),
            *(*self._qty_spin, *self._px_chips.values(), *self._qty_chips),
            *(self._preview, self._own, self._send, self._cancel, self._flatten, self._algo),
        ):
            child.setParent(self)

    def _act(self, key: str, action: str, act: Callable[[], object]) -> Button:
        context = self.context
        made = Button(context.tokens, context.texts(key), height=metrics.BUTTON, cap=context.keys(action))
        made.clicked.connect(lambda: act())  # noqa: PLW0108  the signal would hand its flag over
        return made

    def _act_third(self) -> None:
        """The forms for algorithms; of an order that is amended its cancel."""
        form, context = self.context.form, self.context
        if form.tab is not Tab.AMEND:
            self._tell(context.run("algo.open"))
            return
        order = form.amended
        actions = context.actions
        self._tell(actions.cancel(order.order_id) if order is not None else actions.note("refusal.no_order"))

    def concerns(self, frame: Frame) -> bool:
        symbol = self._symbol
        is_priced = frame.market.touches(symbol) or any(of == symbol for _, of in frame.market.elsewhere)
        return is_priced or self._concerns_whole(frame)

    def _concerns_whole(self, frame: Frame) -> bool:
        """Whether more than prices may differ."""
        return (
            frame.selection
            or frame.armed
            or frame.market.instruments
            or frame.market.phases
            or frame.orders.account
            or frame.orders.plans
            or self._symbol in frame.orders.symbols
            or any(not symbol for _, symbol in frame.market.elsewhere)
        )

    def on_frame(self, frame: Frame) -> None:
        if frame.market.instruments:
            self._fields.note_list()
        self._is_whole = self._is_whole or self._concerns_whole(frame)
        super().on_frame(frame)

    def mark_dirty(self) -> None:
        self._is_whole = True
        super().mark_dirty()

    def tells_of(self, orders: OrderChanges) -> bool:
        """The form speaks of the issue that keys act on, whatever its group shows."""
        return self._symbol in orders.symbols or orders.account or orders.plans

    def send(self) -> None:
        """Send what the button says."""
        self._tell(self.context.form.send())

    def _tell(self, refusal: object) -> None:
        """A refusal stands in the form until the next refresh of its cause."""
        self.mark_dirty()
        if refusal is not None:
            self.refresh(0)

    def _on_px_typed(self, text: str) -> None:
        issue = self.context.form.instrument
        decimals = issue.px_decimals if issue is not None else 0
        self.context.selection.set_px(typed_figure(text, decimals))

    def _on_qty_typed(self, text: str) -> None:
        form, issue = self.context.form, self.context.form.instrument
        if form.counts_money:
            form.set_amount(typed_figure(text, issue.px_decimals if issue is not None else 0))
        else:
            self.context.selection.set_qty(typed_figure(text, 0))

    def _show_keys(self) -> None:
        """Keys as they are now: on the tabs, and under the pointer where a chip has no room for them."""
        keys, self._keys_seen = self.context.keys, self.context.keymap_book.revision
        self._tabs.set_caps([keys(f"form.{tab.value}") for tab in TABS])
        for chip, button in self._px_chips.items():
            button.setToolTip(keys(f"px.{chip.value}"))
        for share, button in zip(SHARES, self._qty_chips, strict=True):
            button.setToolTip(keys(f"qty.share_{share}"))
        self._money.setToolTip(keys("form.qty_mode"))
        self._fields["type"].setToolTip(keys("form.type"))
        self._fields["period"].setToolTip(keys("form.period"))
        self._fields["credit"].setToolTip(keys("form.credit"))

    def refresh(self, now_ns: int) -> None:
        """Sizes of a book change all the time, and the form shows none: where no price moved nothing is to be done."""
        before, self._shown_of = self._shown_of, self._depends()
        is_other = self._shown_of[0] != before[0]
        if self._is_whole or is_other or now_ns - self._whole_ns >= WHOLE_NS:
            self._is_whole, self._whole_ns = False, now_ns
            self._show_choices()
        elif self._shown_of == before:
            self._ask_route(now_ns)
            return
        self._show_figures(now_ns)

    def _show_choices(self) -> None:
        if self._keys_seen != self.context.keymap_book.revision:
            self._show_keys()
        self._tabs.set_current(TABS.index(self.context.form.tab))
        self.context.form.settle()
        self._fields.refresh()
        self._attributes.refresh()
        if (self._fields.rows, self._fields.labels) != (self._rows, self._row_labels):
            self._rows, self._row_labels = self._fields.rows, self._fields.labels
            self._fit()

    def _show_figures(self, now_ns: int) -> None:
        """What follows from the price."""
        form = self.context.form
        issue = form.instrument
        decimals = issue.px_decimals if issue is not None else 0
        self._ask_route(now_ns)
        is_limit = form.is_priced
        self._px.setEnabled(is_limit)
        self._put(self._px, px_text(form.px, decimals) if is_limit else self._fields.term_text(form.term)[0])
        self._show_qty(decimals)
        held = form.held_chip if is_limit else None
        for chip, button in self._px_chips.items():
            button.show_as(button.text(), "chosen" if chip is held else "chip")
        self._preview.show_preview(form.preview(), form.side, decimals, route=form.route())
        self._own.show_symbol(self._symbol)
        self._show_send(decimals)
        self._show_lines()

    def _depends(self) -> tuple[object, ...]:
        """What the figures follow from, besides what the frame tells of; first what the choices follow from at other
        venues than the home, of which a frame does not tell a phase from a book.
        """
        context, symbol, venue = self.context, self._symbol, self.context.form.venue
        market, actions = context.market, context.actions
        offered = (market.venues.phase_of(venue, symbol) if venue else None, market.venues_of(symbol))
        prices = (best_prices(market, symbol, venue), last_px_of(market, symbol, venue), market.last_px(symbol))
        return (offered, prices, actions.last_refusal, actions.is_flatten_asked(self.symbol))

    def _ask_route(self, now_ns: int) -> None:
        """An order over all venues: the core says where it would go, before it is sent."""
        wanted = self.context.form.plan_wanted()
        if wanted is None or (wanted == self._asked and now_ns - self._asked_ns < PLAN_NS):
            return
        self._asked, self._asked_ns = wanted, now_ns
        self.context.query(wanted)

    def _show_qty(self, decimals: int) -> None:
        form, texts = self.context.form, self.context.texts
        self._money.show_as(texts("order_entry.by_amount"), "chosen" if form.counts_money else "chip")
        money = texts(f"unit.{form.instrument.currency.lower()}") if form.instrument is not None else ""
        self._px.set_unit(money)
        lot = form.instrument.lot if form.instrument is not None else 1
        shares = texts("order_entry.qty_lot", lot=qty_text(lot)) if lot > 1 else texts("order_entry.qty_unit")
        self._qty.set_unit(money if form.counts_money else shares)
        self._put(self._qty, px_text(form.amount, decimals) if form.counts_money else qty_text(form.qty))

    def _show_lines(self) -> None:
        """The two texts that the panel paints itself. Updating more would repaint every control that stands on it."""
        form, texts, refusal = self.context.form, self.context.texts, self.context.actions.last_refusal
        possible = texts(form.possible_key, qty=qty_text(form.possible_qty()))
        if form.counts_money:
            possible = f"{texts('order_entry.comes_to', qty=qty_text(form.qty))}  {possible}"
        if possible != self._possible:
            self._possible = possible
            self.update(metrics.FORM_FIELD_X, self._possible_y, self.width() - metrics.FORM_FIELD_X, metrics.CHIP)
        room = self._refusal.room
        if self._refusal.take(refusal, self.width()):
            if self._refusal.room != room:
                self._fit()
            self.update(0, self._send.y() - room, self.width(), room)
        if self._refusal.is_question:
            self.mark_dirty()  # it is looked at again until its time is over

    @staticmethod
    def _put(field: FigureField, text: str) -> None:
        """Typing is not interrupted: a field with the keyboard keeps its text."""
        if not field.hasFocus() and field.text() != text:
            field.setText(text)

    def _show_send(self, decimals: int) -> None:
        form, texts, actions = self.context.form, self.context.texts, self.context.actions
        px = px_text(form.px, decimals) if form.is_priced else self._fields.term_text(form.term)[0]
        kind = form.tab.value
        if form.tab is Tab.RESERVE:
            kind = f"reserve_{form.side.name.lower()}"
        what = texts(f"order_entry.send.{kind}", qty=qty_text(form.qty), px=px)
        side = "buy" if form.side is Side.BUY else "sell"
        if actions.is_armed:
            self._send.show_as(what, side, texts(REPLY_KEY))
        else:
            self._send.show_as(
                what, f"outline_{side}", texts("order_entry.unlock", key=self.context.keys("arm.toggle"))
            )
        third, key = "order_entry.algo", "algo.open"
        if form.tab is Tab.AMEND:
            third, key = "order_entry.cancel_this", "cancel.picked" if self.context.selection.picked else ""
        self._algo.show_as(texts(third), "plain", self.context.keys(key) if key else "")
        asked = actions.is_flatten_asked(self.symbol)
        self._cancel.show_as(texts("hint.cancel.all"), "plain", self.context.keys("cancel.all"))
        text = texts("order_entry.flatten_again" if asked else "hint.flatten")
        self._flatten.show_as(text, "chosen" if asked else "plain", self.context.keys("flatten"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Place the rows that there are; the others are hidden."""
        width = self.width()
        self._tabs.setGeometry(0, 0, width, self._tabs.height())
        self._labels = []
        y = TOP
        fields: dict[str, QWidget] = {**self._fields.by_row, ATTRIBUTES: self._attributes}
        for key, field in fields.items():
            field.setVisible(key in self._rows)
        for key, label in zip(self._rows, self._row_labels, strict=True):
            y = self._place_row(y, label, fields[key])
        y = self._place_figure(y, "price", self._px, self._px_spin, list(self._px_chips.values()))
        y = self._place_figure(y, "qty", self._qty, self._qty_spin, [*self._qty_chips, self._money])
        self._possible_y = y - metrics.FORM_GAP + metrics.CHIP_GAP
        y += metrics.CHIP + 2
        height = self.height()
        third = height - metrics.BUTTON - 8
        send = third - metrics.BUTTON_SEND - 8
        room = max(send - y - ROOM, 0)
        preview = min(self._preview.full_height, room) if room >= self._preview.least_height else 0
        self._preview.setGeometry(0, y, width, preview)
        self._own.setGeometry(0, y + preview, width, max(send - y - preview - self._refusal.room, 0))
        inner = width - 2 * metrics.EDGE_PAD - 4
        self._send.setGeometry(metrics.EDGE_PAD + 2, send, inner, metrics.BUTTON_SEND)
        for number, button in enumerate((self._cancel, self._flatten, self._algo)):
            left = inner * number // 3 + 2 * number
            button.setGeometry(metrics.EDGE_PAD + 2 + left, third, (inner - 4) // 3 - 1, metrics.BUTTON)
        self.update()

    def _place_row(self, y: int, label: str, field: QWidget) -> int:
        x = metrics.FORM_FIELD_X
        field.setGeometry(x, y, self.width() - x - 10, metrics.FIELD)
        self._labels.append((y, label))
        return y + metrics.FIELD + metrics.FORM_GAP

    def _place_figure(
        self, y: int, key: str, field: QWidget, spin: tuple[SpinButton, SpinButton], chips: list[Button]
    ) -> int:
        x, right = metrics.FORM_FIELD_X, self.width() - 10
        spin_w = 2 * metrics.SPINNER + 2
        field.setGeometry(x, y, right - x - spin_w - 4, metrics.FIELD)
        spin[0].move(right - spin_w, y)
        spin[1].move(right - metrics.SPINNER, y)
        self._labels.append((y, f"order_entry.{key}"))
        y += metrics.FIELD + metrics.CHIP_GAP
        total, count = right - x - 4 * (len(chips) - 1), len(chips)
        for index, chip in enumerate(chips):
            left = x + total * index // count + 4 * index
            chip.setGeometry(left, y, total * (index + 1) // count - total * index // count, metrics.CHIP)
        return y + metrics.CHIP + metrics.FORM_GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, TEXTS)
        tokens, texts = self.context.tokens, self.context.texts
        painter.fillRect(event.rect(), tokens.panel)
        for y, key in self._labels:
            brush.left(10, metrics.baseline(y, metrics.FIELD), texts(key), "body", tokens.text2)
        base = metrics.baseline(self._possible_y, metrics.CHIP)
        brush.left(metrics.FORM_FIELD_X, base, texts("order_entry.possible_head"), "secondary", tokens.text3)
        brush.right(self.width() - 10, base, self._possible, "secondary", tokens.text2)
        self._refusal.paint(brush, self._send.y())
