"""What the x-ray says to screen readers (widgets.spoken_rows): every part of the picture as a row in its place."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from hts.desk.order_xray_state import Xray
from hts.desk.spoken_charts import SpokenPlace
from hts.desk.spoken_xray import SpokenXray, spoken_xray
from widgets.order_xray_lanes import LanesPainter
from widgets.order_xray_refused import RefusedPainter
from widgets.order_xray_way import WayPainter
from widgets.order_xray_wire import WirePainter
from widgets.panel import Panel
from widgets.spoken_places import SpeaksPlaces

VERDICT = 46
FACTS = 40


class SpokenXrayPanel(SpeaksPlaces, Panel):
    """The part of the panel that readers ask."""

    if TYPE_CHECKING:
        _xray: Xray | None
        _way: WayPainter
        _lanes: LanesPainter
        _refused: RefusedPainter
        _wire: WirePainter
        _side: QRect
        _message: int

    def _spoken(self) -> SpokenXray | None:
        xray = self._xray
        if xray is None:
            return None
        issue = self.context.market.instruments.get(xray.view.symbol)
        return spoken_xray(xray, self.context.texts, issue.px_decimals if issue is not None else 0)

    def spoken_places(self) -> list[SpokenPlace]:
        """Verdict, figures, hops, spans, parts, quotes and ways, reports, rules, refusals, messages."""
        spoken = self._spoken()
        if spoken is None:
            return [SpokenPlace(text=self.context.texts("order_xray.no_order"))]
        return [SpokenPlace(text=text) for name in SpokenXray.__struct_fields__ for text in getattr(spoken, name)]

    def spoken_rect(self, number: int) -> QRect:
        """The part's place; of what lies in the lower right the whole of that; empty for what has no room."""
        spoken = self._spoken()
        if spoken is None:
            return self.rect()
        for name in SpokenXray.__struct_fields__:
            count = len(getattr(spoken, name))
            if number < count:
                return self._part_rect(name, number, count)
            number -= count
        return QRect()

    def _part_rect(self, name: str, number: int, count: int) -> QRect:
        way = QRect(0, VERDICT + FACTS, self.width(), self._way.height)
        if name == "head":
            return QRect(0, number * VERDICT // 2, self.width(), VERDICT // 2)
        if name == "facts":
            return QRect(0, VERDICT, self.width(), FACTS)
        if name == "hops":
            return self._way.cell_rect(way, number, count)
        if name == "spans":
            return self._way.span_rect(way, number, count)
        if name == "lanes":
            return self._lanes.rect_of(number)
        if name == "refused":
            return self._refused.rect_of(number)
        return self._wire.rect_of(number) if name == "messages" else self._side

    def spoken_current(self) -> int:
        """The chosen message, while the keyboard is here."""
        spoken = self._spoken()
        if spoken is None or not spoken.messages or not self.hasFocus():
            return -1
        return self.spoken_count() - len(spoken.messages) + self._message
