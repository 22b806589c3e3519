from msgspec.structs import replace

from hts.model.enums import ExecType, Side
from hts.oms.order import Booked, request_cancel, request_replace
from hts.oms.order_report import apply_report
from hts.oms.orders import Orders
from tests.support.builders import ACCOUNT, SYMBOL, VENUE, a_cancel_entry, a_fill, a_replace_entry, a_report, an_order


def book_of(*orders) -> Orders:
    book = Orders()
    for order in orders:
        book.put(order)
    return book


def test_every_id_of_a_chain_finds_the_order():
    order = request_cancel(request_replace(apply_report(an_order(), a_report()), a_replace_entry(2)), a_cancel_entry(3))
    book = book_of(order)
    assert [book.find(i) for i in (1, 2, 3, 4)] == [order, order, order, None]
    amended = apply_report(order, a_report(ExecType.REPLACED, 2, cl_ord_id=2, orig_cl_ord_id=1, px=70_900))
    book.put(amended)
    assert [book.find(i) for i in (1, 2, 3)] == [amended] * 3


def test_working_set_follows_the_orders():
    first, second = an_order(1), an_order(2, side=Side.SELL, symbol="000660")
    book = book_of(first, second)
    assert book.working(ACCOUNT) == [first, second]
    assert book.working(ACCOUNT, "000660") == [second]
    assert book.working(ACCOUNT, "", Side.BUY) == [first]
    assert book.working("other") == []
    book.put(apply_report(first, a_fill(10, 10)))
    assert (book.working(ACCOUNT), book.all_working(), book.working_count(ACCOUNT)) == ([second], [second], 1)


def test_open_quantity_counts_what_is_left():
    order = an_order()
    book = book_of(order, an_order(2, qty=5))
    assert book.open_qty(ACCOUNT, SYMBOL, Side.BUY) == 15
    book.put(apply_report(order, a_fill(4, 4)))
    assert book.open_qty(ACCOUNT, SYMBOL, Side.BUY) == 11
    assert book.open_qty(ACCOUNT, SYMBOL, Side.SELL) == 0


def test_exec_ids_are_remembered_for_the_day():
    book = book_of(an_order(1), apply_report(an_order(2), a_fill(10, 10, cl_ord_id=2)))
    book.book(VENUE, 502, Booked(order_id=2, px=71_000, qty=10))
    assert (book.has_exec_id(VENUE, 502), book.has_exec_id("NXT", 502)) == (True, False)
    assert (book.booked(VENUE, 502).qty, book.booked(VENUE, 503)) == (10, None)
    book.take_back(VENUE, 502)
    assert (book.booked(VENUE, 502), book.has_exec_id(VENUE, 502)) == (None, True)
    book.start_day("NXT")
    assert book.has_exec_id(VENUE, 502)
    book.start_day("KRX")
    assert not book.has_exec_id(VENUE, 502)
    assert [order.order_id for order in book] == [1]
    assert book.find(2) is None


def test_what_is_still_counted_stays_over_the_day_without_the_number_that_another_gets():
    done = apply_report(an_order(2), a_fill(10, 10, cl_ord_id=2, venue_order_id=77))
    book = book_of(an_order(1), done, apply_report(an_order(3), a_fill(10, 10, cl_ord_id=3, venue_order_id=78)))
    book.start_day("NXT", {2, 3})
    assert book.get(2) == done
    book.start_day(VENUE, {1, 2})
    assert book.kept(VENUE) == [replace(done, venue_order_id=0)]
    assert ([order.order_id for order in book], book.find(3)) == ([1, 2], None)
