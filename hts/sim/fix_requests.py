"""Requests of FIX clients to exchange commands: D, F, G, q and AF of FIX 4.4 and 5.0 SP2.

What FIX writes with several fields and the model with one:

    OrdType(40) P with ExecInst(18) M     midpoint peg            Side(54) 5     short sale
    OrdType(40) P with ExecInst(18) R     peg to the own side     ExecInst(18) 6 post only
    ... and PegMoveType(835) 1, or with T  best price of the own side at entry; FIX 4.4 has no T
    MaxFloor(111), MaxShow(210) or DisplayQty(1138)   the shown part of an iceberg order

A request that cannot be read raises RemoteProtocolError; whether it is allowed is the exchange's business.
"""

from collections.abc import Mapping
from typing import Any, Final

from hts.base.errors import RemoteProtocolError
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.units import Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter, MassCancel, MassStatus
from hts.sim.fix_names import NAME_BYTES_MAX, FixNames, packed
from hts.wire.fix.application import Application, Decimals, need, read_qty, read_time
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.dictionary import Dictionary
from hts.wire.fix.orders import MASS_ALL, MASS_CANCEL_SECURITY, code
from hts.wire.fix.values import timestamp_ns

ISIN: Final = "4"  # SecurityIDSource(22)
SELL_SHORT: Final = "5"
PEGS: Final = {"M": OrdType.MIDPOINT, "R": OrdType.PRIMARY_PEG, "T": OrdType.BEST_OWN}
FIXED_PEG: Final = "1"  # PegMoveType(835)
PRICED: Final = frozenset({OrdType.LIMIT, OrdType.STOP_LIMIT, OrdType.LIMIT_OR_CLOSE})
STOPS: Final = frozenset({OrdType.STOP, OrdType.STOP_LIMIT})
MASS_SYMBOLS: Final = {MASS_CANCEL_SECURITY: True, MASS_ALL: False}  # by MassCancelRequestType(530): of an issue only
SENDER_SUB_ID: Final = 50  # the account of a mass cancel, which has no field of its own
DAY_NS: Final = 86_400_000_000_000


class FixRequests(Application):
    """Reads requests of one version. `isins`: symbol by ISIN."""

    def __init__(self, dictionary: Dictionary, px_decimals: Decimals, isins: Mapping[str, str]) -> None:
        super().__init__(dictionary, px_decimals)
        self.isins = isins

    def command(self, message: FixMessage, session: str, in_seq: int, names: FixNames) -> AnyCommand:
        """The command of a D, F, G, q or AF. Raises RemoteProtocolError."""
        own = {"session": session, "in_seq": in_seq}
        if message.msg_type == "AF":
            return self._mass_status(message, own)
        cl_ord_id = checked_name(message, 11)
        if message.msg_type == "D":
            fields = self._order(message)
        elif message.msg_type == "q":
            fields = self._mass_cancel(message)
        else:
            orig = checked_name(message, 41)
            number = names.find(orig)
            fields = self._terms(message) if message.msg_type == "G" else {}
            fields["orig_cl_ord_id"] = number
            fields["request_id"] = packed(cl_ord_id, message.text(526), "" if number else orig)
        fields["cl_ord_id"] = names.take(cl_ord_id)
        if message.msg_type == "D":
            fields["account"] = message.text(1) or session
            fields["request_id"] = packed(cl_ord_id, message.text(526))
        kind: Any = {"D": Enter, "F": Cancel, "G": Amend, "q": MassCancel}[message.msg_type]
        command: AnyCommand = kind(**fields, **own)
        return command

    def symbol(self, message: FixMessage) -> str:
        """Symbol(55), or the issue that SecurityID(48) names by ISIN. Raises RemoteProtocolError."""
        if message.text(22) == ISIN and message.text(48) in self.isins:
            return self.isins[message.text(48)]
        return need(message, 55)

    def _order(self, message: FixMessage) -> dict[str, Any]:
        side = message.text(54)
        is_short = side == SELL_SHORT
        fields = self._terms(message) | {
            "symbol": self.symbol(message),
            "side": Side.SELL if is_short else code(Side, message, 54),
            "ord_type": ord_type(message),
            "time_in_force": code(TimeInForce, message, 59) if 59 in message else TimeInForce.DAY,
            "is_short": is_short,
            "min_qty": Qty(read_qty(message, 110)),
            "post_only": "6" in message.text(18).split(),
            "expire_ns": _expiry_ns(message),
            "client_type": message.text(528)[:1],
        }
        if fields["ord_type"] in PRICED and not fields["px"]:
            raise RemoteProtocolError("Price(44) of a limit order expected, found none")
        if fields["ord_type"] in STOPS and not fields["stop_px"]:
            raise RemoteProtocolError("StopPx(99) of a stop order expected, found none")
        return {name: value for name, value in fields.items() if value}

    def _terms(self, message: FixMessage) -> dict[str, Any]:
        """Prices and quantities, which a replacement may change."""
        symbol = self.symbol(message)
        shown = read_qty(message, 1138) or read_qty(message, 111) or read_qty(message, 210)
        fields: dict[str, Any] = {
            "px": Px(self.read_px(message, 44, symbol)),
            "qty": Qty(read_qty(message, 38)),
        }
        stop_px = Px(self.read_px(message, 99, symbol))
        return fields | ({"stop_px": stop_px} if stop_px else {}) | ({"display_qty": Qty(shown)} if shown else {})

    def _mass_cancel(self, message: FixMessage) -> dict[str, Any]:
        kind = message.text(530)
        if kind not in MASS_SYMBOLS:
            raise RemoteProtocolError(f"MassCancelRequestType(530) 1 or 7 expected, found {kind}")
        symbol = self.symbol(message) if MASS_SYMBOLS[kind] else ""
        name = packed(message.text(11), "")
        return {"symbol": symbol, "account": message.text(SENDER_SUB_ID), "request_id": name}

    def _mass_status(self, message: FixMessage, own: dict[str, Any]) -> MassStatus:
        if message.text(585) != MASS_ALL:
            raise RemoteProtocolError(f"MassStatusReqType(585) 7 expected, found {message.text(585)}")
        return MassStatus(mass_status_req_id=own["in_seq"], **own)


def checked_name(message: FixMessage, tag: int) -> str:
    """A request's name. Raises RemoteProtocolError for one that is missing or too long."""
    name = need(message, tag)
    if len(name.encode()) > NAME_BYTES_MAX:
        raise RemoteProtocolError(f"tag {tag}: at most {NAME_BYTES_MAX} bytes expected, found {len(name.encode())}")
    if len(message.text(526).encode()) > NAME_BYTES_MAX:
        raise RemoteProtocolError(f"tag 526: at most {NAME_BYTES_MAX} bytes expected, found more")
    return name


def ord_type(message: FixMessage) -> OrdType:
    """The order's type, pegs by their ExecInst(18). Raises RemoteProtocolError."""
    kind = code(OrdType, message, 40)
    if kind is not OrdType.MIDPOINT:
        return kind
    found = [PEGS[word] for word in message.text(18).split() if word in PEGS]
    if len(found) != 1:
        raise RemoteProtocolError("ExecInst(18) M, R or T of a pegged order expected, found none or several")
    is_fixed = found[0] is OrdType.PRIMARY_PEG and message.text(835) == FIXED_PEG
    return OrdType.BEST_OWN if is_fixed else found[0]


def _expiry_ns(message: FixMessage) -> int:
    """ExpireTime(126), or the end of ExpireDate(432)."""
    if 126 in message:
        return read_time(message, 126)
    if 432 not in message:
        return 0
    return timestamp_ns(message.text(432).encode() + b"-00:00:00") + DAY_NS - 1
