"""What may be spent while credit is locked at this terminal: the account's own money and nothing beyond it.

An account may have the right to leave a part of a purchase unpaid until it settles (미수), or to borrow it. The core
allows what the account may; the terminal's lock is the trader's own and narrower.
"""

from hts.desk.order_terms import credits_of
from hts.desk.orders import OrdersState
from hts.desk.settings import Settings
from hts.model.enums import CashMargin, Side
from hts.model.instruments import Instrument
from hts.model.views import AccountView
from hts.rules.margin import REG_T


def view_of(orders: OrdersState, instrument: Instrument) -> AccountView | None:
    """The account in the issue's currency."""
    account = orders.account
    view = orders.monies.get((orders.account_id, instrument.currency))
    if view is None and account is not None and account.currency == instrument.currency:
        return account
    return view


def is_lent_to(view: AccountView | None) -> bool:
    """Whether a plain purchase of this account may cost more than it has."""
    return view is not None and (view.leaves_unpaid or view.kind == REG_T)


def may_borrow(settings: Settings, view: AccountView | None) -> bool:
    """Whether an order sent from here could borrow: the account may, and the trader has unlocked it."""
    return settings.flag("entry.credit") and (len(credits_of(view)) > 1 or is_lent_to(view))


def own_money(view: AccountView) -> int:
    """Cash that no working order holds, in the currency's smallest unit."""
    return max(view.cash - view.reserved, 0)


def lacking(orders: OrdersState, instrument: Instrument, side: Side, credit: CashMargin, *, px: int, qty: int) -> int:
    """Own money that a purchase lacks, costs apart; 0 where it lacks none or closes what is owed.

    `px` 0 may trade as high as the day's limit.
    """
    view = view_of(orders, instrument)
    if view is None or side is Side.SELL or credit is CashMargin.MARGIN_CLOSE or not is_lent_to(view):
        return 0
    held = orders.position_qty(instrument.symbol)
    bought = qty - min(qty, max(-held, 0))  # what buys back a short position opens nothing
    return max(instrument.money(px or instrument.upper_px, bought) - own_money(view), 0)


def lacking_for_all(orders: OrdersState, currency: str, buys: int) -> int:
    """The same of many purchases in one currency together."""
    view = orders.monies.get((orders.account_id, currency))
    return max(buys - own_money(view), 0) if view is not None and is_lent_to(view) else 0
