"""What an order says beside side, price and quantity, in the fields of FIX 4.4 and 5.0 SP2.

Side(54) 5                                  a sale of what is not owned
OrdType(40) P with ExecInst(18) M           pegged to the middle of the spread
OrdType(40) P with ExecInst(18) R           pegged to the best price of the own side
... and PegMoveType(835) 1                  a limit at that price, fixed at entry (FIX 5.0 also: ExecInst(18) T)
OrdType(40) K                               a limit at the best price of the other side
ExecInst(18) 6                              refused rather than take
MaxFloor(111), in FIX 5.0 DisplayQty(1138)  the shown part of an iceberg
ExpireTime(126) or ExpireDate(432)          until when; a date means its end in UTC
CashMargin(544), TradeOriginationDate(229)  own money or a loan, and the loan's day
TargetStrategyParameters(848)               the strategy's name
ClOrdLinkID(583)                            the order that this one is a part of
PartyID(448) with PartyRole(452) 36         the person or script that asked
"""

from enum import Enum
from typing import Any, Final, TypeVar

from hts.base.errors import RemoteProtocolError
from hts.model.enums import CashMargin, OrdType, Side
from hts.model.terms import OrderTerms
from hts.model.units import ClOrdID, Px, Qty
from hts.wire.fix.application import Application, Body, fields, need, read_id, read_qty, read_time, time
from hts.wire.fix.codec import Fields, FixMessage
from hts.wire.fix.values import timestamp_ns

DAY_NS: Final = 86_400_000_000_000
SELL_SHORT: Final = "5"
CLOSE: Final = "C"  # PositionEffect(77)
POST_ONLY: Final = "6"
PEGGED: Final = "P"
FIXED: Final = "1"  # PegMoveType(835)
ENTERING_TRADER: Final = "36"  # PartyRole(452)
PROPRIETARY: Final = "D"  # PartyIDSource(447)

_PEGS: Final = {OrdType.MIDPOINT: "M", OrdType.PRIMARY_PEG: "R", OrdType.BEST_OWN: "R"}
_PEG_OF: Final = {"M": OrdType.MIDPOINT, "R": OrdType.PRIMARY_PEG, "T": OrdType.BEST_OWN}

E_ = TypeVar("E_", bound=Enum)

Pairs = list[tuple[int, object]]


class TermFields(Application):
    """Writes and reads the terms of D and 8 of one version."""

    def terms(self, symbol: str, side: Side, ord_type: OrdType, terms: OrderTerms) -> Pairs:
        """Fields beside Price(44), OrderQty(38) and TimeInForce(59), the group of parties not included."""
        peg = _PEGS.get(ord_type)
        instructions = " ".join([*([peg] if peg else []), *([POST_ONLY] if terms.post_only else [])])
        return [
            (54, SELL_SHORT if terms.is_short and side is Side.SELL else side.value),
            (77, CLOSE if terms.is_short and side is Side.BUY else None),
            (40, PEGGED if peg else ord_type.value),
            (18, instructions),
            (835, FIXED if ord_type is OrdType.BEST_OWN else None),
            (99, self.px(symbol, terms.stop_px) if terms.stop_px else None),
            (self._display_tag, terms.display_qty or None),
            (110, terms.min_qty or None),
            (126, time(terms.expire_ns) if terms.expire_ns else None),
            (544, None if terms.credit is CashMargin.CASH else terms.credit.value),
            (229, f"{terms.loan_date:08}" if terms.loan_date else None),
            (848, terms.strategy),
            (583, terms.parent_id or None),
        ]

    def parties(self, msg_type: str, terms: OrderTerms) -> tuple[tuple[int, bytes], ...]:
        """The group of parties; nothing where nobody is named."""
        if not terms.user:
            return ()
        row = [(448, terms.user), (447, PROPRIETARY), (452, ENTERING_TRADER)]
        return self.grouped(msg_type, 453, [row])

    def read_terms(self, message: FixMessage, symbol: str) -> dict[str, Any]:
        """`side`, `ord_type` and the terms that are not their defaults. Raises RemoteProtocolError."""
        side = read_side(message)
        found = {
            "stop_px": Px(self.read_px(message, 99, symbol)),
            "display_qty": Qty(read_qty(message, 1138) or read_qty(message, 111) or read_qty(message, 210)),
            "min_qty": Qty(read_qty(message, 110)),
            "post_only": POST_ONLY in message.text(18).split(),
            "is_short": message.text(54) == SELL_SHORT or (side is Side.BUY and message.text(77) == CLOSE),
            "expire_ns": read_expiry(message),
            "loan_date": message.integer(229),
            "strategy": message.text(848),
            "user": self._user(message),
            "parent_id": ClOrdID(read_id(message, 583)),
        }
        kept: dict[str, Any] = {name: value for name, value in found.items() if value}
        if 544 in message:
            kept["credit"] = code(CashMargin, message, 544)
        return {"side": side, "ord_type": read_ord_type(message), **kept}

    def limit(self, symbol: str, ord_type: OrdType, px: Px) -> bytes | None:
        """Price(44): always of a limit order, of others where there is one."""
        return self.px(symbol, px) if px or ord_type is OrdType.LIMIT else None

    @property
    def _display_tag(self) -> int:
        return 111 if self.dictionary.version == "FIX.4.4" else 1138

    def _user(self, message: FixMessage) -> str:
        for entry in message.entries(453, self.group(message.msg_type, 453)):
            if entry.text(452) == ENTERING_TRADER:
                return entry.text(448)
        return ""


def read_ord_type(message: FixMessage) -> OrdType:
    """The type of an order, pegs by their ExecInst(18). Raises RemoteProtocolError."""
    if message.text(40) != PEGGED:
        return code(OrdType, message, 40)
    found = [_PEG_OF[word] for word in message.text(18).split() if word in _PEG_OF]
    if len(found) != 1:
        raise RemoteProtocolError(f"ExecInst(18) M, R or T of a pegged order expected, found {message.text(18)!r}")
    is_fixed = found[0] is OrdType.PRIMARY_PEG and message.text(835) == FIXED
    return OrdType.BEST_OWN if is_fixed else found[0]


def read_expiry(message: FixMessage) -> int:
    """ExpireTime(126), or the end of ExpireDate(432); 0 for none. Raises RemoteProtocolError."""
    if 126 in message or 432 not in message:
        return read_time(message, 126)
    return timestamp_ns(message.text(432).encode() + b"-00:00:00") + DAY_NS - 1


def code(kind: type[E_], message: FixMessage, tag: int) -> E_:
    """A code as a member of its enumeration. Raises RemoteProtocolError for one that the model does not know.

    The small letters of OrdType are ours and never travel.
    """
    value = need(message, tag)
    if kind is OrdType and value.islower():
        raise RemoteProtocolError(f"{kind.__name__}({tag}): a known code expected, found {value}")
    try:
        return kind(value)
    except ValueError as error:
        raise RemoteProtocolError(f"{kind.__name__}({tag}): a known code expected, found {value}") from error


def read_side(message: FixMessage) -> Side:
    """Side(54); a short sale is a sale. Raises RemoteProtocolError."""
    return Side.SELL if message.text(54) == SELL_SHORT else code(Side, message, 54)


def body_of(msg_type: str, *pairs: tuple[int, object], header: Fields = ()) -> Body:
    """A message without the fields that have no value."""
    return Body(msg_type=msg_type, fields=tuple(fields(pairs)), header=header)


def sub_id(tag: int, account: str) -> Fields:
    """SenderSubID(50) or TargetSubID(57) with an account."""
    return ((tag, account.encode()),) if account else ()
