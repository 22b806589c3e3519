"""When and where a connection that is gone is dialled again. Sans-I/O; every gateway has one.

the primary host     `tries` dials, `delay_ns` apart
then the backup      likewise, and so on through the hosts
all hosts in vain    one after the other again, slowly (`slow_ns`), for ever: a venue that is down must not be hammered
a refused logon      slowly too (`refused_ns`), at the same host: another one would not like the password better
a session that stood begins again with the primary, quickly
"""

from msgspec import Struct

MS = 1_000_000


class RedialPlan(Struct, frozen=True, kw_only=True):
    """Delays in monotonic nanoseconds. `hosts`: how many there are, the primary first."""

    hosts: int = 1
    tries: int = 5
    delay_ns: int = 200 * MS
    slow_ns: int = 2_000 * MS
    refused_ns: int = 10_000 * MS


class Redial:
    """Counts dials. `host` is the one to dial next: 0 is the primary."""

    def __init__(self, plan: RedialPlan) -> None:
        assert plan.hosts >= 1, plan
        assert plan.tries >= 1, plan
        self._plan = plan
        self.host = 0
        self._tries = 0  # at this host, in this round
        self._is_slow = False

    def dialled(self) -> None:
        """The host is being dialled."""
        self._tries += 1

    def stood(self) -> None:
        """A session stands: the next loss begins from the start."""
        self.host = 0
        self._tries = 0
        self._is_slow = False

    def restart(self) -> None:
        """A session is wanted anew."""
        self.stood()

    def next_delay_ns(self, *, is_refused: bool = False) -> int:
        """How long to wait before the next dial; `host` is then where to."""
        plan = self._plan
        if is_refused:
            return plan.refused_ns
        if self._tries < plan.tries and not self._is_slow:
            return plan.delay_ns
        if self.host + 1 < plan.hosts:
            self.host += 1
        else:
            self.host = 0
            self._is_slow = True
        self._tries = 0
        return plan.slow_ns if self._is_slow else plan.delay_ns
