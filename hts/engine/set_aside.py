"""What running baskets have set aside: cash and shares for those of their orders that are not placed yet.

Theory of operation. A basket that starts puts what its lines need into a pot of its own. Its cash is held in the
ledger like that of a working order, its shares count as on offer: nobody else can use either. An order of the basket
takes what it holds out of the pot first, and what it gives back untraded goes into the pot again. So between the pot
and the basket's orders money only changes its place, and what is held in all never grows beyond what was free.

When a line is over the pot keeps no more than the other lines still need; when the basket ends it is emptied at once.
Everything follows from records, so a crash finds the same pots again.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hts.account.ledger import Ledger
from hts.engine.work_state import Work, Works
from hts.model.enums import Side
from hts.model.records import WorkStarted
from hts.model.units import ClOrdID
from hts.model.work import BasketSpec, WorkState
from hts.oms.order import Order


class Pot:
    """What one basket has left: cash by currency, shares by issue.

    `parts` is the work of its lines, in their order, `left` what each of them has yet to place, and `over` the places
    of those that place nothing any more, whatever is still told of their orders.
    """

    def __init__(self, account: str) -> None:
        self.account = account
        self.cash: dict[str, int] = {}
        self.shares: dict[str, int] = {}
        self.parts: list[ClOrdID] = []
        self.left: list[int] = []
        self.over: set[int] = set()

    def plain(self) -> tuple[Any, ...]:
        """All of it, for the state hash."""
        cash, shares = sorted(self.cash.items()), sorted(self.shares.items())
        return self.account, cash, shares, self.parts, self.left, sorted(self.over)


class SetAside:
    """The pots of all baskets that run; with none, which is usual, nothing is looked up on the order path."""

    def __init__(self) -> None:
        self.pots: dict[ClOrdID, Pot] = {}
        self._line_of: dict[ClOrdID, tuple[ClOrdID, int]] = {}  # of a part: its basket, and the line's place there

    # -- looking

    def pot_of(self, part_id: ClOrdID) -> Pot | None:
        """The pot that the orders of this piece of work take from."""
        place = self._line_of.get(part_id)
        return self.pots[place[0]] if place is not None else None

    def cash(self, account: str, currency: str) -> int:
        """Cash of the account that is set aside; it is a part of what the ledger holds."""
        return sum(pot.cash.get(currency, 0) for pot in self._of(account)) if self.pots else 0

    def shares(self, account: str, symbol: str) -> int:
        """Shares of the account that are set aside to be sold."""
        return sum(pot.shares.get(symbol, 0) for pot in self._of(account)) if self.pots else 0

    def all_of(self, account: str) -> Pot:
        """Everything that the account's baskets have set aside, as one."""
        whole = Pot(account)
        for pot in self._of(account):
            whole.cash = dict(Counter(whole.cash) + Counter(pot.cash))
            whole.shares = dict(Counter(whole.shares) + Counter(pot.shares))
        return whole

    def plain(self) -> list[Any]:
        """All of it, for the state hash; nothing while no basket runs."""
        return [(basket_id, pot.plain()) for basket_id, pot in self.pots.items()]

    def _of(self, account: str) -> Iterable[Pot]:
        return (pot for pot in self.pots.values() if pot.account == account)

    # -- records

    def start(self, record: WorkStarted, ledger: Ledger) -> None:
        """A basket begins, or one of its lines."""
        spec = record.spec
        if isinstance(spec, BasketSpec) and spec.aside:
            pot = self.pots[record.work_id] = Pot(record.account)
            pot.left = [int(line.qty) for line in spec.lines]
            for line, aside in zip(spec.lines, spec.aside, strict=True):
                if line.side is Side.SELL:
                    pot.shares[line.symbol] = pot.shares.get(line.symbol, 0) + int(line.qty)
                elif aside.cash:
                    pot.cash[aside.currency] = pot.cash.get(aside.currency, 0) + aside.cash
                    ledger.hold(pot.account, aside.currency, aside.cash)
        elif record.parent_id in self.pots:
            parts = self.pots[record.parent_id].parts
            self._line_of[record.work_id] = (record.parent_id, len(parts))
            parts.append(record.work_id)

    def follow(self, part_id: ClOrdID, before: Order | None, after: Order, ledger: Ledger) -> None:
        """An order of a line holds more or less than before; the ledger knows that already."""
        place = self._line_of.get(part_id)
        if place is None or place[1] in self.pots[place[0]].over:
            return
        pot = self.pots[place[0]]
        pot.left[place[1]] -= _placed(after) - (_placed(before) if before else 0)
        untraded = before is not None and before.cum_qty == after.cum_qty
        more = after.held - (before.held if before else 0)
        if more < 0 and untraded:
            more = min(0, more + after.cum_qty)  # a hold is rounded up at each fill, and a fill has one share at least
        if more > 0 or untraded:
            ledger.hold(pot.account, after.currency, -_moved(pot.cash, after.currency, more))
        if after.side is Side.SELL:
            more = after.leaves_qty - (before.leaves_qty if before else 0)
            if more > 0 or untraded:
                _moved(pot.shares, after.symbol, more)

    def move(self, work: Work, works: Works, ledger: Ledger) -> None:
        """A basket ends, or one of its lines is over."""
        if work.work_id in self.pots and (work.is_over or work.state is WorkState.ENDING):
            pot = self.pots.pop(work.work_id)
            for part_id in pot.parts:
                del self._line_of[part_id]
            _shrink(pot, Counter(), Counter(), ledger)
        elif work.is_over and work.work_id in self._line_of:
            basket_id, at = self._line_of[work.work_id]
            pot, spec = self.pots[basket_id], works.get(basket_id).spec
            assert isinstance(spec, BasketSpec), basket_id
            pot.left[at] = 0
            pot.over.add(at)
            _shrink(pot, *_wanted(spec, pot.left), ledger)


def _moved(amounts: dict[str, int], key: str, more: int) -> int:
    """What a pot gives of `more`, or gets back (less than nothing)."""
    given = min(amounts.get(key, 0), more)
    if given:
        amounts[key] = amounts.get(key, 0) - given
    return given


def _placed(order: Order) -> int:
    """Shares that a line has placed with this order: those that traded or still may."""
    return int(order.cum_qty + order.leaves_qty)


def _wanted(spec: BasketSpec, left: list[int]) -> tuple[Counter[str], Counter[str]]:
    """Cash and shares that the lines need for what they have yet to place."""
    cash: Counter[str] = Counter()
    shares: Counter[str] = Counter()
    for line, aside, qty in zip(spec.lines, spec.aside, left, strict=True):
        if qty <= 0:
            continue
        if line.side is Side.SELL:
            shares[line.symbol] += qty
        else:
            cash[aside.currency] += aside.cash * qty // int(line.qty)
    return cash, shares


def _shrink(pot: Pot, cash: Counter[str], shares: Counter[str], ledger: Ledger) -> None:
    for currency, amount in pot.cash.items():
        pot.cash[currency] = min(amount, cash[currency])
        ledger.hold(pot.account, currency, pot.cash[currency] - amount)
    pot.shares = {symbol: min(amount, shares[symbol]) for symbol, amount in pot.shares.items()}
