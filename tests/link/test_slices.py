"""The whole state goes out in slices: the same bytes in all, nothing overtakes it, nobody else waits for it."""

import pytest

from hts.link.server import SLICE_FRAMES, LinkServer
from hts.model.quotes import PhaseUpdate
from hts.model.views import NoticeView
from hts.wire.link.frames import FrameReader
from hts.wire.link.messages import SnapshotBegin, SnapshotEnd, Welcome
from tests.link.test_link import a_client, a_server, attach, book, notice
from tests.support.builders import an_instrument

MANY = 3 * SLICE_FRAMES


def slices(server: LinkServer, number: int = 1) -> list[bytes]:
    found = []
    while data := server.data_to_send(number):
        found.append(data)
    return found


def test_a_large_state_comes_in_slices_and_is_what_it_was_at_the_greeting():
    views = [notice(n) for n in range(MANY)]
    server, client = a_server(state=views), a_client()
    server.connected(1)
    server.receive_data(1, client.hello())
    assert (server.waiting(), server.is_behind) == ([1], True)
    parts = slices(server)
    assert len(parts) == MANY // SLICE_FRAMES + 1
    (welcome, *found) = client.receive_data(b"".join(parts))
    assert isinstance(welcome, Welcome)
    assert found == [SnapshotBegin(), *views, SnapshotEnd(last_event=0)]
    assert (server.waiting(), server.is_behind) == ([], False)


def test_frames_are_made_when_they_are_sent():
    made = []

    def views():
        for n in range(MANY):
            made.append(n)
            yield notice(n)

    server, client = a_server(state=views()), a_client()
    server.connected(1)
    server.receive_data(1, client.hello())
    assert made == []
    server.data_to_send(1)
    assert len(made) < SLICE_FRAMES
    assert len(slices(server)) == MANY // SLICE_FRAMES
    assert len(made) == MANY


def test_what_happens_meanwhile_waits_behind_it_and_others_get_it_at_once():
    server, early, late = a_server(state=[notice(n) for n in range(MANY)]), a_client(), a_client()
    attach(server, early)
    early.receive_data(b"".join(slices(server)))
    server.connected(2)
    server.receive_data(2, late.hello())
    first = late.receive_data(server.data_to_send(2))
    server.publish(notice(-1))
    server.publish_quote(book("005930", 1))
    assert early.receive_data(server.data_to_send(1)) == [notice(-1), book("005930", 1)]
    found = [*first, *late.receive_data(b"".join(slices(server, 2)))]
    end = found.index(SnapshotEnd(last_event=0))
    assert found[end + 1 :] == [notice(-1), book("005930", 1)]
    assert late.last_event == early.last_event == 1


def test_the_days_list_and_phases_come_behind_the_state_and_before_books():
    issues = [an_instrument(f"{n:06d}") for n in range(MANY)]
    phase = PhaseUpdate("", 1, book("x", 1).phase, 0)
    server, client = a_server(state=[notice(1)], market=[*issues, phase, book("000001", 7)]), a_client()
    server.connected(1)
    server.receive_data(1, client.hello())
    found = client.receive_data(b"".join(slices(server)))
    assert found[1:4] == [SnapshotBegin(), notice(1), SnapshotEnd(last_event=0)]
    assert found[4:] == [*issues, phase, book("000001", 7)]


def test_a_client_that_returns_gets_what_it_missed_before_the_list():
    server, client = a_server(market=[an_instrument()]), a_client()
    attach(server, client)
    server.disconnected(1)
    server.publish(NoticeView(key="fill", detail="missed"))
    found = attach(server, client, 2)
    assert found[1:] == [NoticeView(key="fill", detail="missed"), an_instrument()]


@pytest.mark.parametrize("kept", range(8))
def test_a_state_that_breaks_off_comes_again_as_a_whole(kept):
    """A client of the run before holds a number that this run may have given too."""
    before, after, client = a_server(run_id="run-1"), a_server((notice(1), notice(2)), run_id="run-2"), a_client()
    attach(before, client)
    before.publish(notice(8))
    client.receive_data(before.data_to_send(1))
    after.publish(notice(3))
    after.publish(notice(4))
    after.connected(1)
    after.receive_data(1, client.hello())
    frames = FrameReader().receive_data(after.data_to_send(1))
    seen = client.receive_frames(frames[:kept])
    after.disconnected(1)
    found = attach(after, client, 2)
    assert found[0].resumed == (SnapshotEnd(last_event=2) in seen)
    assert found[0].resumed or [one for one in found if isinstance(one, NoticeView)] == [notice(1), notice(2)]
    assert client.last_event == 2


def test_who_logs_out_in_the_middle_is_shown_no_more():
    server, client = a_server(state=[notice(n) for n in range(MANY)]), a_client()
    server.connected(1)
    server.receive_data(1, client.hello())
    server.data_to_send(1)
    server.dismiss(1)
    assert (server.data_to_send(1), server.is_behind) == (b"", False)
