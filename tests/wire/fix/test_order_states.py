"""Order state change matrices (FIX 4.4 and 5.0 SP2, volume 4, appendix D): the reports as FIX messages of both
versions, read and applied to our order. The rows are in order_matrices.py.

While a request of ours is on its way our order shows it, also where a report crosses it that does not know of it yet.
"""

import re

import pytest

from hts.base.errors import HtsError
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus
from hts.model.reports import ExecutionReport
from hts.oms.order import Booked, Order, adopted, refuse_request, request_cancel, request_replace
from hts.oms.order_report import apply_report, needs_hold
from hts.wire.fix.orders import OrderMessages
from tests.support.builders import SYMBOL, VENUE, a_cancel_entry, a_cancel_reject, a_replace_entry, a_report, an_order
from tests.wire.fix.kit import a_dictionary
from tests.wire.fix.order_matrices import IMPOSSIBLE, MATRICES, QTY
from tests.wire.fix.test_application import received

IDS = {"X": 1, "Y": 2, "Z": 3}
PX = 71_000
GROUPS = {  # how many scenarios appendix D has in each group; K and L have variants of ours beside them
    "A.1": "ab", "B.1": "abcdef", "C.1": "abc", "C.2": "a", "C.3": "abc", "D.1": "abc", "D.2": "abc", "E.1": "abcd",
    "F.1": "abc", "G.1": "abc", "H.1": "abcd", "I.1": "ab", "J.1": "abcd", "K.1": "ab", "L.1": "ab",
}  # fmt: skip


class Wire:
    """The venue's words as FIX messages of one version."""

    def __init__(self, begin_string: str) -> None:
        self._begin_string = begin_string
        self._messages = OrderMessages(a_dictionary(begin_string), lambda _symbol: 0)

    def carry(self, report):
        body = self._messages.report(report)
        found = self._messages.read_report(received(self._begin_string, body, seq=report.venue_seq), VENUE)
        assert found == report
        return found


def an_execution(row: dict, seq: int) -> ExecutionReport:
    is_told = row["last_qty"] > 0 or "px" in row
    return a_report(
        row["type"],
        venue_seq=seq,
        cl_ord_id=IDS[row["cl"]],
        orig_cl_ord_id=0 if row["cl"] == "X" else 1,
        ord_status=row["status"],
        order_qty=row["order_qty"],
        cum_qty=row["cum_qty"],
        leaves_qty=row["leaves_qty"],
        last_qty=row["last_qty"],
        last_px=row.get("px", PX) if is_told else 0,
        symbol=SYMBOL,
        exec_id=row.get("exec", 100 + seq),
        exec_ref_id=row.get("ref", 0),
        reason_code=int(row.get("reason", 0)),
        text=row.get("text", ""),
    )


class Game:
    """Our order through one scenario."""

    def __init__(self, begin_string: str) -> None:
        self.wire = Wire(begin_string)
        self.order: Order | None = an_order(qty=QTY)
        self.fills: dict[int, Booked] = {}

    def play(self, rows: list) -> None:
        for seq, row in enumerate(rows, 1):
            if row == "unknown":
                self.order = None
            elif isinstance(row, str):
                self.request(*row.split())
            elif isinstance(row, tuple):
                self.refuse(*row, seq=seq)
            else:
                self.report(row, seq)

    def request(self, kind: str, cl: str, qty: str = "0") -> None:
        if kind == "cancel":
            self.order = request_cancel(self.order, a_cancel_entry(IDS[cl]))
        else:
            self.order = request_replace(self.order, a_replace_entry(IDS[cl], qty=int(qty)))

    def refuse(self, words: str, status: OrdStatus, shows: OrdStatus | None = None, *, seq: int) -> None:
        cl = IDS[words.split()[1]]
        reject = a_cancel_reject(cl, venue_seq=seq, ord_status=status, response_to=CxlRejResponseTo.CANCEL)
        self.order = refuse_request(self.order, self.wire.carry(reject))
        assert self.order.ord_status is (shows or status), words

    def report(self, row: dict, seq: int) -> None:
        report = self.wire.carry(an_execution(row, seq))
        if self.order is None:
            self.order = adopted(report, 0)
        if row.get("impossible"):
            with pytest.raises(HtsError):
                apply_report(self.order, report)
            return
        booked = self.fills.get(report.exec_ref_id)
        self.order = order = apply_report(self.order, report, undone=booked)
        if report.exec_type in (ExecType.TRADE, ExecType.TRADE_CORRECT):
            self.fills[report.exec_id] = Booked(px=report.last_px, qty=report.last_qty)
        expected = row.get("ours", (row["order_qty"], row["cum_qty"], row["leaves_qty"]))
        assert (order.order_qty, order.cum_qty, order.leaves_qty) == expected, row
        assert order.ord_status is row.get("shows", row["status"]), row
        assert order.filled_value == row.get("value", order.filled_value), row


@pytest.mark.parametrize("begin_string", ["FIX.4.4", "FIXT.1.1"])
@pytest.mark.parametrize("rows", MATRICES.values(), ids=MATRICES)
def test_matrix(rows, begin_string):
    Game(begin_string).play(rows)


@pytest.mark.parametrize("rows", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused(rows):
    game = Game("FIX.4.4")
    game.play(rows[:-1])
    before = game.order
    with pytest.raises(HtsError, match="expected|does not allow"):
        game.play([rows[-1]])
    assert game.order is before


def test_every_scenario_of_the_appendix_is_here():
    found: dict[str, set[str]] = {}
    for name in MATRICES:
        match = re.match(r"([A-L]\.\d)\.([a-f])", name)
        if match:
            found.setdefault(match.group(1), set()).add(match.group(2))
    assert found == {group: set(letters) for group, letters in GROUPS.items()}


def test_a_cancelled_fill_whose_book_is_lost_tells_its_own_price_and_a_correction_takes_the_average():
    game = Game("FIX.4.4")
    fills = [row for row in MATRICES["J.1.c GT order, fills of both days corrected"] if isinstance(row, dict)]
    game.play(fills[:5])
    game.fills.clear()
    game.report({**fills[5], "value": 3 * 310_000 // 3 - 2_000 * 103 + 1_500 * 100}, 6)


def test_a_bust_that_brings_a_filled_buy_order_back_needs_its_hold_again():
    game = Game("FIX.4.4")
    rows = MATRICES["J.1 the only fill is cancelled: nothing was done"]
    game.play(rows[:2])
    report = an_execution(rows[2], 3)
    assert needs_hold(game.order, report)
    assert apply_report(game.order, report, 710_000_000).reserved == 710_000_000
