"""Puts the history of fills into the core's loop: a thread reads files, the loop looks through them in slices."""

import asyncio
from collections.abc import Callable

from hts.app.core_shell import CoreShell
from hts.app.fill_history import FillHistory, Read, read_in_thread
from hts.app.paths import HomePaths
from hts.base.storage import Storage
from hts.io.files import FileStorage
from hts.model.past_fills import FillsPage


def core_history(paths: HomePaths, storage: Storage, shell: CoreShell) -> FillHistory:
    """To be made within the running loop."""
    running = asyncio.get_running_loop()

    def read_apart(read: Read, done: Callable[[bytes], None], failed: Callable[[str], None]) -> None:
        def on_read(future: "asyncio.Future[bytes | str]") -> None:
            if future.cancelled():
                return
            found = future.result()
            if isinstance(found, bytes):
                done(found)
            else:
                failed(found)

        running.run_in_executor(None, read_in_thread, read).add_done_callback(on_read)

    def reply(client: int, page: FillsPage) -> None:
        shell.do(lambda runner, _now: runner.reply(client, page))

    return FillHistory(storage, FileStorage(paths.archive), read_apart=read_apart, later=running.call_soon, reply=reply)
