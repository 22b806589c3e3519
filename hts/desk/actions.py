"""What a trader does, with the trader's own rules before it is sent: cautions, stops, brackets, reversal.

Theory of operation: `place` is the one way of a key, a click and the form to an order. It asks the cautions
(hts.desk.cautions). An order that looks like an error is refused or asked about; one that wants a confirmation is
asked about. The question stands for AGAIN_NS; `confirm`, or the same gesture again, sends exactly what was asked.
Nothing here waits, and nothing is asked about a cancel.

With the bracket on, an order leaves with both of its exits in one intent: the core keeps them together.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from hts.desk.cautions import AGAIN_NS, Caution, Cautions, Wish
from hts.desk.exits import exit_prices, pair, reserved_order, stop_order, trail_order, triggers_at_once
from hts.desk.figures import money_text, px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.order_said import said_also
from hts.desk.order_terms import PLAIN_ATTRIBUTES, PRICED, Attributes
from hts.desk.orders import OrdersState
from hts.desk.own_money import lacking, lacking_for_all
from hts.desk.selection import Selection
from hts.desk.sending import NO_HASTE, Haste, Refusal
from hts.desk.settings import Settings
from hts.desk.stop_sending import StopSender
from hts.desk.trade_rules import TradeRules, switch
from hts.desk.venue_tabs import COMBINED, HOME, last_px_of, venue_of
from hts.model.algo import AlgoParams
from hts.model.bracket import Exits
from hts.model.enums import CashMargin, OrdType, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent, Flatten
from hts.model.units import NO_ID, Px

__all__ = ["Actions", "Refusal", "Wanted"]

EVERYTHING = "*"  # in place of a symbol: all that is held and all that works
REFUSED = {"warn_qty": "guard.refuse_qty", "warn_value": "guard.refuse_value", "warn_ticks": "guard.refuse_ticks"}


class Wanted(Struct, frozen=True, kw_only=True):
    """An order as it was asked for. `venue` COMBINED goes over all venues. No `exits`: those of the trader's rules."""

    symbol: str
    side: Side
    px: int
    qty: int
    ord_type: OrdType = OrdType.LIMIT
    time_in_force: TimeInForce = TimeInForce.DAY
    venue: str = ""
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0
    expire_ns: int = 0  # of one that stands until a date
    attributes: Attributes = PLAIN_ATTRIBUTES
    exits: Exits | None = None
    algo: AlgoParams | None = None  # worked by an algorithm; the rest then is what the cautions look at


class Asked(Struct, frozen=True, kw_only=True):
    """A question that waits for its answer."""

    wanted: Wanted
    refusal: Refusal
    at_ns: int


class Actions(StopSender):
    """A Sender with the trader's rules."""

    def __init__(
        self,
        send: Callable[[AnyIntent], bool],
        market: MarketState,
        orders: OrdersState,
        selection: Selection,
        *,
        mono_ns: Callable[[], int],
        run_id: str,
        settings: Settings | None = None,
        haste: Haste = NO_HASTE,
    ) -> None:
        """As a Sender's; `settings` hold the trader's rules."""
        super().__init__(
            send, market, orders, selection, mono_ns=mono_ns, run_id=run_id, settings=settings, haste=haste
        )
        self._cautions = Cautions(self.settings)
        self._asked: Asked | None = None

    @property
    def rules(self) -> TradeRules:
        """The trader's rules as they are now."""
        return TradeRules.of(self.settings)

    def switch(self, action: str) -> None:
        """Change one of the rules by its action's name."""
        switch(self.settings, action)
        self._selection.touch()

    @property
    def venue(self) -> str:
        """Where keys and form trade: the tab of the active group's ladder."""
        return self.venue_at(0)

    def venue_at(self, group: int) -> str:
        """Where a link group trades its issue."""
        selection = self._selection
        return venue_of(self._market, selection.symbol(group), selection.venue(group))

    # Orders

    def enter(
        self,
        symbol: str,
        side: Side,
        px: int,
        qty: int = 0,
        *,
        ord_type: OrdType = OrdType.LIMIT,
        time_in_force: TimeInForce = TimeInForce.DAY,
        venue: str = "",
        credit: CashMargin = CashMargin.CASH,
        loan_date: int = 0,
        expire_ns: int = 0,
        attributes: Attributes = PLAIN_ATTRIBUTES,
        exits: Exits | None = None,
    ) -> Refusal | None:
        """Enter an order at one venue, after the cautions."""
        qty = qty or self._selection.qty
        return self.place(
            Wanted(
                symbol=symbol,
                side=side,
                px=px,
                qty=qty,
                ord_type=ord_type,
                time_in_force=time_in_force,
                venue=venue,
                credit=credit,
                loan_date=loan_date,
                expire_ns=expire_ns,
                attributes=attributes,
                exits=exits,
            )
        )

    def route(
        self, symbol: str, side: Side, px: int, qty: int = 0, *, at_any_price: bool = False, exits: Exits | None = None
    ) -> Refusal | None:
        """Over all venues, after the cautions."""
        ord_type, qty = OrdType.MARKET if at_any_price else OrdType.LIMIT, qty or self._selection.qty
        return self.place(
            Wanted(symbol=symbol, side=side, px=px, qty=qty, ord_type=ord_type, venue=COMBINED, exits=exits)
        )

    def place(self, wanted: Wanted, *, answers: bool = True, always_asks: bool = False) -> Refusal | None:
        """Send an order that the cautions let pass, else ask. None when sent.

        Without `answers` it cannot be the answer to a question; `always_asks` asks also where the cautions would not.
        """
        if not self.is_armed:
            return self._refuse("refusal.locked")
        issue = self._market.instruments.get(wanted.symbol)
        if issue is None:
            return self._refuse("refusal.no_symbol")
        if wanted.ord_type in PRICED and wanted.px <= 0:
            return self._refuse("refusal.no_price")
        if wanted.qty % issue.lot:
            return self._refuse("refusal.lot", qty=qty_text(wanted.qty), lot=qty_text(issue.lot))
        now_ns, is_market = self._mono_ns(), wanted.ord_type not in PRICED
        wish = Wish(
            issue=issue,
            side=wanted.side,
            qty=wanted.qty,
            px=0 if is_market else wanted.px,
            last_px=last_px_of(self._market, wanted.symbol, wanted.venue),
            venue=wanted.venue,
            attributes=wanted.attributes,
        )
        if (
            self.settings.word("entry.guard") == "refuse"
            and (error := self._cautions.reason(wish)) is not None
            and error.limit
        ):
            return self._refuse(REFUSED[error.reason], **_figures(error, wish))
        caution = self._cautions.about(wish, now_ns, answers=answers)
        if caution is None and always_asks and (self.asked is None or self.asked.wanted != wanted):
            caution = Caution(reason="confirm_order")
        if caution is None:
            return self._send_wanted(wanted)
        return self._ask(wanted, caution, wish)

    def start_algo(self, params: AlgoParams) -> Refusal | None:
        """Let an algorithm work an order, after the cautions about the whole of it."""
        is_market = not params.px
        return self.place(
            Wanted(
                symbol=params.symbol,
                side=params.side,
                px=int(params.px),
                qty=int(params.qty),
                ord_type=OrdType.MARKET if is_market else OrdType.LIMIT,
                venue=params.venue,
                algo=params,
            )
        )

    def _send_wanted(self, wanted: Wanted) -> Refusal | None:
        """Whatever asked for it, and also as the answer to a question that stood when credit was locked."""
        self._asked = None
        if (refusal := self._credit_lock(wanted)) is not None:
            return refusal
        symbol, side, px, qty = wanted.symbol, wanted.side, wanted.px, wanted.qty
        is_market = wanted.ord_type is OrdType.MARKET
        if wanted.algo is not None:
            return self.begin_algo(wanted.algo)
        self._selection.pick(NO_ID)  # keys act on the new one now
        exits = wanted.exits
        if exits is None and self.settings.flag("entry.bracket"):
            rules = self.rules
            exits = Exits(take_ticks=rules.take_ticks, stop_ticks=rules.stop_ticks)
        if wanted.venue == COMBINED:
            return super().route(symbol, side, 0 if is_market else px, qty, at_any_price=is_market, exits=exits)
        return super().enter(
            symbol,
            side,
            px,
            qty,
            ord_type=wanted.ord_type,
            time_in_force=wanted.time_in_force,
            venue=wanted.venue,
            credit=wanted.credit,
            loan_date=wanted.loan_date,
            expire_ns=wanted.expire_ns,
            attributes=wanted.attributes,
            exits=exits,
        )

    def _credit_lock(self, wanted: Wanted) -> Refusal | None:
        """Why an order does not leave while credit is locked here: it would borrow."""
        if self.settings.flag("entry.credit"):
            return None
        if wanted.credit is CashMargin.MARGIN_OPEN:
            return self._refuse("refusal.credit_locked")
        issue = self._market.instruments[wanted.symbol]
        short = lacking(self._orders, issue, wanted.side, wanted.credit, px=wanted.px, qty=wanted.qty)
        return self._refuse("refusal.credit_short", lacking=money_text(short, issue.currency)) if short else None

    def basket_lock(self, totals: Iterable[tuple[str, int, int]]) -> Refusal | None:
        """The same of a basket, by (currency, worth of buys, worth of sells)."""
        for currency, buys, _ in () if self.settings.flag("entry.credit") else totals:
            if short := lacking_for_all(self._orders, currency, buys):
                return self._refuse("refusal.credit_short", lacking=money_text(short, currency))
        return None

    # Questions

    @property
    def asked(self) -> Asked | None:
        """The question that stands now."""
        asked = self._asked
        return asked if asked is not None and self._mono_ns() - asked.at_ns <= AGAIN_NS else None

    def confirm(self) -> Refusal | None:
        """Send what was asked about."""
        asked = self.asked
        if asked is None:
            return self._refuse("refusal.nothing_asked")
        return self._send_wanted(asked.wanted)

    def withdraw(self) -> bool:
        """Drop the question; whether there was one."""
        stood, self._asked = self.asked is not None, None
        if stood:
            self._selection.touch()
        return stood

    def _ask(self, wanted: Wanted, caution: Caution, wish: Wish) -> Refusal:
        refusal = self._refuse(f"refusal.{caution.reason}_{wanted.side.name.lower()}", **_figures(caution, wish))
        refusal = self.last_refusal = replace(refusal, also=said_also(wanted.attributes))
        self._asked = Asked(wanted=wanted, refusal=refusal, at_ns=self._mono_ns())
        self._selection.touch()
        return refusal

    # Stops and exits

    def stop(
        self, symbol: str, side: Side, px: int, qty: int = 0, *, venue: str = HOME, trail_ticks: int = 0
    ) -> Refusal | None:
        """Watch for a price, then send a market order: a buy above the market, a sale below. `trail_ticks`: trail."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        issue = self._market.instruments.get(symbol)
        if issue is None:
            return self._refuse("refusal.no_symbol")
        qty = qty or self._selection.qty
        if triggers_at_once(side, px, last_px_of(self._market, symbol, venue)):
            return self._refuse("refusal.stop_at_once", px=px_text(px, issue.px_decimals))
        if (refusal := self._credit_lock(Wanted(symbol=symbol, side=side, px=px, qty=qty))) is not None:
            return refusal
        limit = self.settings.number("entry.warn_qty")
        if limit and qty > limit:
            return self._refuse("guard.refuse_qty", figure=qty_text(qty), limit=qty_text(limit), qty="", px="")
        venue = "" if venue == COMBINED else venue
        if trail_ticks:
            return self.conditionals(trail_order(symbol, side, trail_ticks, qty, venue))
        return self.conditionals(stop_order(symbol, side, px, qty, venue))

    def trail(self, symbol: str, side: Side, qty: int = 0, *, venue: str = HOME) -> Refusal | None:
        """Follow the last price at the bracket's stop distance, then send a market order when it comes back so far."""
        issue, ticks = self._market.instruments.get(symbol), self.rules.stop_ticks
        last_px = last_px_of(self._market, symbol, venue)
        if issue is not None and last_px <= 0:
            return self._refuse("refusal.no_price")
        px = int(issue.ticks.move(issue.ticks.floor(last_px), side.sign * ticks)) if issue is not None else 0
        return self.stop(symbol, side, px, qty, venue=venue, trail_ticks=ticks)

    def reserve(self, wanted: Wanted, trade_ns: int, until_date: int = 0) -> Refusal | None:
        """Let the core enter an order at a time to come, also when this terminal is gone.

        With `until_date` (YYYYMMDD) each day at that time what has not filled yet, up to that day.
        """
        if not self.is_armed:
            return self._refuse("refusal.locked")
        if wanted.symbol not in self._market.instruments:
            return self._refuse("refusal.no_symbol")
        if wanted.ord_type in PRICED and wanted.px <= 0:
            return self._refuse("refusal.no_price")
        if (refusal := self._credit_lock(wanted)) is not None:
            return refusal
        order = reserved_order(wanted.symbol, wanted.side, wanted.qty, trade_ns, px=wanted.px, until_date=until_date)
        return self.conditionals(order)

    def protect(self, symbol: str, *, venue: str = HOME) -> Refusal | None:
        """Watch both exits of the holding, at the bracket's offsets from its average price."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        issue, position = self._market.instruments.get(symbol), self._orders.positions.get(symbol)
        if issue is None or position is None or not position.qty:
            return self._refuse("refusal.no_position")
        held = Side.BUY if position.qty > 0 else Side.SELL
        prices = self._exit_prices(issue, held, issue.average_px(abs(position.cost), abs(position.qty)), self.rules)
        venue = "" if venue == COMBINED else venue
        return self.conditionals(*pair(symbol, held, abs(position.qty), prices, venue))

    def reverse(self, symbol: str) -> Refusal | None:
        """Sell out and go short by as much, or the other way round: the first call asks, a second one sends."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        qty = self._orders.position_qty(symbol)
        if not qty:
            return self._refuse("refusal.no_position")
        side = Side.SELL if qty > 0 else Side.BUY
        venue = venue_of(self._market, symbol, self._selection.venue())
        wanted = Wanted(symbol=symbol, side=side, px=0, qty=2 * abs(qty), ord_type=OrdType.MARKET, venue=venue)
        return self.place(wanted, always_asks=True)

    def flatten_all(self) -> Refusal | None:
        """Cancel all that works and close all that is held: the first call always asks, a second one sends.

        What works is cancelled first, so that nothing of it buys again what is being sold.
        """
        held = [position.symbol for position in self._orders.positions.values() if position.qty]
        working = len(self._orders.working()) + sum(not work.state.is_over for work in self._orders.works.values())
        if not held and not working:
            return self._refuse("refusal.nothing_open")
        if not self.is_flatten_asked(EVERYTHING):
            self._flatten_asked_ns, self._flatten_symbol = self._mono_ns(), EVERYTHING
            return self._refuse("refusal.flatten_all_again", held=qty_text(len(held)), working=qty_text(working))
        self._flatten_symbol = ""
        refusal = self.cancel_all() if working else None
        for symbol in held:
            refusal = refusal or self._out(Flatten(**self._head(), symbol=symbol))
        return refusal

    @staticmethod
    def _exit_prices(issue: Instrument, held: Side, px: int, rules: TradeRules) -> tuple[Px, Px]:
        return exit_prices(issue, held, px, rules.take_ticks, rules.stop_ticks)


def _figures(caution: Caution, wish: Wish) -> dict[str, str]:
    """What the sentences of a question name."""
    decimals = wish.issue.px_decimals
    is_px = caution.reason == "warn_ticks"
    return {
        "qty": qty_text(wish.qty),
        "px": px_text(wish.px or wish.last_px, decimals),
        "figure": px_text(caution.figure, decimals) if is_px else qty_text(caution.figure),
        "limit": qty_text(caution.limit),
    }
