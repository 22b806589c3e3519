"""How failed logins are slowed down: a few are free, then each one doubles the wait.

    state       failure                              success        try while waiting
    ---------   ----------------------------------   ------------   -----------------------------
    free        fewer than FREE failures: free       fresh          -
    free        else: waiting, BASE                  fresh          -
    waiting     (wait over) waiting, twice as long   fresh          refused, and not looked at

The wait never grows beyond DELAY_NS_MAX: a stranger must not be able to lock the owner out for good. What is tried
while waiting is not looked at, so it tells nothing and costs nothing. Times are wall times, because the state is kept
over restarts; a clock that was set back keeps a wait no longer than the wait itself.
"""

from typing import Final

from msgspec import Struct

FREE: Final = 3
BASE_NS: Final = 1_000_000_000
DELAY_NS_MAX: Final = 15 * 60 * BASE_NS


class Lockout(Struct, frozen=True, kw_only=True):
    """Failures since the last success; `since_ns` is the time of the last one."""

    failures: int = 0
    since_ns: int = 0

    @property
    def delay_ns(self) -> int:
        """How long to wait after the last failure."""
        if self.failures < FREE:
            return 0
        return min(BASE_NS << min(self.failures - FREE, 32), DELAY_NS_MAX)

    def wait_ns(self, now_ns: int) -> int:
        """How long to wait still; 0 when the next try is looked at."""
        return min(max(self.since_ns + self.delay_ns - now_ns, 0), self.delay_ns)


FRESH: Final = Lockout()


def failed(lockout: Lockout, now_ns: int) -> Lockout:
    """After a failure. Call it only for a try that was looked at."""
    assert lockout.wait_ns(now_ns) == 0, "a try while waiting is not looked at"
    return Lockout(failures=lockout.failures + 1, since_ns=now_ns)


def succeeded(_: Lockout) -> Lockout:
    """After a success."""
    return FRESH
