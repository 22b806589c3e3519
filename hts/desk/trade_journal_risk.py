"""The first risk of a trip: what would have been lost, costs aside, had its first stop come true at once.

Each order that added to the trip is measured to the stop it was entered with; one without a stop of its own to the
first stop of the whole trip: the oldest one that was placed against the position while it was held, or that came with
one of its orders. Stops that were moved later, and moved up to the entry or beyond, change nothing: a multiple of a
risk that was chosen afterwards says nothing. Where the first stop already lay on the winning side, or none was set,
there is no risk that could be counted.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from hts.desk.ratios import divide
from hts.desk.trade_journal import Entry, RoundTrip
from hts.model.enums import Side
from hts.model.past_fills import PastStop
from hts.model.units import ClOrdID

Place = tuple[str, str, str, Side]  # account, symbol, row of holdings, side of the stop


def note_risks(trips: Iterable[RoundTrip], stops: Iterable[PastStop]) -> None:
    """Note the first stop and the first risk of each trip."""
    attached: dict[ClOrdID, PastStop] = {}
    placed: dict[Place, list[PastStop]] = {}
    for stop in stops:
        if stop.protects:
            attached.setdefault(stop.protects, stop)
        else:
            placed.setdefault((stop.account, stop.symbol, stop.row.partition(" ")[0], stop.side), []).append(stop)
    for found in placed.values():
        found.sort(key=lambda one: one.trade_ns)
    for trip in trips:
        if trip.is_judged:
            continue  # what is placed after its end is none of its stops
        account, symbol, row, _ = trip.key
        _note(trip, attached, placed.get((account, symbol, row, trip.side.other), ()))


def _note(trip: RoundTrip, attached: Mapping[ClOrdID, PastStop], placed: Sequence[PastStop]) -> None:
    own = {order_id: _own_stop(order_id, entry, attached) for order_id, entry in trip.entries.items()}
    known = [stop for stop in own.values() if stop is not None]
    at = bisect_left(placed, trip.open_ns, key=lambda one: one.trade_ns)
    if at < len(placed) and (trip.is_open or placed[at].trade_ns < trip.close_ns):
        known.append(placed[at])
    trip.risk, trip.stop_px, trip.is_judged = 0, 0, not trip.is_open
    if not known:
        return
    first = min(known, key=lambda one: one.trade_ns)
    risk = sum(_risk(trip.side, entry, (own[order_id] or first).px) for order_id, entry in trip.entries.items())
    if risk > 0:
        trip.risk, trip.stop_px = risk, first.px


def _own_stop(order_id: ClOrdID, entry: Entry, attached: Mapping[ClOrdID, PastStop]) -> PastStop | None:
    """What an order was entered with, by itself or as a part of a routed one."""
    return attached.get(order_id) or attached.get(entry.work_id)


def _risk(side: Side, entry: Entry, stop_px: int) -> int:
    """From what was paid down to the stop (up to it, for a short), in money; below nothing beyond the entry."""
    # What a step of the price is worth in money, the entry itself tells.
    return divide(side.sign * (entry.paid - stop_px * entry.qty) * abs(entry.value), max(entry.paid, 1))
