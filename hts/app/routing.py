"""`hts routing`: the day's best-execution report out of the journal, on the screen, as csv or as an html page.

Read while the core runs or after it: the journal is only read.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec.structs import asdict, replace

from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.tables import resources_directory
from hts.base.errors import ConfigError
from hts.desk.texts import LANGUAGES, Texts
from hts.io.files import FileStorage
from hts.journal.archive import Archive
from hts.journal.replay import read_journal
from hts.model.enums import ExecType
from hts.model.records import AnyRecord, OrderEntered, ReportReceived, RouteDecided, VenueSessionStarted
from hts.model.reports import ExecutionReport
from hts.model.routing import ChildFill, RouteRecord
from hts.model.units import ClOrdID
from hts.router.best_execution import Execution, judge, venue_statistics
from hts.router.plan import explain
from hts.router.report import COLUMNS, cells, csv_report, html_report

SUFFIXES: Final = (".html", ".csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts routing`."""
    parser.add_argument("--date", type=int, default=0, metavar="YYYYMMDD", help="the trading day (default: the newest)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the report there: .html or .csv")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the page")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """Print or write the report; 0."""
    if options.out is not None and options.out.suffix not in SUFFIXES:
        raise ConfigError(f"--out {options.out}: expected a name that ends in .html or .csv")
    date, decided, fills = read_day(home_paths(home_directory(options.home)), options.date)
    explained = [_explained(record) for record in decided]
    executions, venues = judge(explained, fills), venue_statistics(explained, fills)
    if options.out is not None:
        path = resources_directory() / "texts" / f"{options.lang}.toml"
        texts = Texts.parse(options.lang, path.read_text(encoding="utf-8"))
        page = csv_report(executions) if options.out.suffix == ".csv" else html_report(
            str(date), executions, venues, texts
        )  # fmt: skip
        options.out.write_text(page, encoding="utf-8", newline="")
        print(f"{len(executions)} routed orders of {date}: {options.out}")
    else:
        print(f"{len(executions)} routed orders of {date}")
        for one in executions:
            print("  " + "  ".join(f"{name} {cell}" for name, cell in zip(COLUMNS, cells(one), strict=True)))
    if options.json:
        print(json.dumps({"date": date, "orders": [_plain(one) for one in executions],
                          "venues": [asdict(one) for one in venues]}))  # fmt: skip
    return 0


def read_day(paths: HomePaths, date: int = 0) -> tuple[int, list[RouteRecord], list[ChildFill]]:
    """(trading date, decisions, fills of routed orders) of one day. Raises ConfigError where there is no such day."""
    storage, archive = FileStorage(paths.journal), FileStorage(paths.archive)
    try:
        records = read_journal(storage, older=Archive(archive)).records
    finally:
        storage.close()
        archive.close()
    return day_of(records, date)


def day_of(records: Iterable[AnyRecord], date: int = 0) -> tuple[int, list[RouteRecord], list[ChildFill]]:
    """The same from records. A day begins with the first venue that begins it."""
    days: dict[int, tuple[list[RouteRecord], list[ChildFill]]] = {}
    parents: dict[int, int] = {}
    today = 0
    for record in records:
        if isinstance(record, VenueSessionStarted):
            today = max(today, record.trading_date)
            days.setdefault(today, ([], []))
        elif isinstance(record, OrderEntered) and record.parent_id:
            parents[record.cl_ord_id] = record.parent_id
        elif isinstance(record, RouteDecided) and today:
            days[today][0].append(record.decision)
        elif isinstance(record, ReportReceived) and today:
            fill = _fill(record, parents)
            if fill is not None:
                days[today][1].append(fill)
    wanted = date or today
    if wanted not in days:
        known = ", ".join(str(day) for day in sorted(days)) or "none"
        raise ConfigError(f"--date {wanted}: expected a day of the journal, found {known}")
    return wanted, *days[wanted]


def _fill(record: ReportReceived, parents: dict[int, int]) -> ChildFill | None:
    report = record.report
    if not isinstance(report, ExecutionReport) or report.exec_type is not ExecType.TRADE:
        return None
    parent_id = parents.get(report.cl_ord_id) or parents.get(report.orig_cl_ord_id)
    if parent_id is None:
        return None
    return ChildFill(
        order_id=ClOrdID(parent_id),
        venue=report.venue,
        px=report.last_px,
        qty=report.last_qty,
        cost=record.fee + record.tax,
        trade_ns=report.transact_ns,
        fee=record.fee,
        value=record.terms.value if record.terms is not None else 0,
        liquidity=report.last_liquidity_ind,
    )


def _explained(record: RouteRecord) -> RouteRecord:
    return replace(record, plan=explain(record.request, record.seen, record.plan))


def _plain(one: Execution) -> dict[str, object]:
    found = asdict(one)
    return {name: value.name if hasattr(value, "name") else value for name, value in found.items()}
