import string

import pytest

from hts.desk.actions import Refusal
from hts.desk.sentences import denial_text, detail_text, end_text, notice_text, refusal_text
from hts.desk.texts import LANGUAGES
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdStatus, Side
from hts.model.reasons import LocalCause, Reason
from hts.model.views import NoticeView
from tests.support.desk_feed import order, texts


def test_denial_names_rule_figure_limit_and_what_to_do():
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=84_200, limit=83_900, unit=Unit.PX)
    assert denial_text(denial, texts("ko")) == "주문가 84,200 > 상한가 83,900. 상한가 이하로 입력하세요"


def test_prices_in_a_denial_have_the_issues_decimals():
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=58_533, limit=58_000, unit=Unit.PX)
    assert "585.33 > upper limit 580.00" in denial_text(denial, texts("en"), 2)


def test_a_phase_in_a_denial_is_a_word():
    denial = Denial(rule=Rule.PHASE_CLOSED, detail="close_call")
    assert "(Closing call)" in denial_text(denial, texts("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_makes_a_whole_sentence(language):
    for rule in Rule:
        sentence = denial_text(Denial(rule=rule, figure=1, limit=2, unit=Unit.QTY, detail="x"), texts(language))
        assert [name for _, name, _, _ in string.Formatter().parse(sentence) if name] == []
        assert len(sentence) > 10


def test_refusal_and_notice():
    assert "dance" in refusal_text(Refusal(key="refusal.no_action", values={"name": "dance"}), texts("en"))
    assert notice_text(NoticeView(key="notice.unheard_of", detail="7"), texts("en")) == "notice.unheard_of 7"


def test_why_an_order_ended():
    base = {"ord_status": OrdStatus.REJECTED}
    made = [
        order(1, "005930", Side.BUY, 100, 1, **base, reason_code=Reason.BAD_TICK),
        order(1, "005930", Side.BUY, 100, 1, **base, local_cause=LocalCause.NEVER_REACHED_VENUE),
        order(1, "005930", Side.BUY, 100, 1, **base, denial=Denial(rule=Rule.VENUE_DOWN, detail="-")),
        order(1, "005930", Side.BUY, 100, 1),
        order(1, "005930", Side.BUY, 100, 1, reason_code=999),
    ]
    assert [end_text(each, texts("en")).split(" (")[0] for each in made] == [
        "Off the tick",
        "Never reached the venue",
        "The venue is not connected",
        "",
        "999",
    ]


def test_words_of_ours_in_a_detail_are_translated_and_empty_brackets_go():
    down = Denial(rule=Rule.VENUE_DOWN)
    assert denial_text(down, texts("en")) == "The venue is not connected. Press again when it is back"
    halted = Denial(rule=Rule.TYPE_NOT_ALLOWED, detail="MARKET")
    assert denial_text(halted, texts("ja")) == "この時間には使えない種類です (成行)。指値で入力してください"
    assert [detail_text(word, texts("en")) for word in ("tcp_lost", "", "Alpha")] == ["(connection lost)", "", "Alpha"]


def test_a_refused_cancel_names_the_venues_reason():
    notice = NoticeView(key="notice.cancel_refused", detail="005930 10")
    assert notice_text(notice, texts("en")) == "005930 (Too late): the venue refused the cancel. The order still works"
