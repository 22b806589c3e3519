"""An engine that took its state from an image is the engine that gave it."""

import pytest

from hts.base.errors import CorruptRecord
from hts.engine.engine import Engine
from tests.engine.kit import a_ready_desk
from tests.support.builders import a_cancel_intent, an_intent


def traded():
    desk = a_ready_desk()
    for qty in (10, 20, 30):
        desk.intent(an_intent(qty=qty, request_id=f"r{qty}"))
    desk.intent(a_cancel_intent(2))
    return desk


def fresh() -> Engine:
    return a_ready_desk().engine


def test_an_image_carries_the_whole_state():
    engine, found = traded().engine, fresh()
    assert found.state_hash != engine.state_hash
    assert found.restore(engine.image(), engine.state_hash)
    assert found.state_hash == engine.state_hash
    assert list(found.core.state.orders) == list(engine.core.state.orders)
    assert found.core.state is not engine.core.state
    assert found.image() == engine.image()


def test_a_state_that_hashes_otherwise_is_not_taken():
    found = fresh()
    before = found.core.state
    assert not found.restore(traded().engine.image(), "0" * 32)
    assert found.core.state is before
    assert found.restore(traded().engine.image(), "")


def test_bytes_that_are_no_state_refuse_and_change_nothing():
    found = fresh()
    before = found.core.state
    for data in (b"", b"\xc1", traded().engine.image()[:-3]):
        with pytest.raises(CorruptRecord):
            found.restore(data, "")
    assert found.core.state is before
