"""Japannext follows Tokyo: halts, and closes as the next base prices."""

from hts.model.enums import Phase, Side
from hts.model.reasons import Reason
from hts.model.units import Px
from hts.sim.commands import VENUE, Halt, ReferencePx
from hts.sim.pts.tokyo_link import TokyoLink
from tests.support.venue_day import VenueDay


def both(at="10:00:00"):
    tokyo, pts = VenueDay("TSE", "7203", at), VenueDay("JNX", "7203", at)
    return tokyo, pts, TokyoLink(tokyo.exchange, pts.exchange)


def told(link, pts, day):
    commands = link.commands(day.events)
    for command in commands:
        pts.apply(command)
    return commands


def test_a_halt_of_tokyo_holds_and_ends_at_japannext():
    tokyo, pts, link = both()
    tokyo.apply(Halt(session=VENUE, symbol="7203", on=True))
    assert told(link, pts, tokyo) == [Halt(session=VENUE, symbol="7203", on=True, reason=Reason.HALTED)]
    assert pts.enter(Side.BUY, 29_000, 100) == [("rejected", Reason.HALTED)]
    tokyo.apply(Halt(session=VENUE, symbol="7203", on=False))
    assert told(link, pts, tokyo) == [Halt(session=VENUE, symbol="7203", on=False)]
    assert pts.phase is Phase.CONTINUOUS
    assert pts.enter(Side.BUY, 29_000, 100) == []


def test_tokyo_s_close_is_the_next_base_price():
    tokyo, pts, link = both("15:29:00")
    pts.enter(Side.BUY, 29_500, 100)
    pts.enter(Side.SELL, 29_500, 100)
    assert pts.exchange.close_px("7203") == 29_500
    tokyo.enter(Side.BUY, 30_100, 100)
    tokyo.enter(Side.SELL, 30_100, 100)
    tokyo.to("15:30:00")
    assert told(link, pts, tokyo) == [ReferencePx(session=VENUE, symbol="7203", kind="close", px=Px(30_100))]
    assert pts.exchange.close_px("7203") == 30_100
    assert link.commands(tokyo.events) == []  # told once
