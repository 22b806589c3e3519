"""From launch to flat without the mouse: the real window, keys by the window system's way, a core that answers."""

import pytest
from msgspec.structs import replace

from hts.app.hand import Hand
from hts.app.terminal import Terminal, TerminalOptions
from hts.app.terminal_link import LinkUp
from hts.model.enums import CashMargin, OrdStatus, OrdType, Phase, Side
from hts.model.intents import (
    CancelAll,
    CancelLast,
    CancelOrder,
    Flatten,
    NewOrder,
    PlaceConditionals,
    ReplaceOrder,
    RouteOrder,
)
from hts.model.quotes import PhaseUpdate
from hts.model.units import ClOrdID, Qty
from hts.wire.link.messages import SnapshotBegin, SnapshotEnd
from tests.support.desk_feed import (
    ACCOUNT,
    ISSUES,
    NOW_NS,
    OPEN_NS,
    SECOND_NS,
    TICKS,
    account,
    book,
    instruments,
    order,
    position,
    status,
    trade,
)
from tests.support.desk_link import ScriptedLink

HYNIX, LAST = "000660", 968_000


class AnsweringLink(ScriptedLink):
    """A core that accepts, fills market orders at the last price, and cancels what it is told to."""

    def __init__(self):
        super().__init__()
        self.orders = {}
        self.held = 0

    def send(self, wish):
        sent = super().send(wish)
        if sent:
            self._answer(wish)
        return sent

    def _answer(self, wish):
        if isinstance(wish, NewOrder):
            self._enter(wish)
        elif isinstance(wish, ReplaceOrder):
            view = self.orders[wish.cl_ord_id]
            self._tell(replace(view, px=wish.px, order_qty=wish.qty, leaves_qty=wish.qty))
        elif isinstance(wish, CancelOrder):
            self._end(self.orders[wish.cl_ord_id])
        elif isinstance(wish, CancelLast):
            self._end(max(self.working(), key=lambda view: view.order_id))
        elif isinstance(wish, CancelAll | Flatten):
            for view in self.working():
                self._end(view)
            if isinstance(wish, Flatten):
                self._hold(-self.held)

    def _enter(self, wish):
        order_id = len(self.orders) + 101
        fields = {"ord_type": wish.ord_type, "request_id": wish.request_id}
        if wish.ord_type is OrdType.MARKET:
            done = {"ord_status": OrdStatus.FILLED, "leaves_qty": Qty(0), "cum_qty": wish.qty}
            self._tell(order(order_id, wish.symbol, wish.side, 0, int(wish.qty), **fields, **done))
            self._hold(int(wish.qty) * wish.side.sign)
        else:
            self._tell(order(order_id, wish.symbol, wish.side, int(wish.px), int(wish.qty), **fields))

    def _end(self, view):
        self._tell(replace(view, ord_status=OrdStatus.CANCELED, leaves_qty=Qty(0)))

    def _tell(self, view):
        self.orders[ClOrdID(view.order_id)] = view
        self.say(view)

    def _hold(self, change):
        self.held += change
        self.say(position(HYNIX, self.held, LAST, LAST))

    def working(self):
        return [view for view in self.orders.values() if not view.ord_status.is_terminal]


def snapshot():
    told = [LinkUp(), SnapshotBegin(), *instruments()]
    told.append(PhaseUpdate("", OPEN_NS, Phase.CONTINUOUS, NOW_NS + 9_667 * SECOND_NS))
    told += [book(row[0], row[5], TICKS.down(row[5]), seed=i + 3) for i, row in enumerate(ISSUES)]
    told += [trade(row[0], row[5]) for row in ISSUES]
    return [*told, account(), status(), SnapshotEnd(last_event=1)]


class Trader:
    """Hands that never touch the mouse; counts what they do."""

    def __init__(self, terminal):
        self.terminal, self.hand, self.actions = terminal, Hand(terminal.window), 0

    def press(self, *keys):
        for key in keys:
            self.hand.press(key)
            self.actions += 1
            self.terminal.frame_clock.tick()

    def type(self, text):
        self.hand.type(text)
        self.terminal.frame_clock.tick()


@pytest.fixture
def link():
    made = AnsweringLink()
    made.say(*snapshot())
    return made


@pytest.fixture
def sit_down(qtbot, tmp_path, link):
    def made(keymap="default"):
        # Beyond the trader's own warnings the same key is pressed twice: that is tested elsewhere.
        (tmp_path / "settings.toml").write_text(
            "[entry]\nwarn_krw = 0\nwarn_qty = 0\nwarn_ticks = 0\n", encoding="utf-8"
        )
        terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en", keymap=keymap))
        qtbot.addWidget(terminal.window)
        terminal.show()
        terminal.frame_clock.stop()
        terminal.frame_clock.tick()
        return Trader(terminal)

    return made


@pytest.fixture
def trader(sit_down):
    return sit_down()


def test_from_launch_to_flat_in_thirty_actions_by_keys_alone(trader, link):
    trader.type(HYNIX)
    trader.press("Return", "F12", "2", "F1", "Alt+Down", "Backspace", "F3")
    assert (link.held, link.working()) == (30, [])
    trader.press("Ctrl+P", "1", "F6", "Ctrl+Down", "Return", "F7", "Up", "Up", "Return")
    assert [(view.side, view.px) for view in link.working()] == [(Side.BUY, 958_000), (Side.SELL, 969_000)]
    trader.press("F5", "Down", "Return", "F8", "F2", "Ctrl+Shift+F2", "G C", "Ctrl+G", "Ctrl+W", "Ctrl+2", "Ctrl+1")
    trader.press("Shift+Esc", "4", "F4", "Esc", "Ctrl+F", "Ctrl+F")
    assert (link.held, link.working(), trader.actions >= 30) == (0, [], True)
    assert [type(intent) for intent in link.intents] == [
        *(NewOrder, ReplaceOrder, CancelLast, NewOrder),
        *(PlaceConditionals, NewOrder, NewOrder),
        *(ReplaceOrder, RouteOrder, NewOrder, CancelAll),
        *(CancelAll, NewOrder, CancelAll, Flatten),
    ]


def test_a_question_that_was_answered_is_not_said_any_longer(trader, link):
    trader.type(HYNIX)
    trader.press("Return", "F12", "1", "F3", "Ctrl+F")
    assert "press again" in trader.terminal.window.hint_strip.message
    trader.press("Ctrl+F")
    assert (link.held, trader.terminal.window.hint_strip.message) == (0, "")


def test_quantities_prices_and_single_orders_by_keys_alone(trader, link):
    form = trader.terminal.session.form
    trader.type(HYNIX)
    trader.press("Return", "F12", "Alt+8")
    quarter = form.possible_qty() * 25 // 100
    assert trader.terminal.session.selection.qty == quarter > 0
    # Three orders wait: at the bid, at the lower limit, and below the bid.
    trader.press("1", "F1", "F6", "Ctrl+End", "Return", "Alt+End", "Ctrl+Down", "Return")
    below, lower, bid = (view.px for view in reversed(link.working()))
    assert (lower, bid - below) == (form.instrument.lower_px, 10_000)
    # The middle one is picked, moved and cancelled; the others stay as they are.
    trader.press("Alt+Right", "Alt+Right", "Alt+Up", "Alt+Up")
    assert [view.px for view in link.working()] == [bid, lower + 1_000 * 2, below]
    trader.press("Alt+Backspace")
    assert [view.px for view in link.working()] == [bid, below]
    assert trader.terminal.window.hint_strip.message.startswith("Picked: SK hynix Buy")
    trader.press("Esc", "2", "F3", "F3", "Ctrl+Alt+9")
    assert (link.held, trader.terminal.session.selection.qty, link.working()) == (60, 30, [])
    trader.press("F4", "Ctrl+Alt+0", "F4")
    assert link.held == 0


def test_credit_stays_locked_whatever_keys_are_pressed(trader, link):
    link.say(replace(account(), kind="kr_margin"))
    trader.press("G O", "F12", "Ctrl+F6", "Ctrl+F6", "F6", "Return")
    assert [intent.credit for intent in link.intents] == [CashMargin.CASH]
    trader.press("Ctrl+F6")
    said = trader.terminal.window.hint_strip.message
    assert "credit is locked" in said
    assert trader.terminal.context.texts("setting.entry.credit") in said  # where it is unlocked


@pytest.mark.parametrize(
    ("keymap", "keys"),
    [
        ("default", ("F3", "F1", "Alt+Right", "Alt+Up", "Esc", "F4")),
        ("kiwoom", ("F7", "F2", "Alt+Right", "Alt+Up", "Space", "F8")),
        ("tws", ("Alt+M", "Alt+B", "Alt+Right", "Alt+Up", "Esc", "Alt+N")),
    ],
)
def test_hands_of_every_preset_come_to_flat(sit_down, link, keymap, keys):
    trader = sit_down(keymap)
    trader.press("Ctrl+K")
    trader.type(HYNIX)
    trader.press("Return", "F12", "Alt+1", *keys)
    assert (link.held, link.working()) == (0, [])
    assert [type(intent) for intent in link.intents] == [NewOrder, NewOrder, ReplaceOrder, CancelAll, NewOrder]
