"""`hts decode` of FIX: names, groups, values, meanings, leftovers."""

from decimal import Decimal

import pytest

from hts.app.decoders import DecoderOptions, load_decoder
from hts.app.framings import Leftover
from tests.wire.fix.kit import a_frame

HEAD = "35=D|34=2|49=A|52=20261123-00:00:00|56=B|"
ORDER = (
    HEAD + "11=1|453=2|448=A|447=D|452=1|802=1|523=s|803=1|448=B|447=D|452=3|55=X|54=1|60=20261123-00:00:00|44=7.50|"
)


def decoded(text: str, name: str = "fix44", begin_string: str = "FIX.4.4"):
    return load_decoder(name, DecoderOptions()).decode(a_frame(text, begin_string))


def test_every_field_is_named_and_every_byte_belongs_to_one():
    frame = a_frame(ORDER)
    message = load_decoder("fix44", DecoderOptions()).decode(frame)
    assert message.name == "NewOrderSingle"
    assert b"".join(field.raw for field in message.fields) == frame
    assert [field.offset for field in message.fields][:2] == [0, 10]
    names = [field.name for field in message.fields][8:19]
    assert names == [
        "NoPartyIDs",
        "NoPartyIDs[1].PartyID",
        "NoPartyIDs[1].PartyIDSource",
        "NoPartyIDs[1].PartyRole",
        "NoPartyIDs[1].NoPartySubIDs",
        "NoPartyIDs[1].NoPartySubIDs[1].PartySubID",
        "NoPartyIDs[1].NoPartySubIDs[1].PartySubIDType",
        "NoPartyIDs[2].PartyID",
        "NoPartyIDs[2].PartyIDSource",
        "NoPartyIDs[2].PartyRole",
        "Symbol",
    ]


def test_values_and_meanings():
    fields = {field.name: field for field in decoded(ORDER).fields}
    assert fields["Price"].value == Decimal("7.50")
    assert fields["NoPartyIDs"].value == 2
    assert fields["Side"].note == "tag 54, CHAR: BUY"


def test_secrets_are_not_shown():
    fields = {field.name: field for field in decoded("35=A|554=secret|").fields}
    assert (fields["Password"].value, fields["Password"].raw) == ("<hidden>", b"")


def test_what_the_dictionary_does_not_know_is_shown_by_number():
    message = decoded("35=ZZ|9999=x|9999=y|")
    assert message.name == "MsgType ZZ"
    assert [(f.name, f.value) for f in message.fields[3:5]] == [("9999", "x"), ("9999#2", "y")]


def test_fix_50_has_the_header_of_its_transport():
    message = decoded("35=D|1128=9|11=1|", "fix50sp2", "FIXT.1.1")
    assert [field.name for field in message.fields[2:5]] == ["MsgType", "ApplVerID", "ClOrdID"]


def test_frames_and_leftovers():
    decoder = load_decoder("fix42", DecoderOptions())
    frame = a_frame("35=0|", "FIX.4.2")
    assert list(decoder.frames(frame * 2, "raw")) == [(0, frame), (len(frame), frame)]
    with pytest.raises(Leftover, match="a whole message expected, found 8 bytes"):
        list(decoder.frames(frame + frame[:8], "raw"))
    with pytest.raises(Leftover, match="CheckSum"):
        list(decoder.frames(frame.replace(b"35=0", b"35=1"), "raw"))
