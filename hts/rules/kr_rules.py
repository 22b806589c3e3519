"""The dated tables of the Korean venues (kr_rules.toml) as the values of one day."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.model.enums import Market, OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.rules.dates import parse_date, parse_time_s, row_at
from hts.rules.krx_limits import exact

Table = Mapping[str, Any]
Takes = Mapping[Phase, Mapping[OrdType, frozenset[TimeInForce]]]

LIQUIDATION = "liquidation"  # 정리매매
OVERHEAT = "overheat"  # 단기과열
SHORT_BAN = "short_ban"
NXT_OUT = "nxt_out"
IPO = "ipo"


class ViRule(Struct, frozen=True, kw_only=True):
    """Volatility interruption of one issue. `dynamic`: ratio by phase."""

    dynamic: Mapping[Phase, Fraction]
    static: Fraction
    call_s: int
    random_s: int
    small_base_px: int
    small_ticks: int


class Breaker(Struct, frozen=True, kw_only=True):
    """Circuit breaker of a market. Times are seconds, and seconds of the day."""

    sustain_s: int
    halt_s: int
    call_s: int
    random_s: int
    clock_from_s: int
    not_after_s: int
    extra_drop: Fraction
    stages: tuple[Fraction, ...]


class Sidecar(Struct, frozen=True, kw_only=True):
    """Sidecar of a market: all the named figures must have moved so far, one way."""

    market: Market
    sustain_s: int
    pause_s: int
    not_before_s: int
    not_after_s: int
    moves: tuple[tuple[str, Fraction], ...]


class KrIssue(Struct, frozen=True, kw_only=True):
    """What holds for one issue on one day. `every_min`: a call every so many minutes instead of continuous trading."""

    symbol: str
    vi: ViRule | None = None
    every_min: int = 0
    is_liquidation: bool = False
    is_ipo: bool = False
    short_banned: bool = False
    short_free: bool = False  # the price rule does not hold: ETF, ETN
    qty_cap: int = 0  # 0: none
    on_nxt: bool = False
    nxt_cap_qty: int = 0  # 0: none


def order_types(table: Table, venue: str, trading_date: int) -> Takes:
    """Which types and conditions each phase takes."""
    row = row_at([row for row in table["orders"] if row["venue"] == venue], trading_date)
    phases = {phase.value: phase for phase in Phase}
    return {
        phases[name]: {OrdType[kind]: frozenset(TimeInForce[tif] for tif in tifs) for kind, tifs in takes.items()}
        for name, takes in row.items()
        if name in phases
    }


def issue_day(
    table: Table, instrument: Instrument, trading_date: int, venue: str = "KRX", krx_volume: int = 0
) -> KrIssue:
    """The issue's day at a venue. `krx_volume`: of the day before, 0 when unknown: then no cap holds."""
    kinds = _designations(table, instrument.symbol, trading_date)
    is_cycled = LIQUIDATION in kinds or OVERHEAT in kinds
    is_interrupted = not is_cycled and IPO not in kinds
    cap = exact(row_at(table["nxt_cap"], trading_date)["share"])
    return KrIssue(
        symbol=instrument.symbol,
        vi=_vi_rule(table, instrument, trading_date, venue) if is_interrupted else None,
        every_min=row_at(table["cycle"], trading_date)["every_min"] if is_cycled else 0,
        is_liquidation=LIQUIDATION in kinds,
        is_ipo=IPO in kinds,
        short_banned=SHORT_BAN in kinds,
        short_free=instrument.is_etf,
        qty_cap=qty_cap(table, instrument, trading_date),
        on_nxt=is_on_nxt(table, instrument.symbol, trading_date),
        nxt_cap_qty=int(krx_volume * cap),
    )


def is_on_nxt(table: Table, symbol: str, trading_date: int) -> bool:
    """Whether Nextrade trades the issue on a day."""
    listed = symbol in row_at(table["nxt_list"], trading_date)["codes"]
    return listed and not _designations(table, symbol, trading_date) & {NXT_OUT, LIQUIDATION, OVERHEAT, IPO}


def first_days(table: Table, trading_date: int) -> frozenset[str]:
    """Issues that are listed on this day."""
    codes = {row["code"] for row in table.get("designation", ()) if row["kind"] == IPO}
    return frozenset(code for code in codes if IPO in _designations(table, code, trading_date))


def breaker(table: Table, trading_date: int) -> Breaker:
    """The circuit breaker in force."""
    row = row_at(table["circuit_breaker"], trading_date)
    return Breaker(
        sustain_s=row["sustain_s"],
        halt_s=row["halt_s"],
        call_s=row["call_s"],
        random_s=row["random_s"],
        clock_from_s=parse_time_s(row["clock_from"]),
        not_after_s=parse_time_s(row["not_after"]),
        extra_drop=exact(row["extra_drop"]),
        stages=tuple(exact(drop) for drop in row["stages"]),
    )


def sidecars(table: Table, trading_date: int) -> tuple[Sidecar, ...]:
    """The sidecars in force, one by market."""
    row = row_at(table["sidecar"], trading_date)
    return tuple(
        Sidecar(
            market=market,
            sustain_s=row["sustain_s"],
            pause_s=row["pause_s"],
            not_before_s=parse_time_s(row["not_before"]),
            not_after_s=parse_time_s(row["not_after"]),
            moves=tuple((name, exact(ratio)) for name, ratio in row[market.name].items()),
        )
        for market in (Market.KOSPI, Market.KOSDAQ)
    )


def qty_cap(table: Table, instrument: Instrument, trading_date: int) -> int:
    """The most shares of one order; 0 where the number of listed shares is unknown."""
    value = instrument.base_px * instrument.listed_shares
    if not value:
        return 0
    tiers = row_at(table["qty_cap"], trading_date)["tiers"]
    tier = next(tier for tier in tiers if value >= tier["from_krw"])
    if "share" in tier:
        return int(instrument.listed_shares * exact(tier["share"]))
    return int(tier["value_krw"] // instrument.base_px)


def _designations(table: Table, symbol: str, trading_date: int) -> set[str]:
    return {
        row["kind"]
        for row in table.get("designation", ())
        if row["code"] == symbol and parse_date(row["from"]) <= trading_date <= parse_date(row["to"])
    }


def static_vi(table: Table, venue: str, trading_date: int) -> Fraction | None:
    """How far from the last call's price a trade is interrupted; None where the venue has no interruption yet."""
    row = _vi_row(table, venue, trading_date)
    return exact(row["static"]) if row is not None else None


def _vi_row(table: Table, venue: str, trading_date: int) -> Table | None:
    rows = [row for row in table["vi"] if row["venue"] == venue]
    begun = [row for row in rows if parse_date(row["from"]) <= trading_date]
    return max(begun, key=lambda begun_row: parse_date(begun_row["from"])) if begun else None


def _vi_rule(table: Table, instrument: Instrument, trading_date: int, venue: str) -> ViRule | None:
    row = _vi_row(table, venue, trading_date)
    if row is None:
        return None
    dynamic = row["dynamic"].get(_vi_group(table, instrument, trading_date), {})
    return ViRule(
        dynamic={Phase(name): exact(ratio) for name, ratio in dynamic.items()},
        static=exact(row["static"]),
        call_s=row["call_s"],
        random_s=row["random_s"],
        small_base_px=row["small_base_px"],
        small_ticks=row["small_ticks"],
    )


def _vi_group(table: Table, instrument: Instrument, trading_date: int) -> str:
    named = {
        code: row["vi"] for row in table["group"] if parse_date(row["from"]) <= trading_date for code in row["codes"]
    }
    if instrument.symbol in named:
        return str(named[instrument.symbol])
    return "etf_wide" if instrument.is_etf else instrument.market.name.lower()
