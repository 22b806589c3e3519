from msgspec.structs import replace

from hts.desk.market import NOTHING, MarketChanges, MarketState
from hts.desk.venue_quotes import NEW_TRADES_MAX
from hts.model.enums import Phase
from hts.model.quotes import InstrumentDef, PhaseUpdate
from tests.desk.scene import NAVER, NAVER_ISSUE, SAMSUNG, SAMSUNG_ISSUE, a_book, a_trade

NXT_ISSUE = replace(NAVER_ISSUE, venue="NXT")


def a_market() -> MarketState:
    market = MarketState()
    for issue in (NAVER_ISSUE, SAMSUNG_ISSUE, NXT_ISSUE):
        market.on_quote(InstrumentDef(instrument=issue))
    market.drain()
    return market


def test_the_other_venue_leaves_the_home_view_alone_and_is_told_beside_it():
    market = a_market()
    home, other, trade = a_book(), a_book(venue="NXT", ask=238_000), a_trade(venue="NXT", px=237_000)
    for quote in (home, other, trade, PhaseUpdate("", 1, Phase.CONTINUOUS, 9, "NXT")):
        market.on_quote(quote)
    assert (market.books, market.trades, market.phase) == ({NAVER: home}, {}, Phase.CLOSED)
    assert market.venues.books == {("KRX", NAVER): home, ("NXT", NAVER): other}
    assert market.venues.trades == {("NXT", NAVER): trade}
    assert market.drain() == MarketChanges(
        books=frozenset({NAVER}),
        elsewhere=frozenset({("NXT", NAVER), ("NXT", "")}),
        trades_elsewhere={("NXT", NAVER): (trade,)},
    )
    assert market.drain() is NOTHING


def test_a_change_elsewhere_alone_is_a_change():
    market = a_market()
    market.on_quote(a_book(venue="NXT"))
    assert bool(market.drain()) is True


def test_a_slow_frame_keeps_the_newest_trades_of_the_other_venue():
    market = a_market()
    for qty in range(NEW_TRADES_MAX + 5):
        market.on_quote(a_trade(venue="NXT", qty=qty))
    kept = market.drain().trades_elsewhere["NXT", NAVER]
    assert (len(kept), kept[0].qty, kept[-1].qty) == (NEW_TRADES_MAX, 5, NEW_TRADES_MAX + 4)


def test_an_issue_trades_where_todays_lists_have_it():
    market = a_market()
    market.on_quote(InstrumentDef(instrument=replace(SAMSUNG_ISSUE, venue="NXT", trading_date=20261119)))
    assert [market.venues_of(symbol) for symbol in (NAVER, SAMSUNG, "999999")] == [("KRX", "NXT"), ("KRX",), ()]


def test_a_venues_phase_ends_those_of_its_issues_alone():
    market = a_market()
    for quote in (
        PhaseUpdate("", 1, Phase.CONTINUOUS, 0, "KRX"),
        PhaseUpdate(NAVER, 2, Phase.HALTED, 0, "KRX"),
        PhaseUpdate(NAVER, 2, Phase.HALTED, 0, "NXT"),
        PhaseUpdate("", 3, Phase.AFTER_MARKET, 0, "NXT"),
    ):
        market.on_quote(quote)
    places = (("KRX", NAVER), ("KRX", SAMSUNG), ("NXT", NAVER), ("JNX", NAVER))
    assert [market.venues.phase_of(*place) for place in places] == [
        Phase.HALTED,
        Phase.CONTINUOUS,
        Phase.AFTER_MARKET,
        Phase.CLOSED,
    ]
