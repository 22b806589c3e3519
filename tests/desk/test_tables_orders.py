from hts.desk.order_details import expiries
from hts.desk.tables_orders import OrdersTable, latency_text, reached, request_text
from hts.desk.tables_positions import date_text
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.routing import RouteRequest
from hts.model.units import ClOrdID
from hts.model.work import RouteSpec
from tests.desk.scene import NAVER, NINE, SAMSUNG, Scene, an_order
from tests.desk.test_tables_works import a_work

DENIED = {
    "ord_status": OrdStatus.DENIED,
    "leaves_qty": 0,
    "denial": Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=300_000, limit=283_000, unit=Unit.PX),
}
REJECTED = {"ord_status": OrdStatus.REJECTED, "leaves_qty": 0, "reason_code": Reason.HALTED}


class Desk:
    def __init__(self) -> None:
        self.scene = Scene()
        self.table = OrdersTable(self.scene.texts)

    def see(self, *views) -> list[tuple]:
        for view in views:
            self.scene.orders.on_view(view)
        self.table.update(self.scene.market, self.scene.orders, self.scene.orders.drain().symbols)
        rows = [self.table.row(i) for i in range(len(self.table))]
        return [(row.key, row.view.ord_status, bool(row.sentence)) for row in rows]


def test_working_orders_stand_newest_first_and_leave_when_they_end():
    desk = Desk()
    seen = [
        desk.see(an_order(1, Side.BUY, 200_000, 10), an_order(2, Side.SELL, 190_000, 5, SAMSUNG)),
        desk.see(an_order(1, Side.BUY, 200_000, 10, ord_status=OrdStatus.FILLED, leaves_qty=0, cum_qty=10)),
        desk.see(an_order(2, Side.SELL, 190_000, 5, SAMSUNG, ord_status=OrdStatus.PENDING_CANCEL)),
        desk.see(an_order(2, Side.SELL, 190_000, 5, SAMSUNG, ord_status=OrdStatus.CANCELED, leaves_qty=0)),
    ]
    assert seen == [
        [(2, OrdStatus.NEW, False), (1, OrdStatus.NEW, False)],
        [(2, OrdStatus.NEW, False)],
        [(2, OrdStatus.PENDING_CANCEL, False)],
        [],
    ]


def test_denied_and_rejected_orders_stay_with_their_sentence():
    desk = Desk()
    seen = [
        desk.see(an_order(1, Side.BUY, 300_000, 10, **DENIED)),
        desk.see(an_order(2, Side.BUY, 200_000, 10, ord_status=OrdStatus.PENDING_NEW)),
        desk.see(an_order(2, Side.BUY, 200_000, 10, **REJECTED)),
    ]
    assert seen == [
        [(1, OrdStatus.DENIED, True)],
        [(2, OrdStatus.PENDING_NEW, False), (1, OrdStatus.DENIED, True)],
        [(2, OrdStatus.REJECTED, True), (1, OrdStatus.DENIED, True)],
    ]
    assert desk.table.last_refused.key == 2
    assert "300,000" in desk.table.row(1).sentence
    assert "283,000" in desk.table.row(1).sentence


def test_a_new_snapshot_replaces_what_was_known():
    desk = Desk()
    desk.see(an_order(1, Side.BUY, 200_000, 10), an_order(2, Side.BUY, 200_000, 10, **REJECTED))
    desk.scene.orders.clear()
    assert desk.see(an_order(3, Side.BUY, 199_000, 1)) == [(3, OrdStatus.NEW, False)]


def test_counts_and_values_of_what_works():
    desk = Desk()
    desk.see(
        an_order(1, Side.BUY, 200_000, 10, leaves_qty=4, cum_qty=6),
        an_order(2, Side.BUY, 0, 10, ord_type=OrdType.MARKET),
        an_order(3, Side.SELL, 240_000, 10),
        an_order(4, Side.BUY, 300_000, 10, **DENIED),
    )
    assert (desk.table.working_count, desk.table.waiting) == (3, {"KRW": 800_000})
    assert desk.table.waiting_text == "800,000"


def test_squares_that_are_lit():
    statuses = (OrdStatus.DENIED, OrdStatus.PENDING_NEW, OrdStatus.REJECTED, OrdStatus.NEW, OrdStatus.PENDING_CANCEL)
    assert [reached(an_order(1, Side.BUY, 1, 1, ord_status=status)) for status in statuses] == [0, 1, 1, 2, 2]
    assert reached(an_order(1, Side.BUY, 1, 9, leaves_qty=1, cum_qty=8)) == 3


def test_cells_as_texts():
    desk = Desk()
    desk.see(an_order(7, Side.SELL, 240_500, 1_000, NAVER))
    assert [c.text(desk.table.row(0)) for c in desk.table.columns] == [
        "09:00:07", "7", "—", "NAVER", "035420", "매도", "—", "지정가", "당일", "240,500", "1,000", "1,000",
        "—", "현금", "KRX", "접수 1.3", "직접", "—", "—", "—",
    ]  # fmt: skip
    assert latency_text(an_order(1, Side.BUY, 1, 1, ack_us=0)) == "—"


def test_terms_that_only_some_orders_have():
    desk = Desk()
    terms = {"stop_px": 241_000, "loan_date": 20261103, "strategy": "twap-1", "time_in_force": TimeInForce.GTD}
    day = next(one for one in expiries(NINE, desk.scene.market.instruments[NAVER]) if one.key.endswith("next_week"))
    desk.see(an_order(7, Side.SELL, 240_500, 4, NAVER, expire_ns=day.expire_ns, **terms))
    row = {column.key: column.text(desk.table.row(0)) for column in desk.table.columns}
    assert [row[key] for key in ("tif", "stop", "loan", "strategy")] == [
        date_text(day.date), "241,000", "2026-11-03", "twap-1",
    ]  # fmt: skip


def test_a_part_tells_what_it_is_a_part_of():
    desk = Desk()
    desk.scene.orders.on_view(a_work(70, RouteSpec(request=RouteRequest(side=Side.SELL, qty=9)), symbol=NAVER))
    desk.see(an_order(7, Side.SELL, 240_500, 4, NAVER, parent_id=ClOrdID(70)))
    desk.see(an_order(8, Side.SELL, 240_500, 4, NAVER, parent_id=ClOrdID(71)))
    row = {column.key: column for column in desk.table.columns}["route"]
    assert [row.text(desk.table.row(i)) for i in range(2)] == ["일부", "SOR"]


def test_an_amended_order_tells_both_numbers_and_its_average():
    desk = Desk()
    part = {"ord_status": OrdStatus.PARTIALLY_FILLED, "leaves_qty": 1, "cum_qty": 3, "filled_value": 720_002}
    desk.see(an_order(7, Side.SELL, 240_500, 4, NAVER, cl_ord_id=ClOrdID(9), **part))
    row = {column.key: column.text(desk.table.row(0)) for column in desk.table.columns}
    assert [row[key] for key in ("number", "origin", "request", "average")] == ["9", "7", "정정됨", "240,001"]
    pending = {"ord_status": OrdStatus.PENDING_CANCEL}
    desk.see(an_order(8, Side.SELL, 240_500, 4, NAVER, **pending))
    assert request_text(desk.table.row(0).view, desk.scene.texts) == "취소 중"


def test_sums_follow_rows_that_come_change_and_go():
    desk = Desk()
    for step in range(60):
        order_id, qty = step % 7 + 1, step % 5 + 1
        over = step % 11 == 0
        status = OrdStatus.CANCELED if over else OrdStatus.NEW
        desk.see(an_order(order_id, Side.BUY, 1_000 * order_id, 9, ord_status=status, leaves_qty=0 if over else qty))
        rows = [desk.table.row(i).view for i in range(len(desk.table))]
        assert desk.table.working_count == len(rows)
        waiting = sum(view.px * view.leaves_qty for view in rows)
        assert desk.table.waiting == ({"KRW": waiting} if waiting else {})


def test_a_market_order_is_told_by_its_word_and_not_by_a_price_of_nothing():
    desk = Desk()
    desk.see(
        an_order(1, Side.BUY, 0, 10, ord_type=OrdType.MARKET, ord_status=OrdStatus.DENIED, leaves_qty=0),
        an_order(2, Side.BUY, 200_000, 1_500),
    )
    assert [desk.table.row(i).wish(desk.scene.texts) for i in range(2)] == ["200,000 × 1,500", "시장가 × 10"]


def test_refused_orders_leave_once_they_were_read_and_do_not_come_back():
    desk = Desk()
    desk.see(an_order(1, Side.BUY, 300_000, 5, **DENIED), an_order(2, Side.BUY, 200_000, 5))
    desk.see(an_order(3, Side.BUY, 200_000, 5, **REJECTED))
    assert desk.table.hide_refused() == 2
    assert (desk.table.last_refused, desk.table.hide_refused()) == (None, 0)
    assert desk.see(an_order(2, Side.BUY, 201_000, 5)) == [(2, OrdStatus.NEW, False)]
    kept = list(desk.scene.orders.orders.values())
    desk.scene.orders.orders = {view.order_id: view for view in kept}  # a new snapshot of the core
    desk.table.update(desk.scene.market, desk.scene.orders, {NAVER})
    assert desk.see() == [(2, OrdStatus.NEW, False)]
    assert desk.see(an_order(4, Side.BUY, 200_000, 5, **REJECTED))[0] == (4, OrdStatus.REJECTED, True)
    assert (desk.table.working_count, desk.table.last_refused.key) == (1, 4)
