"""A drop copy whose numbers begin anew within a day: what it tells again is booked once."""

import pytest
from msgspec.structs import replace

from hts.model.records import CopySessionStarted
from hts.model.reports import CopyUp
from hts.model.views import NoticeView
from tests.engine.kit import VENUE, records, views
from tests.engine.test_copies import THEIRS, say, scene
from tests.engine.two_lines import COPY_EPOCH, OTHER, PX, held, position
from tests.support.builders import ACCOUNT, DATE


def test_numbers_that_begin_anew_within_a_day_are_told():
    venue, desk = scene()
    venue.new(THEIRS, OTHER)
    say(desk, *venue.copy)
    effects = desk.report(CopyUp(venue=VENUE, epoch=COPY_EPOCH + 1, trading_date=DATE))
    assert [type(record) for record in records(effects)] == [CopySessionStarted]
    assert [view.key for view in views(effects) if isinstance(view, NoticeView)] == ["notice.copies_anew"]
    venue.fill(THEIRS, 10)
    desk.report(replace(venue.copy[1], report=replace(venue.copy[1].report, venue_seq=2)))
    assert held(desk, THEIRS) == (10, 90)


@pytest.mark.parametrize(("qty", "now", "px"), [(10, 0, PX), (10, 4, PX), (20, 10, PX - 100), (100, 10, PX - 100)])
def test_a_day_that_is_told_again_under_new_numbers_is_booked_once(qty, now, px):
    """A fill that was taken back since fits the order as it stands: it is known by its ExecID alone."""
    venue, desk = scene()
    venue.new(THEIRS, OTHER, qty=qty)
    venue.fill(THEIRS, 10)
    venue.undo(THEIRS, now=now, px=px)
    say(desk, *venue.copy)
    before = held(desk, THEIRS), position(desk), desk.engine.core.state.ledger.money(ACCOUNT, "KRW")
    desk.report(CopyUp(venue=VENUE, epoch=COPY_EPOCH + 1, trading_date=DATE))
    say(desk, *venue.copy)
    assert (held(desk, THEIRS), position(desk), desk.engine.core.state.ledger.money(ACCOUNT, "KRW")) == before
