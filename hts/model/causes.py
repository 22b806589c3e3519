"""Why an order is what it is: the last thing that changed it. Each change of state has exactly one."""

from enum import Enum


class Cause(Enum):
    """The value is a key of the text catalogue's [cause] table."""

    # ours
    ENTERED = "entered"  # a person or a script entered it
    DENIED = "denied"  # our risk said no
    CANCEL_ASKED = "cancel_asked"  # a person or a script
    CANCEL_ASKED_BY_CORE = "cancel_asked_by_core"  # kill switch, disconnect policy, flatten, a lost cancel sent again
    REPLACE_ASKED = "replace_asked"
    REQUEST_LOST = "request_lost"  # a cancel or amend never reached the venue
    CLOSED_BY_CORE = "closed_by_core"  # the venue cannot speak for it: see LocalCause
    # the venue's
    PENDING_AT_VENUE = "pending_at_venue"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TRADED = "traded"
    TRADE_CORRECTED = "trade_corrected"
    TRADE_CANCELED = "trade_canceled"
    REPLACED = "replaced"
    RESTATED = "restated"  # the venue changed its terms unasked
    CANCELED = "canceled"  # as we asked
    CANCELED_BY_VENUE = "canceled_by_venue"  # nobody here asked
    EXPIRED = "expired"
    STOPPED = "stopped"
    SUSPENDED = "suspended"
    DONE_FOR_DAY = "done_for_day"
    CALCULATED = "calculated"
    REQUEST_REFUSED = "request_refused"
    STATUS_TOLD = "status_told"  # in answer to a mass status
