"""Codes that people type: one-time passwords and recovery codes, looked at slowly and without a word too many."""

from collections.abc import Callable
from typing import Final

from msgspec import structs

from hts.auth.accounts import NOBODY, Account, AccountKeeper, CodeHash
from hts.auth.otp import SEED_BYTES, Checked, Otp, check, new_seed
from hts.auth.outcomes import Moment
from hts.auth.recovery import CODES, SALT_BYTES, Redeemed, redeem

PER_CODE_NS: Final = 1_000_000_000
BURST: Final = 10
NS: Final = 1_000_000_000


class CodeDesk:
    """One queue for all connections: whoever tries many codes waits, and no more is computed for him."""

    def __init__(self, keeper: AccountKeeper, random: Callable[[int], bytes]) -> None:
        self._keeper = keeper
        self._nobodys_seed = new_seed(random(SEED_BYTES))
        self._nobody = structs.replace(
            NOBODY,
            otp=Otp(),
            recovery=tuple(CodeHash(salt=random(SALT_BYTES), digest=random(32)) for _ in range(CODES)),
        )
        self._free_ns = 0  # when all that was looked at is made up for

    def redeem(self, user: str, code: str, at: Moment, *, is_recovery: bool = False) -> Account | str:
        """The account that the code belongs to, the code being used up; or why not, for the audit trail alone."""
        if not self._may_look(at.mono_ns):
            return "too many codes from everywhere"
        is_known = any(one.user == user for one in self._keeper.accounts())
        seed = None if is_recovery else self._keeper.seed(user)
        found: list[Checked | Redeemed] = []

        def step(account: Account) -> Account:
            """Looked at with the account as it is now, so that no code counts twice."""
            if is_recovery:
                redeemed = redeem(account, code, at.wall_ns)
                found.append(redeemed)
                return redeemed.account
            checked = check(account.otp or Otp(), seed or self._nobodys_seed, code, at.wall_ns)
            found.append(checked)
            return account if account.otp is None else structs.replace(account, otp=checked.otp)

        # An unknown user costs what a known one costs: the same look, the same write.
        kept = self._keeper.change(user if is_known else None, step if is_known else lambda _: step(self._nobody))
        if not found[0].ok or kept is None or (not is_recovery and (kept.otp is None or seed is None)):
            return f"code refused, or no such user or seed; {found[0].wait_ns // NS} s to wait"
        return kept

    def _may_look(self, mono_ns: int) -> bool:
        """BURST at once, then one for each PER_CODE_NS."""
        free_ns = max(self._free_ns, mono_ns)
        if free_ns - mono_ns > (BURST - 1) * PER_CODE_NS:
            return False
        self._free_ns = free_ns + PER_CODE_NS
        return True
