"""The columns of an issue that several tables share: name, code, price, change, percent."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from hts.desk.figures import px_text
from hts.desk.ratios import bp_text, sign
from hts.desk.tables import Column, Row
from hts.model.instruments import Instrument


class IssuePrice(Row, Protocol):
    """A row with an issue's price; `bp` is the change in hundredths of a percent."""

    @property
    def name(self) -> str: ...

    @property
    def px(self) -> int: ...

    @property
    def px_decimals(self) -> int: ...

    @property
    def change(self) -> int: ...

    @property
    def bp(self) -> int: ...


P = TypeVar("P", bound=IssuePrice)
R = TypeVar("R", bound=Row)


def at_limit(issue: Instrument, px: int) -> bool:
    """Whether the price stands at the day's upper or lower limit: an arrow is drawn for it then, and no triangle."""
    return px != issue.base_px and px in {issue.upper_px, issue.lower_px}


def name_column(head: str, width: int) -> Column[P]:
    """The issue's name."""
    return Column(key="name", head=head, width=width, text=lambda r: r.name, order=lambda r: r.name, is_right=False)


def code_column(head: str, rank: int, symbol: Callable[[R], str]) -> Column[R]:
    """종목코드: for files and for those who think in codes; the first to give way."""
    return Column(key="code", head=head, rank=rank, width=58, text=symbol, order=symbol, is_right=False,
                  role="body_quiet")  # fmt: skip


def price_columns(
    head: Callable[[str], str], widths: tuple[int, int, int], *, price: str = "px", change_rank: int = 3
) -> tuple[Column[P], Column[P], Column[P]]:
    """Price, change, percent, in these widths. `price` is the key of the price's head."""

    def tone(row: P) -> int:
        return sign(row.change)

    return (
        Column(
            key="px",
            head=head(price),
            width=widths[0],
            text=lambda r: px_text(r.px, r.px_decimals),
            order=lambda r: r.px,
            tone=tone,
            role="price",
            flashes=True,
        ),
        Column(
            key="change",
            head=head("change"),
            width=widths[1],
            rank=change_rank,
            text=lambda r: px_text(abs(r.change), r.px_decimals),
            order=lambda r: r.change,
            tone=tone,
        ),
        Column(
            key="percent",
            head=head("percent"),
            width=widths[2],
            text=lambda r: bp_text(r.bp),
            order=lambda r: r.bp,
            tone=tone,
        ),
    )
