"""The relying party against fido2's own client and a software key: what must pass passes, all else is refused."""

import hashlib
import json
from dataclasses import replace

import pytest
from fido2 import cbor
from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
    UserVerificationRequirement,
)
from msgspec import structs

from hts.auth.accounts import Account
from hts.auth.fido import CEREMONIES_MAX, CEREMONY_NS_MAX, LoggedIn, Refused, Registered, RelyingParty
from hts.model.roles import Role
from tests.support.auth import dice
from tests.support.soft_authenticator import SoftAuthenticator, renamed

ORIGIN = "https://localhost"
KIM = Account(user="kim", user_id=b"k" * 32, role=Role.TRADER)
LEE = Account(user="lee", user_id=b"l" * 32, role=Role.VIEWER)


class Person(UserInteraction):
    """Somebody at the terminal who knows the PIN."""

    def __init__(self, pin="482913"):
        self.pin = pin

    def request_pin(self, permissions, rp_id):
        return self.pin


class AnyRelyingParty(DefaultClientDataCollector):
    """A terminal that does not check for whom it signs."""

    def verify_rp_id(self, rp_id, origin):
        pass


def a_client(device, origin=ORIGIN, pin="482913", collector=DefaultClientDataCollector):
    return Fido2Client(device, collector(origin), Person(pin))


def a_party(seed=b"0"):
    return RelyingParty("localhost", [ORIGIN], dice(seed))


def register(party, device, account=KIM, accounts=None, **client):
    ticket, options = party.begin_registration(account, 0)
    response = a_client(device, **client).make_credential(options.public_key)
    done = party.complete_registration(ticket, response, accounts or [account], name="blue", wall_ns=7, mono_ns=1)
    return structs.replace(account, keys=(*account.keys, done.key)) if isinstance(done, Registered) else done


def assertion(party, device, account=None, uv=UserVerificationRequirement.REQUIRED, **client):
    ticket, options = party.begin_login(0, account)
    asked = replace(options.public_key, user_verification=uv)
    return ticket, a_client(device, **client).get_assertion(asked).get_response(0)


def login(party, device, accounts, account=None, **client):
    ticket, response = assertion(party, device, account, **client)
    return party.complete_login(ticket, response, accounts, 1)


@pytest.mark.parametrize("protocols", [(2, 1), (1,)])
def test_a_registered_key_logs_in_without_a_name_and_its_counter_is_kept(protocols):
    party, device = a_party(), SoftAuthenticator(protocols=protocols)
    kim = register(party, device)
    assert (kim.keys[0].name, kim.keys[0].counter, kim.keys[0].added_ns) == ("blue", 1, 7)
    first = login(party, device, [LEE, kim])
    assert first == LoggedIn(user="kim", key=structs.replace(kim.keys[0], counter=2))


def test_answers_pass_through_json_as_from_a_remote_terminal():
    party, device = a_party(), SoftAuthenticator()
    ticket, options = party.begin_registration(KIM, 0)
    sent = json.loads(json.dumps(dict(options)))
    response = a_client(device).make_credential(sent["publicKey"])
    answer = json.loads(json.dumps(dict(response)))
    done = party.complete_registration(ticket, answer, [KIM], name="blue", wall_ns=7, mono_ns=1)
    kim = structs.replace(KIM, keys=(done.key,))
    ticket, response = assertion(party, device)
    assert isinstance(party.complete_login(ticket, json.loads(json.dumps(dict(response))), [kim], 1), LoggedIn)


def test_several_keys_of_one_user_and_several_users_on_one_key():
    party, blue, red = a_party(), SoftAuthenticator(), SoftAuthenticator()
    kim = register(party, red, register(party, blue))
    lee = register(party, blue, LEE, [kim, LEE])
    assert login(party, red, [kim, lee]).user == "kim"
    ticket, options = party.begin_login(0)
    choices = a_client(blue).get_assertion(options.public_key)
    assert [one.user["name"] for one in choices.get_assertions()] == ["lee", "kim"]
    assert party.complete_login(ticket, choices.get_response(1), [kim, lee], 1).user == "kim"
    assert login(party, blue, [kim, lee], kim).user == "kim"  # step-up names the person


def test_one_key_is_registered_once_per_user():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    with pytest.raises(ClientError) as caught:
        register(party, device, kim)
    assert caught.value.code == ClientError.ERR.DEVICE_INELIGIBLE
    ticket, response = _registration(party, device, structs.replace(kim, keys=()))
    again = party.complete_registration(ticket, response, [kim], name="x", wall_ns=0, mono_ns=1)
    assert isinstance(again, Registered)  # another credential on the same key
    taken = structs.replace(LEE, keys=(again.key,))
    ticket, _ = party.begin_registration(KIM, 0)
    assert _detail(party.complete_registration(ticket, response, [taken], name="x", wall_ns=0, mono_ns=1)) == (
        "Wrong challenge in response."
    )


def test_wrong_origin_is_refused_at_registration_and_login():
    party, device = a_party(), SoftAuthenticator()
    elsewhere = {"origin": "https://evil.example", "collector": AnyRelyingParty}
    assert _detail(register(party, device, **elsewhere)) == "Invalid origin in CollectedClientData."
    kim = register(party, device)
    assert _detail(login(party, device, [kim], **elsewhere)) == "Invalid origin in CollectedClientData."
    # An honest client does not even sign, nor for another port of the same machine.
    with pytest.raises(ClientError):
        login(party, device, [kim], origin="https://evil.example")
    assert _detail(login(party, device, [kim], origin="https://localhost:8443")) == (
        "Invalid origin in CollectedClientData."
    )


def test_wrong_challenge_is_refused():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    _, for_another = assertion(party, device)
    ticket, _ = party.begin_login(0)
    assert _detail(party.complete_login(ticket, for_another, [kim], 1)) == "Wrong challenge in response."


def test_a_replayed_assertion_is_refused_with_its_own_ticket_and_with_another():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    ticket, response = assertion(party, device)
    first = party.complete_login(ticket, response, [kim], 1)
    kim = structs.replace(kim, keys=(first.key,))
    assert _detail(party.complete_login(ticket, response, [kim], 2)) == "no such ceremony is open"
    later, _ = party.begin_login(0)
    assert _detail(party.complete_login(later, response, [kim], 2)) == "Wrong challenge in response."
    restarted = a_party()  # even when the dice fell the same, the counter does not
    ticket, _ = restarted.begin_registration(KIM, 0)
    ticket, _ = restarted.begin_login(0)
    assert "copied" in _detail(restarted.complete_login(ticket, response, [kim], 2))


def test_an_unknown_credential_is_refused():
    party, device = a_party(), SoftAuthenticator()
    register(party, device)
    assert _detail(login(party, device, [KIM, LEE])) == "Unknown credential ID."


def test_a_key_of_another_user_does_not_serve_a_step_up():
    party, blue, red = a_party(), SoftAuthenticator(), SoftAuthenticator()
    kim, lee = register(party, blue), register(party, red, LEE)
    ticket, options = party.begin_login(0, kim)
    # A terminal that leaves the list of keys away, so that lee's key answers kim's question.
    asked = replace(options.public_key, allow_credentials=None)
    response = a_client(red).get_assertion(asked).get_response(0)
    assert _detail(party.complete_login(ticket, response, [kim, lee], 1)) == "Unknown credential ID."
    with pytest.raises(ClientError):
        login(party, red, [kim, lee], kim)


def test_the_challenge_of_a_registration_does_not_serve_a_login_nor_the_other_way_round():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    ticket, creation = party.begin_registration(LEE, 0)
    _, request = party.begin_login(0)
    asked = replace(request.public_key, challenge=creation.public_key.challenge)
    response = a_client(device).get_assertion(asked).get_response(0)
    assert _detail(party.complete_login(ticket, response, [kim], 1)) == "no such ceremony is open"
    ticket, request = party.begin_login(0)
    made = a_client(device).make_credential(replace(creation.public_key, challenge=request.public_key.challenge))
    refused = party.complete_registration(ticket, made, [kim], name="x", wall_ns=0, mono_ns=1)
    assert _detail(refused) == "no such ceremony is open"


def test_a_credential_id_that_is_taken_or_too_long_is_refused():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    device.next_id = kim.keys[0].credential_id
    assert _detail(register(party, device, LEE, [kim, LEE])) == "the credential is registered already"
    device.next_id = bytes(1024)
    assert _detail(register(party, device, LEE)) == "a credential id of 1024 bytes"


@pytest.mark.parametrize(
    ("public_key", "detail"),
    [
        ({1: 2, 3: -999}, "no public key that can be used"),
        (b"\x81" * 5_000, "malformed (RecursionError)"),
        (b"\xa1", "malformed (IndexError)"),
    ],
)
def test_a_public_key_that_is_none_is_refused(public_key, detail):
    party = a_party()
    ticket, options = party.begin_registration(KIM, 0)
    key = public_key if isinstance(public_key, bytes) else cbor.encode(public_key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = hashlib.sha256(b"localhost").digest() + bytes([flags]) + bytes(4 + 16) + b"\0\4name" + key
    client_data = CollectedClientData.create("webauthn.create", options.public_key.challenge, ORIGIN)
    inner = {
        "clientDataJSON": websafe_encode(client_data),
        "attestationObject": websafe_encode(cbor.encode({"fmt": "none", "authData": data, "attStmt": {}})),
    }
    answer = {"id": "bmFtZQ", "rawId": "bmFtZQ", "type": "public-key", "response": inner}
    done = party.complete_registration(ticket, answer, [KIM], name="x", wall_ns=0, mono_ns=1)
    assert _detail(done) == detail


def test_a_lower_counter_shuts_the_key_out_for_good():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    thief = device.copied()
    device.counter += 5
    kim = structs.replace(kim, keys=(login(party, device, [kim]).key,))
    refused = login(party, thief, [kim])
    assert refused.detail == "key blue: expected a counter above 7, found 2; it may have been copied"
    kim = structs.replace(kim, keys=(refused.cloned,))
    # Which of the two is the thief nobody knows.
    assert _detail(login(party, device, [kim])) == "key blue is shut out as copied"


def test_an_authenticator_that_does_not_count_is_taken_as_such():
    party, device = a_party(), SoftAuthenticator(counter=-1)
    kim = register(party, device)
    assert kim.keys[0].counter == 0
    device.counter = -1
    assert login(party, device, [kim]).key.counter == 0


def test_missing_user_verification_is_refused():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    expected = "User verification required, but user verified flag not set."
    # A terminal that asks the key for less than it was told to.
    assert _detail(login(party, device, [kim], uv=UserVerificationRequirement.DISCOURAGED, pin="")) == expected
    device.shows_uv = False
    assert _detail(login(party, device, [kim])) == expected
    assert _detail(register(party, device, LEE)) == "User verification required, but User Verified flag not set."
    # An honest client does not go on with a key that has no PIN, nor with a wrong one.
    with pytest.raises(ClientError):
        register(party, SoftAuthenticator(pin=None))
    with pytest.raises(ClientError):
        login(party, device, [kim], pin="000000")
    assert device.tries_left == 7


def test_nobody_touches_the_key():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    device.is_touched = False
    with pytest.raises(ClientError) as caught:
        login(party, device, [kim])
    assert caught.value.code == ClientError.ERR.TIMEOUT


def test_a_credential_that_claims_to_be_anothers_is_refused():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    device.residents = [renamed(device.residents[0], LEE.user_id)]
    assert _detail(login(party, device, [kim, LEE])) == "the user handle is not the owner's"
    ticket, response = assertion(party, device)
    nameless = replace(response, response=replace(response.response, user_handle=None))
    assert _detail(party.complete_login(ticket, nameless, [kim, LEE], 1)) == "no user handle and no name"


@pytest.mark.parametrize("part", ["signature", "authenticator_data"])
def test_a_changed_signature_or_signed_byte_is_refused(part):
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    ticket, response = assertion(party, device)
    value = getattr(response.response, part)
    changed = type(value)(bytes(value[:-1]) + bytes([value[-1] ^ 1]))  # of the data, the counter's last byte
    forged = replace(response, response=replace(response.response, **{part: changed}))
    assert _detail(party.complete_login(ticket, forged, [kim], 1)) == "Invalid signature."


def test_a_login_answer_does_not_pass_as_a_registration():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    ticket, options = party.begin_registration(LEE, 0)
    _, made = _registration(party, device, LEE)
    wrong = CollectedClientData.create("webauthn.get", options.public_key.challenge, ORIGIN)
    forged = replace(made, response=replace(made.response, client_data=wrong))
    refused = party.complete_registration(ticket, forged, [LEE], name="x", wall_ns=0, mono_ns=1)
    assert _detail(refused) == "Incorrect type in CollectedClientData."
    ticket, response = assertion(party, device)
    assert isinstance(party.complete_registration(ticket, response, [kim], name="x", wall_ns=0, mono_ns=1), Refused)


def test_ceremonies_grow_old_and_are_bounded():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    ticket, response = assertion(party, device)
    assert _detail(party.complete_login(ticket, response, [kim], CEREMONY_NS_MAX)) == "the ceremony took too long"
    ticket, response = assertion(party, device)
    for _ in range(CEREMONIES_MAX):
        party.begin_login(0)
    assert _detail(party.complete_login(ticket, response, [kim], 1)) == "no such ceremony is open"


def test_nonsense_before_authentication_is_a_refusal_and_nothing_else():
    party, device = a_party(), SoftAuthenticator()
    kim = register(party, device)
    _, response = assertion(party, device)
    whole = json.dumps(dict(response))
    answers = [{}, {"id": 1}, json.loads(whole) | {"rawId": None}, json.loads(whole) | {"response": []}]
    for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for bad in (None, "", "!!", 5, [], "AAAA", "A" * 100_000, json.loads(whole)["response"][part][:-4]):
            answer = json.loads(whole)
            answer["response"][part] = bad
            answers.append(answer)
    passed = []
    for answer in answers:
        ticket, _ = party.begin_login(0)
        done = party.complete_login(ticket, answer, [kim], 1)
        ticket, _ = party.begin_registration(KIM, 0)
        made = party.complete_registration(ticket, answer, [kim], name="x", wall_ns=0, mono_ns=1)
        passed += [one for one in (done, made) if not isinstance(one, Refused)]
    assert passed == []


def test_a_peer_hears_the_same_whatever_was_wrong():
    assert {str(Refused(detail="one")), str(Refused(detail="two", user="kim"))} == {"the login was refused"}


def _registration(party, device, account):
    ticket, options = party.begin_registration(account, 0)
    response = a_client(device).make_credential(options.public_key)
    assert isinstance(response, RegistrationResponse)
    return ticket, response


def _detail(outcome):
    assert isinstance(outcome, Refused), outcome
    return outcome.detail
