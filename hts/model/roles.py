"""Who may do what, and which acts need a second person.

    permission      viewer  trader  risk manager  administrator
    SEE               x       x          x              x
    TRADE                     x
    ALGO                      x
    CANCEL                    x          x
    ENGAGE_KILL               x          x              x
    RELEASE_KILL                         x
    RAISE_LIMITS                         x
    KEEP_BOOKS                           x              x
    READ_AUDIT                           x              x
    MANAGE_USERS                                        x
    EXPORT_KEYS                                         x

Duties are apart: who sets limits does not trade under them, who names users does neither. Everybody who may act may
stop the trading; only the risk manager lets it go on.
"""

from enum import Enum
from typing import Final

from msgspec import Struct

APPROVAL_NS_MAX: Final = 15 * 60 * 1_000_000_000


class Role(Enum):
    """What a person is here for."""

    VIEWER = "viewer"
    TRADER = "trader"
    RISK_MANAGER = "risk-manager"
    ADMINISTRATOR = "administrator"


class Permission(Enum):
    """What can be allowed."""

    SEE = "see"
    TRADE = "trade"
    ALGO = "algo"  # routed orders, algorithms, conditional orders
    CANCEL = "cancel"
    ENGAGE_KILL = "engage-kill"
    RELEASE_KILL = "release-kill"
    RAISE_LIMITS = "raise-limits"
    KEEP_BOOKS = "keep-books"  # money in and out, kinds of accounts, corporate actions
    READ_AUDIT = "read-audit"
    MANAGE_USERS = "manage-users"
    EXPORT_KEYS = "export-keys"


_P = Permission
PERMISSIONS: Final = {
    Role.VIEWER: frozenset({_P.SEE}),
    Role.TRADER: frozenset({_P.SEE, _P.TRADE, _P.ALGO, _P.CANCEL, _P.ENGAGE_KILL}),
    Role.RISK_MANAGER: frozenset(
        {_P.SEE, _P.CANCEL, _P.ENGAGE_KILL, _P.RELEASE_KILL, _P.RAISE_LIMITS, _P.KEEP_BOOKS, _P.READ_AUDIT}
    ),
    Role.ADMINISTRATOR: frozenset(
        {_P.SEE, _P.ENGAGE_KILL, _P.KEEP_BOOKS, _P.READ_AUDIT, _P.MANAGE_USERS, _P.EXPORT_KEYS}
    ),
}

# One person alone, or one stolen login, must not be able to do these. A corporate action is entered by one person and
# confirmed by another, which hts.account sees to.
FOUR_EYES: Final = frozenset({_P.RELEASE_KILL, _P.RAISE_LIMITS, _P.MANAGE_USERS, _P.EXPORT_KEYS})


class Person(Struct, frozen=True, kw_only=True):
    """A user who is logged in."""

    user: str
    role: Role


class Proposal(Struct, frozen=True, kw_only=True):
    """An act that waits for a second person. `content` is all of it, so that nobody approves something else."""

    act: Permission
    content: str
    by: str
    at_ns: int


class Denial(Enum):
    """Why not."""

    NO_PERMISSION = "the role does not allow it"
    SAME_PERSON = "a second person must approve"
    OTHER_CONTENT = "what was approved is not what was proposed"
    TOO_LATE = "the proposal is too old"


class Approved(Struct, frozen=True, kw_only=True):
    """Both persons, for the audit trail."""

    proposal: Proposal
    by: str
    at_ns: int


def may(role: Role, permission: Permission) -> bool:
    """Whether the role allows it at all."""
    return permission in PERMISSIONS[role]


def needs_second(permission: Permission) -> bool:
    """Whether a second person must approve."""
    return permission in FOUR_EYES


def propose(person: Person, act: Permission, content: str, at_ns: int) -> Proposal | Denial:
    """The first pair of eyes."""
    if not may(person.role, act):
        return Denial.NO_PERMISSION
    return Proposal(act=act, content=content, by=person.user, at_ns=at_ns)


def approve(proposal: Proposal, person: Person, content: str, now_ns: int) -> Approved | Denial:
    """The second pair. `content` is what this person was shown."""
    if not may(person.role, proposal.act):
        return Denial.NO_PERMISSION
    if person.user == proposal.by:
        return Denial.SAME_PERSON
    if content != proposal.content:
        return Denial.OTHER_CONTENT
    if not 0 <= now_ns - proposal.at_ns <= APPROVAL_NS_MAX:
        return Denial.TOO_LATE
    return Approved(proposal=proposal, by=person.user, at_ns=now_ns)
