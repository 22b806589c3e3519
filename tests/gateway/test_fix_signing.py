"""Signed orders between the core's FIX gateway and the paper venue, in memory: what is under the signature, what the
venue says to orders without a good one, and that nobody else feels it.
"""

from datetime import UTC, datetime, timedelta

import pytest

from hts.auth.certificates import Identity
from hts.auth.cms import Trust, sign, verify
from hts.auth.errors import SignatureRefused
from hts.model.enums import ExecType
from hts.model.reports import ExecutionReport, RequestsLost, SessionDown
from hts.model.requests import OrderCancelReplaceRequest, OrderCancelRequest
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.signing import signed, signed_text
from tests.gateway.test_fix import PX, VERSIONS, about, an_open_shell, lives, new
from tests.gateway.test_fix import Member as Unsigned
from tests.sim.fix_shell import OE, WALL_NS, FixShell, an_inspector
from tests.support.authority import Authority

AT = datetime.fromtimestamp(WALL_NS // 10**9, UTC)
DAY = timedelta(days=1)
TIMES = {"start": AT - 30 * DAY, "end": AT + 30 * DAY}
ROOT = Authority.root(**TIMES)
KIM = ROOT.issue("Kim", **TIMES)
SECONDS = 10**9


def signer_of(person):
    return lambda text: sign(Identity(person.certificate, person.key, ()), text)


def judge_of(*, revoked=(), holder="CN=Kim"):
    lists = (ROOT.crl(*revoked, start=AT - DAY, end=AT + DAY),)
    trust = Trust(authorities=(ROOT.certificate,), crls=lists, holder=holder)

    def judge(text, signature, wall_ns):
        try:
            verify(signature, text, trust, datetime.fromtimestamp(wall_ns // SECONDS, UTC))
        except SignatureRefused as refused:
            return str(refused)
        return ""

    return judge


def a_venue(**options):
    return FixShell(start_s=9 * 3600 + 60, fix={"judge": judge_of(**options)})


def a_member(shell, comp_id="HTS01-OE44", sign_with=None):
    member = Unsigned(shell, comp_id, sign=sign_with)
    member.start()
    member.told.clear()
    return member


@pytest.mark.parametrize("comp_id", VERSIONS)
def test_signed_orders_amends_and_cancels_live_as_unsigned_ones_do(comp_id):
    member = a_member(a_venue(), comp_id, signer_of(KIM))
    member.want(new(1))
    member.want(about(OrderCancelReplaceRequest, 2, 1, px=PX - 500, qty=8))
    member.want(about(OrderCancelRequest, 3, 2))
    assert [kind for kind, *_ in lives(member.heard(ExecutionReport))] == [
        ExecType.NEW, ExecType.REPLACED, ExecType.CANCELED,
    ]  # fmt: skip
    assert member.told == []


@pytest.mark.parametrize(
    ("sign_with", "venue", "said"),
    [
        (None, {}, "Required tag missing: the venue takes signed orders alone; Signature(89) expected"),
        (signer_of(ROOT.issue("Lee", **TIMES)), {}, "Signature problem: signed by CN=Lee; expected CN=Kim"),
        (
            signer_of(Authority.root("Root", **TIMES).issue("Kim", **TIMES)),
            {},
            "Signature problem: CN=Kim: no trusted issuer CN=Root",
        ),
        (
            signer_of(ROOT.issue("Kim", start=AT - 30 * DAY, end=AT - DAY)),
            {},
            f"Signature problem: CN=Kim: expired on {AT - DAY:%Y-%m-%d %H:%M}",
        ),
        (
            signer_of(KIM),
            {"revoked": (KIM,)},
            f"Signature problem: CN=Kim: revoked on {AT - DAY:%Y-%m-%d %H:%M}",
        ),
        (
            lambda text: signer_of(KIM)(text.replace(b"\x0138=10\x01", b"\x0138=11\x01")),
            {},
            "Signature problem: the signature is over another text than the message's",
        ),
        (
            lambda _: b"10=000\x01" * 9,
            {},
            "Signature problem: no CMS signature that can be read: DER: 61 bytes of content expected, found 11",
        ),
    ],
    ids=["none", "another's", "another authority", "expired", "revoked", "another text", "nonsense"],
)  # fmt: skip
@pytest.mark.parametrize("comp_id", VERSIONS)
def test_an_order_without_a_good_signature_is_refused_with_words_and_the_session_goes_on(
    comp_id, sign_with, venue, said
):
    shell = a_venue(**venue)
    member = a_member(shell, comp_id, sign_with)
    member.want(new(1))
    (lost,) = member.told
    assert isinstance(lost, RequestsLost)
    assert (lost.cl_ord_ids, lost.text) == ((1,), said)
    assert member.gateway.is_up


def test_what_was_changed_on_the_way_is_refused():
    """The bytes of a whole signed message, another price in it and every length and sum right again."""
    shell = a_venue()
    member = a_member(shell, sign_with=signer_of(KIM))
    member.gateway.send(new(1), *member.now())
    frame = member.gateway.data_to_send()
    assert frame.count(b"\x0144=%d\x01" % PX) == 1
    head, _, _ = frame.rpartition(b"10=")
    changed = head.replace(b"\x0144=%d\x01" % PX, b"\x0144=%d\x01" % (PX + 500))
    changed += b"10=%03d\x01" % (sum(changed) % 256)
    shell.venue.service_data(OE, member.conn, changed, shell.mono_ns)
    shell.pump()
    member.take()
    (lost,) = member.told
    assert lost.text == "Signature problem: the signature is over another text than the message's"


def test_a_message_that_was_seen_is_worth_nothing_once_more():
    shell = a_venue()
    member = a_member(shell, sign_with=signer_of(KIM))
    member.gateway.send(new(1), *member.now())
    frame = member.gateway.data_to_send()
    for _ in range(2):
        shell.venue.service_data(OE, member.conn, frame, shell.mono_ns)
        shell.pump()
        member.take()
    assert [kind for kind, *_ in lives(member.heard(ExecutionReport))] == [ExecType.NEW]
    assert any(isinstance(one, SessionDown) for one in member.told)  # its number was used: the venue ends the session


def test_a_venue_that_asks_for_none_reads_signed_and_unsigned_orders_alike():
    shell = an_open_shell()
    for number, sign_with in enumerate((None, signer_of(KIM)), 1):
        member = a_member(shell, list(VERSIONS)[number - 1], sign_with)
        member.want(new(number))
        assert [kind for kind, *_ in lives(member.heard(ExecutionReport))] == [ExecType.NEW]


def test_the_text_is_the_message_without_what_counts_the_signature():
    plain = b"8=FIX.4.4\x019=9\x0135=D\x0134=7\x01"
    plain += b"10=%03d\x01" % (sum(plain) % 256)
    seen = []
    frame = signed(plain, lambda text: seen.append(text) or b"a\x01b=\x0110=")
    assert seen == [b"8=FIX.4.4\x0135=D\x0134=7\x01"]
    body = b"35=D\x0134=7\x0193=8\x0189=a\x01b=\x0110=\x01"
    assert frame.startswith(b"8=FIX.4.4\x019=%d\x01" % len(body) + body + b"10=")
    message = an_inspector("FIX.4.4").parse(frame)
    assert message.get(89) == b"a\x01b=\x0110="
    assert signed_text(message, message.get(89)) == seen[0]
    # A signature that stands elsewhere than at the end is over nothing.
    moved = FixMessage(frame.replace(b"93=8", b"58=x\x0193=8"), message.tags, message.values)
    assert signed_text(moved, b"a") is None
