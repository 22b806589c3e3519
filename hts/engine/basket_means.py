"""Whether a basket can be paid for and delivered as a whole, judged before its first line is placed.

Each line that is to go at once is asked of risk as if it were one order at one venue; a line without a limit is
reckoned at the best price that it would meet. The money and the shares of all lines are added up, so that the last ones
do not fail for what the first ones took. Of lines that are spread over minutes only the sums are judged, and what the
basket sells counts as money: their orders are smaller, and each is checked when it is entered.

What the lines need is set aside for them when the basket starts (hts.engine.set_aside): the shares, and of the money
what the account has in the currency itself. Home money is turned into another currency by each order and stays free.
"""

from collections import Counter

from msgspec.structs import replace

from hts.engine.core import Batch
from hts.engine.means import own_power
from hts.engine.proposals import proposal_of
from hts.engine.work_market import quote_of
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Side
from hts.model.instruments import Instrument
from hts.model.intents import NewOrder, StartBasket
from hts.model.units import Px
from hts.model.work import Aside, BasketLine
from hts.risk.checks import FLOW, check
from hts.risk.proposal import Act

TOLD_MAX = 2**63 - 1  # what an answer can carry: more than any money there is


class Means:
    """What the lines that were taken need together."""

    def __init__(self, batch: Batch, intent: StartBasket) -> None:
        self._core = batch.core
        self._mono_ns = batch.mono_ns
        self._intent = intent
        self._spent: Counter[str] = Counter()  # by currency
        self._own: dict[str, int] = {}
        self._peak: Counter[str] = Counter()  # the most that was spent at once, as far as it can be set aside
        self._sold: Counter[str] = Counter()  # shares, by issue
        self.aside: list[Aside] = []  # of the lines that were taken

    def take(self, line: BasketLine) -> Denial | None:
        """Add a line, of a known issue and size; why it cannot be added, or None."""
        core, at_once = self._core, not self._intent.minutes
        venues = core.venues_of(line.symbol)
        if at_once and not line.px and not any(one.market.phase_of(line.symbol).is_continuous for one in venues):
            return Denial(rule=Rule.TYPE_NOT_ALLOWED)
        whole = replace(self._order(line), px=Px(int(line.px) or self._met(line)))
        proposal = proposal_of(core, whole, venues[0], self._mono_ns)
        currency = proposal.listed.currency
        if at_once:
            found = check(proposal, Act.NEW)
            if isinstance(found, Denial) and found.rule not in FLOW:
                return found
        shares = self._sold[line.symbol] + int(line.qty)
        if line.side is Side.SELL and proposal.needed == 0 and shares > proposal.sellable_qty:
            return Denial(rule=Rule.HOLDINGS, figure=shares, limit=proposal.sellable_qty, unit=Unit.QTY)
        spent = self._spent[currency] + proposal.needed
        if proposal.needed and spent > proposal.buying_power:
            return Denial(rule=Rule.CASH, figure=min(spent, TOLD_MAX), limit=proposal.buying_power, unit=Unit.NOTIONAL)
        self._set_aside(currency, spent)
        if line.side is Side.SELL:
            self._sold[line.symbol] = shares
            spent -= 0 if at_once else self._value(proposal.listed, whole)
        self._spent[currency] = spent
        return None

    def _set_aside(self, currency: str, spent: int) -> None:
        if currency not in self._own:
            self._own[currency] = max(0, own_power(self._core, self._intent.account, currency))
        more = max(0, min(spent, self._own[currency]) - self._peak[currency])
        self._peak[currency] += more
        self.aside.append(Aside(currency=currency, cash=more))

    def _order(self, line: BasketLine) -> NewOrder:
        intent = self._intent
        return NewOrder(
            request_id=intent.request_id,
            account=intent.account,
            user=intent.user,
            symbol=line.symbol,
            side=line.side,
            ord_type=OrdType.LIMIT,
            px=line.px,
            qty=line.qty,
            strategy=intent.strategy,
        )

    def _value(self, issue: Instrument, order: NewOrder) -> int:
        """What an order is worth in the currency's smallest unit."""
        rules = self._core.rules
        return int(rules.value(issue, order.px, order.qty)) if rules is not None else int(order.px) * int(order.qty)

    def _met(self, line: BasketLine) -> int:
        """The best price of the other side, over all venues; without one the last."""
        quote = quote_of(self._core, line.symbol, "")
        return (quote.ask_px if line.side is Side.BUY else quote.bid_px) or self._core.mark_px(line.symbol)
