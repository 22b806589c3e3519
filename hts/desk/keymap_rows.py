"""The keymap as a table: section, action, keys, what is to be said about them. Searched by words or by keys."""

from collections.abc import Iterable

from msgspec import Struct

from hts.desk.action_names import is_sending, label, section_of
from hts.desk.finder import NONE, folded, match
from hts.desk.keymap import normal
from hts.desk.keymap_book import KeymapBook
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts

SECTION_ORDER = ("trade", "safety", "form", "ladder", "workspace", "panel", "table", "chart", "look", "other")


class KeymapRow(Struct, frozen=True, kw_only=True):
    """One action. `conflicts`: those of its keys that do nothing, since they mean something else too."""

    action: str
    section: str
    name: str
    keys: tuple[str, ...]
    conflicts: tuple[str, ...]
    is_own: bool
    is_sending: bool

    @property
    def key(self) -> str:
        """The action's name."""
        return self.action


def keymap_rows(book: KeymapBook, actions: Iterable[str], texts: Texts) -> list[KeymapRow]:
    """Every action, by section and then as the program names them."""
    clashing = {conflict.keys for conflict in book.keymap.conflicts}
    rows = []
    for action in actions:
        keys = book.keymap.all_keys_of(action)
        rows.append(
            KeymapRow(
                action=action,
                section=section_of(action),
                name=label(action, texts),
                keys=keys,
                conflicts=tuple(key for key in keys if key in clashing),
                is_own=book.is_changed(action),
                is_sending=is_sending(action),
            )
        )
    return sorted(rows, key=lambda row: SECTION_ORDER.index(row.section))


def filtered(rows: Iterable[KeymapRow], words: str, keys: str, texts: Texts) -> list[KeymapRow]:
    """Rows whose name or section matches the words and whose keys begin with `keys`; empty ones match all."""
    wanted, sequence = folded(words.strip()), normal(keys)
    found = []
    for row in rows:
        named = not wanted or match(wanted, f"{texts(f'keymap.section.{row.section}')} {row.name}")[0] != NONE
        pressed = not sequence or any(f"{one} ".startswith(f"{sequence} ") for one in row.keys)
        if named and pressed:
            found.append(row)
    return found


def keymap_columns(texts: Texts) -> tuple[Column[KeymapRow], ...]:
    """Section, action, keys, remark."""

    def remark(row: KeymapRow) -> str:
        if row.conflicts:
            return texts("keymap.conflict", keys=", ".join(row.conflicts))
        if row.is_own:
            return texts("keymap.own")
        if not row.keys:
            return texts("keymap.none")
        return texts("keymap.armed_only") if row.is_sending else ""

    return (
        Column(
            key="section", head=texts("keymap.head_section"), width=88, role="body_quiet", is_right=False, rank=1,
            text=lambda r: texts(f"keymap.section.{r.section}"), order=lambda r: SECTION_ORDER.index(r.section),
        ),
        Column(
            key="name", head=texts("keymap.head_action"), width=220, role="body_medium", is_right=False,
            text=lambda r: r.name, order=lambda r: r.name,
        ),
        Column(
            key="keys", head=texts("keymap.head_keys"), width=190, role="body", is_right=False,
            text=lambda r: "   ".join(r.keys), order=lambda r: r.keys,
        ),
        Column(
            key="remark", head=texts("keymap.head_remark"), width=150, is_right=False,
            text=remark, order=remark, tone=lambda r: 2 if r.conflicts or r.is_own else 0,
        ),
    )  # fmt: skip


class KeymapTable(ListTable[KeymapRow]):
    """The rows that a search left."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(keymap_columns(texts))
        self._texts = texts
        self.conflict_count = 0

    def update(self, book: KeymapBook, actions: Iterable[str], words: str, keys: str) -> None:
        """Take the keymap as it is now."""
        rows = keymap_rows(book, actions, self._texts)
        self.conflict_count = sum(1 for row in rows if row.conflicts)
        self.replace(filtered(rows, words, keys, self._texts))
