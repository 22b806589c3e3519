"""Fee and tax rates of issues by account and day, remembered: the order path asks for them again and again."""

from collections.abc import Callable

from hts.account.book import AccountBook
from hts.account.fee_plan import plan_on
from hts.account.profile import FeeChoice
from hts.model.instruments import Instrument
from hts.rules.account_rules import AccountRules
from hts.rules.fee_sets import PLAIN, FeePlan
from hts.rules.fees import CostRates, market_code

IssueDay = tuple[str, str, int]  # venue, symbol, trading date


class FeeRates:
    """`book` gives the accounts as they are. Only a core with account rules asks for rates."""

    def __init__(self, rules: AccountRules | None, book: Callable[[], AccountBook]) -> None:
        self._rules = rules
        self._book = book
        self._plain: dict[IssueDay, CostRates] = {}
        self._rates: dict[FeePlan, dict[IssueDay, CostRates]] = {}
        self._plans: dict[tuple[str, FeeChoice, str, int], FeePlan] = {}

    def of(self, account: str, issue: Instrument, trading_date: int) -> CostRates:
        """What the account pays for an issue at its venue on a day."""
        assert self._rules is not None, issue.symbol
        key = (issue.venue, issue.symbol, trading_date)
        profile = self._book().profiles.get(account)
        if profile is None or not profile.fee_choices:  # as most accounts
            plan, rates = PLAIN, self._plain
        else:
            plan = self.plan(account, market_code(issue.market), trading_date)
            rates = self._rates.setdefault(plan, {})
        found = rates.get(key)
        if found is None:
            found = rates[key] = self._rules.costs(issue, trading_date, plan)
        return found

    def plan(self, account: str, market: str, trading_date: int) -> FeePlan:
        """The account's fee set and tier in a market on a day, which nothing of that day changes any more."""
        book = self._book()
        profile = book.profiles.get(account)
        if self._rules is None or profile is None or not profile.fee_choices:
            return PLAIN
        key = (account, profile.fees_on(trading_date), market, trading_date)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = plan_on(book, self._rules.fees, account, market, trading_date)
        return plan
