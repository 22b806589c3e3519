from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from hts.desk.frame import Frame
from hts.desk.market import NOTHING as NO_QUOTES
from hts.desk.market import MarketChanges
from hts.desk.orders import NOTHING as NO_ORDERS
from hts.desk.orders import OrderChanges
from tests.support.desk_feed import quiet_desk
from tests.support.panels import panel_context
from widgets.frame_clock import FRAME_NS, READS_MAX, TURN_NS, FrameClock
from widgets.panel import Panel

QUOTES = MarketChanges(books=frozenset({"005930"}))


class Counting(Panel):
    """Notes what it hears, each refresh and each paint; takes as long as it is told."""

    def __init__(self, context, name, log, spend):
        super().__init__(context)
        self.name, self.log, self.spend = name, log, spend
        self.is_lead, self.parts = False, 0

    @property
    def leads(self):
        return self.is_lead

    def show_more(self):
        more, self.parts = self.parts > 0, max(self.parts - 1, 0)
        if more:
            self.log.append(f"more {self.name}")
            self.update()
            self.spend()
        return more

    def refresh(self, now_ns):
        self.log.append(f"refresh {self.name}")
        self.update()
        self.spend()

    def paintEvent(self, _event):
        self.log.append(f"paint {self.name}")
        self.spend()


class Bench:
    """A clock over panels in one window; time passes only when a panel spends it."""

    def __init__(self, qtbot, count, cost_ns):
        self.now_ns, self.log, self.cost_ns, self.unread = 0, [], cost_ns, 0
        self.quotes, self.orders, self.refreshed = QUOTES, NO_ORDERS, []
        self.window = QWidget()
        context = panel_context(quiet_desk())
        self.panels = [Counting(context, i, self.log, self.spend) for i in range(count)]
        for i, panel in enumerate(self.panels):
            panel.setParent(self.window)
            panel.setGeometry(0, 20 * i, 50, 20)
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        qtbot.waitUntil(lambda: self.window.windowHandle() is not None and len(self.log) == count)  # painted once
        self.log.clear()
        self.now_ns = 0
        self.clock = FrameClock(self.bring, lambda: self.panels, self.note, lambda: self.now_ns, self.window)

    def spend(self):
        self.now_ns += self.cost_ns

    def bring(self):
        self.log.append("bring")
        return Frame(now_ns=self.now_ns, market=self.quotes, orders=self.orders)

    def read(self):
        """One part; whether more waits."""
        self.log.append("read")
        self.unread -= 1
        self.spend()
        return self.unread > 0

    def note(self, _frame, refreshed):
        self.log.append("window")
        self.refreshed.append(refreshed)

    def turns(self, count):
        """What each turn of the loop does."""
        seen = []
        for _ in range(count):
            self.log.clear()
            self.clock.turn()
            seen.append(list(self.log))
        return seen


def test_a_whole_frame_in_one_piece(qtbot):
    bench = Bench(qtbot, 2, TURN_NS)
    bench.clock.tick()
    assert bench.log == ["bring", "window", "refresh 0", "paint 0", "refresh 1", "paint 1"]
    assert (bench.clock.frames, bench.clock.refreshes, bench.clock.is_behind) == (1, 2, False)


def test_small_steps_share_a_turn(qtbot):
    bench = Bench(qtbot, 2, 0)
    assert bench.turns(1) == [["bring", "window", "refresh 0", "paint 0", "refresh 1", "paint 1"]]


def test_what_arrived_is_read_in_parts_before_the_frame_begins(qtbot):
    bench = Bench(qtbot, 1, TURN_NS)
    bench.clock.read = bench.read
    bench.unread = 2
    assert bench.turns(5) == [["read"], ["read"], ["bring", "window", "refresh 0"], ["paint 0"], []]
    bench.now_ns += FRAME_NS
    bench.unread = 3 * READS_MAX
    assert bench.turns(READS_MAX + 1) == [["read"]] * READS_MAX + [["bring", "window", "refresh 0"]]
    bench.log.clear()
    bench.clock.tick()
    assert (bench.log.count("read"), bench.log.count("bring"), bench.unread) == (2 * READS_MAX, 1, 0)


def test_between_two_longer_steps_the_loop_has_its_turn(qtbot):
    bench = Bench(qtbot, 2, TURN_NS)
    bench.panels[1].is_lead = True
    assert bench.turns(4) == [
        ["bring", "refresh 1"],
        ["paint 1"],
        ["window", "refresh 0"],
        ["paint 0"],
    ]
    assert bench.turns(1) == [[]]
    assert not bench.clock.is_behind


def test_what_the_loop_has_painted_is_not_painted_again(qtbot, qapp):
    bench = Bench(qtbot, 1, TURN_NS)
    assert bench.turns(1) == [["bring", "window", "refresh 0"]]
    bench.log.clear()
    qapp.sendPostedEvents(bench.window, QEvent.Type.UpdateRequest.value)
    assert bench.log == ["paint 0"]
    assert bench.turns(1) == [[]]


def test_a_frame_does_not_begin_before_its_time(qtbot):
    bench = Bench(qtbot, 1, 0)
    bench.turns(1)
    bench.now_ns = FRAME_NS - 1
    assert bench.turns(1) == [[]]
    bench.now_ns = FRAME_NS
    assert bench.turns(1) == [["bring", "window", "refresh 0", "paint 0"]]


def test_the_next_frame_begins_in_time_though_panels_wait(qtbot):
    bench = Bench(qtbot, 3, FRAME_NS // 2)
    bench.panels[2].is_lead = True
    found = [step for turn in bench.turns(12) for step in turn]
    first = ["bring", "refresh 2", "paint 2", "window"]
    assert found[:4] == first
    assert found[4:10] == [*first, "refresh 0", "paint 0"]
    assert found[10:16] == [*first, "refresh 1", "paint 1"]


def test_a_frame_that_comes_late_does_not_make_the_next_ones_hurry(qtbot):
    bench = Bench(qtbot, 0, 0)
    bench.turns(1)
    bench.now_ns = 10 * FRAME_NS
    assert bench.turns(2) == [["bring", "window"], []]
    bench.now_ns = 11 * FRAME_NS - 1
    assert bench.turns(1) == [[]]
    bench.now_ns = 11 * FRAME_NS + 3
    assert bench.turns(1) == [["bring", "window"]]
    bench.now_ns = 12 * FRAME_NS  # the third is in time again
    assert bench.turns(1) == [["bring", "window"]]


def test_hidden_panels_hear_of_the_frame_but_do_not_refresh(qtbot):
    bench = Bench(qtbot, 2, 0)
    bench.panels[1].hide()
    bench.clock.tick()
    assert ("refresh 1" in bench.log, bench.panels[1].is_dirty) == (False, True)
    bench.panels[1].show()
    bench.quotes = NO_QUOTES
    bench.clock.tick()
    assert "refresh 1" in bench.log


def test_a_quiet_frame_refreshes_nothing_and_says_so(qtbot):
    bench = Bench(qtbot, 2, 0)
    bench.clock.tick()
    bench.quotes = NO_QUOTES
    bench.clock.tick()
    bench.clock.tick()
    # The window's turn comes before these panels': it hears of them in the frame after.
    assert (bench.refreshed, bench.clock.frames, bench.clock.refreshes) == ([False, True, False], 1, 2)


def test_money_is_shown_before_the_next_frame_however_slow(qtbot):
    bench = Bench(qtbot, 4, FRAME_NS)
    bench.panels[1].shows_money = bench.panels[3].shows_money = True
    bench.orders = OrderChanges(orders=True)
    found = [step for turn in bench.turns(9) for step in turn if not step.startswith("paint")]
    assert found[:5] == ["bring", "refresh 1", "refresh 3", "window", "bring"]


def test_a_floating_window_that_is_closed_before_its_paint(qtbot, qapp):
    bench = Bench(qtbot, 1, TURN_NS)
    panel, outer = bench.panels[0], QWidget()
    panel.setParent(outer)
    outer.show()
    assert bench.turns(1)[0][:3] == ["bring", "window", "refresh 0"]
    bench.panels.clear()
    panel.retire()
    outer.close()
    outer.deleteLater()
    qapp.sendPostedEvents(outer, QEvent.Type.DeferredDelete.value)
    assert bench.turns(1) == [[]]


def test_the_timer_goes_on_by_itself_and_stops_when_told(qtbot):
    bench = Bench(qtbot, 2, TURN_NS)
    bench.clock.start()
    bench.now_ns = FRAME_NS
    qtbot.waitUntil(lambda: bench.clock.refreshes == 2, timeout=2_000)
    bench.clock.stop()
    assert (bench.clock.is_behind, bench.clock._timer.isActive()) == (False, False)


def test_for_a_picture_everything_catches_up(qtbot):
    bench = Bench(qtbot, 3, TURN_NS)
    bench.panels[2].is_calm = True
    bench.turns(1)
    bench.clock.catch_up()
    assert [panel.is_dirty for panel in bench.panels] == [False] * 3


def test_a_large_panel_is_shown_in_parts_before_the_next_one(qtbot):
    bench = Bench(qtbot, 2, TURN_NS)
    bench.panels[0].parts = 2
    assert bench.turns(8) == [
        ["bring", "window", "refresh 0"],
        ["paint 0"],
        ["more 0"],
        ["paint 0"],
        ["more 0"],
        ["paint 0"],
        ["refresh 1"],
        ["paint 1"],
    ]
    assert not bench.turns(1)[0]
    assert not bench.clock.is_behind


def test_all_parts_are_there_for_a_picture(qtbot):
    bench = Bench(qtbot, 1, TURN_NS)
    bench.panels[0].parts = 2
    bench.clock.catch_up()
    assert bench.log == ["refresh 0", "more 0", "more 0"]


def test_the_pause_has_a_turn_of_its_own_once_nobody_waits(qtbot):
    bench = Bench(qtbot, 1, TURN_NS)
    bench.clock.pause = lambda: bench.log.append("pause")
    assert bench.turns(4) == [["bring", "window", "refresh 0"], ["paint 0"], ["pause"], []]
    bench.now_ns = 3 * FRAME_NS
    bench.panels.clear()
    assert bench.turns(2) == [["bring", "window", "pause"], []]
