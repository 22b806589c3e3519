from hts.app.terminal_link import LinkDown, LinkUp
from hts.app.terminal_session import TerminalSession
from hts.desk.order_xray_stamps import ASK_AFTER
from hts.model.enums import Side
from hts.model.intents import NewOrder
from hts.model.queries import RequestBars, RequestLatency, Subscribe
from hts.model.trace import Hop, LatencyView
from tests.support.desk_feed import ACCOUNT, NOW_NS, SECOND_NS, bars, fill, order, rates, status
from tests.support.desk_link import ScriptedLink, snapshot


def attached():
    link = ScriptedLink()
    session = TerminalSession(link, ACCOUNT, rates, mono_ns=lambda: 5 * SECOND_NS, run_id="t1")
    link.say(*snapshot())
    session.bring()
    return link, session


def test_a_snapshot_fills_the_desk():
    link, session = attached()
    assert (len(session.market.instruments), len(session.market.books), len(session.orders.working())) == (20, 20, 9)
    assert (session.selection.symbol(1), session.selection.symbol(2)) == ("005930", "000660")
    assert session.clock.now(6 * SECOND_NS) == NOW_NS + SECOND_NS
    assert link.queries == [Subscribe(symbols=())]


def test_the_issues_of_the_last_time_are_shown_again_even_the_same_one_twice():
    link = ScriptedLink()
    session = TerminalSession(link, ACCOUNT, rates, mono_ns=lambda: 5 * SECOND_NS, run_id="t1")
    session.selection.restore({"1": ["005930", ""], "2": ["005930", "NXT"], "3": ["GONE", ""], "4": ["035420", ""]})
    link.say(*snapshot())
    session.bring()
    assert [session.selection.symbol(group) for group in (1, 2, 3, 4)] == ["005930", "005930", "005930", "035420"]
    assert session.selection.state()["3"] == ["GONE", ""]  # it may be listed again tomorrow


def test_an_order_goes_straight_to_the_link():
    link, session = attached()
    session.actions.arm(True)
    session.commands.run("buy.ask")
    assert [(type(i), i.request_id, i.px) for i in link.intents] == [(NewOrder, "t1-1", 191_400)]


def test_a_second_snapshot_replaces_the_first():
    link, session = attached()
    session.orders.on_view(fill(99, "005930", Side.BUY, 191_400, 1))
    link.say(*snapshot())
    session.bring()
    assert (session.orders.fills, len(session.orders.working())) == ([], 9)


def test_history_asked_for_while_the_core_is_away_is_asked_again():
    link = ScriptedLink()
    session = TerminalSession(link, ACCOUNT, rates, mono_ns=lambda: 1, run_id="t1")
    wanted = RequestBars(symbol="005930", timeframe_s=60, count=10)
    session.query(wanted)
    assert link.queries == []
    link.say(*snapshot())
    session.bring()
    assert link.queries == [Subscribe(symbols=()), wanted]
    frame = session.bring()
    assert (frame.market.bars, len(session.market.bars["005930", 60].bars)) == ({("005930", 60)}, 10)
    link.say(LinkDown(""), LinkUp())
    session.bring()
    assert link.queries[2:] == [Subscribe(symbols=())]


def test_losing_the_core_locks_the_terminal_and_keeps_the_reason():
    link, session = attached()
    session.actions.arm(True)
    link.say(LinkDown("token: expected another"))
    frame = session.bring()
    assert (session.actions.is_armed, session.down_reason, frame.armed) == (False, "token: expected another", True)
    link.say(LinkUp())
    session.bring()
    assert session.down_reason == ""


def test_the_venues_speed_comes_with_the_status():
    link, session = attached()
    link.say(status(speed_milli=20_000, trade_ns=NOW_NS + SECOND_NS))
    session.bring()
    assert session.clock.now(6 * SECOND_NS) == NOW_NS + 21 * SECOND_NS


def test_an_order_is_looked_at_by_its_number():
    _, session = attached()
    opened = []
    session.commands.register("panel.order_xray", lambda: opened.append(session.answers.looked_at))
    assert session.commands.run("order.7") is None
    assert (opened, session.bring().answers) == ([7], True)
    assert session.commands.run("order.x").key == "refusal.no_action"


def test_the_core_is_asked_when_its_answers_left_once_many_came_and_tells_the_way_back():
    link, session = attached()
    session.actions.arm(True)
    for number in range(ASK_AFTER):
        session.answers.stamps.sent(f"r{number}", 1, 2)
        link.say(order(1_000 + number, "005930", Side.BUY, 191_400, 1, request_id=f"r{number}"))
    session.bring()
    session.bring()
    assert [query for query in link.queries if isinstance(query, RequestLatency)] == [RequestLatency()]
    left = tuple((1_000 + number, 5 * SECOND_NS - 7_000) for number in range(ASK_AFTER))
    link.say(LatencyView(hops=(), venues=(), mono_ns=1, trade_ns=1, answered=left))
    session.bring()
    back = session.answers.stamps.hops[Hop.RETURN]
    assert (back.total, back.largest) == (ASK_AFTER, 7_000)


class OneAnswer(ScriptedLink):
    """A core whose venue answers later: the first answer is for everybody who asked, and the others for nobody."""

    def send(self, wish):
        if self.is_up and isinstance(wish, RequestBars):
            self.queries.append(wish)
            return True
        return super().send(wish)

    def answer(self, session):
        """Of the first of the questions; those behind it have gone with it."""
        asked = [query for query in self.queries if isinstance(query, RequestBars)]
        self.queries.clear()
        self.say(bars("005930", 60, asked[0].count))
        session.bring()
        return len(session.market.bars["005930", 60].bars)


def test_a_long_question_behind_a_short_one_has_an_answer_of_its_own():
    """A screen has asked for five minutes of an issue when a chart of it is opened."""
    link = OneAnswer()
    session = TerminalSession(link, ACCOUNT, rates, mono_ns=lambda: 1, run_id="t1")
    link.say(*snapshot())
    session.bring()
    short, whole = (RequestBars(symbol="005930", timeframe_s=60, count=count) for count in (5, 300))
    session.query(short)
    session.query(whole)
    assert link.answer(session) == 5
    assert link.queries == [whole], "it waited until the core could tell the answers apart"
    assert link.answer(session) == 300
    assert link.queries == []
    session.query(whole)
    session.query(short)
    assert (link.answer(session), link.queries) == (300, [])


def test_a_long_question_that_waits_is_asked_again_when_its_turn_does_not_come():
    link = OneAnswer()
    session = TerminalSession(link, ACCOUNT, rates, mono_ns=lambda: 1, run_id="t1")
    link.say(*snapshot())
    session.bring()
    short, whole = (RequestBars(symbol="005930", timeframe_s=60, count=count) for count in (5, 300))
    session.query(short)
    session.query(whole)
    session.query(whole)
    assert link.queries[1:] == [short, whole], "the short one's answer was lost"
    link.queries.clear()
    link.say(LinkDown(""), LinkUp())
    session.bring()
    assert link.queries == [Subscribe(symbols=()), whole]
    session.query(short)
    assert link.queries[2:] == [whole], "asked again, it serves both"
