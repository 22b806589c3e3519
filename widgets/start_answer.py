"""What became of a start, under the button that made it: the core's word where it came, and what hinders any start."""

from hts.desk.basket_form import problem_text
from hts.desk.hindrance import denial_of, hindrance, work_of
from hts.desk.sending import Refusal
from hts.desk.sentences import denial_text, refusal_text
from widgets.fault_line import FaultLine
from widgets.panel import PanelContext


class StartAnswer:
    """`pressed` after each press, `refresh` once per frame; both speak through the form's line."""

    def __init__(self, context: PanelContext, line: FaultLine) -> None:
        self._context, self._line = context, line
        self._request = ""  # what was sent and not answered

    def pressed(self, refusal: Refusal | None) -> None:
        """It left, or it did not."""
        texts = self._context.texts
        self._request = self._context.actions.request_id if refusal is None else ""
        if refusal is None:
            self._line.say(texts("algo_form.sent"), is_fault=False)
        else:
            self._line.say(refusal_text(refusal, texts), is_fault=True)

    def refresh(self) -> None:
        """Say what the core answered, and what keeps anything from starting."""
        orders, texts = self._context.orders, self._context.texts
        denial = denial_of(orders, self._request) if self._request else None
        work = work_of(orders, self._request) if self._request else None
        if denial is not None:
            self._line.say(texts("refusal.denied", text=denial_text(denial, texts)), is_fault=True)
        elif work is not None:
            self._line.say(texts("algo_form.begun", number=str(work.work_id)), is_fault=False)
        if denial is not None or work is not None:
            self._request = ""
        self._line.hinder(problem_text(hindrance(orders, self._context.actions), texts))
