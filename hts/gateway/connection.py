"""Where a gateway's one TCP connection stands."""

from enum import Enum


class Line(Enum):
    """The states of an order connection that is kept up."""

    OFF = "off"  # no session is wanted
    WAITING = "waiting"  # for the next try
    DIALLING = "dialling"
    OPEN = "open"
    CLOSING = "closing"  # the shell was told to hang up
