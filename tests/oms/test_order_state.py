from itertools import product

import pytest

from hts.model.enums import ExecType as E
from hts.model.enums import OrdStatus as S
from hts.oms.order_state import (
    RESTATABLE,
    TABLE,
    IllegalTransitionError,
    next_status,
    resting_status,
    with_pending,
)

NEW, PART, FULL = S.NEW, S.PARTIALLY_FILLED, S.FILLED
WORKING = (NEW, PART, FULL)
P_NEW, P_CXL, P_REP = S.PENDING_NEW, S.PENDING_CANCEL, S.PENDING_REPLACE


def same(status):
    return (status, status, status)


def unless_full(status):
    return (status, status, FULL)


# What any order that stands at a venue may meet, as (nothing filled, filled in part, nothing left).
STANDS = {
    E.CANCELED: same(S.CANCELED),
    E.EXPIRED: same(S.EXPIRED),
    E.DONE_FOR_DAY: same(S.DONE_FOR_DAY),
    E.PENDING_CANCEL: unless_full(P_CXL),
    E.PENDING_REPLACE: unless_full(P_REP),
}


def taken_back(answer):
    """A fill that is cancelled or corrected."""
    return {E.TRADE_CANCEL: answer, E.TRADE_CORRECT: answer}


HELD = {E.STOPPED: unless_full(S.STOPPED), E.SUSPENDED: unless_full(S.SUSPENDED)}
# The table drawn a second time, by state.
EXPECTED = {
    P_NEW: {
        E.PENDING_NEW: same(P_NEW),
        E.NEW: WORKING,
        E.REJECTED: same(S.REJECTED),
        E.TRADE: WORKING,
        E.CANCELED: same(S.CANCELED),
        E.EXPIRED: same(S.EXPIRED),
        E.PENDING_CANCEL: same(P_CXL),
        E.SUSPENDED: unless_full(S.SUSPENDED),
    },
    NEW: {
        **STANDS,
        **HELD,
        E.TRADE: WORKING,
        E.REPLACED: WORKING,
        E.RESTATED: WORKING,
        E.REJECTED: same(S.REJECTED),
    },
    PART: {**STANDS, **HELD, **taken_back(WORKING), E.TRADE: WORKING, E.REPLACED: WORKING, E.RESTATED: WORKING},
    P_REP: {
        **STANDS,
        **{event: unless_full(P_REP) for event in (*HELD, *taken_back(0))},
        E.TRADE: unless_full(P_REP),
        E.REPLACED: WORKING,
        E.RESTATED: unless_full(P_REP),
    },
    P_CXL: {
        E.CANCELED: same(S.CANCELED),
        E.EXPIRED: same(S.EXPIRED),
        E.DONE_FOR_DAY: same(S.DONE_FOR_DAY),
        E.PENDING_CANCEL: unless_full(P_CXL),
        **{event: unless_full(P_CXL) for event in (*HELD, *taken_back(0))},
        E.NEW: unless_full(P_CXL),
        E.REJECTED: same(S.REJECTED),
        E.TRADE: unless_full(P_CXL),
        E.REPLACED: unless_full(P_CXL),
        E.RESTATED: unless_full(P_CXL),
    },
    S.STOPPED: {
        **STANDS,
        **taken_back(unless_full(S.STOPPED)),
        E.STOPPED: unless_full(S.STOPPED),
        E.TRADE: unless_full(S.STOPPED),
        E.REPLACED: unless_full(S.STOPPED),
        E.RESTATED: WORKING,
    },
    S.SUSPENDED: {
        **STANDS,
        **taken_back(unless_full(S.SUSPENDED)),
        E.SUSPENDED: unless_full(S.SUSPENDED),
        E.REPLACED: unless_full(S.SUSPENDED),
        E.NEW: WORKING,
        E.TRADE: WORKING,
        E.RESTATED: WORKING,
        E.REJECTED: same(S.REJECTED),
    },
    S.DONE_FOR_DAY: {
        **STANDS,
        **taken_back(same(S.DONE_FOR_DAY)),
        E.TRADE: unless_full(S.DONE_FOR_DAY),
        E.RESTATED: WORKING,
        E.CALCULATED: same(S.DONE_FOR_DAY),
    },
    FULL: {**taken_back(WORKING), E.PENDING_REPLACE: same(FULL), E.REPLACED: WORKING, E.CALCULATED: same(FULL)},
    **{
        over: {**taken_back(same(over)), E.TRADE: same(over), E.CALCULATED: same(over)}
        for over in (S.CANCELED, S.EXPIRED)
    },
}
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
    never_at_venue = {S.DENIED, S.CALCULATED}
    working = {NEW, PART, P_CXL, P_REP}
    if status in never_at_venue or reported in never_at_venue:
        expected = "raises"
    elif reported in {S.STOPPED, S.SUSPENDED}:
        expected = unless_full(reported)
    else:
        expected = WORKING if reported in working else same(reported)
    assert answers(status, E.ORDER_STATUS, reported) == expected


def test_only_a_filled_order_can_come_back():
    """A fill can be taken back, and an amend can add shares; what was cancelled, expired or refused stays so."""
    out = {(s, e) for (s, e), row in TABLE.items() if s.is_terminal and not all(t is s for t in row)}
    assert out == {(FULL, E.TRADE_CANCEL), (FULL, E.TRADE_CORRECT), (FULL, E.REPLACED)}


def test_restatable_states_are_those_that_a_venue_can_know():
    assert {s for s in S if s not in RESTATABLE} == {
        S.DENIED,
        S.CALCULATED,
    }


def test_error_names_state_event_and_report():
    with pytest.raises(IllegalTransitionError, match=r"^FILLED does not allow TRADE \(reported FILLED\)$"):
        next_status(S.FILLED, E.TRADE, 11, 0, S.FILLED)


def test_resting_status_follows_the_quantities():
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
