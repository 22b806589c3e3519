"""From the books to what terminals see of holdings and money.

Without account rules only the plain sums are told: what the venue's fills and our costs make of them.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from msgspec.structs import replace

from hts.account.fee_plan import MARKET_IN
from hts.account.fx import CurrencySum, in_base
from hts.account.margin import buying_power, margin_state
from hts.account.money import Money
from hts.account.position import CASH, Position
from hts.account.profile import FIFO, MARKET_OF
from hts.account.valuation import Valuation, value_of
from hts.engine.core_state import CoreState
from hts.model.records_account import MarginCalled
from hts.model.units import Notional, Px, Qty
from hts.model.views import AccountView, LotView, PositionView
from hts.rules.account_rules import AccountRules
from hts.rules.fee_sets import FeePlan

LOTS_SHOWN_MAX: Final = 60
MarkPx = Callable[[str], int]
FeePlanOn = Callable[[str, str, int], FeePlan]


class Books:
    """What the views are made of; `mark_px` gives the last price of a symbol, 0 where there is none, `fee_plan` what an
    account has in a market on a day.
    """

    def __init__(self, state: CoreState, rules: AccountRules | None, mark_px: MarkPx, fee_plan: FeePlanOn) -> None:
        self._state = state
        self._rules = rules
        self._mark_px = mark_px
        self._fee_plan = fee_plan

    def position(self, position: Position, open_sell_qty: int) -> PositionView:
        """A holding; what works on the sell side, or is set aside for it, cannot be sold a second time."""
        open_sell_qty += self._state.aside.shares(position.account, position.symbol)
        view = PositionView(
            account=position.account,
            symbol=position.symbol,
            qty=position.qty,
            cost=position.cost,
            sellable_qty=Qty(max(0, position.qty - open_sell_qty)),
            realised=position.realised,
            fees=position.fees,
            taxes=position.taxes,
            last_px=Px(self._mark_px(position.symbol)),
        )
        if self._rules is None:
            return view
        rows = self._state.ledger.rows(position.account, position.symbol)
        is_fifo = self._state.book.profile(position.account).cost_method == FIFO
        cost = position.fifo_cost if is_fifo else position.cost
        lots = tuple(islice(_lots(rows), LOTS_SHOWN_MAX))
        claims = self._state.book.events.claims.values()
        return replace(
            view,
            cost=cost,
            realised=position.fifo_realised if is_fifo else position.realised,
            currency=position.currency,
            unrealised=Notional(sum(self.value(row) for row in rows) - cost),
            loan=position.loan,
            entitled_qty=Qty(
                sum(one.qty for one in claims if (one.account, one.symbol) == (position.account, position.symbol))
            ),
            lots=lots,
            more_lots=max(0, sum(1 for _ in _lots(rows)) - LOTS_SHOWN_MAX),
        )

    def account(self, money: Money) -> AccountView:
        """Money of one account in one currency."""
        view = AccountView(
            account=money.account,
            currency=money.currency,
            cash=money.cash,
            reserved=money.reserved,
            buying_power=money.buying_power,
            realised=money.realised,
            fees=money.fees,
            taxes=money.taxes,
        )
        rules, today = self._rules, self._state.today
        if rules is None or not today:
            return view
        profile = self._state.book.profile(money.account)
        value = self._valuation(money.account, money.currency)
        margin = margin_state(profile, money, value, rules.margin, today)
        d1, d2 = (rules.settlement.later(MARKET_OF[profile.kind], today, days) for days in (1, 2))
        call = self._call(money)
        fees = self._fee_plan(money.account, MARKET_IN.get(money.currency, ""), today)
        later = profile.next_fees(today)
        total = in_base(money.account, profile.base_currency, self._sums(money.account), self._state.book.rate)
        return replace(
            view,
            buying_power=buying_power(profile, money, value, rules.margin, today),
            kind=profile.kind,
            fee_set=fees.name,
            fee_tier=fees.tier,
            fees_from=later.from_date if later is not None else 0,
            next_fee_set=later.fee_set if later is not None else "",
            leaves_unpaid=profile.leaves_unpaid(today),
            d0=money.cash_on(today),
            d1=money.cash_on(d1),
            d2=money.cash_on(d2),
            loans=money.loans,
            income=money.income,
            interest=money.interest,
            holdings=Notional(value.holdings),
            collateral=Notional(margin.collateral),
            margin_used=Notional(margin.required),
            maintenance_ppm=margin.ratio_ppm,
            call_kind=call.kind if call else "",
            call_due_date=call.due_date if call else 0,
            call_shortfall=call.shortfall if call else Notional(0),
            total_currency=total.currency,
            total=Notional(total.cash + total.holdings),
        )

    def value(self, row: Position) -> int:
        """A row's shares at the last price, signed; at their cost where no price is known."""
        px = self._mark_px(row.symbol)
        issue = self._state.issue(row.symbol)
        if not px or issue is None or self._rules is None:
            return px * row.qty if px else row.cost
        value = self._rules.value(issue, px, abs(row.qty))
        return value if row.qty > 0 else -value

    def _valuation(self, account: str, currency: str) -> Valuation:
        rows = (row for row in self._state.ledger.rows(account) if row.currency == currency)
        return value_of(rows, self.value)

    def _sums(self, account: str) -> Iterator[CurrencySum]:
        for money in self._state.ledger.all_money():
            if money.account == account:
                holdings = self._valuation(account, money.currency).holdings
                yield CurrencySum(money=money, holdings=holdings, unrealised=holdings - (money.cost - money.loans))

    def _call(self, money: Money) -> MarginCalled | None:
        calls = self._state.book.calls.values()
        ours = [call for call in calls if (call.account, call.currency) == (money.account, money.currency)]
        return min(ours, key=lambda call: call.due_date, default=None)


def _lots(rows: list[Position]) -> Iterator[LotView]:
    """Own shares by day and price, credit ones by loan."""
    for row in rows:
        if row.qty == 0:
            continue
        if row.credit == CASH:
            for lot in row.lots:
                yield LotView(open_date=lot.open_date, qty=lot.qty, cost=lot.cost)
            continue
        yield LotView(
            open_date=row.loan_date,
            qty=row.qty,
            cost=row.cost,
            credit=row.credit,
            loan_date=row.loan_date,
            due_date=row.due_date,
            loan=row.loan,
            accrued=Notional(row.accrued_micro // 1_000_000),
        )
