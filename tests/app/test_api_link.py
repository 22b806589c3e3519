"""The public door where a terminal's link would stand: every value comes back as it went in."""

import asyncio
import json

import msgspec
import pytest

from hts.app.api_link import ApiLink, value_of
from hts.app.door_json import encode_message
from hts.model.enums import Side
from hts.model.intents import CancelAll
from hts.model.views import OutcomeView
from hts.wire.link.messages import SnapshotBegin, SnapshotEnd
from tests.support.builders import a_book, an_instrument
from tests.support.desk_feed import order


@pytest.mark.parametrize(
    "value",
    [
        a_book(),
        an_instrument(),
        order(1, "005930", Side.BUY, 71_000, 10, cum=3),
        OutcomeView(request_id="a-1", accepted=True, denial=None, count=1),
        SnapshotBegin(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_door_encodes_is_read_back_as_it_was(value):
    assert value_of(json.loads(encode_message(value))) == value


def test_what_a_trader_has_no_use_for_is_nothing():
    assert value_of(json.loads(encode_message(SnapshotEnd(last_event=7)))) is None


class Told:
    """A client without a socket: what is asked is kept and answered at once."""

    def __init__(self):
        self.ready = asyncio.Event()
        self.is_closed = False
        self.asked = []

    async def ask(self, kind, **fields):
        self.asked.append((kind, fields))

    def told(self):
        return []


def test_nothing_is_sent_before_the_state_is_known_or_after_the_end():
    wish = CancelAll(request_id="a-1", account="1")

    async def talk():
        client = Told()
        link = ApiLink(client)
        before = link.send(wish)
        client.ready.set()
        sent = link.send(wish)
        await asyncio.sleep(0)
        client.is_closed = True
        return (before, sent, link.send(wish)), client.asked

    answers, asked = asyncio.run(talk())
    assert answers == (False, True, False)
    fields = msgspec.to_builtins(wish)
    assert asked == [(fields.pop("type"), fields)]
