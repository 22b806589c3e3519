"""A basket before it starts: the file's lines with what is wrong at each, what all of it is worth, and the start.

What only the file says is judged by its reader (hts.model.basket_file), what the market says (the issue, its lot, its
ticks) here; the core judges money, shares and limits of the whole. Nothing of a file with a fault is sent.
"""

from msgspec import Struct

from hts.desk.actions import Actions, Refusal
from hts.desk.algo_fields import Problem, number_of
from hts.desk.figures import money_text, px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.tables import Column, ListTable, side_tone
from hts.desk.texts import Texts
from hts.model.basket_file import PPM, BasketFault, BasketFile, FileLine, read_file
from hts.model.enums import Side
from hts.model.instruments import CURRENCY_DECIMALS, Instrument
from hts.model.work import BasketLine

AGAIN_NS = 3_000_000_000
MINUTES_MAX = 390
NO_FILE = BasketFile()


class BasketRow(Struct, frozen=True, kw_only=True):
    """One line as the table shows it. `value` in the currency's smallest unit; 0 where it is not known."""

    number: int
    symbol: str
    name: str
    side: Side | None
    qty: int
    ratio_ppm: int
    px: int
    px_decimals: int
    value: int
    currency: str
    cells: tuple[str, ...]
    problem: Problem | None

    @property
    def key(self) -> int:
        """The line's number in the file."""
        return self.number


class BasketForm:
    """path: the file's name. budget, minutes: as typed. `is_whole`: one line that cannot be placed refuses all."""

    def __init__(self, market: MarketState, actions: Actions) -> None:
        self._market, self._actions = market, actions
        self.path = ""
        self.fault = ""  # why there is no file, as the system says it
        self.budget = ""
        self.minutes = "0"
        self.is_whole = True
        self._text = ""
        self._file = NO_FILE
        self._asked = ("", "", True)  # the terms that were asked about, and when
        self._asked_ns = 0

    def load(self, path: str, text: str, fault: str = "") -> None:
        """Take a file that was read, or why it was not."""
        self.path, self._text, self.fault = path, text, fault
        self._asked_ns = 0
        self._file = read_file(text, self._decimals) if not fault else NO_FILE

    def ask_again(self) -> None:
        """The next press asks."""
        self._asked_ns = 0

    def read_again(self) -> None:
        """The day's issues came: prices have their decimals."""
        if self.path and not self.fault:
            self._file = read_file(self._text, self._decimals)

    def _decimals(self, symbol: str) -> int:
        issue = self._market.instruments.get(symbol)
        return issue.px_decimals if issue is not None else 0

    # What it says

    @property
    def is_ratios(self) -> bool:
        """Whether lines name parts of an amount of money."""
        return any(one.line is not None and one.line.ratio_ppm for one in self._file.lines)

    def rows(self, texts: Texts) -> tuple[BasketRow, ...]:
        """All lines of the file."""
        return tuple(self._row(one, texts) for one in self._file.lines)

    def _row(self, one: FileLine, texts: Texts) -> BasketRow:
        line = one.line
        issue = self._market.instruments.get(line.symbol) if line is not None else None
        problem = fault_problem(one.fault) if one.fault is not None else self._unfit(line, issue)
        px = (int(line.px) or self._market.last_px(line.symbol)) if line is not None else 0
        qty = self._qty(line, issue, px)
        return BasketRow(
            number=one.number,
            symbol=line.symbol if line is not None else one.cells.get("symbol", ""),
            name=texts.name(issue) if issue is not None else "",
            side=line.side if line is not None else None,
            qty=qty,
            ratio_ppm=line.ratio_ppm if line is not None else 0,
            px=int(line.px) if line is not None else 0,
            px_decimals=issue.px_decimals if issue is not None else 0,
            value=issue.money(px, qty) if issue is not None and problem is None else 0,
            currency=issue.currency if issue is not None else "",
            cells=tuple(one.cells.get(name, "") for name in ("side", "qty", "px")),
            problem=problem,
        )

    def _qty(self, line: BasketLine | None, issue: Instrument | None, px: int) -> int:
        """Shares of a line; of a ratio an estimate at the price of now."""
        if line is None:
            return 0
        budget = self._budget()
        if not line.ratio_ppm or issue is None or px <= 0 or isinstance(budget, Problem):
            return int(line.qty)
        return int(issue.shares_for(budget * line.ratio_ppm // PPM, px))

    @staticmethod
    def _unfit(line: BasketLine | None, issue: Instrument | None) -> Problem | None:
        if line is None or issue is None:
            return Problem(key="algo.refusal.no_issue")
        if line.qty % issue.lot:
            return Problem(key="algo.refusal.bad_lot")
        if line.px and not issue.ticks.is_valid(line.px):
            return Problem(key="algo.refusal.bad_tick")
        return None

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those that the listed issues trade in, in the file's order."""
        listed = (self._market.instruments.get(one.line.symbol) for one in self._file.lines if one.line is not None)
        return tuple(dict.fromkeys(issue.currency for issue in listed if issue is not None))

    def _budget(self) -> int | Problem:
        """In the currency's smallest unit: dollars are typed with their cents. Ratios are parts of one sum."""
        if not self.is_ratios:
            return 0
        currencies = self.currencies
        if len(currencies) > 1:
            return Problem(key="basket_form.wrong.currencies", values={"found": ", ".join(currencies)})
        decimals = CURRENCY_DECIMALS.get(currencies[0], 0) if currencies else 0
        found = number_of(self.budget, decimals) if self.budget.strip() else 0
        return Problem(key="basket_form.wrong.budget") if found == 0 else found

    def _minutes(self) -> int | Problem:
        return number_of(self.minutes, most=MINUTES_MAX)

    def problem(self, texts: Texts) -> Problem | None:
        """The first thing that keeps it from starting; None when it may."""
        if not self.path:
            return Problem(key="basket_form.wrong.no_file")
        if self._file.fault is not None:
            return fault_problem(self._file.fault)
        if self.fault or not self._file.lines:
            return Problem(key="basket_form.wrong.unread")
        wrong = [row for row in self.rows(texts) if row.problem is not None]
        if wrong:
            return Problem(key="basket_form.wrong.lines", values={"count": qty_text(len(wrong))})
        budget, minutes = self._budget(), self._minutes()
        return budget if isinstance(budget, Problem) else minutes if isinstance(minutes, Problem) else None

    def totals(self, texts: Texts) -> tuple[tuple[str, int, int], ...]:
        """(currency, worth of buys, worth of sells) at the limits, else at the last prices."""
        sums: dict[str, list[int]] = {}
        for row in self.rows(texts):
            if row.value and row.side is not None:
                sums.setdefault(row.currency, [0, 0])[row.side is Side.SELL] += row.value
        return tuple((currency, buys, sells) for currency, (buys, sells) in sums.items())

    # The start

    def start(self, texts: Texts, now_ns: int) -> Refusal | None:
        """The first press asks, a second one within three seconds starts. None when it left."""
        problem = self.problem(texts)
        if problem is not None:
            return self._actions.note(problem.key, **problem.values)
        if not self._actions.is_armed:
            return self._actions.note("refusal.locked")
        if (locked := self._actions.basket_lock(self.totals(texts))) is not None:
            return locked
        terms = (self.budget, self.minutes, self.is_whole)
        if terms != self._asked or now_ns - self._asked_ns > AGAIN_NS or not self._asked_ns:
            self._asked, self._asked_ns = terms, now_ns
            return self._actions.note("basket_form.again", count=qty_text(len(self._file.lines)))
        self._asked_ns = 0
        budget, minutes = self._budget(), self._minutes()
        assert not isinstance(budget, Problem), budget
        assert not isinstance(minutes, Problem), minutes
        lines = tuple(one.line for one in self._file.lines if one.line is not None)
        return self._actions.begin_basket(lines, budget, minutes, is_whole=self.is_whole)


def fault_problem(fault: BasketFault) -> Problem:
    """A fault of the file in the reader's words."""
    values = {name: str(getattr(fault, name)) for name in ("line", "column", "name", "found", "limit", "other")}
    return Problem(key=f"basket_form.fault.{fault.code}", values=values)


def problem_text(problem: Problem | None, texts: Texts) -> str:
    """A problem as a sentence; nothing for none."""
    return texts(problem.key, **problem.values) if problem is not None else ""


def basket_columns(texts: Texts) -> tuple[Column[BasketRow], ...]:
    """Line, code, name, side, quantity, limit, worth, and what is wrong."""

    def head(key: str) -> str:
        return texts(f"basket_form.{key}")

    def side(row: BasketRow) -> str:
        return texts(f"side.{row.side.name.lower()}") if row.side is not None else row.cells[0]

    def qty(row: BasketRow) -> str:
        return qty_text(row.qty) if row.qty else row.cells[1] or "—"

    def limit(row: BasketRow) -> str:
        if row.px:
            return px_text(row.px, row.px_decimals)
        return row.cells[2] or texts("ord_type.market")

    def state(row: BasketRow) -> str:
        return problem_text(row.problem, texts) or texts("basket_form.fine")

    return (
        Column(key="number", head=head("number"), width=36, text=lambda r: str(r.number), order=lambda r: r.number,
               role="body_quiet"),
        Column(key="symbol", head=head("symbol"), width=62, text=lambda r: r.symbol, order=lambda r: r.symbol,
               is_right=False),
        Column(key="name", head=head("name"), rank=2, width=132, text=lambda r: r.name, order=lambda r: r.name,
               is_right=False),
        Column(key="side", head=head("side"), width=40, text=side, order=side, is_right=False, role="body_medium",
               tone=lambda r: side_tone(r.side) if r.side is not None else 3),
        Column(key="qty", head=head("qty"), width=62, text=qty, order=lambda r: r.qty),
        Column(key="px", head=head("px"), width=72, text=limit, order=lambda r: r.px, role="price"),
        Column(key="value", head=head("value"), rank=1, width=96, order=lambda r: r.value,
               text=lambda r: money_text(r.value, r.currency) if r.value else "—"),
        Column(key="state", head=head("state"), width=186, text=state, order=state, is_right=False,
               tone=lambda r: 3 if r.problem is not None else None),
    )  # fmt: skip


class BasketTable(ListTable[BasketRow]):
    """The file's lines in their order."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(basket_columns(texts))
