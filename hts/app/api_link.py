"""The public door for a program that thinks in the values of hts.model: wishes out as JSON, views and books back.

It stands where a terminal's link would. Nothing waits: a task writes a wish to the socket, and what the door has told
is taken when somebody looks.
"""

import asyncio
from typing import Any, Final, Protocol, Union

import msgspec

from hts.app.api_client import Api, ApiError
from hts.link.client import Message
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.model.views import AccountView, FillView, OrderView, OutcomeView, PositionView, StatusView
from hts.wire.link.messages import SnapshotBegin

_Views = Union[OrderView, FillView, PositionView, AccountView, OutcomeView, StatusView]
_VIEWS: Final = frozenset({"order", "fill", "position", "account", "outcome", "status"})


class WishLine(Protocol):
    """What a trader by script needs of his connection, whichever it is."""

    @property
    def is_up(self) -> bool:
        """Whether wishes can be sent."""

    def send(self, wish: AnyIntent) -> bool:
        """False when nothing was sent."""


class ApiLink:
    """One connection of the Python client, within a running loop."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._asked: set[asyncio.Task[None]] = set()
        self.refusals: list[str] = []  # what the door itself would not pass on

    @property
    def is_up(self) -> bool:
        """Whether the whole state has come and the connection stands."""
        return self._api.ready.is_set() and not self._api.is_closed

    def send(self, wish: AnyIntent) -> bool:
        """Hand a wish to the client. The outcome comes with what is told."""
        if not self.is_up:
            return False
        task = asyncio.get_running_loop().create_task(self._ask(msgspec.to_builtins(wish)))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)
        return True

    def drain(self) -> list[Message]:
        """What was told since the last look, without what a trader has no use for."""
        found = [value_of(message) for message in self._api.told()]
        return [message for message in found if message is not None]

    async def _ask(self, fields: dict[str, Any]) -> None:
        try:
            await self._api.ask(fields.pop("type"), **fields)
        except ApiError as error:
            if error.answer["type"] == "error":
                self.refusals.append(str(error))


def value_of(message: dict[str, Any]) -> Message | None:
    """The model's value of one message of the door; None for what has none here."""
    kind = message["type"]
    if kind in _VIEWS:
        view: _Views = msgspec.convert(message, _Views, str_keys=True)
        return view
    if kind == "book":
        return _book(message)
    if kind == "instrument":
        return msgspec.convert(message, Instrument)
    return SnapshotBegin() if kind == "snapshot_begin" else None


def _book(message: dict[str, Any]) -> BookUpdate:
    levels = [0] * (4 * BOOK_DEPTH)
    for first, side in ((0, message["asks"]), (1, message["bids"])):
        for at, (px, qty) in enumerate(side):
            levels[4 * at + first], levels[4 * at + first + 2] = px, qty
    fields = {name: message[name] for name in BookUpdate.__struct_fields__ if name in message}
    return BookUpdate(**fields | {"phase": Phase(message["phase"]), "levels": tuple(levels)})
