from hts.account.obligations import Obligations, SettlementBreak, cash_by_venue, netted
from hts.model.records_account import ObligationNetted, SettlementAdvised, SettlementConfirmed
from tests.account.kit import DAY, DAY2, bought, sold
from tests.account.nights import AT


def an_obligation(tx_id="T", **given) -> ObligationNetted:
    terms = {"account": "a", "venue": "KRX", "symbol": "s", "isin": "KR7005930003", "currency": "KRW"}
    terms |= {"trade_date": DAY, "settle_date": DAY2, "qty": 10, "amount": -1_000}
    return ObligationNetted(tx_id=tx_id, **(terms | given), **AT)


def confirmed(qty, amount, tx_id="T", ref="") -> SettlementConfirmed:
    return SettlementConfirmed(tx_id=tx_id, qty=qty, amount=amount, effective_date=DAY2, ref=ref, **AT)


def kinds(book, days):
    return [(one.kind, one.expected, one.found, one.age_days) for one in book.breaks(20261231, lambda *_: days)]


def test_fills_are_netted_without_their_costs():
    fills = [bought(100, 10, fee=5), sold(110, 4, fee=1, tax=2), bought(50, 1, venue="NXT"), sold(1, 1, settle_date=0)]
    assert [(net.venue, net.qty, net.amount, net.settle_date) for net in netted(fills)] == [
        ("KRX", 6, -1_000 + 440, DAY2), ("NXT", 1, -50, DAY2),
    ]  # fmt: skip


def test_what_settles_is_no_break():
    book = Obligations()
    book.net(an_obligation())
    assert kinds(book, 0) == []
    book.advise(SettlementAdvised(tx_id="T", status="matched", **AT))
    book.confirm(confirmed(4, 400))
    assert book.get("T").status == "partial"
    book.confirm(confirmed(6, 600))
    assert (book.get("T").status, kinds(book, 9)) == ("settled", [])
    book.forget_settled(DAY2)
    assert len(list(book)) == 1
    book.forget_settled(DAY2 + 1)
    assert list(book) == []


def test_breaks_by_kind_and_age():
    book = Obligations()
    book.net(an_obligation())
    assert kinds(book, 3) == [("late", 10, 0, 3)]
    book.confirm(confirmed(10, 999))
    assert kinds(book, 3) == [("amount", 1_000, 999, 3)]
    book.confirm(confirmed(1, 1))
    assert kinds(book, 3) == [("quantity", 10, 11, 3)]
    book.net(an_obligation("R"))
    book.advise(SettlementAdvised(tx_id="R", status="rejected", reason="SAFE account", **AT))
    assert [(one.kind, one.detail) for one in book.breaks(20261231, lambda *_: -1)][1:] == [
        ("rejected", "SAFE account")
    ]


def test_confirmation_that_nobody_asked_for_is_kept():
    book = Obligations()
    book.confirm(confirmed(7, 70, "X"))
    (found,) = book.breaks(DAY, lambda *_: 0)
    assert isinstance(found, SettlementBreak)
    assert (found.tx_id, found.kind, found.found) == ("X", "unknown", 7)


def test_money_per_venue_and_currency():
    book = Obligations()
    for at, (venue, amount) in enumerate([("KRX", -1_000), ("KRX", 300), ("NXT", -5)]):
        book.net(an_obligation(f"T{at}", venue=venue, amount=amount))
    book.net(an_obligation("later", settle_date=DAY2 + 1))
    assert cash_by_venue(book, DAY2) == {("KRX", "KRW"): -700, ("NXT", "KRW"): -5}
