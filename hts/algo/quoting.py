"""Two-sided quotes around an ETF's indicative value, and the watch over the obligation to give them.

The fair value is the indicative value, moved against our inventory so that the market takes it off us. Quotes are
pulled when the value is stale, outside of continuous trading, and on the side that would enlarge a full inventory.
The obligation is met with any spread up to the limit; one tick is always allowed.
"""

from hts.model.instruments import TickTable
from hts.model.quoting import Duty, DutyState, EtfView, Obligation, QuoteParams, TwoSided
from hts.model.units import Px, Qty

_PPM = 1_000_000
_S = 1_000_000_000


def quotes(params: QuoteParams, view: EtfView, standing: TwoSided | None = None) -> TwoSided:
    """The quotes to have now; those that stand are kept while they are near enough."""
    if not view.is_continuous:
        return TwoSided(pulled="quoting.pulled.phase")
    if view.inav_px <= 0 or view.inav_age_ms > params.stale_ms:
        return TwoSided(pulled="quoting.pulled.stale")
    fair = fair_nano(params, view)
    bid = _inside(view, view.ticks.floor(fair * (_PPM - params.half_spread_ppm) // (_PPM * _S)))
    ask = _inside(view, view.ticks.ceil(-(-fair * (_PPM + params.half_spread_ppm) // (_PPM * _S))))
    bid, ask = _not_crossing(view, bid, ask)
    if standing is not None:
        bid = _kept(params, view.ticks, standing.bid_px, bid)
        ask = _kept(params, view.ticks, standing.ask_px, ask)
        bid, ask = _not_crossing(view, bid, ask)
    bid_qty = max(min(int(params.qty), int(params.inventory_max) - view.inventory), 0)
    ask_qty = max(min(int(params.qty), int(params.inventory_max) + view.inventory), 0)
    return TwoSided(
        bid_px=Px(bid) if bid_qty else Px(0), bid_qty=Qty(bid_qty), ask_px=Px(ask) if ask_qty else Px(0),
        ask_qty=Qty(ask_qty), hedge=hedge_qty(params, view.inventory),
    )  # fmt: skip


def fair_nano(params: QuoteParams, view: EtfView) -> int:
    """The value that the quotes lie around, in billionths of a price unit."""
    full = max(int(params.inventory_max), 1)
    held = max(min(view.inventory, full), -full)
    return view.inav_px * _S - view.inav_px * params.skew_ppm * held * _S // (full * _PPM)


def hedge_qty(params: QuoteParams, inventory: int) -> int:
    """Shares' worth of the underlying to trade against the inventory; 0 while it is small."""
    if not params.hedge_qty or abs(inventory) <= params.hedge_qty:
        return 0
    return -inventory


def spread_ppm(bid_px: int, ask_px: int) -> int:
    """(ask - bid) / bid, rounded up."""
    return -(-(ask_px - bid_px) * _PPM // bid_px)


def is_within(obligation: Obligation, view: EtfView) -> bool:
    """Whether the whole market, others' quotes and ours, is within the limit now."""
    if not view.bid_px or not view.ask_px:
        return False
    if view.ask_px - view.bid_px <= view.ticks.step_at(view.bid_px):
        return True
    return spread_ppm(view.bid_px, view.ask_px) <= obligation.spread_ppm_max


def meets(obligation: Obligation, ours: TwoSided) -> bool:
    """Whether our own quotes fulfil the obligation."""
    if min(ours.bid_qty, ours.ask_qty) < obligation.qty_min or not ours.bid_px:
        return False
    return spread_ppm(ours.bid_px, ours.ask_px) <= obligation.spread_ppm_max


def watch_duty(obligation: Obligation, state: DutyState, view: EtfView, ours: TwoSided, trade_ns: int) -> DutyState:
    """The monitor after this moment. The time begins when the spread gets too wide and ends with it or our quotes."""
    if not view.is_continuous or is_within(obligation, view) or meets(obligation, ours):
        return DutyState(breaches=state.breaches)
    since = state.outside_since_ns or trade_ns
    if trade_ns - since <= obligation.react_s * _S:
        return DutyState(outside_since_ns=since, breaches=state.breaches, duty=Duty.DUE)
    again = 0 if state.duty is Duty.BREACHED else 1
    return DutyState(outside_since_ns=since, breaches=state.breaches + again, duty=Duty.BREACHED)


def _inside(view: EtfView, px: int) -> int:
    return min(max(px, view.lower_px), view.upper_px)


def _not_crossing(view: EtfView, bid: int, ask: int) -> tuple[int, int]:
    """A quote does not take: at best it joins one tick inside the others."""
    if view.ask_px and bid >= view.ask_px:
        bid = int(view.ticks.down(view.ask_px))
    if view.bid_px and ask <= view.bid_px:
        ask = int(view.ticks.up(view.bid_px))
    return bid, ask


def _kept(params: QuoteParams, ticks: TickTable, standing_px: int, wanted_px: int) -> int:
    if not standing_px or not wanted_px:
        return wanted_px
    low, high = ticks.move(wanted_px, -params.move_ticks), ticks.move(wanted_px, params.move_ticks)
    return standing_px if low <= standing_px <= high else wanted_px
