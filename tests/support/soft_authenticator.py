"""A CTAP 2.1 security key in software: what a USB key does, without the plastic.

getInfo, clientPin (key agreement, PIN token with permissions, both PIN/UV protocols), makeCredential, getAssertion,
getNextAssertion, selection. It obeys `up` and `rk`, wants a PIN, counts signatures, and can be told to misbehave.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.ctap import CtapDevice, CtapError
from fido2.ctap2 import Ctap2
from fido2.ctap2.pin import ClientPin, PinProtocolV1, PinProtocolV2
from fido2.hid import CAPABILITY, CTAPHID
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

AAGUID = Aaguid(bytes.fromhex("68747373 6f667461 75746865 6e746963".replace(" ", "")))
ERR = CtapError.ERR
FLAG = AuthenticatorData.FLAG
PIN_TRIES = 8
MAKE, GET = ClientPin.PERMISSION.MAKE_CREDENTIAL, ClientPin.PERMISSION.GET_ASSERTION


@dataclass(frozen=True)
class Resident:
    """One credential on the key."""

    credential_id: bytes
    rp_id: str
    user: dict
    private_key: ec.EllipticCurvePrivateKey


class SoftAuthenticator(CtapDevice):
    """`is_touched` False: nobody comes to touch it. `shows_uv` False: it never says that it verified anybody.

    `next_id` is the next credential's id, where it shall not be a random one.
    """

    def __init__(self, pin="482913", protocols=(2, 1), is_touched=True, shows_uv=True, counter=0):
        self.pin = pin
        self.protocols = protocols
        self.is_touched = is_touched
        self.shows_uv = shows_uv
        self.counter = counter
        self.residents = []
        self.commands = []
        self.tries_left = PIN_TRIES
        self._agreement = ec.generate_private_key(ec.SECP256R1())
        self._token = os.urandom(32)
        self._permissions = 0
        self._token_rp_id = None
        self.next_id = None
        self._next = []

    def copied(self):
        """The same key in another body, as a thief would make it."""
        other = SoftAuthenticator(self.pin, self.protocols, counter=self.counter)
        other.residents = list(self.residents)
        return other

    @property
    def capabilities(self):
        return CAPABILITY.CBOR

    @classmethod
    def list_devices(cls):
        return iter(())

    def call(self, cmd, data=b"", event=None, on_keepalive=None):
        if cmd != CTAPHID.CBOR:
            raise CtapError(ERR.INVALID_COMMAND)
        command = data[0]
        self.commands.append(command)
        given = cbor.decode(data[1:]) if len(data) > 1 else {}
        known = {
            Ctap2.CMD.GET_INFO: self._get_info,
            Ctap2.CMD.CLIENT_PIN: self._client_pin,
            Ctap2.CMD.MAKE_CREDENTIAL: self._make_credential,
            Ctap2.CMD.GET_ASSERTION: self._get_assertion,
            Ctap2.CMD.GET_NEXT_ASSERTION: self._get_next_assertion,
            Ctap2.CMD.SELECTION: self._selection,
        }
        if command not in known:
            return bytes([ERR.INVALID_COMMAND])
        try:
            answer = known[command](given)
        except CtapError as error:
            return bytes([error.code])
        return b"\0" + (cbor.encode(answer) if answer else b"")

    def _get_info(self, _):
        return {
            1: ["FIDO_2_0", "FIDO_2_1"],
            3: AAGUID,
            4: {"rk": True, "up": True, "plat": False, "clientPin": self.pin is not None, "pinUvAuthToken": True},
            5: 1200,
            6: list(self.protocols),
            7: 8,
            8: 64,
            9: ["usb"],
            10: [{"alg": ES256.ALGORITHM, "type": "public-key"}],
        }

    def _client_pin(self, given):
        command = given[2]
        if command == ClientPin.CMD.GET_PIN_RETRIES:
            return {3: self.tries_left}
        protocol = self._protocol(given[1])
        if command == ClientPin.CMD.GET_KEY_AGREEMENT:
            public = ES256.from_cryptography_key(self._agreement.public_key())
            return {1: {**public, 3: -25}}
        if command == ClientPin.CMD.GET_TOKEN_USING_PIN:
            return self._pin_token(protocol, given)
        raise CtapError(ERR.INVALID_SUBCOMMAND)

    def _pin_token(self, protocol, given):
        if self.tries_left == 0:
            raise CtapError(ERR.PIN_BLOCKED)
        peer = given[3]
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(peer[-2], "big"), int.from_bytes(peer[-3], "big"), ec.SECP256R1()
        )
        shared = protocol.kdf(self._agreement.exchange(ec.ECDH(), numbers.public_key()))
        expected = hashlib.sha256(self.pin.encode()).digest()[:16]
        self.tries_left -= 1
        if not hmac.compare_digest(protocol.decrypt(shared, given[6]), expected):
            self._agreement = ec.generate_private_key(ec.SECP256R1())
            raise CtapError(ERR.PIN_INVALID)
        self.tries_left = PIN_TRIES
        self._token = os.urandom(32)
        self._permissions = given[9]
        self._token_rp_id = given.get(10)
        return {2: protocol.encrypt(shared, self._token)}

    def _protocol(self, version):
        if version not in self.protocols:
            raise CtapError(ERR.INVALID_PARAMETER)
        return {1: PinProtocolV1, 2: PinProtocolV2}[version]()

    def _is_verified(self, permission, rp_id, client_data_hash, param, version):
        if param is None:
            return False
        if not param:
            raise CtapError(ERR.PIN_INVALID)
        right = self._protocol(version).authenticate(self._token, client_data_hash)
        if not hmac.compare_digest(right, param):
            raise CtapError(ERR.PIN_AUTH_INVALID)
        if not self._permissions & permission or self._token_rp_id not in (None, rp_id):
            raise CtapError(ERR.PIN_AUTH_INVALID)
        return True

    def _make_credential(self, given):
        rp_id = given[2]["id"]
        options = given.get(7, {})
        if options.get("up") is False or "uv" in options:
            raise CtapError(ERR.INVALID_OPTION)
        is_verified = self._is_verified(MAKE, rp_id, given[1], given.get(8), given.get(9))
        if self.pin is not None and not is_verified:
            raise CtapError(ERR.PUAT_REQUIRED)
        if ES256.ALGORITHM not in [one["alg"] for one in given[4]]:
            raise CtapError(ERR.UNSUPPORTED_ALGORITHM)
        self._selection(None)
        if self._held(rp_id, given.get(5) or ()):
            raise CtapError(ERR.CREDENTIAL_EXCLUDED)
        resident = Resident(
            self.next_id or os.urandom(32), rp_id, dict(given[3]), ec.generate_private_key(ec.SECP256R1())
        )
        self.residents.append(resident)
        public = ES256.from_cryptography_key(resident.private_key.public_key())
        data = AttestedCredentialData.create(AAGUID, resident.credential_id, public)
        return {1: "none", 2: self._auth_data(rp_id, FLAG.UP | FLAG.AT, is_verified, data), 3: {}}

    def _get_assertion(self, given):
        rp_id = given[1]
        options = given.get(5, {})
        if "uv" in options or "rk" in options:
            raise CtapError(ERR.INVALID_OPTION)
        is_verified = self._is_verified(GET, rp_id, given[2], given.get(6), given.get(7))
        is_present = options.get("up", True)
        if is_present:
            self._selection(None)
        held = self._held(rp_id, given.get(3))
        if not held:
            raise CtapError(ERR.NO_CREDENTIALS)
        if given.get(3):
            held = held[:1]
        self._next = [(resident, given[2], is_present, is_verified) for resident in held[1:]]
        answer = self._signed(held[0], given[2], is_present, is_verified)
        return answer | ({5: len(held)} if len(held) > 1 else {})

    def _get_next_assertion(self, _):
        if not self._next:
            raise CtapError(ERR.NOT_ALLOWED)
        return self._signed(*self._next.pop(0))

    def _signed(self, resident, client_data_hash, is_present, is_verified):
        # `up` False is a question whether the key is here; only a touch counts.
        data = self._auth_data(resident.rp_id, FLAG.UP if is_present else FLAG(0), is_verified)
        user = resident.user if is_verified else {"id": resident.user["id"]}
        return {
            1: {"type": "public-key", "id": resident.credential_id},
            2: data,
            3: resident.private_key.sign(data + client_data_hash, ec.ECDSA(hashes.SHA256())),
            4: user,
        }

    def _auth_data(self, rp_id, flags, is_verified, credential=b""):
        if FLAG.UP in flags:
            self.counter += 1
        if is_verified and self.shows_uv:
            flags |= FLAG.UV
        return AuthenticatorData.create(hashlib.sha256(rp_id.encode()).digest(), flags, self.counter, credential)

    def _held(self, rp_id, wanted):
        """Residents of this relying party, the newest first; with a list, those that are on it."""
        ids = None if wanted is None else [one["id"] for one in wanted]
        return [
            one for one in reversed(self.residents) if one.rp_id == rp_id and (ids is None or one.credential_id in ids)
        ]

    def _selection(self, _):
        if not self.is_touched:
            raise CtapError(ERR.USER_ACTION_TIMEOUT)


def renamed(resident, user_id):
    """A credential that claims to be another user's."""
    return replace(resident, user={**resident.user, "id": user_id})
