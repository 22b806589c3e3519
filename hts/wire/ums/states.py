"""Who speaks in a session, and where the session stands."""

from enum import Enum


class Role(Enum):
    """Who dials and who answers."""

    INITIATOR = "client"
    ACCEPTOR = "venue"


class State(Enum):
    """Where the session stands; the picture is in hts.wire.ums.session."""

    DISCONNECTED = "disconnected"
    LOGON_SENT = "logon_sent"
    LOGON_AWAITED = "logon_awaited"
    UP = "up"
    LOGOUT_SENT = "logout_sent"
    CLOSING = "closing"
