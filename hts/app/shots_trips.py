"""What a trader has done by the time the journal is looked at: trips that ended at their target and at their stop.

Each is entered by keys with its bracket on, in an issue that the scenario is about to move; where it goes decides
which of its exits comes true. One more is closed by hand. Then there are a winner, a loser, and risks to measure
them by.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint

from hts.app.hand import Hand, spin
from hts.app.shots_camera import Camera
from hts.rules.dates import krx_second
from hts.sim.scenario import Drift
from widgets.journal import JournalPanel

ANSWER_S: Final = 4.0
AHEAD_S: Final = 5  # of venue time, so that the order is filled before the move begins
WAITING: Final = 4  # issues in which an order waits besides
SORTED: Final = "r"
HEAD_Y: Final = 8  # within a table's head
JOURNAL_SIZE: Final = (1_500, 820)
NOTES: Final = {  # tags and a note, in the language of the pictures
    "ko": ("돌파, 아침", "목표가에서 전량 매도"),
    "ja": ("ブレイク, 寄り", "目標値で全部売り"),
    "en": ("breakout, morning", "All sold at the target"),
}


class TripPictures:
    """`enter` early, `close` in the middle, `journal` when the moves are over."""

    def __init__(self, camera: Camera, drifts: Sequence[Drift]) -> None:
        self._camera, self._session = camera, camera.terminal.session
        self._drifts = drifts
        self._by_hand = ""

    def enter(self) -> None:
        """With brackets in every issue that will move, and in one that will not; the window is armed already."""
        camera, market = self._camera, self._session.market
        second = krx_second(market.trade_ns)
        moving = [symbol for one in self._drifts if one.from_s > second + AHEAD_S for symbol in one.symbols]
        calm = [symbol for symbol in market.instruments if symbol not in moving and not self._holds(symbol)]
        self._by_hand = calm[0] if calm and moving else ""
        camera.key("B")
        for symbol in (*moving, self._by_hand):
            if symbol in market.instruments:
                self._buy(symbol)
        camera.key("B")

    def wait_in_books(self) -> None:
        """An order below the best bid in a few issues that nothing is held of."""
        camera, market = self._camera, self._session.market
        free = [symbol for symbol in market.instruments if not self._holds(symbol)]
        for symbol in free[:WAITING]:
            self._session.selection.choose(symbol)
            for key in ("1", "F1", "Alt+Down"):
                camera.key(key)

    def close(self) -> None:
        """The one in the calm issue, at the market by its key."""
        session, symbol = self._session, self._by_hand
        if not self._holds(symbol):
            return
        before = session.selection.symbol()
        session.selection.choose(symbol)
        for _ in range(2):  # asked about first, where the settings say so
            if self._holds(symbol):
                self._camera.key("Ctrl+F")
                spin(lambda: not self._holds(symbol), ANSWER_S)
        session.selection.choose(before)
        self._camera.settle()

    def journal(self) -> None:
        """The trades so far beside the issue of the selection, bought and held; the best one has a note."""
        session = self._session
        panel = self._camera.open("journal", JOURNAL_SIZE)
        assert isinstance(panel, JournalPanel)
        panel.choose_benchmark(session.selection.symbol())

        def has_line() -> bool:
            self._camera.refresh(panel)
            held = panel.state.held
            return held is not None and bool(held.values)

        if spin(lambda: session.answers.past.is_whole, ANSWER_S):
            spin(has_line, ANSWER_S)
            self._sort(panel)
            self._note_best(panel)
            self._camera.settle()
            self._camera.refresh(panel)
            self._camera.save("journal", panel)
        panel.close()

    def _sort(self, panel: JournalPanel) -> None:
        """By the multiple of the risk, with a click on its head: those that ended come first."""
        begin, width = panel.view.column_rect(SORTED)
        Hand(panel).click(panel.view.viewport(), QPoint(begin + width // 2, HEAD_Y))
        self._camera.settle()

    def _note_best(self, panel: JournalPanel) -> None:
        """Type tags and a note for the trip that won most."""
        table = panel.state.table
        ended = [row for row in map(table.row, range(len(table))) if not row.trip.is_open]
        if not ended:
            return
        panel.view.select(max(ended, key=lambda row: row.trip.net).key)
        self._camera.refresh(panel)
        hand = Hand(panel)
        panel.activateWindow()
        tags, note = NOTES[self._camera.terminal.context.texts.language]
        for field, text in ((panel.note.tags, tags), (panel.note.words, note)):
            field.setFocus()
            if spin(field.hasFocus, ANSWER_S):
                hand.type(text)
                hand.press("Return")

    def _buy(self, symbol: str) -> None:
        session = self._session
        session.selection.choose(symbol)
        self._camera.key("1")
        before = len(session.orders.fills)
        self._camera.key("F3")
        spin(lambda: len(session.orders.fills) > before, ANSWER_S)

    def _holds(self, symbol: str) -> bool:
        return any(one.symbol == symbol and one.qty for one in self._session.orders.positions.values())
