"""What a widget paints, event by event."""

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget


class Paints(QObject):
    """The regions of a widget's paint events, oldest first."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.regions: list[QRegion] = []
        widget.installEventFilter(self)

    @property
    def boxes(self) -> list[QRect]:
        """The rectangles around them."""
        return [region.boundingRect() for region in self.regions]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.regions.append(QRegion(event.region()))
        return False
