"""Secrets do not show themselves."""

import pickle

import msgspec
import pytest

from hts.auth.secrets import Secret, checked_name, checked_secret
from hts.base.errors import ConfigError

PLANTED = "correct-horse-battery"


def test_a_secret_shows_its_text_only_when_asked():
    secret = Secret(PLANTED)
    assert secret.reveal() == PLANTED
    shown = [repr(secret), str(secret), f"{secret}", repr([secret]), repr({"a": (secret,)})]
    assert [text for text in shown if PLANTED in text] == []


def test_a_secret_cannot_be_written_by_accident():
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret(PLANTED))
    with pytest.raises(TypeError):
        msgspec.json.encode(Secret(PLANTED))
    with pytest.raises(TypeError):
        hash(Secret(PLANTED))


def test_secrets_compare_by_their_text():
    assert [Secret("a") == Secret("a"), Secret("a") == Secret("b"), Secret("a") == "a"] == [True, False, False]


@pytest.mark.parametrize("name", ["", "A", "a b", ".names", "a" * 65, "a\n", "키"])
def test_a_name_that_some_keychain_would_not_take_is_refused(name):
    with pytest.raises(ConfigError, match="secret name"):
        checked_name(name)


def test_a_refused_value_is_not_in_the_refusal():
    for text in ("", PLANTED * 100):
        with pytest.raises(ConfigError) as caught:
            checked_secret(Secret(text))
        assert PLANTED not in str(caught.value)
