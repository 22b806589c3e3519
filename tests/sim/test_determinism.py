"""The same seed and the same intents at the same venue times give the same bytes on every wire."""

from functools import cache

from hts.model.enums import Side
from tests.sim.fix_shell import DC, MD, OE, FixClient, FixShell
from tests.sim.test_fix_market_data import ask
from tests.sim.test_fix_orders import order, request
from tests.support.wire_ums import an_order
from tests.wire.mdcs.samples import LAYOUT as MDCS

PX = 272_000


def played(seed: int = 7, *, every_ms: int = 0, qty: int = 10) -> tuple[bytes, bytes, str]:
    """Twenty seconds over the opening: the feed's bytes, what clients of all protocols were sent, the state's hash.

    `every_ms`: how often a sleepy shell looks; 0 for timer by timer.
    """
    shell = FixShell(seed=seed, intensity=1.0, mdcs=MDCS, start_s=8 * 3600 + 59 * 60 + 54)
    fix, watcher, copy = (FixClient(f"HTS01-{kind}44") for kind in ("OE", "MD", "DC"))
    for conn, (port, client) in enumerate(((OE, fix), (MD, watcher), (DC, copy)), start=1):
        shell.dial(port, conn, client)
    them = shell.connect(9)
    ask(shell, watcher, kinds="012478B")
    shell.run(5_000, every_ms=every_ms)
    shell.tell(fix, "D", *order("a", px=PX, qty=qty))
    them.send(an_order(1, px=PX, qty=5, side=Side.SELL), *shell.now)
    shell.pump()
    shell.run(8_000, every_ms=every_ms)
    shell.tell(fix, "F", *request("b", "a"))
    shell.run(8_000, every_ms=every_ms)
    return b"".join(data for _, data in shell.datagrams), shell.wire, shell.venue.state_hash()


@cache
def once() -> tuple[bytes, bytes, str]:
    return played()


def test_the_same_seed_and_intents_give_the_same_bytes():
    feed, wire, state = once()
    assert (feed, wire, state) == played()
    assert len(feed) > 300_000
    assert len(wire) > 20_000


def test_another_seed_or_another_order_gives_other_bytes():
    feed, wire, state = once()
    for other in (played(seed=8), played(qty=11)):
        assert feed != other[0]
        assert wire != other[1]
        assert state != other[2]


def test_a_shell_that_looks_seldom_finds_the_same_market():
    """What happens does not depend on when the process is woken; only heartbeats and batches do."""
    assert once()[2] == played(every_ms=40)[2]
