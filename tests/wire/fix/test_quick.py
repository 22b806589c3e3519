"""The quick reader against the full validator: what it takes is good, and it takes whatever is good and plain."""

import random

import pytest

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.quick import QuickReader
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.validate import Validator
from tests.support.fuzz import fuzz_rounds
from tests.wire.fix.kit import a_dictionary, a_frame

HEAD = "34=2|49=A|52=20261123-00:00:00.123|56=B|"
REPORT = f"35=8|{HEAD}37=1|11=2|17=3|150=F|39=1|55=005930|54=1|38=10|40=2|44=71200|59=0|32=1|31=71200.5|151=9|14=1|6=0|"
ORDER = f"35=D|{HEAD}11=1|55=A|54=1|60=20261123-00:00:00|40=1|38=1|"
PARTIES = (
    f"35=D|{HEAD}11=1|453=2|448=X|447=D|452=1|802=1|523=Y|803=1|448=Z|447=D|452=3|55=A|54=1|60=20261123-00:00:00|40=1|"
)
BOOK = f"35=W|{HEAD}262=1|55=A|268=3|269=0|270=1|271=5|269=1|270=2|271=5|269=2|270=1.5|"
GOOD = [REPORT, ORDER, PARTIES, BOOK, f"35=0|{HEAD}112=x|", f"35=A|{HEAD}98=0|108=30|"]


def quick(text: str, begin_string: str = "FIX.4.4"):
    return QuickReader(a_dictionary(begin_string)).read(
        a_frame(text, begin_string), text[3:].split("|", maxsplit=1)[0].encode()
    )


@pytest.mark.parametrize("text", GOOD)
def test_it_reads_what_the_full_parser_reads(text):
    message = quick(text)
    full = Inspector(a_dictionary()).parse(a_frame(text))
    assert (message.fields(), message.index, message.msg_type) == (full.fields(), full.index, full.msg_type)


def test_it_reads_messages_over_two_dictionaries():
    assert quick(ORDER.replace("34=2|", "34=2|1128=9|"), "FIXT.1.1") is not None
    assert quick(ORDER, "FIXT.1.1") is not None


ODD = {
    "an unknown tag": ORDER + "9999=1|",
    "a zero before the tag": ORDER.replace("|55=", "|055="),
    "no equals sign": ORDER + "55|",
    "no value": ORDER + "58=|",
    "a wrong code": ORDER.replace("54=1", "54=Z"),
    "a wrong number": ORDER.replace("38=1", "38=1x"),
    "nineteen digits": ORDER.replace("34=2", "34=" + "1" * 19),
    "a wrong time": ORDER.replace("-00:00:00|40", "-24:00:00|40"),
    "a tag twice": ORDER + "55=A|",
    "a header field after the body": ORDER + "115=X|",
    "a body field before the header": ORDER.replace("34=2|", "55=A|34=2|", 1),
    "a required field missing": ORDER.replace("11=1|", ""),
    "a data field": ORDER + "354=1|355=x|",
    "one entry too few": BOOK.replace("268=3", "268=4"),
    "one entry too many": BOOK.replace("268=3", "268=2"),
    "an entry out of order": BOOK.replace("269=0|270=1|", "270=1|269=0|"),
    "an entry's fields out of order": BOOK.replace("270=1|271=5|", "271=5|270=1|", 1),
    "a bad value in an entry": BOOK.replace("271=5", "271=x"),
    "a required field of an entry missing": f"35=E|{HEAD}66=1|394=1|68=1|73=1|11=1|67=1|55=A|",
    "a nested count that lies": PARTIES.replace("802=1", "802=2"),
    "a group twice": BOOK + "268=1|269=0|",
    "another message type": "35=ZZ|34=2|",
    "too short": "35=0|",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_it_has_no_verdict_on_what_is_odd(text):
    assert quick(text) is None


def test_a_frame_that_does_not_end_with_the_delimiter_or_begins_otherwise_is_odd():
    reader, frame = QuickReader(a_dictionary()), a_frame(ORDER)
    assert reader.read(frame[:-1], b"D") is None
    assert reader.read(frame.replace(b"8=FIX.4.4\x01", b""), b"D") is None


@pytest.mark.parametrize("begin_string", ["FIX.4.2", "FIX.4.4", "FIXT.1.1"])
def test_damaged_messages_it_takes_are_good(begin_string):
    """Never does it take what the full validator refuses."""
    dice = random.Random(5)
    dictionary = a_dictionary(begin_string)
    reader, inspector, validator = QuickReader(dictionary), Inspector(dictionary), Validator(dictionary)
    taken = 0
    for _ in range(fuzz_rounds(3_000)):
        text = dice.choice(GOOD)
        fields = text.split("|")[:-1]
        for _ in range(dice.randrange(3)):
            at = dice.randrange(len(fields))
            kind = dice.randrange(4)
            if kind == 0:
                del fields[at]
            elif kind == 1:
                fields.insert(at, dice.choice(dice.choice(GOOD).split("|")[:-1]))
            elif kind == 2:
                other = dice.randrange(len(fields))
                fields[at], fields[other] = fields[other], fields[at]
            elif fields[at]:
                place = dice.randrange(len(fields[at]))
                fields[at] = fields[at][:place] + dice.choice("0123459=AZ. -") + fields[at][place + 1 :]
            if not fields:
                break
        frame = a_frame("".join(f"{field}|" for field in fields), begin_string)
        found = reader.read(frame, text[3:].split("|")[0].encode())
        if found is None:
            continue
        taken += 1
        try:
            full = inspector.parse(frame)
        except RemoteProtocolError:
            pytest.fail(f"taken, but not readable: {frame!r}")
        assert validator.check(full) is None, frame
        assert found.fields() == full.fields()
    assert taken > 200
