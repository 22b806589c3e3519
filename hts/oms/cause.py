"""Which cause a venue's report gives."""

from typing import Final

from hts.model.causes import Cause
from hts.model.enums import ExecType
from hts.model.reports import ExecutionReport

_CAUSES: Final = {
    ExecType.NEW: Cause.ACCEPTED,
    ExecType.DONE_FOR_DAY: Cause.DONE_FOR_DAY,
    ExecType.CANCELED: Cause.CANCELED,
    ExecType.REPLACED: Cause.REPLACED,
    ExecType.PENDING_CANCEL: Cause.PENDING_AT_VENUE,
    ExecType.STOPPED: Cause.STOPPED,
    ExecType.REJECTED: Cause.REJECTED,
    ExecType.SUSPENDED: Cause.SUSPENDED,
    ExecType.PENDING_NEW: Cause.PENDING_AT_VENUE,
    ExecType.CALCULATED: Cause.CALCULATED,
    ExecType.EXPIRED: Cause.EXPIRED,
    ExecType.RESTATED: Cause.RESTATED,
    ExecType.PENDING_REPLACE: Cause.PENDING_AT_VENUE,
    ExecType.TRADE: Cause.TRADED,
    ExecType.TRADE_CORRECT: Cause.TRADE_CORRECTED,
    ExecType.TRADE_CANCEL: Cause.TRADE_CANCELED,
    ExecType.ORDER_STATUS: Cause.STATUS_TOLD,
}


def cause_of_report(report: ExecutionReport, *, asked: bool) -> Cause:
    """`asked`: a cancel of ours is on its way. A cancel that nobody here asked for is the venue's own."""
    if report.exec_type is ExecType.CANCELED and not (asked and report.orig_cl_ord_id):
        return Cause.CANCELED_BY_VENUE
    return _CAUSES[report.exec_type]
