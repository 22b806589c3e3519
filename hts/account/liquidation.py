"""How much is sold by force (반대매매), and of what first.

An unpaid purchase: ceil((unpaid + late fee + expected costs) / (previous close x (1 - discount) x (1 - fee - tax))),
at most what is held: measured at the lower limit, so that the proceeds surely cover. The issue whose purchase was not
paid goes first, then the others, the largest first.

A loan that lacks collateral: shares on loan, oldest loan first, until the ratio holds again even at the lower limit;
Japan closes every credit position; a loan past its term is closed alone.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from hts.account.position import CASH, MARGIN, Position
from hts.account.profile import JP_MARGIN, US_MARGIN

PrevClose = Callable[[str], int]  # of a symbol, in money per share; 0 when unknown


class SaleTerms(Struct, frozen=True, kw_only=True):
    """What a forced sale is measured with."""

    discount: Fraction
    fee: Fraction
    tax: Fraction

    @property
    def net(self) -> Fraction:
        """What surely comes in of the previous close."""
        return (1 - self.discount) * (1 - self.fee - self.tax)


class ForcedSale(Struct, frozen=True, kw_only=True):
    """One order to be entered in the opening call."""

    symbol: str
    credit: str
    loan_date: int
    qty: int
    is_buy: bool = False


def forced_qty(due: int, prev_close: int, terms: SaleTerms, held: int) -> int:
    """The published formula, capped at the holding."""
    assert due > 0, due
    per_share = prev_close * terms.net
    return min(held, _ceil(due / per_share)) if per_share > 0 else held


def unpaid_sales(
    due: int, rows: Iterable[Position], unpaid_symbols: Sequence[str], prev_close: PrevClose, terms: SaleTerms
) -> tuple[ForcedSale, ...]:
    """What to sell of own shares for money that is owed, the unpaid issues first."""
    own = [row for row in rows if row.credit == CASH and row.qty > 0 and row.loan == 0]
    first = {symbol: at for at, symbol in enumerate(unpaid_symbols)}
    own.sort(key=lambda row: (first.get(row.symbol, len(first)), -row.cost, row.symbol))
    sales: list[ForcedSale] = []
    for row in own:
        if due <= 0:
            break
        qty = forced_qty(due, prev_close(row.symbol), terms, row.qty)
        sales.append(ForcedSale(symbol=row.symbol, credit=CASH, loan_date=0, qty=qty))
        covered = qty * prev_close(row.symbol) * terms.net
        due -= covered.numerator // covered.denominator
    return tuple(sales)


def loan_sales(
    kind: str,
    shortfall: int,
    rows: Iterable[Position],
    *,
    prev_close: PrevClose,
    terms: SaleTerms,
    maintenance: Fraction,
) -> tuple[ForcedSale, ...]:
    """What to close of credit positions when a call was not met."""
    credit = sorted((row for row in rows if row.credit and row.qty), key=lambda row: (row.loan_date, row.symbol))
    if kind == JP_MARGIN:
        return tuple(_whole(row) for row in credit)
    if kind == US_MARGIN:
        return _margin_sales(shortfall, rows, prev_close, terms, maintenance)
    sales: list[ForcedSale] = []
    short = Fraction(shortfall)
    for row in credit:
        if short <= 0:
            break
        relief = _relief_per_share(row, prev_close(row.symbol), terms, maintenance)
        qty = min(abs(row.qty), _ceil(short / relief)) if relief > 0 else abs(row.qty)
        sales.append(_part(row, qty))
        short -= qty * max(relief, Fraction(0))
    return tuple(sales)


def term_sales(rows: Iterable[Position], date: int) -> tuple[ForcedSale, ...]:
    """Loans whose term ended on or before a day."""
    return tuple(_whole(row) for row in rows if row.credit and row.qty and 0 < row.due_date <= date)


def _relief_per_share(row: Position, prev_close: int, terms: SaleTerms, maintenance: Fraction) -> Fraction:
    """By how much closing a share lowers what is short, at the worst price.

    A sale takes a share's value out of the collateral and brings its net proceeds less its part of the loan; what
    must be covered falls by maintenance times that part.
    """
    if row.credit == MARGIN:
        loan = Fraction(row.loan, row.qty)
        return maintenance * loan - loan - prev_close + prev_close * terms.net
    return Fraction(0)  # covering at the upper limit takes more than it frees: the whole row goes


def _margin_sales(
    shortfall: int, rows: Iterable[Position], prev_close: PrevClose, terms: SaleTerms, maintenance: Fraction
) -> tuple[ForcedSale, ...]:
    """US: a sale at the market frees the maintenance of what is sold, less its costs; the largest holding first."""
    sales: list[ForcedSale] = []
    short = Fraction(shortfall)
    for row in sorted((row for row in rows if row.qty > 0), key=lambda row: (-row.cost, row.symbol)):
        if short <= 0:
            break
        relief = prev_close(row.symbol) * (maintenance - terms.fee - terms.tax)
        qty = min(int(row.qty), _ceil(short / relief)) if relief > 0 else int(row.qty)
        sales.append(_part(row, qty))
        short -= qty * relief
    return tuple(sales)


def _whole(row: Position) -> ForcedSale:
    return _part(row, abs(row.qty))


def _part(row: Position, qty: int) -> ForcedSale:
    return ForcedSale(symbol=row.symbol, credit=row.credit, loan_date=row.loan_date, qty=qty, is_buy=row.qty < 0)


def _ceil(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)
