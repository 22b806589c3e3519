"""The first-run tour and the first choices, as data.

A step points at something that is really on the screen, by a name that the window resolves; its words are in the text
catalogue under `tour.<name>` and `tour.<name>_why`.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from hts.desk.settings import Value

STEPS: Final = ("command", "ladder", "arm", "orders", "settings")

SIDES: Final = ("kr", "jp", "us")

CASH_CHOICES: Final = (10_000_000, 50_000_000, 100_000_000, 500_000_000)
CASH_DEFAULT: Final = 100_000_000


class RiskChoice(Struct, frozen=True, kw_only=True):
    """How much one order may be: limits of the core, and what the terminal asks about before."""

    order_qty_max: int
    order_value_max: int
    warn_qty: int
    warn_krw: int
    confirms: bool = False

    @property
    def settings(self) -> dict[str, Value]:
        """Its part of the terminal's settings."""
        return {"entry.warn_qty": self.warn_qty, "entry.warn_krw": self.warn_krw, "entry.confirm": self.confirms}


RISKS: Final[Mapping[str, RiskChoice]] = {
    "careful": RiskChoice(
        order_qty_max=2_000, order_value_max=10_000_000, warn_qty=500, warn_krw=3_000_000, confirms=True
    ),
    "ordinary": RiskChoice(order_qty_max=20_000, order_value_max=100_000_000, warn_qty=5_000, warn_krw=50_000_000),
    "wide": RiskChoice(order_qty_max=100_000, order_value_max=1_000_000_000, warn_qty=50_000, warn_krw=500_000_000),
}
RISK_DEFAULT: Final = "ordinary"


class FirstChoices(Struct, frozen=True, kw_only=True):
    """What was chosen at the first start."""

    language: str
    convention: str = "market"
    cash: int = CASH_DEFAULT
    risk: str = RISK_DEFAULT

    @property
    def settings(self) -> dict[str, Value]:
        """The terminal's part."""
        look: dict[str, Value] = {"look.language": self.language, "look.convention": self.convention}
        return {**look, "look.sides": self.sides, **RISKS[self.risk].settings}

    @property
    def sides(self) -> str:
        """Buys and sells as the directions, and where those are of each market, as in the country of the language."""
        return self.convention if self.convention in SIDES else "us" if self.language == "en" else "kr"

    @property
    def config(self) -> str:
        """The core's part, as the content of config.toml."""
        risk = RISKS[self.risk]
        return (
            "# Chosen at the first start; see the settings of the core in the manual.\n"
            f"[core]\ncash = {self.cash}\n\n"
            f"[limits]\norder_qty_max = {risk.order_qty_max}\norder_value_max = {risk.order_value_max}\n"
        )


class Tour:
    """Where one stands: `step` of STEPS, None when it is over."""

    def __init__(self) -> None:
        self._at: int | None = 0

    @property
    def step(self) -> str | None:
        return STEPS[self._at] if self._at is not None else None

    @property
    def number(self) -> int:
        """Counted from 1; 0 when it is over."""
        return self._at + 1 if self._at is not None else 0

    def go(self, by: int) -> None:
        """Forward or back; behind the last step it is over."""
        if self._at is not None:
            at = max(self._at + by, 0)
            self._at = at if at < len(STEPS) else None

    def skip(self) -> None:
        """Enough."""
        self._at = None
