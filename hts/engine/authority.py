"""Who each client is, and what was proved to whom for which act: the memory of the one place that judges intents.

Theory of operation. A core that trades live, or is shared, asks for a login (`asks_login`); a paper core asks for
nothing. What a client is comes from outside, as a `Session`, when the relying party has let it in. Nothing of this is
journaled: after a restart everybody proves anew who he is, and no file can say that somebody has.

    touch      asked when an act needs one, for exactly that act; given within TOUCH_NS; used up by the act
    opened     users who touched their key for the first order of a trading date
    proposals  acts that wait for a second person
    judged     what was refused to whom, and which dangerous acts were done, counted, until the audit trail takes it

`is_open`: somebody has opened a day since this process began. Before that, no order leaves a core that asks for logins,
whatever the journal or the tables ask for.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from hts.model.intents import AnyIntent
from hts.model.roles import APPROVAL_NS_MAX, Permission, Proposal
from hts.model.session import Session

TOUCH_NS: Final = 60_000_000_000
TOUCHES_MAX: Final = 8  # asked or given and not used, per client
PROPOSALS_MAX: Final = 16
JUDGED_MAX: Final = 256
FIRST_ORDER: Final = "first-order"
DONE: Final = "done"


class Held(Struct, frozen=True, kw_only=True):
    """A proposed act, and by which client."""

    proposal_id: int
    intent: AnyIntent
    client: int
    proposal: Proposal

    @property
    def until_ns(self) -> int:
        """When it is too old."""
        return self.proposal.at_ns + APPROVAL_NS_MAX


class Judged(Struct, frozen=True, kw_only=True):
    """What the audit trail is told: an act of a client, and the rule that stopped it or DONE."""

    client: int
    user: str
    what: str
    rule: str


class Authority:
    """Times are monotonic nanoseconds."""

    def __init__(self, *, asks_login: bool, four_eyes: bool) -> None:
        self.asks_login = asks_login
        self.four_eyes = four_eyes
        self.sessions: dict[int, Session] = {}
        self.locked: set[int] = set()
        self.is_open = not asks_login
        self._opened: dict[str, int] = {}
        self._asked: dict[tuple[int, str], int] = {}
        self._touched: dict[tuple[int, str], int] = {}
        self._proposals: dict[int, Held] = {}
        self._last_proposal = 0
        self._judged: dict[Judged, int] = {}

    # -- clients

    def admit(self, client: int, session: Session) -> None:
        """The client has proved who it is; what it was before is forgotten."""
        self.dismiss(client)
        self.sessions[client] = session

    def dismiss(self, client: int) -> None:
        """Logged out, or gone."""
        self.sessions.pop(client, None)
        self.locked.discard(client)
        for kept in (self._asked, self._touched):
            for key in [key for key in kept if key[0] == client]:
                del kept[key]

    def sees(self, client: int) -> bool:
        """Whether the client may be shown anything."""
        session = self.sessions.get(client)
        return not self.asks_login or (session is not None and session.may(Permission.SEE))

    # -- touches

    def ask_touch(self, client: int, act: str, mono_ns: int) -> None:
        """A touch for this act counts from now on, for a while."""
        mine = [key for key in self._asked if key[0] == client]
        for key in mine[: max(len(mine) + 1 - TOUCHES_MAX, 0)]:
            del self._asked[key]
        self._asked[client, act] = mono_ns + TOUCH_NS

    def is_asked(self, client: int, act: str, mono_ns: int) -> bool:
        """Whether a touch for this act was asked for and is not too late."""
        return mono_ns < self._asked.get((client, act), mono_ns)

    def touched(self, client: int, act: str, mono_ns: int) -> bool:
        """The person touched the key for this act. False when nobody asked for that, or too late."""
        if client not in self.sessions or not self.is_asked(client, act, mono_ns):
            return False
        del self._asked[client, act]
        kind, _, date = act.partition(":")
        if kind == FIRST_ORDER:
            self._opened[self.sessions[client].user] = int(date)
            self.is_open = True
        else:
            self._touched[client, act] = mono_ns + TOUCH_NS
        return True

    def take_touch(self, client: int, act: str, mono_ns: int) -> bool:
        """Use up the touch for this act."""
        return mono_ns < self._touched.pop((client, act), mono_ns)

    def has_opened(self, user: str, trading_date: int) -> bool:
        """Whether the user has touched for the first order of this date, on this core."""
        return self._opened.get(user, -1) == trading_date

    # -- two persons

    def propose(self, client: int, intent: AnyIntent, proposal: Proposal) -> Held:
        """Keep an act until a second person approves it. The same one again by the same person is one proposal."""
        self._forget_old(proposal.at_ns)
        for held in self._proposals.values():
            if (held.proposal.by, held.proposal.content) == (proposal.by, proposal.content):
                return held
        while len(self._proposals) >= PROPOSALS_MAX:
            del self._proposals[next(iter(self._proposals))]
        self._last_proposal += 1
        held = Held(proposal_id=self._last_proposal, intent=intent, client=client, proposal=proposal)
        self._proposals[held.proposal_id] = held
        return held

    def proposal(self, proposal_id: int, mono_ns: int) -> Held | None:
        """An act that still waits."""
        self._forget_old(mono_ns)
        return self._proposals.get(proposal_id)

    def decided(self, proposal_id: int) -> None:
        """It waits no longer."""
        del self._proposals[proposal_id]

    def waiting(self, mono_ns: int) -> tuple[Held, ...]:
        """All that wait, oldest first."""
        self._forget_old(mono_ns)
        return tuple(self._proposals.values())

    def _forget_old(self, mono_ns: int) -> None:
        for held in [one for one in self._proposals.values() if one.until_ns <= mono_ns]:
            del self._proposals[held.proposal_id]

    # -- the audit trail

    def note(self, client: int, what: str, rule: str, user: str = "") -> None:
        """Counted, so that a flood of refusals is one line."""
        session = self.sessions.get(client)
        key = Judged(client=client, user=user or (session.name if session else ""), what=what, rule=rule)
        if key in self._judged or len(self._judged) < JUDGED_MAX:
            self._judged[key] = self._judged.get(key, 0) + 1

    def take_judged(self) -> Iterator[tuple[Judged, int]]:
        """What was judged since the last call, with counts."""
        taken, self._judged = self._judged, {}
        return iter(taken.items())


def digest(intent: AnyIntent) -> str:
    """The act itself in 32 digits: its type and terms, without what differs from one sending to the next."""
    bare = msgspec.structs.replace(intent, request_id="", key_ns=0, user="")
    return blake2b(msgspec.msgpack.encode(bare, order="deterministic"), digest_size=16).hexdigest()
