"""The sync thread; the owner's loop is a queue that the test drains."""

import queue

import pytest

from hts.io.syncer import Syncer
from tests.support.storage import MemoryStorage

PATIENCE_S = 20


class Owner:
    def __init__(self, storage, interval_ns=1_000_000):
        self.inbox = queue.Queue()
        self.heard = []
        self.syncer = Syncer(
            storage,
            self.inbox.put,
            lambda token: self.heard.append(("synced", token)),
            lambda detail: self.heard.append(("failed", detail)),
            interval_ns,
        )
        self.syncer.start()

    def hear(self, count):
        for _ in range(count):
            self.inbox.get(timeout=PATIENCE_S)()
        return self.heard


@pytest.fixture
def storage():
    storage = MemoryStorage()
    storage.append("a", b"one")
    return storage


def test_a_token_comes_back_once_the_bytes_are_synced(storage):
    owner = Owner(storage, interval_ns=10**15)
    owner.syncer.sync_then("a", 7)
    assert owner.hear(1) == [("synced", 7)]
    assert storage.synced == {"a": 3}
    owner.syncer.stop()


def test_tokens_come_back_in_order(storage):
    owner = Owner(storage)
    for token in range(20):
        owner.syncer.sync_then("a", token)
    assert owner.hear(20) == [("synced", token) for token in range(20)]
    owner.syncer.stop()


def test_a_token_is_not_held_up_by_dirty_bytes_that_wait(storage):
    owner = Owner(storage, interval_ns=10**15)
    owner.syncer.mark_dirty("a")
    owner.syncer.sync_then("a", 1)
    assert owner.hear(1) == [("synced", 1)]
    owner.syncer.stop()


def test_stop_syncs_what_is_dirty(storage):
    owner = Owner(storage, interval_ns=10**15)
    owner.syncer.mark_dirty("a")
    owner.syncer.stop()
    assert storage.synced == {"a": 3}


def test_dirty_bytes_are_synced_without_being_asked_for(storage):
    seen = queue.Queue()
    sync = storage.sync
    storage.sync = lambda name: (sync(name), seen.put(name))
    owner = Owner(storage)
    owner.syncer.mark_dirty("a")
    assert seen.get(timeout=PATIENCE_S) == "a"
    owner.syncer.stop()


def test_a_sync_error_is_reported_once_and_no_token_comes_back(storage):
    storage.sync_error = "input/output error"
    owner = Owner(storage)
    owner.syncer.sync_then("a", 1)
    assert owner.hear(1) == [("failed", "a: input/output error")]
    storage.sync_error = ""
    owner.syncer.sync_then("a", 2)
    owner.syncer.stop()
    assert (owner.inbox.empty(), storage.synced) == (True, {})
