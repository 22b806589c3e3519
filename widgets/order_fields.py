"""The choices of the order form, one row each: account, issue, venue, side, time, type, last day, payment, loan.

A kind of payment that credit's lock keeps from the trader stands in its menu all the same, with the word that says so:
taking it tells why not and where it is unlocked.
"""

from collections.abc import Callable

from hts.desk.actions import Refusal
from hts.desk.figures import clock_text, px_text, qty_text
from hts.desk.order_details import credit_key, market_words
from hts.desk.order_entry import Tab
from hts.desk.order_terms import Term, reserve_times
from hts.desk.tables_positions import date_text
from hts.desk.venue_tabs import COMBINED, phases_text, tabs_of
from hts.model.enums import CashMargin, Side
from hts.model.views import LotView, OrderView
from widgets.controls import Choice
from widgets.panel import PanelContext

ATTRIBUTES = "attributes"  # the row that is no choice: the panel's own


class OrderFields:
    """`by_row` are the fields by the names of their rows. `tell` hears of refused choices."""

    def __init__(self, context: PanelContext, group: Callable[[], int], tell: Callable[[Refusal | None], None]) -> None:
        self._context, self._group = context, group
        self._has_new_list = True
        texts, form = context.texts, context.form
        names = ("account", "issue", "venue", "side", "time", "period", "type", "expiry", "credit", "loan", "order")
        self._fields = {name: Choice(context.tokens, texts(f"order_entry.{name}"), []) for name in names}
        self.issue.set_options([("", "")])
        self["side"].set_options([(texts("side.buy"), ""), (texts("side.sell"), "")])
        self.issue.chosen.connect(self._choose_issue)
        self["venue"].chosen.connect(self._choose_venue)
        self["type"].chosen.connect(lambda index: form.choose_type(*form.types[index]))
        self["credit"].chosen.connect(lambda index: tell(form.choose_credit(form.credit_kinds[index])))
        self["expiry"].chosen.connect(form.choose_expiry)
        self["period"].chosen.connect(form.choose_period)
        self["loan"].chosen.connect(form.choose_loan)
        self["order"].chosen.connect(lambda index: form.amend(self._orders()[index].order_id))
        self["side"].chosen.connect(form.choose_reserve_side)
        self["time"].chosen.connect(self._choose_time)

    def __getitem__(self, row: str) -> Choice:
        return self._fields[row]

    @property
    def by_row(self) -> dict[str, Choice]:
        """All of them, in the order of the rows."""
        return self._fields

    @property
    def issue(self) -> Choice:
        """Which issue."""
        return self._fields["issue"]

    def note_list(self) -> None:
        """There may be other issues than before."""
        self._has_new_list = True

    def term_text(self, term: Term) -> tuple[str, str]:
        """An order type and how long it stands, in words."""
        texts = self._context.texts
        return texts(f"ord_type.{term[0].name.lower()}"), texts(f"tif.{term[1].name.lower()}")

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that there are now."""
        form = self._context.form
        if form.tab is Tab.AMEND:
            return ("account", "issue", "order")
        if form.tab is Tab.RESERVE:
            return ("account", "issue", "side", "time", "period", "type")
        expiry = ("expiry",) if form.expiries else ()
        credit = ("credit",) if len(form.credit_kinds) > 1 else ()
        loan = ("loan",) if form.loans else ()
        attributes = (ATTRIBUTES,) if form.attributes else ()
        return ("account", "issue", "venue", "type", *expiry, *credit, *loan, *attributes)

    @property
    def labels(self) -> tuple[str, ...]:
        """Text keys of the rows' names, in the words of the issue's market where that has its own."""
        words, texts = market_words(self._context.form.instrument), self._context.texts
        own = [f"order_entry.{words}.{row}" for row in self.rows]
        return tuple(key if texts.has(key) else f"order_entry.{row}" for key, row in zip(own, self.rows, strict=True))

    def refresh(self) -> None:
        """Say what is chosen, and offer what can be."""
        context = self._context
        form, texts, market, fields = context.form, context.texts, context.market, self._fields
        status = context.orders.status
        kind = "paper_account" if status is None or status.paper else "live_account"
        fields["account"].show_choice(context.orders.account_id, texts(f"order_entry.{kind}"))
        self._show_issue()
        symbol = context.selection.symbol()
        tabs = tabs_of(market, symbol, texts)
        fields["venue"].set_options([(tab.text, "") for tab in tabs])
        home = form.instrument.venue if form.instrument is not None else ""
        shown, venue = next((tab.text for tab in tabs if tab.venue == form.venue), home), form.venue or home
        fields["venue"].show_choice(shown, phases_text(market, symbol, venue, texts) if venue != COMBINED else "SOR")
        fields["type"].set_options([self.term_text(term) for term in form.types])
        fields["type"].show_choice(*self.term_text(form.term))
        self._show_credit()
        self._show_details()
        self._show_orders()
        fields["side"].show_choice(texts("side.buy" if form.side is Side.BUY else "side.sell"), "")
        times, chosen = reserve_times(market.trade_ns), form.reserve_time
        fields["time"].set_options([(texts(time.key, count=time.count), clock_text(time.trade_ns)) for time in times])
        fields["time"].show_choice(texts(chosen.key, count=chosen.count), clock_text(chosen.trade_ns))

    def _show_issue(self) -> None:
        texts, issue = self._context.texts, self._context.form.instrument
        if issue is not None:
            self.issue.show_choice(texts.name(issue), issue.symbol)
        listed = self._context.market.instruments.values()
        if self._has_new_list and len(listed) > 1:
            self._has_new_list = False
            self.issue.set_options([(texts.name(each), each.symbol) for each in listed])

    def _show_credit(self) -> None:
        form, texts, field = self._context.form, self._context.texts, self._fields["credit"]
        free, locked = form.credits, texts("order_entry.credit_locked")
        field.set_options([(self._credit_text(kind), "" if kind in free else locked) for kind in form.credit_kinds])
        is_locked = len(free) < len(form.credit_kinds)
        field.show_choice(self._credit_text(form.payment), locked if is_locked else "")

    def _credit_text(self, kind: CashMargin) -> str:
        form = self._context.form
        return self._context.texts(credit_key(kind, form.side, form.instrument))

    def _show_details(self) -> None:
        """Until when it stands, and which loan it pays back."""
        form, texts = self._context.form, self._context.texts
        expiry, loan = form.expiry, next((lot for lot in form.loans if lot.loan_date == form.loan_date), None)
        self["expiry"].set_options([(texts(one.key), date_text(one.date)) for one in form.expiries])
        if expiry is not None:
            self["expiry"].show_choice(texts(expiry.key), date_text(expiry.date))
        self["loan"].set_options([self._loan_text(lot) for lot in form.loans])
        self._show_period()
        if loan is not None:
            self["loan"].show_choice(*self._loan_text(loan))

    def _show_period(self) -> None:
        """Once, or each day until it has filled."""
        form, texts = self._context.form, self._context.texts
        options = [(texts("order_entry.once"), "")]
        options += [(texts("order_entry.each_day", until=texts(one.key)), date_text(one.date)) for one in form.periods]
        self["period"].set_options(options)
        period = form.period
        self["period"].show_choice(*options[1 + form.periods.index(period) if period is not None else 0])

    def _orders(self) -> list[OrderView]:
        """Working orders of the issue, the newest first."""
        return list(self._context.orders.working(self._context.selection.symbol()))[::-1]

    def _show_orders(self) -> None:
        """Which order is amended."""
        form, field, orders = self._context.form, self._fields["order"], self._orders()
        field.set_options([self._order_text(view) for view in orders] if len(orders) > 1 else [])
        amended = form.amended
        none = (self._context.texts("order_entry.none"), "")
        field.show_choice(*(self._order_text(amended) if amended is not None else none))

    def _order_text(self, view: OrderView) -> tuple[str, str]:
        """`매수 20주 @ 271,000` and its venue with its number."""
        texts, issue = self._context.texts, self._context.form.instrument
        px = px_text(view.px, issue.px_decimals if issue is not None else 0) if view.px else texts("ord_type.market")
        left = texts("order_entry.shares", qty=qty_text(view.leaves_qty))
        return f"{texts(f'side.{view.side.name.lower()}')} {left} @ {px}", f"{view.venue} {view.cl_ord_id}"

    def _loan_text(self, lot: LotView) -> tuple[str, str]:
        return date_text(lot.loan_date), self._context.texts("order_entry.shares", qty=qty_text(abs(lot.qty)))

    # Gestures

    def _choose_issue(self, index: int) -> None:
        self._context.selection.choose(list(self._context.market.instruments)[index], self._group())

    def _choose_venue(self, index: int) -> None:
        context = self._context
        tabs = tabs_of(context.market, context.selection.symbol(), context.texts)
        context.selection.choose_venue(tabs[index].venue)

    def _choose_time(self, index: int) -> None:
        self._context.form.choose_reserve(reserve_times(self._context.market.trade_ns)[index])
