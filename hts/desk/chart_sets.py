"""Sets of indicators with a name: saved from one chart, taken by any other. Kept as JSON that a person may read.

A file with one bad entry keeps the good ones; one that is no list of sets is refused whole.
"""

import json
from collections.abc import Collection
from itertools import count
from typing import Any, Final

from msgspec import Struct

from hts.desk.chart_settings import studies_of, studies_table
from hts.desk.chart_studies import AT_FIRST, Fault, Study, study_of
from hts.desk.parsed import json_of
from hts.desk.texts import Texts

FILE: Final = "chart_sets.json"
VERSION: Final = 1
SETS_MAX: Final = 40
NAME_MAX: Final = 30


class StudySet(Struct, frozen=True, kw_only=True):
    """Indicators in their order. `ships`: it came with the program, and is neither changed nor deleted."""

    name: str
    studies: tuple[Study, ...]
    ships: bool = False


# Name's text key and the indicators of the sets that ship.
SHIPPED: Final = (
    ("first", AT_FIRST),
    ("bands", (study_of("bollinger"), study_of("keltner"), study_of("atr"), study_of("volume"))),
    ("momentum", (study_of("ema"), study_of("macd"), study_of("rsi"), study_of("stochastic_slow"))),
    ("trend", (study_of("ichimoku"), study_of("dmi"), study_of("volume"))),
    ("volume", (study_of("vwap"), study_of("profile"), study_of("obv"), study_of("mfi"), study_of("volume"))),
    ("bare", ()),
)


class StudySets:
    """`all` of them: those that ship, then the trader's own in their order."""

    def __init__(self, texts: Texts) -> None:
        self._ships = tuple(
            StudySet(name=texts(f"chart.sets.{key}"), studies=tuple(studies), ships=True) for key, studies in SHIPPED
        )
        self.own: list[StudySet] = []

    @property
    def all(self) -> tuple[StudySet, ...]:
        """In the order in which they are offered."""
        return (*self._ships, *self.own)

    def find(self, name: str) -> StudySet | None:
        """The set of a name."""
        return next((one for one in self.all if one.name == name), None)

    def put(self, name: str, studies: tuple[Study, ...]) -> Fault | None:
        """Keep indicators under a name, in the place of the trader's own of that name; why not, when they cannot be."""
        name = name.strip()
        if not name or len(name) > NAME_MAX or not name.isprintable():
            return Fault(key="chart.fault.set_name", values={"limit": str(NAME_MAX)})
        known = self.find(name)
        if known is not None and known.ships:
            return Fault(key="chart.fault.set_ships", values={"name": name})
        if known is None and len(self.own) >= SETS_MAX:
            return Fault(key="chart.fault.sets_full", values={"count": str(SETS_MAX)})
        made = StudySet(name=name, studies=studies)
        if known is None:
            self.own.append(made)
        else:
            self.own[self.own.index(known)] = made
        return None

    def remove(self, name: str) -> Fault | None:
        """Forget one of the trader's own."""
        known = self.find(name.strip())
        if known is None or known.ships:
            return Fault(key="chart.fault.set_unknown")
        self.own.remove(known)
        return None

    def dump(self) -> str:
        """For the disk."""
        rows = [{"name": one.name, "studies": studies_table(one.studies)} for one in self.own]
        return json.dumps({"version": VERSION, "sets": rows}, ensure_ascii=False, indent=1)

    def load(self, text: str) -> int:
        """Take what was kept; how many could not be used. Raises ValueError for no list of sets."""
        table = json_of(text)
        rows = table.get("sets") if isinstance(table, dict) else None
        if not isinstance(rows, list):
            raise ValueError("no list of sets")  # noqa: TRY004  damaged content, whatever its type
        self.own = []
        taken = {row["name"] for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)}
        return sum(not self._take(row, taken) for row in rows)

    def _take(self, row: Any, taken: Collection[str]) -> bool:
        """A name that ships in the language of now was the trader's in another one: it gets a number."""
        name, stored = (row.get(key) if isinstance(row, dict) else None for key in ("name", "studies"))
        if not isinstance(name, str) or not isinstance(stored, list):
            return False
        if any(one.name == name.strip() for one in self._ships):
            taken = {*taken, *(one.name for one in self.all)}
            stem = name.strip()[: NAME_MAX - 3].strip()
            name = next(found for n in count(2) if (found := f"{stem} {n}") not in taken)
        studies = studies_of(stored)
        return self.put(name, studies) is None and len(studies) == len(stored)
