"""One order connection that is kept up while a session is wanted: what every order gateway does alike.

    OFF --want: Dial--> DIALLING --opened--> OPEN --hang_up: Hangup--> CLOSING
     ^                     |  too slow: Hangup        |                    |
     |                     v                         v                    v
     +-- when ending --- lost, then rest ---> WAITING --timer: Dial--> DIALLING

When and where it is dialled again (which host, how soon, how slowly after a refusal) is `hts.gateway.redial`. That a
session is down is told once for each reason and detail, until one has stood again. The gateway owns the session itself;
it says here what became of it (`stood`, `refused`), and asks what is due.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Final

from hts.gateway.actions import Dial, Hangup
from hts.gateway.redial import Redial, RedialPlan
from hts.model.reports import AnyReport, SessionDown

MS: Final = 1_000_000

Events = deque[AnyReport | Dial | Hangup]


class State(Enum):
    """Where the connection stands."""

    OFF = "off"  # no session is wanted
    WAITING = "waiting"  # for the next try
    DIALLING = "dialling"
    OPEN = "open"
    CLOSING = "closing"  # the shell was told to hang up


class KeptLine:
    """See the module's text. Instructions and SessionDown go to `events`; `before_dial` is called before each dial."""

    def __init__(
        self,
        venue: str,
        plan: RedialPlan,
        dial_timeout_ns: int,
        events: Events,
        *,
        before_dial: Callable[[], None] = lambda: None,
    ) -> None:
        self.venue = venue
        self.state = State.OFF
        self.was_up = False  # a session has stood on this connection
        self._redial = Redial(plan)
        self._dial_timeout_ns = dial_timeout_ns
        self._events = events
        self._before_dial = before_dial
        self._due_ns = 0  # end of WAITING or DIALLING
        self._is_ending = False
        self._is_refused = False
        self._down: tuple[str, str] | None = None  # what SessionDown last said

    @property
    def is_off(self) -> bool:
        """No session is wanted, and none stands."""
        return self.state is State.OFF

    @property
    def is_open(self) -> bool:
        """Bytes can travel."""
        return self.state is State.OPEN

    # -- what is wanted

    def want(self, mono_ns: int) -> None:
        """A session is wanted anew: begin with the primary host."""
        assert self.state is State.OFF, self.state
        self._is_ending = False
        self._redial.restart()
        self._down = None
        self._dial(mono_ns)

    def end(self) -> bool:
        """No session is wanted any more. True: one stands, and has to be logged out."""
        self._is_ending = True
        if self.state in (State.OFF, State.WAITING):
            self.state = State.OFF
            return False
        if self.state is State.DIALLING:
            self.hang_up("session_ended")
            return False
        return True

    # -- what happens to the connection

    def opened(self) -> bool:
        """The shell has opened it. False where nobody wants it: the shell is told to hang up."""
        if self.state is not State.DIALLING:
            self._events.append(Hangup(reason="not_wanted"))
            return False
        self.state = State.OPEN
        return True

    def lost(self, reason: str) -> bool:
        """It is gone, or could not be opened. False where that is no news; else `rest` follows."""
        if self.state in (State.OFF, State.WAITING):
            return False
        if self.state in (State.OPEN, State.DIALLING):
            self.report_down("tcp_lost" if self.state is State.OPEN else "dial_failed", reason)
        return True

    def rest(self, mono_ns: int) -> None:
        """Wait for the next try, or be off where none is wanted."""
        if self._is_ending:
            self.state = State.OFF
            return
        self.state = State.WAITING
        self._due_ns = mono_ns + self._redial.next_delay_ns(is_refused=self._is_refused)
        self._is_refused = False

    def hang_up(self, reason: str) -> None:
        """The shell is to close the connection."""
        self.state = State.CLOSING
        self._events.append(Hangup(reason=reason))

    # -- what became of the session

    def stood(self) -> None:
        """Logged on: the next loss begins from the start."""
        self._redial.stood()
        self.was_up = True
        self._down = None

    def refused(self) -> None:
        """The venue did not want the logon: the next try comes slowly."""
        self._is_refused = True

    def report_down(self, reason: str, detail: str) -> None:
        """Say so, unless it was said."""
        self.was_up = False
        if self._down != (reason, detail):
            self._down = (reason, detail)
            self._events.append(SessionDown(venue=self.venue, reason=reason, detail=detail))

    def end_of_session(self, reason: str, detail: str) -> None:
        """The session is over: say so, and close what still stands."""
        self.report_down(reason, detail)
        if self.state is State.OPEN:
            self.hang_up(reason)

    # -- time

    def next_timer_ns(self, session_ns: int | None) -> int | None:
        """When something is due; `session_ns` is the session's own next time, which counts while the line is open."""
        if self.state in (State.WAITING, State.DIALLING):
            return self._due_ns
        return session_ns if self.state is State.OPEN else None

    def on_timer(self, mono_ns: int) -> bool:
        """What of the connection is due. True: it is open, and the session's turn."""
        if self.state is State.OPEN:
            return True
        if self.state not in (State.WAITING, State.DIALLING) or mono_ns < self._due_ns:
            return False
        if self.state is State.WAITING:
            self._dial(mono_ns)
        else:
            self.report_down("dial_failed", f"no connection within {self._dial_timeout_ns // MS} ms")
            self.hang_up("dial_timeout")
        return False

    def _dial(self, mono_ns: int) -> None:
        self._before_dial()
        self.state = State.DIALLING
        self._due_ns = mono_ns + self._dial_timeout_ns
        self._redial.dialled()
        self._events.append(Dial(host=self._redial.host))
