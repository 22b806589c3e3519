"""Fills that the core has from an order's sums alone, since its FIX session's numbers were lost with what was not told.

Nobody tells them one by one any more: their order's status says how many shares there are and what they came to. So an
order's fills of the venue that the terminal does not know, and those of the terminal that the venue does not know, must
be as many shares, and worth the same to half a step of the price for each of them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec.structs import replace

from hts.lab.told import Told
from hts.model.enums import Side
from hts.model.units import ClOrdID
from hts.model.views_fill import FillView

Name = tuple[str, str]
"""Of a fill: its venue and ExecID."""
Place = tuple[str, ClOrdID, str, Side]
"""Of an order: its venue, what the core calls it, its issue and side."""


def as_summed(
    standing: Mapping[Name, Told],
    fills: Iterable[FillView],
    order_of: Callable[[Told], ClOrdID],
    venues: Collection[str],
) -> dict[Name, Told]:
    """The venues' fills that stand, as a core can know them; `venues` have lost numbers, `fills` are the terminal's.

    `order_of` is what the core calls a fill's order. What does not come to the same stays as the venue has it.
    """
    shown = {(fill.venue, str(int(fill.exec_id))): fill for fill in fills if fill.qty and fill.venue in venues}
    theirs: defaultdict[Place, list[Name]] = defaultdict(list)
    ours: defaultdict[Place, list[Name]] = defaultdict(list)
    for name, told in standing.items():
        if told.venue in venues and name not in shown:
            theirs[told.venue, order_of(told), told.symbol, told.side].append(name)
    for name, fill in shown.items():
        if name not in standing:
            ours[fill.venue, fill.order_id, fill.symbol, fill.side].append(name)
    found = dict(standing)
    for place, names in theirs.items():
        missed = [found[name] for name in names]
        summed = [_told(shown[name], missed[0]) for name in ours.get(place, ())]
        qty = sum(one.last_qty for one in missed)
        more = sum(one.last_px * one.last_qty for one in summed) - sum(one.last_px * one.last_qty for one in missed)
        if qty == sum(one.last_qty for one in summed) and 2 * abs(more) <= qty:
            for name in names:
                del found[name]
            found.update(((one.venue, one.exec_id), one) for one in summed)
    return found


def _told(fill: FillView, like: Told) -> Told:
    """As if the venue had told the fill that the core made of the sums."""
    exec_id = str(int(fill.exec_id))
    return replace(like, exec_id=exec_id, last_px=fill.px, last_qty=fill.qty, liquidity=fill.liquidity)
