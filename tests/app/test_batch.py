"""`hts batch` and `hts statement` on the journal of a core that traded a day."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest

from hts.app import tables
from hts.app.cli import main
from hts.app.offline_core import OfflineCore
from hts.app.paths import home_paths, prepare_home
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.journal.replay import START
from hts.journal.writer import JournalWriter
from hts.model.enums import Side
from hts.model.records_account import BatchJobDone
from hts.wire.iso20022.amount import Amount
from hts.wire.iso20022.layout import Iso20022Layout
from hts.wire.iso20022.reader import read
from hts.wire.iso20022.settlement import SettlementConfirmation, SettlementStatus, SignedAmount
from hts.wire.iso20022.writer import write
from tests.engine.kit import a_ready_desk
from tests.engine.test_accounts import fill
from tests.support.account_rules import account_rules
from tests.support.builders import ACCOUNT, an_intent

LAYOUT = Iso20022Layout.parse(tables.load(tables.PROTOCOLS, "iso20022"))
TX = f"20261125KRX005930{ACCOUNT}"


@pytest.fixture
def home(tmp_path):
    """A home whose core bought ten shares, sold four, and was stopped."""
    desk = a_ready_desk(rules=account_rules())
    desk.intent(an_intent(qty=10))
    fill(desk, 71_000, 10, 1)
    desk.intent(an_intent("r2", side=Side.SELL, qty=4, px=71_000))
    fill(desk, 71_500, 4, 2)
    paths = home_paths(tmp_path / "home")
    prepare_home(paths)
    storage = FileStorage(paths.journal)
    writer = JournalWriter(storage, START)
    writer.append_many(desk.journal)
    storage.close()
    return paths.home


def batch(home, capsys, *words):
    status = main(["batch", "--home", str(home), "--json", *(words or ("--date", "2026-11-23"))])
    return status, json.loads(capsys.readouterr().out.splitlines()[-1])["nights"]


def statement(home, capsys, *words):
    assert main(["statement", "--home", str(home), *words]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_night_of_the_newest_day_once(home, capsys):
    status, (night,) = batch(home, capsys)
    assert (status, night["date"], night["done_before"], night["instructions"]) == (0, 20261123, False, 1)
    assert night["jobs"]["netting"] == 1 and night["jobs"]["ladder"] == 1
    status, (night,) = batch(home, capsys)
    assert (status, night["done_before"], set(night["jobs"].values()), night["instructions"]) == (0, True, {0}, 0)


def test_instruction_says_what_is_to_move(home, capsys):
    batch(home, capsys)
    found = read(LAYOUT, (home / "settlement" / "out" / f"{TX}.xml").read_bytes()).message
    assert (found.movement, found.payment, found.quantity, found.settlement_date) == (
        "RECE", "APMT", Decimal(6), dt.date(2026, 11, 25),
    )  # fmt: skip
    assert found.settlement_amount == SignedAmount(
        amount=Amount(currency="KRW", value=Decimal(710_000 - 286_000)), direction="DBIT"
    )


def a_confirmation(qty: int, amount: int) -> bytes:
    return write(
        LAYOUT,
        SettlementConfirmation(
            tx_id=TX,
            movement="RECE",
            payment="APMT",
            effective_date=dt.date(2026, 11, 25),
            isin="KR7005930003",
            settled_quantity=Decimal(qty),
            safekeeping_account=ACCOUNT,
            transaction_type="TRAD",
            settled_amount=SignedAmount(amount=Amount(currency="KRW", value=Decimal(amount)), direction="DBIT"),
        ),
    )


def put(home, name: str, data: bytes) -> None:
    folder = home / "settlement" / "in"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def test_confirmation_is_matched_and_counts_once(home, capsys):
    batch(home, capsys)
    matched = write(LAYOUT, SettlementStatus(tx_id=TX, matched=True))
    put(home, "1.xml", matched)
    put(home, "2.xml", a_confirmation(6, 424_000))
    status, (night,) = batch(home, capsys, "--date", "2026-11-25")
    assert (status, night["documents_read"], night["breaks"]) == (0, 2, [])
    put(home, "3.xml", a_confirmation(6, 424_000))  # the same bytes again
    status, (night,) = batch(home, capsys, "--date", "2026-11-26")
    assert (status, night["documents_read"], night["breaks"]) == (0, 0, [])
    assert sorted(path.name for path in (home / "settlement" / "done").iterdir()) == ["1.xml", "2.xml", "3.xml"]


def test_breaks_are_listed_with_their_age(home, capsys):
    batch(home, capsys)
    put(home, "1.xml", a_confirmation(4, 424_000))
    put(home, "2.xml", b"<Document/>")
    put(home, "3.xml", a_confirmation(6, 424_000).replace(TX.encode(), b"NEVERHEARDOF"))
    status, (night,) = batch(home, capsys, "--date", "2026-11-27")
    assert (status, night["documents_read"], night["documents_refused"]) == (1, 2, 1)
    assert [(one["tx_id"], one["kind"], one["expected"], one["found"], one["age_days"]) for one in night["breaks"]] == [
        (TX, "late", 6, 4, 2), ("NEVERHEARDOF", "unknown", 0, 6, 0),
    ]  # fmt: skip
    assert "expected" in (home / "settlement" / "bad" / "2.xml.txt").read_text()


def test_statements_as_csv(home, capsys):
    batch(home, capsys)
    (won,) = statement(home, capsys, "balances")
    cash = 100_000_000 - 710_106 + 286_000 - 42 - 572
    assert (won["cash"], won["settled"], won["d1"], won["d2"]) == (str(cash), "100000000", "100000000", str(cash))
    (row,) = statement(home, capsys, "holdings", "--account", ACCOUNT)
    assert (row["qty"], row["cost"], row["value"], row["unrealised"]) == ("6", "426000", "429000", "3000")
    lines = statement(home, capsys, "ledger")
    assert [(line["kind"], line["amount"], line["tax"], line["text"]) for line in lines] == [
        ("account", "100000000", "0", ""),
        ("report", "-710106", "0", "005930 BUY 10 at 71000"),
        ("report", "285386", "572", "005930 SELL 4 at 71500"),
    ]
    assert lines[-1]["cash"] == str(cash)
    assert statement(home, capsys, "balances", "--account", "nobody") == []
    assert (home / "statements" / "20261123" / "holdings.csv").read_text().count("\n") == 2


def test_running_core_keeps_its_books_to_itself(home, capsys):
    lock = LockFile(home_paths(home).core_lock)
    assert lock.acquire("test")
    try:
        assert main(["batch", "--home", str(home)]) == 2
        assert "stop it with hts stop" in capsys.readouterr().err
        assert len(statement(home, capsys, "balances")) == 1
    finally:
        lock.release()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["batch", "--date", "yesterday"], "--date: expected a day like 2026-11-23, found 'yesterday'"),
        (["batch"], "the day of 20261123 is not over (venue time 09:00)"),
        (["batch", "--final", "NK225F"], "--final: expected SYMBOL=PRICE"),
        (["statement", "balances", "--date", "2026-11-30"], "the night of 20261130 is not over"),
    ],
)
def test_what_cannot_be_is_said(home, capsys, words, said):
    assert main([words[0], "--home", str(home), *words[1:]]) == 2
    assert said in capsys.readouterr().err


def test_empty_home_has_no_books(tmp_path, capsys):
    assert main(["batch", "--home", str(tmp_path / "none")]) == 2
    assert "expected a journal, found none" in capsys.readouterr().err


@pytest.mark.parametrize("cut", [0, 1, 4, 7, 11])
def test_night_that_is_killed_goes_on_where_it_was(home, capsys, monkeypatch, cut):
    right, count = OfflineCore.append, []

    def dies(self, record):
        if len(count) == cut:
            raise KeyboardInterrupt
        count.append(record)
        right(self, record)

    with monkeypatch.context() as patch:
        patch.setattr(OfflineCore, "append", dies)
        assert main(["batch", "--home", str(home), "--date", "2026-11-23"]) == 130
    capsys.readouterr()
    status, (night,) = batch(home, capsys)
    assert (status, sum(night["jobs"].values()) + len([one for one in count if not isinstance(one, BatchJobDone)])) == (
        0, 3,
    )  # fmt: skip
    assert batch(home, capsys)[1][0]["done_before"]
