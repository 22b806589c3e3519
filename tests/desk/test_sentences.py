import string

import pytest

from hts.desk.actions import Refusal
from hts.desk.sentences import alert_text, denial_text, detail_text, end_text, notice_text, refusal_text
from hts.desk.texts import LANGUAGES
from hts.model.alerts import AlertKind, AlertView, Severity
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


def test_a_share_of_something_is_told_in_percent_and_a_wider_limit_names_its_scope():
    denial = Denial(rule=Rule.LISTED_SHARE_BP, figure=105, limit=100, unit=Unit.BP, scope="strategy:twap-1")
    told = "1.05% of the listed shares > limit 1.00%. Lower the quantity [Strategy twap-1]"
    assert denial_text(denial, texts("en")) == told
    halted = Denial(rule=Rule.HALTED, scope="firm")
    assert denial_text(halted, texts("ko")) == "회사 신규 주문이 중지되었습니다. 취소는 됩니다. 해제한 뒤 주문하세요"


def an_alert(**fields):
    values = {
        "alert_id": 1,
        "kind": AlertKind.LIMIT_NEAR,
        "severity": Severity.WARNING,
        "subject": "account:A1",
        "figure": 900,
        "limit": 1_000,
        "unit": Unit.QTY,
        "first_ns": 1,
        "last_ns": 1,
    }
    return AlertView(**{**values, **fields})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alert_makes_a_whole_sentence(language):
    for kind in AlertKind:
        sentence = alert_text(an_alert(kind=kind), texts(language))
        assert "A1" in sentence
        assert "{" not in sentence


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("account:A1 value_limit", "Account A1, Order value"),
        ("firm working_orders", "Firm, Working orders"),
        ("strategy:twap-1 unfilled_orders", "Strategy twap-1, Orders without a fill"),
        ("account:A1", "Account A1"),
        ("KRX", "KRX"),
        ("account:A1 KRX", "Account A1 KRX"),
    ],
)
def test_an_alert_names_whose_limit_it_is_in_the_readers_words(subject, told):
    sentence = alert_text(an_alert(subject=subject), texts("en"))
    assert sentence == f"{told}: 900 of 1,000, close to the limit"


def test_an_alert_tells_how_often():
    assert alert_text(an_alert(), texts("en")) == "Account A1: 900 of 1,000, close to the limit"
    often = an_alert(kind=AlertKind.ORDERS_DOWN, subject="NXT", count=3)
    assert alert_text(often, texts("en")) == "NXT: the order line is down (3x)"
    reject = an_alert(kind=AlertKind.REJECTED, subject="KRX", figure=int(Reason.MEMBER_BLOCKED), limit=0)
    assert alert_text(reject, texts("en")).endswith(f"({texts('en')('reason.MEMBER_BLOCKED')})")


def test_the_first_act_of_a_release_names_scope_and_code():
    notice = NoticeView(key="notice.kill_release", detail="account:8801-2745-01 0417")
    found = {language: notice_text(notice, texts(language)) for language in ("ko", "en", "ja")}
    assert found["ko"] == "계좌 8801-2745-01 정지 해제 요청, 코드 0417. 30초 안에 한 번 더 눌러 확인하세요"
    assert found["en"] == "Account 8801-2745-01: release of the halt asked for, code 0417. Confirm it within 30 s"
    assert found["ja"] == "口座 8801-2745-01の停止解除を受付、コード 0417。30秒以内にもう一度押して確認"


def test_what_our_sockets_say_of_a_lost_drop_copy_is_told_in_the_readers_language():
    silent = NoticeView(
        key="notice.copies_down", detail="NXT an answer to TestRequest(1) expected, found silence", is_warning=True
    )
    assert notice_text(silent, texts("ko")) == "드롭카피 회선 끊김: NXT (응답 없음)"
    unanswered = "KRX: expected an answer within 5000 ms, found none (1)"
    feed = NoticeView(key="notice.market_data_fault", detail=unanswered)
    assert notice_text(feed, texts("ko")) == "시세에 오류가 있었습니다: KRX: (응답 없음) (1)"
    notice = NoticeView(key="notice.copies_down", detail="KRX closed by the peer")
    assert notice_text(notice, texts("ko")) == "드롭카피 회선 끊김: KRX (접속이 끊어짐)"
    assert notice_text(notice, texts("en")) == "The drop copy is down: KRX (connection lost)"
