"""`hts statement`: balances, holdings and ledger of the accounts as csv, also while a core runs.

The journal is read and applied from its first record; nothing is written but the files that were asked for.
"""

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from hts.account.fx import CurrencySum, in_base
from hts.account.night import Night
from hts.account.profile import MARKET_OF
from hts.account.statement import (
    BalanceLine,
    HoldingLine,
    LedgerLine,
    LedgerTracker,
    TotalLine,
    balance,
    holding,
)
from hts.app import tables
from hts.app.batch_documents import today_of
from hts.app.config import load_config
from hts.app.offline_core import bare_engine
from hts.app.paths import home_directory, home_paths
from hts.base.errors import ConfigError
from hts.engine.core_state import CoreState
from hts.engine.nightly import night_of
from hts.io.blob import FileBlob
from hts.io.files import FileStorage
from hts.journal.archive import Archive
from hts.journal.survey import Survey
from hts.model.records_account import BatchJobDone
from hts.model.units import Notional
from hts.rules.account_rules import AccountRules

LAST_JOB = "translation"
KINDS: dict[str, type[Struct]] = {
    "balances": BalanceLine,
    "holdings": HoldingLine,
    "totals": TotalLine,
    "ledger": LedgerLine,
}
ALL_ACCOUNTS = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts statement`."""
    parser.add_argument("kind", choices=tuple(KINDS), help="what to tell")
    parser.add_argument("--account", default="", help="one account; default: all")
    parser.add_argument("--date", default="", metavar="DAY", help="the evening of a day, like 2026-11-23; default: now")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of csv")


def run(options: argparse.Namespace) -> int:
    """0; the rows go to standard output."""
    paths = home_paths(home_directory(options.home))
    if not paths.journal.exists():
        raise ConfigError(f"{paths.journal}: expected a journal, found none; start the core once, or choose --home")
    rules = AccountRules.parse(tables.load_folder(tables.MARKET))
    engine = bare_engine(load_config(paths.config), rules)
    until = _date(options.date)
    storage, archive = FileStorage(paths.journal), FileStorage(paths.archive)
    try:
        ledger = _replay(engine.core.state, Survey(storage, Archive(archive)), until)
    finally:
        storage.close()
        archive.close()
    state = engine.core.state
    night = night_of(state, rules, until or state.today, 0)
    rows = ledger if options.kind == "ledger" else lines_of(night)[options.kind]
    chosen = [row for row in rows if options.account in ("", getattr(row, "account", ""))]
    if options.json:
        print(json.dumps({options.kind: [msgspec.to_builtins(row) for row in chosen]}))
    else:
        sys.stdout.write(csv_text(KINDS[options.kind], chosen))
    return 0


def lines_of(night: Night) -> dict[str, list[Struct]]:
    """Balances and holdings of every account, as the books stand."""
    balances: list[Struct] = []
    for profile, money in night.all_money():
        market = MARKET_OF[profile.kind]
        d1, d2 = (night.rules.settlement.later(market, night.date, days) for days in (1, 2))
        balances.append(balance(money, d1, d2, night.date))
    holdings: list[Struct] = [holding(row, night.mark(row)) for row in night.book.ledger.all_rows() if row.qty]
    return {"balances": balances, "holdings": holdings, "totals": list(totals_of(night))}


def totals_of(night: Night) -> Iterator[TotalLine]:
    """Each account in its base currency, then all accounts of one base currency together."""
    sums: dict[str, list[TotalLine]] = {}
    for account in dict.fromkeys(money.account for _, money in night.all_money()):
        line = _total(night, account)
        sums.setdefault(line.currency, []).append(line)
        yield line
    amounts = ("cash", "holdings", "total", "realised", "unrealised", "fx_profit")
    for currency, lines in sums.items():
        added = {name: Notional(sum(getattr(line, name) for line in lines)) for name in amounts}
        unknown = " ".join(sorted({line.unknown for line in lines if line.unknown}))
        yield TotalLine(account=ALL_ACCOUNTS, currency=currency, unknown=unknown, **added)


def _total(night: Night, account: str) -> TotalLine:
    base = night.book.profile(account).base_currency
    monies = [money for _, money in night.all_money() if money.account == account]
    parts = []
    for money in monies:
        holdings = night.valuation(account, money.currency).holdings
        parts.append(CurrencySum(money=money, holdings=holdings, unrealised=holdings - (money.cost - money.loans)))
    total = in_base(account, base, parts, night.book.rate)
    return TotalLine(
        account=account,
        currency=base,
        cash=total.cash,
        holdings=total.holdings,
        total=Notional(total.cash + total.holdings),
        realised=total.realised,
        unrealised=total.unrealised,
        fx_profit=Notional(sum(night.book.fx_profit.get((account, money.currency), 0) for money in monies)),
        unknown=" ".join(total.unknown),
    )


def write_statements(night: Night, folder: Path) -> list[str]:
    """One csv each; the same evening always writes the same. Returns their names."""
    names = []
    for kind, rows in lines_of(night).items():
        path = folder / f"{kind}.csv"
        FileBlob(path).replace(csv_text(KINDS[kind], rows).encode())
        names.append(str(path))
    return names


def csv_text(kind: type[Struct], rows: Iterable[Struct]) -> str:
    """A header, and one line per row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(kind.__struct_fields__)
    for row in rows:
        writer.writerow([getattr(row, name) for name in kind.__struct_fields__])
    return out.getvalue()


def _replay(state: CoreState, survey: Survey, until: int) -> list[LedgerLine]:
    """Apply the journal up to the end of a night; what each record did to money."""
    tracker = LedgerTracker(state.ledger)
    lines: list[LedgerLine] = []
    for located in survey.records():
        state.apply(located.record)
        lines += tracker.lines(located.record)
        record = located.record
        if until and isinstance(record, BatchJobDone) and record.date == until and record.job == LAST_JOB:
            return lines
    if until and state.book.progress.date < until:
        raise ConfigError(f"--date: the night of {until} is not over; run hts batch first, or leave --date out")
    if not survey.is_sound:
        raise ConfigError(f"the journal is damaged: {survey.findings[0]}; see hts journal verify")
    return lines


def _date(text: str) -> int:
    if not text:
        return 0
    try:
        return today_of(text)
    except ValueError as error:
        raise ConfigError(f"--date: expected a day like 2026-11-23, found {text!r}") from error
