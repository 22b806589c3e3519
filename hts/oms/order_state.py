"""THE table: OrdStatus(39) x ExecType(150) -> OrdStatus(39).

Theory of operation. A report's ExecType says what happened, the table says what the order is afterwards. Which of
the working states it is follows from the quantities, so a cell holds up to three answers: `none` while nothing has
filled, `part` while something has, `full` when no share is left. The rows follow the order state change matrices
of FIX 4.4 (volume 4, appendix D) for what an equity venue can say. The product is complete: every cell is written
down, and what cannot happen is a dot. A dot raises, it is never guessed.

Our own requests pass through the same table: a cancel on its way is ExecType.PENDING_CANCEL, an amend
ExecType.PENDING_REPLACE. While a request is on its way the order shows it (`with_pending`), whatever else happens;
what the order is apart from that is kept as its `pause` (suspended, stopped, done for the day) and its quantities.

Nothing outside this module chooses an OrdStatus.
"""

from typing import Final, NamedTuple

from hts.base.errors import HtsError
from hts.model.enums import ExecType, OrdStatus


class IllegalTransitionError(HtsError):
    """A report that the order's state does not allow: the venue's fault, or our bug."""


class Row(NamedTuple):
    """What an order is after a report: nothing filled yet, filled in part, no share left."""

    none: OrdStatus
    part: OrdStatus
    full: OrdStatus


_S = OrdStatus
_E = ExecType


def _always(status: OrdStatus) -> Row:
    return Row(status, status, status)


def _until_filled(status: OrdStatus) -> Row:
    return Row(status, status, _S.FILLED)


WORKING: Final = Row(_S.NEW, _S.PARTIALLY_FILLED, _S.FILLED)

# A cell: "." cannot happen; "=" stays as it is; "~" stays until filled; a letter as below.
_CELLS: Final[dict[str, Row]] = {
    "w": WORKING,
    "c": _always(_S.CANCELED),
    "x": _always(_S.EXPIRED),
    "r": _always(_S.REJECTED),
    "C": _until_filled(_S.PENDING_CANCEL),
    "R": _until_filled(_S.PENDING_REPLACE),
    "S": _until_filled(_S.SUSPENDED),
    "P": _until_filled(_S.STOPPED),
    "d": _always(_S.DONE_FOR_DAY),
}

_COLUMNS: Final = (
    *(_E.PENDING_NEW, _E.NEW, _E.REJECTED, _E.TRADE, _E.TRADE_CORRECT, _E.TRADE_CANCEL),
    *(_E.PENDING_REPLACE, _E.REPLACED, _E.RESTATED, _E.PENDING_CANCEL, _E.CANCELED, _E.EXPIRED),
    *(_E.STOPPED, _E.SUSPENDED, _E.DONE_FOR_DAY, _E.CALCULATED),
)

# PENDING_NEW     A venue may say "filled" without having said "accepted": the fill accepts the order. A mass cancel, or
#                 the end of an IOC, can end an order whose acceptance was never told; a venue may restate it at once.
# NEW             FIX D4: a venue may take an order and refuse it afterwards, as long as nothing has filled.
# PENDING_REPLACE A fill crossing the amend: the amend stays on its way, and a complete fill makes it too late.
# PENDING_CANCEL  The cancel overtook nothing: the acceptance of the order, or an amend sent before, is answered first.
#                 A fill after the cancel request: the order is still there, and may fill completely.
# STOPPED         FIX L.1.a: some shares have a price and are not traded yet; it stays so while they trade.
# DONE_FOR_DAY    FIX A.1.b, H.1: over for a day order; a longer one works again when the venue restates it.
# FILLED          A bust or a correction can open it again (FIX J.1), an amend can add shares to it (FIX C.1.c).
# CANCELED ...    A late fill: the trade happened before the end and is told after it. It is booked and flagged; the
#                 order stays as it ended, no share of it works again. Busts and corrections are booked likewise.
# calc            The day's costs were worked out; the order is what it was.
_MATRIX: Final = """
                  pend new  rej  trade corr bust  prep repl rest  pcxl cxl  exp   stop susp done calc
PENDING_NEW        =   w    r    w     .    .     .    .    w     C    c    x     .    S    .    .
NEW                .   .    r    w     .    .     R    w    w     C    c    x     P    S    d    .
PARTIALLY_FILLED   .   .    .    w     w    w     R    w    w     C    c    x     P    S    d    .
PENDING_REPLACE    .   .    .    ~     ~    ~     ~    w    ~     C    c    x     ~    ~    d    .
PENDING_CANCEL     ~   ~    r    ~     ~    ~     ~    ~    ~     ~    c    x     ~    ~    d    .
STOPPED            .   .    .    ~     ~    ~     R    ~    w     C    c    x     ~    S    d    .
SUSPENDED          .   w    r    w     ~    ~     R    ~    w     C    c    x     P    ~    d    .
DONE_FOR_DAY       .   w    .    ~     =    =     R    ~    w     C    c    x     P    S    =    =
FILLED             .   .    .    .     w    w     =    w    .     .    .    .     .    .    .    =
CANCELED           .   .    .    =     =    =     .    .    .     .    .    .     .    .    .    =
EXPIRED            .   .    .    =     =    =     .    .    .     .    .    .     .    .    .    =
CALCULATED         .   .    .    =     =    =     .    .    .     .    .    .     .    .    .    =
REJECTED           .   .    .    .     .    .     .    .    .     .    .    .     .    .    .    .
DENIED             .   .    .    .     .    .     .    .    .     .    .    .     .    .    .    .
"""


def _cell(status: OrdStatus, letter: str) -> Row:
    if letter == "=":
        return _always(status)
    return _until_filled(status) if letter == "~" else _CELLS[letter]


def _read_matrix() -> dict[tuple[OrdStatus, ExecType], Row]:
    table: dict[tuple[OrdStatus, ExecType], Row] = {}
    for line in _MATRIX.strip().splitlines()[1:]:
        name, *letters = line.split()
        for exec_type, letter in zip(_COLUMNS, letters, strict=True):
            if letter != ".":
                status = OrdStatus[name]
                table[status, exec_type] = _cell(status, letter)
    return table


TABLE: Final = _read_matrix()
"""Every pair that can happen. ExecType.ORDER_STATUS stands beside it: see RESTATABLE and next_status."""

RESTATABLE: Final = frozenset(_S) - {_S.DENIED}
"""ExecType.ORDER_STATUS restates any order that has been at a venue: the venue's word stands."""

_RESTATED: Final[dict[OrdStatus, Row]] = {
    _S.PENDING_NEW: _always(_S.PENDING_NEW),
    _S.NEW: WORKING,
    _S.PARTIALLY_FILLED: WORKING,
    _S.PENDING_CANCEL: WORKING,
    _S.PENDING_REPLACE: WORKING,
    _S.STOPPED: _until_filled(_S.STOPPED),
    _S.SUSPENDED: _until_filled(_S.SUSPENDED),
    _S.DONE_FOR_DAY: _always(_S.DONE_FOR_DAY),
    _S.FILLED: _always(_S.FILLED),
    _S.CANCELED: _always(_S.CANCELED),
    _S.REJECTED: _always(_S.REJECTED),
    _S.EXPIRED: _always(_S.EXPIRED),
    _S.CALCULATED: _always(_S.CALCULATED),
}

PAUSES: Final = frozenset({_S.STOPPED, _S.SUSPENDED, _S.DONE_FOR_DAY})
_SETS_PAUSE: Final = {_E.STOPPED: _S.STOPPED, _E.SUSPENDED: _S.SUSPENDED, _E.DONE_FOR_DAY: _S.DONE_FOR_DAY}
_ENDS_PAUSE: Final = frozenset({_E.NEW, _E.RESTATED})


def next_status(
    status: OrdStatus, exec_type: ExecType, cum_qty: int, leaves_qty: int, reported: OrdStatus
) -> OrdStatus:
    """The order's state after a report; the quantities are those after it. Raises IllegalTransitionError.

    `reported` is the report's own OrdStatus; only ExecType.ORDER_STATUS makes use of it.
    """
    if exec_type is ExecType.ORDER_STATUS:
        row = _RESTATED.get(reported) if status in RESTATABLE else None
    else:
        row = TABLE.get((status, exec_type))
    if row is None:
        raise IllegalTransitionError(f"{status.name} does not allow {exec_type.name} (reported {reported.name})")
    if leaves_qty == 0:
        return row.full
    return row.part if cum_qty else row.none


def next_pause(pause: OrdStatus | None, exec_type: ExecType, reported: OrdStatus) -> OrdStatus | None:
    """Whether the venue holds the order back after a report, and how. A trade ends a suspension."""
    if exec_type is ExecType.ORDER_STATUS:
        return reported if reported in PAUSES else None
    if exec_type in _SETS_PAUSE:
        return _SETS_PAUSE[exec_type]
    if exec_type in _ENDS_PAUSE:
        return None
    return None if exec_type is ExecType.TRADE and pause is OrdStatus.SUSPENDED else pause


def undone_status(status: OrdStatus, cum_qty: int, order_qty: int) -> OrdStatus:
    """After a bust or correction: what has nothing left and was not filled in full has been cancelled."""
    return OrdStatus.CANCELED if status is OrdStatus.FILLED and cum_qty < order_qty else status


def resting_status(*, accepted: bool, cum_qty: int, pause: OrdStatus | None = None) -> OrdStatus:
    """What a working order is when no request of ours is on its way."""
    if pause is not None:
        return pause
    if cum_qty:
        return OrdStatus.PARTIALLY_FILLED
    return OrdStatus.NEW if accepted else OrdStatus.PENDING_NEW


def with_pending(status: OrdStatus, *, cancel: bool, replace: bool) -> OrdStatus:
    """What a state shows while requests are on their way; a cancel outranks an amend (FIX OrdStatus precedence)."""
    if status.is_terminal:
        return status
    if cancel:
        return OrdStatus.PENDING_CANCEL
    return OrdStatus.PENDING_REPLACE if replace else status
