"""What the gate decides, as values: the shell carries them out in order."""

from typing import Union

from msgspec import Struct

from hts.model.session import Session
from hts.wire.link.login import LoginAnswer


class Moment(Struct, frozen=True, kw_only=True):
    """When a request came: for the ages of ceremonies, and for codes and lock-outs that outlive the process."""

    mono_ns: int
    wall_ns: int


class Say(Struct, frozen=True):
    """Tell the client."""

    answer: LoginAnswer


class Admit(Struct, frozen=True):
    """The client is this session from now on."""

    session: Session


class Dismiss(Struct, frozen=True):
    """The client is nobody any more."""


class SetLock(Struct, frozen=True):
    """Nothing of the client's session is carried out, or everything again."""

    is_locked: bool


class Touched(Struct, frozen=True):
    """The person proved to be there, for this act of the engine's."""

    act: str


class Note(Struct, frozen=True, kw_only=True):
    """For the audit trail: what happened to whom. `detail` says what was wrong, which no peer is told.

    `where`: by which door, as the core knows it; empty for the core's own machine.
    """

    what: str
    user: str = ""
    detail: str = ""
    where: str = ""


Outcome = Union[Say, Admit, Dismiss, SetLock, Touched, Note]
Outcomes = tuple[Outcome, ...]
