"""The WebSocket door: a session without I/O case by case, then real scripts on a real market."""

import asyncio
import itertools
import json
import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from hts.app import cli
from hts.app.api_client import Api, ApiError
from hts.app.door_json import MESSAGE_BYTES_MAX, encode_message
from hts.app.door_session import BURST, RATE_PER_S, DoorSession
from hts.app.door_tls import tls_context
from hts.auth.tokens import TokenScope, issue, new_secret
from hts.base.errors import ConfigError
from hts.model.intents import CancelAll
from hts.model.queries import Subscribe
from tests.support.builders import a_book
from tests.support.market import ACCOUNT, PATIENCE_S, ROOT, Market

WALL = 1_800_000_000 * 10**9
SECRET = new_secret(bytes(32))
READER = issue(SECRET, name="r", scope=TokenScope.READ, now_s=WALL // 10**9, days=1)
CANCELLER = issue(SECRET, name="c", scope=TokenScope.CANCEL, now_s=WALL // 10**9, days=1)
HELLO = json.dumps({"type": "hello", "token": SECRET})
NUMBERS = itertools.count(1)
CANCEL = json.dumps({"type": "cancel_all", "request_id": "a", "account": ACCOUNT, "user": "somebody else"})


def a_session(token=CANCELLER):
    session = DoorSession(lambda: [token], "127.0.0.1")
    assert session.receive(HELLO, 0, WALL).reply == b""
    return session


def error(answer):
    found = json.loads(answer.reply)
    return found["error"], answer.closes


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (CANCEL, ("hello", True)),
        ("{", ("hello", True)),
        (b"\xff", ("hello", True)),
        (json.dumps({"type": "hello", "token": "hts_wrong"}), ("token", True)),
        (json.dumps({"type": "hello", "token": SECRET, "version": 2}), ("version", True)),
        ("x" * (MESSAGE_BYTES_MAX + 1), ("too_long", True)),
    ],
    ids=["intent", "torn", "bytes", "token", "version", "long"],
)
def test_the_first_message_must_be_a_good_hello(message, wanted):
    assert error(DoorSession(lambda: [CANCELLER], "127.0.0.1").receive(message, 0, WALL)) == wanted


def test_an_intent_goes_to_the_core_under_the_tokens_name():
    answer = a_session().receive(CANCEL, 0, WALL)
    assert answer.wish == CancelAll(request_id="a", account=ACCOUNT, user="api:c")


def test_what_the_scope_does_not_hold_is_answered_and_the_connection_stays():
    session = a_session(READER)
    answer = session.receive(CANCEL, 0, WALL)
    assert (error(answer), answer.wish) == (("scope", False), None)
    query = json.dumps({"type": "sub", "symbols": ["005930"]})
    assert session.receive(query, 0, WALL).wish == Subscribe(symbols=("005930",))


def test_an_expired_token_ends_at_its_next_intent():
    assert error(a_session().receive(CANCEL, 0, WALL + 86_400 * 10**9)) == ("token", True)


def test_a_removed_token_is_found_out():
    tokens = [CANCELLER]
    session = DoorSession(lambda: tokens, "127.0.0.1")
    session.receive(HELLO, 0, WALL)
    assert session.check_again(WALL)
    tokens.clear()
    assert not session.check_again(WALL)


def test_a_burst_is_refused_beyond_its_bound_and_forgiven_with_time():
    session = a_session()
    answers = [session.receive(CANCEL, 0, WALL) for _ in range(BURST + 2)]
    assert [one.wish is not None for one in answers].count(True) == BURST
    assert error(answers[-1]) == ("rate", False)
    later = [session.receive(CANCEL, 10**9, WALL) for _ in range(RATE_PER_S + 1)]
    assert [one.wish is not None for one in later] == [True] * RATE_PER_S + [False]


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "account", "qty"]), inner),
).map(json.dumps)))  # fmt: skip
def test_any_message_is_an_answer_never_an_exception(message):
    answer = a_session().receive(message, 0, WALL)
    assert answer.wish is not None or error(answer) == ("message", False)


def test_a_book_is_told_with_names():
    told = msgspec.json.decode(encode_message(a_book()))
    assert (told["type"], told["asks"], told["bids"]) == ("book", [[71_000, 100]], [[70_900, 100]])


def test_an_open_door_to_the_network_needs_a_certificate(tmp_path):
    with pytest.raises(ConfigError, match="only loopback goes without encryption"):
        tls_context("192.0.2.1", None, None)
    with pytest.raises(ConfigError, match="expected an IP address"):
        tls_context("door.example", None, None)
    with pytest.raises(ConfigError, match="cannot be used"):
        tls_context("127.0.0.1", tmp_path / "none.pem", tmp_path / "none.pem")
    assert tls_context("127.0.0.1", None, None) is None


def test_tokens_are_added_listed_and_removed(tmp_path, capsys):
    home = ["--home", str(tmp_path)]

    def told(*words):
        assert cli.main(["token", *home, "--json", *words]) == 0
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    secret = told("add", "bot", "--scope", "trade", "--days", "3")["secret"]
    (row,) = told("list")["tokens"]
    assert (row["name"], row["scope"]) == ("bot", "trade")
    stored = (tmp_path / "api_tokens.json").read_text(encoding="utf-8")
    assert secret not in stored
    assert (tmp_path / "api_tokens.json").stat().st_mode & 0o077 == 0
    assert cli.main(["token", *home, "add", "bot"]) == 2
    assert cli.main(["token", *home, "remove", "bot"]) == 0
    assert cli.main(["token", *home, "remove", "bot"]) == 2


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    market = Market(tmp_path_factory.mktemp("door")).up()
    command = [sys.executable, "-m", "hts.app", "door", "--home", str(market.paths.home), "--port", "0", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield market, json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        process.stdout.close()
        market.clean_up()


def secret_of(market, scope):
    """Of a token that nobody else has."""
    done = market.hts("token", "--json", "add", f"t-{next(NUMBERS)}", "--scope", scope)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["secret"]


@pytest.mark.processes
def test_a_script_buys_on_the_paper_market_and_reads_its_states(door):
    market, url = door
    words = ["--url", url, "--token", secret_of(market, "trade"), "--account", ACCOUNT, "--qty", "1"]
    done = subprocess.run(
        [sys.executable, "examples/buy_and_watch.py", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=PATIENCE_S * 3, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "status A" in done.stdout or "status 0" in done.stdout


def example(name, *words):
    return subprocess.run(
        [sys.executable, f"examples/{name}.py", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=PATIENCE_S * 3, check=False,
    )  # fmt: skip


@pytest.mark.processes
def test_a_script_follows_a_book(door):
    market, url = door
    done = example("follow_a_book", "--url", url, "--token", secret_of(market, "read"), "--updates", "2")
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, 2), done.stderr
    assert all(line.split()[0] in ("KRX", "NXT") for line in lines), lines


@pytest.mark.processes
def test_a_script_sees_a_schedule_before_it_starts_an_algorithm_and_amends_it(door):
    market, url = door
    words = ["--url", url, "--token", secret_of(market, "algo"), "--account", ACCOUNT, "--seconds", "4", "--qty", "8"]
    done = example("work_an_order", *words, "--more", "4")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[:5] == [
        "paused: filled 0 of 8, 0 at work", "  +  0.0 s  2", "  +  1.0 s  4", "  +  2.0 s  6", "  +  3.0 s  8",
    ]  # fmt: skip
    assert lines[-1] == "done: filled 12 of 12, 0 at work"


@pytest.mark.processes
def test_a_reader_sees_books_and_cannot_trade_and_a_stranger_sees_nothing(door):
    market, url = door
    token = secret_of(market, "read")

    async def read():
        async with Api(url, token=token, account=ACCOUNT) as api:
            await asyncio.wait_for(api.ready.wait(), PATIENCE_S)
            with pytest.raises(ApiError, match="does not allow this"):
                await api.buy("005930", 1)
            async for event in api.events():
                if event["type"] == "book":
                    return event["symbol"]
            return ""

    async def stranger():
        async with connect(url, additional_headers={"Authorization": "Bearer hts_0"}) as peer:
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(peer.recv(), PATIENCE_S)
            return peer.close_code

    assert asyncio.run(asyncio.wait_for(read(), PATIENCE_S * 2))
    assert asyncio.run(stranger()) == 1008


@pytest.mark.processes
def test_baskets_and_watch_orders_from_a_script_and_from_the_command_line(door, tmp_path):
    market, url = door
    token = secret_of(market, "algo")
    file = tmp_path / "two.csv"
    file.write_text("symbol,side,qty\n005930,buy,2\n000660,buy,1\n", encoding="utf-8")

    async def talk():
        async with Api(url, token=token, account=ACCOUNT) as api:
            await asyncio.wait_for(api.ready.wait(), PATIENCE_S)
            async for event in api.events():
                if event["type"] == "book" and event["symbol"] == "005930" and event["phase"] == "continuous":
                    break  # in a call a line without a limit would find nothing to take
            lines = [{"symbol": "005930", "side": "1", "qty": 1}, {"symbol": "999999", "side": "1", "qty": 1}]
            with pytest.raises(ApiError, match="unknown_symbol|UNKNOWN_SYMBOL"):
                await api.basket(lines)
            found = await api.basket(lines, is_whole=False)
            async for event in api.events():
                if event["type"] == "work" and event["work_id"] == found["order_id"] and event["state"] == "done":
                    break
            return await api.watch_holdings(profit_ppm=50_000, loss_ppm=30_000)

    assert asyncio.run(asyncio.wait_for(talk(), PATIENCE_S * 3))["accepted"]
    done = market.hts("basket", str(file), "--account", ACCOUNT, "--minutes", "5")
    assert done.returncode == 0 and "2 lines. They run in the core" in done.stdout, done.stderr
    done = market.hts("watch", "--account", ACCOUNT, "--trail", "2.5", "--daily")
    assert done.returncode == 0 and "The holdings are watched. They run in the core" in done.stdout, done.stderr
    refused = market.hts("watch", "--account", ACCOUNT, "--loss", "100")
    assert refused.returncode == 2 and "conditional.refusal.watch" in refused.stderr


def test_a_faulty_basket_is_named_by_line_and_column_and_needs_no_core(tmp_path, capsys):
    file = tmp_path / "bad.csv"
    file.write_text("symbol,side,qty\n005930,buy,two\n", encoding="utf-8")
    assert cli.main(["basket", str(file), "--account", ACCOUNT]) == 2
    assert "line 2, column 3 (qty): expected a number of shares of 1 or more, found 'two'" in capsys.readouterr().err
    file.write_text("symbol,side,ratio\n005930,buy,50\n", encoding="utf-8")
    assert cli.main(["basket", str(file), "--account", ACCOUNT]) == 2
    assert "--budget: expected an amount of money" in capsys.readouterr().err
    assert cli.main(["basket", str(file), "--account", ACCOUNT, "--check"]) == 0
    assert cli.main(["basket", str(tmp_path / "none.csv"), "--account", ACCOUNT]) == 2
    file.write_text("symbol,side,qty\n005930,buy,2\n", encoding="utf-8")
    assert cli.main(["--home", str(tmp_path), "basket", str(file), "--account", ACCOUNT]) == 2
    assert "no core runs here" in capsys.readouterr().err
