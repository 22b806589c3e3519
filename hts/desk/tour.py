"""The first-run tour and the first choices, as data.

A step points at something that is really on the screen, by a name that the window resolves; its words are in the text
catalogue under `tour.<name>` and `tour.<name>_why`.
"""

from collections.abc import Mapping
from typing import Final, Self

from msgspec import Struct

from hts.desk.settings import Settings, Value

STEPS: Final = ("command", "ladder", "arm", "orders", "settings")

SIDES: Final = ("kr", "jp", "us")

CASH_CHOICES: Final = (10_000_000, 50_000_000, 100_000_000, 500_000_000)
CASH_DEFAULT: Final = 100_000_000
JPY_CHOICES: Final = (0, 1_000_000, 5_000_000, 10_000_000, 50_000_000)
USD_CHOICES: Final = (0, 10_000, 50_000, 100_000, 500_000)
SEOUL: Final = ("KRX", "NXT")
TOKYO: Final = ("TSE", "JNX", "ODX")
KEYMAPS: Final = ("default", "kiwoom", "tws")


class RiskChoice(Struct, frozen=True, kw_only=True):
    """How much one order may be: limits of the core, and what the terminal asks about before, by currency."""

    order_qty_max: int
    order_value_max: int
    warn_qty: int
    warn_krw: int
    warn_jpy: int
    warn_usd: int
    confirms: bool = False

    @property
    def settings(self) -> dict[str, Value]:
        """Its part of the terminal's settings."""
        return {
            "entry.warn_qty": self.warn_qty,
            "entry.warn_krw": self.warn_krw,
            "entry.warn_jpy": self.warn_jpy,
            "entry.warn_usd": self.warn_usd,
            "entry.confirm": self.confirms,
        }

    @property
    def limits(self) -> dict[str, int]:
        """The core's part, by name."""
        return {"order_qty_max": self.order_qty_max, "order_value_max": self.order_value_max}


RISKS: Final[Mapping[str, RiskChoice]] = {
    "careful": RiskChoice(
        order_qty_max=2_000,
        order_value_max=10_000_000,
        warn_qty=500,
        warn_krw=3_000_000,
        warn_jpy=300_000,
        warn_usd=3_000,
        confirms=True,
    ),
    "ordinary": RiskChoice(
        order_qty_max=20_000,
        order_value_max=100_000_000,
        warn_qty=5_000,
        warn_krw=50_000_000,
        warn_jpy=5_000_000,
        warn_usd=50_000,
    ),
    "wide": RiskChoice(
        order_qty_max=100_000,
        order_value_max=1_000_000_000,
        warn_qty=50_000,
        warn_krw=500_000_000,
        warn_jpy=50_000_000,
        warn_usd=500_000,
    ),
}
RISK_DEFAULT: Final = "ordinary"
OWN: Final = ""  # in the place of a risk: limits of the trader's own, which stay


class FirstChoices(Struct, frozen=True, kw_only=True):
    """What was chosen at the first start, or later. Cash in won, yen and dollars: 0 for none of that currency."""

    language: str
    convention: str = "market"
    keymap: str = KEYMAPS[0]
    cash: int = CASH_DEFAULT
    cash_jpy: int = 0
    cash_usd: int = 0
    risk: str = RISK_DEFAULT

    @classmethod
    def of(cls, settings: Settings, language: str, keymap: str) -> Self:
        """What holds now; the account has begun, so that of the cash there is nothing to be chosen any more."""
        found = (name for name, one in RISKS.items() if all(settings.value(k) == v for k, v in one.settings.items()))
        risk, convention = next(found, OWN), settings.word("look.convention")
        return cls(language=language, convention=convention, keymap=keymap, cash=0, risk=risk)

    @property
    def settings(self) -> dict[str, Value]:
        """The terminal's part."""
        look: dict[str, Value] = {"look.language": self.language, "look.convention": self.convention}
        return {**look, "look.sides": self.sides, **(RISKS[self.risk].settings if self.risk != OWN else {})}

    def changed(self, before: Self) -> dict[str, Value]:
        """Settings that follow from what is chosen otherwise than before; the others stay as they are."""
        found = self.settings
        if self.language == before.language:
            del found["look.language"]
        if self.convention == before.convention:
            del found["look.convention"], found["look.sides"]
        if self.risk == before.risk and self.risk != OWN:
            found = {name: value for name, value in found.items() if name not in RISKS[self.risk].settings}
        return found

    @property
    def sides(self) -> str:
        """Buys and sells as the directions, and where those are of each market, as in the country of the language."""
        return self.convention if self.convention in SIDES else "us" if self.language == "en" else "kr"

    @property
    def config(self) -> str:
        """The core's part, as the content of config.toml. Who has yen trades in Tokyo too."""
        cash = {"cash": self.cash, "cash_jpy": self.cash_jpy, "cash_usd_cents": self.cash_usd * 100}
        venues = ", ".join(f'"{venue}"' for venue in (*SEOUL, *TOKYO))
        return "\n".join(
            [
                "# Chosen at the first start; see the settings of the core in the manual.",
                "[core]",
                *(f"{name} = {sum_}" for name, sum_ in cash.items() if sum_),
                "",
                *([] if not self.cash_jpy else ["[venue]", f"venues = [{venues}]", ""]),
                "[limits]",
                *(f"{name} = {figure}" for name, figure in RISKS[self.risk].limits.items()),
                "",
            ]
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
