"""The night's jobs, in order. Each can be cut off anywhere and goes on where it was.

Theory of operation. A job is a generator of records. Whoever drives it applies and journals each record before it
asks for the next one, so a job always sees what it has done, in this run or in one that was killed: it asks the book
what is still to be done, never what it remembers. A job that has nothing left ends with a BatchJobDone; the night is
over when all have one. Replaying the journal replays the records, not the jobs.
"""

from collections.abc import Iterator
from typing import Final

from hts.account import batch_cash, batch_events, batch_margin, batch_settlement
from hts.account.night import Job, Night
from hts.model.records_account import AccountRecord, BatchJobDone

JOBS: Final[tuple[tuple[str, Job], ...]] = (
    ("prices", batch_settlement.note_closes),
    ("netting", batch_settlement.net_obligations),
    ("expiry", batch_events.expire_contracts),
    ("fx", batch_cash.true_up_conversions),
    ("interest", batch_cash.accrue_interest),
    ("ladder", batch_cash.move_ladder),
    ("corporate", batch_events.apply_events),
    ("margin", batch_margin.make_calls),
    ("liquidation", batch_margin.schedule_sales),
    ("translation", batch_cash.translate),
)


def run_night(night: Night) -> Iterator[AccountRecord]:
    """All that is left to do on the evening of a day. The caller applies each record before it takes the next."""
    for name, job in JOBS:
        if is_done(night, name):
            continue
        count = 0
        for record in job(night):
            count += 1
            yield record
        yield BatchJobDone(date=night.date, job=name, count=count, **night.at)


def is_done(night: Night, name: str) -> bool:
    """Whether a job has nothing left: it ended, or a later night was begun."""
    progress = night.book.progress
    return progress.date > night.date or (progress.date == night.date and name in progress.jobs)


def is_over(night: Night) -> bool:
    """Whether the whole night is done."""
    return all(is_done(night, name) for name, _ in JOBS)


def missed_nights(night: Night, next_date: int) -> tuple[int, ...]:
    """The business days from the night's up to (not with) `next_date`: a core that was off makes them up in order."""
    days: list[int] = []
    day = night.date
    while day < next_date:
        days.append(day)
        day = night.rules.settlement.later("KR", day, 1)
    return tuple(days)
