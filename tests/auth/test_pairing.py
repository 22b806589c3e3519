"""The code that pairs two machines: what it says, who may use it, and for how long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.auth.pairing import (
    ALPHABET,
    LIFE_S,
    Code,
    PairingOffer,
    PairingRefused,
    authority_signs,
    check_authority,
    code,
    judge,
    offer,
    proof,
    read_code,
)

HOUSE, OTHER = b"certificate of the house", b"certificate of somebody else"
REQUEST = b"signing request"
NOW = 1_000


def test_what_the_screen_shows():
    made = offer(bytes([0b00000_000, 0b01_00010_0, 0b0011_0000]), NOW)
    assert made.secret == "0123"
    assert made.expires_s == NOW + 300
    shown = code(HOUSE, made)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
    assert shown.endswith("-0123")
    assert read_code(shown) == Code(authority_signs(HOUSE), "0123")


def test_the_house_is_sixty_bits_of_its_hash():
    import hashlib

    bits = f"{int(hashlib.sha256(HOUSE).hexdigest(), 16):0256b}"
    expected = "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 60, 5))
    assert authority_signs(HOUSE) == expected


def test_a_hand_writes_badly():
    shown = code(HOUSE, offer(b"abc", NOW))
    assert read_code(f" {shown.lower().replace('-', ' ')} ") == read_code(shown)
    assert read_code("O123-4567-89AB-CDEF") == read_code("0123-4567-89AB-CDEF") == read_code("oI23456789abcdef")
    for bad, found in (("", "found 0"), ("0123", "found 4"), ("0123-4567-89AB-CDE!", "found '!'"), ("가" * 16, "'가'")):
        with pytest.raises(PairingRefused, match="expected 16 letters and digits, found") as fault:
            read_code(bad)
        assert found in str(fault.value)


def test_a_terminal_goes_on_with_the_house_of_the_code_alone():
    typed = read_code(code(HOUSE, offer(b"abc", NOW)))
    check_authority(typed, HOUSE)
    with pytest.raises(PairingRefused, match="another certificate than the code names"):
        check_authority(typed, OTHER)


def test_who_knows_the_code_is_signed_once():
    made = offer(b"abc", NOW)
    shown = proof(made.secret, HOUSE, REQUEST, "desk")
    assert judge(made, HOUSE, REQUEST, "desk", shown=shown, now_s=NOW) == (True, None)
    assert judge(None, HOUSE, REQUEST, "desk", shown=shown, now_s=NOW) == (False, None)


@pytest.mark.parametrize(
    ("house", "request_der", "device", "secret"),
    [
        (OTHER, REQUEST, "desk", None),
        (HOUSE, b"another key", "desk", None),
        (HOUSE, REQUEST, "another name", None),
        (HOUSE, REQUEST, "desk", "0000"),
    ],
)
def test_a_proof_is_for_one_key_one_name_one_house(house, request_der, device, secret):
    made = offer(b"abc", NOW)
    shown = proof(secret or made.secret, house, request_der, device)
    left = PairingOffer(secret=made.secret, expires_s=made.expires_s, tries=2)
    assert judge(made, HOUSE, REQUEST, "desk", shown=shown, now_s=NOW) == (False, left)


def test_three_wrong_proofs_end_the_offer():
    made = offer(b"abc", NOW)
    tries = []
    while made is not None:
        signed, made = judge(made, HOUSE, REQUEST, "desk", shown="00", now_s=NOW)
        tries.append(signed)
    assert tries == [False, False, False]


def test_five_minutes_end_the_offer():
    made = offer(b"abc", NOW)
    shown = proof(made.secret, HOUSE, REQUEST, "desk")
    assert judge(made, HOUSE, REQUEST, "desk", shown=shown, now_s=NOW + LIFE_S - 1) == (True, None)
    assert judge(made, HOUSE, REQUEST, "desk", shown=shown, now_s=NOW + LIFE_S) == (False, None)


@pytest.mark.parametrize("device", ["", "x" * 65, "two\nlines", "bell\x07"])
def test_a_name_that_cannot_be_shown_is_not_signed(device):
    made = offer(b"abc", NOW)
    assert judge(made, HOUSE, REQUEST, device, shown=proof(made.secret, HOUSE, REQUEST, device), now_s=NOW)[0] is False


@settings(max_examples=50)
@given(st.text(max_size=80), st.binary(max_size=60), st.text(max_size=80))
def test_strangers_get_nothing_but_a_refusal(device, request_der, shown):
    made = offer(b"abc", NOW)
    signed, left = judge(made, HOUSE, request_der, device, shown=shown, now_s=NOW)
    assert (signed, left.tries) == (False, 2)


def test_no_secret_is_shown():
    made = offer(b"abc", NOW)
    assert made.secret not in repr(made)
    assert made.secret not in repr(read_code(code(HOUSE, made)))
