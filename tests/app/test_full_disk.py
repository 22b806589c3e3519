"""The disk of a running core refuses a write: orders are refused for that, cancels still work, nothing is lost."""

import sys
import time

import pytest

from hts.app.audit import audit, read_drop_copy
from hts.app.demo import is_balanced
from hts.io.files import FileStorage
from hts.journal.archive import Archive
from hts.journal.survey import Survey
from hts.model.denials import Rule
from hts.model.enums import ExecType, OrdStatus
from hts.model.views import CoreState
from tests.support.kills import Session, differences

resource = pytest.importorskip("resource", reason="limits by POSIX")

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits another process, as Linux does"),
]
ROOM_BYTES = 300  # about half a record: the next write is cut in the middle


def fill_disk(session: Session) -> None:
    """The journal of the running core cannot grow any further."""
    newest = max(session.paths.journal.glob("*.journal"))
    limit = newest.stat().st_size + ROOM_BYTES
    resource.prlimit(session.core.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def act_until(session: Session, trader, is_reached, what: str) -> None:
    def step() -> bool:
        if not is_reached():
            trader.act(time.monotonic_ns())
            time.sleep(0.01)
        return is_reached()

    session.pump(trader, step, what)


def working(trader):
    return [
        order for order in trader.orders.values() if order.ord_status in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
    ]


def works_at_venue(session: Session) -> set[int]:
    last = {}
    for execution in read_drop_copy(session.config.venue):
        if execution.venue_order_id and execution.exec_type is not ExecType.ORDER_STATUS:
            last[execution.venue_order_id] = execution.leaves_qty
    return {number for number, leaves in last.items() if leaves}


@pytest.mark.skipif(sys.platform == "win32", reason="limits by POSIX")
def test_a_full_disk_stops_orders_and_no_cancels(tmp_path):
    session = Session(tmp_path, seed=11, disconnect="keep")
    try:
        trader = session.open_trader(11)
        session.pump(trader, lambda: trader.is_ready, "a market that takes orders")
        act_until(session, trader, lambda: len(working(trader)) >= 4, "some working orders")
        fill_disk(session)
        act_until(session, trader, lambda: Rule.JOURNAL_HALTED.value in trader.denials(), "a refusal for the journal")
        assert trader.status.core is CoreState.HALTED
        assert session.core.poll() is None
        assert works_at_venue(session)

        request_id = trader.clear(time.monotonic_ns())
        session.pump(trader, lambda: request_id in trader.outcomes, "the answer to a cancel")
        assert trader.outcomes[request_id].accepted
        session.pump(trader, lambda: not working(trader), "the end of every order on the screen")
        assert works_at_venue(session) == set()

        survey = Survey(FileStorage(session.paths.journal), Archive(FileStorage(session.paths.archive)))
        assert sum(1 for _ in survey.records()) > 0
        assert survey.is_sound, survey.findings

        session.kill(core=True, simulator=False)  # a person has made room; a new process has no such limit
        trader.statuses.clear()
        session.pump(trader, lambda: trader.is_ready, "the core to be ready again")
        session.pump(trader, lambda: not working(trader), "the venue's word on every order")
        assert differences(read_drop_copy(session.config.venue), trader) == []
        found = audit(session.paths, session.config.venue)
        assert (found.lost, found.duplicated, found.entered_twice, found.examples) == (0, 0, 0, ())
        assert is_balanced(trader, session.config)
        count = len(trader.orders)
        act_until(session, trader, lambda: len(trader.orders) > count, "a new order")
    finally:
        session.end()
