"""What the x-ray panel shows now: an order or a routed order's part, with everything that is known of it."""

from collections.abc import Callable

from msgspec import Struct

from hts.desk.answers import Answers
from hts.desk.figures import px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.order_said import said_also
from hts.desk.order_xray import TERMINAL_HOPS, UNKNOWN, Way, make_way, took_text, usual_ns
from hts.desk.order_xray_checks import CheckRow, check_rows
from hts.desk.order_xray_headline import Came, Headline, Later, Since, headline
from hts.desk.order_xray_lanes import LANES_MAX, Lanes, make_lanes
from hts.desk.order_xray_refusal import WhyRow, why_rows
from hts.desk.order_xray_refused import RefusedRow, refused_rows
from hts.desk.order_xray_route import RouteTold, route_told
from hts.desk.order_xray_stamps import TerminalTimes, request_behind
from hts.desk.order_xray_wire import WireMessage
from hts.desk.orders import OrdersState
from hts.desk.ratios import divide
from hts.desk.sentences import end_text, refusal_text
from hts.desk.tables import side_tone
from hts.desk.texts import Texts
from hts.model.enums import OrdType
from hts.model.queries import AnyQuery, RequestLatency, RequestOrderTrace, RequestRoute
from hts.model.trace import Hop, OrderWay, TraceView
from hts.model.units import ClOrdID
from hts.model.views import OrderView
from hts.model.work import RouteView, WorkView

ASKED_MAX = 256  # parts whose newest state is remembered as asked for


class Fact(Struct, frozen=True, kw_only=True):
    """A figure of the strip. `tone` as in tables."""

    label: str
    value: str
    tone: int = 0


class Xray(Struct, frozen=True, kw_only=True):
    """Everything of one order, ready to be painted. `siblings` are the parts of the same routed order, itself too."""

    view: OrderView
    head: Headline
    facts: tuple[Fact, ...]
    way: Way
    usual: dict[Hop, int]
    route: RouteTold | None
    messages: tuple[WireMessage, ...]
    trace: TraceView | None
    siblings: tuple[ClOrdID, ...]
    checks: tuple[CheckRow, ...]
    lanes: Lanes | None
    why: tuple[WhyRow, ...] = ()  # of one that was refused
    refused: tuple[RefusedRow, ...] = ()  # beside such a one: all of the day

    @property
    def start_ns(self) -> int:
        """The way's beginning on the machine's clock: messages and reports count from it, too."""
        return self.way.start_ns


class XrayState:
    """Follows `answers.looked_at`, or the newest order; asks the core when what it shows has changed."""

    def __init__(
        self,
        answers: Answers,
        market: MarketState,
        orders: OrdersState,
        query: Callable[[AnyQuery], None],
        texts: Texts,
    ) -> None:
        self._answers = answers
        self._market = market
        self._orders = orders
        self._query = query
        self._texts = texts
        self._asked: OrderView | None = None
        self._asked_parts: dict[ClOrdID, OrderView] = {}

    def target(self) -> OrderView | None:
        """The order that is shown; of a piece of work its first part."""
        wanted = self._answers.looked_at
        orders = self._orders.orders
        if not wanted:
            return next(reversed(orders.values()), None)
        if wanted in orders:
            return orders[wanted]
        work = self._orders.works.get(wanted)
        children = [orders[child] for child in (work.children if work is not None else ()) if child in orders]
        return children[0] if children else None

    def step(self, by: int) -> None:
        """Look at the order before (-1) or after (1)."""
        view = self.target()
        ids = list(self._orders.orders)
        if view is not None and view.order_id in ids:
            at = min(max(ids.index(view.order_id) + by, 0), len(ids) - 1)
            self._answers.look_at(ids[at])

    def step_part(self, by: int) -> None:
        """Look at the next part of the same routed order."""
        view = self.target()
        parts = self._parts(view) if view is not None else ()
        if view is not None and len(parts) > 1:
            self._answers.look_at(parts[(parts.index(view.order_id) + by) % len(parts)])

    def ask(self) -> None:
        """Ask the core what is not known yet, or has changed since it was asked."""
        view = self.target()
        if view is None:
            return
        self._ask_parts(view)
        if view is self._asked:
            return
        self._asked = self._asked_parts[view.order_id] = view
        self._query(RequestOrderTrace(order_id=view.order_id))
        self._query(RequestLatency())
        if view.parent_id:
            self._query(RequestRoute(work_id=view.parent_id))

    def _ask_parts(self, view: OrderView) -> None:
        """The other parts of the same routed order, again when they have changed."""
        if len(self._asked_parts) > ASKED_MAX:
            self._asked_parts.clear()
        for part in self._parts(view)[:LANES_MAX]:
            other = self._orders.orders[part]
            if other is not view and self._asked_parts.get(part) is not other:
                self._asked_parts[part] = other
                self._query(RequestOrderTrace(order_id=part))

    def now(self) -> Xray | None:
        """What is to be shown; None without any order."""
        view = self.target()
        if view is None:
            return None
        answers, texts = self._answers, self._texts
        trace = answers.trace(view.order_id)
        way = make_way(trace.way if trace is not None else OrderWay(), self._times(view))
        issue = self._market.instruments.get(view.symbol)
        decimals = issue.px_decimals if issue is not None else 0
        route = route_told(self._route(view), view.entered_ns, texts, decimals)
        name = texts.name(issue) if issue is not None else view.symbol
        lanes = self._lanes(view, decimals)
        work = self._work(view)
        checks = check_rows(trace.checks if trace is not None else (), texts, decimals)
        came = Came(later=self._later(view, way, lanes), by=work.spec if work is not None else None)
        return Xray(
            view=view,
            head=headline(view, way, route, texts, decimals, is_answered=trace is not None, came=came),
            facts=_facts(view, way, name, texts, decimals),
            way=way,
            usual=usual_ns(answers.latency, answers.stamps.hops, view.venue),
            route=route,
            messages=answers.messages(view.order_id),
            trace=trace,
            siblings=self._parts(view),
            checks=checks,
            lanes=lanes,
            why=why_rows(view, way, checks, texts, decimals, others=self._orders.orders.values()),
            refused=refused_rows(view, self._orders.orders, self._market.instruments, texts),
        )

    def _lanes(self, view: OrderView, px_decimals: int) -> Lanes | None:
        """All parts of the routed order on one axis, from the key that began it."""
        parts = self._parts(view)
        if len(parts) < 2:
            return None
        found = [(self._orders.orders[part], self._answers.trace(part)) for part in parts]
        key_ns = max(self._times(self._orders.orders[part]).key_ns for part in parts)
        return make_lanes(found, key_ns, view.order_id, px_decimals)

    def _times(self, view: OrderView) -> TerminalTimes:
        """The terminal's own stamps; a part's answer is its own.

        The key of a part that left with its routed order is that order's; what the core sends later had none.
        """
        work = self._work(view)
        return self._answers.stamps.of(request_behind(view, work), view.order_id)

    def _work(self, view: OrderView) -> WorkView | None:
        return self._orders.works.get(view.parent_id) if view.parent_id else None

    def _later(self, view: OrderView, way: Way, lanes: Lanes | None) -> Later | None:
        """How long after the whole was begun the core sent this part, on the clock of the lanes where they tell it."""
        work = self._work(view)
        if work is None or view.entered_ns <= work.started_ns:
            return None
        if lanes is not None and way.start_ns > lanes.begin_ns:
            since = Since.KEY if lanes.from_key else Since.PART
            return Later(since=since, ns=way.start_ns - lanes.begin_ns)
        return Later(since=Since.VENUE, ns=view.entered_ns - work.started_ns)

    def _route(self, view: OrderView) -> RouteView | None:
        return self._orders.routes.get(view.parent_id) if view.parent_id else None

    def _parts(self, view: OrderView) -> tuple[ClOrdID, ...]:
        work = self._work(view)
        return tuple(child for child in work.children if child in self._orders.orders) if work is not None else ()


def _facts(view: OrderView, way: Way, name: str, texts: Texts, decimals: int) -> tuple[Fact, ...]:
    px = px_text(view.px, decimals) if view.px else ""
    terms = f"{texts(f'ord_type.{view.ord_type.name.lower()}')} {px} {texts(f'tif.{view.time_in_force.name.lower()}')}"
    if view.ord_type is OrdType.LIMIT:
        terms = f"{px} {texts(f'tif.{view.time_in_force.name.lower()}')}"
    terms = ", ".join([terms, *(refusal_text(one, texts) for one in said_also(view))])
    average = px_text(divide(view.filled_value, view.cum_qty), decimals) if view.cum_qty else "—"
    filled = f" {qty_text(view.cum_qty)} / {qty_text(view.order_qty)}"
    known = [hop for hop in way.hops if hop.is_known]
    over = way.over_count
    begin = "to" if way.has_key else "start_to"
    key = "order_xray.over_some" if over else "order_xray.over_none"
    paint = way.spans[-1].took_ns
    state = texts(f"status.{view.ord_status.name.lower()}") + (filled if view.cum_qty else "")
    return (
        Fact(label=texts("order_xray.side"), value=texts(f"side.{view.side.name.lower()}"), tone=side_tone(view.side)),
        Fact(label=texts("order_xray.qty"), value=qty_text(view.order_qty)),
        Fact(label=texts("order_xray.issue"), value=f"{view.symbol} {name}"),
        Fact(label=texts("order_xray.terms"), value=" ".join(terms.split())),
        Fact(label=texts("order_xray.average"), value=average),
        Fact(label=texts("order_xray.state"), value=state, tone=3 if end_text(view, texts, decimals) else 0),
        Fact(label=texts(f"order_xray.{begin}_wire"), value=took_text(way.spans[0].took_ns)),
        Fact(label=texts(f"order_xray.{begin}_answer"), value=took_text(way.answer_ns)),
        Fact(label=texts("order_xray.to_paint"), value=took_text(paint)),
        Fact(
            label=texts("order_xray.over_budget"),
            value=texts(key, number=str(over), total=str(len(known))),
            tone=3 if over else 0,
        ),
    )


def trace_text(xray: Xray, texts: Texts) -> str:
    """The whole trace for the clipboard: headline, hops, spans, rules, messages in hex."""
    lines = [f"{xray.view.order_id} {xray.view.symbol} {xray.view.venue}", xray.head.verdict, xray.head.route, ""]
    for hop in xray.way.hops:
        took = "-" if hop.took_ns == UNKNOWN else str(hop.took_ns)
        side = texts("order_xray.terminal") if hop.hop in TERMINAL_HOPS else texts("order_xray.core")
        lines.append(f"{texts(f'hop.{hop.hop.value}')}\t{took}\t{hop.budget_ns}\t{side}")
    for span in xray.way.spans:
        took = "-" if span.took_ns == UNKNOWN else str(span.took_ns)
        lines += [f"{texts(span.key)}\t{took}\t{span.budget_ns}"]
    lines += [f"{row.label}\t{row.value}" for row in xray.why]
    lines += [f"{'+' if row.is_passed else '!'}\t{row.name}\t{row.figure}" for row in xray.checks]
    for message in xray.messages:
        way = texts("order_xray.sent" if message.is_sent else "order_xray.received")
        lines += ["", f"{way}\t{message.venue}\t{message.protocol}\t{message.name}\t{message.mono_ns}"]
        lines.append(message.data.hex(" "))
        lines += [f"{field.name}\t{field.value}" for field in message.fields]
    return "\n".join(lines) + "\n"
