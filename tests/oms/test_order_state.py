from itertools import product

import pytest

from hts.model.enums import ExecType as E
from hts.model.enums import OrdStatus as S
from hts.oms.order_state import (
    RESTATABLE,
    TABLE,
    IllegalTransitionError,
    next_pause,
    next_status,
    resting_status,
    undone_status,
    with_pending,
)

NEW, PART, FULL = S.NEW, S.PARTIALLY_FILLED, S.FILLED
WORKING = (NEW, PART, FULL)
P_NEW, P_CXL, P_REP = S.PENDING_NEW, S.PENDING_CANCEL, S.PENDING_REPLACE


def same(status):
    return (status, status, status)


def unless_full(status):
    return (status, status, FULL)


# The table drawn a second time, by event: each event with the states in which it can come, and what it makes of them,
# as (nothing filled, filled in part, nothing left).
LIVE = (NEW, PART, P_REP, P_CXL, S.STOPPED, S.SUSPENDED, S.DONE_FOR_DAY)  # accepted by the venue and not over
SENT = (P_NEW, *LIVE)
OVER = (S.CANCELED, S.EXPIRED, S.CALCULATED)


def stays(*states):
    return {state: same(state) for state in states}


def holds(*states):
    """The state goes on until the order is filled."""
    return {state: unless_full(state) for state in states}


def becomes(row, *states):
    return dict.fromkeys(states, row)


BY_EVENT = {
    E.PENDING_NEW: stays(P_NEW) | holds(P_CXL),
    E.NEW: becomes(WORKING, P_NEW, S.SUSPENDED, S.DONE_FOR_DAY) | holds(P_CXL),
    E.REJECTED: becomes(same(S.REJECTED), P_NEW, NEW, P_CXL, S.SUSPENDED),
    E.TRADE: (
        becomes(WORKING, P_NEW, NEW, PART, S.SUSPENDED) | holds(P_REP, P_CXL, S.STOPPED, S.DONE_FOR_DAY) | stays(*OVER)
    ),
    E.TRADE_CORRECT: (
        becomes(WORKING, PART, FULL) | holds(P_REP, P_CXL, S.STOPPED, S.SUSPENDED) | stays(S.DONE_FOR_DAY, *OVER)
    ),
    E.TRADE_CANCEL: (
        becomes(WORKING, PART, FULL) | holds(P_REP, P_CXL, S.STOPPED, S.SUSPENDED) | stays(S.DONE_FOR_DAY, *OVER)
    ),
    E.PENDING_REPLACE: (
        becomes(unless_full(P_REP), NEW, PART, S.STOPPED, S.SUSPENDED, S.DONE_FOR_DAY)
        | holds(P_REP, P_CXL)
        | stays(FULL)
    ),
    E.REPLACED: becomes(WORKING, NEW, PART, P_REP, FULL) | holds(P_CXL, S.STOPPED, S.SUSPENDED, S.DONE_FOR_DAY),
    E.RESTATED: becomes(WORKING, P_NEW, NEW, PART, S.STOPPED, S.SUSPENDED, S.DONE_FOR_DAY) | holds(P_REP, P_CXL),
    E.PENDING_CANCEL: becomes(unless_full(P_CXL), *SENT),
    E.CANCELED: becomes(same(S.CANCELED), *SENT),
    E.EXPIRED: becomes(same(S.EXPIRED), *SENT),
    E.STOPPED: (
        becomes(unless_full(S.STOPPED), NEW, PART, S.SUSPENDED, S.DONE_FOR_DAY) | holds(P_REP, P_CXL, S.STOPPED)
    ),
    E.SUSPENDED: (
        becomes(unless_full(S.SUSPENDED), P_NEW, NEW, PART, S.STOPPED, S.DONE_FOR_DAY)
        | holds(P_REP, P_CXL, S.SUSPENDED)
    ),
    E.DONE_FOR_DAY: becomes(same(S.DONE_FOR_DAY), *LIVE),
    E.CALCULATED: stays(S.DONE_FOR_DAY, FULL, *OVER),
}
EXPECTED = {state: {event: rows[state] for event, rows in BY_EVENT.items() if state in rows} for state in S}
QUANTITIES = ((0, 10), (4, 6), (10, 0))


def answers(status, exec_type, reported=S.NEW):
    try:
        return tuple(next_status(status, exec_type, cum, leaves, reported) for cum, leaves in QUANTITIES)
    except IllegalTransitionError:
        return "raises"


@pytest.mark.parametrize("status", S, ids=lambda s: s.name)
def test_full_product_is_in_the_table_or_raises(status):
    events = [e for e in E if e is not E.ORDER_STATUS]
    expected = {e: EXPECTED.get(status, {}).get(e, "raises") for e in events}
    assert {e: answers(status, e) for e in events} == expected


def test_table_has_no_row_that_the_drawing_lacks():
    assert set(TABLE) == {(status, e) for status, rows in EXPECTED.items() for e in rows}


@pytest.mark.parametrize(("status", "reported"), list(product(S, S)), ids=lambda s: s.name)
def test_order_status_restates_all_that_was_at_a_venue(status, reported):
    if S.DENIED in (status, reported):
        expected = "raises"
    elif reported in {NEW, PART, P_CXL, P_REP}:
        expected = WORKING
    else:
        expected = unless_full(reported) if reported in {S.STOPPED, S.SUSPENDED} else same(reported)
    assert answers(status, E.ORDER_STATUS, reported) == expected


def test_only_a_bust_a_correction_or_an_amend_leads_out_of_a_terminal_state():
    out = {(s, e) for (s, e), row in TABLE.items() if s.is_terminal and not all(t is s for t in row)}
    assert out == {(FULL, E.TRADE_CORRECT), (FULL, E.TRADE_CANCEL), (FULL, E.REPLACED)}


def test_every_event_and_every_state_is_drawn():
    assert set(BY_EVENT) == set(E) - {E.ORDER_STATUS}
    assert {state for rows in BY_EVENT.values() for state in rows} == set(S) - {S.REJECTED, S.DENIED}
    assert set(S) - {S.DENIED} == RESTATABLE


@pytest.mark.parametrize(
    ("pause", "exec_type", "reported", "expected"),
    [
        (None, E.SUSPENDED, NEW, S.SUSPENDED),
        (None, E.STOPPED, NEW, S.STOPPED),
        (S.SUSPENDED, E.DONE_FOR_DAY, NEW, S.DONE_FOR_DAY),
        (S.SUSPENDED, E.NEW, NEW, None),
        (S.DONE_FOR_DAY, E.RESTATED, NEW, None),
        (S.STOPPED, E.TRADE, NEW, S.STOPPED),
        (S.SUSPENDED, E.TRADE, NEW, None),
        (S.DONE_FOR_DAY, E.TRADE, NEW, S.DONE_FOR_DAY),
        (S.SUSPENDED, E.REPLACED, NEW, S.SUSPENDED),
        (S.SUSPENDED, E.PENDING_CANCEL, NEW, S.SUSPENDED),
        (None, E.ORDER_STATUS, S.SUSPENDED, S.SUSPENDED),
        (S.SUSPENDED, E.ORDER_STATUS, PART, None),
    ],
)
def test_a_pause_lasts_until_the_venue_ends_it(pause, exec_type, reported, expected):
    assert next_pause(pause, exec_type, reported) is expected


def test_what_a_bust_leaves_unfilled_and_closed_is_canceled():
    assert [undone_status(FULL, cum, 10) for cum in (4, 10)] == [S.CANCELED, FULL]
    assert [undone_status(status, 4, 10) for status in (PART, S.EXPIRED)] == [PART, S.EXPIRED]


def test_error_names_state_event_and_report():
    with pytest.raises(IllegalTransitionError, match=r"^FILLED does not allow TRADE \(reported FILLED\)$"):
        next_status(S.FILLED, E.TRADE, 11, 0, S.FILLED)


def test_resting_status_follows_the_quantities():
    assert resting_status(accepted=True, cum_qty=1, pause=S.SUSPENDED) is S.SUSPENDED
    assert [
        resting_status(accepted=False, cum_qty=0),
        resting_status(accepted=True, cum_qty=0),
        resting_status(accepted=True, cum_qty=1),
    ] == [P_NEW, NEW, PART]


def test_pending_requests_show_and_a_cancel_outranks_an_amend():
    shown = [with_pending(NEW, cancel=c, replace=r) for c, r in product((False, True), repeat=2)]
    assert shown == [NEW, P_REP, P_CXL, P_CXL]


def test_terminal_state_shows_no_pending_request():
    assert [with_pending(s, cancel=True, replace=True) for s in S if s.is_terminal] == [s for s in S if s.is_terminal]
