"""`hts book FILE`: a recorded flow to a series of books as csv, held against the recorded books.

FILE is a LOBSTER message file. The orderbook file beside it (same name with "orderbook" for "message"), or the one
given with --orderbook, tells what rested at the start and is what the rebuilt book is compared with.

    stdout     csv, one line per event; with --json one JSON object instead
    --out      the csv goes to that file
    stderr     on how many events the books are equal, and why they differ on the others
    exit       0 all differences are explained, 1 some are not, 2 the input cannot be used
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from hts.base.errors import ConfigError, HtsError
from hts.wire.lobster.book import BookReport, Depth, Difference, compare, rebuild
from hts.wire.lobster.messages import NS, PRICE_SCALE, LobsterError, LobsterMessage, parse_messages
from hts.wire.lobster.orderbook import LEVELS_MAX, BookRow, Level, parse_orderbook

T = TypeVar("T")

_DIFFERENCES_SHOWN = 12


def main(argv: Sequence[str]) -> int:
    """Run the command; `argv` without the command's name."""
    options = _parser().parse_args(argv)
    try:
        return _run(options)
    except BrokenPipeError:
        return 0  # the reader of the csv has seen enough
    except HtsError as error:
        print(f"hts book: {error}", file=sys.stderr)
    except OSError as error:
        print(f"hts book: {error.filename}: {error.strerror}", file=sys.stderr)
    if options.json:
        print(json.dumps({"ok": False}))
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hts book", description="Rebuild the book of a recorded session, as csv.")
    parser.add_argument("file", type=Path, help="LOBSTER message csv")
    parser.add_argument("--orderbook", type=Path, help="LOBSTER orderbook csv (default: the one beside FILE, if any)")
    parser.add_argument("--levels", type=_levels, default=1, help="levels per side in the csv (default 1)")
    parser.add_argument("--out", type=Path, help="write the csv to this file")
    parser.add_argument("--json", action="store_true", help="print the comparison as one JSON object")
    return parser


def _levels(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LEVELS_MAX:
        raise argparse.ArgumentTypeError(f"expected 1 to {LEVELS_MAX}, found {text}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    messages = _parsed(options.file, parse_messages)
    book_file = options.orderbook or _beside(options.file)
    rows = _parsed(book_file, parse_orderbook) if book_file else ()
    try:
        report = compare(messages, rows) if rows else None
    except LobsterError as error:
        raise ConfigError(f"{book_file}: {error}") from error
    start = Depth.before(messages[0], rows[0]) if rows else None
    if options.out or not options.json:
        _write(messages, rebuild(messages, start, options.levels), options.levels, options.out)
    print("\n".join(explain(report, len(messages))), file=sys.stderr)
    is_explained = report is None or not report.unexplained
    if options.json:
        print(json.dumps({"ok": is_explained, "file": str(options.file), **as_json(report, len(messages))}))
    return 0 if is_explained else 1


def _parsed(path: Path, parse: Callable[[str], T]) -> T:
    """A file's content; names the file in what goes wrong."""
    try:
        return parse(path.read_bytes().decode("ascii"))
    except UnicodeDecodeError as error:
        found = error.object[error.start]
        raise ConfigError(f"{path}: expected a text file, found byte {found} at {error.start}") from error
    except LobsterError as error:
        raise ConfigError(f"{path}: {error}") from error


def _beside(path: Path) -> Path | None:
    other = path.with_name(path.name.replace("message", "orderbook"))
    return other if other != path and other.is_file() else None


# -- the series --


def _write(messages: Sequence[LobsterMessage], rows: Sequence[BookRow], levels: int, out: Path | None) -> None:
    lines = [",".join(["time", *(f"{name}_{k}" for k in range(1, levels + 1) for name in _COLUMNS)])]
    lines += [_csv_line(message, row, levels) for message, row in zip(messages, rows, strict=True)]
    text = "\n".join(lines) + "\n"
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        out.write_text(text, encoding="ascii")


_COLUMNS = ("ask_px", "ask_size", "bid_px", "bid_size")


def _csv_line(message: LobsterMessage, row: BookRow, levels: int) -> str:
    """Prices in dollars; empty fields where there is no level."""
    fields = [f"{message.time_ns // NS}.{message.time_ns % NS:09d}"]
    for k in range(levels):
        for side in (row.asks, row.bids):
            fields += _fields(side[k]) if k < len(side) else ("", "")
    return ",".join(fields)


def _fields(level: Level) -> tuple[str, str]:
    return _dollars(level[0]), str(level[1])


def _dollars(price: int) -> str:
    return f"{price // PRICE_SCALE}.{price % PRICE_SCALE:04d}"


# -- the comparison --


def explain(report: BookReport | None, messages: int) -> list[str]:
    """The comparison in sentences."""
    if report is None:
        return [f"{messages} events; no orderbook file to compare with, and the book at the start is not known"]
    kinds = Counter(d.kind.value for d in report.differences)
    depth, count = report.depth, len(report.differences)
    top, whole = report.informed_top_equal, report.informed_depth_equal
    lines = [
        f"{report.events} events; the book is rebuilt from the messages",
        f"best bid and ask equal the recorded after {report.top_equal}, all {depth} levels after {report.depth_equal}",
        f"{count} prices differed for a while ({_counts(kinds)}), {len(report.unexplained)} unexplained",
        f"explained: just before, the price lay deeper than {depth} levels, where the message file is silent",
        f"with levels taken over as they come into view: equal after {top}, all {depth} levels after {whole}",
    ]
    shown = report.unexplained or report.differences
    lines += [_sentence(d) for d in shown[:_DIFFERENCES_SHOWN]]
    if len(shown) > _DIFFERENCES_SHOWN:
        lines.append(f"... and {len(shown) - _DIFFERENCES_SHOWN} more; --json lists them all")
    return lines


def _counts(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"


def _sentence(d: Difference) -> str:
    side = "bid" if d.is_buy else "ask"
    why = "out of view just before" if d.is_explained else "UNEXPLAINED: in view just before"
    return (
        f"event {d.first_event} to {d.until_event - 1}: {side} {_dollars(d.price)} {d.kind.value}, "
        f"rebuilt {d.rebuilt_size}, recorded {d.recorded_size} ({why})"
    )


def as_json(report: BookReport | None, events: int) -> dict[str, object]:
    """The comparison as a JSON object; the recorded figures are null without an orderbook file."""
    if report is None:
        return {"events": events, "depth": None, "top_equal": None, "depth_equal": None, "differences": []}
    return {
        "events": report.events,
        "depth": report.depth,
        "top_equal": report.top_equal,
        "depth_equal": report.depth_equal,
        "informed_top_equal": report.informed_top_equal,
        "informed_depth_equal": report.informed_depth_equal,
        "unexplained": len(report.unexplained),
        "differences": [
            {
                "first_event": d.first_event,
                "until_event": d.until_event,
                "side": "bid" if d.is_buy else "ask",
                "price": _dollars(d.price),
                "rebuilt_size": d.rebuilt_size,
                "recorded_size": d.recorded_size,
                "kind": d.kind.value,
                "explained": d.is_explained,
            }
            for d in report.differences
        ],
    }
