import pytest
from msgspec.structs import replace

from hts.desk.venue_tabs import COMBINED, HOME, Tab, books_of, new_trades, phases_text, tabs_of, trades_of
from hts.model.enums import Phase
from hts.model.quotes import InstrumentDef, PhaseUpdate
from tests.desk.scene import NAVER, NAVER_ISSUE, SAMSUNG, Scene, a_book, a_trade


@pytest.fixture
def scene():
    scene = Scene()
    scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, venue="NXT")))
    scene.market.on_quote(PhaseUpdate("", 1, Phase.CONTINUOUS, 0, "KRX"))
    scene.market.on_quote(PhaseUpdate("", 1, Phase.PRE_MARKET, 0, "NXT"))
    return scene


def test_tabs_stand_only_where_an_issue_trades_at_several_venues(scene):
    both = (Tab(venue="KRX", text="KRX"), Tab(venue="NXT", text="NXT"), Tab(venue=COMBINED, text="통합"))
    assert [tabs_of(scene.market, symbol, scene.texts) for symbol in (NAVER, SAMSUNG, "")] == [both, (), ()]


def test_a_tab_tells_its_venues_phase(scene):
    assert [phases_text(scene.market, NAVER, venue, scene.texts) for venue in ("KRX", "NXT", COMBINED)] == [
        "정규장",
        "프리마켓",
        "KRX 정규장  NXT 프리마켓",
    ]


def test_books_and_trades_are_the_tabs_own(scene):
    krx, nxt = a_book(), a_book(venue="NXT", ask=238_000)
    old, new = a_trade(at_s=1), a_trade(venue="NXT", at_s=2)
    tabs = (HOME, "KRX", "NXT", COMBINED)
    assert [books_of(scene.market, NAVER, tab) + trades_of(scene.market, NAVER, tab) for tab in tabs] == [()] * 4
    for quote in (krx, nxt, new, old):
        scene.market.on_quote(quote)
    assert [books_of(scene.market, NAVER, tab) for tab in tabs] == [(krx,), (krx,), (nxt,), (krx, nxt)]
    assert [trades_of(scene.market, NAVER, tab) for tab in tabs] == [(old,), (old,), (new,), (old, new)]
    changes = scene.market.drain()
    assert [new_trades(changes, NAVER, tab) for tab in tabs] == [[old], [old], [new], [old, new]]
    assert new_trades(changes, SAMSUNG, COMBINED) == []
