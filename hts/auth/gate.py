"""The gate of a core that asks who is there: what each client has proved so far, and what follows from its next word.

Theory of operation. Requests come from the link in order, one at a time; `receive` gives outcomes, which the shell
carries out in order after the audit trail has its notes. Nobody is let in before what the login changed (a counter, a
used code) is kept. Sans-I/O: accounts and secrets come through `AccountKeeper`, random bytes and times are given.

A refusal is LoginRefused, the same whatever was wrong: an unknown user costs the same work as a wrong code of a known
one. Tries are slowed down per user (kept with the account, so that a restart forgives nothing), and per connection;
over all connections one code a second is looked at. What is tried while waiting is not looked at.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from hts.auth.accounts import Account, AccountKeeper
from hts.auth.codes import CodeDesk
from hts.auth.enrolment import Enrolment
from hts.auth.fido import Refused, RelyingParty
from hts.auth.lockout import FRESH, Lockout, failed
from hts.auth.outcomes import Admit, Dismiss, Moment, Note, Outcomes, Say, SetLock, Touched
from hts.auth.policy import LoginPolicy
from hts.auth.tokens import ApiToken, find_token, session_of_token
from hts.model.roles import PERMISSIONS, Permission
from hts.model.session import Means, Session, session_of
from hts.wire.link import login as m

NS: Final = 1_000_000_000
SESSION_NS_MAX: Final = 16 * 3600 * NS  # a day at the desk; then the person proves anew who it is
USER_NOTED_MAX: Final = 64  # of a name that a stranger typed
HALF_NS_MAX: Final = 120 * NS  # from the first factor to the second
# A code from a drawer lets its person stop things and put in a new key, and no more.
RESCUED: Final = frozenset({Permission.SEE, Permission.CANCEL, Permission.ENGAGE_KILL})


class Guest:
    """One connection: what it has proved, and what it is in the middle of."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.until_ns = 0
        self.is_locked = False
        self.lockout: Lockout = FRESH
        self.ticket = ""
        self.act = ""  # what the open ceremony is for; empty: a login
        self.half = ""  # who has shown the first of two factors
        self.half_until_ns = 0
        self.token: str = ""  # hash of the token that the session is of
        self.enrolment = Enrolment()


class Gate:
    """All connections of one core."""

    def __init__(
        self,
        party: RelyingParty,
        keeper: AccountKeeper,
        policy: LoginPolicy,
        tokens: Callable[[], Iterable[ApiToken]],
        random: Callable[[int], bytes],
    ) -> None:
        self._party = party
        self._keeper = keeper
        self._policy = policy
        self._tokens = tokens
        self._random = random
        self._codes = CodeDesk(keeper, random)
        self._guests: dict[int, Guest] = {}

    def receive(self, client: int, request: m.LoginRequest, at: Moment) -> Outcomes:
        """The next word of a client."""
        guest = self._guests.setdefault(client, Guest())
        match request:
            case m.BeginLogin() | m.BeginTouch():
                return self._begin(guest, getattr(request, "act", ""), at)
            case m.AnswerLogin():
                return self._answer(guest, request.ticket, request.assertion, at, for_act=False)
            case m.AnswerTouch():
                return self._answer(guest, request.ticket, request.assertion, at, for_act=True)
            case m.CodeLogin():
                return self._code_login(guest, request, at)
            case m.TouchByCode():
                return self._code_touch(guest, request, at)
            case m.ShowToken():
                return self._token(guest, request, at)
            case m.Logout():
                return self._end(guest, "login.out")
        if guest.session is None or guest.is_locked:
            return (Say(m.LoginRefused()),)
        if isinstance(request, m.Lock):
            guest.is_locked = True
            return (Note(what="session.lock", user=guest.session.name), SetLock(True), Say(m.Locked()))
        return guest.enrolment.receive(request, guest.session, self._party, self._keeper, self._random, at)

    def gone(self, client: int) -> Outcomes:
        """The connection is closed."""
        guest = self._guests.pop(client, None)
        if guest is None:
            return ()
        self._party.forget(guest.ticket)
        guest.enrolment.forget(self._party)
        if guest.session is None:
            return ()
        return (Note(what="logout", user=guest.session.name),)

    def look(self, at: Moment) -> list[tuple[int, Outcomes]]:
        """Now and then: sessions that are too old, whose person has no account or another role, whose token is gone."""
        tokens = {token.hash: token for token in self._tokens()}
        accounts = {one.user: one for one in self._keeper.accounts()}
        ended = []
        for client, guest in self._guests.items():
            if guest.session is not None and not _still_holds(guest, guest.session, accounts, tokens, at):
                ended.append((client, self._end(guest, "login.ended")))
        return ended

    def _end(self, guest: Guest, reason: str) -> Outcomes:
        session, guest.session, guest.is_locked = guest.session, None, False
        guest.enrolment.forget(self._party)
        guest.enrolment = Enrolment()
        if session is None:
            return (Say(m.LoginRefused()),)
        return (Note(what="logout", user=session.name, detail=reason), Dismiss(), Say(m.LoggedOut(reason=reason)))

    # -- with a key

    def _begin(self, guest: Guest, act: str, at: Moment) -> Outcomes:
        """A challenge: for a login, or for an act of the session's own person."""
        self._party.forget(guest.ticket)
        account = None
        if act:
            account = self._person(guest)
            if account is None or (guest.is_locked and act != m.UNLOCK):
                return (Say(m.LoginRefused()),)
        if not self._policy.takes_keys and not act:
            return (Say(m.LoginRefused()),)
        guest.ticket, options = self._party.begin_login(at.mono_ns, account)
        guest.act = act
        return (Say(m.Challenge(ticket=guest.ticket, options=json.dumps(dict(options)), act=act)),)

    def _answer(self, guest: Guest, ticket: str, assertion: str, at: Moment, *, for_act: bool) -> Outcomes:
        wait_ns = guest.lockout.wait_ns(at.wall_ns)
        if wait_ns:
            return (Say(_refused(wait_ns)),)
        act, guest.act = guest.act, ""
        if not ticket or ticket != guest.ticket or for_act != bool(act):
            return self._no(guest, at, Note(what="login.refused", detail="no ceremony of this connection"))
        guest.ticket = ""
        done = self._party.complete_login(ticket, parsed(assertion), self._keeper.accounts(), at.mono_ns)
        if isinstance(done, Refused):
            if done.cloned is not None:
                self._keeper.change(done.user, lambda account: account.with_key(done.cloned))  # type: ignore[arg-type]
            what = "touch.refused" if act else "login.refused"
            return self._no(guest, at, Note(what=what, user=done.user, detail=done.detail))
        account = self._keeper.change(done.user, lambda account: account.with_key(done.key))
        assert account is not None, done.user
        detail = f"key {done.key.name}"
        return self._taken(guest, act, detail) if act else self._first_factor(guest, account, Means.KEY, detail, at)

    # -- with a code

    def _code_login(self, guest: Guest, request: m.CodeLogin, at: Moment) -> Outcomes:
        is_second = bool(guest.half) and at.mono_ns < guest.half_until_ns and not request.is_recovery
        user = guest.half if is_second else request.user
        wait_ns = guest.lockout.wait_ns(at.wall_ns)
        if wait_ns or not (is_second or request.is_recovery or self._policy.takes_codes):
            return (Say(_refused(wait_ns)),)
        guest.half = ""
        found = self._codes.redeem(user, request.code, at, is_recovery=request.is_recovery)
        if isinstance(found, str):
            return self._no(guest, at, Note(what="login.refused", user=user[:USER_NOTED_MAX], detail=found))
        means = Means.RECOVERY if request.is_recovery else Means.OTP
        if is_second or request.is_recovery:
            return self._let_in(guest, found, means, "both factors" if is_second else "recovery code", at)
        return self._first_factor(guest, found, means, "one-time password", at)

    def _code_touch(self, guest: Guest, request: m.TouchByCode, at: Moment) -> Outcomes:
        account, wait_ns = self._person(guest), guest.lockout.wait_ns(at.wall_ns)
        is_barred = guest.is_locked and request.act != m.UNLOCK
        if wait_ns or account is None or is_barred or not self._policy.touches_by_code:
            return (Say(_refused(wait_ns)),)
        found = self._codes.redeem(account.user, request.code, at)
        if isinstance(found, str):
            return self._no(guest, at, Note(what="touch.refused", user=account.user, detail=found))
        return self._taken(guest, request.act, "one-time password")

    # -- what follows

    def _first_factor(self, guest: Guest, account: Account, means: Means, detail: str, at: Moment) -> Outcomes:
        """Enough, or the other one is wanted too."""
        if not self._policy.needs_both:
            return self._let_in(guest, account, means, detail, at)
        if means is not Means.KEY:  # the key comes first: it tells nobody which users exist
            return self._no(guest, at, Note(what="login.refused", user=account.user, detail="the key comes first"))
        guest.half, guest.half_until_ns = account.user, at.mono_ns + HALF_NS_MAX
        return (Note(what="login.half", user=account.user, detail=detail), Say(m.MoreWanted(means="otp")))

    def _let_in(self, guest: Guest, account: Account, means: Means, detail: str, at: Moment) -> Outcomes:
        session = session_of(account.user, account.role, means)
        if means is Means.RECOVERY:
            permissions = PERMISSIONS[account.role] & RESCUED
            session = Session(user=account.user, role=account.role, permissions=permissions, means=means)
            guest.enrolment.allow(m.ADD_KEY)
        return self._admit(guest, session, detail, at)

    def _admit(self, guest: Guest, session: Session, detail: str, at: Moment) -> Outcomes:
        guest.session, guest.is_locked, guest.lockout = session, False, FRESH
        guest.until_ns = at.mono_ns + SESSION_NS_MAX
        said = m.LoggedIn(
            user=session.user,
            role=session.role.value,
            permissions=tuple(sorted(one.value for one in session.permissions)),
            means=session.means.value,
        )
        return (Note(what="login", user=session.name, detail=detail), Admit(session), Say(said))

    def _taken(self, guest: Guest, act: str, detail: str) -> Outcomes:
        """The person is there, for this act."""
        assert guest.session is not None, act
        note = Note(what="touch", user=guest.session.name, detail=f"{act} {detail}")
        if act == m.UNLOCK:
            guest.is_locked = False
            return (note, SetLock(False), Say(m.TouchTaken(act=act)))
        if guest.enrolment.is_own(act):
            guest.enrolment.allow(act)
            return (note, Say(m.TouchTaken(act=act)))
        return (note, Touched(act), Say(m.TouchTaken(act=act)))

    def _token(self, guest: Guest, request: m.ShowToken, at: Moment) -> Outcomes:
        wait_ns = guest.lockout.wait_ns(at.wall_ns)
        if wait_ns:
            return (Say(_refused(wait_ns)),)
        token = find_token(self._tokens(), request.secret, at.wall_ns // NS, request.address)
        owner = next((one for one in self._keeper.accounts() if token is not None and one.user == token.user), None)
        if token is None or owner is None:
            return self._no(guest, at, Note(what="token.refused", detail="" if token is None else "nobody's token"))
        guest.token = token.hash
        return self._admit(guest, session_of_token(token, owner.role), f"token {token.name}", at)

    def _person(self, guest: Guest) -> Account | None:
        """The account of who is there; scripts have no finger."""
        session = guest.session
        if session is None or session.means is Means.API:
            return None
        return next((one for one in self._keeper.accounts() if one.user == session.user), None)

    def _no(self, guest: Guest, at: Moment, note: Note) -> Outcomes:
        """One more failure of this connection."""
        guest.lockout = failed(guest.lockout, at.wall_ns)
        return (note, Say(_refused(guest.lockout.wait_ns(at.wall_ns))))


def _still_holds(
    guest: Guest, session: Session, accounts: dict[str, Account], tokens: dict[str, ApiToken], at: Moment
) -> bool:
    account = accounts.get(session.user)
    if account is None or account.role is not session.role or at.mono_ns >= guest.until_ns:
        return False
    token = tokens.get(guest.token)
    return session.means is not Means.API or (token is not None and at.wall_ns // NS < token.expires_s)


def _refused(wait_ns: int) -> m.LoginRefused:
    return m.LoginRefused(wait_s=-(-wait_ns // NS))


def parsed(text: str) -> Any:
    """The JSON of a hostile peer; nothing where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}
