"""The door of the hands: the real window on a live core. Its keys trade nothing before a security key was there."""

import pytest
from PySide6.QtCore import Qt

from hts.app.key_worker import KeyWorker, UsbKeys
from hts.app.terminal import Terminal, TerminalOptions
from hts.app.terminal_link import open_link
from hts.app.terminal_login import TerminalLogin
from hts.desk.login import KeyWork, Stage
from hts.io.clock import SystemClock
from hts.model.denials import Rule
from hts.model.views import CoreState, LinkState
from tests.support.keys import PIN
from tests.support.live_market import LiveMarket
from tests.support.market import ACCOUNT, PATIENCE_S
from tests.support.window import press
from widgets.controls import Button
from widgets.login_parts import EntryField
from widgets.order_entry import OrderEntryPanel
from widgets.paper_block import PaperBlock

pytestmark = [pytest.mark.processes, pytest.mark.screen, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def market(tmp_path):
    made = LiveMarket(tmp_path / "home")
    made.add_user("kim")
    try:
        yield made.up()
    finally:
        made.clean_up()


@pytest.fixture
def terminal(market, qtbot):
    link = open_link(market.paths)
    login = TerminalLogin(
        link,
        lambda origin: KeyWorker(UsbKeys(origin, lambda: market.keys["kim"])),
        SystemClock().mono_ns,
    )
    made = Terminal(market.paths.home, ACCOUNT, link, TerminalOptions(language="en", theme="dark"), login)
    qtbot.addWidget(made.window)
    made.show()
    yield made
    made.window.leave()
    link.close()


def wait(qtbot, is_so):
    qtbot.waitUntil(lambda: bool(is_so()), timeout=PATIENCE_S * 1000)


def button(terminal, text):
    found = [one for one in terminal.window.findChildren(Button) if one.text() == text and one.isVisible()]
    return found[0] if found else None


def use_key(terminal, qtbot, text):
    """Press the button; type the PIN when the security key asks for it."""
    button(terminal, text).click()
    state = terminal.session.login.state

    def asks():
        return state.key_work is KeyWork.PIN

    wait(qtbot, asks)
    wait(qtbot, lambda: any(one.isVisible() for one in terminal.window.findChildren(EntryField)))
    field = next(one for one in terminal.window.findChildren(EntryField) if one.isVisible())
    field.setText(PIN)
    press(field, Qt.Key.Key_Return)


def is_ready(terminal):
    status = terminal.session.orders.status
    return (
        status is not None
        and status.core is CoreState.READY
        and status.orders is LinkState.UP
        and status.phase.takes_orders
    )


def test_hands_trade_live_only_behind_the_factors(terminal, qtbot):
    session = terminal.session
    wait(qtbot, lambda: button(terminal, "Use security key"))
    # Covered: F12 and F3 mean nothing, and nothing of the account has come.
    for key in (Qt.Key.Key_F12, Qt.Key.Key_F3):
        press(terminal.window.focusWidget() or terminal.window, key)
        press(terminal.window, key)
    assert (session.actions.is_armed, session.orders.status, session.link_is_up) == (False, None, False)

    use_key(terminal, qtbot, "Use security key")
    wait(qtbot, lambda: session.login.state.stage is Stage.IN and is_ready(terminal) and session.market.books)
    # Nowhere does it say paper.
    wait(qtbot, lambda: terminal.window.findChild(PaperBlock).accessibleName() == "LIVE")
    wait(qtbot, lambda: terminal.window.findChild(OrderEntryPanel)._fields["account"]._shown == (ACCOUNT, "live"))
    press(terminal.window, Qt.Key.Key_F12)
    press(terminal.window, Qt.Key.Key_1)
    press(terminal.window, Qt.Key.Key_F3)
    wait(qtbot, lambda: button(terminal, "Touch security key"))
    assert [one.denial.rule for one in session.orders.refusals] == [Rule.STEP_UP]
    assert session.orders.orders == {}

    use_key(terminal, qtbot, "Touch security key")
    wait(qtbot, lambda: not session.login.state.is_veiled)
    assert session.orders.orders == {}  # an order that was meant for then is not sent later
    press(terminal.window, Qt.Key.Key_F3)
    wait(qtbot, lambda: session.orders.orders)
    assert [order.user for order in session.orders.orders.values()] == ["kim"]

    terminal.session.login.lock()
    wait(qtbot, lambda: button(terminal, "Unlock with security key") and not session.actions.is_armed)
    press(terminal.window, Qt.Key.Key_F3)
    assert (len(session.orders.orders), session.actions.is_armed) == (1, False)
