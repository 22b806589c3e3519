"""One trip in full: what it brought before and after costs, how much of the way was kept, what routing saved."""

from collections.abc import Iterable

from msgspec import Struct

from hts.desk.figures import money_text, percent_text, px_text, qty_text, signed_money
from hts.desk.past_trades import PastTrades
from hts.desk.ratios import divide, sign
from hts.desk.texts import Texts
from hts.desk.trade_journal import RoundTrip
from hts.desk.trade_journal_tables import TripRow, held_text, r_text
from hts.model.quotes import Bar

MINUTE_NS = 60_000_000_000
BEFORE_NS, AFTER_NS = 20 * MINUTE_NS, 15 * MINUTE_NS
BARS_MAX = 240


class DetailFact(Struct, frozen=True, kw_only=True):
    """A line: 1 gained, -1 lost, 0 plain. `is_rule` begins a new block above it."""

    label: str
    value: str
    tone: int = 0
    is_rule: bool = False


def detail(row: TripRow, past: PastTrades, texts: Texts) -> tuple[DetailFact, ...]:
    """The lines of a trip."""
    trip, decimals, currency = row.trip, row.px_decimals, row.trip.currency

    def fact(key: str, value: str, tone: int = 0, *, is_rule: bool = False) -> DetailFact:
        return DetailFact(label=texts(f"journal.{key}"), value=value, tone=tone, is_rule=is_rule)

    gross = trip.net + trip.costs
    lines = [
        fact("side", texts(f"side.{trip.side.name.lower()}"), trip.side.sign),
        fact("qty", qty_text(abs(trip.qty))),
        fact("entry", px_text(trip.entry_px, decimals)),
        fact("exit", px_text(trip.exit_px, decimals) if trip.exit_qty else "—"),
        fact("held", texts("journal.open") if trip.is_open else held_text(trip.held_ns)),
        fact("gross", signed_money(gross, currency), sign(gross), is_rule=True),
        fact("fees", money_text(-trip.fees, currency)),
        fact("taxes", money_text(-trip.taxes, currency)),
        fact("net", signed_money(trip.net, currency), sign(trip.net)),
        fact("return", f"{percent_text(trip.net, trip.entry_value)}%", sign(trip.net)),
        fact("r_multiple", "—" if trip.r_centi is None else f"{r_text(trip.r_centi)}R", sign(trip.r_centi or 0)),
    ]
    if trip.risk:
        lines += [
            fact("stop", px_text(trip.stop_px, decimals), is_rule=True),
            fact("risk", money_text(trip.risk, currency)),
        ]
    if trip.has_excursion:
        kept = f"{qty_text(divide(gross * 100, trip.mfe))}%" if trip.mfe > 0 and not trip.is_open else "—"
        lines += [
            fact("mae", signed_money(trip.mae, currency), is_rule=True),
            fact("mfe", signed_money(trip.mfe, currency)),
            fact("captured", kept),
        ]
    saved = saved_by_routing(trip, past)
    if saved is not None:
        lines.append(fact("saved", signed_money(saved, currency), sign(saved), is_rule=not trip.has_excursion))
    return tuple(lines)


def saved_by_routing(trip: RoundTrip, past: PastTrades) -> int | None:
    """What the routed orders of a trip saved against the best single venue; None where none was routed."""
    orders = set(trip.order_ids)
    works = {one.work_id for one in past.fills if one.work_id and one.fill.order_id in orders}
    routes = [past.routes[work] for work in works if work in past.routes]
    return sum(route.saved_best_single for route in routes) if routes else None


def bars_around(trip: RoundTrip, bars: Iterable[Bar], now_ns: int) -> list[Bar]:
    """The minutes of a trip with some before and after, the newest BARS_MAX of them; none where they are not known."""
    begin, end = trip.open_ns - BEFORE_NS, (trip.close_ns or now_ns) + AFTER_NS
    found = [bar for bar in bars if begin <= bar.start_ns <= end]
    known = any(bar.start_ns <= trip.open_ns < bar.start_ns + MINUTE_NS for bar in found)
    return found[-BARS_MAX:] if known else []
