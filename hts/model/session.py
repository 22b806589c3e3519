"""A person, or a script, who has proved who it is; and what the core asks of people before dangerous acts.

`Session` is what a login leaves behind: the engine's authority knows nothing of keys and codes. `TouchView` and
`ProposalView` are what the core tells terminals when an act needs more than a login.
"""

from enum import Enum

from msgspec import Struct

from hts.model.roles import PERMISSIONS, Permission, Role


class Means(Enum):
    """What the login was done with."""

    KEY = "key"  # a FIDO2 key that verified its user
    OTP = "otp"
    RECOVERY = "recovery"
    API = "api"  # a token that a person gave to a script


class Session(Struct, frozen=True, kw_only=True):
    """Who a client is. `user` answers for it; `label` is how its acts are signed ("api:NAME" of a token's).

    `account` binds it to one account; empty: any.
    """

    user: str
    role: Role
    permissions: frozenset[Permission]
    means: Means
    label: str = ""
    account: str = ""

    @property
    def name(self) -> str:
        """What intents of this session carry as their user."""
        return self.label or self.user

    def may(self, permission: Permission) -> bool:
        """Whether it may do that at all."""
        return permission in self.permissions


def session_of(user: str, role: Role, means: Means) -> Session:
    """A person with all that the role may do."""
    return Session(user=user, role=role, permissions=PERMISSIONS[role], means=means)


class TouchView(Struct, frozen=True, kw_only=True, tag="touch"):
    """An intent was refused for want of a fresh touch. With one for `act` in time, the same intent passes once.

    `what` is the key of its name in the text catalogue, `content` all that is asked for, for a person to read.
    """

    request_id: str
    act: str
    what: str
    content: str
    within_ns: int


class ProposalView(Struct, frozen=True, kw_only=True, tag="proposal"):
    """An act that one person proposed and another must approve; `is_open` False: it is decided or too old."""

    proposal_id: int
    what: str
    content: str
    user: str
    within_ns: int
    is_open: bool = True
    approved_by: str = ""
