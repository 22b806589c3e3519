"""The terminal's socket against a real listening unix socket in the same thread."""

import socket

import pytest

from hts.app import terminal_link
from hts.app.terminal_link import RETRY_NS, LinkDown, LinkUp, TerminalLink
from hts.link.client import LinkClient
from hts.link.server import LinkServer
from hts.model.intents import CancelAll
from hts.model.views import NoticeView
from hts.wire.link.messages import SnapshotBegin, SnapshotEnd


class ManualClock:
    def __init__(self):
        self.now = RETRY_NS

    def mono_ns(self):
        self.now += RETRY_NS
        return self.now

    def wall_ns(self):
        return 0


@pytest.fixture
def listener(tmp_path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "core.sock"))
        sock.listen()
        yield sock


def a_link(tmp_path, token="t"):
    return TerminalLink(tmp_path / "core.sock", LinkClient(token=token, build="b", name="t"), ManualClock())


def a_core():
    return LinkServer(token="t", build="b", run_id="r", state=tuple, market=tuple)


def attach(link, listener, core):
    assert link.drain() in ([], [LinkDown("")])
    peer, _ = listener.accept()
    core.connected(1)
    core.receive_data(1, peer.recv(4096))
    peer.sendall(core.data_to_send(1))
    return peer


def test_up_send_receive_down(tmp_path, listener):
    link, core = a_link(tmp_path), a_core()
    intent = CancelAll(request_id="r1", account="a")
    assert not link.send(intent)
    peer = attach(link, listener, core)
    assert link.drain() == [LinkUp(), SnapshotBegin(), SnapshotEnd(last_event=0)]
    assert link.send(intent)
    assert core.receive_data(1, peer.recv(4096)) == [intent]
    core.publish(NoticeView(key="k"))
    peer.sendall(core.data_to_send(1))
    assert link.drain() == [NoticeView(key="k")]
    peer.close()
    assert link.drain() == [LinkDown("")]
    assert not link.is_up
    assert not link.send(intent)
    link.close()


def test_a_refusal_is_told_with_its_reason(tmp_path, listener):
    link, core = a_link(tmp_path, token="wrong"), a_core()
    peer = attach(link, listener, core)
    peer.close()
    [down] = link.drain()
    assert down.reason.startswith("link token: expected")
    link.close()


def test_no_core_yet_says_so_once(tmp_path):
    link = a_link(tmp_path)
    assert [link.drain(), link.drain()] == [[LinkDown("")], []]


def test_much_is_read_in_parts_and_whole_together(tmp_path, listener, monkeypatch):
    monkeypatch.setattr(terminal_link, "RECEIVE_BYTES", 100)
    link, core = a_link(tmp_path), a_core()
    peer = attach(link, listener, core)
    link.drain()
    told = [NoticeView(key=f"k{i}") for i in range(20)]
    for view in told:
        core.publish(view)
    peer.sendall(core.data_to_send(1))
    parts = [link.read()]
    while link.has_more:
        parts.append(link.read())
    assert [view for part in parts for view in part] == told
    assert (max(map(len, parts)) < 5, parts[-1]) == (True, [])
    for view in told:
        core.publish(view)
    peer.sendall(core.data_to_send(1))
    assert link.drain() == told
    peer.close()
    link.close()
