from hts.desk.frame import Frame
from hts.desk.market import NOTHING as NO_QUOTES
from hts.desk.market import MarketChanges
from hts.desk.orders import NOTHING as NO_ORDERS
from hts.desk.orders import OrderChanges
from tests.support.desk_feed import quiet_desk
from tests.support.panels import panel_context
from widgets.frame_clock import SLICE_NS, FrameClock
from widgets.panel import Panel

QUOTES = MarketChanges(books=frozenset({"005930"}))


class Counting(Panel):
    """Notes each refresh and takes as long as it is told."""

    def __init__(self, context, name, log, spend):
        super().__init__(context)
        self.name, self.log, self.spend = name, log, spend

    def refresh(self, now_ns):
        self.log.append(self.name)
        self.spend()


class Bench:
    def __init__(self, qtbot, count, cost_ns):
        self.now_ns, self.log, self.after, self.quotes, self.selection = 0, [], [], QUOTES, False
        self.orders = NO_ORDERS
        context = panel_context(quiet_desk())
        self.panels = [Counting(context, i, self.log, lambda: self.spend(cost_ns)) for i in range(count)]
        for panel in self.panels:
            qtbot.addWidget(panel)
            panel.show()
        self.clock = FrameClock(self.bring, lambda: self.panels, self.note, lambda: self.now_ns)

    def spend(self, cost_ns):
        self.now_ns += cost_ns

    def bring(self):
        return Frame(now_ns=self.now_ns, market=self.quotes, orders=self.orders, selection=self.selection)

    def note(self, _frame, refreshed):
        self.after.append(refreshed)


def test_quick_panels_refresh_in_the_frame(qtbot):
    bench = Bench(qtbot, 3, 0)
    bench.clock.tick()
    assert (bench.log, bench.after) == ([0, 1, 2], [True])


def test_a_quiet_frame_refreshes_nothing(qtbot):
    bench = Bench(qtbot, 2, 0)
    bench.clock.tick()
    bench.quotes = NO_QUOTES
    bench.clock.tick()
    assert (bench.log, bench.after, bench.clock.frames) == ([0, 1], [True, False], 1)


def test_slow_panels_take_one_turn_of_the_loop_each(qtbot):
    bench = Bench(qtbot, 4, SLICE_NS + 1)
    bench.clock.tick()
    assert (bench.log, bench.clock.is_behind) == ([0], True)
    qtbot.waitUntil(lambda: len(bench.log) == 4, timeout=2_000)
    assert (bench.log, bench.clock.refreshes, bench.clock.is_behind) == ([0, 1, 2, 3], 4, False)


def test_a_panel_that_waits_is_not_queued_twice(qtbot):
    bench = Bench(qtbot, 3, SLICE_NS + 1)
    for _ in range(5):
        bench.clock.tick()
    assert (bench.log, len(bench.clock._waiting)) == ([0, 1, 2, 0, 1], 2)


def test_hidden_panels_hear_of_the_frame_but_do_not_refresh(qtbot):
    bench = Bench(qtbot, 2, 0)
    bench.panels[1].hide()
    bench.clock.tick()
    assert (bench.log, bench.panels[1].is_dirty) == ([0], True)
    bench.panels[1].show()
    bench.quotes = NO_QUOTES
    bench.clock.tick()
    assert bench.log == [0, 1]


def refreshed_at(bench, ticks):
    """Which panels each frame refreshed."""
    seen = []
    for _ in range(ticks):
        before = len(bench.log)
        bench.clock.tick()
        seen.append(bench.log[before:])
    return seen


def test_a_calm_panel_rests_while_it_changes_all_the_time(qtbot):
    bench = Bench(qtbot, 2, 0)
    bench.panels[0].is_calm = True
    assert refreshed_at(bench, 7) == [[0, 1], [1], [1], [0, 1], [1], [1], [0, 1]]


def test_calm_panels_come_to_take_different_frames(qtbot):
    bench = Bench(qtbot, 3, 0)
    for panel in bench.panels:
        panel.is_calm = True
    assert refreshed_at(bench, 9) == [[0, 1, 2], [], [], [0], [1, 2], [], [0], [1], [2]]


def test_a_calm_panel_that_was_quiet_is_refreshed_at_once(qtbot):
    bench = Bench(qtbot, 1, 0)
    bench.panels[0].is_calm = True
    bench.clock.tick()
    bench.quotes = NO_QUOTES
    assert refreshed_at(bench, 5) == [[]] * 5
    bench.quotes = QUOTES
    assert refreshed_at(bench, 2) == [[0], []]


def test_no_panel_rests_when_another_issue_is_chosen(qtbot):
    bench = Bench(qtbot, 2, 0)
    for panel in bench.panels:
        panel.is_calm = True
    bench.clock.tick()
    bench.selection = True
    assert refreshed_at(bench, 1) == [[0, 1]]


def test_a_calm_panel_that_shows_money_does_not_rest_when_the_news_is_of_its_issue(qtbot):
    bench = Bench(qtbot, 2, 0)
    for panel in bench.panels:
        panel.is_calm = True
    bench.panels[1].shows_money = True
    bench.clock.tick()
    bench.orders = OrderChanges(fills=True, symbols=frozenset({bench.panels[1].symbol}))
    assert refreshed_at(bench, 2) == [[1], [1]]
    bench.orders = OrderChanges(fills=True, symbols=frozenset({"another"}))
    assert refreshed_at(bench, 1) == [[0]]  # its turn after three frames; the other one rests
    bench.orders = OrderChanges(status=True)  # comes all the time and is no money
    assert refreshed_at(bench, 1) == [[]]


def test_panels_that_show_money_refresh_in_the_frame_of_an_order_event_however_slow(qtbot):
    bench = Bench(qtbot, 4, SLICE_NS + 1)
    bench.clock.tick()
    assert (bench.log, bench.clock.is_behind) == ([0], True)
    bench.panels[1].shows_money = bench.panels[3].shows_money = True
    bench.orders = OrderChanges(orders=True)
    bench.clock.tick()
    assert (bench.log[1:], bench.clock.is_behind) == ([1, 3], True)
    bench.orders = NO_ORDERS
    qtbot.waitUntil(lambda: not bench.clock.is_behind, timeout=2_000)
    assert bench.log[3:] == [2, 0]


def test_for_a_picture_everything_catches_up(qtbot):
    bench = Bench(qtbot, 3, SLICE_NS + 1)
    bench.panels[2].is_calm = True
    for _ in range(2):
        bench.clock.tick()
    bench.clock.catch_up()
    assert ([panel.is_dirty for panel in bench.panels], bench.clock.is_behind) == ([False] * 3, False)
