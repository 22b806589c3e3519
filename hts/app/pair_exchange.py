"""The two sides of a pairing, over one TLS connection: lines of JSON, three in all (`hts/auth/pairing.py`).

core -> terminal    {"authority": PEM}
terminal -> core    {"device": name, "request": base64 of PKCS#10, "proof": hex}
core -> terminal    {"certificate": PEM}   or   {"refused": text}
"""

import asyncio
import binascii
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from hts.auth.certificates import UNREADABLE
from hts.auth.errors import CertificateUnread
from hts.auth.house_ca import HouseAuthority, Use, key_pem, new_key, read_request, request
from hts.auth.pairing import Code, PairingOffer, PairingRefused, check_authority, judge, proof
from hts.auth.secrets import Secret
from hts.base.errors import ConfigError
from hts.io import outbound

LINE_BYTES_MAX: Final = 16 * 1024
PATIENCE_S: Final = 10.0
REFUSED: Final = "refused: the code is wrong or has ended"


class Pairing:
    """The core's side while one offer lasts. `signed` is the device's name and certificate once somebody was let in."""

    def __init__(self, house: HouseAuthority, offer: PairingOffer, now_s: Callable[[], int]) -> None:
        self._house = house
        self._der = house.certificate.public_bytes(Encoding.DER)
        self._offer: PairingOffer | None = offer
        self._now_s = now_s
        self.signed: tuple[str, x509.Certificate] | None = None
        self.is_over = asyncio.Event()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; whatever it sends, it gets a certificate or a refusal."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await _say(writer, {"authority": self._house.certificate_pem.decode()})
                await _say(writer, self._answer(await _hear(reader)))
        except (TimeoutError, OSError, PairingRefused, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            if self.signed is not None or self._offer is None:
                self.is_over.set()

    def _answer(self, wish: dict[str, str]) -> dict[str, str]:
        device, shown = wish.get("device", ""), wish.get("proof", "")
        try:
            der = b64decode(wish.get("request", ""), validate=True)
        except (binascii.Error, ValueError):
            der = b""
        is_good, self._offer = judge(self._offer, self._der, der, device, shown=shown, now_s=self._now_s())
        if not is_good:
            return {"refused": REFUSED}
        try:
            key = read_request(der)
        except CertificateUnread:
            return {"refused": REFUSED}
        made = self._house.issue(
            key, device, Use.CLIENT, serial=x509.random_serial_number(), now=datetime.now(UTC)
        )  # fmt: skip
        self.signed = (device, made)
        return {"certificate": made.public_bytes(Encoding.PEM).decode()}


async def join(host: str, port: int, typed: Code, device: str) -> tuple[str, tuple[str, Secret]]:
    """The terminal's side: the house's certificate, and the terminal's own with its key, all in PEM.

    Raises PairingRefused, ConfigError when nobody answers.
    """
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # who it is, the code tells
    anybody.minimum_version = ssl.TLSVersion.TLSv1_3
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port)
            outbound.allow((str(address[0]), port) for *_, address in found)
            reader, writer = await asyncio.open_connection(host, port, ssl=anybody, limit=LINE_BYTES_MAX)
            try:
                return await _exchange(reader, writer, typed, device)
            finally:
                writer.close()
    except (TimeoutError, OSError, asyncio.IncompleteReadError) as fault:
        raise ConfigError(
            f"{host}:{port}: nobody pairs there ({fault}); run hts pair offer on the core's machine"
        ) from fault


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, typed: Code, device: str
) -> tuple[str, tuple[str, Secret]]:
    house_pem = (await _hear(reader)).get("authority", "")
    der = _checked_house(house_pem, typed, writer.get_extra_info("ssl_object").getpeercert(binary_form=True))
    key = new_key()
    wish = request(key, device)
    shown = proof(typed.secret, der, wish, device)
    await _say(writer, {"device": device, "request": b64encode(wish).decode(), "proof": shown})
    answer = await _hear(reader)
    own = answer.get("certificate", "")
    if not own:
        raise PairingRefused(answer.get("refused", REFUSED)[:200])
    return house_pem, (own, key_pem(key))


def _checked_house(house_pem: str, typed: Code, shown_der: bytes) -> bytes:
    """The house's certificate in DER, if the code names it and it signed the one that the connection showed."""
    try:
        house = x509.load_pem_x509_certificate(house_pem.encode())
        der = house.public_bytes(Encoding.DER)
        check_authority(typed, der)
        x509.load_der_x509_certificate(shown_der).verify_directly_issued_by(house)
    except (*UNREADABLE, TypeError, InvalidSignature, UnsupportedAlgorithm):
        raise PairingRefused("the other side showed no certificate of the house that the code names") from None
    return der


async def _say(writer: asyncio.StreamWriter, message: dict[str, str]) -> None:
    writer.write(msgspec.json.encode(message) + b"\n")
    await writer.drain()


async def _hear(reader: asyncio.StreamReader) -> dict[str, str]:
    """One line. Raises PairingRefused for what is none of ours."""
    try:
        line = await reader.readuntil(b"\n")
        return msgspec.json.decode(line, type=dict[str, str])
    except (asyncio.LimitOverrunError, msgspec.DecodeError):
        raise PairingRefused("the other side does not speak of pairing") from None
