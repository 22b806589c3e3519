"""A person elsewhere: at a paired terminal, without a token, let in by the core itself. The real door over mutual TLS
before a core that trades live; each of the door's own decisions without I/O first.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.app import door, house, secret_store
from hts.app.config import Config
from hts.app.door_link import LinkAnswer, LinkSession
from hts.app.door_person import PersonSession
from hts.app.door_session import BURST
from hts.app.door_tls import paired_context
from hts.app.paths import home_paths
from hts.app.terminal_cover import login_of
from hts.app.terminal_door import DoorAddress, DoorLink, door_link
from hts.app.terminal_link import TerminalLink
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.link.client import LinkClient
from hts.model.denials import Rule
from hts.model.enums import OrdStatus
from hts.model.intents import CancelAll, SetKillSwitch
from hts.wire.link import login as m
from hts.wire.link.frames import FrameReader, FrameType, frame
from hts.wire.link.messages import decode_hello, encode_body
from tests.app.test_door_link import CANCEL_FRAME, HELLO, SUB_FRAME, OpenDoor
from tests.app.test_live_doors import OF, an_order, rule
from tests.app.test_pair import Machine, pair_them
from tests.support.auth import MemoryStore
from tests.support.live_market import LiveMarket

BEGIN = frame(FrameType.LOGIN, encode_body(m.BeginLogin()))


def a_session():
    return LinkSession(PersonSession("desk", "192.0.2.7"))


def test_what_a_person_says_goes_to_the_core_as_it_is():
    kill = frame(FrameType.INTENT, encode_body(SetKillSwitch(request_id="k", on=False, **OF)))
    assert a_session().receive(BEGIN + SUB_FRAME + kill + CANCEL_FRAME, 0, 0) == LinkAnswer(
        to_core=BEGIN + SUB_FRAME + kill + CANCEL_FRAME
    )


def test_the_core_hears_through_which_terminal_the_person_came():
    told = a_session().hello(frame(FrameType.HELLO, encode_body(HELLO)), "the core's own")
    ((_, _, body),) = FrameReader().receive_data(told)
    assert (decode_hello(body).name, decode_hello(body).token) == ("terminal:desk@192.0.2.7", "the core's own")


# A token in a frame would come from the address that the client says.
TOKEN = frame(FrameType.LOGIN, encode_body(m.ShowToken(secret="hts_1", address="127.0.0.1")))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (TOKEN, "expected a token in the request that opens the connection"),
        (frame(FrameType.LOGIN, b"\xc1"), "login: expected its published fields"),
        (frame(FrameType.HELLO, encode_body(HELLO)), "expected INTENT or QUERY, found HELLO"),
        (BEGIN * (BURST + 1), "at most 200 messages a second"),
    ],
    ids=["token", "nonsense", "hello", "rate"],
)  # fmt: skip
def test_what_the_door_itself_refuses_ends_the_connection(message, said):
    assert said in a_session().receive(message, 0, 0).end


@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from(FrameType), st.integers(0, 200))
def test_any_bytes_of_a_terminal_are_an_answer_never_an_exception(body, kind, cut):
    for message in (body, frame(kind, body), (BEGIN + frame(kind, body))[:cut]):
        answer = a_session().receive(message, 0, 0)
        for found, _, _ in FrameReader().receive_data(answer.to_core):
            assert found in {FrameType.INTENT, FrameType.QUERY, FrameType.LOGIN}


class Desk:
    """A paired machine before an open door of the market."""

    def __init__(self, market, folder):
        self.market = market
        self.core, self.machine = Machine(market.paths.home), Machine(folder / "desk")
        self.core.paths, self.core.store = market.paths, MemoryStore()
        house.keep_devices(market.paths, [])
        pair_them(self.core, self.machine)
        self.door = OpenDoor(market, paired_context(self.core.paths, self.core.store, ["127.0.0.1"]))

    def terminal(self, monkeypatch):
        """As `hts window --connect` makes its link, without a token."""
        monkeypatch.setattr(secret_store, "open_keychain", lambda: self.machine.store)
        far = self.market.terminal()
        far.link.close()
        far.link = door_link(self.machine.paths, self.door.url, None)
        return far


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    market = LiveMarket(tmp_path_factory.mktemp("far") / "home")
    market.add_user("kim")
    try:
        made = Desk(market.up(), tmp_path_factory.mktemp("desk"))
        yield made
        made.door.close()
    finally:
        market.clean_up()


def trail(desk):
    lines = [
        line for path in (desk.core.paths.home / "audit").glob("*.audit") for line in path.read_text().splitlines()
    ]
    return [json.loads(line) for line in lines]


@pytest.mark.processes
def test_a_person_elsewhere_logs_in_by_key_touches_and_trades_live(desk, monkeypatch):
    far = desk.terminal(monkeypatch)
    far.greeted()
    stranger = [an_order("f0"), CancelAll(request_id="f1", **OF)]
    assert [rule(far.send(one)) for one in stranger] == [Rule.NOT_LOGGED_IN] * 2
    assert {type(one).__name__ for one in far.others} - {"LinkDown"} == {"OutcomeView"}  # and shown nothing
    refused = far.answer_with(desk.market.keys["kim"], far.say(m.BeginLogin()), origin="https://localhost:1")
    assert refused == m.LoginRefused()

    assert far.log_in().user == "kim"
    far.until_ready()
    assert rule(far.send(an_order("f2"))) is Rule.STEP_UP
    far.touch(far.until(lambda: far.touches, "what to touch for")[-1].act)
    far.until(lambda: far.books.get("005930"), "a book")
    outcome = far.send(an_order("f3", far))
    view = far.until(lambda: far.orders.get(outcome.order_id), "the order")
    assert view.user == "kim"
    far.until(lambda: far.orders[outcome.order_id].ord_status is OrdStatus.NEW, "accepted by the venue")
    assert isinstance(far.say(m.Lock()), m.Locked)
    assert rule(far.send(an_order("f4"))) is Rule.SESSION_LOCKED
    far.touch(m.UNLOCK)
    assert isinstance(far.say(m.Logout()), m.LoggedOut)
    assert rule(far.send(an_order("f5"))) is Rule.NOT_LOGGED_IN
    far.log_in()  # on the same connection

    told = {(one["who"], one["what"]) for one in trail(desk) if one["where"].endswith(" terminal:desk@127.0.0.1")}
    assert {("kim", "login"), ("nobody", "login.refused"), ("kim", "touch"), ("kim", "session.lock")} <= told


@pytest.mark.processes
def test_a_terminal_that_is_shut_out_is_cut_off_though_its_person_is_logged_in(desk, monkeypatch):
    monkeypatch.setattr(door, "RECHECK_S", 0.2)
    far = desk.terminal(monkeypatch)
    far.greeted()
    far.log_in()
    far.until_ready()
    found = house.devices(desk.core.paths)[0]
    revoked = house.Device(name=found.name, serial=found.serial, since=found.since, revoked="2026-12-01")
    house.keep_devices(desk.core.paths, [revoked])
    try:
        reason = far.until(lambda: [one for one in far.refusals if one], "a reason")[0]
        assert "this terminal is shut out" in reason
    finally:
        house.keep_devices(desk.core.paths, [found])


@pytest.mark.parametrize(("token", "locks"), [("", True), ("hts_1", False), (None, False)])
def test_a_window_elsewhere_locks_itself_though_its_own_settings_ask_for_no_login(tmp_path, token, locks):
    """What the core over there asks for is not written here; a token is no person, and nor is a paper core."""
    client, clock = LinkClient(token="", build="b", name="n"), SystemClock()
    door = DoorAddress.parse("wss://desk:8791/")
    at_home = TerminalLink(tmp_path, client, clock)
    link = at_home if token is None else DoorLink(door, token, None, client, clock)
    login = login_of(home_paths(tmp_path), Config(), link, clock)
    assert login.idle.is_due(clock.mono_ns() + 901 * 10**9) is locks


def test_without_a_pairing_a_window_wants_a_token(tmp_path):
    with pytest.raises(ConfigError, match=r"expected --token-file .* or this machine to be paired with it"):
        door_link(Machine(tmp_path).paths, "wss://desk:8791/", None)
