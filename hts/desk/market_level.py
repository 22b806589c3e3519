"""How each listing segment stands: the change of all its issues together, weighed by what they are worth.

This is no index. No feed tells one, so none is shown; it is the sum of what this terminal knows, and says of how many
issues. ETFs, contracts and issues without a number of shares are left out; of those that have not traded today the
last price is the base price.
"""

from msgspec import Struct

from hts.base.arrays import np
from hts.desk.figures import qty_text
from hts.desk.ratios import bp_text, change_bp
from hts.desk.screener_universe import BASE, PX, Universe
from hts.desk.texts import Texts
from hts.model.enums import SecurityType

EVERY_NS = 1_000_000_000  # of the venue's time, between two reckonings
STOCKS = frozenset({SecurityType.COMMON_STOCK, SecurityType.PREFERRED_STOCK})


class LevelRow(Struct, frozen=True, kw_only=True):
    """One segment; `bp` in hundredths of a percent, `up` and `down` count issues."""

    segment: str
    issues: int
    bp: int
    up: int
    down: int
    currency: str = ""


class MarketLevels:
    """`update` reckons at most once a second; `rows` are the largest segments first."""

    def __init__(self) -> None:
        self.rows: tuple[LevelRow, ...] = ()
        self._seen = (-1, 0)

    def update(self, universe: Universe, trade_ns: int) -> tuple[LevelRow, ...]:
        """The rows as they are now, or as they were within the last second."""
        version, at_ns = self._seen
        if version != universe.version and not 0 <= trade_ns - at_ns < EVERY_NS:
            self._seen = (universe.version, trade_ns)
            self.rows = _rows(universe)
        return self.rows


def level_text(row: LevelRow, texts: Texts) -> str:
    """In words, for a reader and the pointer: how many issues it speaks of."""
    return texts(
        "strip.level_words",
        segment=texts(f"market.{row.segment}"),
        count=qty_text(row.issues),
        percent=bp_text(row.bp),
        up=qty_text(row.up),
        down=qty_text(row.down),
    )


def _rows(universe: Universe) -> tuple[LevelRow, ...]:
    members: dict[str, list[int]] = {}
    shares = np.zeros(len(universe), np.float64)
    for place, symbol in enumerate(universe.symbols):
        issue = universe.issue(symbol)
        if issue.security_type in STOCKS and issue.listed_shares > 0 and issue.base_px > 0:
            members.setdefault(issue.market.name.lower(), []).append(place)
            shares[place] = issue.listed_shares
    table, found = universe.figures(), []
    for segment, places in members.items():
        px, base, held = table[places, PX], table[places, BASE], shares[places]
        now, before = float((px * held).sum()), float((base * held).sum())
        row = LevelRow(
            segment=segment,
            issues=len(places),
            bp=change_bp(round(now / 1_000), round(before / 1_000)),
            up=int((px > base).sum()),
            down=int((px < base).sum()),
            currency=universe.issue(universe.symbols[places[0]]).currency,
        )
        found.append((before, row))
    return tuple(row for _, row in sorted(found, key=lambda one: -one[0]))
