"""Pages of past fills, read apart and looked through in slices."""

import gzip
from collections import deque

import pytest
from msgspec.structs import replace

from hts.app.fill_history import WAITING_MAX, FillHistory, read_in_thread
from hts.base.errors import StorageError
from hts.journal.replay import START
from hts.journal.writer import JournalWriter
from hts.model.past_fills import PAGE_MAX
from hts.model.queries import RequestFills
from hts.model.records import RouteDecided
from tests.journal.test_past_fills import report, session
from tests.router.test_best_execution import RECORD
from tests.support.records import a_report
from tests.support.storage import MemoryStorage

ACCOUNT = a_report().account


class House:
    """A loop that is turned by hand; reads happen when their turn comes."""

    def __init__(self):
        self.live, self.archive = MemoryStorage(), MemoryStorage()
        self.turns, self.reads, self.pages = deque(), [], []
        self.history = FillHistory(
            self.live,
            self.archive,
            read_apart=self.read,
            later=self.turns.append,
            reply=lambda client, page: self.pages.append((client, page)),
        )

    def read(self, read, done, failed):
        self.reads.append(read)
        found = read_in_thread(read)
        self.turns.append(lambda: done(found) if isinstance(found, bytes) else failed(found))

    def run(self):
        while self.turns:
            self.turns.popleft()()

    def ask(self, first=0, last=99_999_999, after=(0, 0), account=ACCOUNT, client=1):
        self.history.ask(client, RequestFills(account=account, first_date=first, last_date=last, after=after))
        self.run()
        return self.pages[-1][1]

    def write(self, *records):
        self.writer = getattr(self, "writer", None) or JournalWriter(self.live, START)
        self.writer.append_many(records)


@pytest.fixture
def house():
    return House()


def numbers(page):
    return [one.fill.order_id for one in page.fills]


def day(date, *orders):
    return [session(date), *[report(cl_ord_id=order) for order in orders]]


def archived(house, number, date, *orders):
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many(day(date, *orders))
    house.archive.append(f"{date}-{number:08d}.journal.gz", gzip.compress(storage.read("00000001.journal")))


def test_fills_of_some_days_and_of_one_account(house):
    house.write(*day(20261120, 1, 2), *day(20261123, 3), *day(20261124, 4))
    assert numbers(house.ask(20261121, 20261123)) == [3]
    assert numbers(house.ask()) == [1, 2, 3, 4]
    assert numbers(house.ask(account="another")) == []


def test_pages_follow_each_other_without_reading_again_what_is_complete(house):
    archived(house, 1, 20261119, *range(1, 400))
    archived(house, 2, 20261120, *range(400, 700))
    first = house.ask()
    reads = len(house.reads)
    second = house.ask(after=first.next)
    assert (numbers(first), first.is_last) == (list(range(1, PAGE_MAX + 1)), False)
    assert (numbers(second), second.is_last) == (list(range(PAGE_MAX + 1, 700)), True)
    assert (reads, len(house.reads)) == (2, 2)


def test_days_before_the_first_one_are_not_even_read(house):
    archived(house, 1, 20261119, 1)
    archived(house, 2, 20261120, 2)
    assert numbers(house.ask(first=20261120)) == [2]
    assert len(house.reads) == 1


def test_a_journal_that_grows_is_gone_on_with(house):
    house.write(*day(20261120, 1))
    page = house.ask()
    house.write(report(cl_ord_id=2))
    assert numbers(house.ask(after=page.next)) == [2]
    assert numbers(house.ask()) == [1, 2]


def test_routing_decisions_stand_between_the_fills(house):
    decided = RouteDecided(trade_ns=5, mono_ns=6, decision=replace(RECORD, account=ACCOUNT))
    house.write(session(20261120), decided, report(cl_ord_id=1))
    page = house.ask()
    assert (numbers(page), [one.work_id for one in page.routes], page.next) == ([1], [5], (1, 2))
    assert house.ask(account="another").routes == ()


def test_what_cannot_be_read_is_said_and_the_rest_is_told(house):
    archived(house, 1, 20261119, 1)
    archived(house, 2, 20261120, 2)
    house.archive.truncate("20261119-00000001.journal.gz", 20)
    page = house.ask()
    assert page.fault.startswith("20261119-00000001.journal.gz: archive: 20261119-00000001.journal.gz is damaged")
    assert (numbers(page), page.is_last) == ([2], True)


def test_questions_wait_their_turn_and_are_bounded(house):
    house.write(*day(20261120, 1))
    query = RequestFills(account=ACCOUNT, first_date=0, last_date=99_999_999)
    for client in range(WAITING_MAX + 1):
        house.history.ask(client, query)
    assert [(client, page.is_last, page.fault) for client, page in house.pages] == [
        (0, True, "too many questions at once")
    ]
    house.run()
    assert sorted(client for client, _ in house.pages) == list(range(WAITING_MAX + 1))


def test_a_thread_brings_back_why_there_is_nothing():
    def read():
        raise StorageError("gone")

    assert read_in_thread(read) == "gone"
