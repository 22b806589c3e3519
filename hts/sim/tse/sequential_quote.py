"""Continuous trading (zaraba) in Tokyo: when an order may trade on, and when it is stopped.

Each print may lie one renewal width from the print before. A jump that is wider becomes a special quote, one width from
the last price. Many small prints add up: when one order, or orders within sixty seconds, would print further than two
widths from where the run began, the issue shows a sequential trade quote at those two widths, waits sixty seconds and
then executes by itayose within one more width; what is still too far goes on as a special quote from there.
"""

from typing import NamedTuple, Union

from hts.model.enums import Side
from hts.rules.dates import NS
from hts.sim.call_book import CallBook
from hts.sim.tse.special_quote import Outcome, QuoteTerms, SpecialQuote, next_outcome, quote_from, step_from


class Run(NamedTuple):
    """A run of prints: the price before its first, and when that was."""

    base_px: int
    since_ns: int


class SequentialQuote(NamedTuple):
    """Shown at `px` until `until_ns`; then the book executes by itayose."""

    side: Side
    px: int
    until_ns: int


Stop = Union[SpecialQuote, SequentialQuote]


def run_at(run: Run | None, last_px: int, now_ns: int, window_s: int) -> Run:
    """The run that a print now belongs to: the old one while its time lasts, else a new one from the last price."""
    if run is not None and now_ns - run.since_ns < window_s * NS:
        return run
    return Run(last_px, now_ns)


def stop_before(px: int, side: Side, terms: QuoteTerms, *, last_px: int, run: Run, now_ns: int) -> Stop | None:
    """What stops an incoming order of `side` before it prints at `px`; None when it may trade."""
    first, far = step_from(terms, last_px, side), far_from(terms, run, side)
    is_beyond_run = px > far if side is Side.BUY else px < far
    is_beyond_step = px > first if side is Side.BUY else px < first
    if is_beyond_step:
        return quote_from(terms, last_px, side, now_ns)
    if is_beyond_run:
        return SequentialQuote(side, far, now_ns + terms.rule.sequential_s * NS)
    return None


def far_from(terms: QuoteTerms, run: Run, side: Side) -> int:
    """The farthest print of a run."""
    return step_from(terms, run.base_px, side, terms.rule.sequential_widths)


def resolve(book: CallBook, terms: QuoteTerms, quote: SequentialQuote) -> Outcome:
    """What the book does when the quote's time is over: its price counts as the last one from then on."""
    return next_outcome(book, terms, quote.px, None, quote.until_ns)
