from msgspec.structs import replace

from hts.desk.orders import NOTHING, OrderChanges
from hts.model.denials import Denial, Rule
from hts.model.enums import OrdStatus, Side
from hts.model.views import NoticeView, OutcomeView
from tests.support.desk_feed import Desk, account, fill, order, position, status

S = "005930"


def ids(views):
    return [view.order_id for view in views]


def test_working_orders_by_symbol_and_price():
    state = Desk().orders
    for number, side, px in ((1, Side.BUY, 100), (2, Side.BUY, 100), (3, Side.SELL, 100), (4, Side.BUY, 99)):
        state.on_view(order(number, S, side, px, 10))
    assert ids(state.working_at(S, Side.BUY, 100)) == [1, 2]
    assert ids(state.working(S)) == [1, 2, 3, 4]
    assert ids(state.working_at("000660", Side.BUY, 100)) == []


def test_an_amended_order_leaves_its_old_price():
    state = Desk().orders
    first = order(1, S, Side.BUY, 100, 10)
    state.on_view(first)
    assert ids(state.working_at(S, Side.BUY, 100)) == [1]
    state.on_view(replace(first, px=101))
    assert (ids(state.working_at(S, Side.BUY, 100)), ids(state.working_at(S, Side.BUY, 101))) == ([], [1])


def test_a_finished_order_is_not_working_but_stays_known():
    state = Desk().orders
    state.on_view(order(1, S, Side.BUY, 100, 10))
    state.on_view(order(1, S, Side.BUY, 100, 10, cum=10, ord_status=OrdStatus.FILLED))
    assert (ids(state.working()), ids(state.working_at(S, Side.BUY, 100)), list(state.orders)) == ([], [], [1])


def test_a_fill_counts_once():
    state = Desk().orders
    state.on_view(fill(1, S, Side.BUY, 100, 10))
    state.on_view(fill(1, S, Side.BUY, 100, 10))
    assert len(state.fills) == 1


def test_views_of_another_account_are_not_ours():
    state = Desk().orders
    state.drain()
    state.on_view(order(1, S, Side.BUY, 100, 10, account="other"))
    state.on_view(replace(fill(1, S, Side.BUY, 100, 10), account="other"))
    state.on_view(replace(account(), account="other"))
    assert (state.orders, state.fills, state.account) == ({}, [], None)
    assert list(state.monies) == [("other", account().currency)]  # the account panel shows all of them
    assert state.drain() == OrderChanges(account=True)


def test_changes_name_what_changed_once():
    state = Desk().orders
    state.drain()
    state.on_view(order(1, S, Side.BUY, 100, 10))
    state.on_view(position("000660", 10, 100, 110))
    state.on_view(status())
    assert state.drain() == OrderChanges(symbols=frozenset({S, "000660"}), orders=True, positions=True, status=True)
    assert state.drain() == NOTHING


def test_refusals_and_notices_are_kept_for_reading():
    state = Desk().orders
    denied = OutcomeView(request_id="a", accepted=False, denial=Denial(rule=Rule.CASH))
    notice = NoticeView(key="notice.x")
    for view in (denied, OutcomeView(request_id="b", accepted=True), notice):
        state.on_view(view)
    assert (state.refusals, state.notices) == ([denied], [notice])


def test_open_result_is_marked_to_the_price_given():
    state = Desk().orders
    state.on_view(position(S, 320, 189_624, 191_400))
    assert (state.open_pnl(S, 191_400, None), state.open_pnl("000660", 1, None), state.position_qty(S)) == (
        568_320,
        0,
        320,
    )


def test_a_full_snapshot_begins_empty():
    state = Desk().orders
    state.on_view(order(1, S, Side.BUY, 100, 10))
    state.on_view(fill(1, S, Side.BUY, 100, 10))
    state.clear()
    assert (state.orders, state.fills, state.working(), state.working_at(S, Side.BUY, 100)) == ({}, [], (), ())
    state.on_view(fill(1, S, Side.BUY, 100, 10))
    assert len(state.fills) == 1


def test_a_fill_that_was_taken_back_is_no_longer_shown():
    state = Desk().orders
    first = fill(1, S, Side.BUY, 100, 5)
    state.on_view(first)
    state.on_view(fill(2, S, Side.BUY, 100, 5))
    corrected = replace(first, exec_id=9, exec_ref_id=first.exec_id, qty=1)
    state.on_view(corrected)
    assert (len(state.fills), state.fills[-1]) == (2, corrected)
    state.on_view(replace(corrected, exec_id=10, exec_ref_id=9, qty=0))
    assert len(state.fills) == 1


def test_a_fill_that_is_charged_something_else_stays_in_its_place():
    state = Desk().orders
    first, second = fill(1, S, Side.BUY, 100, 5), fill(2, S, Side.BUY, 100, 5)
    state.on_view(first)
    state.on_view(second)
    state.drain()
    dearer = replace(first, fee=first.fee + 7, exec_ref_id=first.exec_id)
    state.on_view(dearer)
    assert (state.fills, state.drain().fills) == ([dearer, second], True)
    state.on_view(dearer)
    state.on_view(first)  # an old word says nothing
    assert (state.fills, state.drain().fills) == ([dearer, second], False)
    state.on_view(replace(first, exec_id=9, exec_ref_id=first.exec_id, qty=0))
    state.on_view(dearer)
    assert state.fills == [second]
