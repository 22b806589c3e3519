"""A terminal's login from the hand to the gate and back: the real gate, the key's real thread, a software key."""

import time

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from hts.app.key_worker import KeyWorker, UsbKeys, WindowsKeys
from hts.app.system_lock import KeyPresence, Watched, locked_hint
from hts.app.terminal_cover import TerminalCover
from hts.app.terminal_login import TerminalLogin
from hts.auth.otp import decode_seed, hotp, step_of
from hts.auth.outcomes import Admit, Say, SetLock, Touched
from hts.auth.policy import Factors
from hts.auth.secrets import Secret
from hts.desk.login import NS, KeyWork, Stage
from hts.io.clock import SystemClock
from hts.model.intents import SetLimits
from hts.model.session import ProposalView, TouchView
from hts.wire.link import login as m
from tests.support.hall import Hall
from tests.support.keys import PIN
from tests.support.processes import until

LIMITS = SetLimits(request_id="l", account="A", limits={"order_qty_max": 5})


class Desk:
    """A terminal's login over a gate; what the gate does to the core is kept in `acts`, what is sent in `sent`."""

    def __init__(self, factors=Factors.KEY, key=True, **options):
        self.hall = Hall(factors)
        self.acts = []
        self.sent = []
        self.found = self.hall.key if key else None
        self.now_ns = 0
        self.login = TerminalLogin(
            self, lambda origin: KeyWorker(UsbKeys(origin, lambda: self.found)), lambda: self.now_ns, **options
        )
        self.state = self.login.state
        policy = self.hall.gate._policy
        self.login.take(
            m.LoginAsked(
                means=policy.means, needs_both=policy.needs_both, rp_id="localhost", origin="https://localhost"
            )
        )

    def send(self, wish):
        self.sent.append(wish)
        return True

    def send_login(self, request):
        for outcome in self.hall.say(request):
            if isinstance(outcome, Say):
                self.login.take(outcome.answer)
            elif isinstance(outcome, Admit | SetLock | Touched):
                self.acts.append(outcome)
        return True

    def until(self, is_so):
        """Frames go by; a PIN that the key asks for is typed."""

        def frame():
            self.login.tick(self.now_ns)
            if self.state.key_work is KeyWork.PIN:
                self.login.give_pin(PIN)
            return is_so()

        until(frame, "what the key leads to", 0.005)

    def log_in(self):
        self.login.use_key()
        self.until(lambda: self.state.stage is Stage.IN)


def test_a_hand_a_pin_and_a_touch_log_in():
    desk = Desk()
    assert (desk.state.stage, desk.state.takes_key, desk.state.takes_code) == (Stage.ASKED, True, False)
    desk.log_in()
    assert (desk.state.user, desk.state.role, desk.state.is_veiled) == ("kim", "trader", False)
    assert [type(one) for one in desk.acts] == [Admit]


def test_a_key_that_is_not_there_is_waited_for():
    desk = Desk(key=False)
    desk.login.use_key()
    desk.until(lambda: desk.state.message == "login.plug_in")
    desk.found = desk.hall.key
    desk.until(lambda: desk.state.stage is Stage.IN)


def test_a_wrong_pin_and_an_untouched_key_say_so_and_let_nobody_in():
    desk = Desk()
    desk.hall.key.pin = "another"
    desk.login.use_key()
    desk.until(lambda: desk.state.message == "login.key_failed")
    desk.hall.key.pin, desk.hall.key.is_touched = PIN, False
    desk.login.use_key()
    desk.until(lambda: desk.state.message == "login.key_failed" and not desk.login._worker.is_busy)
    assert (desk.state.stage, desk.acts) == (Stage.ASKED, [])


def test_a_code_logs_in_where_it_may_and_a_refusal_says_nothing_more():
    desk = Desk(Factors.EITHER)
    desk.hall.give_seed()
    desk.login.use_code("kim", "000000", is_recovery=False)
    assert (desk.state.message, desk.state.stage) == ("login.refused", Stage.ASKED)
    desk.login.use_code("kim", desk.hall.code(), is_recovery=False)
    assert desk.state.stage is Stage.IN


def test_both_factors_one_after_the_other():
    desk = Desk(Factors.BOTH)
    desk.hall.give_seed()
    desk.login.use_key()
    desk.until(lambda: desk.state.stage is Stage.MORE)
    desk.login.use_code("", desk.hall.code(), is_recovery=False)
    assert desk.state.stage is Stage.IN


def test_a_lock_covers_at_once_and_a_touch_opens_it():
    desk = Desk()
    desk.log_in()
    desk.login.lock()
    assert desk.state.stage is Stage.LOCKED
    desk.login.use_key()
    desk.until(lambda: desk.state.stage is Stage.IN)
    assert desk.acts[1:] == [SetLock(True), SetLock(False)]


@pytest.mark.parametrize("cause", ["idle", "outside"])
def test_idle_hands_and_what_is_watched_outside_lock(cause):
    outside = [False]
    desk = Desk(idle_ns=60 * NS, watches=(lambda: outside[0],))
    desk.log_in()
    desk.login.idle.moved(0)
    desk.now_ns = 59 * NS
    desk.login.tick(desk.now_ns)
    assert desk.state.stage is Stage.IN
    if cause == "idle":
        desk.now_ns = 60 * NS
    else:
        outside[0] = True
        desk.now_ns += 3 * NS
        desk.login.idle.moved(desk.now_ns)
    desk.login.tick(desk.now_ns)
    assert desk.state.stage is Stage.LOCKED
    desk.login.use_key()
    desk.until(lambda: desk.state.stage is Stage.IN)  # and it does not lock again for the same cause


class Application(QObject):
    """Whose events would be looked at."""

    def __init__(self):
        super().__init__()
        self.filters = []

    def installEventFilter(self, one):
        self.filters.append(one)


def test_hands_are_watched_where_idle_ones_lock_and_cost_nothing_elsewhere():
    locking, paper, clock = Desk(idle_ns=60 * NS), Desk(), SystemClock()
    with_lock, without = Application(), Application()
    TerminalCover(locking.login).watch_hands(with_lock, clock)
    TerminalCover(paper.login).watch_hands(without, clock)
    assert without.filters == []
    (watch,) = with_lock.filters
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    now_ns = clock.mono_ns()
    assert locking.login.idle.is_due(now_ns)
    assert watch.eventFilter(with_lock, key) is False
    assert not locking.login.idle.is_due(now_ns)


def test_an_act_that_asked_for_a_touch_goes_out_again_as_it_was_and_an_order_does_not():
    desk = Desk()
    desk.log_in()
    desk.login.send(LIMITS)
    desk.login.see(TouchView(request_id="l", act="raise-limits:1", what="w", content="{}", within_ns=60 * NS))
    desk.login.use_key()
    desk.until(lambda: desk.state.asked is None)
    assert (desk.acts[-1], desk.sent) == (Touched("raise-limits:1"), [LIMITS, LIMITS])
    desk.login.see(TouchView(request_id="o", act="first-order:1", what="w", content="{}", within_ns=60 * NS))
    desk.login.use_key()
    desk.until(lambda: desk.state.asked is None)
    assert (desk.acts[-1], len(desk.sent)) == (Touched("first-order:1"), 2)


def test_a_question_that_is_declined_leaves_nothing_behind():
    desk = Desk()
    desk.log_in()
    desk.login.send(LIMITS)
    desk.login.see(TouchView(request_id="l", act="raise-limits:1", what="w", content="{}", within_ns=60 * NS))
    desk.login.decline()
    assert (desk.state.is_veiled, desk.sent) == (False, [LIMITS])


def test_a_second_person_agrees_to_exactly_what_was_shown():
    desk = Desk()
    desk.log_in()
    content = '{"account":"A","limits":{"order_qty_max":5}}'
    desk.login.see(ProposalView(proposal_id=3, what="act.trade", content=content, user="lee", within_ns=NS))
    assert desk.state.question is not None
    desk.login.decide(3, agree=True)
    (sent,) = desk.sent
    assert (sent.proposal_id, sent.content, sent.account, sent.agree) == (3, content, "A", True)
    assert desk.state.question is None


def test_another_key_a_seed_and_recovery_codes_are_added_after_a_touch():
    desk = Desk()
    desk.log_in()
    # The same key would be refused as known: another one is plugged in when it is the new one's turn.
    fresh = Hall().key
    keys = iter([desk.hall.key, fresh])
    desk.login._worker._platform._find = lambda: next(keys)
    desk.login.add_key("travel")
    desk.login.use_key()
    desk.until(lambda: desk.state.message == "login.enrolled")
    assert [key.name for key in desk.hall.keeper.kept["kim"].keys] == ["blue", "travel"]

    desk.login._worker._platform._find = lambda: fresh
    desk.login.add_otp()
    desk.login.use_key()
    desk.until(lambda: desk.state.qr)
    code = hotp(decode_seed(Secret(desk.state.seed_text)), step_of(desk.hall.at.wall_ns))
    desk.login.confirm_otp(code)
    assert (desk.state.qr, desk.state.seed_text) == ((), "")
    assert desk.hall.keeper.kept["kim"].otp is not None

    desk.login.make_recovery()
    desk.login.use_key()
    desk.until(lambda: desk.state.codes)
    assert len(desk.hall.keeper.kept["kim"].recovery) == len(desk.state.codes) == 10


def test_logging_out_brings_the_login_screen_back():
    desk = Desk()
    desk.log_in()
    desk.login.log_out()
    assert (desk.state.stage, desk.state.user, desk.state.message) == (Stage.ASKED, "", "login.out")


@pytest.mark.parametrize("passphrase", [None, Secret("open sesame")])
def test_a_paper_lock_is_lifted_by_a_click_or_by_the_passphrase_that_was_set(passphrase):
    desk = Desk(passphrase=lambda: passphrase)
    desk.state.stage = Stage.FREE
    desk.login.lock()
    assert (desk.state.is_paper_lock, desk.state.wants_passphrase) == (True, passphrase is not None)
    desk.login.lift("")
    assert (desk.state.stage is Stage.LOCKED) == (passphrase is not None)
    desk.login.lift("open sesame")
    assert desk.state.stage is Stage.FREE


def test_a_lock_that_a_core_asked_for_is_not_lifted_by_a_click():
    desk = Desk()
    desk.log_in()
    desk.login.lock()
    desk.login.lift("")
    assert desk.state.stage is Stage.LOCKED


class WindowsDialog:
    """fido2.client.windows.WindowsClient as far as it is used, with a software key behind the system's dialog."""

    def __init__(self, key):
        from tests.support.keys import client_of

        self._client = client_of(key)

    def get_assertion(self, options):
        return self._client.get_assertion(options)

    def make_credential(self, options):
        return self._client.make_credential(options)


def test_the_way_through_the_windows_api_gives_the_same_answers():
    desk = Desk()
    desk.login._worker = KeyWorker(WindowsKeys(WindowsDialog(desk.hall.key)))
    desk.log_in()
    desk.login.add_key("hello")
    desk.login.use_key()
    desk.until(lambda: not desk.login._worker.is_busy and desk.state.message)
    assert desk.state.message == "login.key_failed"  # one key, one entry: the system says so, too


def test_what_is_watched_is_asked_beside_the_frames():
    is_locked = [False]
    watched = Watched(lambda: is_locked[0], poll_s=0.001)
    assert watched() is False
    is_locked[0] = True
    until(watched, "an answer", 0.001)
    watched.stop()
    there = [False, True, True, False]
    presence = KeyPresence(lambda: there.pop(0))
    assert [presence._is_gone() for _ in range(4)] == [False, False, False, True]


def test_a_machine_without_a_login_manager_is_never_locked_by_it(monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    began = time.monotonic()
    assert locked_hint() is False
    assert time.monotonic() - began < 30
