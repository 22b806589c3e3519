"""Trades that the drop copy takes back and whose fill is not known: found by what they are like, bounded, told."""

from msgspec.structs import replace

from hts.engine.alerting import UNDO_PATIENCE_NS, conditions
from hts.model.alerts import AlertKind
from hts.model.intents import AckAlert
from hts.model.views import NoticeView
from tests.engine.kit import VENUE, views
from tests.engine.test_copies import SECOND, THEIRS, refused, say, scene
from tests.engine.two_lines import OTHER, held, position
from tests.support.builders import ACCOUNT, SYMBOL


def nameless(copied):
    """A break that does not say of which match."""
    return replace(copied, report=replace(copied.report, exec_ref_id=0))


def waits(desk):
    return [one for one in conditions(desk.engine.core) if one.kind is AlertKind.UNDO_WAITS]


def test_a_break_that_names_no_match_is_of_the_fill_that_is_like_it():
    venue, desk = scene()
    venue.new(1, request_id="o1")
    venue.fill(1, 40)
    venue.fill(1, 10)
    venue.undo(1, 1)
    early = nameless(venue.copy[3])
    desk.report(early)
    assert (held(desk, 1), position(desk)) == ((0, 100), 0), "it waits for the fill"
    say(desk, *venue.own)
    assert (held(desk, 1), position(desk)) == ((40, 50), 40)
    desk.report(early)
    assert position(desk) == 40, "once"


def test_a_break_whose_fill_never_comes_is_an_alert_that_a_person_ends():
    venue, desk = scene()
    venue.new(1, request_id="o1")
    venue.fill(1, 40)
    venue.undo(1)
    venue.new(SECOND, OTHER)
    say(desk, venue.own[0], *venue.copy)  # the fill is never told
    assert waits(desk) == []
    desk.mono_ns += UNDO_PATIENCE_NS
    desk.take(desk.engine.on_timer("status", *desk.at()))
    (trouble,) = waits(desk)
    assert (trouble.subject, trouble.figure) == (f"{VENUE} {SYMBOL} 1", 40)
    assert desk.engine.copies_request(VENUE).next_in_seq == venue.copy[2].report.venue_seq
    alert = next(one for one in desk.engine.core.alerts.alerts if one.kind is AlertKind.UNDO_WAITS)
    effects = desk.intent(AckAlert(request_id="seen", account=ACCOUNT, alert_id=alert.alert_id))
    assert [view.key for view in views(effects) if isinstance(view, NoticeView)] == ["notice.undo_left"]
    assert (waits(desk), desk.engine.core.venues[VENUE].copies.undos) == ([], {})
    venue.new(THEIRS, OTHER)
    desk.report(venue.copy[-1])
    assert desk.engine.copies_request(VENUE).next_in_seq == venue.copy[-1].report.venue_seq + 1


def test_breaks_that_wait_are_bounded(monkeypatch):
    monkeypatch.setattr("hts.engine.copies.UNDOS_MAX", 2)
    venue, desk = scene()
    venue.new(1, request_id="o1")
    for qty in (10, 20, 30):
        venue.fill(1, qty)
    for _ in range(3):
        venue.undo(1)
    effects = say(desk, *venue.copy)
    assert len(desk.engine.core.venues[VENUE].copies.undos) == 2
    assert len(refused(effects)) == 1
    say(desk, *venue.own)
    assert held(desk, 1) == (30, 40)
    again = venue.restart(desk)
    venue.reconcile(again, len(venue.own))
    venue.copies_up(again)
    say(again, *[one for one in venue.copy if one.report.venue_seq >= again.engine.copies_request(VENUE).next_in_seq])
    assert (held(again, 1), position(again)) == ((0, 40), 0)
