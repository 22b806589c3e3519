from hts.desk.ladder_orders import UNKNOWN, OwnCell, OwnOrders, OwnState
from hts.model.enums import OrdStatus, OrdType, Side
from tests.desk.scene import an_order

SELL, BUY = Side.SELL, Side.BUY


def test_orders_at_one_price_are_one_cell_with_the_shortest_queue():
    orders = OwnOrders()
    orders.on_order(an_order(1, SELL, 240_000, 30), 100)
    orders.on_order(an_order(2, SELL, 240_000, 20), 150)
    assert orders.cells() == {
        (SELL, 240_000): OwnCell(qty=50, order_ids=(1, 2), state=OwnState.WORKING, ahead=100, progress=0)
    }


def test_each_status_has_its_state_and_done_orders_leave():
    orders = OwnOrders()
    shown = []
    for status in (
        OrdStatus.PENDING_NEW,
        OrdStatus.NEW,
        OrdStatus.PENDING_REPLACE,
        OrdStatus.PENDING_CANCEL,
        OrdStatus.PARTIALLY_FILLED,
        OrdStatus.CANCELED,
    ):
        orders.on_order(an_order(1, BUY, 1_000, 10, ord_status=status), 0)
        shown.append([cell.state for cell in orders.cells().values()])
    assert shown == [
        [OwnState.SENT],
        [OwnState.WORKING],
        [OwnState.MOVING],
        [OwnState.CANCELING],
        [OwnState.WORKING],
        [],
    ]
    assert len(orders) == 0


def test_market_orders_have_no_cell():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 0, 10, ord_type=OrdType.MARKET), 0)
    assert orders.cells() == {}


def states(orders: OwnOrders) -> dict[int, OwnState]:
    return {px: cell.state for (_, px), cell in orders.cells().items()}


def test_an_asked_change_stands_at_both_prices_until_the_venue_confirms():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 1_000, 10), 0)
    orders.asked(1, 1_005)
    seen = [states(orders)]
    orders.on_order(an_order(1, BUY, 1_000, 10, ord_status=OrdStatus.PENDING_REPLACE), 0)
    seen.append(states(orders))
    orders.on_order(an_order(1, BUY, 1_005, 10, cl_ord_id=2), 0)
    seen.append(states(orders))
    both = {1_000: OwnState.MOVING, 1_005: OwnState.ARRIVING}
    assert seen == [both, both, {1_005: OwnState.WORKING}]


def test_a_refused_change_leaves_the_order_where_it_was():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 1_000, 10), 0)
    orders.asked(1, 1_005)
    orders.on_order(an_order(1, BUY, 1_000, 10, ord_status=OrdStatus.PENDING_REPLACE), 0)
    orders.on_order(an_order(1, BUY, 1_000, 10), 0)
    assert states(orders) == {1_000: OwnState.WORKING}


def test_a_denial_takes_back_only_what_the_core_had_not_taken_up():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 1_000, 10), 0)
    orders.on_order(an_order(2, BUY, 900, 10), 0)
    orders.asked(1, 1_005)
    orders.asked(2, 905)
    orders.on_order(an_order(2, BUY, 900, 10, ord_status=OrdStatus.PENDING_REPLACE), 0)
    orders.on_refusal()
    assert states(orders) == {1_000: OwnState.WORKING, 900: OwnState.MOVING, 905: OwnState.ARRIVING}


def test_the_place_in_the_queue_shrinks_with_trades_and_with_the_book():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 1_000, 10, ord_status=OrdStatus.PENDING_NEW), 500)
    places = [(c.ahead, c.progress) for c in orders.cells().values()]
    orders.on_order(an_order(1, BUY, 1_000, 10), 500)
    for step in (
        lambda: None,
        lambda: orders.on_trade(1_000, 125),
        lambda: orders.on_trade(1_005, 100),
        lambda: orders.on_levels({}, {1_000: 260}),
        lambda: orders.on_levels({1_000: 5}, {1_000: 900}),
        lambda: orders.on_trade(1_000, 900),
    ):
        step()
        places += [(c.ahead, c.progress) for c in orders.cells().values()]
    assert places == [(-1, 0), (500, 0), (375, 250), (375, 250), (250, 500), (250, 500), (0, 1_000)]


def test_an_amended_order_joins_the_end_of_its_new_queue():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 1_000, 10), 500)
    orders.on_trade(1_000, 400)
    orders.on_order(an_order(1, BUY, 1_005, 10, cl_ord_id=2), 70)
    assert [(px, cell.ahead) for (_, px), cell in orders.cells().items()] == [(1_005, 70)]


def test_a_dropped_order_leaves_nothing():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 1_000, 10), 500)
    orders.asked(1, 1_005)
    orders.drop(1)
    assert (orders.cells(), list(orders), orders.order(1)) == ({}, [], None)


def test_a_queue_that_is_not_published_is_unknown_until_it_is():
    orders = OwnOrders()
    orders.on_order(an_order(1, BUY, 1_000, 10), UNKNOWN)
    places = []
    for step in (
        lambda: orders.on_trade(1_000, 5),
        lambda: orders.on_levels({}, {1_005: 7}),
        lambda: orders.on_levels({}, {1_000: 210}),
        lambda: orders.on_levels({}, {1_000: 110}),
    ):
        step()
        places += [(c.ahead, c.progress) for c in orders.cells().values()]
    assert places == [(UNKNOWN, 0), (UNKNOWN, 0), (200, 0), (100, 500)]


def test_the_picked_order_marks_its_cell_alone():
    orders = OwnOrders()
    for order_id, px in ((1, 1_000), (2, 1_000), (3, 900)):
        orders.on_order(an_order(order_id, BUY, px, 10), 0)
    marked = []
    for picked, changes in ((0, False), (2, True), (2, False), (3, True), (9, True)):
        assert orders.pick(picked) is changes
        marked.append([px for (_, px), cell in orders.cells().items() if cell.is_picked])
    assert marked == [[], [1_000], [1_000], [900], []]


def test_of_an_order_that_shows_a_part_only_that_part_is_in_the_book():
    orders = OwnOrders()
    orders.on_order(an_order(1, Side.BUY, 237_000, 500, display_qty=100), UNKNOWN)
    orders.on_levels({}, {237_000: 350})
    assert orders.ahead(1) == 250
    orders.on_trade(237_000, 250)
    assert orders.ahead(1) == 0
    orders.on_order(an_order(1, Side.BUY, 237_000, 500, leaves_qty=430, cum_qty=70, display_qty=100), 250)
    orders.on_levels({}, {237_000: 250})
    assert orders.ahead(1) == 0  # it is being taken
    orders.on_order(an_order(1, Side.BUY, 237_000, 500, leaves_qty=400, cum_qty=100, display_qty=100), 250)
    orders.on_levels({}, {237_000: 250})
    assert orders.ahead(1) == 150  # its next piece stands behind the others
    orders.on_order(an_order(1, Side.BUY, 237_000, 500, leaves_qty=60, cum_qty=440, display_qty=100), 250)
    orders.on_levels({}, {237_000: 90})
    assert orders.ahead(1) == 30
