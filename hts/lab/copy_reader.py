"""Reads a venue's drop copy over FIX when all is quiet, beside the core's own session, to compare what it told.

The fields are read here as they stand in the messages, not by the core's translation. A session of the day keeps its
numbers between two readings; each reading takes what has come since.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hts.lab.setting import PASSWORD, READER
from hts.lab.venue_node import VenueNode
from hts.model.enums import ExecType, LastLiquidityInd, Side
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import MessageReceived
from hts.wire.fix.session import FixSession
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore
from hts.wire.fix.values import decimal_to_int

_ROUNDS_MAX: Final = 1_000


class Copied(Struct, frozen=True, kw_only=True):
    """One ExecutionReport(8) of the drop copy. `session` entered the order, `name` is its ClOrdID(11) there."""

    venue: str
    session: str
    name: str
    exec_id: str
    exec_ref_id: str
    exec_type: ExecType
    account: str
    symbol: str
    side: Side
    last_px: int
    last_qty: int
    liquidity: LastLiquidityInd


class CopyReader:
    """All that one venue has copied on its day. `inspector` is of FIX 4.4."""

    def __init__(self, node: VenueNode, inspector: Inspector) -> None:
        self._node = node
        self._inspector = inspector
        self._epoch = 0
        self._store = FixStore()
        self._copies: list[Copied] = []

    def read(self) -> list[Copied]:
        """Log on, take what is new, log out; all of the day's copies."""
        node, venue = self._node, self._node.venue
        assert venue is not None, node.config.name
        if venue.epoch != self._epoch:
            self._epoch, self._store, self._copies = venue.epoch, FixStore(), []
        session = FixSession(self._config(), self._inspector, self._store)
        port = node.copies
        port.open_directly()
        session.connected(node.now(), node.now())
        self._talk(session, port.exchange_directly)
        assert session.is_up, f"{node.config.name}: the reader of the drop copy was not let in"
        session.logout("", node.now(), node.now())
        self._talk(session, port.exchange_directly)
        session.disconnected()
        port.close_directly()
        return self._copies

    def _talk(self, session: FixSession, exchange: Callable[[bytes], list[bytes]]) -> None:
        now = self._node.now()
        for _ in range(_ROUNDS_MAX):
            data = session.data_to_send()
            answers = exchange(data)
            if not data and not answers:
                return
            for answer in answers:
                session.receive_data(answer, now, now)
                while (event := session.next_event()) is not None:
                    if isinstance(event, MessageReceived) and event.message.msg_type == "8":
                        self._copies.append(self._copied(event.message))
        raise AssertionError("the drop copy never became quiet")

    def _copied(self, message: FixMessage) -> Copied:
        symbol = message.text(55)
        venue = self._node.venue
        assert venue is not None, symbol
        listed = venue.day.exchange.issues.get(symbol)
        decimals = listed.instrument.px_decimals if listed is not None else 0
        last_px = message.get(31)
        return Copied(
            venue=self._node.config.name,
            session=message.text(115),
            name=message.text(11),
            exec_id=message.text(17),
            exec_ref_id=message.text(19),
            exec_type=ExecType(message.text(150)),
            account=message.text(1),
            symbol=symbol,
            side=Side(message.text(54)),
            last_px=decimal_to_int(last_px, decimals) if last_px is not None else 0,
            last_qty=message.integer(32),
            liquidity=LastLiquidityInd(message.text(851)),
        )

    def _config(self) -> SessionConfig:
        return SessionConfig(
            role=Role.INITIATOR,
            sender_comp_id=READER,
            target_comp_id=self._node.config.name,
            sending_time_within_s=0,
            logon_fields=((554, PASSWORD.encode()),),
        )
