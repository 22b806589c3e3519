"""`hts batch`: the night's jobs by hand, and what came of them.

A running core rolls its days itself; this is for a core that is off, and for documents: confirmations are read before
the jobs, instructions and statements are written after them. Killed anywhere it goes on where it was.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hts.account.batch import JOBS, is_over, missed_nights, run_night
from hts.account.batch_events import unconfirmed
from hts.account.night import Night
from hts.account.obligations import SettlementBreak, cash_by_venue
from hts.app import tables
from hts.app.batch_documents import put_away, read_documents, today_of, write_instructions
from hts.app.offline_core import OfflineCore, offline_core
from hts.app.statement import write_statements
from hts.base.errors import ConfigError
from hts.engine.nightly import night_of
from hts.model.records_account import BatchJobDone, LiquidationScheduled, MarginCalled
from hts.rules.dates import NS, krx_date
from hts.wire.iso20022.layout import Iso20022Layout

DAY_ENDS_S = 20 * 3600  # the last trading session of Seoul is over then


class BatchReport(Struct, kw_only=True):
    """What the night did. `jobs`: records by job, in order; `done_before`: it was over already."""

    date: int
    done_before: bool
    jobs: dict[str, int]
    documents_read: int = 0
    documents_refused: int = 0
    instructions: int = 0
    statements: list[str] = []
    cash_due: dict[str, int] = {}  # on the next settlement day, per venue and currency; negative: to pay
    calls: list[MarginCalled] = []
    forced_sales: list[LiquidationScheduled] = []
    unconfirmed_events: list[str] = []
    breaks: list[SettlementBreak] = []


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts batch`."""
    parser.add_argument("--date", default="", metavar="DAY", help="the day that ends, like 2026-11-23; default: newest")
    parser.add_argument(
        "--final", action="append", default=[], metavar="SYMBOL=PRICE", help="final settlement price of a contract"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when all is in order, 1 when a person has to look: breaks, unconfirmed events, unreadable documents."""
    finals = dict(map(_final, options.final))
    with offline_core(options.home) as core:
        reports = [run_date(core, date, finals) for date in _dates(core, options.date)]
    for report in reports:
        _print(report)
    if options.json:
        print(json.dumps({"nights": [msgspec.to_builtins(report) for report in reports]}))
    return 1 if any(one.breaks or one.unconfirmed_events or one.documents_refused for one in reports) else 0


def run_date(core: OfflineCore, date: int, finals: dict[str, int]) -> BatchReport:
    """One night, from the documents that came in to the statements that go out."""
    layout = Iso20022Layout.parse(tables.load(tables.PROTOCOLS, "iso20022"))
    folder = core.paths.home / "settlement"
    taken, refused = _take_documents(core, folder, layout)
    night = night_of(core.state, core.rules, date, core.trade_ns, mono_ns=core.mono_ns, finals=finals)
    done_before = is_over(night)
    counts = _run_jobs(core, night)
    age = core.rules.settlement.business_days_between
    market = core.rules.settlement.market
    return BatchReport(
        date=date,
        done_before=done_before,
        jobs=counts,
        documents_read=taken,
        documents_refused=refused,
        instructions=write_instructions(folder, core.state.book.obligations, core.rules, layout),
        statements=write_statements(night, core.paths.home / "statements" / str(date)),
        cash_due=_cash_due(core, night),
        calls=list(core.state.book.calls.values()),
        forced_sales=list(core.state.book.forced.values()),
        unconfirmed_events=list(unconfirmed(night)),
        breaks=list(core.state.book.obligations.breaks(date, lambda venue, day: age(market(venue), day, date))),
    )


def _run_jobs(core: OfflineCore, night: Night) -> dict[str, int]:
    counts: Counter[str] = Counter()
    count = 0
    for record in run_night(night):
        core.append(record)
        count += 1
        if isinstance(record, BatchJobDone):
            counts[record.job] = count - 1
            count = 0
    return {name: counts[name] for name, _ in JOBS}


def _cash_due(core: OfflineCore, night: Night) -> dict[str, int]:
    sums = cash_by_venue(core.state.book.obligations, night.next_date)
    return {f"{venue} {currency}": amount for (venue, currency), amount in sums.items()}


def _take_documents(core: OfflineCore, folder: Path, layout: Iso20022Layout) -> tuple[int, int]:
    taken = refused = 0
    for path, record, why in read_documents(folder, core.state.book.obligations, core.rules, layout, core.at):
        if record is not None:
            core.append(record)
            taken += 1
        refused += bool(why)
        put_away(folder, path, why)
    return taken, refused


def _dates(core: OfflineCore, text: str) -> list[int]:
    """The day that was asked for, or every one that is not over yet up to the newest that a venue told."""
    if text:
        try:
            return [today_of(text)]
        except ValueError as error:
            raise ConfigError(f"--date: expected a day like 2026-11-23, found {text!r}") from error
    today, done = core.state.today, core.state.book.progress.date
    if not today:
        raise ConfigError("expected a trading day in the journal, found none; give --date")
    second = (core.trade_ns // NS + 9 * 3600) % 86_400
    if krx_date(core.trade_ns) == today and second < DAY_ENDS_S:
        clock = f"{second // 3600:02d}:{second % 3600 // 60:02d}"
        raise ConfigError(f"the day of {today} is not over (venue time {clock}); --date runs its night all the same")
    first = night_of(core.state, core.rules, done, core.trade_ns) if done else None
    return [*(missed_nights(first, today) if first else ()), today]


def _final(text: str) -> tuple[str, int]:
    symbol, separator, px = text.partition("=")
    if not separator or not px.isdecimal():
        raise ConfigError(f"--final: expected SYMBOL=PRICE in the unit of its prices, found {text!r}")
    return symbol, int(px)


def _print(report: BatchReport) -> None:
    print(f"night of {report.date}" + (": was done before" if report.done_before else ""))
    for name, count in report.jobs.items():
        print(f"  {name:12} {count}")
    print(f"  documents    {report.documents_read} read, {report.documents_refused} refused")
    print(f"  instructions {report.instructions}")
    for name, amount in report.cash_due.items():
        print(f"  cash due     {name} {amount}")
    for name in report.statements:
        print(f"  statement    {name}")
    rows: list[tuple[str, Any]] = [("call", one) for one in report.calls]
    rows += [("forced sale", one) for one in report.forced_sales]
    rows += [("unconfirmed", one) for one in report.unconfirmed_events]
    rows += [("break", one) for one in report.breaks]
    for kind, row in rows:
        text = row if isinstance(row, str) else " ".join(f"{k}={v}" for k, v in _shown(row).items())
        print(f"  {kind}: {text}")


def _shown(row: Struct) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(row)
    return {name: value for name, value in found.items() if name not in ("type", "trade_ns", "mono_ns") and value != ""}
