"""Algorithm orders: the terms of an execution algorithm, its schedule before it starts, and the button that starts it.

The form holds no state: it shows `context.algo` and passes gestures to it. Enter in a field starts, Esc leaves the
field; nothing typed here is an order of the order form.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from hts.desk.algo_fields import AlgoField
from hts.desk.algo_preview import Picture, choices_of, cost_lines, picture_of, shape_lines
from hts.desk.frame import Frame
from hts.model.enums import Side
from hts.model.units import NO_ID
from themes import metrics
from widgets.algo_fields import WIDTH, AlgoFields
from widgets.algo_preview import PlanPreview
from widgets.controls import TEXTS, Button, StartButton
from widgets.fault_line import FAULT_H, FaultLine
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.start_answer import StartAnswer

HEAD = 26  # the issue, above the fields
BESIDE = 660  # from this width on the schedule stands beside the fields, else below them
SCROLL_W = 14


class AlgoFormPanel(Panel):
    """알고리즘 주문."""

    title_key = "algo_form.title"
    can_send = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(364, 300)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._issue = ""
        self._shown_amends = NO_ID
        self.fields = AlgoFields(context)
        self.fields.changed.connect(self._on_changed)
        self.fields.entered.connect(self.start)
        self.fields.left.connect(lambda: self.setFocus(Qt.FocusReason.OtherFocusReason))
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self.fields)
        self.preview = PlanPreview(context)
        self.preview.setParent(self)
        self.preview.haste.connect(self._choose_haste)
        self.fault = FaultLine(context)
        self.fault.setParent(self)
        self.answer = StartAnswer(context, self.fault)
        self.go = StartButton(context.tokens, look="buy", height=metrics.BUTTON_SEND)
        self.go.setParent(self)
        self.go.clicked.connect(self.start)
        self.leave = Button(context.tokens, context.texts("algo_form.leave"), height=metrics.BUTTON)
        self.leave.setParent(self)
        self.leave.clicked.connect(self._leave)

    @property
    def subtitle(self) -> str:
        form = self.context.algo
        return self.context.texts("algo_form.amending", number=str(form.amends)) if form.amends else ""

    def concerns(self, frame: Frame) -> bool:
        """Time alone asks for the plan of what begins now anew, so every frame of its market counts."""
        symbol = self.context.selection.symbol()
        market = frame.market.touches(symbol) or frame.market.phases or frame.market.instruments
        orders = frame.orders
        told = orders.plans or orders.works or orders.notices or orders.status
        return bool(market or frame.selection or frame.armed or told)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter means this form while something of it has the keyboard, never the order form."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.start()

    # Acts

    def start(self) -> None:
        """Start what is shown, or change what is under way."""
        self.answer.pressed(self.context.algo.start())
        self.mark_dirty()

    def _on_changed(self) -> None:
        """What was said of the terms before does not hold for these."""
        self.fault.say("", is_fault=False)
        self.mark_dirty()

    def _leave(self) -> None:
        self.context.algo.leave()
        self.mark_dirty()

    def _choose_haste(self, urgency: str) -> None:
        self.context.algo.type(AlgoField.URGENCY, urgency)
        self.mark_dirty()

    # Showing

    def refresh(self, now_ns: int) -> None:
        form, texts = self.context.algo, self.context.texts
        form.follow()
        if form.amends and form.amends != self._shown_amends:
            self.fault.say("", is_fault=False)
        self._shown_amends = form.amends
        wanted = form.plan_wanted(now_ns)
        if wanted is not None:
            self.context.query(wanted)
        self.fields.refresh()
        issue = form.instrument
        name = f"{texts.name(issue)}  {issue.symbol}" if issue is not None else texts("refusal.no_symbol")
        if name != self._issue:
            self._issue = name
            self.update(0, 0, self.width(), HEAD)
        self._show_preview()
        self._show_button()
        self.answer.refresh()

    def _show_preview(self) -> None:
        form, texts, plan = self.context.algo, self.context.texts, self.context.algo.plan
        issue = form.instrument
        if plan is None or issue is None or form.problems():
            self.preview.show_plan(Picture(), form.side, (), (), self._note())
            return
        picture = picture_of(plan, form.amended, self.context.market.trade_ns)
        lines = (*shape_lines(plan, texts), *cost_lines(plan, issue, texts))
        self.preview.show_plan(picture, form.side, lines, choices_of(plan), self._note())

    def _note(self) -> str:
        form, texts = self.context.algo, self.context.texts
        general = form.general_problem()
        if general is not None:
            return texts(general.key, **general.values)
        if form.problems():
            return texts("algo_form.note.wrong")
        if not self.context.actions.is_linked:
            return texts("algo_form.note.no_link")
        if form.plan is None or not form.is_current:
            return texts("algo_form.note.asking")
        return texts("algo_form.note.learning") if form.plan.is_learning else ""

    def _show_button(self) -> None:
        form, texts, actions = self.context.algo, self.context.texts, self.context.actions
        side = "buy" if form.side is Side.BUY else "sell"
        what = texts(
            f"algo_form.start.{side}" if not form.amends else "algo_form.amend",
            kind=texts(f"algo.{form.kind.value}"),
            qty=form.text(AlgoField.QTY),
        )
        unlock = texts("order_entry.unlock", key=self.context.keys("arm.toggle"))
        # Filled only when a press would start it; pressed with a fault in a field it tells which.
        is_ready = actions.is_armed and not form.problems()
        cap = texts("order_entry.enter") if actions.is_armed else unlock
        self.go.show_as(what, side if is_ready else f"outline_{side}", cap)
        if self.leave.isHidden() is bool(form.amends):
            self.leave.setVisible(bool(form.amends))
            self._fit()

    # Pixels

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width, height = self.width(), self.height()
        foot = metrics.BUTTON_SEND + FAULT_H + 12
        is_beside = width >= BESIDE
        fields_w = WIDTH if is_beside else width
        body = height - HEAD - foot
        below = 0 if is_beside else min(max(body // 2, self.preview.minimumHeight()), 330)
        self._area.setGeometry(0, HEAD, fields_w, body - below)
        if is_beside:
            self.preview.setGeometry(fields_w + 1, 0, width - fields_w - 1, height)
        else:
            self.preview.setGeometry(0, HEAD + body - below, width, below)
        y = height - foot
        self.fault.setGeometry(0, y, fields_w, FAULT_H)
        inner = fields_w - 20
        leave_w = 96 if not self.leave.isHidden() else 0
        self.go.setGeometry(10, y + FAULT_H + 2, inner - (leave_w + 6 if leave_w else 0), metrics.BUTTON_SEND)
        self.leave.setGeometry(10 + inner - leave_w, y + FAULT_H + 9, leave_w, metrics.BUTTON)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush, tokens = Brush(painter, TEXTS), self.context.tokens
        painter.fillRect(event.rect(), tokens.panel)
        end = WIDTH if self.width() >= BESIDE else self.width()
        name = TEXTS.elided("title", self._issue, end - 20)
        brush.left(10, metrics.baseline(0, HEAD), name, "title", tokens.text)
        brush.hline(0, HEAD - 1, end, tokens.line)
        if self.width() >= BESIDE:
            brush.vline(WIDTH, 0, self.height(), tokens.line)
