"""What actions are called, which section of the keymap editor they stand in, and which of them can cost money.

An action's words are in the text catalogue under "action.<name>"; a panel's are its title. What sends an order may
only have keys that work while armed: a key table that says otherwise is refused.
"""

from typing import Final

from hts.desk.texts import Texts

PANEL: Final = "panel."
SENDING: Final = ("buy.", "sell.", "bracket.protect", "form.send", "order.", "stop.", "reverse")
"""Beginnings of the names that send what may trade. Cancels and the asked-twice flatten are not among them."""

MOVING: Final = ("panel.move_left", "panel.move_right", "panel.move_up", "panel.move_down")
SIZING: Final = ("panel.narrower", "panel.wider", "panel.shorter", "panel.taller")
STAYS: Final = (
    *MOVING,
    *SIZING,
    "panel.to_tabs",
    "panel.next_tab",
    "panel.float",
    "panel.monitor",
    "panel.next",
    "panel.previous",
)
"""After these the sequence of keys that led to one stands begun: one arranges in several steps."""

CLOSING: Final = ("flatten", "flatten_all")

SECTIONS: Final = {
    "buy": "trade",
    "sell": "trade",
    "reverse": "trade",
    "flatten": "trade",
    "flatten_all": "trade",
    "stop": "trade",
    "bracket": "trade",
    "cancel": "trade",
    "algo": "trade",
    "arm": "safety",
    "kill": "safety",
    "alert": "safety",
    "order": "trade",
    "guard": "safety",
    "qty": "form",
    "px": "form",
    "form": "form",
    "working": "trade",
    "ladder": "ladder",
    "standing": "ladder",
    "issue": "ladder",
    "workspace": "workspace",
    "panel": "panel",
    "table": "table",
    "chart": "chart",
    "theme": "look",
    "language": "look",
    "scale": "look",
}


def section_of(action: str) -> str:
    """Key of the section's name in the catalogue, without "keymap.section."."""
    return SECTIONS.get(action.partition(".")[0], "other")


def is_sending(action: str) -> bool:
    """Whether the action sends something that may trade."""
    return action.startswith(SENDING)


def may_trade(action: str) -> bool:
    """Whether the action sends something that may trade, at once or as the answer to its own question."""
    return is_sending(action) or action in CLOSING


def label(action: str, texts: Texts) -> str:
    """What the action is called in a language."""
    key = f"action.{action}"
    if texts.has(key):
        return texts(key)
    kind, _, name = action.partition(".")
    if kind == "panel":
        return texts("action.panel_open", title=texts(f"{name}.title"))
    if kind == "chart" and name.startswith("draw_"):
        return texts("action.chart_draw", tool=texts(f"chart.draw.{name.removeprefix('draw_')}"))
    if kind == "qty" and name.startswith("keep_"):
        return texts("action.qty_keep", number=name.removeprefix("keep_"))
    part, _, percent = name.partition("_")
    if kind == "qty" and percent.isdecimal():
        return texts("action.qty_held" if part == "held" else "action.qty_share", percent=percent)
    if kind in ("qty", "workspace") and name.isdecimal():
        return texts(f"action.{kind}_number", number=name)
    return texts(key)
