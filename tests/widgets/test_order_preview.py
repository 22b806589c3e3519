import pytest

from hts.desk.order_entry import Preview
from hts.model.enums import Side
from tests.widgets.scene import naver_scene
from themes import metrics
from widgets.order_preview import LINES, CostPreview

BUY = {"px": 191_400, "value": 28_710_000, "fee": 4_306, "tax": 57_420, "total": 28_714_306, "cash_after": 64_414_094}


@pytest.fixture
def lines(qtbot):
    made = CostPreview(naver_scene().context)
    qtbot.addWidget(made)
    made.resize(320, 240)
    return lambda side=Side.BUY, **more: made._lines(Preview(**BUY, **more), side, 0)


def test_a_purchase_in_part_tells_what_it_ties_up_and_what_is_paid_later(lines):
    shown = lines(deposit=5_746_306, deposit_ppm=200_000, break_even_px=191_900, break_even_ticks=5)
    assert shown[-2:] == (("묶이는 증거금 (20%)", "5,746,306", True), ("결제일까지 낼 금액", "22,968,000", False))
    assert len(shown) < LINES


def test_one_on_credit_tells_what_is_lent(lines):
    shown = lines(deposit=11_488_306, deposit_ppm=400_000, is_lent=True)
    assert shown[-2:] == (("묶이는 증거금 (40%)", "11,488,306", True), ("빌리는 금액", "17,226,000", False))


def test_a_sale_of_borrowed_shares_tells_it_before_what_it_brings(lines):
    shown = lines(Side.SELL, deposit=1_497_226, deposit_ppm=50_000, is_lent=True)
    assert [line[0] for line in shown[-3:]] == ["묶이는 증거금 (5%)", "매도 후 입금", "주문 후 예수금"]


def test_a_purchase_in_full_tells_cash_as_before(lines):
    assert [line[1] for line in lines()[-2:]] == ["28,714,306", "64,414,094"]


def test_with_little_room_the_main_figures_stay(qtbot):
    made = CostPreview(naver_scene().context)
    qtbot.addWidget(made)
    made.show_preview(Preview(**BUY, break_even_px=191_900, break_even_ticks=5), Side.BUY, 0, route=[("KRX", 150)])
    mains = [number for number, (_, _, is_main) in enumerate(made._rows) if is_main]
    assert [made._rows[number][0] for number in mains] == ["주문 경로", "주문금액", "필요 현금"]
    for lines in (0, 1, 2, 3, 4, 9):
        made.resize(320, metrics.TABLE_HEAD + 5 + lines * metrics.LADDER_ROW)
        shown = made._shown()
        assert len(shown) == min(lines, len(made._rows))
        assert set(mains[:lines]) <= set(shown)
        assert [made.spoken_rect(number).y() for number in shown] == [
            metrics.TABLE_HEAD + 5 + at * metrics.LADDER_ROW for at in range(len(shown))
        ]
        assert all(made.spoken_rect(number).isEmpty() for number in set(range(len(made._rows))) - set(shown))
