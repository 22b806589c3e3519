"""THE table: OrdStatus(39) x ExecType(150) -> OrdStatus(39).

Theory of operation. A report's ExecType says what happened, the table says what the order is afterwards. Which of
the working states it is follows from the quantities, so a row holds up to three answers: `none` while nothing has
filled, `part` while something has, `full` when no share is left. The rows follow the order state change matrices
of FIX 4.4 and 5.0 SP2 (volume 4, appendix D). A pair that is not in the table cannot happen: it raises, it is never
guessed.

Our own requests pass through the same table: a cancel on its way is ExecType.PENDING_CANCEL, an amend
ExecType.PENDING_REPLACE. While a request is on its way the order shows it (`with_pending`), whatever else happens.

Nothing outside this module chooses an OrdStatus.
"""

from typing import NamedTuple

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


_AFTERWARDS = (_E.TRADE_CANCEL, _E.TRADE_CORRECT)
_AT_VENUE = (
    _S.NEW,
    _S.PARTIALLY_FILLED,
    _S.PENDING_CANCEL,
    _S.PENDING_REPLACE,
    _S.STOPPED,
    _S.SUSPENDED,
    _S.DONE_FOR_DAY,
)
_CALCULABLE = (_S.FILLED, _S.DONE_FOR_DAY, _S.CANCELED, _S.EXPIRED)
WORKING = Row(_S.NEW, _S.PARTIALLY_FILLED, _S.FILLED)

TABLE: dict[tuple[OrdStatus, ExecType], Row] = {
    # -- sent, not yet answered
    (_S.PENDING_NEW, _E.PENDING_NEW): _always(_S.PENDING_NEW),
    (_S.PENDING_NEW, _E.NEW): WORKING,
    (_S.PENDING_NEW, _E.REJECTED): _always(_S.REJECTED),
    # A venue may say "filled" without having said "accepted": the fill accepts the order.
    (_S.PENDING_NEW, _E.TRADE): WORKING,
    # An IOC remainder or a mass cancel can end an order whose acceptance was never told.
    (_S.PENDING_NEW, _E.CANCELED): _always(_S.CANCELED),
    (_S.PENDING_NEW, _E.EXPIRED): _always(_S.EXPIRED),
    (_S.PENDING_NEW, _E.PENDING_CANCEL): _always(_S.PENDING_CANCEL),
    # -- working, nothing filled
    (_S.NEW, _E.TRADE): WORKING,
    (_S.NEW, _E.REPLACED): WORKING,
    (_S.NEW, _E.RESTATED): WORKING,
    (_S.NEW, _E.CANCELED): _always(_S.CANCELED),
    (_S.NEW, _E.EXPIRED): _always(_S.EXPIRED),
    # FIX D4: a venue may take an order and refuse it afterwards, as long as nothing has filled.
    (_S.NEW, _E.REJECTED): _always(_S.REJECTED),
    (_S.NEW, _E.PENDING_CANCEL): _until_filled(_S.PENDING_CANCEL),
    (_S.NEW, _E.PENDING_REPLACE): _until_filled(_S.PENDING_REPLACE),
    # -- working, filled in part
    (_S.PARTIALLY_FILLED, _E.TRADE): WORKING,
    (_S.PARTIALLY_FILLED, _E.REPLACED): WORKING,
    (_S.PARTIALLY_FILLED, _E.RESTATED): WORKING,
    (_S.PARTIALLY_FILLED, _E.CANCELED): _always(_S.CANCELED),
    (_S.PARTIALLY_FILLED, _E.EXPIRED): _always(_S.EXPIRED),
    (_S.PARTIALLY_FILLED, _E.PENDING_CANCEL): _until_filled(_S.PENDING_CANCEL),
    (_S.PARTIALLY_FILLED, _E.PENDING_REPLACE): _until_filled(_S.PENDING_REPLACE),
    # -- an amend is on its way
    # A fill crossing the amend: the amend stays on its way, and a complete fill makes it too late.
    (_S.PENDING_REPLACE, _E.TRADE): _until_filled(_S.PENDING_REPLACE),
    (_S.PENDING_REPLACE, _E.REPLACED): WORKING,
    (_S.PENDING_REPLACE, _E.RESTATED): _until_filled(_S.PENDING_REPLACE),
    (_S.PENDING_REPLACE, _E.PENDING_REPLACE): _until_filled(_S.PENDING_REPLACE),
    (_S.PENDING_REPLACE, _E.PENDING_CANCEL): _until_filled(_S.PENDING_CANCEL),
    (_S.PENDING_REPLACE, _E.CANCELED): _always(_S.CANCELED),
    (_S.PENDING_REPLACE, _E.EXPIRED): _always(_S.EXPIRED),
    # -- a cancel is on its way
    # The cancel overtook nothing: the acceptance of the order itself arrives first.
    (_S.PENDING_CANCEL, _E.NEW): _until_filled(_S.PENDING_CANCEL),
    (_S.PENDING_CANCEL, _E.REJECTED): _always(_S.REJECTED),
    # A fill after the cancel request: the order is still there, and may fill completely.
    (_S.PENDING_CANCEL, _E.TRADE): _until_filled(_S.PENDING_CANCEL),
    # An amend sent before the cancel is answered first.
    (_S.PENDING_CANCEL, _E.REPLACED): _until_filled(_S.PENDING_CANCEL),
    (_S.PENDING_CANCEL, _E.RESTATED): _until_filled(_S.PENDING_CANCEL),
    (_S.PENDING_CANCEL, _E.PENDING_CANCEL): _until_filled(_S.PENDING_CANCEL),
    (_S.PENDING_CANCEL, _E.CANCELED): _always(_S.CANCELED),
    (_S.PENDING_CANCEL, _E.EXPIRED): _always(_S.EXPIRED),
    # -- a fill was cancelled or corrected (FIX J.1): the quantities say how far the order is now
    **{(status, event): WORKING for status in (_S.PARTIALLY_FILLED, _S.FILLED) for event in _AFTERWARDS},
    **{
        (status, event): _until_filled(status)
        for status in (_S.PENDING_CANCEL, _S.PENDING_REPLACE, _S.STOPPED, _S.SUSPENDED)
        for event in _AFTERWARDS
    },
    **{
        (status, event): _always(status)
        for status in (_S.DONE_FOR_DAY, _S.CANCELED, _S.EXPIRED)
        for event in _AFTERWARDS
    },
    # -- done for the day (FIX A.1.b, H.1): over for a day order; a longer one comes back with RESTATED
    **{(status, _E.DONE_FOR_DAY): _always(_S.DONE_FOR_DAY) for status in _AT_VENUE},
    (_S.DONE_FOR_DAY, _E.TRADE): _until_filled(_S.DONE_FOR_DAY),
    # -- stopped (FIX L.1.a): some shares have a price and are not traded yet
    **{(status, _E.STOPPED): _until_filled(_S.STOPPED) for status in (_S.NEW, _S.PARTIALLY_FILLED, _S.STOPPED)},
    (_S.STOPPED, _E.TRADE): _until_filled(_S.STOPPED),
    (_S.STOPPED, _E.REPLACED): _until_filled(_S.STOPPED),
    # -- suspended: the order stands, but cannot trade until the venue says more
    **{(status, _E.SUSPENDED): _until_filled(_S.SUSPENDED) for status in (_S.PENDING_NEW, _S.NEW, _S.PARTIALLY_FILLED)},
    (_S.SUSPENDED, _E.SUSPENDED): _until_filled(_S.SUSPENDED),
    (_S.SUSPENDED, _E.NEW): WORKING,
    (_S.SUSPENDED, _E.TRADE): WORKING,
    (_S.SUSPENDED, _E.REPLACED): _until_filled(_S.SUSPENDED),
    (_S.SUSPENDED, _E.REJECTED): _always(_S.REJECTED),
    **{
        (status, event): after
        for status in (_S.DONE_FOR_DAY, _S.STOPPED, _S.SUSPENDED)
        for event, after in {
            _E.RESTATED: WORKING,
            _E.CANCELED: _always(_S.CANCELED),
            _E.EXPIRED: _always(_S.EXPIRED),
            _E.PENDING_CANCEL: _until_filled(_S.PENDING_CANCEL),
            _E.PENDING_REPLACE: _until_filled(_S.PENDING_REPLACE),
        }.items()
    },
    # What stands while a request of ours is on its way shows when that is answered.
    **{
        (status, event): _until_filled(status)
        for status in (_S.PENDING_CANCEL, _S.PENDING_REPLACE)
        for event in (_E.STOPPED, _E.SUSPENDED)
    },
    # -- over
    # FIX C.1.c: an amend can add shares to an order that has none left.
    (_S.FILLED, _E.PENDING_REPLACE): _always(_S.FILLED),
    (_S.FILLED, _E.REPLACED): WORKING,
    # The day's costs were worked out; the order is what it was.
    **{(status, _E.CALCULATED): _always(status) for status in _CALCULABLE},
    # A late fill: the trade happened before the cancel and is told after it. It is booked and flagged;
    # the order stays as it ended, no share of it works again.
    (_S.CANCELED, _E.TRADE): _always(_S.CANCELED),
    (_S.EXPIRED, _E.TRADE): _always(_S.EXPIRED),
}
"""ExecType.ORDER_STATUS stands beside the table: see RESTATABLE and next_status."""

RESTATABLE = frozenset(
    {
        _S.PENDING_NEW,
        _S.NEW,
        _S.PARTIALLY_FILLED,
        _S.PENDING_REPLACE,
        _S.PENDING_CANCEL,
        _S.DONE_FOR_DAY,
        _S.STOPPED,
        _S.SUSPENDED,
        _S.FILLED,
        _S.CANCELED,
        _S.EXPIRED,
        _S.REJECTED,
    }
)
"""ExecType.ORDER_STATUS restates any order that has been at a venue: the venue's word stands."""

_RESTATED: dict[OrdStatus, Row] = {
    _S.PENDING_NEW: _always(_S.PENDING_NEW),
    _S.NEW: WORKING,
    _S.PARTIALLY_FILLED: WORKING,
    _S.PENDING_CANCEL: WORKING,
    _S.PENDING_REPLACE: WORKING,
    _S.DONE_FOR_DAY: _always(_S.DONE_FOR_DAY),
    _S.STOPPED: _until_filled(_S.STOPPED),
    _S.SUSPENDED: _until_filled(_S.SUSPENDED),
    _S.FILLED: _always(_S.FILLED),
    _S.CANCELED: _always(_S.CANCELED),
    _S.REJECTED: _always(_S.REJECTED),
    _S.EXPIRED: _always(_S.EXPIRED),
}


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


STANDING = frozenset({_S.STOPPED, _S.SUSPENDED, _S.DONE_FOR_DAY})
"""States that only the venue's word tells from NEW and PARTIALLY_FILLED."""


def resting_status(*, accepted: bool, cum_qty: int, reported: OrdStatus | None = None) -> OrdStatus:
    """What a working order is when no request of ours is on its way. `reported` is what the venue says it is."""
    if reported in STANDING:
        return reported
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
