"""`hts audit verify|show|export|sign|prune|erase`: who did what here, and whether the trail of it is whole."""

import argparse
import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hts.app.audit_trail_notes import (
    audit_directory,
    kept_anchor,
    kept_public_key,
    opened_trail,
    where_am_i,
)
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.secret_actions import add_action, add_actions
from hts.app.secret_store import opened_store, store_if_any
from hts.auth.audit import Entry, day_of, read_lines
from hts.auth.audit_verify import verify
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.io.files import FileStorage

COLUMNS = ("seq", "at", "who", "what", "where", "old", "new")
PUBLIC_KEY_BYTES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts audit`."""
    actions = add_actions(parser)
    check = add_action(actions, "verify", "look for changed, missing and cut entries and false signatures")
    check.add_argument("--public-key", metavar="HEX", help="the key that must have signed; default: the one kept here")
    check.add_argument("--archive", metavar="DIR", type=Path, help="days that hts audit prune moved there come first")
    add_action(actions, "sign", "sign the trail as it stands now")
    old = add_action(actions, "prune", "remove days older than audit.keep_years says; the rest stays verifiable")
    where = old.add_mutually_exclusive_group(required=True)
    where.add_argument("--archive", metavar="DIR", type=Path, help="move them to this directory")
    where.add_argument("--delete", action="store_true", help="for good")
    person = add_action(actions, "erase", "put a pseudonym for a user's name in old entries; every hash stays valid")
    person.add_argument("user", help="whose name")
    person.add_argument("--before", metavar="DAY", help="only days before this one; default: as late as the law allows")
    for action, text in (("show", "the entries, for a person"), ("export", "the entries, for a program")):
        sub = add_action(actions, action, text, asks_passphrase=False)
        sub.add_argument("--since", metavar="DAY", default="", help="first UTC day, like 2026-03-02")
        sub.add_argument("--until", metavar="DAY", default="9999", help="last UTC day")
        if action == "export":
            sub.add_argument("--format", choices=("csv", "jsonl"), default="jsonl")


def run(options: argparse.Namespace) -> int:
    """0, or 1 when the trail is not sound."""
    paths = home_paths(home_directory(options.home))
    if options.action == "verify":
        return check(paths, options.public_key, options.passphrase_fd, options.archive)
    if options.action == "sign":
        return sign(paths, options.passphrase_fd)
    if options.action in ("prune", "erase"):
        from hts.app import audit_keeping  # asks people, which a look at the trail does not

        if options.action == "prune":
            return audit_keeping.prune(paths, options.archive, options.passphrase_fd)
        return audit_keeping.erase(paths, options.user, options.before, options.passphrase_fd)
    entries = selected(paths, options.since, options.until)
    if options.action == "show":
        for entry in entries:
            change = " -> ".join(text for text in (entry.old, entry.new) if text)
            line = f"{entry.seq:6} {moment(entry)} {entry.who}@{entry.where} {entry.what} {change}"
            print(printable(line).rstrip())
    elif options.format == "csv":
        write_csv(entries)
    else:
        for entry in entries:
            print(msgspec.json.encode(entry).decode())
    return 0


def check(paths: HomePaths, public_key: str | None, passphrase_fd: int | None, archive: Path | None = None) -> int:
    """Print what was found. Raises ConfigError for a key that is none."""
    given = None if public_key is None else parse_key(public_key)
    places = [place for place in (archive, audit_directory(paths)) if place is not None and place.exists()]
    lines = [line for place in places for line in read_lines(FileStorage(place))]
    with store_if_any(paths, passphrase_fd) as store:
        anchor = None if store is None else kept_anchor(paths, store)
        own = None if store is None else kept_public_key(store)
    verified = verify(lines, given or own, anchor)
    for finding in verified.findings:
        print(finding)
    if anchor is None:
        print("note: nothing outside the trail remembers its end, so missing newest entries cannot be seen")
    if given is None and own is None:
        print("note: no key is kept here, so any key's signature counts")
    print(
        f"{verified.entries} entries, the first {verified.signed_seq} of them signed: "
        f"{'sound' if verified.is_sound else 'NOT SOUND'}"
    )
    if own is not None:
        print(f"public key {own.hex()}")
    return 0 if verified.is_sound else 1


def sign(paths: HomePaths, passphrase_fd: int | None) -> int:
    """Sign now rather than at the first entry of the next day."""
    with opened_store(paths, passphrase_fd) as store, opened_trail(paths, store) as trail:
        was_signed = trail.sign(where_am_i(), SystemClock().wall_ns())
    print("signed" if was_signed else "nothing new to sign")
    return 0


def selected(paths: HomePaths, since: str, until: str) -> Iterator[Entry]:
    """The readable entries of these days."""
    if not audit_directory(paths).exists():
        return
    for line in read_lines(FileStorage(audit_directory(paths))):
        if line.entry is not None and since <= day_of(line.entry.at_ns) <= until:
            yield line.entry


def write_csv(entries: Iterator[Entry]) -> None:
    """A header and a row per entry."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        texts = (entry.who, entry.what, entry.where, entry.old, entry.new)
        writer.writerow([entry.seq, moment(entry), *map(harmless_cell, texts)])


def moment(entry: Entry) -> str:
    """UTC, to the microsecond."""
    return datetime.fromtimestamp(entry.at_ns // 1000 / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def printable(text: str) -> str:
    """Without control characters: an entry must not steer the reader's terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def harmless_cell(text: str) -> str:
    """A spreadsheet takes a cell that begins like a formula for one."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def parse_key(text: str) -> bytes:
    """A public key. Raises ConfigError."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != PUBLIC_KEY_BYTES:
        raise ConfigError(f"public key: expected {PUBLIC_KEY_BYTES} bytes in hexadecimal, found {len(text)} characters")
    return key
