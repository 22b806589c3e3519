"""A client of the door that never reads: its queue in the core ends at its bound, it is cut off, it may come back."""

import asyncio
import json
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from hts.app.api_tokens import add_token
from hts.app.build import build_name
from hts.app.door import TRY_AGAIN_LATER, Door
from hts.app.door_link import LINK_PATH
from hts.app.paths import TOKEN_CHARACTERS, home_paths, prepare_home
from hts.auth.tokens import TokenScope
from hts.link.client import LinkClient
from hts.link.server import EVENTS_WAITING_MAX, LinkServer
from hts.model.views import OutcomeView

TOKEN = "t" * TOKEN_CHARACTERS
EVENTS_MAX = 6 * EVENTS_WAITING_MAX  # far more than all buffers on the way hold besides
STEP = 500


class CoreLink:
    """The real link server on a local socket. Each client is written to as fast as it reads, and hung up on when the
    server says so.
    """

    def __init__(self):
        self.server = LinkServer(token=TOKEN, build=build_name(), run_id="r", state=tuple, market=list)
        self.clients = 0
        self.told = 0
        self.waiting_most = 0
        self.more = asyncio.Event()
        self.is_over = False

    async def client(self, reader, writer):
        self.clients += 1
        number = self.clients
        self.server.connected(number)
        self.server.receive_data(number, await reader.read(65_536))
        while not self.is_over and number not in self.server.closing():
            if data := self.server.data_to_send(number):
                writer.write(data)
                with suppress(ConnectionError):
                    await writer.drain()
            else:
                self.more.clear()
                await self.more.wait()
        self.server.disconnected(number)
        writer.close()

    async def publish(self, count):
        for _ in range(count):
            self.told += 1
            self.server.publish(OutcomeView(request_id=f"{self.told}", accepted=True, count=0))
        self.waiting_most = max([self.waiting_most, *(len(one.events) for one in self.server._clients.values())])
        self.more.set()
        await asyncio.sleep(0)  # the door's turn, not a wait


async def until(peer, wire, last):
    """Outcomes up to one, as they come in frames of the link."""
    found = []
    while not found or found[-1] != last:
        messages = wire.receive_data(await peer.recv())
        found += [message.request_id for message in messages if isinstance(message, OutcomeView)]
    return found


async def all_there_is(peer):
    """Outcomes in JSON until the door hangs up, and how it does."""
    found = []
    try:
        while True:
            message = json.loads(await peer.recv())
            if message["type"] == "outcome":
                found.append(message["request_id"])
    except ConnectionClosed as end:
        return found, end.rcvd


async def overfill(paths, secret):
    core, wire = CoreLink(), LinkClient(token="", build=build_name(), name="quick")
    local = await asyncio.start_unix_server(core.client, paths.core_socket)
    terms = {"additional_headers": {"Authorization": f"Bearer {secret}"}, "compression": None}
    async with asyncio.timeout(60), serve(Door(paths).connection, "127.0.0.1", 0) as door:
        url = f"ws://127.0.0.1:{next(iter(door.sockets)).getsockname()[1]}"
        async with connect(f"{url}{LINK_PATH}", **terms) as quick, connect(url, max_queue=1, **terms) as stuck:
            await quick.send(wire.hello())
            wire.receive_data(await quick.recv())
            assert json.loads(await stuck.recv())["type"] == "welcome"
            read = []
            while not core.server.faults and core.told < EVENTS_MAX:
                await core.publish(STEP)
                read += await until(quick, wire, f"{core.told}")
            core.more.set()
            late, closed = await all_there_is(stuck)
        async with connect(url, **terms) as again:
            welcome = json.loads(await again.recv())
        core.is_over = True
        core.more.set()
    local.close()
    return core, read, late, closed, welcome


def test_who_never_reads_is_cut_off_at_the_bound_and_nobody_else_notices(tmp_path):
    paths = home_paths(tmp_path)
    prepare_home(paths)
    paths.token.write_text(TOKEN, encoding="ascii")
    secret = add_token(paths, name="r", scope=TokenScope.READ, days=1)
    core, read, late, closed, welcome = asyncio.run(overfill(paths, secret))
    assert core.server.faults == [
        f"client queue: expected at most {EVENTS_WAITING_MAX} waiting events; cut off to resume"
    ]
    assert core.waiting_most <= EVENTS_WAITING_MAX < core.told < EVENTS_MAX
    everything = [f"{count}" for count in range(1, core.told + 1)]
    assert read == everything, "the quick one misses something"
    assert late == everything[: len(late)] and len(late) < core.told - EVENTS_WAITING_MAX
    assert (closed.code, closed.reason) == (TRY_AGAIN_LATER, "core")
    assert welcome["type"] == "welcome", "whoever was cut off may come back"
