"""A person adds a factor to his own account: another key, a seed for one-time passwords, new recovery codes.

Each asks for a fresh touch first, used up by the act; who came in with a recovery code may add a key at once.
"""

import json
from collections.abc import Callable
from typing import Final

from msgspec import structs

from hts.auth.accounts import AccountKeeper
from hts.auth.fido import Registered, RelyingParty
from hts.auth.otp import SEED_BYTES, Checked, Otp, check, new_seed, provisioning_uri
from hts.auth.outcomes import Moment, Note, Outcomes, Say
from hts.auth.recovery import new_codes, shown
from hts.auth.secrets import Secret
from hts.model.session import Session
from hts.wire.link import login as m

ISSUER: Final = "HTS"
KEYS_MAX: Final = 8
NAME_MAX: Final = 32
NO: Final = (Say(m.LoginRefused()),)


class Enrolment:
    """What one connection is in the middle of."""

    def __init__(self) -> None:
        self._allowed: set[str] = set()
        self._ticket = ""
        self._seed: Secret | None = None

    @staticmethod
    def is_own(act: str) -> bool:
        """Whether the touch is for something here and not for the engine."""
        return act in (m.ADD_KEY, m.ADD_OTP, m.RECOVERY)

    def allow(self, act: str) -> None:
        """The person has touched for it."""
        self._allowed.add(act)

    def forget(self, party: RelyingParty) -> None:
        """Nothing of it will be completed."""
        party.forget(self._ticket)

    def receive(  # noqa: PLR0917
        self,
        request: m.LoginRequest,
        session: Session,
        party: RelyingParty,
        keeper: AccountKeeper,
        random: Callable[[int], bytes],
        at: Moment,
    ) -> Outcomes:
        """The next word about it."""
        match request:
            case m.BeginEnrol():
                return self._begin_key(session.user, party, keeper, at)
            case m.AnswerEnrol():
                return self._keep_key(request, session.user, party, keeper, at)
            case m.OfferOtp():
                return self._offer_otp(session.user, random)
            case m.ConfirmOtp():
                return self._keep_otp(request.code, session.user, keeper, at)
            case m.MakeRecovery():
                return self._make_recovery(session.user, keeper, random)
        return NO

    def _take(self, act: str) -> bool:
        if act not in self._allowed:
            return False
        self._allowed.discard(act)
        return True

    def _begin_key(self, user: str, party: RelyingParty, keeper: AccountKeeper, at: Moment) -> Outcomes:
        account = next((one for one in keeper.accounts() if one.user == user), None)
        if account is None or len(account.keys) >= KEYS_MAX or not self._take(m.ADD_KEY):
            return NO
        party.forget(self._ticket)
        self._ticket, options = party.begin_registration(account, at.mono_ns)
        return (Say(m.Challenge(ticket=self._ticket, options=json.dumps(dict(options)), act=m.ADD_KEY, makes=True)),)

    def _keep_key(
        self, request: m.AnswerEnrol, user: str, party: RelyingParty, keeper: AccountKeeper, at: Moment
    ) -> Outcomes:
        ticket, self._ticket = self._ticket, ""
        name = request.name.strip()
        if not ticket or request.ticket != ticket or not 0 < len(name) <= NAME_MAX or not name.isprintable():
            return NO
        try:
            answer = json.loads(request.attestation)
        except (ValueError, RecursionError):
            answer = {}
        accounts = keeper.accounts()
        done = party.complete_registration(
            ticket, answer, accounts, name=name, wall_ns=at.wall_ns, mono_ns=at.mono_ns
        )  # fmt: skip
        taken = any(key.name == name for one in accounts if one.user == user for key in one.keys)
        if not isinstance(done, Registered) or done.user != user or taken:
            detail = "the name is taken" if isinstance(done, Registered) else done.detail
            return (Note(what="key.refused", user=user, detail=detail), *NO)
        keeper.change(user, lambda account: structs.replace(account, keys=(*account.keys, done.key)))
        return (Note(what="key.add", user=user, detail=name), Say(m.Enrolled(name=name)))

    def _offer_otp(self, user: str, random: Callable[[int], bytes]) -> Outcomes:
        if not self._take(m.ADD_OTP):
            return NO
        self._seed = new_seed(random(SEED_BYTES))
        return (Say(m.OtpOffered(uri=provisioning_uri(Otp(), self._seed, user, ISSUER).reveal())),)

    def _keep_otp(self, code: str, user: str, keeper: AccountKeeper, at: Moment) -> Outcomes:
        """The first code shows that the program has the seed; the seed is kept only then."""
        if self._seed is None:
            return NO
        done: Checked = check(Otp(), self._seed, code, at.wall_ns)
        if not done.ok:
            return NO
        seed, self._seed = self._seed, None
        keeper.keep_seed(user, seed)
        keeper.change(user, lambda account: structs.replace(account, otp=done.otp))
        return (Note(what="otp.add", user=user), Say(m.Enrolled(name="otp")))

    def _make_recovery(self, user: str, keeper: AccountKeeper, random: Callable[[int], bytes]) -> Outcomes:
        if not self._take(m.RECOVERY):
            return NO
        codes, hashes = new_codes(random)
        keeper.change(user, lambda account: structs.replace(account, recovery=hashes))
        return (
            Note(what="recovery.new", user=user, detail=f"{len(hashes)} codes"),
            Say(m.RecoveryCodes(codes=tuple(shown(code) for code in codes))),
        )
