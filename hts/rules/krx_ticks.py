"""KRX price steps by kind of security and date (Enforcement Rules section 32)."""

from collections.abc import Mapping
from typing import Any

from hts.model.instruments import TickTable
from hts.rules.dates import row_at


def tick_table(table: Mapping[str, Any], *, is_etf: bool, trading_date: int) -> TickTable:
    """The steps in force on a day. `table` is the parsed ticks_limits.toml; LookupError when nothing was in force."""
    kind = "etf" if is_etf else "stock"
    row = row_at([row for row in table["ticks"] if row["kind"] == kind], trading_date)
    return TickTable(starts=tuple(row["starts"]), steps=tuple(row["steps"]))
