"""One-time passwords against the vectors of RFC 4226 appendix D and RFC 6238 appendix B."""

from base64 import b32encode

import pytest

from hts.auth.lockout import BASE_NS, Lockout
from hts.auth.otp import NEVER, NS, Hash, Kind, Otp, check, decode_seed, hotp, new_seed, provisioning_uri, step_of
from hts.auth.secrets import Secret
from hts.base.errors import ConfigError

RFC_KEY = b"12345678901234567890"
SEED = Secret(b32encode(RFC_KEY).decode())
NOW = 1_111_111_109 * NS

RFC4226 = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
RFC6238 = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


def test_hotp_vectors():
    assert [hotp(RFC_KEY, counter) for counter in range(10)] == RFC4226


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), RFC6238)
def test_totp_vectors(seconds, sha1, sha256, sha512):
    step = step_of(seconds * NS)
    keys = [(RFC_KEY * 4)[:size] for size in (20, 32, 64)]
    assert [hotp(key, step, 8, one) for key, one in zip(keys, Hash, strict=True)] == [sha1, sha256, sha512]


@pytest.mark.parametrize(("drift", "ok"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift_to_either_side_is_forgiven(drift, ok):
    code = hotp(RFC_KEY, step_of(NOW) + drift)
    assert check(Otp(), SEED, code, NOW).ok is ok


def test_a_code_counts_once_and_no_older_one_counts_after_it():
    step = step_of(NOW)
    first = check(Otp(), SEED, hotp(RFC_KEY, step), NOW)
    assert (first.ok, first.otp.last) == (True, step)
    assert check(first.otp, SEED, hotp(RFC_KEY, step), NOW).ok is False
    assert check(first.otp, SEED, hotp(RFC_KEY, step - 1), NOW).ok is False
    assert check(first.otp, SEED, hotp(RFC_KEY, step + 1), NOW).ok is True


def test_a_hotp_button_may_be_pressed_for_fun_and_never_goes_back():
    otp = Otp(kind=Kind.HOTP)
    later = check(otp, SEED, RFC4226[9], 0)
    assert (later.ok, later.otp.last) == (True, 9)
    assert [check(later.otp, SEED, code, 0).ok for code in RFC4226] == [False] * 10
    assert check(otp, SEED, hotp(RFC_KEY, 10), 0).ok is False  # eleven ahead


def test_wrong_codes_are_slowed_down_and_the_right_one_is_not_looked_at_meanwhile():
    otp = Otp()
    right = hotp(RFC_KEY, step_of(NOW))
    for _ in range(3):
        otp = check(otp, SEED, "000000", NOW).otp
    assert otp.lockout == Lockout(failures=3, since_ns=NOW)
    waiting = check(otp, SEED, right, NOW)
    assert (waiting.ok, waiting.wait_ns, waiting.otp) == (False, BASE_NS, otp)
    later = check(otp, SEED, right, NOW + BASE_NS)
    assert (later.ok, later.otp.lockout.failures) == (True, 0)


@pytest.mark.parametrize("code", ["", "7", "٠٠٠٠٠٠", "x" * 10_000, "755224\x00", "-55224"])
def test_nonsense_is_a_wrong_code(code):
    assert check(Otp(kind=Kind.HOTP), SEED, code, 0).ok is False


def test_a_code_may_be_typed_with_spaces_around():
    assert check(Otp(kind=Kind.HOTP), SEED, " 755224 ", 0).ok is True


def test_uri_is_what_authenticator_programs_read():
    uri = provisioning_uri(Otp(), SEED, "김 kim", "HTS")
    assert uri.reveal() == (
        "otpauth://totp/HTS:%EA%B9%80%20kim?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=HTS&algorithm=SHA1&digits=6&period=30"
    )
    assert "GEZDG" not in repr(uri)
    assert provisioning_uri(Otp(kind=Kind.HOTP), SEED, "kim", "HTS").reveal().endswith("digits=6&counter=0")
    with pytest.raises(ConfigError):
        provisioning_uri(Otp(), SEED, "a:b", "HTS")


def test_seeds_are_read_back_and_bad_ones_are_not_shown():
    assert decode_seed(new_seed(bytes(range(20)))) == bytes(range(20))
    assert decode_seed(Secret("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")) == RFC_KEY
    for text in ("1189planted", "GEZDGNBV"):
        with pytest.raises(ConfigError) as caught:
            decode_seed(Secret(text))
        assert text not in str(caught.value)


def test_nothing_was_used_at_first():
    assert Otp().last == NEVER
