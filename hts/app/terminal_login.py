"""Between the gate's words, the security key and the login screen: what a hand sets going, and what comes back.

hts.desk.login.LoginPort. Everything happens in the frame: answers of the gate and of the key's thread are taken there.
"""

import json
from collections.abc import Callable
from hmac import compare_digest
from typing import Final, Protocol

from hts.app.key_worker import KeyAsks, KeySaid, KeyWorker
from hts.auth.qr import qr_matrix
from hts.auth.secrets import Secret
from hts.desk.login import IdleLock, KeyWork, LoginState, Stage, Watch
from hts.model.intents import (
    REQUEST_ID_LENGTH_MAX,
    AnyIntent,
    ApproveAct,
    SetKillSwitch,
    SetLimits,
    SetTradingState,
)
from hts.model.queries import AnyQuery
from hts.model.session import ProposalView, TouchView
from hts.wire.link import login as m

ACTS_KEPT: Final = 16
WATCH_NS: Final = 2_000_000_000
_WORK: Final = {"pin": KeyWork.PIN, "touch": KeyWork.TOUCH, "plug-in": KeyWork.TOUCH}
_WORDS: Final = {"pin": "login.pin", "touch": "login.touch", "plug-in": "login.plug_in"}


class LoginLink(Protocol):
    """What it needs of hts.app.terminal_link.TerminalLink."""

    def send(self, wish: AnyIntent | AnyQuery) -> bool: ...

    def send_login(self, request: m.LoginRequest) -> bool: ...


class TerminalLogin:
    """Of one terminal. `passphrase`: lifts a paper lock, where one was set; None: a click does."""

    def __init__(
        self,
        link: LoginLink,
        worker: Callable[[str], KeyWorker],
        mono_ns: Callable[[], int],
        *,
        idle_ns: int = 0,
        watches: tuple[Watch, ...] = (),
        passphrase: Callable[[], Secret | None] = lambda: None,
    ) -> None:
        """`worker` makes the way to a key for an origin, when a core asks for one."""
        self.state = LoginState()
        self.idle = IdleLock(idle_ns, mono_ns())
        self._link = link
        self._make_worker = worker
        self._worker: KeyWorker | None = None
        self._mono_ns = mono_ns
        self._watches = watches
        self._watch_ns = 0
        self._was_asked_outside = False
        self._passphrase = passphrase
        self._challenge: m.Challenge | None = None  # what the key is answering
        self._acts: dict[str, AnyIntent] = {}
        self._asked_by = ""  # request that asked for the touch
        self._approvals = 0
        self._name = ""  # of the key that is being added

    # -- the frame

    def take(self, answer: m.LoginAnswer) -> None:
        """A word of the gate."""
        state = self.state
        match answer:
            case m.LoginAsked():
                self._worker = self._worker or self._make_worker(answer.origin)
                state.ask(answer.means)
            case m.Challenge():
                self._challenge = answer
                if self._worker is not None and not self._worker.begin(answer.options, makes=answer.makes):
                    state.refuse(0, self._mono_ns(), "login.key_busy")
            case m.LoggedIn():
                state.let_in(answer.user, answer.role, answer.permissions)
            case m.MoreWanted():
                state.want_code()
            case m.LoginRefused():
                state.refuse(answer.wait_s, self._mono_ns())
            case m.TouchTaken():
                self._on_touch_taken(answer.act)
            case m.Locked():
                state.lock()
            case m.LoggedOut():
                state.end(answer.reason)
            case m.Enrolled():
                state.put_away()
                state.message = "login.enrolled"
            case m.OtpOffered():
                text = answer.uri.partition("secret=")[2].partition("&")[0]
                state.show_seed(tuple(map(tuple, qr_matrix(answer.uri.encode()))), text)
            case m.RecoveryCodes():
                state.show_codes(answer.codes)

    def send(self, wish: AnyIntent | AnyQuery) -> bool:
        """On its way. An act on limits or halts that turns out to ask for a touch goes out again after it, as it was;
        an order does not: it was meant for then, not for later.
        """
        if isinstance(wish, SetLimits | SetKillSwitch | SetTradingState | ApproveAct):
            self._acts[wish.request_id] = wish
            while len(self._acts) > ACTS_KEPT:
                del self._acts[next(iter(self._acts))]
        return self._link.send(wish)

    def see(self, view: TouchView | ProposalView) -> None:
        """A word of the core's about an act."""
        if isinstance(view, TouchView):
            self._asked_by = view.request_id
            self.state.want_touch(view, self._mono_ns())
        else:
            self.state.on_proposal(view)

    def link_went(self) -> None:
        """The core is away."""
        self.state.leave()

    def tick(self, now_ns: int) -> None:
        """Once per frame: the key's news, idle hands, what is watched outside."""
        for news in self._worker.poll() if self._worker is not None else ():
            self._on_key(news)
        self.state.tick(now_ns)
        if self.idle.is_due(now_ns) and not self.state.is_covered:
            self.lock()
        if now_ns - self._watch_ns >= WATCH_NS:
            self._watch_ns = now_ns
            is_asked = any(watch() for watch in self._watches)
            if is_asked and not self._was_asked_outside and not self.state.is_covered:
                self.lock()
            self._was_asked_outside = is_asked

    def _on_key(self, news: KeyAsks | KeySaid) -> None:
        if isinstance(news, KeyAsks):
            self.state.key_wants(_WORK[news.what], _WORDS[news.what])
            return
        self.state.key_wants(KeyWork.NONE)
        if news.problem:
            self.state.refuse(0, self._mono_ns(), news.problem)
        elif (asked := self._challenge) is not None:
            ticket = asked.ticket
            if asked.makes:
                self._link.send_login(m.AnswerEnrol(ticket=ticket, attestation=news.answer, name=self._name))
            elif asked.act:
                self._link.send_login(m.AnswerTouch(ticket=ticket, assertion=news.answer))
            else:
                self._link.send_login(m.AnswerLogin(ticket=ticket, assertion=news.answer))

    def _on_touch_taken(self, act: str) -> None:
        self.state.touched()
        again, self._asked_by = self._acts.pop(self._asked_by, None), ""
        if again is not None:
            self._link.send(again)
        if act == m.UNLOCK:
            self.idle.moved(self._mono_ns())
            self.state.unlock()
        elif act == m.ADD_KEY:
            self._link.send_login(m.BeginEnrol())
        elif act == m.ADD_OTP:
            self._link.send_login(m.OfferOtp())
        elif act == m.RECOVERY:
            self._link.send_login(m.MakeRecovery())

    # -- the hand (LoginPort)

    def use_key(self) -> None:
        state = self.state
        if state.stage is Stage.ASKED:
            self._link.send_login(m.BeginLogin())
        elif state.stage is Stage.LOCKED:
            self._link.send_login(m.BeginTouch(act=m.UNLOCK))
        elif state.asked is not None:
            self._link.send_login(m.BeginTouch(act=state.asked.act))

    def give_pin(self, pin: str) -> None:
        if self._worker is not None:
            self._worker.give_pin(pin)
            self.state.key_wants(KeyWork.TOUCH, _WORDS["touch"])

    def use_code(self, user: str, code: str, *, is_recovery: bool) -> None:
        state = self.state
        if state.stage is Stage.LOCKED:
            self._link.send_login(m.TouchByCode(act=m.UNLOCK, code=code))
        elif state.asked is not None:
            self._link.send_login(m.TouchByCode(act=state.asked.act, code=code))
        else:
            self._link.send_login(m.CodeLogin(user=user, code=code, is_recovery=is_recovery))

    def lock(self) -> None:
        """Covered at once; the core is told, and refuses what still comes from here."""
        if self.state.stage is Stage.IN:
            self._link.send_login(m.Lock())
            self.state.lock()
        elif self.state.stage is Stage.FREE:
            self.state.lock(is_paper=True, wants_passphrase=self._passphrase() is not None)

    def lift(self, passphrase: str) -> None:
        if not self.state.is_paper_lock:
            return
        wanted = self._passphrase()
        if wanted is not None and not compare_digest(wanted.reveal().encode(), passphrase.encode()):
            self.state.refuse(0, self._mono_ns())
            return
        self.idle.moved(self._mono_ns())
        self.state.unlock()

    def decline(self) -> None:
        if self._worker is not None and self._worker.is_busy:
            self._worker.cancel()
        self.state.touched()
        self.state.put_away()

    def decide(self, proposal_id: int, *, agree: bool) -> None:
        view = self.state.proposals.get(proposal_id)
        if view is not None:
            self._approvals += 1
            # Of the clock, so that no two of any run are the same.
            request_id = f"y{self._mono_ns():x}{self._approvals}"[-REQUEST_ID_LENGTH_MAX:]
            account = account_in(view.content)
            self.send(
                ApproveAct(
                    request_id=request_id,
                    account=account,
                    proposal_id=proposal_id,
                    content=view.content if agree else "",
                    agree=agree,
                )
            )
            self.state.put_off(proposal_id)

    def put_off(self, proposal_id: int) -> None:
        self.state.put_off(proposal_id)

    def log_out(self) -> None:
        self._link.send_login(m.Logout())

    def add_key(self, name: str) -> None:
        self._name = name
        self._ask_own(m.ADD_KEY)

    def add_otp(self) -> None:
        self._ask_own(m.ADD_OTP)

    def confirm_otp(self, code: str) -> None:
        self._link.send_login(m.ConfirmOtp(code=code))

    def make_recovery(self) -> None:
        self._ask_own(m.RECOVERY)

    def _ask_own(self, act: str) -> None:
        self.see(TouchView(request_id="", act=act, what=f"act.{act}", content="", within_ns=60_000_000_000))


def account_in(content: str) -> str:
    """The account that a proposed act is of."""
    terms = json.loads(content)
    return str(terms.get("account", "")) if isinstance(terms, dict) else ""
