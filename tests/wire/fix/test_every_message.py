"""Every message of every version: with all its fields, with the required ones only, valid, read and named."""

import random
from functools import cache

import pytest

from hts.app.decoders_fix import FixDecoder
from hts.wire.fix.codec import FixMessage, extent, join, wrap
from hts.wire.fix.dictionary import Dictionary, FieldDef, MemberList
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.validate import Refusal, SessionRejectReason
from hts.wire.fix.values import DATA
from tests.wire.fix.kit import a_dictionary

VERSIONS = ["FIX.4.2", "FIX.4.4", "FIXT.1.1"]
SAMPLES = {
    **dict.fromkeys(("INT", "LENGTH", "NUMINGROUP", "SEQNUM", "TAGNUM", "DAYOFMONTH"), b"7"),
    **dict.fromkeys(("FLOAT", "PRICE", "QTY", "PRICEOFFSET", "AMT", "PERCENTAGE"), b"12.50"),
    **dict.fromkeys(("CHAR", "MULTIPLECHARVALUE"), b"x"),
    **dict.fromkeys(("STRING", "EXCHANGE", "XID", "XIDREF", "MULTIPLEVALUESTRING", "MULTIPLESTRINGVALUE"), b"text"),
    "BOOLEAN": b"Y",
    "COUNTRY": b"KR",
    "CURRENCY": b"KRW",
    "LANGUAGE": b"ko",
    "UTCTIMESTAMP": b"20261123-00:00:00.123",
    "UTCTIMEONLY": b"09:00:00",
    **dict.fromkeys(("UTCDATE", "UTCDATEONLY", "LOCALMKTDATE"), b"20261123"),
    "LOCALMKTTIME": b"09:00:00",
    "MONTHYEAR": b"202612w3",
    "TZTIMEONLY": b"09:00+09",
    "TZTIMESTAMP": b"20261123-09:00+09",
}
HEADER = {8, 9, 35}
GROUP_DEPTH = 3


@cache
def lengths_of(begin_string: str) -> dict[int, int]:
    return a_dictionary(begin_string).data_lengths()


def a_value(field: FieldDef, dice: random.Random) -> bytes:
    codes = sorted(code for code in field.codes if field.has_format(code))
    return dice.choice(codes) if codes else SAMPLES[field.type]


def a_part(dictionary: Dictionary, members: MemberList, dice: random.Random, *, is_whole: bool, depth: int = 0):
    """Fields of a part in the dictionary's order: the required ones, or nearly all."""
    lengths = lengths_of(dictionary.begin_string)
    found: list[tuple[int, bytes]] = []
    for place, tag in enumerate(members.order):
        field = dictionary.field(tag)
        is_first = depth > 0 and place == 0
        if field.type in DATA or not (is_whole or tag in members.required or is_first):
            continue
        if tag in lengths:
            data_tag = lengths[tag]
            if (is_whole or is_first) and members.order.get(data_tag) == place + 1:
                found += [(tag, b"3"), (data_tag, b"a\x01=")]
            elif tag in members.required:
                found.append((tag, b"0"))
            continue
        group = members.groups.get(tag)
        if group is None:
            found.append((tag, a_value(field, dice)))
        elif depth < GROUP_DEPTH:
            entries = 1 + (depth == 0)
            found.append((tag, b"%d" % entries))
            for _ in range(entries):
                found += a_part(dictionary, group, dice, is_whole=is_whole and depth == 0, depth=depth + 1)
        else:
            found.append((tag, b"0"))
    return found


def a_message(dictionary: Dictionary, msg_type: str, dice: random.Random, *, is_whole: bool) -> bytes:
    definition = dictionary.message(msg_type)
    header = [f for f in a_part(dictionary, dictionary.header, dice, is_whole=is_whole) if f[0] not in HEADER]
    trailer = [f for f in a_part(dictionary, dictionary.trailer, dice, is_whole=False) if f[0] != 10]
    body = a_part(dictionary, definition.members, dice, is_whole=is_whole)
    rest = join([(35, msg_type.encode()), *header, *body, *trailer])
    return wrap(dictionary.begin_string.encode(), rest)


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("is_whole", [False, True], ids=["required", "whole"])
def test_every_message_is_valid_read_and_written_again(begin_string, is_whole):
    dictionary, dice = a_dictionary(begin_string), random.Random(44)
    inspector, decoder = Inspector(dictionary), FixDecoder(dictionary)
    refused = {}
    for msg_type in dictionary.msg_types():
        frame = a_message(dictionary, msg_type, dice, is_whole=is_whole)
        message, refusal = inspector.inspect(frame)
        if refusal is not None:
            refused[msg_type] = refusal
        assert message.msg_type == msg_type
        assert join(message.fields()) == frame
        decoded = decoder.decode(frame)
        assert decoded.name == dictionary.message(msg_type).name
        ends = [field.offset + field.length for field in decoded.fields]
        assert [0, *ends] == [*(field.offset for field in decoded.fields), len(frame)]
    assert refused == {}


@pytest.mark.parametrize("begin_string", VERSIONS)
def test_each_required_field_is_missed(begin_string):
    dictionary, dice = a_dictionary(begin_string), random.Random(42)
    inspector = Inspector(dictionary)
    checked = 0
    for msg_type in dictionary.msg_types():
        whole = inspector.parse(a_message(dictionary, msg_type, dice, is_whole=False))
        for tag in dictionary.message(msg_type).members.required:
            without = without_field(whole, tag, dictionary, msg_type)
            _, refusal = inspector.inspect(without)
            assert refusal == Refusal(reason=SessionRejectReason.REQUIRED_TAG_MISSING, ref_tag=tag), (msg_type, tag)
            checked += 1
    assert checked > 100


def without_field(message: FixMessage, tag: int, dictionary: Dictionary, msg_type: str) -> bytes:
    """The frame without a field, and where it counts a group without its entries."""
    place = message.index[tag]
    group = dictionary.message(msg_type).members.groups.get(tag)
    end = place + 1 if group is None else extent(message.tags, place, group)
    kept = [field for at, field in enumerate(message.fields()) if not place <= at < end]
    return wrap(message.begin_string, join(kept[2:-1]))
