"""What the login screen, the lock and the question for a touch show: state and rules, without pixels.

    stage     what covers the window                        how it ends
    FREE      nothing: a paper core asks for nothing        -
    ASKED     the login screen                              a key, or a code
    MORE      likewise; the first factor was right          the code
    IN        nothing                                       logout, lock, the core ends the session
    LOCKED    the lock screen; orders and work go on        a touch or a code; one click in paper mode

Over IN, `asked` is a question for a fresh touch: a veil over the window, which can be declined. While the window is
covered no key of the trader's means anything, and nothing of the account can be read in its pixels.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final, Protocol

from msgspec import Struct

from hts.model.session import ProposalView, TouchView

NS: Final = 1_000_000_000
PROPOSALS_SHOWN: Final = 16


class Stage(Enum):
    """Where the person stands."""

    FREE = "free"
    ASKED = "asked"
    MORE = "more"
    IN = "in"
    LOCKED = "locked"


class KeyWork(Enum):
    """What the security key waits for."""

    NONE = "none"
    TOUCH = "touch"
    PIN = "pin"


class LoginPort(Protocol):
    """What a person's hand sets going (hts.app.terminal_login)."""

    def use_key(self) -> None:
        """Log in, unlock or touch with the security key, whatever is asked for now."""
        ...

    def give_pin(self, pin: str) -> None:
        """The key's own PIN; it goes to the key and nowhere else."""
        ...

    def use_code(self, user: str, code: str, *, is_recovery: bool) -> None:
        """A one-time password, or a recovery code."""
        ...

    def lock(self) -> None:
        """Cover the window now."""
        ...

    def lift(self, passphrase: str) -> None:
        """Open a lock that no core asks anything for: paper mode."""
        ...

    def decline(self) -> None:
        """Leave the question for a touch unanswered."""
        ...

    def log_out(self) -> None:
        """End the session."""
        ...

    def decide(self, proposal_id: int, *, agree: bool) -> None:
        """Agree to what another person proposed, or not."""
        ...

    def put_off(self, proposal_id: int) -> None:
        """Decide later; the question goes."""
        ...

    def add_key(self, name: str) -> None:
        """Register another key for this user."""
        ...

    def add_otp(self) -> None:
        """Ask for a new seed."""
        ...

    def confirm_otp(self, code: str) -> None:
        """The first code of the new seed."""
        ...

    def make_recovery(self) -> None:
        """Ask for new recovery codes."""
        ...


class Asked(Struct, frozen=True, kw_only=True):
    """A fresh touch is wanted: for what, in words (`what` is a text key), and until when."""

    act: str
    what: str
    content: str
    until_ns: int


class LoginState:
    """Read by the widgets once per frame; `version` grows with every change."""

    def __init__(self) -> None:
        self.stage = Stage.FREE
        self.version = 0
        self.takes_key = True
        self.takes_code = False
        self.user = ""
        self.role = ""
        self.is_paper_lock = False
        self.wants_passphrase = False
        self.key_work = KeyWork.NONE
        self.message = ""  # a text key; what is to be read under the fields
        self.wait_until_ns = 0
        self.asked: Asked | None = None
        self.qr: tuple[tuple[bool, ...], ...] = ()  # of a new seed; dark modules
        self.seed_text = ""
        self.codes: tuple[str, ...] = ()  # new recovery codes, shown once
        self.proposals: dict[int, ProposalView] = {}
        self._permissions: frozenset[str] = frozenset()
        self._put_off: set[int] = set()

    @property
    def question(self) -> ProposalView | None:
        """What another person proposed and this one may approve; the oldest that was not put off."""
        if self.stage is not Stage.IN or self.asked is not None:
            return None
        return next((one for one in self.proposals.values() if self._may_decide(one)), None)

    def _may_decide(self, view: ProposalView) -> bool:
        is_mine = view.user == self.user or view.proposal_id in self._put_off
        return not is_mine and view.what.removeprefix("act.") in self._permissions

    @property
    def is_covered(self) -> bool:
        """Whether nothing of the window may be seen."""
        return self.stage in (Stage.ASKED, Stage.MORE, Stage.LOCKED)

    @property
    def is_veiled(self) -> bool:
        """Whether something lies over the window, be it seen through or not."""
        shown = self.asked or self.qr or self.codes or self.question
        return self.is_covered or bool(shown)

    def changed(self) -> None:
        """To be painted anew."""
        self.version += 1

    # -- what the core says

    def ask(self, means: tuple[str, ...]) -> None:
        """The core asks who is there."""
        self._forget()
        self.stage = Stage.ASKED
        self.takes_key, self.takes_code = "key" in means, "otp" in means
        self.changed()

    def want_code(self) -> None:
        """The key was right; now a code."""
        self.stage, self.message, self.key_work = Stage.MORE, "login.more", KeyWork.NONE
        self.changed()

    def let_in(self, user: str, role: str, permissions: tuple[str, ...] = ()) -> None:
        """The session begins."""
        self.stage, self.user, self.role, self._permissions = Stage.IN, user, role, frozenset(permissions)
        self.message, self.wait_until_ns, self.key_work = "", 0, KeyWork.NONE
        self.changed()

    def refuse(self, wait_s: int, now_ns: int, message: str = "login.refused") -> None:
        """No; which part was wrong nobody is told."""
        self.message, self.key_work = message, KeyWork.NONE
        self.wait_until_ns = now_ns + wait_s * NS
        self.changed()

    def lock(self, *, is_paper: bool = False, wants_passphrase: bool = False) -> None:
        """Cover the window."""
        self.stage, self.message, self.asked = Stage.LOCKED, "", None
        self.qr, self.seed_text, self.codes = (), "", ()
        self.is_paper_lock, self.wants_passphrase = is_paper, wants_passphrase
        self.changed()

    def unlock(self) -> None:
        """The person is back."""
        self.stage = Stage.FREE if self.is_paper_lock else Stage.IN
        self.is_paper_lock, self.message, self.key_work = False, "", KeyWork.NONE
        self.changed()

    def end(self, reason: str) -> None:
        """The session is over; the login screen comes back and says why."""
        self._forget()
        self.stage, self.message = Stage.ASKED, reason
        self.changed()

    def leave(self) -> None:
        """The core is away: who is there is asked anew when it is back. What was covered stays covered."""
        if self.stage is not Stage.FREE and not self.is_paper_lock:
            self.end("login.away")

    def want_touch(self, view: TouchView, now_ns: int) -> None:
        """An act asks for a fresh touch."""
        if self.stage is Stage.IN:
            self.asked = Asked(act=view.act, what=view.what, content=view.content, until_ns=now_ns + view.within_ns)
            self.message = ""
            self.changed()

    def touched(self) -> None:
        """It was given, or nobody wants it any more."""
        self.asked, self.message, self.key_work = None, "", KeyWork.NONE
        self.changed()

    def on_proposal(self, view: ProposalView) -> None:
        """An act that waits for a second person, or waits no longer."""
        if view.is_open:
            self.proposals[view.proposal_id] = view
            while len(self.proposals) > PROPOSALS_SHOWN:
                del self.proposals[next(iter(self.proposals))]
        else:
            self.proposals.pop(view.proposal_id, None)
        self.changed()

    def put_off(self, proposal_id: int) -> None:
        """The question goes until the next login."""
        self._put_off.add(proposal_id)
        self.changed()

    def show_seed(self, qr: tuple[tuple[bool, ...], ...], text: str) -> None:
        """A new seed to be scanned, this once."""
        self.qr, self.seed_text, self.message = qr, text, "login.scan"
        self.changed()

    def show_codes(self, codes: tuple[str, ...]) -> None:
        """New recovery codes to be written down, this once."""
        self.codes = codes
        self.changed()

    def put_away(self) -> None:
        """What was shown once is gone."""
        self.qr, self.seed_text, self.codes, self.message = (), "", (), ""
        self.changed()

    def key_wants(self, work: KeyWork, message: str = "") -> None:
        """The security key waits for a hand."""
        self.key_work, self.message = work, message
        self.changed()

    def tick(self, now_ns: int) -> None:
        """A question that is too old goes."""
        if self.asked is not None and now_ns >= self.asked.until_ns:
            self.touched()

    def _forget(self) -> None:
        self.user = self.role = self.message = self.seed_text = ""
        self.asked, self.qr, self.codes, self.key_work = None, (), (), KeyWork.NONE
        self.is_paper_lock = False
        self.proposals, self._permissions, self._put_off = {}, frozenset(), set()


class IdleLock:
    """Locks when nobody has moved a hand for a while. `limit_ns` 0: never. Times are monotonic."""

    def __init__(self, limit_ns: int, now_ns: int) -> None:
        self._limit_ns = limit_ns
        self._moved_ns = now_ns

    @property
    def is_on(self) -> bool:
        """Whether it ever locks."""
        return self._limit_ns > 0

    def moved(self, now_ns: int) -> None:
        """A key, a click, a movement."""
        self._moved_ns = now_ns

    def is_due(self, now_ns: int) -> bool:
        """Whether it is time."""
        return 0 < self._limit_ns <= now_ns - self._moved_ns


Watch = Callable[[], bool]
"""Whether something outside asks for a lock now: the system's screen is locked, the key was pulled out."""
