"""The one style sheet: only what Qt paints itself (docking chrome, line edits, menus). Everything else is painted."""

from string import Template

from PySide6.QtGui import QColor, QPalette

from themes import metrics
from themes.fonts import FAMILY
from themes.tokens import Tokens

_SHEET = Template("""
* { font-family: "$family"; font-size: 12px; outline: 0; }
QMainWindow, QWidget#shell { background: $gutter; }
QToolTip { background: $raised; color: $text; border: 1px solid $line2; padding: 4px; }
QMenu { background: $header; color: $text; border: 1px solid $line2; padding: 2px; }
QMenu::item { padding: 4px 20px 4px 12px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $text3; }
QMenu::separator { height: 1px; background: $line; margin: 2px 0; }
QScrollBar:vertical { background: $panel; width: 8px; margin: 0; }
QScrollBar::handle:vertical { background: $line2; min-height: 24px; }
QScrollBar:horizontal { background: $panel; height: 8px; margin: 0; }
QScrollBar::handle:horizontal { background: $line2; min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QLineEdit { background: $field; color: $text; border: 1px solid $line2; padding: 0 7px;
  selection-background-color: $own; selection-color: $on_own; }
QLineEdit:focus { border: 1px solid $own; }
QLineEdit:disabled { color: $text3; }
ads--CDockContainerWidget, ads--CDockManager { background: $gutter; }
ads--CDockSplitter::handle { background: $gutter; }
ads--CDockAreaWidget { background: $panel; border: 0; }
ads--CDockAreaTitleBar { background: $header; border: 0; border-bottom: 1px solid $line; padding: 0;
  min-height: ${title}px; max-height: ${title}px; }
ads--CDockAreaWidget[focused="true"] ads--CDockAreaTitleBar { background: $own_dim; border-top: 2px solid $own;
  min-height: ${focused}px; max-height: ${focused}px; }
ads--CDockAreaTabBar { background: transparent; border: 0; }
ads--CDockWidgetTab { background: $header; border: 0; padding: 0 2px; }
ads--CDockWidgetTab[focused="true"] { background: $own_dim; border-top: 2px solid $own; }
ads--CDockWidgetTab QLabel { background: transparent; color: $text3; font-weight: 600; }
ads--CDockWidgetTab[activeTab="true"] QLabel { color: $text; }
ads--CDockWidget { background: $panel; border: 0; }
ads--CFloatingDockContainer { background: $gutter; }
""")


def style_sheet(tokens: Tokens) -> str:
    """The style sheet in a theme's colours."""
    colors = {
        name: _hex(getattr(tokens, name))
        for name in (
            "gutter",
            "panel",
            "header",
            "raised",
            "field",
            "selected",
            "line",
            "line2",
            "text",
            "text3",
            "own_dim",
        )
    }
    return _SHEET.substitute(
        colors,
        own=_hex(tokens.own),
        on_own=_hex(tokens.on_own),
        family=FAMILY,
        title=metrics.PANEL_HEADER - 1,
        focused=metrics.PANEL_HEADER - 3,
    )


def palette(tokens: Tokens) -> QPalette:
    """For the few things that neither the sheet nor a panel paints."""
    made = QPalette()
    role = QPalette.ColorRole
    for color, roles in (
        (tokens.panel, (role.Window, role.Base, role.AlternateBase)),
        (tokens.raised, (role.Button, role.Light, role.Midlight, role.ToolTipBase)),
        (tokens.gutter, (role.Dark, role.Shadow, role.Mid)),
        (tokens.text, (role.WindowText, role.Text, role.ButtonText, role.BrightText, role.ToolTipText)),
        (tokens.text3, (role.PlaceholderText,)),
        (tokens.own, (role.Highlight,)),
        (tokens.on_own, (role.HighlightedText,)),
    ):
        for each in roles:
            made.setColor(each, color)
    return made


def _hex(color: QColor) -> str:
    return color.name()
