"""The end of a test's window: deleted now, and not by the collector in the middle of another test's event."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


def dispose(window: QWidget) -> None:
    """Close and delete."""
    if isValid(window):
        window.ends_market = False
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
