"""Live trading without the factors is impossible by any door: real processes, real keys in software, a real venue.

link, WebSocket, FIX, journal file, settings: each is tried without and with what it asks for. The doors that need more
around them have files of their own: the window (test_live_window), a paired terminal (test_door_person), the
command line (test_authorise).
"""

import asyncio
import json
import os
import subprocess
import sys

import pytest
from websockets.exceptions import ConnectionClosed

from hts.app.api_client import Api, ApiError
from hts.app.api_tokens import read_tokens, write_tokens
from hts.app.key_accounts import mac_key
from hts.app.offline_core import offline_core
from hts.auth.tokens import TokenScope, issue, new_secret, sealed
from hts.io.clock import SystemClock
from hts.model.denials import Rule
from hts.model.enums import OrdStatus, OrdType, Side
from hts.model.intents import CancelAll, NewOrder, SetKillSwitch
from hts.model.queries import RequestBars, RequestOrderTrace
from hts.model.records import WorkStarted
from hts.model.routing import RouteRequest
from hts.model.units import ClOrdID
from hts.model.work import RouteSpec, WorkState
from hts.wire.link import login as m
from tests.support.keys import AnyRelyingParty, assert_with
from tests.support.live_market import LiveMarket
from tests.support.market import ACCOUNT, PATIENCE_S, ROOT
from tests.support.processes import is_loopback, listeners

pytestmark = pytest.mark.processes
OF = {"account": ACCOUNT}


def an_order(request_id, terminal=None, **fields):
    """One that rests at the lowest bid, where the terminal sees any."""
    px = 60_000 if terminal is None else min(px for px in terminal.books["005930"].levels[1::4] if px)
    values = {"symbol": "005930", "side": Side.BUY, "ord_type": OrdType.LIMIT, "px": px, "qty": 1, **OF}
    return NewOrder(request_id=request_id, **{**values, **fields})


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    made = LiveMarket(tmp_path_factory.mktemp("live") / "home")
    made.add_user("kim")
    made.add_user("lee")
    try:
        yield made.up()
    finally:
        made.clean_up()


@pytest.fixture
def terminal(market):
    made = market.terminal()
    made.greeted()
    return made


def rule(outcome):
    return outcome.denial.rule if outcome.denial is not None else None


def test_a_stranger_with_the_link_token_is_shown_nothing_and_may_do_nothing(terminal):
    intents = [an_order("s1"), CancelAll(request_id="s2", **OF), SetKillSwitch(request_id="s3", on=True, **OF)]
    assert [rule(terminal.send(one)) for one in intents] == [Rule.NOT_LOGGED_IN] * 3
    for query in (RequestBars(symbol="005930", timeframe_s=60, count=5), RequestOrderTrace(order_id=1)):
        terminal.link._write(terminal.link._client.query(query))
    assert rule(terminal.send(an_order("s4"))) is Rule.NOT_LOGGED_IN
    # Nothing but the refusals has come: no order, no price, no status.
    assert {type(one).__name__ for one in terminal.others} == {"OutcomeView"}


def test_a_key_and_a_fresh_touch_let_live_orders_out_and_each_terminal_answers_for_itself(market, terminal):
    assert terminal.log_in().user == "kim"
    terminal.until_ready()
    assert rule(terminal.send(an_order("k1"))) is Rule.STEP_UP
    asked = terminal.until(lambda: terminal.touches, "what to touch for")[-1]
    terminal.touch(asked.act)
    terminal.until(lambda: terminal.books.get("005930"), "a book")
    outcome = terminal.send(an_order("k1", terminal))
    assert outcome.accepted
    view = terminal.until(lambda: terminal.orders.get(outcome.order_id), "the order")
    assert view.user == "kim"
    terminal.until(lambda: terminal.orders[outcome.order_id].ord_status is OrdStatus.NEW, "accepted by the venue")
    other = market.terminal()
    other.greeted()
    assert rule(other.send(an_order("k2"))) is Rule.NOT_LOGGED_IN
    assert terminal.send(CancelAll(request_id="k3", **OF)).accepted
    other.log_in("lee")
    other.until_ready()
    assert rule(other.send(an_order("k4"))) is Rule.STEP_UP  # kim's touch is not lee's


def test_a_locked_terminal_sends_nothing_and_its_orders_go_on(terminal):
    terminal.log_in()
    terminal.until_ready()
    assert isinstance(terminal.say(m.Lock()), m.Locked)
    assert rule(terminal.send(an_order("l1"))) is Rule.SESSION_LOCKED
    terminal.touch(m.UNLOCK)
    assert rule(terminal.send(an_order("l1"))) is not Rule.SESSION_LOCKED
    assert isinstance(terminal.say(m.Logout()), m.LoggedOut)
    assert rule(terminal.send(an_order("l2"))) is Rule.NOT_LOGGED_IN


@pytest.mark.parametrize(
    "options",
    [{"origin": "https://evil.example", "collector": AnyRelyingParty}, {"origin": "https://localhost:8443"}],
    ids=["another site", "another port"],
)
def test_an_assertion_for_another_origin_does_not_pass_the_link(market, terminal, options):
    answer = terminal.answer_with(market.keys["kim"], terminal.say(m.BeginLogin()), **options)
    assert answer == m.LoginRefused()
    assert rule(terminal.send(an_order("o1"))) is Rule.NOT_LOGGED_IN


def test_a_captured_assertion_does_not_pass_again_here_or_on_another_connection(market, terminal):
    asked = terminal.say(m.BeginLogin())
    captured = m.AnswerLogin(ticket=asked.ticket, assertion=assert_with(market.keys["kim"], asked.options))
    assert isinstance(terminal.say(captured), m.LoggedIn)
    thief = market.terminal()
    thief.greeted()
    assert thief.say(captured) == m.LoginRefused()
    fresh = thief.say(m.BeginLogin())
    assert thief.say(m.AnswerLogin(ticket=fresh.ticket, assertion=captured.assertion)) == m.LoginRefused()


def test_a_key_that_does_not_verify_its_user_does_not_pass(market, terminal):
    market.keys["kim"].shows_uv = False
    try:
        assert terminal.answer_with(market.keys["kim"], terminal.say(m.BeginLogin())) == m.LoginRefused()
    finally:
        market.keys["kim"].shows_uv = True


def test_the_refusals_are_in_the_audit_trail(market, terminal):
    terminal.send(an_order("a1"))
    terminal.answer_with(market.keys["kim"], terminal.say(m.BeginLogin()), origin="https://localhost:1")

    def said():
        lines = [
            line for path in (market.paths.home / "audit").glob("*.audit") for line in path.read_text().splitlines()
        ]
        return [json.loads(line)["what"] for line in lines]

    terminal.until(lambda: {"intent.not_logged_in", "login.refused"} <= set(said()), "lines in the trail")


def test_words_without_end_before_a_login_cut_the_stranger_off(market):
    stranger = market.terminal()
    stranger.greeted()
    for _ in range(100):
        if not stranger.link.send_login(m.BeginLogin()):
            break
    stranger.until(lambda: stranger.refusals, "cut off")
    market.terminal().greeted()  # and nobody else feels it


def test_no_door_but_the_link_listens_on_a_live_core(market):
    """FIX too: the core dials venues and takes nobody's session."""
    found = listeners({market.core.pid})
    assert {kind for _, kind, _, _ in found} <= {"udp"}  # the feed's lines
    assert all(is_loopback(address) for _, _, address, _ in found)


def test_the_socket_is_for_this_user_alone(market):
    mode = market.paths.core_socket.parent.stat().st_mode
    assert mode & 0o777 == 0o700


def token_of(market, name, user, scope="trade", *, is_real=True):
    """As `hts token add` makes it once its person has touched a key."""
    secret = new_secret(os.urandom(32))
    now_s = SystemClock().wall_ns() // 10**9
    token = issue(secret, name=name, scope=TokenScope(scope), now_s=now_s, days=1, user=user)
    write_tokens(market.paths, [*read_tokens(market.paths), sealed(token, mac_key(market.store)) if is_real else token])
    return secret


@pytest.fixture(scope="module")
def door(market):
    command = [sys.executable, "-m", "hts.app", "door", "--home", str(market.paths.home), "--port", "0", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        process.stdout.close()


async def buys(url, secret):
    async with Api(url, token=secret, account=ACCOUNT) as api:
        return await api.buy("005930", 1)


def tried(url, secret):
    """What a script at the WebSocket door is told when it buys."""
    try:
        return asyncio.run(asyncio.wait_for(buys(url, secret), PATIENCE_S * 2))
    except (ApiError, ConnectionClosed, TimeoutError) as error:
        return f"{type(error).__name__} {error}"


def test_a_token_trades_only_for_a_person_who_has_touched_today(market, door):
    """The WebSocket door shows the core its token; the core judges it, not the door."""
    assert "step_up" in str(tried(door, token_of(market, "lees", "lee")))
    closed = [
        token_of(market, "nobodys", ""),
        token_of(market, "strangers", "somebody"),
        token_of(market, "forged", "lee", is_real=False),  # a line that somebody wrote into the file
    ]
    assert ["does not take this token" in str(tried(door, secret)) for secret in closed] == [True] * 3
    terminal = market.terminal()
    terminal.greeted()
    terminal.log_in("lee")
    terminal.until_ready()
    terminal.send(an_order("w1"))
    terminal.touch(terminal.until(lambda: terminal.touches, "what to touch for")[-1].act, "lee")
    assert "step_up" not in str(tried(door, token_of(market, "lees2", "lee")))


def turn_logins_off(market):
    """By whoever can write the file, while the core is off: what is started on it ends with a word."""
    before = market.paths.config.read_text(encoding="utf-8")
    market.paths.config.write_text("[login]\nrequired = false\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"core\.live: sealed true, found nothing"):
        market.start_core()
    market.paths.config.write_text(before, encoding="utf-8")
    market.stop_core()


def plant_an_order(market):
    """Into the journal of a core that is off: a routed order that nobody with a key asked for."""
    with offline_core(str(market.paths.home)) as core:
        spec = RouteSpec(request=RouteRequest(side=Side.BUY, qty=1))
        core.append(
            WorkStarted(
                **core.at,
                work_id=ClOrdID(900_000),
                request_id="planted",
                account=ACCOUNT,
                symbol="005930",
                side=Side.BUY,
                qty=1,
                spec=spec,
                state=WorkState.RUNNING,
                user="kim",
            )
        )


def test_neither_changed_settings_nor_a_journal_with_orders_start_anything_and_a_restart_lets_nobody_in(market):
    """The last of this file: it ends the core."""
    terminal = market.terminal()
    terminal.greeted()
    terminal.log_in()
    terminal.until_ready()
    market.stop_core(kill=True)
    turn_logins_off(market)
    plant_an_order(market)
    market.start_core()
    terminal.until(lambda: isinstance(terminal.answers and terminal.answers[-1], m.LoginAsked), "asked again")
    assert rule(terminal.send(an_order("j1"))) is Rule.NOT_LOGGED_IN
    terminal.answers.clear()
    terminal.log_in()
    terminal.until_ready()
    assert rule(terminal.send(an_order("j2"))) is Rule.STEP_UP
    known = set(terminal.orders)
    assert not any(one.ord_status is OrdStatus.PENDING_NEW for one in terminal.orders.values())
    # What was planted has slept; that it is an order at all shows when kim has touched.
    terminal.touch(terminal.until(lambda: terminal.touches, "what to touch for")[-1].act)
    terminal.until(lambda: set(terminal.orders) - known, "the order that was planted")
