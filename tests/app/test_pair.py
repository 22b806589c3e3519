"""Two machines that are paired, and strangers that are not: real sockets, real TLS."""

import argparse
import asyncio
import ssl
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from hts.app import cli, house, pair, pair_exchange, secret_store
from hts.app.paths import home_paths
from hts.auth import pairing
from hts.auth.pairing import PairingRefused, read_code
from hts.base.errors import ConfigError
from tests.support.auth import MemoryStore
from tests.support.authority import Authority

OFFER = argparse.Namespace(listen="127.0.0.1", port=0, name=["localhost"], json=True)


class Machine:
    def __init__(self, home):
        self.paths, self.store = home_paths(home), MemoryStore()


@pytest.fixture
def core(tmp_path):
    return Machine(tmp_path / "core")


@pytest.fixture
def desk(tmp_path):
    return Machine(tmp_path / "desk")


async def offered(core, join):
    """What `hts pair offer` returns, and what `join(host, port, code)` returned or raised meanwhile."""
    shown = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(pair.serve(core.paths, core.store, OFFER, lambda *told: shown.set_result(told)))
    async with asyncio.timeout(60):
        code, at = await shown
        host, _, port = at.rpartition(":")
        outcome = await join(host, int(port), code)
        return await serving, outcome


def pair_them(core, desk, device="desk"):
    async def join(host, port, code):
        house_pem, own = await pair_exchange.join(host, port, read_code(code), device)
        house.keep_core(desk.paths, desk.store, host, house_pem, own)

    assert asyncio.run(offered(core, join))[0] == 0


async def greeting(core, desk):
    """What a terminal of `desk` reads from a server that lets in terminals of the core's house alone."""
    authority = house.authority(core.paths, core.store, None, name="")
    there = house.core_context(core.paths, core.store, authority, ["127.0.0.1"])
    house.ask_terminals(there, authority, [one for one in house.devices(core.paths) if one.revoked])

    async def greet(_, writer):
        subject = dict(pair for part in writer.get_extra_info("peercert")["subject"] for pair in part)
        writer.write(f"hello {subject['commonName']}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0, ssl=there) as server:
        port = server.sockets[0].getsockname()[1]
        here = house.terminal_context(desk.paths, desk.store, "127.0.0.1")
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=here)
        try:
            return await reader.read()
        finally:
            writer.close()


def greeted(core, desk):
    """The greeting, or nothing: who is refused after its last word learns it by a broken connection."""
    try:
        return asyncio.run(greeting(core, desk))
    except OSError:
        return b""


def test_a_paired_terminal_is_let_in_by_name(core, desk):
    pair_them(core, desk)
    assert greeted(core, desk) == b"hello desk"
    assert [(one.name, one.revoked) for one in house.devices(core.paths)] == [("desk", "")]


def test_a_terminal_that_is_shut_out_stays_out(core, desk, capsys, monkeypatch):
    pair_them(core, desk)
    monkeypatch.setattr(secret_store, "open_keychain", lambda: core.store)
    home = str(core.paths.home)
    assert cli.main(["pair", "revoke", "desk", "--home", home]) == 0
    assert greeted(core, desk) == b""
    capsys.readouterr()
    assert cli.main(["pair", "list", "--home", home]) == 0
    assert "shut out" in capsys.readouterr().out
    assert cli.main(["pair", "revoke", "desk", "--home", home]) == 2
    assert "expected a paired terminal" in capsys.readouterr().err


def test_a_terminal_of_another_house_stays_out(core, desk, tmp_path):
    other = Machine(tmp_path / "other")
    pair_them(other, desk)
    pair_them(core, Machine(tmp_path / "first"))
    assert greeted(core, desk) == b""


def test_without_pairing_the_terminal_says_what_to_do(desk):
    with pytest.raises(ConfigError, match="not paired with it; run hts pair offer there"):
        house.terminal_context(desk.paths, desk.store, "core.example")


def test_three_wrong_secrets_end_the_offer(core):
    async def guess(host, port, code):
        wrong = read_code(code[:-1] + ("0" if code[-1] != "0" else "1"))
        refusals = []
        for _ in range(3):
            with pytest.raises(PairingRefused) as fault:
                await pair_exchange.join(host, port, wrong, "desk")
            refusals.append(str(fault.value))
        return refusals

    status, refusals = asyncio.run(offered(core, guess))
    assert (status, refusals) == (1, [pair_exchange.REFUSED] * 3)
    assert house.devices(core.paths) == []


def test_somebody_between_is_noticed_before_anything_is_said(core, desk, tmp_path):
    """The code of one house, typed to a server of another."""
    codes = []

    async def look(_, __, code):
        codes.append(code)
        raise asyncio.CancelledError

    async def only_look():
        with pytest.raises(asyncio.CancelledError):
            await offered(core, look)

    asyncio.run(only_look())

    async def join_other(host, port, code):
        with pytest.raises(PairingRefused, match="another certificate than the code names"):
            await pair_exchange.join(host, port, read_code(codes[0]), "desk")
        house_pem, own = await pair_exchange.join(host, port, read_code(code), "desk")
        return bool(house_pem and own)

    assert asyncio.run(offered(Machine(tmp_path / "other"), join_other)) == (0, True)


@pytest.mark.parametrize("data", [b"", b"junk\n", b'{"device": 7}\n', b"x" * 40_000, b'{"request": "%%%"}\n', b"[]\n"])
def test_nonsense_gets_no_certificate(core, data):
    async def shout(host, port, code):
        anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        reader, writer = await asyncio.open_connection(host, port, ssl=anybody)
        writer.write(data)
        writer.write_eof() if writer.can_write_eof() else writer.close()
        answer = b"" if not data else await reader.read()
        writer.close()
        good = await pair_exchange.join(host, port, read_code(code), "desk")
        return b'"certificate"' in answer, bool(good)

    assert asyncio.run(offered(core, shout)) == (0, (False, True))


def test_nobody_there_is_said(desk):
    with pytest.raises(ConfigError, match="nobody pairs there"):
        asyncio.run(pair_exchange.join("127.0.0.1", 1, read_code("0" * 16), "desk"))


def test_no_key_is_on_the_disk(core, desk):
    pair_them(core, desk)
    written = [path for machine in (core, desk) for path in machine.paths.home.rglob("*") if path.is_file()]
    assert {path.name for path in written} >= {"house.pem", "core.pem", "devices.json", "127.0.0.1.pem"}
    assert not [path for path in written if b"PRIVATE" in path.read_bytes()]


def test_who_shows_the_house_without_being_of_it_is_refused(core, tmp_path):
    """The house's certificate is no secret: who stands between can show it, but cannot sign with it."""
    between = Machine(tmp_path / "between")
    houses = [house.authority(one.paths, one.store, datetime.now(UTC), name="x") for one in (core, between)]
    der = houses[0].certificate.public_bytes(Encoding.DER)
    offer = pairing.offer(b"abc", 0)

    async def join():
        side = pair_exchange.Pairing(houses[0], offer, lambda: 0)
        tls = house.core_context(between.paths, between.store, houses[1], ["127.0.0.1"])
        async with await asyncio.start_server(side.attend, "127.0.0.1", 0, ssl=tls) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(PairingRefused, match="showed no certificate of the house"):
                await pair_exchange.join("127.0.0.1", port, read_code(pairing.code(der, offer)), "desk")
            assert side.signed is None

    asyncio.run(join())


def test_a_house_that_shows_no_readable_certificate_is_refused_before_anything_is_said():
    der = (
        Authority.root()
        .certificate.public_bytes(Encoding.DER)
        .replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    )
    pem = ssl.DER_cert_to_PEM_cert(der)
    with pytest.raises(PairingRefused, match="showed no certificate of the house"):
        pair_exchange._checked_house(pem, pairing.Code(pairing.authority_signs(der), ""), der)
