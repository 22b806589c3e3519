"""Each SessionRejectReason by one message that earns it, with the tag to blame; learned shapes judge alike."""

import random

import pytest

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.shapes import SEEN_BEFORE_LEARNED, SHAPES_PER_TYPE_MAX, Inspector
from hts.wire.fix.validate import SessionRejectReason as R
from hts.wire.fix.validate import Validator
from tests.wire.fix.kit import a_dictionary, a_frame

HEAD = "35=D|34=2|49=A|52=20261123-00:00:00|56=B|"
GOOD = HEAD + "11=1|55=X|54=1|60=20261123-00:00:00.5|38=10|40=2|44=71.5|"
GROUPS = HEAD + "11=1|453=2|448=A|447=D|452=1|802=1|523=s|803=1|448=B|447=D|452=3|55=X|54=1|60=20261123-00:00:00|40=1|"

CASES = [
    (GOOD, None, None),
    (GROUPS, None, None),
    (GOOD + "58=Grüße|", None, None),
    (GOOD.replace("35=D", "35=ZZ"), R.INVALID_MSG_TYPE, None),
    (GOOD + "4999=1|", R.INVALID_TAG_NUMBER, 4999),
    (GOOD + "0=1|", R.INVALID_TAG_NUMBER, 0),
    (GOOD.replace("11=1|", ""), R.REQUIRED_TAG_MISSING, 11),
    (GOOD.replace("56=B|", ""), R.REQUIRED_TAG_MISSING, 56),
    (GOOD + "112=x|", R.TAG_NOT_DEFINED_FOR_MESSAGE_TYPE, 112),
    (GOOD + "448=x|", R.TAG_NOT_DEFINED_FOR_MESSAGE_TYPE, 448),
    (GOOD + "58=|", R.TAG_WITHOUT_VALUE, 58),
    (GOOD.replace("54=1", "54=Z"), R.VALUE_OUT_OF_RANGE, 54),
    (GOOD + "18=1 2|", None, None),
    (GOOD + "18=1 2 x|", R.VALUE_OUT_OF_RANGE, 18),
    (GOOD.replace("38=10", "38=1e1"), R.INCORRECT_DATA_FORMAT, 38),
    (GOOD.replace("60=20261123", "60=20261323"), R.INCORRECT_DATA_FORMAT, 60),
    (GOOD + "432=20261131|", None, None),
    (GOOD + "432=2026113|", R.INCORRECT_DATA_FORMAT, 432),
    (GOOD + "15=KR|", R.INCORRECT_DATA_FORMAT, 15),
    (GOOD + "114=X|", R.INCORRECT_DATA_FORMAT, 114),
    (GOOD + "55=Y|", R.TAG_APPEARS_MORE_THAN_ONCE, 55),
    (GOOD + "34=2|", R.TAG_OUT_OF_ORDER, 34),
    (GOOD + "93=3|89=abc|58=x|", R.TAG_OUT_OF_ORDER, 58),
    (GROUPS.replace("453=2", "453=1"), R.INCORRECT_NUM_IN_GROUP_COUNT, 453),
    (GROUPS.replace("453=2", "453=3"), R.INCORRECT_NUM_IN_GROUP_COUNT, 453),
    (GROUPS.replace("453=2", "453=x"), R.INCORRECT_DATA_FORMAT, 453),
    (GROUPS.replace("802=1", "802=2"), R.INCORRECT_NUM_IN_GROUP_COUNT, 802),
    (GROUPS.replace("448=A|447=D", "447=D|448=A"), R.GROUP_FIELDS_OUT_OF_ORDER, 447),
    (GROUPS.replace("447=D|452=1", "452=1|447=D"), R.GROUP_FIELDS_OUT_OF_ORDER, 447),
    (GROUPS.replace("452=1|", "452=1|452=2|"), R.TAG_APPEARS_MORE_THAN_ONCE, 452),
    (GROUPS.replace("803=1", "803=zz"), R.INCORRECT_DATA_FORMAT, 803),
    (GROUPS.replace("448=B", "448="), R.TAG_WITHOUT_VALUE, 448),
]


def verdict(inspector: Inspector, frame: bytes) -> tuple:
    refusal = inspector.inspect(frame)[1]
    return (None, None) if refusal is None else (refusal.reason, refusal.ref_tag)


@pytest.mark.parametrize(("text", "reason", "tag"), CASES)
def test_verdict(text, reason, tag):
    assert verdict(Inspector(a_dictionary()), a_frame(text)) == (reason, tag)


@pytest.mark.parametrize(("text", "reason", "tag"), CASES)
def test_verdict_of_an_inspector_that_has_learned(text, reason, tag):
    inspector = Inspector(a_dictionary())
    for _ in range(SEEN_BEFORE_LEARNED + 1):
        for good in (GOOD, GROUPS, GOOD + "18=1 2|"):
            assert verdict(inspector, a_frame(good)) == (None, None)
    assert verdict(inspector, a_frame(text)) == (reason, tag)


def test_learned_and_unlearned_agree_on_mutations():
    """10,000 seeded mutations of good messages: the same verdict with and without learned shapes."""
    dice = random.Random(44)
    learned, validator = Inspector(a_dictionary()), Validator(a_dictionary())
    texts = [GOOD, GROUPS, GOOD + "18=1 2|", GOOD + "167=CS|"]
    for text in texts * (SEEN_BEFORE_LEARNED + 1):
        learned.inspect(a_frame(text))
    refused = 0
    for _ in range(5_000):
        body = bytearray(dice.choice(texts), "latin-1")
        for _ in range(dice.randrange(3)):
            body[dice.randrange(5, len(body))] = dice.choice(b"0123456789|=AXYZ.: -w\xff")
        frame = a_frame(body.decode("latin-1"))
        try:
            message, refusal = learned.inspect(frame)
        except RemoteProtocolError:
            continue
        refused += refusal is not None
        assert refusal == validator.check(learned.parse(frame)), frame
        assert message.fields() == learned.parse(frame).fields()
    assert refused > 1_000


def test_only_so_many_shapes_are_learned():
    inspector = Inspector(a_dictionary())
    for extra in range(20):
        text = GOOD + "".join(f"{tag}=x|" for bit, tag in enumerate((58, 120, 1, 23, 117)) if extra >> bit & 1)
        for _ in range(SEEN_BEFORE_LEARNED + 1):
            inspector.inspect(a_frame(text))
    assert len(inspector._known[b"D"].shapes) <= SHAPES_PER_TYPE_MAX


def test_user_defined_tags_are_an_option():
    frame = a_frame(GOOD + "5001=x|")
    assert verdict(Inspector(a_dictionary()), frame) == (R.INVALID_TAG_NUMBER, 5001)
    assert verdict(Inspector(a_dictionary(), allow_user_defined=True), frame) == (None, None)


def test_a_message_of_fix_5_0_is_judged_by_both_dictionaries():
    text = GOOD.replace("34=2|", "34=2|1128=9|") + "1138=5|"
    inspector = Inspector(a_dictionary("FIXT.1.1"))
    assert verdict(inspector, a_frame(text, "FIXT.1.1")) == (None, None)
    assert verdict(inspector, a_frame("35=A|34=1|49=A|52=20261123-00:00:00|56=B|98=0|108=30|", "FIXT.1.1")) == (
        R.REQUIRED_TAG_MISSING,
        1137,
    )
