"""What the books are told at the very first start: what kind of accounts they are, and rates to begin with.

Later changes are records of their own; a setting that changed in the file changes nothing.
"""

from collections.abc import Set as AbstractSet
from typing import Any

from hts.account.profile import CASH_ACCOUNT
from hts.engine.core import Batch
from hts.engine.limit_rates import TABLE
from hts.model.records_account import AccountProfileSet, FeeSetChosen, FxRateSet, UnpaidAllowed


def open_books(batch: Batch, new: AbstractSet[str] = frozenset()) -> None:
    """Profiles of accounts that were just opened, and the rates of the table where nobody has quoted any.

    `new`: accounts that nobody knew before this start; their fee set is that of the settings, as at the very first one.
    """
    core, book = batch.core, batch.core.state.book
    if core.rules is None:
        return
    at: dict[str, Any] = {"trade_ns": batch.trade_ns, "mono_ns": batch.mono_ns}
    for account in core.config.accounts:
        is_plain = account.kind == CASH_ACCOUNT and account.cost_method == "average"
        if account.account not in book.profiles and not is_plain:
            batch.record(
                AccountProfileSet(
                    account=account.account,
                    kind=account.kind,
                    base_currency=account.currency,
                    cost_method=account.cost_method,
                    **at,
                )
            )
            if account.may_leave_unpaid:
                batch.record(UnpaidAllowed(account=account.account, on=True, user="settings", **at))
        profile = book.profiles.get(account.account)
        is_chosen = profile is not None and bool(profile.fee_choices)
        is_new = account.account in new or not core.state.today
        if account.fee_set and not is_chosen and is_new:
            batch.record(
                FeeSetChosen(account=account.account, from_date=0, fee_set=account.fee_set, user="settings", **at)
            )
    for (base, quote), rate in core.rules.fx.start_rates().items():
        if book.rate(base, quote) is None:
            batch.record(
                FxRateSet(base=base, quote=quote, num=rate.numerator, den=rate.denominator, source=TABLE, **at)
            )
