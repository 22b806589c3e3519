"""Saving a table's rows to a file the user names: CSV, or an Excel sheet where the library for it is there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from hts.desk.table_export import NoWriterError, csv, xlsx
from hts.desk.texts import Texts

CSV_FILTER = "CSV (*.csv)"
XLSX_FILTER = "Excel (*.xlsx)"
BOM = "\ufeff"  # without it Excel takes UTF-8 for the system's code page

Lines = Sequence[Sequence[str]]


def ask_path(
    parent: QWidget, texts: Texts, name: str, filters: Sequence[str] = (CSV_FILTER, XLSX_FILTER)
) -> Path | None:
    """Where to; None when the user changed his mind."""
    chosen, wanted = QFileDialog.getSaveFileName(parent, texts("table.export"), f"{name}.csv", ";;".join(filters))
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(".xlsx" if wanted == XLSX_FILTER else ".csv")


def export_lines(path: Path, sheets: Sequence[tuple[str, Lines]], texts: Texts, say: Callable[[str], None]) -> bool:
    """Write by the path's ending; CSV holds the first sheet. Says in one sentence what became of it."""
    try:
        if path.suffix.lower() == ".xlsx":
            path.write_bytes(xlsx(sheets))
        else:
            path.write_text(BOM + csv(sheets[0][1]), encoding="utf-8", newline="")
    except NoWriterError:
        say(texts("table.no_xlsx"))
        return False
    except OSError as fault:
        say(texts("table.not_written", path=str(path), why=str(fault.strerror)))
        return False
    rows = sum(max(len(lines) - 1, 0) for _, lines in sheets)
    say(texts("table.written", path=str(path), count=rows))
    return True
