"""fido2's own client with a software key, as a terminal holds it: JSON in, JSON out."""

import json

from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.webauthn import UserVerificationRequirement

ORIGIN = "https://localhost"
PIN = "482913"


class Person(UserInteraction):
    """Somebody at the terminal who knows the PIN."""

    def __init__(self, pin=PIN):
        self.pin = pin

    def request_pin(self, permissions, rp_id):
        return self.pin


class AnyRelyingParty(DefaultClientDataCollector):
    """A terminal that does not check for whom it signs."""

    def verify_rp_id(self, rp_id, origin):
        pass


def client_of(device, origin=ORIGIN, pin=PIN, collector=DefaultClientDataCollector):
    return Fido2Client(device, collector(origin), Person(pin))


def attest(device, options, **client):
    """The answer to a creation challenge."""
    asked = json.loads(options)["publicKey"]
    return json.dumps(dict(client_of(device, **client).make_credential(asked)))


def assert_with(device, options, uv=UserVerificationRequirement.REQUIRED, **client):
    """The answer to a request challenge; `uv`: what a careless terminal asks the key for."""
    asked = {**json.loads(options)["publicKey"], "userVerification": uv}
    return json.dumps(dict(client_of(device, **client).get_assertion(asked).get_response(0)))
