"""Who may log on to a venue over FIX, and what all its FIX services have in common."""

from collections.abc import Mapping

from msgspec import Struct

from hts.base.storage import Storage
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.signing import Judge

FIX_44, FIXT_11 = "FIX.4.4", "FIXT.1.1"


class FixLogin(Struct, frozen=True, kw_only=True):
    """One session profile: `comp_id` is the client's SenderCompID(49), `password` goes into Password(554).

    cancel_on_disconnect   working orders of the session are cancelled when its connection ends
    says_pending           each request is first answered with its pending state (150=A, 6, E)
    copies_of              of a drop copy session: the member whose sessions it hears
    may_cancel             of a drop copy session: it cancels orders of that member, whichever session entered them
    """

    comp_id: str
    password: str
    begin_string: str = FIX_44
    cancel_on_disconnect: bool = False
    says_pending: bool = False
    copies_of: str = ""
    may_cancel: bool = False

    def __repr__(self) -> str:
        return f"FixLogin(comp_id={self.comp_id!r}, begin_string={self.begin_string!r})"


class FixServing(Struct, frozen=True, kw_only=True):
    """What the composition root decides.

    `inspectors` by BeginString(8). `wall_offset_ns`: SendingTime(52) is the machine's monotonic time plus this, so
    that clients find a clock like their own whatever the hour at the venue; times of orders are the venue's.
    `sending_time_within_s`: how far a client's may differ, 0 for any. `judge`: orders are taken with a signature alone.
    """

    inspectors: Mapping[str, Inspector]
    orders: tuple[FixLogin, ...] = ()
    market_data: tuple[FixLogin, ...] = ()
    drop_copies: tuple[FixLogin, ...] = ()
    wall_offset_ns: int = 0
    sending_time_within_s: int = 120
    storage: Storage | None = None
    judge: Judge | None = None
