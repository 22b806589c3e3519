"""Journal records as rows that a person or a program can read, and the choice of some of them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from hts.base.errors import ConfigError
from hts.journal.survey import Located
from hts.model.records import AnyRecord, OrderEntered, ReportReceived
from hts.model.reports import ExecutionReport
from hts.model.wide import encode_wide

COLUMNS: Final = ("seq", "at", "kind", "account", "order", "venue", "symbol", "what")
_NS: Final = 1_000_000_000
_HIDDEN: Final = frozenset({"type", "trade_ns", "mono_ns"})


class Choice(Struct, frozen=True, kw_only=True):
    """Which records; 0 and "" mean all. Times are the venue's, in nanoseconds UTC."""

    order: int = 0
    account: str = ""
    symbol: str = ""
    kind: str = ""
    since_ns: int = 0
    until_ns: int = 2**63 - 1


class Chooser:
    """Follows orders by the ids of their requests, so that each record is found under its order and account."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._order_of: dict[int, int] = {}  # any ClOrdID -> the order's first one
        self._account_of: dict[int, str] = {}
        self._symbol_of: dict[int, str] = {}

    def choose(self, found: Iterable[Located]) -> Iterator[tuple[Located, dict[str, Any]]]:
        """Those that fit, each with its row."""
        for located in found:
            row = self._row(located)
            if self._fits(located.record, row):
                yield located, row

    def _row(self, located: Located) -> dict[str, Any]:
        record = located.record
        about = record.report if isinstance(record, ReportReceived) else record
        cl_ord_id = getattr(about, "cl_ord_id", 0)
        order = self._follow(cl_ord_id, getattr(about, "orig_cl_ord_id", 0))
        account = getattr(about, "account", "") or self._account_of.get(order, "")
        symbol = getattr(about, "symbol", "") or self._symbol_of.get(order, "")
        if order and isinstance(about, OrderEntered | ExecutionReport):
            self._account_of[order], self._symbol_of[order] = account, symbol
        return {
            "seq": located.seq,
            "at": moment(record.trade_ns),
            "kind": kind_of(record),
            "account": account,
            "order": order,
            "venue": getattr(about, "venue", ""),
            "symbol": symbol,
            "what": _sentence(record),
        }

    def _follow(self, cl_ord_id: int, orig_cl_ord_id: int) -> int:
        order = self._order_of.get(orig_cl_ord_id) or self._order_of.get(cl_ord_id) or orig_cl_ord_id or cl_ord_id
        for one in (cl_ord_id, orig_cl_ord_id):
            if one:
                self._order_of.setdefault(one, order)
        return order

    def _fits(self, record: AnyRecord, row: dict[str, Any]) -> bool:
        choice = self._choice
        if not choice.since_ns <= record.trade_ns < choice.until_ns:
            return False
        if choice.order and row["order"] != self._order_of.get(choice.order, choice.order):
            return False
        wanted = (("account", choice.account), ("symbol", choice.symbol), ("kind", choice.kind))
        return all(not value or row[name] == value for name, value in wanted)


def kind_of(record: AnyRecord) -> str:
    """The tag under which the record is stored."""
    return str(type(record).__struct_config__.tag)


def moment(trade_ns: int) -> str:
    """UTC, to the microsecond."""
    at = datetime.fromtimestamp(trade_ns // _NS, UTC).replace(microsecond=trade_ns % _NS // 1000)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str, option: str) -> int:
    """Nanoseconds of "2026-11-23" or "2026-11-23T00:05:30" (UTC). Raises ConfigError."""
    try:
        at = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError as error:
        raise ConfigError(f"{option}: expected a day or a time like 2026-11-23T00:05:30, found {text!r}") from error
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()) * _NS + at.microsecond * 1000


def _sentence(record: AnyRecord) -> str:
    """Every field that is not empty, in the words of the wire."""
    fields = msgspec.to_builtins(record, enc_hook=encode_wide)
    report = fields.pop("report", None)
    if report:
        fields = {**report, **{name: value for name, value in fields.items() if value}}
    return " ".join(f"{name}={_word(value)}" for name, value in fields.items() if name not in _HIDDEN and value)


def _word(value: Any) -> str:
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list) else str(value)
