"""What KRX decides about one issue."""

from hts.model.instruments import Instrument
from hts.sim.auction import CallPrice
from hts.sim.issue import Issue
from hts.sim.issue_rules import IssueRules
from hts.sim.korea.call import deemed, krx_auction_fills, krx_call_price
from hts.sim.order import Order


class KrxRules(IssueRules):
    """A KRX issue."""

    market_rests = True
    qty_may_grow = False

    def call_price(self, issue: Issue) -> CallPrice | None:
        """Where the running call would uncross now."""
        return krx_call_price(issue)

    def auction_fills(self, issue: Issue, side: int, found: CallPrice) -> list[tuple[Order, int]]:
        """By price and time, by tiers where an opening prices at a daily limit."""
        return krx_auction_fills(issue, side, found)

    def shown_market_px(self, issue: Issue, side: int) -> int:
        """Market orders stand at their deemed price."""
        return deemed(issue)[side] if issue.phase.is_call else super().shown_market_px(issue, side)


class ReplayedRules(IssueRules):
    """A recorded foreign issue that KRX lists for replay: plain price and time."""

    qty_may_grow = False

    def __init__(self, instrument: Instrument) -> None:
        super().__init__(instrument)
