"""Whose turn it is: pure, so that every order of events can be played."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from hts.desk.frame import Frame
from hts.desk.frame_turns import REST_FRAMES, SHELL, FrameTurns
from hts.desk.market import NOTHING as NO_QUOTES
from hts.desk.orders import NOTHING as NO_ORDERS
from hts.desk.orders import OrderChanges

MONEY = OrderChanges(fills=True, symbols=frozenset({"005930"}))


@dataclass(eq=False)
class One:
    name: str
    leads: bool = False
    shows_money: bool = False
    is_calm: bool = False
    symbol: str = "005930"
    told: list = field(default_factory=list)

    def tells_of(self, orders):
        return self.shows_money and self.symbol in orders.symbols


def frame(orders=NO_ORDERS, *, selection=False, armed=False):
    return Frame(now_ns=0, market=NO_QUOTES, orders=orders, selection=selection, armed=armed)


def name_of(whose):
    return "shell" if whose is SHELL else whose.name


def played(turns):
    """All turns that there are."""
    return [name_of(whose) for whose in iter(turns.next, None)]


def until_next_frame(turns):
    """The turns that the next frame waits for."""
    names = []
    while not turns.may_begin:
        names.append(name_of(turns.next()))
    return names


def test_the_leader_comes_first_then_the_window_then_the_others_in_their_order():
    turns, panels = FrameTurns(), [One("chart"), One("watchlist"), One("ladder", leads=True), One("tape")]
    turns.begin(panels, frame())
    assert (turns.is_waiting, turns.may_begin) == (True, False)
    assert played(turns) == ["ladder", "shell", "chart", "watchlist", "tape"]
    assert (turns.is_waiting, turns.may_begin) == (False, True)


def test_all_that_shows_money_belongs_to_the_frame_that_brings_money():
    panels = [One("chart"), One("orders", shows_money=True), One("tape"), One("fills", shows_money=True)]
    panels.append(One("ladder", leads=True, shows_money=True))
    turns = FrameTurns()
    turns.begin(panels, frame(MONEY))
    assert until_next_frame(turns) == ["ladder", "orders", "fills", "shell"]
    assert played(turns) == ["chart", "tape"]
    turns.begin(panels, frame())
    assert until_next_frame(turns) == ["ladder", "shell"]


def test_a_panel_that_waits_since_another_frame_comes_at_once_when_its_money_moves():
    chart, fills = One("chart"), One("fills", shows_money=True)
    turns = FrameTurns()
    turns.begin([chart, fills], frame())
    assert until_next_frame(turns) == ["shell"]
    turns.begin([chart, fills], frame(MONEY))
    assert until_next_frame(turns) == ["fills", "shell", "chart"]


def test_the_next_frame_overtakes_all_who_wait_but_one():
    panels = [One("ladder", leads=True), One("a"), One("b"), One("c")]
    turns = FrameTurns()
    seen = []
    for _ in range(5):
        turns.begin(panels, frame())
        seen.append(until_next_frame(turns))
    assert seen[0] == ["ladder", "shell"]
    assert [names[-1] for names in seen[1:]] == ["a", "b", "c", "a"]


def test_who_waits_is_not_queued_twice():
    panels = [One("a"), One("b")]
    turns = FrameTurns()
    turns.begin(panels, frame())
    until_next_frame(turns)
    turns.begin(panels, frame())
    assert played(turns) == ["shell", "a", "b"]


def test_nothing_is_owed_to_who_moved_to_the_front():
    ladder = One("ladder")
    turns = FrameTurns()
    turns.begin([ladder], frame())
    until_next_frame(turns)
    ladder.leads = True
    turns.begin([ladder], frame())
    assert (until_next_frame(turns), turns.is_waiting) == (["ladder", "shell"], False)


def test_clear_forgets_everybody():
    turns = FrameTurns()
    turns.begin([One("a"), One("b", leads=True)], frame())
    turns.clear()
    assert (turns.next(), turns.is_waiting, turns.may_begin) == (None, False, True)


def shown_at(turns, panels, count, **brings):
    seen = []
    for _ in range(count):
        turns.begin(panels, frame(**brings))
        seen.append([name for name in played(turns) if name != "shell"])
    return seen


def test_a_calm_panel_rests_while_it_changes_all_the_time():
    panels = [One("calm", is_calm=True), One("b")]
    assert shown_at(FrameTurns(), panels, 7) == [["calm", "b"], *[["b"]] * 5, ["calm", "b"]]


def test_calm_panels_come_to_take_different_frames():
    panels = [One(str(n), is_calm=True) for n in range(3)]
    found = [shown for shown in shown_at(FrameTurns(), panels, 18) if shown]
    assert found == [["0", "1", "2"], ["0"], ["1", "2"], ["0"], ["1"], ["2"]]


def test_a_calm_panel_that_was_quiet_is_shown_at_once():
    turns, calm = FrameTurns(), One("calm", is_calm=True)
    shown_at(turns, [calm], 1)
    assert shown_at(turns, [], REST_FRAMES) == [[]] * REST_FRAMES
    assert shown_at(turns, [calm], 2) == [["calm"], []]


def test_no_panel_rests_when_the_trader_chooses_or_arms():
    turns, panels = FrameTurns(), [One("a", is_calm=True), One("b", is_calm=True)]
    shown_at(turns, panels, 1)
    assert shown_at(turns, panels, 1, selection=True) == [["a", "b"]]
    assert shown_at(turns, panels, 1, armed=True) == [["a", "b"]]
    assert shown_at(turns, panels, 1) == [[]]


def test_a_calm_panel_does_not_rest_when_its_own_money_moves():
    turns, panels = FrameTurns(), [One("a", is_calm=True), One("b", is_calm=True, shows_money=True)]
    shown_at(turns, panels, 1)
    assert shown_at(turns, panels, 5, orders=MONEY) == [["b"]] * 5
    panels[1].symbol = "000660"
    assert shown_at(turns, panels, 1, orders=MONEY) == [["a"]]
    assert shown_at(turns, panels, 1, orders=OrderChanges(status=True)) == [[]]


@given(
    kinds=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6),
    frames=st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=12, max_size=25),
)
def test_nobody_starves_and_money_never_waits_beyond_its_frame(kinds, frames):
    """However few turns the machine grants, a panel waits for as many frames as there are panels, at most."""
    panels = [One(str(n), leads=leads, shows_money=money) for n, (leads, money) in enumerate(kinds)]
    turns, last = FrameTurns(), dict.fromkeys(panels, 0)
    for number, (is_money, granted) in enumerate(frames, 1):
        turns.begin(panels, frame(MONEY if is_money else NO_ORDERS))
        taken = 0
        while (not turns.may_begin or taken < granted) and (whose := turns.next()) is not None:
            taken += 1
            if whose is not SHELL:
                last[whose] = number
        for panel in panels:
            if panel.leads or (is_money and panel.shows_money):
                assert last[panel] == number
            assert number - last[panel] <= len(panels)
