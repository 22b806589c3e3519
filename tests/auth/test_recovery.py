"""Recovery codes: each good once, none to be read from what is kept."""

import msgspec

from hts.auth.accounts import Account
from hts.auth.lockout import BASE_NS
from hts.auth.recovery import CODES, new_codes, redeem, shown
from hts.model.roles import Role
from tests.support.auth import dice


def an_account():
    codes, hashes = new_codes(dice())
    return codes, Account(user="kim", user_id=b"k" * 32, role=Role.TRADER, recovery=hashes)


def test_each_code_is_good_once_however_it_is_typed():
    codes, account = an_account()
    assert len({code.reveal() for code in codes}) == CODES == 10
    assert len(shown(codes[0])) == 19
    for number, typed in enumerate((codes[3].reveal(), f" {shown(codes[0]).upper()} ")):
        first = redeem(account, typed, 0)
        assert (first.ok, len(first.account.recovery)) == (True, CODES - 1 - number)
        account = first.account
        again = redeem(account, typed, 0)
        assert (again.ok, len(again.account.recovery)) == (False, CODES - 1 - number)
        account = msgspec.structs.replace(again.account, lockout=type(again.account.lockout)())


def test_guesses_are_slowed_down_and_the_right_code_is_not_looked_at_meanwhile():
    codes, account = an_account()
    for _ in range(3):
        account = redeem(account, "aaaa-bbbb-cccc-dddd", 5).account
    waiting = redeem(account, codes[0].reveal(), 5)
    assert (waiting.ok, waiting.wait_ns, waiting.account) == (False, BASE_NS, account)
    assert redeem(account, codes[0].reveal(), 5 + BASE_NS).ok is True


def test_what_is_kept_holds_no_code():
    codes, account = an_account()
    kept = msgspec.json.encode(account).decode() + repr(account)
    assert [code for code in codes if code.reveal() in kept or shown(code) in kept] == []


def test_an_account_without_codes_redeems_nothing():
    account = Account(user="kim", user_id=b"k" * 32, role=Role.TRADER)
    assert redeem(account, "", 0).ok is False
