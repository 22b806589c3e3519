"""Terminals elsewhere: the link's own frames through the door, without I/O case by case, then on a real market."""

import asyncio
import contextlib
import json
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from hts.app import cli, house
from hts.app.build import build_name
from hts.app.door import Door
from hts.app.door_link import LinkAnswer, LinkSession
from hts.app.door_session import BURST, DoorSession
from hts.app.door_tls import paired_context
from hts.app.paths import read_token
from hts.app.terminal_door import DoorAddress, DoorLink, door_link
from hts.auth.tokens import TokenScope, issue, new_secret
from hts.base.errors import ConfigError, RemoteProtocolError
from hts.io.clock import SystemClock
from hts.link.client import LinkClient
from hts.link.server import INPUT_MAX
from hts.model.denials import Denial, Rule
from hts.model.enums import Side
from hts.model.intents import CancelAll
from hts.model.queries import Subscribe
from hts.model.views import OutcomeView
from hts.wire.link.frames import HEADER, FrameReader, FrameType, frame
from hts.wire.link.login import BeginLogin
from hts.wire.link.messages import Hello, decode_hello, encode_body
from tests.app.test_pair import Machine, pair_them
from tests.support.auth import MemoryStore
from tests.support.market import ACCOUNT, PATIENCE_S, Market

WALL = 1_800_000_000 * 10**9
SECRET = new_secret(bytes(32))
READER = issue(SECRET, name="r", scope=TokenScope.READ, now_s=WALL // 10**9, days=1)
CANCELLER = issue(SECRET, name="c", scope=TokenScope.CANCEL, now_s=WALL // 10**9, days=1)
CANCEL = CancelAll(request_id="a", account=ACCOUNT, user="somebody else")
CANCEL_FRAME = frame(FrameType.INTENT, encode_body(CANCEL))
SUB_FRAME = frame(FrameType.QUERY, encode_body(Subscribe(symbols=("005930",))))
HELLO = Hello(version=3, build="b", token="what the client believes", name="root", run_id="r1", last_event=7)
CORE_TOKEN = "the core's own"


def a_session(token=CANCELLER):
    session = DoorSession(lambda: [token], "127.0.0.1")
    assert session.show(SECRET, WALL)
    return LinkSession(session)


def test_the_hello_goes_on_with_the_cores_secret_and_the_tokens_name():
    told = a_session().hello(frame(FrameType.HELLO, encode_body(HELLO)), CORE_TOKEN)
    ((kind, _, body),) = FrameReader().receive_data(told)
    assert (kind, decode_hello(body)) == (
        FrameType.HELLO,
        Hello(version=3, build="b", token=CORE_TOKEN, name="api:c", run_id="r1", last_event=7),
    )


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        ("{}", "expected a binary one"),
        (b"", "expected one HELLO frame, found none"),
        (CANCEL_FRAME, "expected one HELLO frame, found INTENT"),
        (frame(FrameType.HELLO, b"\x00" * 5000), "frame length"),
        (frame(FrameType.HELLO, b"\x00"), "hello: expected its published fields"),
        (frame(FrameType.HELLO, encode_body(HELLO)) + CANCEL_FRAME, "found HELLO, INTENT"),
    ],
    ids=["text", "empty", "intent", "long", "torn", "two"],
)
def test_the_first_message_must_be_one_good_hello(first, wanted):
    with pytest.raises(RemoteProtocolError, match=wanted):
        a_session().hello(first, CORE_TOKEN)


def test_frames_go_on_in_order_and_an_intent_under_the_tokens_name():
    signed = CancelAll(request_id="a", account=ACCOUNT, user="api:c")
    answer = a_session().receive(SUB_FRAME + CANCEL_FRAME, 0, WALL)
    assert answer == LinkAnswer(to_core=SUB_FRAME + frame(FrameType.INTENT, encode_body(signed)))


def test_what_the_scope_does_not_hold_is_denied_and_the_rest_goes_on():
    answer = a_session(READER).receive(CANCEL_FRAME + SUB_FRAME, 0, WALL)
    detail = "token r: its scope read or its account does not allow this"
    outcome = OutcomeView(
        request_id="a", accepted=False, denial=Denial(rule=Rule.NO_PERMISSION, detail=detail), count=0
    )
    assert answer == LinkAnswer(to_core=SUB_FRAME, to_client=frame(FrameType.VIEW, encode_body(outcome)))


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("text", "expected a binary one"),
        (CANCEL_FRAME[:-1], "expected whole frames"),
        (CANCEL_FRAME + b"\x00", "expected whole frames, found 1 bytes"),
        (HEADER.pack(INPUT_MAX + 1, 0, FrameType.INTENT), "frame length"),
        (HEADER.pack(5, 0, 99), "frame type"),
        (frame(FrameType.INTENT, b"\xc1"), "intent: expected its published fields"),
        (frame(FrameType.HELLO, encode_body(HELLO)), "expected INTENT or QUERY, found HELLO"),
        (frame(FrameType.LOGIN, encode_body(BeginLogin())), "expected INTENT or QUERY, found LOGIN"),
    ],
    ids=["text", "torn", "more", "long", "type", "body", "hello", "login"],
)
def test_a_faulty_message_ends_the_connection_and_says_why(message, wanted):
    answer = a_session().receive(message, 0, WALL)
    assert wanted in answer.end
    assert answer.to_core == b""


def test_too_many_frames_end_the_connection_and_an_expired_token_does():
    answer = a_session().receive(CANCEL_FRAME * (BURST + 1), 0, WALL)
    assert len(FrameReader().receive_data(answer.to_core)) == BURST
    assert answer.end == "at most 200 messages a second"
    assert a_session().receive(CANCEL_FRAME, 0, WALL + 86_400 * 10**9).end == "the token has expired"


@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from(FrameType), st.integers(0, 200))
def test_any_bytes_are_an_answer_never_an_exception(body, kind, cut):
    for message in (body, frame(kind, body), (SUB_FRAME + frame(kind, body))[:cut]):
        answer = a_session().receive(message, 0, WALL)
        for found, _, _ in FrameReader().receive_data(answer.to_core):
            assert found in (FrameType.INTENT, FrameType.QUERY)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://127.0.0.1:1/", "expected wss://HOST:PORT/"),
        ("wss://desk/", "expected wss://HOST:PORT/"),
        ("wss://desk:99999/", "expected wss://HOST:PORT/"),
        ("ws://desk.example:8791/", "only loopback goes without encryption"),
    ],
)
def test_an_address_that_is_none_is_refused_with_what_was_expected(url, wanted):
    with pytest.raises(ConfigError, match=wanted):
        DoorAddress.parse(url)
    assert DoorAddress.parse("wss://[::1]:8791/").url == "wss://[::1]:8791/link"


def test_a_window_elsewhere_wants_a_token_before_it_opens(tmp_path, capsys):
    words = ["--home", str(tmp_path), "window", "--connect", "wss://desk:8791/"]
    assert cli.main(words) == 2
    assert "expected --token-file" in capsys.readouterr().err
    assert cli.main([*words, "--token-file", str(tmp_path / "none")]) == 2
    assert "expected a token of the core's home" in capsys.readouterr().err


# -- over real sockets


class OpenDoor:
    """A door on a thread of its own, so that terminals here read as windows do."""

    def __init__(self, market, context=None):
        async def begin():
            return await serve(Door(market.paths).connection, "127.0.0.1", 0, ssl=context)

        self._market = market
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(begin())
        port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"{'wss' if context else 'ws'}://127.0.0.1:{port}/"
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def close(self):
        for terminal in self._market.terminals:
            terminal.close()  # a door waits for its clients to say goodbye

        async def end():
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    running = Market(tmp_path_factory.mktemp("link")).up()
    yield running
    running.clean_up()


@pytest.fixture(scope="module")
def door(market):
    opened = OpenDoor(market)
    yield opened.url
    opened.close()


@pytest.fixture(scope="module")
def secrets(market):
    def secret(scope):
        done = market.hts("token", "--json", "add", f"far-{scope}", "--scope", scope)
        return json.loads(done.stdout.splitlines()[-1])["secret"]

    return {scope: secret(scope) for scope in ("read", "trade")}


def far_terminal(market, url, token, tls=None):
    """A terminal of the tests whose link goes through the door."""
    far = market.terminal()
    far.link.close()
    client = LinkClient(token="", build=build_name(), name="far")
    far.link = DoorLink(DoorAddress.parse(url), token, tls, client, SystemClock())
    return far


def until_down(far):
    """The reason that the window would show."""
    return far.until(lambda: [reason for reason in far.refusals if reason], "a reason")[0]


@pytest.mark.processes
def test_two_terminals_elsewhere_see_the_market_and_one_trades_while_the_other_may_only_look(market, door, secrets):
    trader, reader = (far_terminal(market, door, secrets[scope]) for scope in ("trade", "read"))
    trader.until_ready()
    reader.until(lambda: reader.is_complete and "005930" in reader.books, "the snapshot and a book")
    denied = reader.order(Side.BUY, 260_000)
    refusal = reader.until(lambda: reader.outcomes.get(denied), "an answer")
    assert (refusal.accepted, refusal.denial.rule) == (False, Rule.NO_PERMISSION)
    request_id = trader.order(Side.BUY, 260_000)
    outcome = trader.until(lambda: trader.outcomes.get(request_id), "an outcome")
    assert outcome.accepted, outcome
    for one in (trader, reader):  # the same event, and under the token's name
        order = one.until(lambda one=one: one.orders.get(outcome.order_id), "the order")
        assert order.user == "api:far-trade"


@pytest.mark.processes
def test_who_comes_back_says_what_he_has_seen_and_gets_the_rest(market, door, secrets):
    far = far_terminal(market, door, secrets["trade"])
    far.until_ready()
    far.link._socket.close()
    far.is_complete = False
    far.until(lambda: not far.link.is_up, "the loss")
    far.until(lambda: far.link.is_up, "the link again")
    assert not far.is_complete  # no second snapshot
    request_id = far.order(Side.BUY, 260_000, qty=2)  # not the same as another test's
    assert far.until(lambda: far.outcomes.get(request_id), "an outcome").accepted


@pytest.mark.processes
def test_a_stranger_is_told_so(market, door):
    assert until_down(far_terminal(market, door, "hts_wrong")) == "no valid token"


async def told(url, token, *messages):
    """The last frame and the closing reason that raw messages bring."""
    header = {"Authorization": f"Bearer {token}"} if token else {}
    reader, last = FrameReader(), None
    async with asyncio.timeout(PATIENCE_S), connect(f"{url}link", additional_headers=header, max_size=None) as peer:
        with contextlib.suppress(ConnectionClosed):
            for message in messages:
                await peer.send(message)
            async for message in peer:
                last = (reader.receive_data(message) or [last])[-1]
        return last, peer.close_code, peer.close_reason


def a_hello(**changes):
    fields = {"version": 3, "build": build_name(), "token": "", "name": "raw"}
    return frame(FrameType.HELLO, encode_body(Hello(**{**fields, **changes})))


@pytest.mark.processes
@pytest.mark.parametrize(
    ("messages", "wanted"),
    [
        ([os.urandom(64)], "frame"),
        ([a_hello(version=99)], "link version: expected 3, found 99"),
        ([a_hello(), b"\xff" * 64], "frame length"),
        ([a_hello(), CANCEL_FRAME * (BURST + 1)], "at most 200 messages a second"),
        ([a_hello(), frame(FrameType.LOGIN, encode_body(BeginLogin()))], "expected INTENT or QUERY, found LOGIN"),
    ],
    ids=["garbage", "version", "later", "rate", "login"],
)
def test_nonsense_ends_the_connection_with_a_reason(door, secrets, messages, wanted):
    last, code, _ = asyncio.run(told(door, secrets["read"], *messages))
    assert last[0] is FrameType.REFUSED and wanted.encode() in last[2]
    assert code in (1008, 1013)


@pytest.mark.processes
def test_the_cores_own_token_opens_no_door_and_is_never_told(market, door):
    own = read_token(market.paths.token)
    assert asyncio.run(told(door, own, a_hello(token=own)))[1:] == (1008, "no valid token")
    assert asyncio.run(told(door, "", a_hello(token=own)))[1:] == (1008, "no valid token")


@pytest.mark.processes
def test_who_reads_late_gets_all_events_and_the_newest_book_and_holds_up_nobody(market, door, secrets):
    slow, quick = (far_terminal(market, door, secrets["trade"]) for _ in range(2))
    quick.until_ready()
    slow.until(lambda: slow.is_complete, "the snapshot")
    seen = []
    for _ in range(5):  # orders and their events while the slow one reads nothing
        request_id = quick.order(Side.BUY, 260_000)
        seen.append(quick.until(lambda at=request_id: quick.outcomes.get(at), "an outcome").order_id)
    last = seen[-1]
    slow.until(lambda: slow.orders.get(last), "the events that waited")
    assert set(seen) <= set(slow.orders)  # none was lost
    newest = quick.books["005930"].trade_ns
    slow.until(lambda: slow.books["005930"].trade_ns >= newest, "the newest book")


@pytest.mark.processes
def test_a_paired_terminal_speaks_the_link_over_mutual_tls(market, secrets, tmp_path):
    core, desk = Machine(market.paths.home), Machine(tmp_path / "desk")
    core.paths, core.store = market.paths, MemoryStore()
    house.keep_devices(market.paths, [])
    pair_them(core, desk)
    opened = OpenDoor(market, paired_context(core.paths, core.store, ["127.0.0.1"]))
    try:
        tls = house.terminal_context(desk.paths, desk.store, "127.0.0.1")
        far = far_terminal(market, opened.url, secrets["trade"], tls)
        far.until_ready()
        request_id = far.order(Side.BUY, 260_000, qty=3)
        outcome = far.until(lambda: far.outcomes.get(request_id), "an outcome")
        assert outcome.accepted, outcome
        # A person without a token: this core asks nobody who is there.
        nobody = far_terminal(market, opened.url, "", tls)
        assert until_down(nobody) == "this core asks nobody who is there: show a token"
        file = tmp_path / "token"
        file.write_text(secrets["trade"], encoding="ascii")
        (tmp_path / "empty").mkdir()
        unpaired = Machine(tmp_path / "empty")
        stranger = market.terminal()
        stranger.link.close()
        stranger.link = door_link(unpaired.paths, opened.url, file)
        assert "certificate" in until_down(stranger).lower()
    finally:
        opened.close()
