"""A terminal elsewhere that does not read: the core's own queue conflates for it, through the whole door."""

import asyncio

from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from hts.app.api_tokens import write_tokens
from hts.app.build import build_name
from hts.app.door import Door
from hts.app.paths import TOKEN_CHARACTERS, home_paths, prepare_home
from hts.auth.tokens import TokenScope, issue, new_secret
from hts.io.clock import SystemClock
from hts.link.client import LinkClient
from hts.link.server import LinkServer
from hts.model.quotes import BookUpdate
from hts.model.views import OutcomeView
from tests.support.builders import a_book

BOOKS, EVENTS = 10_000, 100
TOKEN = "t" * TOKEN_CHARACTERS
SECRET = new_secret(bytes(32))


class CoreLink:
    """The real link server on a local socket; what it has for its one client leaves as fast as that is read."""

    def __init__(self):
        self.server = LinkServer(token=TOKEN, build=build_name(), run_id="r", state=tuple, market=list)
        self.more, self.gone = asyncio.Event(), asyncio.Event()
        self.is_over = False

    async def client(self, reader, writer):
        self.server.connected(1)
        self.server.receive_data(1, await reader.read(65_536))
        while not self.is_over:
            if data := self.server.data_to_send(1):
                writer.write(data)
                await writer.drain()
            else:
                self.more.clear()
                await self.more.wait()
        writer.close()
        self.gone.set()

    async def publish(self):
        for count in range(1, BOOKS + 1):
            self.server.publish_quote(replace(a_book(), trade_ns=count))
            if count % (BOOKS // EVENTS) == 0:
                self.server.publish(OutcomeView(request_id=f"{count}", accepted=True, count=0))
            self.more.set()
            await asyncio.sleep(0)  # the door's turn, not a wait


async def read_after_all_is_told(paths):
    core, wire = CoreLink(), LinkClient(token="", build=build_name(), name="slow")
    local = await asyncio.start_unix_server(core.client, paths.core_socket)
    header = {"Authorization": f"Bearer {SECRET}"}
    books, events = [], []
    async with asyncio.timeout(30), serve(Door(paths).connection, "127.0.0.1", 0) as door:
        url = f"ws://127.0.0.1:{next(iter(door.sockets)).getsockname()[1]}/link"
        async with connect(url, additional_headers=header, max_queue=1, compression=None) as peer:
            await peer.send(wire.hello())
            wire.receive_data(await peer.recv())
            await core.publish()
            while not books or books[-1] < BOOKS or len(events) < EVENTS:
                for message in wire.receive_data(await peer.recv()):
                    if isinstance(message, BookUpdate):
                        books.append(message.trade_ns)
                    elif isinstance(message, OutcomeView):
                        events.append(message.request_id)
        core.is_over = True
        core.more.set()
        await core.gone.wait()
    local.close()
    return books, events


def test_books_conflate_and_events_wait_for_who_does_not_read(tmp_path):
    paths = home_paths(tmp_path)
    prepare_home(paths)
    paths.token.write_text(TOKEN, encoding="ascii")
    now_s = SystemClock().wall_ns() // 10**9
    write_tokens(paths, [issue(SECRET, name="r", scope=TokenScope.READ, now_s=now_s, days=1)])
    books, events = asyncio.run(read_after_all_is_told(paths))
    assert events == [f"{count}" for count in range(100, BOOKS + 1, 100)]
    assert books == sorted(books)
    assert len(books) < BOOKS // 2, len(books)
