"""FIX in the whole-system simulation: order sessions in the place of a venue's own protocol, and drop copies."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from hts.app.fix_tables import load_dictionary
from hts.app.venue_time import trading_date
from hts.base.storage import Storage
from hts.gateway.fix import FixConfig, FixOrderGateway
from hts.gateway.fix_drop_copy import FixDropCopyGateway
from hts.lab.ports import Left, Tap
from hts.lab.setting import ACCOUNT, COPIES, MEMBER, OTHER_SYSTEM, PASSWORD, READER, Membership
from hts.sim.fix_logins import FIX_44, FIXT_11, FixLogin, FixServing
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.store import FixStore

NATIVE: Final = "native"
VERSIONS: Final = {"fix44": FIX_44, "fix50": FIXT_11}
Lines = str | Mapping[str, str]
"""What the order lines speak, NATIVE or one of VERSIONS: all alike, or by venue."""
SESSIONS: Final = {FIX_44: f"{MEMBER}-FX44", FIXT_11: f"{MEMBER}-FX50"}  # of our orders
WALL_NS: Final = 1_795_000_000_000_000_000  # of FIX: a monotonic time of 0
HEARTBEAT_S: Final = 1  # what is lost last is missed with the next heartbeat
REQUEST: Final = re.compile(rb"\x0135=(D|F|G)\x01.*?\x0111=(\d+)\x01.*?\x0110=\d{3}\x01", re.DOTALL)
CANCEL: Final = "F"

Decimals = Callable[[str], int]


class TappedFix(FixOrderGateway):
    """The order gateway, with somebody who hears of each request that leaves, as its bytes say it."""

    tap: Tap

    def data_to_send(self) -> bytes:
        """Bytes for the venue; whole messages."""
        data = super().data_to_send()
        for found in REQUEST.finditer(data):
            name = found[1].decode()
            left = Left(name=name, cl_ord_id=int(found[2]), account=ACCOUNT, is_cancel=name == CANCEL)
            self.tap("out", left)
        return data


class FixParts:
    """What of one world travels over FIX.

    `cancels`: the venues cancel what works when the order session's connection ends, as their profile of it says.
    """

    def __init__(self, lines: Lines, *, has_copies: bool, cancels: bool = False) -> None:
        self._inspectors = {begin: _inspector(begin) for begin in (FIX_44, FIXT_11)}
        self._lines = lines
        self._has_copies = has_copies
        self._cancels = cancels
        self.reader_inspector = self._inspectors[FIX_44]

    def membership(self, venue: str) -> Membership:
        """How the house is connected with a venue."""
        begin = self._begin(venue)
        return Membership(
            session=SESSIONS.get(begin, MEMBER),
            by_fix=bool(begin),
            tells_auctions=begin != FIX_44,
            has_copies=self._has_copies,
        )

    def _begin(self, venue: str) -> str:
        """BeginString(8) of the order session; "" where it is none of FIX."""
        line = self._lines if isinstance(self._lines, str) else self._lines[venue]
        return VERSIONS.get(line, "")

    def orders(self, venue: str, px_decimals: Decimals, storage: Storage, tap: Tap) -> FixOrderGateway:
        """The gateway of our order session."""
        comp_id = self.membership(venue).session
        gateway = TappedFix(
            _config(venue, comp_id, HEARTBEAT_S),
            self._inspectors[self._begin(venue)],
            px_decimals,
            lambda trade_ns: trading_date(venue, trade_ns),
            FixStore(storage, f"{venue}-{comp_id}", outlives_storage=True),
        )
        gateway.tap = tap
        return gateway

    def copies(self, venue: str, px_decimals: Decimals, storage: Storage) -> FixDropCopyGateway:
        """The drop copy's gateway."""
        own = self.membership(venue)
        return FixDropCopyGateway(
            _config(venue, COPIES, HEARTBEAT_S) if own.by_fix else _config(venue, COPIES),
            self._inspectors[FIXT_11],
            px_decimals,
            lambda trade_ns: trading_date(venue, trade_ns),
            FixStore(storage, f"{venue}-{COPIES}", outlives_storage=True),
            own=own.session,
            by_match=own.is_told_by_match(venue),
            may_cancel=True,
        )

    def serving(self, venue: str, storage: Storage) -> FixServing:
        """Who may log on at a venue that keeps the sessions' numbers in `storage`."""
        begin = self._begin(venue)
        copies = {READER: FIX_44, COPIES: FIXT_11}
        orders = [FixLogin(comp_id=OTHER_SYSTEM, password=PASSWORD, begin_string=FIXT_11)]
        if begin:
            ours = SESSIONS[begin]
            login = FixLogin(comp_id=ours, password=PASSWORD, begin_string=begin, cancel_on_disconnect=self._cancels)
            orders.append(login)
        return FixServing(
            inspectors=self._inspectors,
            orders=tuple(orders),
            drop_copies=tuple(
                FixLogin(comp_id=name, password=PASSWORD, begin_string=begin, copies_of=MEMBER, may_cancel=True)
                for name, begin in copies.items()
            ),
            wall_offset_ns=WALL_NS,
            sending_time_within_s=0,
            storage=storage,
        )


@cache
def _inspector(begin: str) -> Inspector:
    """Tables are read once per process."""
    return Inspector(load_dictionary(begin))


def _config(venue: str, comp_id: str, heartbeat_s: int = 30) -> FixConfig:
    return FixConfig(
        venue=venue,
        sender_comp_id=comp_id,
        target_comp_id=venue,
        password=PASSWORD,
        heartbeat_s=heartbeat_s,
        wall_offset_ns=WALL_NS,
        sending_time_within_s=0,
    )
