"""Who speaks in a FIX session, where the session stands, and which step leads where."""

from enum import Enum
from typing import Final

from hts.base.errors import LocalProtocolError


class Role(Enum):
    """Who dials and who answers."""

    INITIATOR = "initiator"
    ACCEPTOR = "acceptor"


class State(Enum):
    """Where the session stands. In CLOSING the owner writes what is unsent and closes the connection."""

    DISCONNECTED = "disconnected"
    LOGON_SENT = "logon_sent"
    LOGON_AWAITED = "logon_awaited"
    UP = "up"
    LOGOUT_SENT = "logout_sent"
    CLOSING = "closing"


class Step(Enum):
    """What happened to the session."""

    DIALED = "dialed"  # the initiator's connection stands, its Logon(A) is sent
    ANSWERED = "answered"  # the acceptor's connection stands
    LOGGED_ON = "logged_on"
    LOGOUT_SENT = "logout_sent"
    ENDED = "ended"  # by the peer's Logout(5), a refusal, a time-out or a fault
    DISCONNECTED = "disconnected"


STEPS: Final = {
    (State.DISCONNECTED, Step.DIALED): State.LOGON_SENT,
    (State.DISCONNECTED, Step.ANSWERED): State.LOGON_AWAITED,
    (State.DISCONNECTED, Step.DISCONNECTED): State.DISCONNECTED,
    (State.LOGON_SENT, Step.LOGGED_ON): State.UP,
    (State.LOGON_SENT, Step.ENDED): State.CLOSING,
    (State.LOGON_SENT, Step.DISCONNECTED): State.DISCONNECTED,
    (State.LOGON_AWAITED, Step.LOGGED_ON): State.UP,
    (State.LOGON_AWAITED, Step.ENDED): State.CLOSING,
    (State.LOGON_AWAITED, Step.DISCONNECTED): State.DISCONNECTED,
    (State.UP, Step.LOGOUT_SENT): State.LOGOUT_SENT,
    (State.UP, Step.ENDED): State.CLOSING,
    (State.UP, Step.DISCONNECTED): State.DISCONNECTED,
    (State.LOGOUT_SENT, Step.ENDED): State.CLOSING,
    (State.LOGOUT_SENT, Step.DISCONNECTED): State.DISCONNECTED,
    (State.CLOSING, Step.ENDED): State.CLOSING,
    (State.CLOSING, Step.DISCONNECTED): State.DISCONNECTED,
}


def after(state: State, step: Step) -> State:
    """The state that follows. Raises LocalProtocolError for a step that the state does not know."""
    found = STEPS.get((state, step))
    if found is None:
        raise LocalProtocolError(f"{state.value}: a step of this state expected, found {step.value}")
    return found
