from hypothesis import given
from hypothesis import strategies as st

from hts.account.position import MARGIN
from hts.model.enums import Side
from tests.account.kit import DAY, a_fill, a_ledger, bought, sold


def everything(ledger):
    rows = [row for row in ledger.all_rows() if row.bought_qty or row.sold_qty]
    rows.sort(key=lambda row: (row.symbol, row.credit, row.loan_date))
    repayments = sorted(ledger.repayments, key=str)
    return list(ledger.all_money()), rows, repayments, sorted(ledger.day_fills(), key=lambda one: one.exec_id)


def test_cancelled_purchase_whose_shares_are_sold_leaves_a_short_holding():
    ledger = a_ledger()
    ledger.book(bought(100, 10, 1))
    ledger.book(sold(110, 10, 2))
    assert ledger.cancel_fill("KRX", 1)
    position = ledger.position("a", "s")
    assert (position.qty, position.cost, position.realised) == (-10, -1_100, 0)
    assert ledger.money("a", "KRW").cash == 10_000_000 + 1_100


def test_correction_stands_in_the_place_of_the_fill():
    ledger, straight = a_ledger(), a_ledger()
    for fill in (bought(100, 10, 1), bought(103, 7, 2), sold(110, 5, 3)):
        ledger.book(fill)
    right = bought(101, 9, 4)
    assert ledger.cancel_fill("KRX", 1, right)
    for fill in (right, bought(103, 7, 2), sold(110, 5, 3)):
        straight.book(fill)
    assert everything(ledger) == everything(straight)
    assert ledger.fill_of("KRX", 4) == right and ledger.fill_of("KRX", 1) is None


def test_trade_that_is_not_of_this_day_is_not_known():
    ledger = a_ledger()
    ledger.book(bought(100, 10, 1))
    assert not ledger.cancel_fill("KRX", 2)
    assert not ledger.cancel_fill("NXT", 1)
    ledger.start_day("NXT", DAY + 1)
    assert ledger.fill_of("KRX", 1) is not None
    ledger.start_day("KRX", DAY + 1)
    assert not ledger.cancel_fill("KRX", 1)
    assert ledger.position("a", "s").qty == 10


FILLS = st.lists(
    st.tuples(
        st.sampled_from(Side),
        st.integers(1, 500),
        st.integers(1, 30),
        st.integers(0, 5),
        st.sampled_from(["", MARGIN]),
        st.booleans(),
        st.sampled_from(["s", "t"]),
    ),
    min_size=1,
    max_size=20,
)


@given(FILLS, st.integers(0, 19))
def test_cancelled_fill_was_never_there(given_fills, at):
    fills = [
        a_fill(
            side,
            px,
            qty,
            number,
            fee=fee,
            symbol=symbol,
            credit=credit,
            is_opening=bool(credit) and side is Side.BUY,
            loan_date=DAY if credit and side is Side.BUY else 0,
            financed_ppm=600_000 if credit and side is Side.BUY else 0,
            deposit_ppm=400_000 if unpaid else 1_000_000,
        )
        for number, (side, px, qty, fee, credit, unpaid, symbol) in enumerate(given_fills, 1)
    ]
    at %= len(fills)
    ledger, straight = a_ledger(), a_ledger()
    for fill in fills:
        ledger.book(fill)
    assert ledger.cancel_fill("KRX", at + 1)
    for fill in fills[:at] + fills[at + 1 :]:
        straight.book(fill)
    assert everything(ledger) == everything(straight)
