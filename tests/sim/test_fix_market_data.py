"""FIX market data: what a subscriber is told adds up to the venue's book, whatever happened."""

import pytest

from hts.model.enums import Side
from tests.sim.fix_shell import MD, WALL_NS, FixClient, FixShell
from tests.support.venue import SAMSUNG
from tests.support.wire_ums import an_order

PX = 272_000


def an_open_shell(**changes) -> FixShell:
    return FixShell(start_s=9 * 3600 + 60, **changes)


def watcher(shell, comp_id="HTS01-MD44", conn=1) -> FixClient:
    client = shell.dial(MD, conn, FixClient(comp_id))
    assert client.session.is_up, shell.reasons
    return client


def ask(shell, client, req_id="r", *, kind="1", depth=0, kinds="01", update="1", symbols=(SAMSUNG,)):
    entries = [(269, k) for k in kinds]
    shell.tell(
        client, "V", (262, req_id), (263, kind), (264, depth), (265, update), (267, len(entries)), *entries,
        (146, len(symbols)), *((55, symbol) for symbol in symbols),
    )  # fmt: skip


def entries(client, message):
    group = client.session._core.dictionary.message(message.msg_type).members.groups[268]
    return message.entries(268, group)


class Book:
    """What a client makes of W and X."""

    def __init__(self):
        self.sides = {"0": {}, "1": {}}

    def read(self, client, messages):
        for message in messages:
            if message.msg_type == "W":
                self.sides = {"0": {}, "1": {}}
            for entry in entries(client, message):
                if entry.text(269) not in self.sides:
                    continue
                side, px = self.sides[entry.text(269)], entry.integer(270)
                if entry.text(279) == "2":
                    del side[px]
                else:
                    assert (px in side) == (entry.text(279) == "1"), "a change of what is there, news of what is not"
                    side[px] = entry.integer(271)
        return self

    def rows(self):
        return sorted(self.sides["0"].items(), reverse=True), sorted(self.sides["1"].items())


def the_venue_s(shell, depth=10):
    levels = shell.venue.day.exchange.depth(SAMSUNG).levels
    rows = [levels[at : at + 4] for at in range(0, len(levels), 4)][:depth]
    return [(b, bq) for _, b, _, bq in rows if bq], [(a, aq) for a, _, aq, _ in rows if aq]


@pytest.mark.parametrize("comp_id", ["HTS01-MD44", "HTS01-MD50"])
@pytest.mark.parametrize("depth", [0, 1, 5])
def test_snapshot_and_changes_add_up_to_the_book(comp_id, depth):
    shell = an_open_shell(intensity=2.0)
    shell.run(3_000)
    client = watcher(shell, comp_id)
    ask(shell, client, depth=depth)
    for _ in range(40):
        shell.run(250)
        assert Book().read(client, client.messages).rows() == the_venue_s(shell, depth or 10)
    assert {m.msg_type for m in client.messages} == {"W", "X"}
    assert len(client.messages) > 40


def test_full_refreshes_where_they_are_asked_for():
    shell = an_open_shell()
    client, them = watcher(shell), shell.connect(9)
    ask(shell, client, update="0")
    them.send(an_order(1, px=PX, qty=10), *shell.now)
    shell.pump()
    assert [m.msg_type for m in client.messages] == ["W", "W"]
    assert Book().read(client, client.messages).rows() == ([(PX, 10)], [])


def test_a_trade_comes_with_the_day_s_figures():
    shell = an_open_shell()
    client, them = watcher(shell), shell.connect(9)
    ask(shell, client, kinds="2478B")
    for number, side in ((1, Side.SELL), (2, Side.BUY)):
        them.send(an_order(number, px=PX, qty=7, side=side), *shell.now)
    shell.pump()
    (trade,) = client.messages[1:]
    found = [(e.text(269), e.text(270), e.text(271), e.text(58)) for e in entries(client, trade)]
    assert found == [
        ("2", str(PX), "7", "Buy"), ("4", str(PX), "", ""), ("7", str(PX), "", ""), ("8", str(PX), "", ""),
        ("B", "", "7", ""),
    ]  # fmt: skip


def test_a_subscription_ends_when_it_is_told_to_and_with_its_connection():
    shell = an_open_shell()
    client, them = watcher(shell), shell.connect(9)
    ask(shell, client)
    ask(shell, client, kind="2")
    them.send(an_order(1, px=PX, qty=10), *shell.now)
    shell.pump()
    assert [m.msg_type for m in client.messages] == ["W"]
    ask(shell, client, "again")
    shell.hang_up(MD, 1)
    them.send(an_order(2, px=PX, qty=10), *shell.now)
    shell.pump()
    client.messages.clear()
    shell.dial(MD, 2, client)
    assert client.session.is_up, shell.reasons
    them.send(an_order(3, px=PX, qty=10), *shell.now)
    shell.pump()
    assert client.messages == []


def test_refused_requests_say_why():
    shell = an_open_shell()
    client = watcher(shell)
    ask(shell, client, "a", symbols=("XXX",))
    ask(shell, client, "b")
    ask(shell, client, "b")
    ask(shell, client, "c", kinds="3")
    ask(shell, client, "d", depth=-1)
    found = [(m.msg_type, m.text(262), m.text(281)) for m in client.messages]
    assert found == [("Y", "a", "0"), ("W", "b", ""), ("Y", "b", "1"), ("Y", "c", "8"), ("Y", "d", "5")]


def test_the_list_of_issues_and_the_phase():
    shell = FixShell(start_s=8 * 3600 + 59 * 60 + 50)
    client = watcher(shell, "HTS01-MD50")
    shell.tell(client, "x", (320, "l"), (559, "4"))
    shell.tell(client, "x", (320, "one"), (559, "0"), (55, SAMSUNG))
    shell.tell(client, "x", (320, "none"), (559, "0"), (55, "XXX"))
    shell.tell(client, "g", (335, "s"), (263, "1"))
    shell.run(60_000)
    found = [(m.msg_type, m.text(393) or m.text(625), m.text(560)) for m in client.messages]
    assert found == [("y", "20", "0"), ("y", "1", "0"), ("y", "", "2"), ("h", "2", ""), ("h", "3", "")]


def test_a_book_that_was_missed_is_a_gap_not_a_resend():
    shell = an_open_shell()
    client, them = watcher(shell), shell.connect(9)
    ask(shell, client)
    them.send(an_order(1, px=PX, qty=10), *shell.now)
    shell.venue.order_data(9, them.data_to_send(), shell.mono_ns)
    shell.venue.outputs()  # on its way when the connection died
    shell.hang_up(MD, 1)
    shell.dial(MD, 2, client)
    ask(shell, client, "again")
    assert [m.msg_type for m in client.messages] == ["W", "W"]
    assert Book().read(client, client.messages).rows() == ([(PX, 10)], [])


def test_after_a_restart_of_the_venue_a_reset_begins_anew():
    shell = an_open_shell()
    ask(shell, watcher(shell))
    shell.kill()
    client = watcher(shell)
    client.session.reset(shell.mono_ns + WALL_NS, shell.mono_ns)
    shell.pump()
    ask(shell, client, "again")
    assert [m.msg_type for m in client.messages] == ["W"]
