"""From a gesture or an action's name to an intent on the way to the core, within the same call.

Theory of operation: key handler and mouse handler call a method here; the method builds the intent from the
selected symbol, quantity and book, and hands it to `send` at once. `send` writes to a non-blocking socket and
returns; nothing waits for a frame. Entering and amending need the armed state; cancels always pass; flattening
is asked for twice within FLATTEN_WINDOW_NS. What cannot be sent comes back as a Refusal, a value that the shell
shows as a sentence.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TypedDict

from msgspec import Struct

from hts.desk.cautions import FLATTEN_WINDOW_NS
from hts.desk.figures import qty_text
from hts.desk.market import MarketState
from hts.desk.order_terms import PLAIN_ATTRIBUTES, PRICED, Attributes
from hts.desk.orders import OrdersState
from hts.desk.selection import Selection
from hts.desk.settings import Settings
from hts.model.algo import AlgoParams
from hts.model.bracket import Exits
from hts.model.conditional import ConditionalOrder
from hts.model.enums import CashMargin, OrdType, Side, TimeInForce
from hts.model.intents import (
    AckAlert,
    AmendWork,
    AnyIntent,
    CancelAll,
    CancelLast,
    CancelOrder,
    ControlWork,
    Flatten,
    NewOrder,
    PlaceConditionals,
    ReplaceOrder,
    RouteOrder,
    SetKillSwitch,
    SetLimits,
    SetTradingState,
    StartAlgo,
    StartBasket,
)
from hts.model.routing import Remainder, RouteRequest
from hts.model.scopes import Scope, TradingState
from hts.model.units import NO_PX, ClOrdID, Px, Qty
from hts.model.work import BasketLine, WorkAct

Haste = AbstractContextManager[None]
NO_HASTE: Haste = nullcontext()


class Refusal(Struct, frozen=True, kw_only=True):
    """Why nothing was sent; `key` is in the text catalogue ("refusal.locked"), `values` fill its places."""

    key: str
    values: dict[str, str] = {}
    also: tuple["Refusal", ...] = ()  # what else belongs to it, each a few words of its own


class Head(TypedDict):
    """What every intent begins with: its own name for ever, whose it is, and when the key was pressed."""

    request_id: str
    account: str
    key_ns: int


class Sender:
    """Sends intents. `is_armed` is the one safety switch; `last_refusal` is the newest reason for not sending.

    `refusals` counts them, so that a screen can tell a new one from one that it has shown.
    """

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
        """`send` is False when the link is down. `run_id` (at most 12 characters) makes request ids unique for ever.

        `haste` is what a gesture's way to `send` is run in.
        """
        assert 0 < len(run_id) <= 12, run_id
        self.haste = haste
        self._send = send
        self._market = market
        self._orders = orders
        self._selection = selection
        self._mono_ns = mono_ns
        self._run_id = run_id
        self.settings = settings if settings is not None else Settings()
        self._count = 0
        self._flatten_asked_ns = 0
        self._flatten_symbol = ""
        self._armed_changed = True
        self.is_armed = False
        self.last_refusal: Refusal | None = None
        self.refusals = 0
        self.is_linked = True

    def link(self, *, is_up: bool) -> None:
        """The core came or went; without it nothing is armed, and every screen that sends must say so."""
        self._armed_changed = self._armed_changed or is_up is not self.is_linked
        self.is_linked = is_up
        if not is_up:
            self.arm(on=False)

    def arm(self, on: bool) -> Refusal | None:
        """Unlock or lock the order keys and one-click trading. Without the core nothing is unlocked."""
        if on and not self.is_linked:
            return self._refuse("refusal.arm_link_down")
        self._armed_changed = self._armed_changed or on is not self.is_armed
        self.is_armed = on
        if on:
            self.last_refusal = None
        return None

    def drain_armed(self) -> bool:
        """Whether the armed state changed since the last call."""
        changed, self._armed_changed = self._armed_changed, False
        return changed

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
        """Enter an order; quantity 0 takes the selected one, no venue the default route. None when sent.

        A sale that opens credit is one of borrowed shares. With `exits` it is a bracket: the core keeps all together.
        """
        if not self.is_armed:
            return self._refuse("refusal.locked")
        if symbol not in self._market.instruments:
            return self._refuse("refusal.no_symbol")
        if ord_type in PRICED and px <= 0:
            return self._refuse("refusal.no_price")
        return self._out(
            NewOrder(
                **self._head(),
                venue=venue,
                symbol=symbol,
                side=side,
                ord_type=ord_type,
                time_in_force=time_in_force,
                px=Px(px) if ord_type in PRICED else NO_PX,
                qty=Qty(qty or self._selection.qty),
                credit=credit,
                is_short=side is Side.SELL and credit is CashMargin.MARGIN_OPEN,
                loan_date=loan_date,
                expire_ns=expire_ns,
                display_qty=Qty(attributes.display_qty),
                min_qty=Qty(attributes.min_qty),
                post_only=attributes.post_only,
                exits=exits,
            )
        )

    def market(self, symbol: str, side: Side, qty: int = 0, *, venue: str = "") -> Refusal | None:
        """Enter a market order."""
        return self.enter(symbol, side, 0, qty, ord_type=OrdType.MARKET, venue=venue)

    def route(
        self, symbol: str, side: Side, px: int, qty: int = 0, *, at_any_price: bool = False, exits: Exits | None = None
    ) -> Refusal | None:
        """Sweep all venues up to a limit, at the least total cost; what nobody offers rests.

        `at_any_price` has no limit, and what nobody offers is canceled.
        """
        if not self.is_armed:
            return self._refuse("refusal.locked")
        if symbol not in self._market.instruments:
            return self._refuse("refusal.no_symbol")
        if px <= 0 and not at_any_price:
            return self._refuse("refusal.no_price")
        remainder = Remainder.CANCEL if at_any_price else Remainder.POST
        return self._out(
            RouteOrder(
                **self._head(),
                symbol=symbol,
                request=RouteRequest(side=side, qty=qty or self._selection.qty, px=px, remainder=remainder),
                exits=exits,
            )
        )

    def control_work(self, work_id: int, act: WorkAct) -> Refusal | None:
        """Pause, resume or cancel what the core works on; also when locked."""
        return self._out(
            ControlWork(
                **self._head(),
                work_id=ClOrdID(work_id),
                act=act,
            )
        )

    @property
    def now_ns(self) -> int:
        """The machine's time."""
        return self._mono_ns()

    def begin_algo(self, params: AlgoParams) -> Refusal | None:
        """Let the core work an order by an algorithm."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        return self._out(StartAlgo(**self._head(), params=params))

    def begin_basket(
        self, lines: tuple[BasketLine, ...], budget: int, minutes: int, *, is_whole: bool
    ) -> Refusal | None:
        """Let the core work a list of orders as one."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        return self._out(StartBasket(**self._head(), lines=lines, budget=budget, minutes=minutes, is_whole=is_whole))

    def amend_algo(self, work_id: int, terms: Mapping[str, int]) -> Refusal | None:
        """Other terms for an algorithm under way, or for a trail: those of an AmendWork, by name."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        return self._out(AmendWork(**self._head(), work_id=ClOrdID(work_id), **terms))  # type: ignore[arg-type]

    def amend_work(self, work_id: int, px: int) -> Refusal | None:
        """Another price for a condition that the core watches."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        return self._out(AmendWork(**self._head(), work_id=ClOrdID(work_id), px=Px(px)))

    def conditionals(self, *orders: ConditionalOrder) -> Refusal | None:
        """Let the core watch conditions, all of these or none."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        return self._out(PlaceConditionals(**self._head(), orders=orders))

    def cancel(self, order_id: int) -> Refusal | None:
        """Cancel one order; also when locked."""
        return self._out(CancelOrder(**self._head(), cl_ord_id=ClOrdID(order_id)))

    def replace(self, order_id: int, px: int, qty: int = 0) -> Refusal | None:
        """Move an order to a new price; quantity 0 keeps its OrderQty(38)."""
        if not self.is_armed:
            return self._refuse("refusal.locked")
        order = self._orders.orders.get(ClOrdID(order_id))
        if order is None:
            return self._refuse("refusal.no_order")
        return self._out(
            ReplaceOrder(
                **self._head(),
                cl_ord_id=order.order_id,
                px=Px(px),
                qty=Qty(qty or order.order_qty),
            )
        )

    def cancel_all(self, symbol: str = "", side: Side | None = None) -> Refusal | None:
        """Cancel every working order; also when locked."""
        return self._out(CancelAll(**self._head(), symbol=symbol, side=side))

    def cancel_last(self, symbol: str = "") -> Refusal | None:
        """Cancel the newest working order; also when locked."""
        return self._out(CancelLast(**self._head(), symbol=symbol))

    def flatten(self, symbol: str) -> Refusal | None:
        """Close the position: the first call asks, a second one within two seconds sends."""
        if symbol not in self._market.instruments:
            return self._refuse("refusal.no_symbol")
        now_ns = self._mono_ns()
        if self.settings.flag("entry.confirm_flatten") and not self.is_flatten_asked(symbol):
            self._flatten_asked_ns, self._flatten_symbol = now_ns, symbol
            return self._refuse("refusal.flatten_again", symbol=symbol, qty=qty_text(self._orders.position_qty(symbol)))
        self._flatten_symbol = ""
        return self._out(Flatten(**self._head(), symbol=symbol))

    def is_flatten_asked(self, symbol: str) -> bool:
        """Whether a second press would flatten `symbol` now."""
        age_ns = self._mono_ns() - self._flatten_asked_ns
        return self._flatten_symbol == symbol and age_ns <= FLATTEN_WINDOW_NS

    def kill(self, *, on: bool, reason: str = "") -> Refusal | None:
        """Throw or release the kill switch; also when locked. Throwing it locks the terminal too.

        The release takes two presses: the first asks, the second gives the code back that the core then tells.
        """
        if on:
            self.arm(on=False)
        status = self._orders.status
        return self._out(
            SetKillSwitch(
                **self._head(),
                on=on,
                reason=reason,
                code=status.release_code if status is not None and not on else "",
            )
        )

    def set_state(self, scope: Scope, state: TradingState, code: str = "", reason: str = "") -> Refusal | None:
        """Stop a scope, narrow it, or let it go on; also when locked. Ending a halt takes the code the core told."""
        return self._out(
            SetTradingState(
                **self._head(),
                state=state,
                scope=scope,
                code=code,
                reason=reason,
            )
        )

    def kill_scope(self, scope: Scope, *, on: bool, code: str = "") -> Refusal | None:
        """The kill switch of one scope, as `kill` is that of the account."""
        if on:
            self.arm(on=False)
        return self._out(
            SetKillSwitch(
                **self._head(),
                on=on,
                scope=scope,
                code=code,
            )
        )

    def set_limits(self, scope: Scope, limits: dict[str, int]) -> Refusal | None:
        """Limits of a scope, by name; also when locked. The core says whether they hold now or wait for the close."""
        return self._out(
            SetLimits(
                **self._head(),
                scope=scope,
                limits=limits,
            )
        )

    def acknowledge(self, alert_id: int = 0) -> Refusal | None:
        """An alert has been seen; without an id the one in the banner."""
        alert = self._orders.alerts.get(alert_id) if alert_id else self._orders.worst_alert()
        if alert is None or alert.acknowledged_by:
            return self._refuse("refusal.no_alert")
        return self._out(
            AckAlert(
                **self._head(),
                alert_id=alert.alert_id,
            )
        )

    @property
    def request_id(self) -> str:
        """The newest intent's, by which the core's answer is known."""
        return f"{self._run_id}-{self._count}"

    def _out(self, intent: AnyIntent) -> Refusal | None:
        if not self._send(intent):
            return self._refuse("refusal.link_down")
        self.last_refusal = None
        return None

    def note(self, key: str, **values: str) -> Refusal:
        """Something else was not sent, for a reason that only the screen knows."""
        return self._refuse(key, **values)

    def _refuse(self, key: str, **values: str) -> Refusal:
        self.last_refusal = Refusal(key=key, values=values)
        self.refusals += 1
        return self.last_refusal

    def _head(self) -> Head:
        """A new one."""
        self._count += 1
        return {
            "request_id": self.request_id,
            "account": self._orders.account_id,
            "key_ns": self._mono_ns(),
        }
