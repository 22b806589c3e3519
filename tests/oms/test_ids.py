import pytest

from hts.oms.ids import ClOrdIDs


def synced(ids: ClOrdIDs, token: int) -> None:
    ids.reserve(*ids.next_block())
    ids.wait_for_sync(token)
    assert ids.on_synced(token)


def test_no_id_before_its_block_is_on_disk():
    ids = ClOrdIDs(4)
    assert ids.take() is None
    ids.reserve(1, 4)
    ids.wait_for_sync(7)
    assert (ids.take(), ids.usable) == (None, 0)
    assert not ids.on_synced(6)
    assert ids.take() is None
    assert ids.on_synced(7)
    assert [ids.take() for _ in range(5)] == [1, 2, 3, 4, None]


def test_next_block_is_reserved_while_half_is_left_and_only_once():
    ids = ClOrdIDs(4)
    synced(ids, 1)
    wanted = []
    for _ in range(3):
        wanted.append(ids.needs_block)
        ids.take()
    assert wanted == [False, False, True]
    assert ids.next_block() == (5, 8)
    ids.reserve(5, 8)
    ids.wait_for_sync(2)
    assert not ids.needs_block
    assert [ids.take(), ids.take()] == [4, None]
    ids.on_synced(2)
    assert ids.take() == 5


def test_new_run_skips_what_a_lost_tail_may_have_used():
    ids = ClOrdIDs(4)
    synced(ids, 1)
    ids.take()
    ids.start_run()
    assert ids.take() is None
    synced(ids, 1)
    assert ids.take() == 5


def test_id_of_an_adopted_order_is_never_used_again():
    ids = ClOrdIDs(4)
    synced(ids, 1)
    ids.note_used(90)
    assert ids.take() is None
    assert ids.needs_block
    assert ids.next_block() == (91, 94)
    synced(ids, 2)
    assert ids.take() == 91


def test_overlapping_block_is_refused():
    ids = ClOrdIDs(4)
    ids.reserve(1, 4)
    with pytest.raises(AssertionError):
        ids.reserve(4, 8)


def test_spare_ids_are_of_the_block_on_disk_and_change_nothing_that_is_replayed():
    ids = ClOrdIDs(4)
    assert ids.take_spare() is None
    ids.reserve(*ids.next_block())
    ids.wait_for_sync(1)
    ids.on_synced(1)
    ids.take()
    assert [ids.take_spare() for _ in range(4)] == [2, 3, 4, None]
    assert (ids.next_id, ids.reserved_last) == (2, 4)
    ids.start_run()
    assert ids.next_id == 5


def test_several_ids_are_taken_all_or_none():
    ids = ClOrdIDs(4)
    synced(ids, 1)
    assert ids.take_all(3) == (1, 2, 3)
    assert (ids.take_all(2), ids.next_id) == ((), 4)
    assert ids.take_all(1) == (4,)
