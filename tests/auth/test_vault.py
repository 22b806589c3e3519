"""The vault: what goes in comes out, and nothing else opens or passes."""

import hashlib
import struct

import pytest

from hts.auth.errors import VaultDamaged, WrongPassphrase
from hts.auth.secrets import Secret
from hts.auth.vault import (
    DIGEST_BYTES,
    Cost,
    Header,
    VaultStore,
    decode_header,
    decode_vault,
    derive_key,
    encode_vault,
)
from tests.support.auth import CHEAP, MemoryBlob, dice

PASSPHRASE = Secret("a passphrase of the test")
PLANTED = "PLANTED-5cf1"


def a_vault(blob, passphrase=PASSPHRASE):
    return VaultStore(blob, passphrase, dice(), CHEAP)


def redigested(data):
    """What somebody makes who knows the format and not the passphrase."""
    return data[:-DIGEST_BYTES] + hashlib.sha256(data[:-DIGEST_BYTES]).digest()


def test_what_is_kept_is_found_again_by_another_process():
    blob = MemoryBlob()
    vault = a_vault(blob)
    vault.put("broker/key", Secret(PLANTED))
    vault.put("otp/kim", Secret("seed"))
    assert vault.names() == ("broker/key", "otp/kim")
    again = a_vault(blob)
    assert again.get("broker/key") == Secret(PLANTED)
    assert (again.get("nothing"), again.remove("nothing"), again.remove("otp/kim")) == (None, False, True)
    assert vault.names() == ("broker/key",)


def test_no_secret_and_no_name_is_ever_plain_in_the_file_and_no_nonce_comes_twice():
    blob = MemoryBlob()
    vault = a_vault(blob)
    vault.put("broker/key", Secret(PLANTED))
    vault.put("other", Secret(PLANTED))
    vault.remove("other")
    assert [data for data in blob.written if PLANTED.encode() in data or b"broker" in data] == []
    nonces = [decode_header(data).nonce for data in blob.written]
    assert len(set(nonces)) == len(nonces) == 3


def test_header_bytes_are_the_ones_of_the_table():
    header = Header(cost=CHEAP, salt=b"s" * 16, nonce=b"n" * 12)
    data = encode_vault({}, bytes(32), header)
    assert data[:50] == b"HTSVAULT\x01\x01\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00\x01" + b"s" * 16 + b"n" * 12
    assert len(data) == 50 + len("{}") + 16 + 32
    assert decode_header(data) == header
    assert decode_vault(data, bytes(32)) == {}


def test_every_byte_is_guarded_by_the_digest_and_behind_it_by_the_key():
    blob = MemoryBlob()
    a_vault(blob).put("name", Secret(PLANTED))
    key = derive_key(PASSPHRASE, CHEAP, decode_header(blob.data).salt)
    accepted = []
    for offset in range(len(blob.data)):
        for mask in (0x01, 0x80):
            damaged = bytearray(blob.data)
            damaged[offset] ^= mask
            with pytest.raises(VaultDamaged):
                decode_vault(bytes(damaged), key)
            if offset < len(blob.data) - DIGEST_BYTES:
                try:
                    decode_vault(redigested(bytes(damaged)), key)
                    accepted.append(offset)
                except (VaultDamaged, WrongPassphrase):
                    pass
    assert accepted == []


def test_a_file_cut_anywhere_is_damaged():
    blob = MemoryBlob()
    a_vault(blob).put("name", Secret(PLANTED))
    for size in range(len(blob.data)):
        with pytest.raises(VaultDamaged):
            decode_header(blob.data[:size])


def test_a_wrong_passphrase_is_told_from_damage_and_shows_neither_passphrase():
    blob = MemoryBlob()
    a_vault(blob).put("name", Secret(PLANTED))
    with pytest.raises(WrongPassphrase) as caught:
        a_vault(blob, Secret("another guess")).names()
    assert "guess" not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(WrongPassphrase):
        a_vault(blob, Secret("another guess")).put("name", Secret("overwritten"))
    assert a_vault(blob).get("name") == Secret(PLANTED)


@pytest.mark.parametrize("cost", [(4 << 20, 1, 1), (64, 1_000, 1), (64, 1, 200), (7, 1, 1), (64, 0, 1), (64, 1, 0)])
def test_a_cost_that_would_take_the_machine_is_refused_before_it_is_paid(cost):
    front = struct.pack(">8sBBIII16s12s", b"HTSVAULT", 1, 1, *cost, b"s" * 16, b"n" * 12)
    with pytest.raises(VaultDamaged, match="cost"):
        decode_header(redigested(front + bytes(50) + bytes(DIGEST_BYTES)))


def test_a_new_passphrase_takes_a_new_salt_and_shuts_out_the_old_one():
    blob = MemoryBlob()
    vault = a_vault(blob)
    vault.put("name", Secret(PLANTED))
    old = decode_header(blob.data).salt
    vault.change_passphrase(Secret("the new passphrase"))
    assert decode_header(blob.data).salt != old
    assert a_vault(blob, Secret("the new passphrase")).get("name") == Secret(PLANTED)
    with pytest.raises(WrongPassphrase):
        a_vault(blob).names()


def test_the_default_cost_is_one_that_a_guesser_pays_for():
    assert Cost().is_sane
    assert Cost().memory_kib * Cost().passes >= 65_536 * 3
