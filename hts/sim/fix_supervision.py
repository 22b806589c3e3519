"""What a drop copy session may ask for whose member gave it the right to cancel.

Two requests, about all sessions of the member:

    OrderCancelRequest(F)       OrderID(37), the venue's own number, names the order; OrigClOrdID(41) is not looked at,
                                since ClOrdIDs are unique within the session that entered the order
    OrderMassCancelRequest(q)   SenderSubID(50) names an account, Symbol(55) an issue; without them, all of the member

What cannot be read raises RemoteProtocolError; whether it is carried out is the exchange's business.
"""

from typing import Final

from hts.base.errors import RemoteProtocolError
from hts.model.reasons import Reason
from hts.model.units import VenueOrderID
from hts.sim.commands import AnyCommand, CancelFor, Command, MassCancel
from hts.sim.fix_names import FixNames, packed, unpacked
from hts.sim.fix_requests import MASS_SYMBOLS, SENDER_SUB_ID, checked_name
from hts.wire.fix.application import need
from hts.wire.fix.codec import FixMessage

REQUESTS: Final = ("F", "q")


class FixSupervision:
    """The requests of one session about the sessions of `member`."""

    def __init__(self, session: str, member: str) -> None:
        self.names = FixNames()
        self._session = session
        self._member = member

    def command(self, message: FixMessage, in_seq: int) -> AnyCommand:
        """The command of an F or q. Raises RemoteProtocolError."""
        name = checked_name(message, 11)
        if message.msg_type == "F":
            number = need(message, 37)
            if not number.isascii() or not number.isdecimal():
                raise RemoteProtocolError(f"OrderID(37), a number of this venue, expected, found {number}")
            return CancelFor(
                session=self._session,
                member=self._member,
                cl_ord_id=self.names.take(name),
                in_seq=in_seq,
                venue_order_id=VenueOrderID(int(number)),
                request_id=packed(name, message.text(526), message.text(41)),
            )
        kind = message.text(530)
        if kind not in MASS_SYMBOLS:
            raise RemoteProtocolError(f"MassCancelRequestType(530) 1 or 7 expected, found {kind}")
        return MassCancel(
            session=self._session,
            member=self._member,
            cl_ord_id=self.names.take(name),
            in_seq=in_seq,
            account=message.text(SENDER_SUB_ID),
            symbol=need(message, 55) if MASS_SYMBOLS[kind] else "",
            reason=Reason.BY_PROXY,
            request_id=packed(name, ""),
        )

    def restore(self, command: Command) -> None:
        """A command of this session out of the log, or the greatest number that a checkpoint knows as used."""
        name = unpacked(command.request_id)[0] if isinstance(command, CancelFor | MassCancel) else ""
        self.names.learn(command.cl_ord_id, name)
