"""The account file: what is kept is found, and a key that somebody else put in is not."""

import pytest

from hts.auth.accounts import Account, AccountBook, Key, checked_user
from hts.auth.otp import Otp
from hts.base.errors import ConfigError, CorruptRecord
from hts.model.roles import Role
from tests.support.auth import MemoryBlob

KEY = Key(credential_id=b"\x01\xff", data=b"\x02" * 70, name="blue", counter=3, added_ns=5)
KIM = Account(user="kim", user_id=b"k" * 32, role=Role.TRADER, keys=(KEY,), otp=Otp(last=9))
LEE = Account(user="lee", user_id=b"l" * 32, role=Role.VIEWER)


def a_book(blob):
    return AccountBook(blob, b"m" * 32)


def test_accounts_are_kept_sorted_replaced_and_forgotten():
    blob = MemoryBlob()
    assert a_book(blob).all() == ()
    a_book(blob).put(LEE)
    a_book(blob).put(KIM)
    a_book(blob).put(KIM)
    assert a_book(blob).all() == (KIM, LEE)
    assert (a_book(blob).find("kim"), a_book(blob).find("park")) == (KIM, None)
    a_book(blob).remove("kim")
    assert a_book(blob).all() == (LEE,)


def test_every_changed_byte_and_every_cut_is_refused():
    blob = MemoryBlob()
    a_book(blob).put(KIM)
    whole = blob.data
    for offset in range(len(whole)):
        for bad in (whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1 :], whole[:offset]):
            blob.data = bad
            with pytest.raises(CorruptRecord):
                a_book(blob).all()


def test_a_file_of_another_key_is_refused():
    blob = MemoryBlob()
    AccountBook(blob, b"x" * 32).put(KIM)
    with pytest.raises(CorruptRecord, match="not the one that was written"):
        a_book(blob).all()
    AccountBook(blob, b"m" * 32)._blob.replace(b"[5]" + a_book(blob)._mac(b"[5]"))
    with pytest.raises(CorruptRecord, match="of this version"):
        a_book(blob).all()


@pytest.mark.parametrize("user", ["", "Kim", "a:b", "a/b", ".a", "a" * 33, "김"])
def test_a_name_that_does_not_fit_uris_and_secret_names_is_refused(user):
    with pytest.raises(ConfigError):
        checked_user(user)
