"""Columns of the trade journal's tables: trips, and groups of them."""

from msgspec import Struct

from hts.desk.figures import clock_text, money_text, px_text, qty_text, signed_money, signed_text
from hts.desk.ratios import sign
from hts.desk.tables import Column, side_tone
from hts.desk.tables_positions import date_text
from hts.desk.texts import Texts
from hts.desk.trade_journal import Key, RoundTrip
from hts.desk.trade_journal_figures import Figures, GroupRow, win_text

NO_R = -(10**9)  # where a trip without a first risk stands in the order


class TripRow(Struct, frozen=True, kw_only=True):
    """One trip as it is listed."""

    trip: RoundTrip
    name: str
    px_decimals: int
    tags: tuple[str, ...]
    has_note: bool

    @property
    def currency(self) -> str:
        """The issue's."""
        return self.trip.currency

    @property
    def key(self) -> Key:
        """The trip."""
        return self.trip.key


def held_text(ns: int) -> str:
    """`3d 04:12` or `04:12:07`."""
    seconds = ns // 1_000_000_000
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}"
    return f"{days}d {clock}" if days else f"{clock}:{rest % 60:02d}"


def r_text(centi: int | None) -> str:
    """A multiple of the first risk, like `+1.25`; a dash where none is known."""
    return "—" if centi is None else signed_text(centi, 2)


def mean_r(figures: Figures) -> int | None:
    """The mean multiple; None where no stop was set."""
    return figures.r_mean if figures.r_count else None


def trip_columns(texts: Texts) -> tuple[Column[TripRow], ...]:
    """Day, time, issue, side, quantity, prices, how long, costs, result, excursions, tags."""

    def head(key: str) -> str:
        return texts(f"journal.{key}")

    def money(row: TripRow, value: int) -> str:
        return signed_money(value, row.trip.currency)

    return (
        Column(key="date", head=head("date"), rank=1, width=86, text=lambda r: date_text(r.trip.open_date),
               order=lambda r: r.trip.open_ns, is_right=False, role="body_quiet"),
        Column(key="time", head=head("time"), rank=4, width=62, text=lambda r: clock_text(r.trip.open_ns),
               order=lambda r: r.trip.open_ns % 86_400_000_000_000, is_right=False, role="body_quiet"),
        Column(key="name", head=head("name"), width=104, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        Column(key="side", head=head("side"), width=38, text=lambda r: texts(f"side.{r.trip.side.name.lower()}"),
               order=lambda r: r.trip.side.value, tone=lambda r: side_tone(r.trip.side), is_right=False,
               role="body_medium"),
        Column(key="qty", head=head("qty"), width=52, text=lambda r: qty_text(abs(r.trip.qty)),
               order=lambda r: abs(r.trip.qty)),
        Column(key="entry", head=head("entry"), rank=3, width=76, order=lambda r: r.trip.entry_px,
               text=lambda r: px_text(r.trip.entry_px, r.px_decimals)),
        Column(key="exit", head=head("exit"), rank=3, width=76, order=lambda r: r.trip.exit_px,
               text=lambda r: px_text(r.trip.exit_px, r.px_decimals) if r.trip.exit_qty else "—"),
        Column(key="held", head=head("held"), rank=5, width=72, order=lambda r: r.trip.held_ns,
               text=lambda r: texts("journal.open") if r.trip.is_open else held_text(r.trip.held_ns)),
        Column(key="costs", head=head("costs"), rank=6, width=70, order=lambda r: r.trip.costs, role="body_quiet",
               text=lambda r: money_text(r.trip.costs, r.trip.currency)),
        Column(key="stop", head=head("stop"), rank=10, width=76, order=lambda r: r.trip.stop_px, role="body_quiet",
               text=lambda r: px_text(r.trip.stop_px, r.px_decimals) if r.trip.risk else "—"),
        Column(key="risk", head=head("risk"), rank=9, width=78, order=lambda r: r.trip.risk, role="body_quiet",
               text=lambda r: money_text(r.trip.risk, r.trip.currency) if r.trip.risk else "—"),
        Column(key="mae", head="MAE", rank=8, width=78, order=lambda r: r.trip.mae, role="body_quiet",
               text=lambda r: money(r, r.trip.mae) if r.trip.has_excursion else "—"),
        Column(key="mfe", head="MFE", rank=7, width=78, order=lambda r: r.trip.mfe, role="body_quiet",
               text=lambda r: money(r, r.trip.mfe) if r.trip.has_excursion else "—"),
        Column(key="net", head=head("net"), width=88, text=lambda r: money(r, r.trip.net), order=lambda r: r.trip.net,
               tone=lambda r: sign(r.trip.net), role="body_medium"),
        Column(key="r", head=head("r"), rank=2, width=52, text=lambda r: r_text(r.trip.r_centi),
               order=lambda r: NO_R if r.trip.r_centi is None else r.trip.r_centi,
               tone=lambda r: sign(r.trip.r_centi or 0), role="body_medium"),
        Column(key="tags", head=head("tag_head"), rank=2, width=90, is_right=False,
               text=lambda r: ("✎ " if r.has_note else "") + ", ".join(r.tags), order=lambda r: r.tags),
    )  # fmt: skip


def group_columns(texts: Texts) -> tuple[Column[GroupRow], ...]:
    """One column set for all groups: trips, rate, payoff, expectancy, result with its bar."""

    def head(key: str) -> str:
        return texts(f"journal.{key}")

    return (
        Column(key="name", head=head("group"), width=112, text=lambda r: r.name, order=lambda r: r.name,
               is_right=False),
        Column(key="count", head=head("count"), width=44, text=lambda r: qty_text(r.figures.count),
               order=lambda r: r.figures.count),
        Column(key="win", head=head("win"), rank=1, width=54, text=lambda r: win_text(r.figures),
               order=lambda r: r.figures.win_bp),
        Column(key="payoff", head=head("payoff"), rank=2, width=52, order=lambda r: r.figures.payoff,
               text=lambda r: px_text(r.figures.payoff, 2) if r.figures.payoff else "—"),
        Column(key="expectancy", head=head("expectancy"), rank=1, width=74, order=lambda r: r.figures.expectancy,
               tone=lambda r: sign(r.figures.expectancy),
               text=lambda r: signed_money(r.figures.expectancy, r.currency)),
        Column(key="r", head=head("r_mean"), rank=2, width=58, text=lambda r: r_text(mean_r(r.figures)),
               order=lambda r: NO_R if not r.figures.r_count else r.figures.r_mean,
               tone=lambda r: sign(r.figures.r_mean)),
        Column(key="net", head=head("net"), width=86, order=lambda r: r.figures.net,
               tone=lambda r: sign(r.figures.net),
               text=lambda r: signed_money(r.figures.net, r.currency), role="body_medium"),
        Column(key="bar", head=head("bar"), rank=3, width=80, order=lambda r: r.figures.net, is_right=False,
               is_drawn=True, text=lambda r: signed_money(r.figures.net, r.currency)),
    )  # fmt: skip
