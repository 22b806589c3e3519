"""All that the core knows of accounts beside their orders. `apply(record)` is the only way in which it changes."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hts.account.adjust import marked
from hts.account.booking import Booking
from hts.account.events import Events
from hts.account.ledger import Ledger
from hts.account.money import MoneyChange
from hts.account.obligations import Obligations
from hts.account.profile import FeeChoice, Profile
from hts.account.rows import OWN
from hts.account.turnover import Turnover
from hts.model import records_account as ra
from hts.model.enums import Side
from hts.model.record import Record
from hts.model.units import Px, Qty
from hts.rules.dates import add_days

KEPT_DAYS = 30  # calendar days that a settled obligation is still shown
REFS_MAX = 10_000  # payments and conversions whose names are kept
CallKey = tuple[str, str, str]  # account, currency, kind


class Progress(Struct, frozen=True, kw_only=True):
    """How far the night's jobs of a day are."""

    date: int = 0
    jobs: tuple[str, ...] = ()


class AccountBook:
    """Ledger, profiles, what was traded, rates, loans to repay, obligations, events, calls, forced sales, jobs."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.profiles: dict[str, Profile] = {}
        self.turnover = Turnover()
        self.rates: dict[tuple[str, str], ra.FxRateSet] = {}
        self.provisional: dict[tuple[str, str], ra.CurrencyConverted] = {}
        self.translated: dict[tuple[str, str], ra.Translated] = {}
        self.fx_profit: dict[tuple[str, str], int] = {}
        self.refs: list[str] = []  # of payments and conversions: each counts once
        self.late_to: dict[tuple[str, str], int] = {}
        self.settled_to: dict[tuple[str, str], int] = {}
        self.obligations = Obligations()
        self.events = Events()
        self.calls: dict[CallKey, ra.MarginCalled] = {}
        self.forced: dict[str, ra.LiquidationScheduled] = {}
        self.closes: dict[str, int] = {}
        self.closed_on = 0
        self.progress = Progress()
        self._apply: dict[type[Record], Callable[[Any], None]] = {
            ra.AccountProfileSet: self._profile_set,
            ra.FeeSetChosen: self._fee_set_chosen,
            ra.UnpaidAllowed: self._unpaid_allowed,
            ra.AccountRestricted: self._restricted,
            ra.CashPosted: self._cash_posted,
            ra.FxRateSet: self._rate_set,
            ra.CurrencyConverted: self._converted,
            ra.ConversionTruedUp: self._trued_up,
            ra.Translated: self._translated,
            ra.InterestAccrued: self._accrued,
            ra.UnpaidInterestCharged: self._late_fee,
            ra.LoanRepaid: self._repaid,
            ra.LadderMoved: self._ladder_moved,
            ra.ObligationNetted: self.obligations.net,
            ra.SettlementAdvised: self.obligations.advise,
            ra.SettlementConfirmed: self.obligations.confirm,
            ra.EventEntered: self.events.enter,
            ra.EventConfirmed: self.events.confirm,
            ra.EventWithdrawn: self.events.withdraw,
            ra.EventApplied: self._event_applied,
            ra.EntitlementPaid: self._paid,
            ra.RightsSubscribed: self._subscribed,
            ra.RightsListed: self._listed_new,
            ra.EventDone: self.events.end,
            ra.ContractExpired: self._expired,
            ra.ContractMarked: self._marked,
            ra.MarginCalled: self._called,
            ra.MarginCallClosed: self._call_closed,
            ra.LiquidationScheduled: self._scheduled,
            ra.LiquidationEnded: self._liquidation_ended,
            ra.ClosesNoted: self._closes_noted,
            ra.BatchJobDone: self._job_done,
        }

    @property
    def record_types(self) -> tuple[type[Record], ...]:
        """The records that `apply` takes."""
        return tuple(self._apply)

    def apply(self, record: ra.AccountRecord) -> None:
        """Make a fact true. The same for live records and for replayed ones."""
        self._apply[type(record)](record)

    def profile(self, account: str) -> Profile:
        """The account's rules; of one that nobody set, those of a cash account in its first currency."""
        found = self.profiles.get(account)
        return found or Profile(account=account, base_currency=self.ledger.home_currency(account) or "KRW")

    def rate(self, base: str, quote: str) -> Fraction | None:
        """Smallest units of `quote` for one of `base`, either way round; None when nobody told."""
        if base == quote:
            return Fraction(1)
        found = self.rates.get((base, quote))
        if found is not None:
            return Fraction(found.num, found.den)
        other = self.rates.get((quote, base))
        return Fraction(other.den, other.num) if other is not None else None

    def reopen(self, trade_date: int) -> None:
        """A trade of a day whose night was run already, by hand and too early: that night is not over."""
        if trade_date and trade_date == self.progress.date:
            self.progress = Progress(date=trade_date)
            self.closed_on = 0

    def state(self) -> list[Any]:
        """Everything, for the state hash."""
        ledger = self.ledger
        return [
            list(ledger.all_money()),
            list(ledger.all_rows()),
            list(ledger.day_fills()),
            ledger.repayments,
            list(self.profiles.values()),
            list(self.turnover.rows()),
            list(self.rates.values()),
            list(self.provisional.values()),
            list(self.translated.values()),
            [[*key, value] for key, value in self.fx_profit.items()],
            self.refs,
            [[*key, value] for key, value in self.late_to.items()],
            [[*key, value] for key, value in self.settled_to.items()],
            list(self.obligations),
            self.obligations.unknown,
            self.obligations.refs,
            list(self.events),
            list(self.events.claims.values()),
            list(self.calls.values()),
            list(self.forced.values()),
            self.closed_on,
            list(self.closes.items()),
            self.progress,
        ]

    # -- rules of accounts

    def _profile_set(self, record: ra.AccountProfileSet) -> None:
        self.profiles[record.account] = replace(
            self.profile(record.account),
            kind=record.kind,
            base_currency=record.base_currency,
            cost_method=record.cost_method,
        )

    def _fee_set_chosen(self, record: ra.FeeSetChosen) -> None:
        choice = FeeChoice(from_date=record.from_date, fee_set=record.fee_set, month=record.month, traded=record.traded)
        self.profiles[record.account] = self.profile(record.account).with_fees(choice)

    def _unpaid_allowed(self, record: ra.UnpaidAllowed) -> None:
        self.profiles[record.account] = replace(self.profile(record.account), may_leave_unpaid=record.on)

    def _restricted(self, record: ra.AccountRestricted) -> None:
        self.profiles[record.account] = replace(
            self.profile(record.account), restricted_until=record.until_date, restricted_for=record.reason
        )

    # -- money and currencies

    def _cash_posted(self, record: ra.CashPosted) -> None:
        self._note(record.ref)
        amount = record.amount
        change = {
            "flow": MoneyChange(cash=amount, flows=amount),
            "income": MoneyChange(cash=amount, income=amount),
            "interest": MoneyChange(cash=amount, interest=-amount),
        }[record.kind]
        self.ledger.post(record.account, record.currency, change)

    def _note(self, ref: str) -> None:
        self.refs = [*self.refs[-REFS_MAX:], ref]

    def _rate_set(self, record: ra.FxRateSet) -> None:
        self.rates.pop((record.quote, record.base), None)  # told the other way round before: the newest counts
        self.rates[record.base, record.quote] = record

    def _converted(self, record: ra.CurrencyConverted) -> None:
        self._note(record.ref)
        self.ledger.post(record.account, record.sold_currency, MoneyChange(cash=-record.sold, flows=-record.sold))
        self.ledger.post(record.account, record.bought_currency, MoneyChange(cash=record.bought, flows=record.bought))
        if record.is_provisional:
            self.provisional[record.account, record.ref] = record

    def _trued_up(self, record: ra.ConversionTruedUp) -> None:
        converted = self.provisional.pop((record.account, record.ref))
        change = MoneyChange(cash=record.returned, flows=record.returned)
        self.ledger.post(record.account, converted.sold_currency, change)

    def _translated(self, record: ra.Translated) -> None:
        key = (record.account, record.currency)
        before = self.translated.get(key)
        if before is not None:
            # What yesterday's own value gained by the rate alone.
            now = before.own_value * record.num // record.den
            self.fx_profit[key] = self.fx_profit.get(key, 0) + now - before.base_value
        self.translated[key] = record

    # -- loans

    def _accrued(self, record: ra.InterestAccrued) -> None:
        row = self.ledger.row(record.account, record.symbol, record.credit, record.loan_date)
        assert row is not None, record
        micro = row.accrued_micro + record.micro
        self.ledger.put_row(replace(row, accrued_micro=micro, accrued_to=record.to_date))

    def _late_fee(self, record: ra.UnpaidInterestCharged) -> None:
        self.ledger.post(record.account, record.currency, MoneyChange(cash=-record.amount, interest=record.amount))
        self.late_to[record.account, record.currency] = record.date

    def _repaid(self, record: ra.LoanRepaid) -> None:
        name = (record.account, record.symbol, record.credit, record.loan_date, record.settle_date)
        found = next(
            one
            for one in self.ledger.repayments
            if (one.account, one.symbol, one.credit, one.loan_date, one.settle_date) == name
        )
        self.ledger.repayments.remove(found)
        change = MoneyChange(cash=-record.interest, interest=record.interest)
        self.ledger.post(record.account, found.currency, change)

    def _ladder_moved(self, record: ra.LadderMoved) -> None:
        self.ledger.settle(record.account, record.currency, record.date)
        self.settled_to[record.account, record.currency] = record.date

    def _expired(self, record: ra.ContractExpired) -> None:
        """The last trade of a contract is with the exchange, at the final value."""
        for row in self.ledger.rows(record.account, record.symbol):
            if row.qty:
                self.ledger.book(
                    Booking(
                        account=record.account,
                        currency=record.currency,
                        symbol=record.symbol,
                        side=Side.SELL if row.qty > 0 else Side.BUY,
                        px=Px(record.final_px),
                        qty=Qty(abs(row.qty)),
                        value=record.value,
                        trade_date=record.date,
                        settle_date=record.settle_date,
                        credit=row.credit,
                        loan_date=row.loan_date,
                    )
                )

    def _marked(self, record: ra.ContractMarked) -> None:
        row = self.ledger.row(record.account, record.symbol, *OWN)
        assert row is not None, record
        self.ledger.put_row(*marked(row, record.value, record.date, record.settle_date))

    # -- events

    def _event_applied(self, record: ra.EventApplied) -> None:
        self.events.apply(record, self.ledger)

    def _paid(self, record: ra.EntitlementPaid) -> None:
        self.events.pay(record, self.ledger)

    def _subscribed(self, record: ra.RightsSubscribed) -> None:
        self.events.subscribe(record, self.ledger)

    def _listed_new(self, record: ra.RightsListed) -> None:
        self.events.list_new(record, self.ledger)

    # -- calls and forced sales

    def _called(self, record: ra.MarginCalled) -> None:
        self.calls[record.account, record.currency, record.kind] = record

    def _call_closed(self, record: ra.MarginCallClosed) -> None:
        self.calls.pop((record.account, record.currency, record.kind))

    def _scheduled(self, record: ra.LiquidationScheduled) -> None:
        assert record.request_id not in self.forced, record
        self.forced[record.request_id] = record

    def _liquidation_ended(self, record: ra.LiquidationEnded) -> None:
        self.forced.pop(record.request_id)

    def _closes_noted(self, record: ra.ClosesNoted) -> None:
        self.closes.update(record.closes)
        self.closed_on = record.date

    def _job_done(self, record: ra.BatchJobDone) -> None:
        if record.date != self.progress.date:
            self.progress = Progress(date=record.date)
        self.progress = Progress(date=record.date, jobs=(*self.progress.jobs, record.job))
        if record.job == "netting":
            self.obligations.forget_settled(add_days(record.date, -KEPT_DAYS))
