"""What a resend carries, and what a reset leaves of messages that the owner has not taken."""

from hts.wire.fix.events import LoggedOn, MessageReceived
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore
from tests.support.storage import MemoryStorage
from tests.wire.fix.kit import ORDER, ORDER_TEXT, SECOND, START_NS, Side, shown


def fields(frame: bytes) -> list[str]:
    return shown(frame).split("|")[2:-2]


def test_a_resent_message_has_a_new_time_and_the_first_one_beside_it():
    client = Side(Role.INITIATOR)
    client.connect()
    client.receive(client.peer(1, "A", "98=0|108=30|"))
    first = client.send("D", ORDER)
    client.now_ns += 7 * SECOND
    again = client.receive(client.peer(2, "2", "7=2|16=2|"))
    head = ["35=D", "34=2", "49=PEER", "52=20261123-00:00:00.000", "56=US"]
    assert fields(first)[:5] == head
    assert fields(again) == [
        *["35=D", "34=2", "43=Y", "49=PEER", "52=20261123-00:00:07.000", "56=US", "122=20261123-00:00:00.000"],
        *fields(first)[5:],
    ]


def test_header_fields_that_were_sent_are_resent():
    client = Side(Role.INITIATOR)
    client.connect()
    client.receive(client.peer(1, "A", "98=0|108=30|"))
    client.session.send("D", ORDER, client.now_ns, client.now_ns, header=((97, b"Y"), (50, b"desk")))
    client.session.data_to_send()
    again = fields(client.receive(client.peer(2, "2", "7=2|16=2|")))
    assert [f for f in again if f.startswith(("50=", "97="))] == ["50=desk", "97=Y"]


def test_a_gap_of_the_last_connection_is_asked_for_again_after_the_next_logon():
    venue = Side(Role.ACCEPTOR).logged_on()
    venue.receive(venue.peer(5, "0"))
    venue.session.disconnected()
    venue.connect()
    found = venue.receive(venue.peer(6, "A", "98=0|108=30|"))
    assert b"\x017=2\x0116=0\x01" in found


def test_messages_from_before_a_reset_are_delivered_and_not_counted():
    storage = MemoryStorage()
    venue = Side(Role.ACCEPTOR, store=FixStore(storage)).logged_on()
    session = venue.session
    data = venue.peer(2, "D", ORDER_TEXT) + venue.peer(3, "D", ORDER_TEXT) + venue.peer(1, "A", "98=0|108=30|141=Y|")
    after = venue.peer(2, "D", ORDER_TEXT) + venue.peer(3, "D", ORDER_TEXT)
    session.receive_data(data + after, START_NS, START_NS)
    taken = []
    while (event := session.next_event()) is not None:
        taken.append((type(event), FixStore(storage).next_in_seq))
    assert taken == [
        (MessageReceived, 2),
        (MessageReceived, 2),
        (LoggedOn, 2),
        (MessageReceived, 2),
        (MessageReceived, 3),
    ]
    assert FixStore(storage).next_in_seq == 4
