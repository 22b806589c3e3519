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


# The table drawn a second time, by state, as (nothing filled, filled in part, nothing left).
EXPECTED = {
    P_NEW: {
        E.PENDING_NEW: same(P_NEW),
        E.NEW: WORKING,
        E.REJECTED: same(S.REJECTED),
        E.TRADE: WORKING,
        E.CANCELED: same(S.CANCELED),
        E.EXPIRED: same(S.EXPIRED),
        E.PENDING_CANCEL: same(P_CXL),
    },
    NEW: {
        E.TRADE: WORKING,
        E.REPLACED: WORKING,
        E.RESTATED: WORKING,
        E.CANCELED: same(S.CANCELED),
        E.EXPIRED: same(S.EXPIRED),
        E.REJECTED: same(S.REJECTED),
        E.PENDING_CANCEL: unless_full(P_CXL),
        E.PENDING_REPLACE: unless_full(P_REP),
    },
    PART: {
        E.TRADE: WORKING,
        E.REPLACED: WORKING,
        E.RESTATED: WORKING,
        E.CANCELED: same(S.CANCELED),
        E.EXPIRED: same(S.EXPIRED),
        E.PENDING_CANCEL: unless_full(P_CXL),
        E.PENDING_REPLACE: unless_full(P_REP),
    },
    P_REP: {
        E.TRADE: unless_full(P_REP),
        E.REPLACED: WORKING,
        E.RESTATED: unless_full(P_REP),
        E.PENDING_REPLACE: unless_full(P_REP),
        E.PENDING_CANCEL: unless_full(P_CXL),
        E.CANCELED: same(S.CANCELED),
        E.EXPIRED: same(S.EXPIRED),
    },
    P_CXL: {
        E.NEW: unless_full(P_CXL),
        E.REJECTED: same(S.REJECTED),
        E.TRADE: unless_full(P_CXL),
        E.REPLACED: unless_full(P_CXL),
        E.RESTATED: unless_full(P_CXL),
        E.PENDING_CANCEL: unless_full(P_CXL),
        E.CANCELED: same(S.CANCELED),
        E.EXPIRED: same(S.EXPIRED),
    },
    S.CANCELED: {E.TRADE: same(S.CANCELED)},
    S.EXPIRED: {E.TRADE: same(S.EXPIRED)},
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
    never_at_venue = {S.DENIED, S.DONE_FOR_DAY, S.STOPPED, S.SUSPENDED, S.CALCULATED}
    working = {NEW, PART, P_CXL, P_REP}
    if status in never_at_venue or reported in never_at_venue:
        expected = "raises"
    else:
        expected = WORKING if reported in working else same(reported)
    assert answers(status, E.ORDER_STATUS, reported) == expected


def test_no_row_leads_out_of_a_terminal_state():
    out = [(s, e) for (s, e), row in TABLE.items() if s.is_terminal and not all(t is s for t in row)]
    assert out == []


def test_restatable_states_are_those_that_a_venue_can_know():
    assert {s for s in S if s not in RESTATABLE} == {
        S.DENIED,
        S.DONE_FOR_DAY,
        S.STOPPED,
        S.SUSPENDED,
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
