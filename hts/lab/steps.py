"""What must hold after every call into the core that wrote to its journal: money, shares, limits, the kill switch.

cash            is never negative, and never promised twice: what is held is what the working orders hold
shares          are never sold short, nor offered twice
limits          no more working orders than the house allows
work            the children of a routed order, an algorithm, a stop or of quotes never reach beyond the whole; a basket
                starts each of its lines once; of a quote's hedges one works at a time
kill switch     while it is on and the venue can be reached, every order that works is being cancelled
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice, pairwise
from typing import Final

from hts.engine.core import Core
from hts.engine.core_state import CoreState
from hts.engine.work_quote import HEDGE_PAUSE_NS
from hts.engine.work_state import Work
from hts.model.enums import OrdType, SecurityType, Side
from hts.model.units import ClOrdID
from hts.model.work import BasketSpec, QuoteSpec, work_of_request
from hts.oms.order import Order
from hts.oms.orders import Orders

CONTRACTS: Final = frozenset({SecurityType.FUTURE, SecurityType.OPTION})  # opened by selling too

Violate = Callable[[str], None]


class Children:
    """Which orders belong to which work, found once per order: neither its parent nor its request id ever changes.

    Reading both of every order after every write took a seventh of a run. `forget` from time to time: then all orders
    are read anew, so that what does change would show.
    """

    def __init__(self) -> None:
        self._orders: Orders | None = None
        self._seen = 0
        self._last: ClOrdID | None = None
        self._of: dict[int, list[ClOrdID]] = {}

    def forget(self) -> None:
        """Read every order again the next time."""
        self._orders = None

    def of(self, orders: Orders) -> dict[int, list[ClOrdID]]:
        """Order ids by work."""
        known = next(islice(orders, self._seen - 1, None), None) if self._seen else None
        if orders is not self._orders or (known.order_id if known else None) != self._last:
            self._orders, self._seen, self._last, self._of = orders, 0, None, {}  # another process, or another day
        for order in islice(orders, self._seen, None):
            # Children are told by their parent or, those that the venue told us of, by their request id: not by the
            # work's own list.
            work_id = order.parent_id or work_of_request(order.request_id)[0]
            if work_id:
                self._of.setdefault(work_id, []).append(order.order_id)
            self._seen, self._last = self._seen + 1, order.order_id
        return self._of


def check_step(
    violate: Violate, core: Core, children: Children, may_lack: Callable[[str], bool], spent_elsewhere: int | None
) -> None:
    """Cheap enough to follow every write. `may_lack`: issues of which the venue took a trade back, after which shares
    may have been sold that were never bought, or that another system sells too. `spent_elsewhere`: money that may be
    promised twice for the same reasons, None for any amount.
    """
    state = core.state
    working = state.orders.all_working()
    _holds(violate, state, working)
    if not core.untold:  # until then a sale may be known, and not the purchase at another venue before it
        if spent_elsewhere is not None:
            _money(violate, state, working, spent_elsewhere)
        _shares(violate, state, may_lack)
    _limits(violate, core)
    _kill_switch(violate, core, working)
    if state.works.is_busy:
        check_work(violate, state, state.works.active(), children, core.untold)


def check_work(
    violate: Violate, state: CoreState, works: Iterable[Work], children: Children, untold: Collection[str] = ()
) -> None:
    """What the children of a piece of work have and may still get is never more than the whole.

    After a power cut an order may be known that the lost end of the journal had closed, since no venue ever got it, and
    beside it the one that took its place. Nobody knows until its venue, one of the `untold`, has told its orders.
    """
    orders = state.orders
    family = children.of(orders)
    for work in works:
        reach = 0
        for order_id in family.get(work.work_id, ()):
            order = orders.get(order_id)
            is_sure = order.venue_order_id or order.venue not in untold
            reach += order.cum_qty + (order.leaves_qty if order.is_working and is_sure else 0)
        if reach > work.qty:
            violate(f"work {work.work_id}: its children reach {reach} of {work.qty}")
        if isinstance(work.spec, BasketSpec):
            _lines(violate, work, work.spec, state.works.parts_of(work.work_id))
        elif isinstance(work.spec, QuoteSpec):
            _hedges(violate, work, state.works.parts_of(work.work_id))


def _lines(violate: Violate, work: Work, spec: BasketSpec, parts: Sequence[Work]) -> None:
    """Every line of a basket is started once, in order, as it was asked for."""
    asked = [(line.symbol, line.side, line.qty) for line in spec.lines]
    started = [(part.symbol, part.side, part.qty) for part in parts]
    if started != asked[: len(started)]:
        violate(f"work {work.work_id}: its parts are {started}, its lines {asked}")


def _hedges(violate: Violate, work: Work, parts: Sequence[Work]) -> None:
    """One hedge at a time, and after it a pause."""
    for before, after in pairwise(parts):
        if not before.is_over or after.started_ns < before.started_ns + HEDGE_PAUSE_NS:
            violate(f"work {work.work_id}: hedge {after.work_id} was started while {before.work_id} was at work")


def _holds(violate: Violate, state: CoreState, working: list[Order]) -> None:
    held: Counter[tuple[str, str]] = Counter()
    for order in working:
        held[order.account, order.currency] += order.held
    for money in state.ledger.all_money():
        where = money.account, money.currency
        aside = state.aside.cash(*where)
        if money.reserved != held[where] + aside:
            violate(f"{money.account}: {money.reserved} is held, working orders hold {held[where]}, baskets {aside}")


def _money(violate: Violate, state: CoreState, working: list[Order], spent_elsewhere: int) -> None:
    slack: Counter[tuple[str, str]] = Counter()
    for order in working:
        # A hold is rounded up at each fill, and a fill has one share at least.
        slack[order.account, order.currency] += order.cum_qty
    for money in state.ledger.all_money():
        where = money.account, money.currency
        if money.cash < -spent_elsewhere:
            violate(f"{money.account}: cash is {money.cash}")
        if money.buying_power < -slack[where] - spent_elsewhere:
            violate(f"{money.account}: {money.reserved} is held of a cash of {money.cash}")


def _shares(violate: Violate, state: CoreState, may_lack: Callable[[str], bool]) -> None:
    for position in state.ledger.positions():
        issue = state.issue(position.symbol)
        if may_lack(position.symbol) or (issue is not None and issue.security_type in CONTRACTS):
            continue
        if position.qty < 0:
            violate(f"{position.symbol}: {-position.qty} shares are sold that were not held")
        offered: int = state.orders.open_qty(position.account, position.symbol, Side.SELL)
        offered += state.aside.shares(position.account, position.symbol)
        if offered > max(0, position.qty):
            violate(f"{position.symbol}: {offered} shares are on offer or set aside, {position.qty} are held")


def _limits(violate: Violate, core: Core) -> None:
    most = core.config.limits.working_orders_max
    for account in core.state.policies:
        count = core.state.orders.working_count(account)
        if most and count > most and count - _elsewhere(core, account) > most:
            violate(f"{account}: {count} orders work, {most} are allowed")


def _elsewhere(core: Core, account: str) -> int:
    """Orders of other systems that work: our limits count them and cannot stop them."""
    return sum(1 for order in core.state.orders.all_working() if order.system and order.account == account)


def _kill_switch(violate: Violate, core: Core, working: list[Order]) -> None:
    if core.is_halted or not core.is_ready:
        return  # without a number on disk no cancel can leave; it must be on its way as soon as there is one
    killed = {account for account in core.state.policies if core.state.guards.account(account).is_killed}
    for order in working:
        is_ours = not order.system  # no request of ours reaches the others
        if is_ours and order.account in killed and core.is_up(order.venue) and not order.has_pending_cancel:
            violate(f"order {order.order_id} works on under the kill switch as {order.ord_status.name}")


def check_holds(violate: Violate, core: Core) -> None:
    """Every working buy holds what its shares can still cost, and not much more."""
    for order in core.state.orders.all_working():
        issue = core.state.listed.get((order.venue, order.symbol))
        if order.side is Side.SELL or issue is None:
            continue
        px = issue.upper_px if order.ord_type is OrdType.MARKET else order.px
        value = issue.money(px, order.leaves_qty)
        needed = value + core.rates(order.account, issue, issue.trading_date).fee_of(value, order.leaves_qty)
        most = order.held if order.pending else needed + order.cum_qty
        if not needed <= order.held <= most:
            violate(f"order {order.order_id}: {needed} to be held for {order.leaves_qty} at {px}, found {order.held}")
