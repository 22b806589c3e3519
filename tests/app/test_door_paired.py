"""A script on another machine: through the door's mutual TLS with the certificate that pairing gave it."""

import asyncio
import json

import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from hts.app import house
from hts.app.api_client import Api
from hts.app.door import Door
from hts.app.door_tls import paired_context
from hts.base.errors import ConfigError
from tests.app.test_pair import Machine, pair_them
from tests.support.auth import MemoryStore
from tests.support.market import ACCOUNT, Market


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    running = Market(tmp_path_factory.mktemp("paired")).up()
    yield running
    running.clean_up()


@pytest.fixture
def core(market):
    machine = Machine(market.paths.home)
    machine.paths = market.paths
    house.keep_devices(market.paths, [])
    (market.paths.home / "pki" / "house.pem").unlink(missing_ok=True)  # its key is in the store of the test before
    machine.store = MemoryStore()
    return machine


@pytest.fixture
def token(market):
    done = market.hts("token", "--json", "add", "remote", "--scope", "trade")
    yield json.loads(done.stdout.splitlines()[-1])["secret"]
    market.hts("token", "remove", "remote")


async def through_door(core, use):
    """What `use(url)` gives while a door for paired terminals is open."""
    context = paired_context(core.paths, core.store, ["127.0.0.1"])
    async with asyncio.timeout(60), serve(Door(core.paths).connection, "127.0.0.1", 0, ssl=context) as server:
        return await use(f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/")


@pytest.mark.processes
def test_a_paired_machine_trades_until_it_is_shut_out(core, token, tmp_path):
    desk = Machine(tmp_path / "desk")
    pair_them(core, desk)
    tls = house.terminal_context(desk.paths, desk.store, "127.0.0.1")

    async def use(url):
        async with Api(url, token=token, account=ACCOUNT, tls=tls) as api:
            await api.ready.wait()
            outcome = await api.buy("005930", 1, px=260_000)
            found = house.devices(core.paths)[0]
            revoked = house.Device(name=found.name, serial=found.serial, since=found.since, revoked="2026-12-01")
            house.keep_devices(core.paths, [revoked])
            async for _ in api.events():
                pass  # ends when the door closes
        with pytest.raises(ConnectionClosed):
            async with Api(url, token=token, account=ACCOUNT, tls=tls) as api:
                await api.cancel_all()
        return outcome["accepted"]

    assert asyncio.run(through_door(core, use)) is True


@pytest.mark.processes
def test_a_token_alone_does_not_open_it(core, token, tmp_path):
    pair_them(core, Machine(tmp_path / "desk"))
    other, stranger = Machine(tmp_path / "other"), Machine(tmp_path / "stranger")
    pair_them(other, stranger)
    tls = house.terminal_context(stranger.paths, stranger.store, "127.0.0.1")

    async def use(url):
        with pytest.raises(OSError, match=r"certificate|CERTIFICATE|verify"):
            async with Api(url, token=token, account=ACCOUNT, tls=tls):
                pass

    asyncio.run(through_door(core, use))


def test_without_a_paired_terminal_there_is_no_such_door(core):
    with pytest.raises(ConfigError, match="expected a paired terminal, found none"):
        paired_context(core.paths, core.store, ["127.0.0.1"])
