"""A core that asks who is there: what a client is shown before, during and after its session, and strangers' bytes."""

import random
import time

from hts.link.client import LinkClient
from hts.link.server import FRAMES_UNTIL_LOGIN_MAX, INPUT_UNTIL_LOGIN_MAX, LinkServer
from hts.model.intents import CancelAll
from hts.model.queries import RequestBars
from hts.model.views import OutcomeView
from hts.wire.link import login as m
from hts.wire.link.frames import HEADER, FrameType, frame
from hts.wire.link.messages import Refused, SnapshotBegin, SnapshotEnd, Welcome, encode_body
from tests.link.test_link import book, notice
from tests.support.fuzz import fuzz_seconds

ASKED = m.LoginAsked(means=("key",), needs_both=False, rp_id="localhost", origin="https://localhost")
SECONDS = fuzz_seconds(0.7)


def a_server(**fields):
    values = {"state": lambda: (notice(0),), "market": lambda: (book("005930", 1),), **fields}
    return LinkServer(token="t", build="b1", run_id="run-1", login=ASKED, **values)


def greet(server, number=1, build="b1"):
    client = LinkClient(token="t", build=build, name="test")
    server.connected(number)
    assert server.receive_data(number, client.hello()) == []
    return client, client.receive_data(server.data_to_send(number))


def test_a_client_is_greeted_and_shown_nothing_until_it_is_admitted():
    server = a_server()
    client, first = greet(server)
    assert [type(one) for one in first] == [Welcome, m.LoginAsked]
    assert (first[0].asks_login, server.attached) == (True, 0)
    server.publish(notice(1))
    server.publish_quote(book("005930", 2))
    assert server.data_to_send(1) == b""
    server.admit(1)
    shown = client.receive_data(server.data_to_send(1))
    assert shown == [SnapshotBegin(), notice(0), SnapshotEnd(last_event=1), book("005930", 1)]
    server.publish(notice(2))
    assert (client.receive_data(server.data_to_send(1)), server.attached) == ([notice(2)], 1)


def test_who_is_dismissed_is_shown_nothing_more_not_even_what_waited():
    server = a_server()
    client, _ = greet(server)
    server.admit(1)
    client.receive_data(server.data_to_send(1))
    server.publish(notice(1))
    server.publish_quote(book("005930", 2))
    server.dismiss(1)
    server.answer_login(1, m.LoggedOut(reason="login.out"))
    assert client.receive_data(server.data_to_send(1)) == [m.LoggedOut(reason="login.out")]
    server.publish(notice(2))
    assert server.data_to_send(1) == b""
    server.admit(1)  # another session on the same connection
    assert client.receive_data(server.data_to_send(1))[0] == SnapshotBegin()


def test_intents_go_to_the_one_judge_and_questions_of_nobody_go_nowhere():
    server = a_server()
    client, _ = greet(server)
    intent = CancelAll(request_id="a", account="A")
    assert server.receive_data(1, client.intent(intent)) == [intent]
    assert server.receive_data(1, client.query(RequestBars(symbol="005930", timeframe_s=60, count=1))) == []
    server.reply(1, OutcomeView(request_id="a", accepted=False))
    assert client.receive_data(server.data_to_send(1)) == [OutcomeView(request_id="a", accepted=False)]


def test_words_about_who_is_there_are_handed_over_in_order_and_only_where_they_are_asked_for():
    server = a_server()
    client, _ = greet(server)
    words = [m.BeginLogin(), m.CodeLogin(user="kim", code="1"), m.Logout()]
    server.receive_data(1, b"".join(client.login(word) for word in words))
    assert server.logins == [(1, word) for word in words]
    paper = LinkServer(token="t", build="b1", run_id="r", state=tuple, market=tuple)
    client, _ = greet(paper)
    paper.receive_data(1, client.login(m.BeginLogin()))
    assert (paper.logins, paper.closing() or paper.waiting()) == ([], [1])


def test_a_stranger_is_cut_off_after_so_many_frames_and_for_one_that_is_too_long():
    server = a_server()
    client, _ = greet(server)
    for _ in range(FRAMES_UNTIL_LOGIN_MAX + 1):
        server.receive_data(1, client.login(m.BeginLogin()))
    server.data_to_send(1)
    assert server.closing() == [1]
    greet(server, 2)
    server.receive_data(2, HEADER.pack(INPUT_UNTIL_LOGIN_MAX + 1, 0, FrameType.LOGIN))
    server.data_to_send(2)
    assert set(server.closing()) == {1, 2}
    greet(server, 3)
    long = encode_body(m.CodeLogin(user="k" * 1000, code="1"))
    server.receive_data(3, frame(FrameType.LOGIN, long))
    server.data_to_send(3)
    assert set(server.closing()) == {1, 2, 3}


def test_no_word_shows_what_is_secret_in_it():
    words = [
        m.CodeLogin(user="kim", code="s3cret"),
        m.ShowToken(secret="s3cret"),
        m.TouchByCode(act="a", code="s3cret"),
        m.ConfirmOtp(code="s3cret"),
        m.OtpOffered(uri="s3cret"),
        m.RecoveryCodes(codes=("s3cret",)),
    ]
    assert [repr(word) for word in words if "s3cret" in repr(word) or "s3cret" in str(word)] == []


def test_strangers_bytes_before_a_login_are_wishes_for_the_judge_words_for_the_gate_or_the_end():
    """Any bytes, in any pieces: nobody is attached by them, nothing is shown, little is held."""
    dice = random.Random(23)
    until, rounds, cut = time.monotonic() + SECONDS, 0, 0
    server = a_server(state=lambda: (notice(7),))
    whole = [encode_body(one) for one in (m.BeginLogin(), m.AnswerLogin(ticket="t", assertion="{}"), m.Logout())]
    while time.monotonic() < until:
        number = 1 + rounds
        client, _ = greet(server, number)
        pieces = []
        for _ in range(dice.randrange(1, 8)):
            body = dice.choice(whole) if dice.random() < 0.3 else dice.randbytes(dice.randrange(80))
            pieces.append(frame(dice.choice(list(FrameType)), body))
        data = b"".join(pieces) + dice.randbytes(dice.randrange(5))
        for at in range(0, len(data), 17):
            server.receive_data(number, data[at : at + 17])
        server.publish(notice(rounds))
        sent = server.data_to_send(number)
        assert {type(one) for one in client.receive_data(sent)} <= {Refused, OutcomeView}
        assert len(sent) < 2_000
        assert len(server._clients[number].reader._buffer) <= INPUT_UNTIL_LOGIN_MAX + HEADER.size
        assert server.attached == 0
        cut += number in server.closing()
        server.logins.clear()
        server.faults.clear()
        server.disconnected(number)
        rounds += 1
    assert rounds > 50
    assert cut > rounds // 4
