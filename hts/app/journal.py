"""`hts journal verify|show|export|compact|prune`: what the core has written down, and whether it is whole."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from hts.app.build import build_name
from hts.app.journal_rows import COLUMNS, Choice, Chooser, parse_time
from hts.app.paths import HomePaths, home_directory, home_paths, prepare_home
from hts.app.secret_actions import add_action, add_actions
from hts.base.errors import ConfigError
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.journal.archive import Archive
from hts.journal.opening import compact
from hts.journal.snapshot import snapshot_names
from hts.journal.survey import Survey
from hts.model.wide import encode_wide

SHOWN_MAX = 1_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts journal`."""
    actions = add_actions(parser)
    check = add_action(actions, "verify", "look for damage, tampering and gaps", asks_passphrase=False)
    check.add_argument("--json", action="store_true", help="print one JSON object")
    show = add_action(actions, "show", "the records, for a person", asks_passphrase=False)
    show.add_argument("--limit", type=int, default=SHOWN_MAX, metavar="N", help="only the newest N (0: all)")
    show.add_argument("--json", action="store_true", help="print one JSON object")
    export = add_action(actions, "export", "the records, for a program", asks_passphrase=False)
    export.add_argument("--format", choices=("csv", "jsonl"), default="jsonl")
    for sub in (show, export):
        sub.add_argument("--order", type=int, default=0, metavar="ID", help="any ClOrdID of the order")
        sub.add_argument("--account", default="")
        sub.add_argument("--symbol", default="")
        sub.add_argument("--kind", default="", help="of record: new, report, denied, ...")
        sub.add_argument("--since", default="", metavar="TIME", help="venue time in UTC, like 2026-11-23T00:05:30")
        sub.add_argument("--until", default="", metavar="TIME", help="before this time")
    shorten = add_action(actions, "compact", "move old segments to the archive", asks_passphrase=False)
    shorten.add_argument("--json", action="store_true", help="print one JSON object")
    prune = add_action(actions, "prune", "delete archived days for good", asks_passphrase=False)
    prune.add_argument("--before", required=True, metavar="DAY", help="first day that is kept, like 2026-11-23")
    prune.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """0, or 1 when the journal is not sound."""
    paths = home_paths(home_directory(options.home))
    prepare_home(paths)
    if not paths.journal.exists():
        raise ConfigError(f"{paths.journal}: expected a journal, found none; start the core once, or choose --home")
    with opened(paths) as (storage, archive):
        if options.action == "verify":
            return verify(Survey(storage, archive), as_json=options.json)
        if options.action == "compact":
            return shorten(paths, storage, archive, as_json=options.json)
        if options.action == "prune":
            return prune(storage, archive, options.before, as_json=options.json)
        chosen = Chooser(_choice(options)).choose(Survey(storage, archive).records())
        if options.action == "show":
            return show([row for _, row in chosen], options.limit, as_json=options.json)
        if options.format == "csv":
            writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for _, row in chosen)
        else:
            for located, _ in chosen:
                print(msgspec.json.encode(located, enc_hook=encode_wide).decode())
    return 0


@contextmanager
def opened(paths: HomePaths) -> Iterator[tuple[FileStorage, Archive]]:
    """The journal and its archive, to be read while a core may write."""
    storage, moved = FileStorage(paths.journal), FileStorage(paths.archive)
    try:
        yield storage, Archive(moved)
    finally:
        storage.close()
        moved.close()


def verify(survey: Survey, *, as_json: bool) -> int:
    """Print what was found: every damaged place, and the hash that stands for everything up to the end."""
    records = sum(1 for _ in survey.records())
    if as_json:
        found = {
            "segments": survey.segments,
            "records": records,
            "sound": survey.is_sound,
            "chain": survey.chain.hex(),
            "findings": [msgspec.to_builtins(finding) for finding in survey.findings],
        }
        print(json.dumps(found))
        return 0 if survey.is_sound else 1
    for finding in survey.findings:
        print(f"{finding.kind}: {finding}")
    print(f"{survey.segments} segments, {records} records, chain {survey.chain.hex()}: ", end="")
    print("sound" if survey.is_sound else "NOT SOUND")
    return 0 if survey.is_sound else 1


def show(rows: list[dict[str, Any]], limit: int, *, as_json: bool) -> int:
    """The newest rows, oldest first."""
    shown = rows[-limit:] if limit else rows
    if as_json:
        print(json.dumps({"count": len(rows), "records": shown}))
        return 0
    for row in shown:
        order = f" order {row['order']}" if row["order"] else ""
        print(f"{row['seq']:7} {row['at']} {row['kind']:8}{order} {row['what']}")
    if len(shown) < len(rows):
        print(f"the newest {len(shown)} of {len(rows)} records; --limit 0 shows all")
    return 0


def shorten(paths: HomePaths, storage: FileStorage, archive: Archive, *, as_json: bool) -> int:
    """Move what no kept snapshot needs. The core does the same at each start; it must not run meanwhile."""
    lock = LockFile(paths.core_lock)
    if not lock.acquire(build_name()):
        raise ConfigError(f"{paths.home}: a core runs here; stop it first (hts stop)")
    try:
        moved = compact(storage, archive)
    finally:
        lock.release()
    found = {"moved": moved, "snapshots": snapshot_names(storage)}
    print(json.dumps(found) if as_json else f"{len(moved)} segments moved, {len(found['snapshots'])} snapshots kept")
    return 0


def prune(storage: FileStorage, archive: Archive, before: str, *, as_json: bool) -> int:
    """Delete archived days. What is left begins at a snapshot, which then is the only way to the state."""
    if not snapshot_names(storage):
        raise ConfigError("prune: expected a snapshot to begin from, found none; nothing was deleted")
    day = before.replace("-", "")
    if len(day) != len("20261123") or not day.isdecimal():
        raise ConfigError(f"--before: expected a day like 2026-11-23, found {before!r}")
    deleted = archive.prune(int(day))
    print(json.dumps({"deleted": deleted}) if as_json else f"{len(deleted)} archived segments deleted")
    return 0


def _choice(options: argparse.Namespace) -> Choice:
    return Choice(
        order=options.order,
        account=options.account,
        symbol=options.symbol,
        kind=options.kind,
        since_ns=parse_time(options.since, "--since") if options.since else 0,
        until_ns=parse_time(options.until, "--until") if options.until else 2**63 - 1,
    )
