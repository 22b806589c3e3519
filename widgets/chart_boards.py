"""The drawings of charts by issue: loaded when an issue is first shown, kept at each change, shared by all charts."""

import json
from collections.abc import Callable

from hts.desk.drawings import drawings_of, table_of
from hts.desk.drawings_board import Board
from hts.desk.parsed import json_of
from hts.model.instruments import Instrument
from widgets.panel import PanelContext


class ChartBoards:
    """`say(key, **values)` shows a sentence on the chart."""

    def __init__(self, context: PanelContext, say: Callable[..., None]) -> None:
        self._context, self._say = context, say

    def of(self, instrument: Instrument) -> Board:
        """All charts of an issue have one board."""
        boards, name = self._context.boards, _file(instrument)
        if name not in boards:
            boards[name] = self._load(name)
        return boards[name]

    def _load(self, name: str) -> Board:
        """The issue's drawings; a file that does not hold is set aside, and the chart says so."""
        files = self._context.files
        text = files.load(name)
        if not text:
            return Board()
        try:
            drawings, lost = drawings_of(json_of(text))
        except ValueError as fault:
            files.set_aside(name, str(fault)[:120])
            self._say("chart.draw.damaged", file=name)
            return Board()
        if lost:
            files.set_aside(name, f"{lost} entries")
            files.save(name, json.dumps(table_of(drawings)))  # the good ones are not only in the file set aside
            self._say("chart.draw.partly", file=name, count=lost)
        return Board(drawings)

    def save(self, instrument: Instrument, board: Board) -> None:
        """Keep the issue's drawings."""
        if not self._context.files.save(_file(instrument), json.dumps(table_of(board.drawings))):
            self._say("chart.draw.unsaved")


def _file(instrument: Instrument) -> str:
    names = (
        "".join(c if c.isascii() and c.isalnum() else "_" for c in n) for n in (instrument.venue, instrument.symbol)
    )
    return f"drawings-{'-'.join(names)}.json"
