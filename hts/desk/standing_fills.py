"""Which fills stand: what the venue took back or corrected, in fills as the journal has them."""

from collections.abc import Iterable

from msgspec.structs import replace

from hts.model.past_fills import PastFill
from hts.model.units import NO_ID, ClOrdID, Notional

Place = tuple[str, int, int]  # venue, trading date, ExecID


def standing(fills: Iterable[PastFill]) -> list[PastFill]:
    """Fills without those that the venue took back, corrections in the place of what they correct; in time's order.

    What a fill that is taken back changes in the bill of others is charged to them, as the accounts do it.
    """
    kept: dict[Place, PastFill] = {}
    names: dict[Place, Place] = {}  # under which place a fill is kept that has another number now
    for past in fills:
        place = (past.fill.venue, past.trade_date, past.fill.exec_id)
        if not past.undoes:
            kept[place] = past
            continue
        gone = _place_of(kept, names, past)
        if gone is None:
            continue
        before, is_today = kept[gone], gone[1] == past.trade_date
        if past.fill.qty:
            kept[gone] = _corrected(before, past, is_today=is_today)
            names[place] = gone
            continue
        del kept[gone]
        if is_today:  # else its costs came back with it, and nobody else's bill has changed
            _charge(kept, past, past.fill.order_id, fee=past.fill.fee)
            _charge(kept, past, NO_ID, tax=past.fill.tax)
    return list(kept.values())


def _place_of(kept: dict[Place, PastFill], names: dict[Place, Place], past: PastFill) -> Place | None:
    """Where the fill is that is taken back: of the same day, else the newest of its order that had that number."""
    venue, number = past.fill.venue, past.undoes
    today = (venue, past.trade_date, number)
    place = names.get(today, today)
    if place in kept:
        return place
    known = [names.get(one, one) for one in (*kept, *names) if (one[0], one[2]) == (venue, number)]
    return next((one for one in reversed(known) if one in kept and kept[one].fill.order_id == past.fill.order_id), None)


def _corrected(before: PastFill, past: PastFill, *, is_today: bool) -> PastFill:
    """As though it had always been so: at its time, under its number. A later day's costs are what changed in them."""
    fee, tax = (0, 0) if is_today else (before.fill.fee, before.fill.tax)
    fill = replace(
        past.fill,
        exec_id=before.fill.exec_id,
        trade_ns=before.fill.trade_ns,
        fee=Notional(past.fill.fee + fee),
        tax=Notional(past.fill.tax + tax),
    )
    return replace(past, fill=fill, trade_date=before.trade_date)


def _charge(kept: dict[Place, PastFill], like: PastFill, order_id: ClOrdID, *, fee: int = 0, tax: int = 0) -> None:
    """The newest fill of that account, issue, side and day bears it, of the named order if it has any."""
    about = (like.fill.account, like.fill.symbol, like.fill.side, like.trade_date)
    found = [
        (place, one)
        for place, one in reversed(kept.items())
        if (one.fill.account, one.fill.symbol, one.fill.side, one.trade_date) == about
    ]
    if found and (fee or tax):
        place, bearer = next((pair for pair in found if pair[1].fill.order_id == order_id), found[0])
        fill = bearer.fill
        charged = replace(fill, fee=Notional(fill.fee + fee), tax=Notional(fill.tax + tax))
        kept[place] = replace(bearer, fill=charged)
