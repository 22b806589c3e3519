"""How a shown window takes other colours: the one way, for every widget.

`PanelContext.tokens` is one object whose colours change in place (themes.tokens). A widget that asks it while it paints
needs nothing. A widget that made something out of a colour (a style sheet, an icon, a picture, a pen that it keeps)
has a method `restyle()` without arguments, which makes it anew; nothing else of the widget may change by it.
"""

from PySide6.QtWidgets import QWidget


def restyle(root: QWidget) -> None:
    """Let a widget and everything in it be seen in the tokens as they are now."""
    for widget in (root, *root.findChildren(QWidget)):
        again = getattr(widget, "restyle", None)
        if again is not None:
            again()
        widget.update()
