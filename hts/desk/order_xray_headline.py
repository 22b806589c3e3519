"""The x-ray's first two sentences: what became of the order and why it took its time, and why it went where it went."""

from enum import Enum

from msgspec import Struct

from hts.desk.figures import px_text, qty_text
from hts.desk.order_xray import UNKNOWN, Way, took_text
from hts.desk.order_xray_route import RouteTold
from hts.desk.ratios import divide
from hts.desk.sentences import denial_text, end_text
from hts.desk.texts import Texts
from hts.model.enums import OrdStatus, OrdType, TimeInForce
from hts.model.trace import Hop
from hts.model.views import OrderView
from hts.model.work import AlgoSpec, WorkSpec

REFUSED = (OrdStatus.DENIED, OrdStatus.REJECTED)


class Since(Enum):
    """From what a later part's delay counts, and on whose clock; the value is the key of the sentence."""

    KEY = "order_xray.part_later_key"  # the machine's, from the key that began the whole: as its lanes
    PART = "order_xray.part_later_part"  # the machine's, from the first part
    VENUE = "order_xray.part_later_venue"  # the venue's, from the whole's start; a market may run faster than life


class Later(Struct, frozen=True, kw_only=True):
    """How long after the whole the core sent a part of it."""

    since: Since
    ns: int


class Came(Struct, frozen=True, kw_only=True):
    """How an order that the core sent came to be: how long after the whole, and what kind of work chose its venue."""

    later: Later | None = None
    by: WorkSpec | None = None


NOT_SENT_BY_CORE = Came()


class Headline(Struct, frozen=True, kw_only=True):
    """`verdict` and `route`, each a sentence or two; `is_refusal` when the order came to nothing by somebody's word."""

    verdict: str
    route: str
    is_refusal: bool


def headline(
    view: OrderView,
    way: Way,
    route: RouteTold | None,
    texts: Texts,
    px_decimals: int,
    *,
    is_answered: bool = True,
    came: Came = NOT_SENT_BY_CORE,
) -> Headline:
    """Both sentences. `is_answered`: the core has told what it knows."""
    if view.denial is not None:
        rule = texts("order_xray.denied", rule=view.denial.rule.value.upper())
        return Headline(
            verdict=f"{rule} {denial_text(view.denial, texts, px_decimals)}",
            route=_never_left_text(way, texts),
            is_refusal=True,
        )
    if view.ord_status is OrdStatus.REJECTED:
        why = end_text(view, texts, px_decimals) or texts("order_xray.no_reason")
        refused = texts("order_xray.rejected", venue=view.venue, reason=why, took=_answer_text(way))
        return Headline(verdict=refused, route=_route_text(view, route, texts, px_decimals, came.by), is_refusal=True)
    why = _route_text(view, route, texts, px_decimals, came.by)
    if came.later is not None:
        after = took_text(came.later.ns)
        why = f"{texts(came.later.since.value, parent=str(view.parent_id), after=after)} {why}"
    return Headline(verdict=_time_text(view, way, texts, is_answered=is_answered), route=why, is_refusal=False)


def _never_left_text(way: Way, texts: Texts) -> str:
    """That nobody outside saw it, and how long our own no took."""
    never = texts("order_xray.never_left")
    check = next((hop for hop in way.hops if hop.hop is Hop.CHECK and hop.is_known), None)
    if check is None:
        return never
    key = "order_xray.refused_from_key" if way.has_key else "order_xray.refused_from_core"
    return f"{never} {texts(key, took=took_text(check.begin_ns + check.took_ns))}"


def _answer_text(way: Way) -> str:
    return took_text(way.answer_ns if way.answer_ns != UNKNOWN else way.total_ns)


def _time_text(view: OrderView, way: Way, texts: Texts, *, is_answered: bool) -> str:
    """How long, and where most of it went."""
    slowest = way.slowest
    if slowest is None:
        return texts("order_xray.not_measured" if is_answered else "order_xray.asking")
    whole = way.answer_ns if way.answer_ns > 0 else way.total_ns
    share = divide(slowest.took_ns * 100, whole) if whole > 0 else 0
    key = "order_xray.took" if way.answer_ns != UNKNOWN else "order_xray.waits"
    sentence = texts(
        key,
        venue=view.venue,
        took=took_text(whole),
        hop=texts(f"hop.{slowest.hop.value}"),
        hop_took=took_text(slowest.took_ns),
        share=str(min(share, 100)),
    )
    if slowest.is_over:
        return f"{sentence} {texts('order_xray.over', budget=took_text(slowest.budget_ns))}"
    return sentence


def _route_text(view: OrderView, route: RouteTold | None, texts: Texts, px_decimals: int, by: WorkSpec | None) -> str:
    """Why this venue."""
    if route is None:
        return texts(_unrouted(view, by), venue=view.venue, parent=str(view.parent_id))
    told = texts("order_xray.routed", venues=route.venues)
    reasons = []
    if route.saved > 0:
        reasons.append(texts("order_xray.saved", saved=px_text(route.saved, px_decimals)))
    elif route.excluded and len(route.excluded) == len(route.seen) - 1:
        reasons.append(texts("order_xray.sole"))
    elif route.ties:
        reasons.append(texts("order_xray.tied", venues=", ".join(route.ties)))
    else:
        reasons.append(texts("order_xray.best_alone"))
    reasons += [f"{venue}: {why}." for venue, why in route.excluded]
    if route.count > 1:
        reasons.append(texts("order_xray.decision", number=str(route.number), total=qty_text(route.count)))
    return " ".join([told, *reasons])


def _unrouted(view: OrderView, by: WorkSpec | None) -> str:
    """Where no decision is recorded: by what rule the core chose the venue of an order."""
    if isinstance(by, AlgoSpec):
        if by.params.venue:
            return "order_xray.algo_venue"
        if view.ord_type is OrdType.MARKET:
            return "order_xray.algo_market"
        is_taking = view.time_in_force is TimeInForce.IOC
        return "order_xray.algo_takes" if is_taking else "order_xray.algo_rests"
    return "order_xray.part_of" if view.parent_id else "order_xray.not_routed"
