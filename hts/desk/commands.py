"""Actions by name: what keymaps, the command box and buttons call.

Names that change only the screen (focus, workspaces, centring) are added by the shell with `register`. Running a
name either does it or returns a Refusal; it never waits. Orders go where the ladder of the active group trades.
"""

from collections.abc import Callable
from functools import partial

from hts.desk.actions import Actions, Refusal, Wanted
from hts.desk.figures import qty_text
from hts.desk.market import MarketState
from hts.desk.order_entry import SHARES, OrderForm, PxChip, Tab
from hts.desk.selection import Selection
from hts.desk.trade_rules import SWITCHES
from hts.desk.venue_tabs import COMBINED, best_prices, last_px_of
from hts.model.enums import OrdType, Side
from hts.model.units import NO_ID

SWEEP_TICKS = 3

Command = Callable[[], Refusal | None]

# The key hints at the window's foot, in groups.
HINTS = (
    ("buy.bid", "sell.ask", "buy.market", "sell.market", "buy.sweep", "sell.sweep"),
    ("cancel.all", "cancel.last", "flatten", "reverse"),
    ("qty.1", "px.up", "order.up", "ladder.center"),
    ("command.focus", "arm.toggle"),
)


class Commands:
    """`run` a name. `names` are those that the command box offers."""

    def __init__(self, actions: Actions, form: OrderForm, market: MarketState, selection: Selection) -> None:
        self._actions = actions
        self._form = form
        self._market = market
        self._selection = selection
        self._numbered: dict[str, Callable[[int], Refusal | None]] = {}
        orders = {**self._orders(), **self._stops()}
        self._hasty = frozenset((*orders, "form.send"))
        self._table: dict[str, Command] = {
            **orders,
            **self._form_steps(),
            "standing.post_only": form.standing.turn_post_only,
            "standing.shown": form.standing.turn_shown,
            "standing.clear": form.standing.clear,
            "kill.on": lambda: actions.kill(on=True),
            "kill.off": lambda: actions.kill(on=False),
            "alert.ack": actions.acknowledge,
            "issue.back": self._back,
            "arm.toggle": lambda: actions.arm(not actions.is_armed),
            **{action: partial(actions.switch, action) for action in SWITCHES},
        }

    def _orders(self) -> dict[str, Command]:
        actions = self._actions
        made: dict[str, Command] = {}
        for side, word in ((Side.BUY, "buy"), (Side.SELL, "sell")):
            made[f"{word}.bid"] = partial(self._at_best, side, 1)
            made[f"{word}.ask"] = partial(self._at_best, side, 0)
            made[f"{word}.market"] = partial(self._at_market, side)
            made[f"{word}.sweep"] = partial(self._sweep, side)
            made[f"cancel.{word}s"] = partial(self._cancel_issue, side)
        return made | {
            "cancel.all": self._cancel_all,
            "cancel.last": actions.cancel_last,
            "cancel.picked": self._cancel_picked,
            "cancel.issue": partial(self._cancel_issue, None),
            "flatten": lambda: actions.flatten(self._symbol),
            "flatten_all": actions.flatten_all,
            "reverse": lambda: actions.reverse(self._symbol),
            "order.up": partial(self._move_order, 1),
            "order.down": partial(self._move_order, -1),
        }

    def _stops(self) -> dict[str, Command]:
        return {
            "stop.buy": partial(self._stop, Side.BUY),
            "stop.sell": partial(self._stop, Side.SELL),
            "stop.trail_buy": partial(self._trail, Side.BUY),
            "stop.trail_sell": partial(self._trail, Side.SELL),
            "stop.up": lambda: self._actions.step_stop(self._symbol, 1),
            "stop.down": lambda: self._actions.step_stop(self._symbol, -1),
            "bracket.protect": lambda: self._actions.protect(self._symbol, venue=self._actions.venue),
        }

    def _form_steps(self) -> dict[str, Command]:
        form = self._form
        made: dict[str, Command] = {
            "px.up": lambda: form.step_px(1),
            "px.down": lambda: form.step_px(-1),
            "px.up10": lambda: form.step_px(10),
            "px.down10": lambda: form.step_px(-10),
            **{f"px.{chip.value}": partial(form.choose_px, chip) for chip in PxChip},
            **{f"qty.share_{percent}": partial(form.choose_share, percent) for percent in SHARES},
            **{f"qty.held_{percent}": partial(form.choose_held, percent) for percent in SHARES},
            "form.buy": lambda: form.choose_tab(Tab.BUY),
            "form.sell": lambda: form.choose_tab(Tab.SELL),
            "form.amend": lambda: form.choose_tab(Tab.AMEND),
            "form.reserve": lambda: form.choose_tab(Tab.RESERVE),
            "form.type": form.next_type,
            "form.qty_mode": form.next_qty_mode,
            "form.credit": form.next_credit,
            "form.time": form.next_time,
            "form.period": form.next_period,
            "form.side": form.turn_reserve,
            "form.post_only": form.turn_post_only,
            "form.send": self._send,
        }
        for slot in range(len(self._selection.quick.usual)):
            made[f"qty.{slot + 1}"] = partial(self._choose_qty, slot)
            made[f"qty.keep_{slot + 1}"] = partial(self._keep_qty, slot)
        made["qty.usual"] = self._forget_qty
        return made

    def _back(self) -> Refusal | None:
        return None if self._selection.back() else Refusal(key="refusal.no_issue_before")

    def _choose_qty(self, slot: int) -> None:
        """A quick quantity of the issue."""
        self._selection.set_qty(self._selection.quick.of(self._market.instruments.get(self._symbol))[slot])

    def _keep_qty(self, slot: int) -> Refusal | None:
        """The order's quantity becomes the issue's own in this place."""
        issue, qty = self._market.instruments.get(self._symbol), self._selection.qty
        if issue is None:
            return Refusal(key="refusal.no_symbol")
        if not self._selection.quick.keep(issue, slot, qty):
            return Refusal(key="refusal.lot", values={"qty": qty_text(qty), "lot": qty_text(issue.lot)})
        self._selection.touch()
        return None

    def _forget_qty(self) -> None:
        self._selection.quick.forget(self._symbol)
        self._selection.touch()

    @property
    def names(self) -> tuple[str, ...]:
        """All known names."""
        return tuple(self._table)

    def register(self, name: str, command: Callable[[], Refusal | None]) -> None:
        """Add a name that the shell carries out."""
        assert name not in self._table, name
        self._table[name] = command

    def register_numbered(self, name: str, command: Callable[[int], Refusal | None]) -> None:
        """Add a name that stands in front of a number: "order" for "order.1234"."""
        self._numbered[name] = command

    def is_hasty(self, name: str) -> bool:
        """Whether its way is run in haste: what sends, and waits for nothing."""
        return name in self._hasty

    def run(self, name: str) -> Refusal | None:
        """Do it. An unknown name (a keymap may hold one) is refused."""
        if name in self._hasty:
            with self._actions.haste:
                return self._table[name]()
        command = self._table.get(name)
        if command is not None:
            return command()
        head, _, number = name.rpartition(".")
        if head in self._numbered and number.isascii() and number.isdigit():
            return self._numbered[head](int(number))
        return Refusal(key="refusal.no_action", values={"name": name})

    @property
    def _symbol(self) -> str:
        return self._selection.symbol()

    def _at_best(self, side: Side, which: int) -> Refusal | None:
        """At the lowest ask (0) or the highest bid (1) of the venue that is traded at."""
        venue = self._actions.venue
        px = best_prices(self._market, self._symbol, venue)[which]
        wanted = Wanted(symbol=self._symbol, side=side, px=px, qty=self._selection.qty, venue=venue)
        return self._form.standing.place(wanted)

    def _at_market(self, side: Side) -> Refusal | None:
        return self._form.standing.place(
            Wanted(
                symbol=self._symbol,
                side=side,
                px=0,
                qty=self._selection.qty,
                ord_type=OrdType.MARKET,
                venue=self._actions.venue,
            )
        )

    def _sweep(self, side: Side) -> Refusal | None:
        """Over all venues, up to SWEEP_TICKS beyond the best offer."""
        symbol = self._symbol
        issue = self._market.instruments.get(symbol)
        best = self._market.best_ask(symbol) if side is Side.BUY else self._market.best_bid(symbol)
        px = int(issue.ticks.move(best, side.sign * SWEEP_TICKS)) if issue is not None and best else 0
        wanted = Wanted(symbol=symbol, side=side, px=px, qty=self._selection.qty, venue=COMBINED)
        return self._form.standing.place(wanted)

    def _cancel_all(self) -> Refusal | None:
        self._actions.withdraw()
        self._selection.pick(NO_ID)
        return self._actions.cancel_all()

    def _cancel_issue(self, side: Side | None) -> Refusal | None:
        return self._actions.cancel_all(self._symbol, side)

    def _move_order(self, ticks: int) -> Refusal | None:
        """Amend the picked order, else the newest working one of the issue."""
        order, issue = self._form.target(), self._form.instrument
        if isinstance(order, Refusal):
            return order
        if issue is None or not order.px:
            return self._actions.note("refusal.no_order")
        return self._actions.replace(order.order_id, issue.ticks.move(order.px, ticks))

    def _cancel_picked(self) -> Refusal | None:
        """The picked order alone: nothing is cancelled in its place."""
        order = self._form.picked()
        return order if isinstance(order, Refusal) else self._actions.cancel(order.order_id)

    def _stop(self, side: Side) -> Refusal | None:
        """At the form's price where one was set, else the bracket's distance from the last one."""
        symbol, venue = self._symbol, self._actions.venue
        issue = self._market.instruments.get(symbol)
        if issue is None:
            return Refusal(key="refusal.no_symbol")
        last = issue.ticks.floor(last_px_of(self._market, symbol, venue))
        px = self._selection.px or issue.ticks.move(last, side.sign * self._actions.rules.stop_ticks)
        return self._actions.stop(symbol, side, px, venue=venue)

    def _trail(self, side: Side) -> Refusal | None:
        return self._actions.trail(self._symbol, side, venue=self._actions.venue)

    def _send(self) -> Refusal | None:
        """The answer to a question where one stands, else what the form says."""
        return self._actions.confirm() if self._actions.asked is not None else self._form.send()
