"""A link that says what a test puts into it and records what the terminal sends."""

from dataclasses import dataclass, field

from hts.app.terminal_link import LinkDown, LinkMessage, LinkUp
from hts.model.enums import Phase
from hts.model.intents import AnyIntent, Intent
from hts.model.queries import AnyQuery, RequestBars
from hts.model.quotes import PhaseUpdate
from hts.wire.link.messages import SnapshotBegin, SnapshotEnd
from tests.support.desk_feed import (
    HOLDINGS,
    ISSUES,
    NOW_NS,
    OPEN_NS,
    SECOND_NS,
    TICKS,
    WORKING,
    account,
    bars,
    book,
    instruments,
    order,
    position,
    status,
    trade,
)


@dataclass
class ScriptedLink:
    """`say` queues messages for the next `read`; history is answered from the scripted market."""

    is_up: bool = False
    intents: list[AnyIntent] = field(default_factory=list)
    queries: list[AnyQuery] = field(default_factory=list)
    waiting: list[LinkMessage] = field(default_factory=list)
    is_closed: bool = False
    sent_ns: int = 0
    has_more: bool = False

    def say(self, *messages: LinkMessage) -> None:
        self.waiting.extend(messages)
        for message in messages:
            if isinstance(message, LinkUp | LinkDown):
                self.is_up = isinstance(message, LinkUp)

    def send(self, wish: AnyIntent | AnyQuery) -> bool:
        if not self.is_up:
            return False
        if isinstance(wish, Intent):
            self.intents.append(wish)
        else:
            self.queries.append(wish)
            if isinstance(wish, RequestBars):
                self.waiting.append(bars(wish.symbol, wish.timeframe_s, min(wish.count, 300)))
        return True

    def read(self) -> list[LinkMessage]:
        drained, self.waiting = self.waiting, []
        return drained

    def close(self) -> None:
        self.is_closed = True


def snapshot() -> list[LinkMessage]:
    """What a core says to a terminal that attaches on a busy day."""
    told: list[LinkMessage] = [LinkUp(), SnapshotBegin(), *instruments()]
    told.append(PhaseUpdate("", OPEN_NS, Phase.CONTINUOUS, NOW_NS + 9_667 * SECOND_NS))
    told += [book(row[0], row[5], TICKS.down(row[5]), seed=i + 3) for i, row in enumerate(ISSUES)]
    told += [trade(row[0], row[5]) for row in ISSUES]
    told += [position(symbol, qty, average, average) for symbol, qty, average in HOLDINGS]
    told += [order(i, symbol, side, px, qty, cum=cum) for i, symbol, side, px, qty, cum in WORKING]
    return [*told, account(), status(), SnapshotEnd(last_event=30)]
