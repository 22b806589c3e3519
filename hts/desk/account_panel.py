"""Money of all accounts: deposits by settlement day, buying power, margin, loans, the day's result, by currency.

Amounts are in the currency's smallest unit; currencies with parts are shown with them.
"""

from collections.abc import Callable

from msgspec import Struct

from hts.desk.figures import px_text, signed_text
from hts.desk.orders import OrdersState
from hts.desk.ratios import share_text, sign
from hts.desk.tables import Column, ListTable
from hts.desk.tables_positions import date_text
from hts.desk.texts import Texts
from hts.model.views import AccountView

DECIMALS = {"USD": 2, "EUR": 2, "HKD": 2, "CNY": 2}


class MoneyRow(Struct, frozen=True, kw_only=True):
    """One account in one currency."""

    view: AccountView

    @property
    def key(self) -> tuple[str, str]:
        """Account and currency."""
        return self.view.account, self.view.currency

    @property
    def decimals(self) -> int:
        """Parts of the currency."""
        return DECIMALS.get(self.view.currency, 0)


class Line(Struct, frozen=True, kw_only=True):
    """A label and an amount. `tone` as in tables, 2 for a warning; `is_main` for the figure one looks for."""

    label: str
    value: str
    tone: int | None = None
    is_main: bool = False


class Block(Struct, frozen=True, kw_only=True):
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


def money_columns(texts: Texts) -> tuple[Column[MoneyRow], ...]:
    """예수금: account, currency, the deposit on three days, what is held, buying power, loans, result."""

    def head(key: str) -> str:
        return texts(f"account.{key}")

    def amount(key: str, rank: int, width: int = 96, *, is_signed: bool = False) -> Column[MoneyRow]:
        def value(row: MoneyRow) -> int:
            return int(getattr(row.view, key))

        return Column(
            key=key, head=head(key), rank=rank, width=width, order=value,
            text=lambda r: (signed_text if is_signed else px_text)(value(r), r.decimals),
            tone=(lambda r: sign(value(r))) if is_signed else (lambda _row: None),
        )  # fmt: skip

    return (
        Column(key="account", head=head("account"), width=110, text=lambda r: r.view.account,
               order=lambda r: r.view.account, is_right=False, role="body_medium"),
        Column(key="currency", head=head("currency"), width=52, text=lambda r: r.view.currency,
               order=lambda r: r.view.currency, is_right=False),
        Column(key="kind", head=head("kind"), rank=6, width=84, is_right=False,
               text=lambda r: texts(f"account_kind.{r.view.kind}") if r.view.kind else "—",
               order=lambda r: r.view.kind),
        amount("d0", 1),
        amount("d1", 2),
        amount("d2", 0),
        amount("reserved", 3),
        amount("buying_power", 0),
        amount("holdings", 4),
        amount("loans", 5, 84),
        amount("realised", 1, 84, is_signed=True),
    )  # fmt: skip


def blocks(view: AccountView, texts: Texts) -> tuple[Block, ...]:
    """The chosen account's figures in four blocks."""
    decimals = DECIMALS.get(view.currency, 0)

    def line(key: str, value: int, *, tone: int | None = None, is_main: bool = False, signed: bool = False) -> Line:
        text = (signed_text if signed else px_text)(value, decimals)
        return Line(label=texts(f"account.{key}"), value=text, tone=tone, is_main=is_main)

    net = view.cash + view.holdings
    base = DECIMALS.get(view.total_currency, 0)
    cash = Block(
        title=texts("account.cash_block"),
        lines=(
            line("d0", view.d0),
            line("d1", view.d1),
            line("d2", view.d2, is_main=True),
            line("reserved", view.reserved),
            line("buying_power", view.buying_power, is_main=True),
        ),
    )
    worth = Block(
        title=texts("account.worth_block"),
        lines=(
            line("holdings", view.holdings),
            line("net", net, is_main=True),
            Line(
                label=texts("account.total", currency=view.total_currency or view.currency),
                value=px_text(view.total, base) if view.total_currency else "—",
                is_main=True,
            ),
            line("income", view.income),
            line("interest", view.interest),
        ),
    )
    result = Block(
        title=texts("account.result_block"),
        lines=(
            line("realised", view.realised, tone=sign(view.realised), is_main=True, signed=True),
            line("fees", view.fees),
            line("taxes", view.taxes),
            *_fee_lines(view, texts),
        ),
    )
    return cash, worth, _margin_block(view, texts, line), result


def _fee_lines(view: AccountView, texts: Texts) -> tuple[Line, ...]:
    """Which fee set is in force, and which one comes next; nothing of an account without rules."""
    if not view.kind:
        return ()
    now = fee_set_text(view.fee_set, texts)
    if view.fee_tier:
        now = texts("account.fee_tier", fees=now, tier=str(view.fee_tier + 1))
    lines = [Line(label=texts("account.fee_set"), value=now)]
    if view.fees_from:
        label = texts("account.fees_from", date=date_text(view.fees_from))
        lines.append(Line(label=label, value=fee_set_text(view.next_fee_set, texts)))
    return tuple(lines)


def fee_set_text(name: str, texts: Texts) -> str:
    """A set of the tables in words; one of the house's own by its name."""
    key = f"fee_set.{name or 'plain'}"
    return texts(key) if texts.has(key) else name


def _margin_block(view: AccountView, texts: Texts, line: Callable[[str, int], Line]) -> Block:
    """Loans and what secures them; a call stands last with its day."""
    ratio = share_text(view.maintenance_ppm // 100) + " %" if view.maintenance_ppm else "—"
    lines = [
        line("loans", view.loans),
        line("collateral", view.collateral),
        line("margin_used", view.margin_used),
        Line(label=texts("account.ratio"), value=ratio, is_main=True),
    ]
    if view.call_kind:
        called = texts(f"account_call.{view.call_kind}")
        lines.append(Line(label=called, value=line("loans", view.call_shortfall).value, tone=2, is_main=True))
        lines.append(Line(label=texts("account.call_due"), value=date_text(view.call_due_date), tone=2))
    return Block(title=texts("account.margin_block"), lines=tuple(lines))


class AccountState:
    """`table` has every account and currency; `chosen` is the one whose figures are shown whole."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.table = ListTable[MoneyRow](money_columns(texts))
        self.chosen: AccountView | None = None

    def update(self, orders: OrdersState, chosen: tuple[str, str] | None) -> None:
        """Take the newest figures; without a choice our own account is chosen."""
        own = orders.account_id
        views = sorted(orders.monies.values(), key=lambda view: (view.account != own, view.account))
        self.table.replace(MoneyRow(view=view) for view in views)
        self.chosen = orders.monies.get(chosen) if chosen is not None else None
        if self.chosen is None:
            self.chosen = orders.account or next(iter(views), None)

    def blocks(self) -> tuple[Block, ...]:
        """The chosen account's figures."""
        return blocks(self.chosen, self._texts) if self.chosen is not None else ()
