"""Actions by name: what keymaps, the command box and buttons call.

Names that change only the screen (focus, workspaces, centring) are added by the shell with `register`. Running a
name either does it or returns a Refusal; it never waits.
"""

from collections.abc import Callable

from hts.desk.actions import Actions, Refusal
from hts.desk.market import MarketState
from hts.desk.order_entry import OrderForm, Tab
from hts.desk.selection import Selection
from hts.model.enums import Side

SWEEP_TICKS = 3

Command = Callable[[], Refusal | None]

# The key hints at the window's foot, in groups.
HINTS = (
    ("buy.bid", "sell.ask", "buy.market", "sell.market"),
    ("cancel.all", "cancel.last", "flatten"),
    ("qty.1", "px.up", "ladder.center"),
    ("command.focus", "arm.toggle"),
)


class Commands:
    """`run` a name. `names` are those that the command box offers."""

    def __init__(self, actions: Actions, form: OrderForm, market: MarketState, selection: Selection) -> None:
        self._actions = actions
        self._form = form
        self._market = market
        self._selection = selection
        self._table: dict[str, Command] = {
            "buy.bid": lambda: self._at_bid(Side.BUY),
            "buy.ask": lambda: self._at_ask(Side.BUY),
            "buy.market": lambda: actions.market(self._symbol, Side.BUY),
            "sell.bid": lambda: self._at_bid(Side.SELL),
            "sell.ask": lambda: self._at_ask(Side.SELL),
            "sell.market": lambda: actions.market(self._symbol, Side.SELL),
            "buy.sweep": lambda: self._sweep(Side.BUY),
            "sell.sweep": lambda: self._sweep(Side.SELL),
            "cancel.all": actions.cancel_all,
            "cancel.last": actions.cancel_last,
            "flatten": lambda: actions.flatten(self._symbol),
            "kill.on": lambda: actions.kill(on=True),
            "kill.off": lambda: actions.kill(on=False),
            "alert.ack": actions.acknowledge,
            "arm.toggle": lambda: actions.arm(not actions.is_armed),
            "px.up": lambda: form.step_px(1),
            "px.down": lambda: form.step_px(-1),
            "px.up10": lambda: form.step_px(10),
            "px.down10": lambda: form.step_px(-10),
            "form.buy": lambda: form.choose_tab(Tab.BUY),
            "form.sell": lambda: form.choose_tab(Tab.SELL),
            "form.amend": lambda: form.choose_tab(Tab.AMEND),
            "form.send": form.send,
        }
        for index, _ in enumerate(selection.presets, 1):
            self._table[f"qty.{index}"] = self._preset(index)

    @property
    def names(self) -> tuple[str, ...]:
        """All known names."""
        return tuple(self._table)

    def register(self, name: str, command: Callable[[], Refusal | None]) -> None:
        """Add a name that the shell carries out."""
        assert name not in self._table, name
        self._table[name] = command

    def run(self, name: str) -> Refusal | None:
        """Do it. An unknown name (a keymap may hold one) is refused."""
        command = self._table.get(name)
        if command is None:
            return Refusal(key="refusal.no_action", values={"name": name})
        return command()

    @property
    def _symbol(self) -> str:
        return self._selection.symbol()

    def _at_bid(self, side: Side) -> Refusal | None:
        return self._actions.enter(self._symbol, side, self._market.best_bid(self._symbol))

    def _at_ask(self, side: Side) -> Refusal | None:
        return self._actions.enter(self._symbol, side, self._market.best_ask(self._symbol))

    def _sweep(self, side: Side) -> Refusal | None:
        """Over all venues, up to SWEEP_TICKS beyond the best offer."""
        symbol = self._symbol
        issue = self._market.instruments.get(symbol)
        best = self._market.best_ask(symbol) if side is Side.BUY else self._market.best_bid(symbol)
        px = int(issue.ticks.move(best, side.sign * SWEEP_TICKS)) if issue is not None and best else 0
        return self._actions.route(symbol, side, px)

    def _preset(self, index: int) -> Command:
        def choose() -> Refusal | None:
            self._selection.set_qty(self._selection.presets[index - 1])
            return None

        return choose
