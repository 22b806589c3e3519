"""The form that starts an algorithm, or gives one under way other terms: what was typed, and what would be sent.

Theory of operation: as soon as every field is a figure, the core is asked for the plan (`plan_wanted`), and again when
something changes, or once a second while the start is now. Its answer holds what is wrong with the figures, the
schedule and its cost. `start` sends exactly the parameters of that answer, so the schedule that was seen is the one
that trades. A curve and a cost model that an answer has told are asked with from then on, so that the venue's history
is fetched once for an issue and a day.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from hts.desk.actions import Actions, Refusal
from hts.desk.algo_fields import (
    AMENDED,
    FIELD_OF,
    FIELDS,
    SEED_MAX,
    UNLEARNT,
    AlgoField,
    Problem,
    defaults_of,
    text_of,
    time_of,
    value_of,
)
from hts.desk.algo_learnt import Learnt
from hts.desk.figures import px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.order_choices import PxChip, Tab
from hts.desk.order_entry import OrderForm
from hts.desk.orders import OrdersState
from hts.desk.selection import Selection
from hts.desk.venue_tabs import COMBINED
from hts.model.algo import AlgoKind, AlgoParams, Deadline
from hts.model.algo_plan import AlgoPlanView
from hts.model.dice import drawn
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.queries import RequestAlgoPlan
from hts.model.units import NO_ID, ClOrdID, Qty
from hts.model.work import AlgoSpec, WorkView

RENEW_NS = 1_000_000_000  # a plan that starts now is asked for anew so often
AGAIN_NS = 2_000_000_000  # the second press of a double click starts nothing, though its plan is a new one

KINDS = tuple(FIELDS)
DEADLINES = tuple(Deadline)
F = AlgoField


class AlgoForm:
    """kind, side, deadline, in_auctions and the texts of fields. `amends`: the algorithm under way that is changed."""

    def __init__(
        self, market: MarketState, orders: OrdersState, selection: Selection, actions: Actions, form: OrderForm
    ) -> None:
        self._market, self._orders, self._selection = market, orders, selection
        self._actions, self._order_form = actions, form
        self.kind = AlgoKind.TWAP
        self.side = Side.BUY
        self.deadline = Deadline.CANCEL
        self.in_auctions = False
        self.is_routed = True
        self.amends = NO_ID
        self._typed: dict[AlgoField, str] = {}
        self._draws = 0
        self._symbol = ""
        self._learnt = Learnt()
        self._asked: AlgoParams | None = None
        self._asked_ns = 0
        self._started: AlgoParams | None = None  # what was started last, and when
        self._started_ns = 0
        self._has_ended = False  # what was being amended: the next press was meant for it, and starts nothing
        self._anchor_ns = 0  # the venue's time that "now" and minutes from now mean; moved on with each question

    # What is chosen

    @property
    def instrument(self) -> Instrument | None:
        """The issue that keys act on; while something is amended, its issue."""
        view = self.amended
        return self._market.instruments.get(view.symbol if view is not None else self._selection.symbol())

    @property
    def amended(self) -> WorkView | None:
        """The algorithm under way that is given other terms."""
        view = self._orders.works.get(self.amends) if self.amends else None
        return view if view is not None and isinstance(view.spec, AlgoSpec) else None

    @property
    def fields(self) -> tuple[AlgoField, ...]:
        """The fields of the kind, in their order."""
        return FIELDS[self.kind]

    def is_open(self, field: AlgoField) -> bool:
        """Whether it can be typed in: under way not everything can be changed."""
        return not self.amends or field in AMENDED

    def text(self, field: AlgoField) -> str:
        """What stands in a field."""
        found = self._typed.get(field)
        if found is not None:
            return found
        if field is F.QTY:
            return qty_text(self._selection.qty)
        if field is F.SEED:
            return str(drawn(self._draws + len(self._orders.works), 0, SEED_MAX))
        return defaults_of(self.kind).get(field, "")

    def type(self, field: AlgoField, text: str) -> None:
        """Somebody has typed."""
        self._typed[field] = text
        self._selection.touch()

    def choose_kind(self, kind: AlgoKind) -> None:
        """Another algorithm: quantity, limit and times stay as they were typed."""
        if self.amends or kind is self.kind:
            return
        self.kind = kind
        self._typed.pop(F.INTERVAL, None)
        self._typed.pop(F.DISPLAY, None)
        self._selection.touch()

    def choose_side(self, side: Side) -> None:
        """Buy or sell."""
        if not self.amends:
            self.side = side
            self._selection.touch()

    def choose_deadline(self, deadline: Deadline) -> None:
        """What happens to the rest at the end."""
        if not self.amends:
            self.deadline = deadline
            self._selection.touch()

    def turn_auctions(self) -> None:
        """Take part in calls, or not."""
        if not self.amends:
            self.in_auctions = not self.in_auctions
            self._selection.touch()

    def turn_routed(self) -> None:
        """Over all venues, or only at the one of the ladder's tab."""
        if not self.amends:
            self.is_routed = not self.is_routed
            self._selection.touch()

    def draw_seed(self) -> None:
        """Another throw of the dice."""
        self._draws += 1
        self._typed.pop(F.SEED, None)
        self._selection.touch()

    @property
    def venue(self) -> str:
        """The one venue that it may use; empty for all."""
        return "" if self.is_routed else self.venue_here

    @property
    def venue_here(self) -> str:
        """The venue of the ladder's tab; empty where it is all of them, or the issue has but one."""
        venue = self._actions.venue
        return "" if venue == COMBINED else venue

    # Opening

    def take_order(self) -> None:
        """Begin with what the order form says: its side, quantity and limit."""
        order = self._order_form
        if self.amends:
            self.leave()
        self._has_ended = False
        self._typed = {key: text for key, text in self._typed.items() if key not in (F.QTY, F.PX)}
        if order.tab is not Tab.AMEND:
            self.side = order.side
        issue = order.instrument
        self._typed[F.QTY] = qty_text(order.qty or self._selection.qty)
        if issue is not None and order.is_priced and order.px > 0:
            self._typed[F.PX] = px_text(order.px, issue.px_decimals)
        self._symbol = self._selection.symbol()
        self._selection.touch()

    def follow(self) -> None:
        """Another issue was chosen: a limit of the one before means nothing."""
        symbol = self._selection.symbol()
        if symbol != self._symbol and not self.amends:
            if self._symbol:
                self._typed.pop(F.PX, None)
                self._typed.pop(F.QTY, None)
            self._symbol = symbol
        view = self.amended
        if self.amends and (view.state.is_over if view is not None else self._orders.is_whole):
            self.leave()
            self._has_ended = True

    def amend(self, work_id: int) -> Refusal | None:
        """Show the terms of an algorithm under way, to be changed."""
        view = self._orders.works.get(ClOrdID(work_id))
        if view is None or not isinstance(view.spec, AlgoSpec) or view.state.is_over:
            return self._actions.note("refusal.no_algo")
        params, issue = view.spec.params, self._market.instruments.get(view.symbol)
        decimals = issue.px_decimals if issue is not None else 0
        self._has_ended = False
        self.amends, self.kind, self.side = view.work_id, params.kind, params.side
        self.deadline, self.in_auctions, self.is_routed = params.deadline, params.in_auctions, not params.venue
        self._typed = {field: text_of(field, params, decimals) for field in self.fields}
        self._selection.touch()
        return None

    def leave(self) -> None:
        """Amend nothing any more."""
        if self.amends:
            self.amends = NO_ID
            self._typed = {}
            self._symbol = self._selection.symbol()
            self._selection.touch()

    # What would be sent

    def chip_px(self, chip: PxChip) -> int:
        """The price behind a chip for the issue of this form, which while amending need not be the chosen one."""
        issue, market = self.instrument, self._market
        prices = {PxChip.BID: market.best_bid, PxChip.ASK: market.best_ask, PxChip.LAST: market.last_px}
        if issue is None or issue.symbol == self._selection.symbol():
            return self._order_form.chip_px(chip)
        return prices[chip](issue.symbol) if chip in prices else 0

    def problems(self) -> dict[AlgoField, Problem]:
        """What is wrong, by field: what was typed, else what the core says of it."""
        return self._values()[1] or self._told()

    def general_problem(self) -> Problem | None:
        """What is wrong and stands at no field."""
        if self.instrument is None:
            return Problem(key="refusal.no_symbol")
        plan = self.plan
        shown = set(self.fields)
        keys = [key for key in (plan.refusals if plan is not None else ()) if FIELD_OF.get(key) not in shown]
        return Problem(key=UNLEARNT.get(keys[0], keys[0])) if keys else None

    def _told(self) -> dict[AlgoField, Problem]:
        found: dict[AlgoField, Problem] = {}
        plan, view = self.plan, self.amended
        for key in plan.refusals if plan is not None else ():
            field = FIELD_OF.get(key)
            if field is not None and field in self.fields:
                found.setdefault(field, Problem(key=key))
        if view is not None and plan is not None and plan.asked.qty < view.cum_qty + view.working_qty:
            placed = qty_text(view.cum_qty + view.working_qty)
            found.setdefault(F.QTY, Problem(key="algo_form.wrong.placed", values={"qty": placed}))
        return found

    def _values(self) -> tuple[dict[AlgoField, int], dict[AlgoField, Problem]]:
        issue, trade_ns = self.instrument, self._anchor_ns or self._market.trade_ns
        values: dict[AlgoField, int] = {}
        problems: dict[AlgoField, Problem] = {}
        for field in self.fields:
            text = self.text(field)
            if field in (F.START, F.END):
                begun = values.get(F.START, 0) or trade_ns
                found = time_of(text, trade_ns if field is F.START else begun, trade_ns)
            else:
                found = value_of(field, text, issue.px_decimals if issue is not None else 0)
            if isinstance(found, Problem):
                problems[field] = found
            else:
                values[field] = found
        if not values.get(F.START) and self.text(F.END).strip().startswith("+") and F.START in values:
            values[F.START] = trade_ns  # so many minutes from now are exactly so many
        for field in AMENDED if self.amends else ():
            if values.get(field) == 0 and self._stood(field):
                problems[field] = Problem(key="algo_form.wrong.kept")
        return values, problems

    def _stood(self, field: AlgoField) -> int:
        """What it says that is under way: such terms are changed, never taken away."""
        view = self.amended
        if field not in self.fields or view is None or not isinstance(view.spec, AlgoSpec):
            return 0
        return int(getattr(view.spec.params, field.value))

    def params(self) -> AlgoParams | None:
        """The algorithm as it was typed; None while it cannot be one."""
        issue = self.instrument
        values, problems = self._values()
        if issue is None or problems:
            return None
        view = self.amended
        if view is not None and isinstance(view.spec, AlgoSpec):
            return self._amended_params(view.spec.params, values, issue)
        return self._learnt.fill(
            AlgoParams(
                algo_id=NO_ID,
                kind=self.kind,
                account=self._orders.account_id,
                symbol=issue.symbol,
                side=self.side,
                deadline=self.deadline,
                in_auctions=self.in_auctions,
                venue=self.venue,
                **{"qty": Qty(0)} | {field.value: value for field, value in values.items()},  # type: ignore[arg-type]
            ),
            issue,
        )

    def _amended_params(self, before: AlgoParams, values: Mapping[AlgoField, int], issue: Instrument) -> AlgoParams:
        """With what was typed; a field that still says what it said keeps its value to the nanosecond."""
        changed = {
            field.value: values[field]
            for field in self.fields
            if field in AMENDED and values[field] and self.text(field) != text_of(field, before, issue.px_decimals)
        }
        return self._learnt.fill(replace(before, **changed), issue)

    # The plan

    def plan_wanted(self, now_ns: int) -> RequestAlgoPlan | None:
        """What to ask the core now; None when nothing, or nothing new."""
        plan = self._orders.algo_plan
        self._learnt.take(plan, self._market.instruments.get(plan.params.symbol) if plan is not None else None, now_ns)
        is_due = self._asked is None or now_ns - self._asked_ns >= RENEW_NS
        if is_due:
            self._anchor_ns = self._market.trade_ns
        params = self.params()
        if params is None or (params == self._asked and not is_due):
            self._asked = params
            return None
        self._asked, self._asked_ns = params, now_ns
        return RequestAlgoPlan(params=params, learns=self._learnt.learns(params.symbol, now_ns))

    @property
    def plan(self) -> AlgoPlanView | None:
        """The core's answer to the question that stands now, else the last one of this kind and issue."""
        plan, asked = self._orders.algo_plan, self._asked
        if plan is None or asked is None or (plan.asked.kind, plan.asked.symbol) != (asked.kind, asked.symbol):
            return None
        return plan

    @property
    def is_current(self) -> bool:
        """Whether the plan answers what stands in the form."""
        plan, params = self.plan, self.params()
        if plan is None or params is None:
            return False
        return _bare(plan.asked) == _bare(params)

    def start(self) -> Refusal | None:
        """Start what is shown, or give the algorithm its new terms. None when it left."""
        self.follow()
        if self._has_ended:
            self._has_ended = False
            return self._actions.note("refusal.no_algo")
        problems = self.problems()
        general = self.general_problem()
        wrong = next(iter(problems.values()), None) or general
        if wrong is not None:
            return self._actions.note(wrong.key, **wrong.values)
        plan = self.plan
        if plan is None or not self.is_current or (plan.is_learning and not plan.points):
            return self._actions.note("refusal.algo_no_plan")
        if self.amends:
            return self._send_amended(plan)
        params = plan.params
        bare = replace(_bare(params), start_ns=0, end_ns=0, seed=0)
        if bare == self._started and self._actions.now_ns - self._started_ns < AGAIN_NS:
            return self._actions.note("refusal.algo_again")
        curve = params.curve if params.kind is AlgoKind.VWAP else None
        impact = params.impact if params.kind is AlgoKind.IS else None
        refusal = self._actions.start_algo(replace(params, curve=curve, impact=impact))
        if refusal is None:
            self._started, self._started_ns = bare, self._actions.now_ns
            self.draw_seed()
        return refusal

    def _send_amended(self, plan: AlgoPlanView) -> Refusal | None:
        view = self.amended
        if view is None or not isinstance(view.spec, AlgoSpec):
            return self._actions.note("refusal.no_algo")
        before: AlgoParams = view.spec.params
        changed: Mapping[str, int] = {
            field.value: int(getattr(plan.asked, field.value))
            for field in AMENDED
            if getattr(plan.asked, field.value) != getattr(before, field.value)
        }
        if not changed:
            return self._actions.note("refusal.algo_same")
        refusal = self._actions.amend_algo(view.work_id, changed)
        if refusal is None:
            self.leave()
        return refusal


def _bare(params: AlgoParams) -> AlgoParams:
    """Without what was learnt."""
    return replace(params, curve=None, impact=None)
