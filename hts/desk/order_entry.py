"""The order form's logic: what would be sent now, what it would cost, where it would go.

All costs come from the venue's rates; the preview is an estimate by the same arithmetic as the account's.
"""

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from hts.desk.actions import Refusal, Wanted
from hts.desk.figures import qty_text
from hts.desk.order_attributes import AttributeChoices
from hts.desk.order_choices import PxChip, QtyMode, Tab
from hts.desk.order_details import OLDEST, Expiry, expiries, loans_to_close, needs_expiry, periods
from hts.desk.order_standing import Standing
from hts.desk.order_terms import (
    PLAIN_ATTRIBUTES,
)
from hts.desk.own_money import is_lent_to, own_money, view_of
from hts.desk.venue_tabs import COMBINED
from hts.model.enums import CashMargin, Side
from hts.model.instruments import Instrument
from hts.model.queries import RequestPlan
from hts.model.routing import Remainder, RouteRequest
from hts.model.views import AccountView, LotView
from hts.rules.fee_sets import PLAIN, FeePlan
from hts.rules.fees import CostRates
from hts.rules.margin import PPM, part_of_value

__all__ = ["SHARES", "OrderForm", "Preview", "PxChip", "QtyMode", "Tab"]

BREAK_EVEN_TICKS_MAX = 500
SHARES = (10, 25, 50, 100)  # percent of what is possible, for chips and keys


class Preview(Struct, frozen=True, kw_only=True):
    """What the order would cost. Amounts in the currency's smallest unit; 0 where it does not apply."""

    px: int
    value: int
    fee: int  # the most: what is needed goes by it
    tax: int  # of this sale, or of selling again what this buys at the same price
    total: int  # cash needed by a buy, cash gained by a sale
    cash_after: int
    break_even_px: int = 0  # a buy: lowest price whose sale pays all costs
    break_even_ticks: int = 0
    possible_qty: int = 0  # the most that cash or holdings allow
    money_decimals: int = 0  # of the amounts
    deposit: int = 0  # what the order ties up where that is a part only, costs included
    deposit_ppm: int = 0  # the part of the value, in millionths
    is_lent: bool = False  # the rest is borrowed; else it is to be paid until it settles
    fee_low: int = 0  # the least, where venues ask less of who rests, or one venue less than another


class OrderForm(AttributeChoices):
    """What the choices come to."""

    @cached_property
    def standing(self) -> Standing:
        """What orders by ladder and keys say, which do not go through the form."""
        return Standing(self._market, self._selection, self._actions, self._features)

    def choose_share(self, percent: int) -> Refusal | None:
        """A share of what cash or holdings allow the form's side."""
        return self._choose_part(self.possible_qty(), percent, "refusal.share_too_small")

    def choose_held(self, percent: int) -> Refusal | None:
        """A share of what can be sold of the issue, whatever side the form is on; of a short position, bought back."""
        position = self._orders.positions.get(self._selection.symbol())
        can = 0 if position is None else position.sellable_qty if position.qty >= 0 else -position.qty
        return self._choose_part(can, percent, "refusal.held_too_small")

    def _choose_part(self, whole: int, percent: int, why_not: str) -> Refusal | None:
        lot = self.instrument.lot if self.instrument is not None else 1
        qty = whole * percent // 100
        if qty < lot:
            return self._actions.note(why_not, percent=str(percent), qty=qty_text(whole), lot=qty_text(lot))
        self._selection.set_qty(qty - qty % lot)
        self.amount = (qty - qty % lot) * max(self._costing_px(), 0)
        return None

    def possible_qty(self) -> int:
        """The most that money (a buy, a short sale), holdings, loans or the amended order allow at the form's price."""
        instrument = self.instrument
        if instrument is None:
            return 0
        if self.tab is Tab.AMEND:
            order = self.amended
            return order.order_qty if order is not None else 0
        if self.paid_by is CashMargin.MARGIN_CLOSE:
            return sum(abs(lot.qty) for lot in self.loans)
        if self.side is Side.SELL and self.paid_by is not CashMargin.MARGIN_OPEN:
            position = self._orders.positions.get(instrument.symbol)
            return position.sellable_qty if position is not None else 0
        power, px = self._money_of(instrument)[1], self._costing_px()
        if power <= 0 or px <= 0:
            return 0
        rates = self._dearest(instrument, px)
        ppm = self._part(instrument) or PPM
        one = px * instrument.multiplier * 10**instrument.money_decimals * ppm
        qty = int(power * 10**instrument.px_decimals * PPM // one)
        while qty > 0 and part_of_value(value := instrument.money(px, qty), ppm) + rates.fee_of(value, qty) > power:
            qty -= 1
        return qty

    @property
    def possible_key(self) -> str:
        """Text key of what allows the possible quantity."""
        if self.tab is Tab.AMEND:
            return "order_entry.possible_amend"
        if self.paid_by is not CashMargin.CASH:
            is_opening = self.paid_by is CashMargin.MARGIN_OPEN
            return "order_entry.possible_credit" if is_opening else "order_entry.possible_close"
        return "order_entry.possible" if self.side is Side.BUY else "order_entry.possible_sell"

    @property
    def paid_by(self) -> CashMargin:
        """How the order is paid: of one that is amended, as it was entered."""
        if self.tab is Tab.AMEND:
            return self.amended.credit if self.amended is not None else CashMargin.CASH
        return self.payment

    @property
    def expiry(self) -> Expiry | None:
        """The last day of what would be sent; None for an order that needs none."""
        offered = self.expiries
        return next((one for one in offered if one.key == self.expiry_key), offered[0]) if offered else None

    @property
    def expiries(self) -> tuple[Expiry, ...]:
        """The last days to choose from."""
        issue = self.instrument
        has_day = issue is not None and needs_expiry(self.term[1]) and self.tab is not Tab.AMEND
        return expiries(self._market.trade_ns, issue) if has_day and issue is not None else ()

    @property
    def periods(self) -> tuple[Expiry, ...]:
        """The last days until which a timed order can be sent each day."""
        issue = self.instrument
        is_timed = issue is not None and self.tab is Tab.RESERVE
        return periods(self.reserve_time.trade_ns, self._market.trade_ns, issue) if is_timed and issue else ()

    @property
    def period(self) -> Expiry | None:
        """The last day of a timed order that goes each day until it has filled; None for one that goes once."""
        return next((one for one in self.periods if one.key == self.period_key), None)

    def choose_period(self, index: int) -> None:
        """0 sends it once, the others each day until so long."""
        self.period_key = self.periods[index - 1].key if index else ""
        self._selection.touch()

    def next_period(self) -> Refusal | None:
        """The next of them, where a timed order is made."""
        if self.tab is not Tab.RESERVE:
            return self._actions.note("refusal.period_timed")
        period = self.period
        at = 1 + self.periods.index(period) if period is not None else 0
        self.choose_period((at + 1) % (1 + len(self.periods)))
        return None

    @property
    def loans(self) -> tuple[LotView, ...]:
        """The loans that what would be sent can pay back."""
        if self.paid_by is not CashMargin.MARGIN_CLOSE or self.instrument is None:
            return ()
        return loans_to_close(self._orders.positions.get(self.instrument.symbol), self.side)

    @property
    def loan_date(self) -> int:
        """Of the chosen one; 0 where the oldest goes first, or where none is paid back."""
        dates = {lot.loan_date for lot in self.loans}
        return self.chosen_loan if self.chosen_loan in dates else min(dates, default=OLDEST)

    def choose_expiry(self, index: int) -> None:
        """Until when it stands."""
        self.expiry_key = self.expiries[index].key
        self._selection.touch()

    def choose_loan(self, index: int) -> None:
        """Which loan it pays back."""
        self.chosen_loan = self.loans[index].loan_date
        self._selection.touch()

    def _part(self, instrument: Instrument) -> int:
        """Millionths of its value that the order ties up; 0 where it opens nothing."""
        view, paid_by = view_of(self._orders, instrument), self.paid_by
        is_opening = paid_by is CashMargin.MARGIN_OPEN
        if view is None or paid_by is CashMargin.MARGIN_CLOSE or (self.side is Side.SELL and not is_opening):
            return 0
        if self._pays_in_full(view):
            return PPM
        return self._deposits(instrument, view, self.side, is_credit=is_opening)

    def _pays_in_full(self, view: AccountView) -> bool:
        """Whether only credit's lock keeps a purchase from costing more than there is."""
        return not self._actions.settings.flag("entry.credit") and is_lent_to(view)

    def _money_of(self, instrument: Instrument) -> tuple[int, int]:
        """Cash and buying power of the account in the issue's currency; zeros where it has none."""
        view = view_of(self._orders, instrument)
        if view is None:
            return 0, 0
        power = view.buying_power
        return view.cash, min(power, own_money(view)) if self._pays_in_full(view) else power

    def _rates_by_venue(self, instrument: Instrument) -> list[CostRates]:
        """What the account pays at each venue that the order may trade at."""
        view = view_of(self._orders, instrument)
        plan = FeePlan(name=view.fee_set, tier=view.fee_tier) if view is not None and view.fee_set else PLAIN
        if not plan.name:
            return [self._rates(instrument, plan)]
        venues: Sequence[str] = (self.venue or instrument.venue,)
        if self.venue == COMBINED:
            venues = self._market.venues_of(instrument.symbol) or (instrument.venue,)
        return [self._rates(replace(instrument, venue=venue), plan) for venue in venues]

    def _dearest(self, instrument: Instrument, px: int) -> CostRates:
        """The rates of the venue that asks most, which money has to suffice for."""
        found, lot = self._rates_by_venue(instrument), max(instrument.lot, 1)
        if len(found) == 1:
            return found[0]
        value = instrument.money(px, lot)
        return max(found, key=lambda rates: rates.terms.exact(value, lot))

    def preview(self) -> Preview | None:
        """Costs of what would be sent; None without an issue or a price."""
        instrument, px, qty = self.instrument, self._costing_px(), self.qty
        if instrument is None or px <= 0:
            return None
        rates = self._dearest(instrument, px)
        value = instrument.money(px, qty)
        fee, tax = rates.fee_of(value, qty), rates.tax_of(value, Side.SELL, qty)
        least = min(one.fee_range(value, qty)[0] for one in self._rates_by_venue(instrument))
        cash = self._money_of(instrument)[0]
        is_buy = self.side is Side.BUY
        total = value + fee if is_buy else value - fee - tax
        even_px, even_ticks = self._break_even(instrument, rates, px, qty) if is_buy else (0, 0)
        part = self._part(instrument)
        costs = fee if is_buy else fee + tax
        is_part = 0 < part < PPM
        return Preview(
            px=px,
            value=value,
            fee=fee,
            tax=tax,
            total=total,
            cash_after=cash - total if is_buy else cash + total,
            break_even_px=even_px,
            break_even_ticks=even_ticks,
            possible_qty=self.possible_qty(),
            money_decimals=instrument.money_decimals,
            fee_low=least if least < fee else 0,
            deposit=part_of_value(value, part) + costs if is_part else 0,
            deposit_ppm=part if is_part else 0,
            is_lent=is_part and self.paid_by is CashMargin.MARGIN_OPEN,
        )

    def _break_even(self, instrument: Instrument, rates: CostRates, px: int, qty: int) -> tuple[int, int]:
        bought = instrument.money(px, qty)
        cost = bought + rates.fee_of(bought, qty)
        exit_px = instrument.ticks.floor(px)
        for ticks in range(BREAK_EVEN_TICKS_MAX):
            value = instrument.money(exit_px, qty)
            if value - rates.fee_of(value, qty) - rates.tax_of(value, Side.SELL, qty) >= cost:
                return exit_px, ticks
            exit_px = instrument.ticks.up(exit_px)
        return 0, 0

    def send(self) -> Refusal | None:
        """Send what the button says. None when it left."""
        instrument = self.instrument
        symbol = instrument.symbol if instrument is not None else ""
        if self.tab is Tab.AMEND:
            return self._amend()
        if (refusal := self.settle() or self.attribute_fault()) is not None:
            return refusal
        ord_type, time_in_force = self.term
        wanted = Wanted(
            symbol=symbol,
            side=self.side,
            px=self.px if self.is_priced else 0,
            qty=self.qty,
            ord_type=ord_type,
            time_in_force=time_in_force,
            venue=self.venue,
            credit=self.payment,
            loan_date=self.loan_date,
            expire_ns=self.expiry.expire_ns if self.expiry is not None and self.tab is not Tab.RESERVE else 0,
            attributes=self.said if self.tab is not Tab.RESERVE else PLAIN_ATTRIBUTES,
        )
        if self.tab is Tab.RESERVE:
            return self._actions.reserve(
                wanted, self.reserve_time.trade_ns, self.period.date if self.period is not None else 0
            )
        if wanted.qty <= 0:
            return self._actions.note("refusal.no_qty")
        return self._actions.place(wanted)

    def _amend(self) -> Refusal | None:
        """The picked order as the form says. Where it has just ended, no other one is moved in its place."""
        order = self.target()
        return order if isinstance(order, Refusal) else self._actions.replace(order.order_id, self.px, self.qty)

    def plan_wanted(self) -> RequestPlan | None:
        """What to ask the core so that the route is seen before it is taken; None for an order to one venue."""
        instrument = self.instrument
        if instrument is None or self.venue != COMBINED or self.tab not in (Tab.BUY, Tab.SELL) or self.qty <= 0:
            return None
        px = self.px if self.is_priced else 0
        if self.is_priced and px <= 0:
            return None
        remainder = Remainder.POST if self.is_priced else Remainder.CANCEL
        request = RouteRequest(side=self.side, qty=self.qty, px=px, remainder=remainder)
        return RequestPlan(symbol=instrument.symbol, request=request, account=self._orders.account_id)

    def route(self) -> tuple[tuple[str, int], ...]:
        """Venue and quantity of each part of the route that was last told for this order; empty for none.

        A price that follows the market may have moved since: the next answer is on its way then.
        """
        wanted = self.plan_wanted()
        told = self._orders.plans.get(wanted.symbol) if wanted is not None else None
        if wanted is None or told is None or replace(told.request, px=wanted.request.px) != wanted.request:
            return ()
        parts: dict[str, int] = {}
        for part in told.plan.slices:
            parts[part.venue] = parts.get(part.venue, 0) + int(part.qty)
        return tuple(parts.items())
